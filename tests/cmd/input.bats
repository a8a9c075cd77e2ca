#!/usr/bin/env bats
# input.bats - packed inputs are read like plain ones, known by their first
# bytes whatever they are called and however they come.

load ../suite/helper

setup_file()
{
    cd "$BATS_FILE_TMPDIR" || return
    make_streams
    make_ratings 20000 >many.csv
    local f
    for f in *; do
        gzip -k "$f"
        zstd -q "$f"
    done
    cf-merge ratings.csv movies.csv 2>/dev/null | cf-cat -t csv >merged
}

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    cp "$BATS_FILE_TMPDIR"/* .
}

# What standard input and two files hold becomes the merge of the plain files.
merges()
{
    "${@:3}" cf-merge -q "$1" "$2" | cf-cat -t csv | cmp - merged
}

@test "cf-merge: gzip and zstd, files and pipes, both sides" {
    merges ratings.csv.gz movies.csv.zst
    merges ratings.csv.zst movies.csv.gz
    merges - movies.csv.gz <ratings.csv.zst
    cat ratings.csv.gz | merges - movies.csv
    cat movies.csv.zst | merges ratings.csv.zst -
    dd if=ratings.csv.gz bs=1 status=none | merges - movies.csv
    merges <(cat ratings.csv.zst) <(cat movies.csv.gz)
}

@test "a name says nothing" {
    mv ratings.csv.gz ratings.txt
    mv movies.csv.zst movies.gz
    merges ratings.txt movies.gz
    mv ratings.csv ratings.csv.zst
    merges ratings.csv.zst movies.gz
}

@test "xz and bzip2: what it is, and what to do" {
    printf '\3757zXZ\0\0\004\346\326\264\106\002\0' >r.csv.xz
    printf 'BZh91AY&SY\210\177' >r.csv.bz2
    local packer end
    for packer in xz:xz bzip2:bz2; do
        end=${packer#*:}
        packer=${packer%:*}
        try cf-merge "r.csv.$end"
        fails_with 1
        grep -qF "r.csv.$end: packed by $packer; only gzip and zstd are" err
        grep -qF "$packer -dc r.csv.$end |" err
        try cf-cat - <"r.csv.$end"
        fails_with 1
        grep -qF "<stdin>: packed by $packer; " err
        cat "r.csv.$end" >both
        try cf-train <(dd if=both bs=1 status=none)
        fails_with 1
    done
    # Text may begin so.
    printf 'BZh9,item\n1,2\n' >r.csv
    cf-merge r.csv | cf-cat -t csv | cmp - r.csv
    printf 'BZh' | cf-merge - | cf-cat -t csv >out
    [ "$(cat out)" = BZh ]
}

@test "cf-merge: more than fits any buffer" {
    cf-merge many.csv | cf-cat -t csv >want
    cmp want many.csv
    for f in many.csv.gz many.csv.zst; do
        cf-merge "$f" | cf-cat -t csv | cmp - want
        cf-merge <"$f" | cf-cat -t csv | cmp - want
    done
}

@test "members and frames after each other are one input" {
    head -n 3 ratings.csv | gzip >two.gz
    tail -n +4 ratings.csv | gzip >>two.gz
    merges two.gz movies.csv
    head -n 3 ratings.csv | zstd -q >two.zst
    tail -n +4 ratings.csv | zstd -q >>two.zst
    merges two.zst movies.csv
    head -n 3 ratings.csv | gzip >mixed
    tail -n +4 ratings.csv | zstd -q >>mixed
    case='cf-merge mixed' program=cf-merge
    try $case
    fails_with 3
    no_complaints
}

@test "cf-cat: every kind of stream" {
    local kind f
    for kind in table ratings batches model scores topn; do
        show=(cf-cat -t csv)
        [ $kind != model ] || show=(cf-cat -t csv --items)
        "${show[@]}" $kind.cf >want
        for f in $kind.cf.gz $kind.cf.zst; do
            "${show[@]}" $f | cmp - want
            "${show[@]}" <$f | cmp - want
            cat $f | "${show[@]}" | cmp - want
        done
    done
}

@test "cf-topn: a packed model, from a file and a pipe" {
    cf-topn -m model.cf -n 2 1 007 | cf-cat -t csv >want
    for f in model.cf.gz model.cf.zst; do
        cf-topn -m $f -n 2 1 007 | cf-cat -t csv | cmp - want
        cf-topn -m - -n 2 1 007 <$f | cf-cat -t csv | cmp - want
        cat $f | cf-topn -m - -n 2 1 007 | cf-cat -t csv | cmp - want
    done
}

@test "truncated: exit 3, and what reads the pipe fails too" {
    program=cf-merge
    for f in ratings.csv.gz ratings.csv.zst; do
        kind=gzip
        [ $f = ratings.csv.gz ] || kind=zstd
        for n in 3 10 40 $(($(stat -c %s $f) - 1)); do
            head -c $n $f >cut
            case="cf-merge cut ($f, $n bytes)"
            try cf-merge cut
            fails_with 3
            grep -q "^cf-merge: cut: truncated $kind data$" err ||
                complain "no word of it"
            try cf-merge - <cut
            fails_with 3
            if cf-merge cut 2>err | cf-cat -t csv >out 2>&1; then
                complain "cf-cat was content"
            fi
        done
    done
    program=cf-cat
    for f in model.cf.gz model.cf.zst; do
        head -c 200 $f >cut
        case="cf-cat cut ($f)"
        try cf-cat cut
        fails_with 3
    done
    no_complaints
}

@test "the right side truncated or corrupt: no table" {
    program=cf-merge case='right side'
    head -c 60 movies.csv.gz >cut
    try cf-merge ratings.csv cut
    fails_with 3
    [ ! -s out ] || complain 'it wrote something'
    head -c 50 movies.csv.zst | cat - <(echo xxxxxxxxxxxxxxxxxxxxxxxxxxxx) >bad
    try cf-merge ratings.csv bad
    fails_with 3
    no_complaints
}

@test "something after the end: exit 3" {
    program=cf-merge
    for f in ratings.csv.gz ratings.csv.zst; do
        for more in 'printf 1,10,4.0\n' 'head -c 512 /dev/zero'; do
            case="$f and $more"
            cat $f <($more) >more
            try cf-merge more
            fails_with 3
            grep -q ': bytes after the end of the [a-z]* data$' err ||
                complain "no word of it"
        done
    done
    no_complaints
}

@test "zstd that needs more than 128 MiB to unpack: exit 5" {
    program=cf-merge case='long window'
    zstd -q --ultra --long=28 <many.csv >long.zst
    try cf-merge long.zst
    fails_with 5
    grep -q '128 MiB' err || complain "no word of it"
    zstd -q --long=27 <many.csv | cf-merge | cf-cat -t csv | cmp - many.csv
    no_complaints
}

@test "memory does not grow with what is packed" {
    # 64 MB in 64 KB; a limit that holds a window and a few buffers.
    awk 'BEGIN { print "u,i"; while (n++ < 8e6) print "12,3456" }' |
        gzip -9 >big.gz
    [ "$(stat -c %s big.gz)" -lt 200000 ]
    if [ -z "${CF_SANITIZE:-}" ]; then
        ulimit -v 65536
    fi
    cf-merge big.gz >/dev/null
}
