#!/usr/bin/env bats
# every.bats - what every program does when something is wrong around it: one
# test for each misfortune, which it tries on every line of the tables
# `programs` and `numbers`.

load helper

setup_file()
{
    cd "$BATS_FILE_TMPDIR" || return
    make_streams
    : >empty
    printf 'cf-any: not a stream\n' >text
    mkdir directory
}

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    cp -r "$BATS_FILE_TMPDIR"/* .
}

# Lines of a table, without comments and blanks around |.
rows()
{
    sed '/^#/d; /^$/d; s/ *| */|/g' "$BATS_TEST_DIRNAME/$1"
}

# Calls a function for each line of the table `programs`.
each_call()
{
    local lines line
    mapfile -t lines < <(rows programs)
    [ "${#lines[@]}" -gt 0 ]
    for line in "${lines[@]}"; do
        IFS='|' read -r program kinds output arguments <<<"$line"
        "$@"
    done
    no_complaints
}

each_program()
{
    for program in $(rows programs | cut -d '|' -f 1 | sort -u); do
        "$@"
    done
    no_complaints
}

# A good file of a kind for the place of IN.
good()
{
    case $1,$arguments in
    csv,IN* | csv,*--ratings* | csv,*--held-out*) echo ratings.csv ;;
    csv,*) echo movies.csv ;;
    *) echo "$1.cf" ;;
    esac
}

# The arguments with IN replaced into $words, and what to call it in messages.
replace()
{
    local w
    words=(-q)
    for w in $arguments "${@:2}"; do
        [ "$w" != IN ] || w=$1
        words+=("$w")
    done
    case="$program ${words[*]}"
}

# Runs the program on FILE, with more arguments.
call()
{
    replace "$@"
    try "$program" "${words[@]}"
}

succeeds()
{
    [ "$status" = 0 ] || complain "exit status $status, expected 0"
    [ ! -s err ] || complain "something on standard error"
}

# The error names the file.
names()
{
    [[ $(<err) == *"$1"* ]] || complain "'$1' not named"
}

works()
{
    local kind
    for kind in ${kinds//,/ }; do
        call "$(good "$kind")"
        succeeds
        [ "$output" = no ] || [ -s out ] || complain "no output"
        call - <"$(good "$kind")"
        succeeds
        cat "$(good "$kind")" | call -
        succeeds
    done
}
@test "good input from a file, standard input and a pipe: exit 0, silence" {
    each_call works
}

# The kinds but text.
streams()
{
    echo "${kinds//,/ }" | sed 's/^csv *//'
}

first_good()
{
    good "${kinds%%,*}"
}

full_stdout()
{
    [ "$output" = yes ] || return 0
    replace "$(first_good)"
    status=0
    timeout 60 "$program" "${words[@]}" >/dev/full 2>err || status=$?
    fails_with 4
}
@test "standard output is full: exit 4" {
    each_call full_stdout
}

full_output()
{
    [ "$output" = yes ] || return 0
    call "$(first_good)" -o /dev/full
    fails_with 4
    names /dev/full
}
@test "-o is full: exit 4" {
    each_call full_output
}

closed_stdout()
{
    [ "$output" = yes ] || return 0
    replace "$(first_good)"
    status=0
    timeout 60 "$program" "${words[@]}" >&- 2>err || status=$?
    fails_with 4
}
@test "standard output is closed: exit 4" {
    each_call closed_stdout
}

closed_stdin()
{
    call - <&-
    fails_with 4
}
@test "standard input is closed: exit 4" {
    each_call closed_stdin
}

no_directory()
{
    call "$(first_good)" -o none/out.cf
    fails_with 4
    names none/out.cf
    [ ! -e none ] || complain "made a directory"
}
@test "-o in a directory that is not there: exit 4" {
    each_call no_directory
}

to_directory()
{
    call "$(first_good)" -o directory
    fails_with 4
    names directory
}
@test "-o is a directory: exit 4" {
    each_call to_directory
}

from_directory()
{
    call directory
    fails_with 4
    names directory
}
@test "the input is a directory: exit 4" {
    each_call from_directory
}

missing()
{
    call none.cf
    fails_with 4
    names none.cf
}
@test "the input is not there: exit 4" {
    each_call missing
}

empty()
{
    local code=3
    [[ $kinds != csv* ]] || code=1
    call empty
    fails_with $code
    names empty
    call - <empty
    fails_with $code
}
@test "the input is empty: exit 1 for CSV, 3 for a stream" {
    each_call empty
}

not_a_stream()
{
    [ "$kinds" != csv ] || return 0
    call text
    case $status in
    1 | 3) fails_with "$status" ;;
    *) complain "exit status $status, expected 1 or 3" ;;
    esac
    names text
}
@test "the input is text instead of a stream: exit 1 or 3" {
    each_call not_a_stream
}

