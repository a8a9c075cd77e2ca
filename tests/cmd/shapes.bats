#!/usr/bin/env bats
# shapes.bats - files in the shapes that people have: one command each.

load ../suite/helper

SHAPES=$CF_TOP/tests/data/shapes

setup()
{
    cp "$SHAPES"/* "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR" || return
}

# cf-merge with the arguments gives what the file $1 holds, and that gives
# itself.
gives()
{
    cf-merge -q "${@:2}" | cf-cat -t csv | diff "$1" -
    cf-merge -d , "$1" | cf-cat -t csv | cmp "$1" -
}

@test "CR ends lines, blank rows" {
    gives cr.want cr.csv
}

@test "semicolons, CR LF, no names" {
    gives semicolons.want --header user,item,rating semicolons.csv
    gives semicolons.want -d ';' --header user,item,rating semicolons.csv
}

@test "quotes and backslashes in fields" {
    gives stray.want stray.csv
}

@test "a quote that is only half there: file and line" {
    program=cf-merge case='a stray quote'
    printf '1003;00"00;7\n' >>stray.csv
    try cf-merge stray.csv
    fails_with 1
    grep -q 'stray\.csv:5: ' err || complain 'not the line'
    sed '5s/.*/1003;"0000;7/' stray.csv >open.csv
    printf '1003;0000;7\n' >>open.csv
    try cf-merge open.csv
    fails_with 1
    grep -q 'open\.csv:5: ' err || complain 'not the line where it opens'
    no_complaints
}

@test "a column without a name at the end" {
    tail -n +2 games.csv |
        gives games.want --header user-id,game-title,value,none -
    sed '1s/$/none/' games.csv | gives games.want -
}

@test "titles with commas and quotes, an id 03 that is not 3" {
    gives books.want marks.csv books.csv
    cf-merge marks.csv books.csv 2>err >out
    grep -q ' 1 row without a match' err
}

@test "tabs, bars, Latin-1, no names" {
    gives u.want --header user,item,rating,time --no-header --from - \
        --from latin1 --on item=1 u.data u.item
    gives u.want -d '\t' -d '|' --header user,item,rating,time --no-header \
        --from - --from latin1 --on item=1 u.data u.item
}

@test "Latin-1 taken for UTF-8: file and line" {
    program=cf-merge case='u.item as UTF-8'
    try cf-merge -d '|' --no-header u.item
    fails_with 1
    grep -q 'u\.item:1: ' err || complain 'not the line'
    no_complaints
}

@test "a separator of two bytes" {
    gives dat.want --header user,movie,rating,time \
        --header movie,title,genres ratings.dat movies.dat
    gives dat.want -d :: -d :: --header user,movie,rating,time \
        --header movie,title,genres ratings.dat movies.dat
    iconv -f UTF-8 -t latin1 movies.dat >latin1.dat
    gives dat.want --header user,movie,rating,time \
        --header movie,title,genres --from - --from latin1 ratings.dat \
        latin1.dat
}

@test "UTF-16 of a spreadsheet" {
    gives sheet.want --from UTF-16 sheet.txt
}

@test "a byte order mark before a quote" {
    gives bom.want bom.csv
}

@test "each of them packed" {
    gzip cr.csv semicolons.csv u.item ratings.dat
    zstd -q --rm stray.csv u.data movies.dat sheet.txt
    gives cr.want cr.csv.gz
    gives semicolons.want --header user,item,rating semicolons.csv.gz
    gives stray.want stray.csv.zst
    gives u.want --header user,item,rating,time --no-header --from - \
        --from latin1 --on item=1 u.data.zst u.item.gz
    gives dat.want --header user,movie,rating,time \
        --header movie,title,genres ratings.dat.gz movies.dat.zst
    gives sheet.want --from UTF-16 sheet.txt.zst
}

@test "an unknown character set: exit 2" {
    program=cf-merge case='--from klingon'
    try cf-merge --from klingon cr.csv
    fails_with 2
    grep -q "unknown character set 'klingon'" err || complain 'no word of it'
    no_complaints
}
