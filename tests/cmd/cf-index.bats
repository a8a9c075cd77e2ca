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
