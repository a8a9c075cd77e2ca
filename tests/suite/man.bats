#!/usr/bin/env bats
# man.bats - the man pages say what the programs do: every option is on its
# page, every option of a page exists, and every example runs.

load helper

MAN=$CF_TOP/man
COMMON="output threads quiet verbose stamp help version completion"

setup()
{
    cd "$BATS_TEST_TMPDIR"
}

# The long options of a program, by its help.
options()
{
    "$1" --help | grep -o -- '--[a-z][-a-z0-9]*' | sed 's/^--//' | sort -u
}

# The long options that a page describes.
described()
{
    sed -n 's/^\.It //p' "$1" | grep -o 'Fl -[a-z][-a-z0-9]*' |
        sed 's/^Fl -//' | sort -u
}

@test "a page for every program, and no other" {
    ls "$MAN" | sed -n 's/\.1$//p' | diff - <(ls "$CF_BIN")
}

@test "pages and programs have the same options" {
    for program in $(ls "$CF_BIN"); do
        diff <(described "$MAN/$program.1" | sed "s/^/$program /") \
            <(options "$program" | grep -vxF "${COMMON// /$'\n'}" |
                sed "s/^/$program /")
    done
    diff <(described "$MAN/cf.7") <(echo "${COMMON// /$'\n'}" | sort)
}

@test "every page has the sections that people look for" {
    for page in "$MAN"/*.1; do
        for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' \
            EXAMPLES 'SEE ALSO'; do
            grep -qx ".Sh $section" "$page" ||
                { echo "$page: no $section"; return 1; }
        done
    done
}

# The commands of a page's examples, one a line, without the prompt; one that
# ends in a backslash goes on in the next.
examples()
{
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh DIAG/s/^\.Dl //p' "$1" |
        sed 's/^"\(.*\)"$/\1/; s/\\e/\\/g; s/\\-/-/g; s/\\&//g' |
        sed ':more; /\\$/ { N; s/\\\n//; b more; }' | sed -n 's/^\$ //p'
}

run_examples()
{
    mkdir "$1"
    cd "$1"
    cp "$CF_TOP"/tests/data/ml-latest-small/{ratings,movies}.csv .
    examples "$MAN/$1.1" >commands
    [ -s commands ]
    while read -r command; do
        bash -o pipefail -c "$command" >out 2>err </dev/null ||
            { echo "$1: $command"; cat err; return 1; }
        ! grep -q '^cf-[a-z]*: .*error' err || false
    done <commands
    cd ..
}

@test "every example of every page runs" {
    for program in $(ls "$CF_BIN"); do
        run_examples "$program"
    done
}

@test "the tour of cf(7) runs" {
    cp "$CF_TOP"/tests/data/ml-latest-small/{ratings,movies}.csv .
    sed -n '/^\.Ss A tour/,/^\.Ss/s/^\.Dl \$ //p' "$MAN/cf.7" >commands
    [ "$(wc -l <commands)" -ge 8 ]
    while read -r command; do
        bash -o pipefail -c "$command" >out 2>err </dev/null ||
            { echo "$command"; cat err; return 1; }
    done <commands
}

# The manuals that a page names are perhaps not installed here.
@test "mandoc finds nothing to mend, of any level" {
    mandoc -Tlint "$CF_TOP"/man/* 2>/dev/null |
        grep -v ': referenced manual not found: ' >found || true
    [ ! -s found ] || { cat found; false; }
    printf '.Dd x\n' >bad.1
    mandoc -Tlint bad.1 2>/dev/null | grep -q WARNING
}