wrong_kind()
{
    local kind code
    for kind in table ratings batches model scores topn metrics; do
        case ,$kinds, in
        *,$kind,*) continue ;;
        esac
        # cf-cat reads a model too, but then options say what of it.
        code=1
        [ "$program-$kind" != cf-cat-model ] || code=2
        call $kind.cf
        fails_with $code
        names $kind.cf
    done
}
@test "the input is a stream of another kind: exit 1" {
    each_call wrong_kind
}

truncated()
{
    local kind n
    for kind in $(streams); do
        n=$(wc -c <"$kind.cf")
        for n in 1 30 $((n / 3)) $((n / 2)) $((n - 20)) $((n - 1)); do
            head -c "$n" "$kind.cf" >cut.cf
            call cut.cf
            fails_with 3
            names cut.cf
            call - <cut.cf
            fails_with 3
        done
    done
}
@test "the stream is cut: exit 3" {
    each_call truncated
}

trailing()
{
    local kind
    for kind in $(streams); do
        { cat "$kind.cf"; printf '\300'; } >long.cf
        call long.cf
        fails_with 3
        { cat "$kind.cf" "$kind.cf"; } >long.cf
        cat long.cf | call -
        fails_with 3
    done
}
@test "bytes after the end of the stream: exit 3" {
    each_call trailing
}

# A line with a quote that nothing closes, or a cut stream.
spoil()
{
    if [[ $kinds == csv* ]]; then
        { cat "$(first_good)"; printf '9,"9\n'; } >bad
    else
        head -c -9 "$(first_good)" >bad
    fi
}

keeps_old()
{
    spoil
    echo old >keep
    : >err
    : >out
    ls -A >before
    call bad -o keep
    [ "$status" != 0 ] || complain "exit status 0"
    [ "$(cat keep)" = old ] || complain "-o changed"
    ls -A | diff before - || complain "files left"

    rm keep
    ls -A >before
    call bad -o keep
    ls -A | diff before - || complain "files left"
}
@test "failure leaves the old -o file and no other" {
    each_call keeps_old
}

replaces_old()
{
    [ "$output" = yes ] || return 0
    call "$(first_good)"
    mv out expected
    : >out
    echo old >keep
    ls -A >before
    call "$(first_good)" -o keep
    succeeds
    cmp -s keep expected || complain "-o differs from standard output"
    [ ! -s out ] || complain "-o, and output too"
    ls -A | diff before - || complain "files left"
}
@test "-o gives the bytes of standard output, no other file" {
    each_call replaces_old
}

gone_reader()
{
    [ "$output" = yes ] || return 0
    replace "$(first_good)"
    {
        sleep 0.05
        status=0
        timeout 60 "$program" "${words[@]}" 2>err || status=$?
        echo "$status" >status
    } | true
    status=$(cat status)
    [ "$status" = 141 ] || complain "exit status $status, not by SIGPIPE"
    [ ! -s err ] || complain "something on standard error"
}
@test "the reader is gone: ended by SIGPIPE, silently" {
    each_call gone_reader
}

