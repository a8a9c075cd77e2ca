#!/usr/bin/env bats
# cf-merge.bats - CSV files become one table, joined on their common column.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-merge
    printf 'u,i,r\na,1,5\nb,2,4\nb,3,3\n' >r.csv
    printf 'i,t\n2,two\n1,"o,ne"\n' >t.csv
}

@test "rows keep their order and get what belongs to their key" {
    cf-merge r.csv t.csv | cf-cat -t csv >out
    [ "$(sed -n 2p out | grep -c '^a,1,5,.*"o,ne"')" = 1 ]
    [ "$(sed -n 3p out | grep -c '^b,2,4,.*two')" = 1 ]
}

@test "a row without a partner is left out and counted" {
    try cf-merge r.csv t.csv
    [ "$status" = 0 ]
    grep -q '^cf-merge: .*1' err
    [ "$(cf-cat -t csv out | wc -l)" = 3 ]
}

@test "one file is a table too" {
    [ "$(cf-merge r.csv | cf-cat -t csv | wc -l)" = 4 ]
}

@test "a key that appears twice: both lines" {
    echo '2,zwei' >>t.csv
    case='cf-merge r.csv t.csv'
    try $case
    fails_with 1
    grep -q 't\.csv:4: key i=2 appears again (first at line 2)' err
    no_complaints
}

@test "no common column, or two: exit 2, columns listed" {
    printf 'x,t\n1,one\n' >x.csv
    case='cf-merge r.csv x.csv'
    try $case
    fails_with 2
    grep -q 'x' err
    printf 'i,r,t\n1,5,one\n' >two.csv
    case='cf-merge r.csv two.csv'
    try $case
    fails_with 2
    no_complaints
}

@test "a header and no row: an empty table" {
    head -n 1 r.csv >none.csv
    [ "$(cf-merge none.csv t.csv | cf-cat -t csv | wc -l)" = 1 ]
}

@test "a row that is too short, a quote that stays open: file and line" {
    printf 'u,i,r\na,1,5\nb,2\n' >bad.csv
    case='cf-merge bad.csv'
    try $case
    fails_with 1
    grep -q 'bad\.csv:3: ' err
    printf 'u,i,r\na,1,5\nb,2,"4\nc,3,3\n' >bad.csv
    try $case
    fails_with 1
    grep -q 'bad\.csv:3: ' err
    no_complaints
}

# ---- on what to join, and what becomes of the rest ----

@test "--on: a key of another name; columns named alike" {
    printf 'id,t,r\n2,two,x\n1,one,y\n3,three,z\n' >x.csv
    cf-merge --on i=id r.csv x.csv | cf-cat -t csv >out
    printf 'u,i,r,t,r_2\na,1,5,one,y\nb,2,4,two,x\nb,3,3,three,z\n' |
        diff - out
}

@test "miller #1777: --on with an absent column: exit 2, columns listed" {
    case='cf-merge --on i=nr r.csv t.csv'
    try $case
    fails_with 2
    grep -q "t\.csv has no column 'nr'; there are i, t" err
    case='cf-merge --on x=t r.csv t.csv'
    try $case
    fails_with 2
    grep -q "r\.csv has no column 'x'; there are u, i, r" err
    no_complaints
}

@test "users.md row 1: keys that appear again, by --dup" {
    printf '2,zwei\n1,eins\n3,drei\n2,deux\n' >>t.csv
    case='cf-merge r.csv t.csv'
    try $case
    fails_with 1
    grep -q 't\.csv:4: key i=2 appears again (first at line 2)' err
    try cf-merge --dup first r.csv t.csv
    grep -q '3 rows with a key again left out' err
    cf-cat -t csv out | cut -d , -f 4- | tail -n +2 | diff - <(
        printf '"o,ne"\ntwo\ndrei\n')
    try cf-merge --dup last r.csv t.csv
    grep -q '3 rows replaced' err
    cf-cat -t csv out | cut -d , -f 4- | tail -n +2 | diff - <(
        printf 'eins\ndeux\ndrei\n')
    try cf-merge --dup all r.csv t.csv
    grep -q '3 rows read, 6 written' err
    cf-cat -t csv out | tail -n +2 | diff - <(printf '%s\n' \
        'a,1,5,"o,ne"' a,1,5,eins b,2,4,two b,2,4,zwei b,2,4,deux b,3,3,drei)
    no_complaints
}

