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