first_byte()
{
    [ "$output" = yes ] || return 0
    replace "$(first_good)"
    {
        status=0
        timeout 60 "$program" "${words[@]}" 2>err || status=$?
        echo "$status" >status
    } | head -c 1 >out
    case $(cat status) in
    0 | 141) ;;
    *) complain "exit status $(cat status), expected 0 or 141" ;;
    esac
    [ ! -s err ] || complain "something on standard error"
    [ "$(wc -c <out)" = 1 ] || complain "no byte"
}
@test "| head -c 1: silence" {
    each_call first_byte
}

unknown_option()
{
    local option
    for option in --no-such-option --no-such=5 -Z; do
        case="$program $option"
        try "$program" $option
        fails_with 2
        names "${option%=*}"
    done
    case="$program --versoin"
    try "$program" --versoin
    fails_with 2
    names --version
    case="$program --quiet=yes"
    try "$program" --quiet=yes
    fails_with 2
    case="$program -o"
    try "$program" -o
    fails_with 2
}
@test "unknown option, value or no value: exit 2, one line with a hint" {
    each_program unknown_option
}

bad_number()
{
    local option=$1 value
    for value in "${@:2}"; do
        case="$program $option '$value'"
        try "$program" "$option" "$value"
        fails_with 2
        names "$option"
    done
}

bad_numbers()
{
    local option
    for option in $whole; do
        bad_number "$option" '' x -1 1.5 1e3 0x10 ' 1' '1 ' 7x \
            99999999999999999999
    done
    for option in $real; do
        bad_number "$option" '' x nan inf 1..2 ' 1' '1 ' 1x 1e999 0x1p3
    done
}
@test "bad number: exit 2, one line that names the option" {
    local lines line whole real
    mapfile -t lines < <(rows numbers)
    for line in "${lines[@]}"; do
        IFS='|' read -r program whole real <<<"$line"
        bad_numbers
    done
    no_complaints
}
@test "every program is in both tables" {
    cd "$CF_BIN"
    ls cf-* >"$BATS_TEST_TMPDIR/programs"
    cd "$BATS_TEST_TMPDIR"
    rows programs | cut -d '|' -f 1 | sort -u | diff - programs
    rows numbers | cut -d '|' -f 1 | sort -u | diff - programs
}

# Long options in a text but for its comments.
options()
{
    sed '/^ *#/d' "$1" | grep -oE -e '--[a-z][a-z0-9-]*' | sort -u
}

help()
{
    local option
    case="$program --help"
    try "$program" --help
    succeeds
    cp out help
    head -n 1 help | grep -q "^usage: $program " || complain "no usage"
    awk 'length > 80 { exit 1 }' help || complain "over 80 columns"
    try "$program" --completion
    succeeds
    options out >complete
    [ -s complete ] || complain "no options in --completion"
    options help | diff complete - >err || complain "differs from --completion"
    for option in $(options help); do
        try "$program" "$option=" none.cf
        ! grep -qi unknown err || complain "$option is not accepted"
    done
}
@test "--help: every option, to standard output" {
    each_program help
}

version()
{
    case="$program --version"
    try "$program" --version
    succeeds
    grep -qxE "$program .*[0-9]+\.[0-9]+\.[0-9]+" out ||
        complain "not 'PROGRAM VERSION'"
}
@test "--version" {
    each_program version
}

full_help()
{
    local option
    for option in --help --version --completion; do
        case="$program $option"
        status=0
        timeout 60 "$program" "$option" >/dev/full 2>err || status=$?
        fails_with 4
        status=0
        timeout 60 "$program" "$option" >&- 2>err || status=$?
        fails_with 4
    done
}
@test "--help and its like to a full or closed output: exit 4" {
    each_program full_help
}

no_model()
{
    case="$program ratings.cf"
    try "$program" ratings.cf
    fails_with 2
}
@test "-m not given: exit 2" {
    for program in cf-score cf-topn; do
        no_model
    done
    no_complaints
}