@test "users.md row 2: rows without a partner, by --missing" {
    printf 'u,n\nb,Bo\n' >n.csv
    try cf-merge r.csv t.csv n.csv
    [ "$status" = 0 ]
    grep -q '3 rows read, 1 written' err
    grep -q 't\.csv (2 rows, on i): 1 row without a match' err
    grep -q 'n\.csv (1 row, on u): 1 row without a match' err
    try cf-merge -q r.csv t.csv n.csv
    [ ! -s err ]
    try cf-merge --missing keep r.csv t.csv n.csv
    grep -q '1 row kept without a match' err
    cf-cat -t csv out | diff - <(printf '%s\n' u,i,r,t,n \
        'a,1,5,"o,ne",' b,2,4,two,Bo b,3,3,,Bo)
    case='cf-merge --missing fail r.csv t.csv'
    try $case
    fails_with 1
    grep -q 'r\.csv:4: key i=3 is not in t\.csv' err
    no_complaints
}

@test "cf-index takes rows that were kept without a partner" {
    cf-merge -q --missing keep r.csv t.csv | cf-index >x.cf
    cf-cat --part item -t csv x.cf | diff - <(
        printf '%s\n' i,t '1,"o,ne"' 2,two 3,)
}

@test "users.md row 3: titles as keys, one of them twice" {
    printf 'i,title\n1,Hamlet\n2,Emma\n3,Hamlet\n' >m.csv
    printf 'title,r\nEmma,4\nHamlet,5\n' >r2.csv
    case='cf-merge r2.csv m.csv'
    try $case
    fails_with 1
    grep -q 'key title=Hamlet appears again (first at line 2)' err
    no_complaints
}

@test "users.md row 4: memory does not grow with the rows of the first file" {
    [ -z "${CF_SANITIZE-}" ] || skip 'needs its own memory'
    { cat r.csv; yes b,2,4 | head -n 3000000; } >many.csv
    (ulimit -v 24000; cf-merge -q many.csv t.csv >out)
    [ "$(cf-cat out | cf-cat -t csv | wc -l)" = 3000003 ]
}

@test "users.md row 7: keys are bytes, 007 is not 7" {
    printf 'i,x\n7,a\n007,b\n7.0,c\n1e5,d\n100000,e\nTrue,f\n1,g\n' >k.csv
    printf 'i,y\n007,B\n7,A\n100000,E\n1e5,D\n1,G\nTrue,F\n7.0,C\n' >l.csv
    cf-merge k.csv l.csv | cf-cat -t csv | tail -n +2 | diff - <(
        printf '%s\n' 7,a,A 007,b,B 7.0,c,C 1e5,d,D 100000,e,E True,f,F 1,g,G)
}

@test "miller #134: keys 5, 6, 18 join in any order" {
    printf 'k,a\n18,x\n5,y\n6,z\n' >k.csv
    printf 'k,b\n5,Y\n6,Z\n18,X\n' >l.csv
    cf-merge k.csv l.csv | cf-cat -t csv | diff - <(
        printf '%s\n' k,a,b 18,x,X 5,y,Y 6,z,Z)
}

@test "miller #314: a header and no row stays a header" {
    head -n 1 r.csv >none.csv
    head -n 1 t.csv >empty.csv
    [ "$(cf-merge none.csv empty.csv | cf-cat -t csv)" = u,i,r,t ]
    try cf-merge r.csv empty.csv
    [ "$status" = 0 ]
    [ "$(cf-cat -t csv out)" = u,i,r,t ]
}

@test "miller #138, #161: a byte order mark, before a quote too" {
    printf '\xef\xbb\xbf"i","t"\n1,one\n' >bom.csv
    [ "$(cf-merge -q r.csv bom.csv | cf-cat -t csv | tail -n 1)" = a,1,5,one ]
}

@test "ccsv #11: CR LF leaves no CR in keys and values" {
    sed 's/$/\r/' r.csv >r2.csv
    sed 's/$/\r/' t.csv >t2.csv
    cf-merge -q r2.csv t2.csv | cf-cat -t csv >out
    cf-merge -q r.csv t.csv | cf-cat -t csv | diff - out
}

@test "libcsv #29: a stray quote does not swallow the file" {
    printf 'i,t\n1,one\n2,"two\n3,three\n' >q.csv
    case='cf-merge r.csv q.csv'
    try $case
    fails_with 1
    grep -q 'q\.csv:3: ' err
    no_complaints
}

@test "polars #19078: a quoted line break is no row" {
    { echo i,t; for i in $(seq 1041); do printf '%d,"a\nb"\n' $i; done; } >n.csv
    { echo i,r; for i in $(seq 1041); do echo $i,1; done; } >m.csv
    [ "$(cf-merge m.csv n.csv | cf-cat -t jsonl | wc -l)" = 1041 ]
}

@test "--expect-rows: CSV that was cut between rows" {
    cf-merge --expect-rows 3 r.csv >out
    case='cf-merge --expect-rows 3'
    try $case < <(head -n 3 r.csv)
    fails_with 1
    grep -q '<stdin>: 2 rows, expected 3' err
    try cf-cat --check out
    [ "$status" = 3 ]
    no_complaints
}

