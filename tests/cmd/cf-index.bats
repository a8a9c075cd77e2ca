#!/usr/bin/env bats
# cf-index.bats - users and items of a table become dense ids.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-index
    make_streams
}

@test "ids are byte strings: 007 stays 007" {
    cf-index table.cf | cf-cat -t csv >out
    grep -q '^007,20,0\.5' out
    [ "$(wc -l <out)" = 10 ]
}

@test "--item title: the title is the item" {
    cf-index --item title table.cf | cf-cat -t csv | grep -q '^1,Amélie (2001),4'
}

@test "a column that is not there: exit 2, columns listed" {
    case='cf-index --rating stars table.cf'
    try $case
    fails_with 2
    grep -q 'stars' err
    grep -q 'rating' err
    no_complaints
}

@test "a rating that is no number: file, line and column" {
    local bad
    for bad in '' x nan inf 1e999 '4,5' 0x4; do
        printf 'u,i,rating\na,1,5\nb,2,"%s"\n' "$bad" >r.csv
        cf-merge -o t.cf r.csv
        case="cf-index t.cf with rating '$bad'"
        try cf-index t.cf
        fails_with 1
        grep -q 'r\.csv:3: .*rating' err || complain "no place"
    done
    no_complaints
}

# A table of the lines on standard input.
table()
{
    cat >r.csv
    cf-merge -q -o t.cf r.csv
}

# Runs cf-index on it and shows the rows.
rows()
{
    cf-index "$@" t.cf 2>err | cf-cat -t csv
}

@test "--bad skip: rows are counted by reason, nobody gets an id by them" {
    table <<'END'
user,item,rating,time
a,x,5,2015-03-31T23:59:59Z
b,y,,2
c,z,nan,3
c,y,?,3
d,x,4,noon
e,z,3,1427846399
END
    [ "$(rows --bad skip | tr '\n' ' ')" = \
        'user,item,rating,time a,x,5,1427846399 e,z,3,1427846399 ' ]
    cat >want <<'END'
cf-index: 1 row left out: rating is empty (first at r.csv:3)
cf-index: 2 rows left out: rating is not a number (first at r.csv:4)
cf-index: 1 row left out: time is neither a whole number nor an ISO 8601 time (first at r.csv:6)
END
    diff err want
    case='cf-index t.cf'
    try $case
    fails_with 1
    no_complaints
}

@test "times: whole numbers stay, ISO 8601 is seconds (RecBole 1653, 2204)" {
    table <<'END'
u,i,r,t
a,x,1,978300760
a,y,1,978300761
a,z,1,978300761999
b,x,1,2001-01-01 00:12:40+02:00
END
    [ "$(rows -t t | cut -d , -f 4 | tr '\n' ' ')" = \
        't 978300760 978300761 978300761999 978300760 ' ]
}

@test "--dup: one policy, told (users row 13; rival 116, cornac 327, lkpy 46)" {
    table <<'END'
u,i,r,t
a,x,5,1
b,x,4,2
a,x,2,3
END
    [ "$(rows -t t | wc -l)" = 4 ]
    [ ! -s err ]
    rows -t t -v >/dev/null
    grep -q '^cf-index: 1 row of a pair that was there before: all are kept' err
    [ "$(rows -t t --dup last | tr '\n' ' ')" = \
        'u,i,rating,t b,x,4,2 a,x,2,3 ' ]
    grep -q '^cf-index: 1 row of a pair that was there before: the last' err
    [ "$(rows -t t --dup first | tr '\n' ' ')" = \
        'u,i,rating,t a,x,5,1 b,x,4,2 ' ]
    [ "$(rows -t t --dup mean | tr '\n' ' ')" = \
        'u,i,rating,t b,x,4,2 a,x,3.5,3 ' ]
    [ "$(rows -t t --dup sum | tr '\n' ' ')" = \
        'u,i,rating,t b,x,4,2 a,x,7,3 ' ]
    case='cf-index --dup fail t.cf'
    try $case
    fails_with 1
    grep -q "r.csv:4: u 'a' and i 'x' appear again (first at line 2)" err
    no_complaints
}

@test "negative ratings are ratings (python-libmf 9, Spark 18022)" {
    table <<<$'u,i,r\na,x,-1.5\na,y,2'
    [ "$(rows | tr '\n' ' ')" = 'u,i,rating a,x,-1.5 a,y,2 ' ]
}

@test "a header alone is a sound stream without rows (miller 314)" {
    table <<<'u,i,r'
    for how in '' '--dup last' '--min-user 2' '--bad skip'; do
        [ "$(rows $how)" = 'u,i,rating' ]
    done
}

@test "ids are any bytes (users rows 7, 8, 10; Spark 9361, csvkit 810)" {
    table <<'END'
u,i,r
9223372036854775808,01001,1
9223372036854775809,1001,2
18446744073709551616,1e5,3
-1,100000,4
" 7",NaN,5
7,"",5
END
    rows | sed 's/,[0-9]*$//; 1d' >got
    sed '1d; s/,[0-9]*$//; s/" 7"/ 7/; s/""//' r.csv | diff - got
    cf-index t.cf | cf-cat -t table | grep -q '^user: 6 rows'
}

@test "huge ids take no room (users row 9: annoy 321)" {
    table <<<$'u,i,r\n4294967295,4294967294,1\n4000000000,1048577,2'
    ([ -n "$CF_SANITIZE" ] || ulimit -v 60000; cf-index t.cf) |
        cf-cat -t csv | grep -q '^4000000000,1048577,2'
}

