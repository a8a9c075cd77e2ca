#!/usr/bin/env bats
# hostile.bats - what a stream declares takes no memory: streams made to harm
# are refused within 32 MiB over what the program needs for a good one.

: "${PYTHON:=/usr/bin/python3}"

load helper

setup()
{
    cd "$BATS_TEST_TMPDIR"
    make_streams
}

# n times the bytes of a printf format.
repeat()
{
    for _ in $(seq "$2"); do printf "$1"; done
}

make_hostile()
{
    mkdir -p hostile
    printf '\xdd\x10\x00\x00\x00' >hostile/any-array-2-28
    repeat '\xdd\x10\x00\x00\x00' 31 >hostile/any-nest-155
    printf '\x81\xdb\xff\xff\xff\xff' >hostile/any-text-4g
    printf '\x81\xc6\xff\xff\xff\xff' >hostile/any-bin-4g
    printf '\xdf\xff\xff\xff\xff' >hostile/any-map-2-32
    { printf '\x81\xa1x'; repeat '\x91' 10000; } >hostile/any-levels-10000
    { printf '\x81\xa1x\xdc\xff\xff'; head -c 200000 /dev/zero; } \
        >hostile/any-header-200k
    for kind in table ratings batches model scores topn; do
        for tail in '\x96\xa4rows\x00\x00\x01\xdd\x10\x00\x00\x00' \
            '\x96\xdb\xff\xff\xff\xff' \
            '\x96\xa4rows\x00\x00\x01\x91\xc6\xff\xff\xff\xff' \
            '\x96\xa4rows\x00\x00\xce\xff\xff\xff\xff\x91\xc4\x00'; do
            n=$((n + 1))
            { "$PYTHON" "$CF_TOP/tests/py/header.py" "$kind.cf" &&
                printf "$tail"; } >"hostile/$kind-$n"
        done
    done
    { "$PYTHON" "$CF_TOP/tests/py/header.py" table.cf
        printf '\x96\xa4rows\x00\x00\x01\xdd\x00\x3f\x00\x00'
        head -c 4000000 /dev/zero | tr '\0' '\300'; } >hostile/table-nils-4m
}

# KiB of address space that a command needs to succeed, to 256 KiB.
needs()
{
    local lo=1024 hi=4194304 mid
    while [ $((hi - lo)) -gt 256 ]; do
        mid=$(((lo + hi) / 2))
        if (ulimit -v $mid && "$@" >/dev/null 2>&1); then
            hi=$mid
        else
            lo=$mid
        fi
    done
    echo $hi
}

# refuses GOOD KIND COMMAND ...: files named after another kind are left out,
# because a sound header of theirs ends it before anything hostile comes. With
# text=yes the program reads text, too, and may take a file for a bad one.
refuses()
{
    local good=$1 kind=$2 text=${text-} base file n=0
    shift 2
    base=$(needs "$@" "$good")
    for file in hostile/any-* hostile/$kind-*; do
        status=0
        (ulimit -v $((base + 32768)) && timeout 10 "$@" "$file") \
            >/dev/null 2>err || status=$?
        [ $status = 3 ] || [ "$status$text" = 1yes ] || { echo "$* $file: $status"; cat err; return 1; }
        [ "$(wc -l <err)" = 1 ]
        n=$((n + 1))
    done
    [ $n -ge 11 ]
}

@test "hostile streams are refused in bounded memory" {
    [ -z "${CF_SANITIZE-}" ] || skip "a sanitizer needs memory of its own"
    make_hostile
    for kind in table ratings batches model scores topn; do
        refuses $kind.cf $kind cf-cat --check -j 1
    done
    refuses table.cf table cf-index -j 1
    refuses ratings.cf ratings cf-batch -j 1
    refuses ratings.cf ratings cf-train -q -j 1
    refuses batches.cf batches cf-train -q -j 1
    refuses ratings.cf ratings cf-score -m model.cf -j 1
    refuses table.cf table cf-score -m model.cf -j 1
    refuses model.cf model cf-topn --all -j 1 -m
    text=yes refuses scores.cf scores cf-eval -j 1
    text=yes refuses topn.cf topn cf-eval -j 1 --held-out ratings.cf
}
