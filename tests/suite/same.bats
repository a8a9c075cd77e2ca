#!/usr/bin/env bats
# same.bats - the same input, options and seed give the same bytes, however
# many threads there are, however the input arrives, whatever the locale.

load helper

setup_file()
{
    cd "$BATS_FILE_TMPDIR" || return
    make_streams
    make_ratings 20000 >many.csv
    produce many ../many.csv
    produce few ../ratings.csv ../movies.csv
}

setup()
{
    cd "$BATS_FILE_TMPDIR" || return
}

# Runs a program with the file $1 on its standard input; tests replace it.
take()
{
    cat "$1" | "${@:2}"
}

from()
{
    # shellcheck disable=SC2086 # a list of words
    take "$1" "$2" -q $options "${@:3}"
}

# Everything that the programs make of some CSV files, in the directory $1.
produce()
{
    local merged=("${@:2}")
    mkdir "$1"
    cd "$1" || return
    from "${merged[0]}" cf-merge - "${merged[@]:1}" >table
    from table cf-index >ratings
    from ratings cf-batch --seed 7 -e 2 >batches
    from ratings cf-batch --seed 7 --part valid >valid
    from ratings cf-batch --negatives 2 --valid-by user --memory 1M >negatives
    from batches cf-train -k 8 --seed 7 >model
    from ratings cf-train -k 5 -e 2 --seed 7 >model-2
    from batches cf-train --init model --clip 1 --freeze users >model-3
    from ratings cf-train -k 5 --lr-find >curve
    from batches cf-train -s nn --layers 9,4 --dropout 0.1 --seed 7 >model-nn
    from batches cf-train -s sgd -e 3 --keep best >model-sgd
    from ratings cf-train -s sgd -k 50 -e 2 --seed 7 --nonneg >model-sgd-2
    from negatives cf-train -s sgd -k 128 -e 2 >model-sgd-3
    from table cf-index --implicit >who
    from who cf-batch --negatives 2 >ones
    from ones cf-train -s sgd -k 16 -e 2 --loss bce >model-sgd-4
    from batches cf-train -s als -k 9 -e 2 >model-als
    from ratings cf-train -s ials -k 20 -e 2 --alpha 1 >model-ials
    from model cf-topn -m - --all >topn
    from model-nn cf-topn -m - --all -n 3 >topn-nn
    from topn cf-cat -t csv >topn.csv
    from valid cf-score -m model >scores
    from valid cf-score -m model-nn >scores-nn
    from scores cf-eval --resample rows >metrics
    from topn cf-eval --held-out ratings -m model -k 3,9 >metrics-topn
    from topn.csv cf-eval --held-out ratings -i movieId - topn-nn >metrics-two
    from "${merged[0]}" cf-topn -m model-2 --ratings - >topn-folded
    from scores cf-cat -t csv >scores.csv
    from topn cf-cat -t jsonl >topn.jsonl
    from model cf-cat -t table >model.txt
    from model cf-cat --items --pca 1 --factors >items.csv
    from model cf-cat --export safetensors >vectors
    from model cf-cat --export word2vec --users --fold-bias >words
    cd ..
}

same()
{
    produce "$1-again" "${@:2}"
    diff -r "$1" "$1-again"
    rm -r "$1-again"
}

same_many()
{
    same many ../many.csv
}

same_few()
{
    same few ../ratings.csv ../movies.csv
}

@test "twice" {
    same_many
}

@test "-j 1, 2, 7" {
    for options in '-j 1' '-j 2' '-j 7'; do
        same_many
    done
}

@test "CF_THREADS" {
    export CF_THREADS
    for CF_THREADS in 1 3; do
        same_many
    done
}

# Makes a locale of one's own if need be, or skips.
in_locale()
{
    export LOCPATH=$BATS_TEST_TMPDIR LC_ALL=$1.UTF-8
    if ! locale -a | grep -qi "^$1\.utf-*8$"; then
        localedef -i "$1" -f UTF-8 "$LOCPATH/$LC_ALL" 2>err ||
            skip "no locale $LC_ALL, and nothing to make it from"
    else
        unset LOCPATH
    fi
    [ "$(locale decimal_point)" = , ] # so it is in force
    same_few
    same_many
}

@test "a locale with a decimal comma: de_DE" {
    in_locale de_DE
}

@test "a locale with a dotless i: tr_TR" {
    in_locale tr_TR
}

@test "from a file" {
    take()
    {
        "${@:2}" <"$1"
    }
    same_many
}

@test "byte by byte" {
    take()
    {
        dd if="$1" bs=1 status=none | "${@:2}"
    }
    same_few
}

@test "in pieces of 4097 bytes" {
    take()
    {
        dd if="$1" bs=4097 status=none | "${@:2}"
    }
    same_many
}

@test "every vector kernel that this processor has" {
    local kernel
    for kernel in scalar sse2 avx2 avx512; do
        case $kernel in
        scalar) ;;
        avx512) grep -q avx512vl /proc/cpuinfo || continue ;;
        *) grep -q "$kernel" /proc/cpuinfo || continue ;;
        esac
        CF_KERNEL=$kernel same_many
    done
}