@test "user and item go by name, whatever their order (users row 11)" {
    table <<<$'rating,item,user\n5,i1,u1\n4,i2,u1'
    [ "$(rows -u user -i item -r rating | head -n 2 | tr '\n' ' ')" = \
        'user,item,rating u1,i1,5 ' ]
}

@test "index before split: what is only in the valid part has an id (row 12)" {
    cf-index table.cf >all.cf
    cf-batch -q --part train --valid 0.4 --seed 1 all.cf >train.cf
    cf-batch -q --part valid --valid 0.4 --seed 1 all.cf >valid.cf
    cf-cat -t csv --part item train.cf >a
    cf-cat -t csv --part item valid.cf | diff a -
    cf-cat -t csv --part item all.cf | diff a -
}

@test "--min-user, --min-item: the k-core, told" {
    table <<'END'
u,i,r
c,z,1
a,z,2
a,x,3
a,y,3
b,x,4
b,w,4
d,x,5
d,w,5
END
    [ "$(rows --min-user 2 --min-item 2 | tr '\n' ' ')" = \
        'u,i,rating b,x,4 b,w,4 d,x,5 d,w,5 ' ]
    cat >want <<'END'
cf-index: 2 users and 2 items with too few rows left out in 3 rounds, and 4 rows with them
END
    diff err want
    cf-index -q --min-user 2 --min-item 2 t.cf >core.cf
    [ "$(cf-cat -t csv --part item core.cf | tr '\n' ' ')" = 'i x w ' ]
}

@test "--min-rating, and with --implicit: likes" {
    [ "$(cf-index --min-rating 4 table.cf 2>err | cf-cat -t csv | wc -l)" = 5 ]
    grep -qx 'cf-index: 5 rows left out: the rating is below 4' err
    cf-index -q --implicit --min-rating 4 table.cf | cf-cat -t csv >out
    head -n 1 out | grep -qx 'userId,movieId,timestamp,title,genres'
    [ "$(wc -l <out)" = 5 ]
    case='cf-index --implicit --rating rating table.cf'
    try $case
    fails_with 2
    no_complaints
}

# The rows of a stream by id, in any order.
sorted()
{
    cf-cat -t csv "$@" | sort
}

@test "--vocab: shards with one vocabulary, concatenated, are the whole" {
    make_ratings 5000 >many.csv
    head -n 2000 many.csv >a.csv
    { head -n 1 many.csv; tail -n +2001 many.csv; } >b.csv
    { head -n 1 many.csv; tail -n 300 many.csv; } >v.csv
    for f in many a b v; do
        cf-merge -q -o $f.t $f.csv
    done
    cf-index -o v.cf v.t
    cf-index --vocab v.cf -o a.cf a.t
    cf-index --vocab v.cf -o b.cf b.t
    cf-cat a.cf b.cf >both.cf
    cf-index -o many.cf many.t
    cmp <(sorted both.cf) <(sorted many.cf)
    cmp <(sorted --part user both.cf) <(sorted --part user many.cf)
    # With the whole as the vocabulary, the ids are the same, too.
    cf-index --vocab many.cf --fixed -o a.cf a.t
    cf-index --vocab many.cf --fixed -o b.cf b.t
    cmp <(cf-cat a.cf b.cf | cf-cat -t csv) <(cf-cat -t csv many.cf)
    cmp <(cf-cat a.cf b.cf | cf-cat -t csv --part item) \
        <(cf-cat -t csv --part item many.cf)
}

@test "--vocab of a model; --fixed leaves others out, told" {
    table <<<$'userId,movieId,rating\n4,10,1\n1,99,2\nnobody,10,3\nno,no,4'
    cf-index --vocab model.cf t.cf >new.cf
    cf-cat -t csv --part item new.cf >items
    cf-cat -t csv --part item ratings.cf | diff - <(head -n 5 items)
    [ "$(tail -n +6 items | tr '\n' ' ')" = '99,, no,, ' ]
    [ "$(rows --vocab model.cf --fixed | tail -n +2)" = \
        '4,10,1,Amélie (2001),Romance' ]
    cat >want <<'END'
cf-index: 2 rows left out: the user is not in the vocabulary
cf-index: 1 row left out: the item is not in the vocabulary
END
    diff err want
    case='cf-index --fixed t.cf'
    try $case
    fails_with 2
    case='cf-index --vocab - -'
    try $case
    fails_with 2
    case='cf-index --vocab table.cf t.cf'
    try $case
    fails_with 1
    head -c 900 model.cf >cut.cf
    case='cf-index --vocab cut.cf t.cf'
    try $case
    fails_with 3
    no_complaints
}

@test "two films of one title are told apart (users row 3)" {
    table <<<$'u,i,r\na,838,5\na,3,4\na,77,3'
    printf 'i,title\n838,Emma (1996)\n3,Heat\n77,Emma (1996)\n' >i.csv
    cf-merge r.csv i.csv | cf-index >e.cf
    cf-cat -t table e.cf >out
    grep -q 'Emma (1996) \[838\]' out
    grep -q 'Emma (1996) \[77\]' out
    [ "$(grep -c 'Heat \[' out)" = 0 ]
    # Programs get what was in the file.
    [ "$(cf-cat -t csv e.cf | grep -c '\[')" = 0 ]
}