@test "rows in equal rows out and rows told" {
    { echo k,v; seq 1 3000 | sed 's/$/,x/'; } >k.csv
    { echo k,w; seq 2 3 3000 | sed 's/$/,y/'; } >l.csv
    try cf-merge k.csv l.csv
    grep -qF '3000 rows read, 1000 written; l.csv (1000 rows, on k): 2000 rows' \
        err
    [ "$(cf-cat -t csv out | wc -l)" = 1001 ]
}

@test "a merge of its own output is the same bytes" {
    printf 'u,n\nb,"B ""o"""\na,\n' >n.csv
    cf-merge -q r.csv t.csv n.csv | cf-cat -t csv >once
    cf-merge once | cf-cat -t csv | cmp - once
}

# ---- how files are laid out ----

@test "users.md row 6: a separator of two bytes, tabs, bars" {
    tail -n +2 r.csv | sed 's/,/::/g' >r.dat
    tail -n +2 t.csv | tr -d '"' | sed 's/,/|/' >t.item
    cf-merge -q -d :: -d '|' --header u,i,r --header i,t r.dat t.item |
        cf-cat -t csv >out
    cf-merge -q r.csv t.csv | cf-cat -t csv | diff - out
    tail -n +2 r.csv | tr , '\t' >u.data
    cf-merge -q -d '\t' -d , --no-header --header u,i,r --header - u.data \
        t.csv | cf-cat -t csv | diff - out
}

@test "--no-header: columns 1, 2, 3; with --on and --header" {
    tail -n +2 r.csv >r.dat
    tail -n +2 t.csv >t.dat
    [ "$(cf-merge -d , --no-header r.dat | cf-cat -t csv | head -n 2)" = \
        $'1,2,3\na,1,5' ]
    cf-merge -q -d , -d , --no-header --header u,i,r --on i=1 r.dat t.dat |
        cf-cat -t csv >out
    [ "$(tail -n 1 out)" = b,2,4,two ]
    [ "$(head -n 1 out)" = u,i,r,2 ]
}

@test "users.md row 5: Latin-1 titles by --from, for that file alone" {
    printf 'i,t\n1,Am\xe9lie\n' >l.csv
    [ "$(cf-merge -q --from - --from latin1 r.csv l.csv | cf-cat -t csv |
        tail -n 1)" = a,1,5,Amélie ]
    case='cf-merge r.csv l.csv'
    try $case
    fails_with 1
    grep -q 'l\.csv:2: field 2: not UTF-8 (byte 5' err
    case='cf-merge --from no-such-charset r.csv'
    try $case
    fails_with 2
    no_complaints
}

@test "an option for a third file of two: exit 2" {
    for case in 'cf-merge -d , -d , -d , r.csv t.csv' \
        'cf-merge --header a --header b r.csv' \
        'cf-merge --from - --from - --from - r.csv t.csv'; do
        try $case
        fails_with 2
        grep -q 'given . times for . file' err || complain 'not told'
    done
    case="cf-merge -d '\"' r.csv"
    try cf-merge -d '"' r.csv
    fails_with 2
    no_complaints
}

@test "--ragged skip: in any file, counted" {
    echo a,1 >>r.csv
    echo 3,three,drei >>t.csv
    case='cf-merge r.csv t.csv'
    try $case
    fails_with 1
    try cf-merge --ragged skip r.csv t.csv
    [ "$status" = 0 ]
    grep -q '3 rows read, 1 row left out as ragged, 2 written' err
    grep -q '1 row without a match, 1 row left out as ragged' err
    [ "$(cf-cat -t csv out | wc -l)" = 3 ]
    try cf-merge --ragged skip --expect-rows 4 r.csv t.csv
    [ "$status" = 0 ]
    no_complaints
}

@test "-v tells separator, columns and key of each file" {
    tail -n +2 t.csv | tr ',' '\t' >t.tsv
    try cf-merge -v -d , -d '\t' --header - --header nr,t --on i=nr r.csv t.tsv
    [ "$status" = 0 ]
    grep -qF "cf-merge: r.csv: separator ',', columns u, i, r" err
    grep -qF "cf-merge: t.tsv: separator '\t', no header, columns nr, t; key nr = i of r.csv" err
    try cf-merge r.csv
    [ ! -s err ]
}

@test "packed files are joined as if they were not" {
    gzip -k t.csv
    gzip -c r.csv | cf-merge -q - t.csv.gz | cf-cat -t csv >out
    cf-merge -q r.csv t.csv | cf-cat -t csv | diff - out
}

@test "fastp #264: packed input that was cut: exit 3, no table" {
    { echo i,x; seq 3000 | sed 's/$/,y/'; } | gzip | head -c 5000 >cut.gz
    for case in 'cf-merge cut.gz' 'cf-merge r.csv cut.gz'; do
        try $case
        fails_with 3
        grep -q 'cut\.gz: ' err || complain 'not named'
    done
    no_complaints
}
