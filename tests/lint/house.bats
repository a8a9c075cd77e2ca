#!/usr/bin/env bats
# house.bats - the house rules that a machine can check, and that the checks
# find a breach of each.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    check=$CF_TOP/tests/lint/check
}

# The source tree keeps a rule.
keeps()
{
    "$check" "$1" "$CF_TOP"
}

# A rule finds the line of a file ("FILE" "TEXT ..."), and finds it alone.
finds()
{
    local rule=$1 file=$2
    rm -rf tree
    mkdir -p "tree/$(dirname "$file")"
    printf '%s\n' "${@:3}" >"tree/$file"
    run "$check" "$rule" tree
    echo "$output"
    [ "$status" = 1 ]
    [ "${#lines[@]}" = 1 ]
    [[ $output == "$file:"* ]]
}

passes()
{
    local rule=$1 file=$2
    rm -rf tree
    mkdir -p "tree/$(dirname "$file")"
    printf '%s\n' "${@:3}" >"tree/$file"
    "$check" "$rule" tree
}

@test "includes go downwards only" {
    finds layers lib/base/a.c '#include "math/vec.h"'
    finds layers lib/stream/a.h '  # include "data/csv.h"'
    finds layers lib/eval/a.c '#include "cli.h"'
    finds layers lib/eval/a.c '#include "cmd/cli.h"'
    finds layers cmd/a.c '#include "elsewhere/cli.h"'
    passes layers lib/eval/a.c '#include "base/err.h"' '#include "eval/a.h"'
    passes layers cmd/a.c '#include "cli.h"' '#include "fit/fit.h"'
    keeps layers
}

@test "<msgpack.h> and <csv.h> are each included by one file" {
    finds wrapped lib/stream/a.c '#include <msgpack.h>'
    finds wrapped lib/stream/a.c '#include <msgpack/pack.h>'
    finds wrapped cmd/a.c '#include <csv.h>'
    passes wrapped lib/stream/pack.c '#include <msgpack.h>'
    passes wrapped lib/data/csv.c '#include <csv.h>'
    grep -q '<msgpack.h>' "$CF_TOP/lib/stream/pack.c"
    grep -q '<csv.h>' "$CF_TOP/lib/data/csv.c"
    keeps wrapped
}

@test "the library never exits and never prints" {
    local call
    for call in 'exit(1)' 'abort()' 'printf("")' 'fprintf(f, "")' 'puts(s)' \
        'perror(s)' 'x = (_exit (1))' 'vfprintf(f, s, a)' 'write(f, stderr)'; do
        finds quiet lib/base/a.c 'int x;' "    $call;"
    done
    passes quiet lib/base/a.c 'snprintf(p, n, "");' '/* exit(1) */' \
        's = "exit(1) on stderr";' '/* a' 'exit(1) */' 'cf_exit(x);'
    passes quiet cmd/a.c 'exit(1);'
    keeps quiet
}

@test "no function of the banned ones is called" {
    local name
    for name in atoi atol atof strcpy strcat sprintf gets rand srand strtok \
        strtod strtol vsprintf setlocale sscanf; do
        finds banned lib/base/a.c "    $name(x);"
        finds banned cmd/a.c "    y = $name (x);"
    done
    passes banned lib/base/a.c 'cf_rand(x);' 'vsnprintf(p, n, f, a);' \
        '/* like atoi(x) */'
    keeps banned
}

@test "no line is over 80 columns" {
    finds columns lib/base/a.c "/* $(printf '%075d' 0) */"
    finds columns tests/unit/a.c "int x; "
    passes columns lib/base/a.c "/* $(printf '%074d' 0) */"
    keeps columns
}

@test "a negated command of a test can fail it" {
    finds negated tests/a.bats 'true' '    ! grep -q a b \' '        c'
    passes negated tests/a.bats '    ! grep -q a b \' '        c || false' \
        'if ! true; then'
    keeps negated
}

@test "functions have at most 60 lines, files at most 400" {
    mapfile -t body < <(yes '    f();' | head -n 61)
    finds long lib/base/a.c 'void g(void)' '{' "${body[@]}" '}'
    passes long lib/base/a.c 'void g(void)' '{' "${body[@]:1}" '}'
    mapfile -t body < <(yes 'int x;' | head -n 401)
    finds long cmd/a.c "${body[@]}"
    keeps long
}

@test "no two types of headers have the same name" {
    finds types lib/base/a.h 'struct a {' '};' 'struct a {' '};'
    finds types cmd/a.h 'enum a { A };' 'enum a { B };'
    passes types lib/base/a.h 'struct a;' 'struct a {' '};' 'struct b {' '};'
    keeps types
}

@test "no file names a path of a machine" {
    finds paths README "see $BATS_TEST_TMPDIR/tree/lib"
    finds paths README "see $HOME/cf/lib"
    finds paths tests/x.sh "cd /home""/someone/cf"
    passes paths README 'see /usr/bin/python3, lib/home/x'
    keeps paths
}

# The rule finds the variable of a C file.
finds_state()
{
    echo "$1" >a.c
    cc -c -o a.o a.c
    run "$check" state a.o
    echo "$output"
    [ "$status" = 1 ]
    [[ $output == *' x'* ]]
}

@test "the library has no variable that can change" {
    finds_state 'int x;'
    finds_state 'static int x = 1; int *f(void) { return &x; }'
    finds_state 'static _Thread_local int x; int *f(void) { return &x; }'
    finds_state 'int *f(void) { static int x; return &x; }'
    finds_state 'const char *x[] = {"a"};'
    echo 'const char *const x[] = {"a"}; const int y = 1;' >a.c
    cc -c -fPIC -o a.o a.c
    "$check" state a.o
    [ "$(objdump -t "$CF_BUILD/libcf.a" | grep -c 'file format')" -gt 20 ]
    "$check" state "$CF_BUILD/libcf.a"
}

@test "no two files of the library define the same name" {
    twice=$(nm -g --defined-only "$CF_BUILD/libcf.a" | awk 'NF == 3 {
        print $3 }' | sort | uniq -d)
    [ -z "$twice" ] || { echo "$twice"; false; }
    [ "$(nm -g --defined-only "$CF_BUILD/libcf.a" | grep -c ' T ')" -gt 100 ]
}
