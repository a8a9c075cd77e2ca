#!/usr/bin/env bats
# loader.bats - cf-batch: every split, the order, negatives, and memory, against
# numpy.

load ../suite/helper

: "${PYTHON:=/usr/bin/python3}"
PY=$CF_TOP/tests/py/loader.py

setup_file()
{
    cd "$BATS_FILE_TMPDIR" || return
    # Real rows: users together, times in no order, many of them alike.
    head -n 15001 "$CF_TOP/tests/data/ml-latest-small/ratings.csv" >r.csv
    cf-merge -q r.csv | cf-index -q >r.cf
    cf-merge -q r.csv | cf-index -q --implicit >i.cf
    cut -d, -f1-3 r.csv | cf-merge -q - | cf-index -q >plain.cf
    make_ratings 40000 | cf-merge -q - | cf-index -q >many.cf
}

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    cp "$BATS_FILE_TMPDIR"/*.cf .
    program=cf-batch
}

# The two parts of a split of $input are what numpy says; what is told of them
# is right, too, by cf-batch with and without --part.
parts()
{
    local how=$1 cold
    : "${input:=r.cf}"
    cf-batch --part train "${@:2}" $input 2>told-1 >train.cf
    cf-batch --part valid "${@:2}" $input 2>told-2 >valid.cf
    cf-batch -e 1 "${@:2}" $input 2>told-3 >batches.cf
    cold=$("$PYTHON" "$PY" rows "$how" $input train.cf valid.cf)
    for told in told-1 told-2 told-3; do
        [[ $cold == "0 of "*"and 0 of "* ]] ||
            grep -q "^cf-batch: without a training row: $cold to val" $told
        grep -q "^cf-batch: $(count train.cf) rows to train, $(count valid.cf) to validate$" $told
    done
    # The same rows are in the batches.
    for part in train valid; do
        diff <(cf-cat -t csv $part.cf | tail -n +2 | sort) \
            <(cf-cat -t csv --part $part batches.cf | tail -n +2 | sort)
    done
}

count()
{
    cf-cat -t csv "$1" | tail -n +2 | wc -l
}

@test "a random share" {
    parts share:7:.3 --seed 7 --valid .3
    parts share:42:.2 --valid-by random
}

@test "the last share by time, and where it begins" {
    parts time:.1 --valid .1 --valid-by time
    grep -qE '^cf-batch: to validate: all rows from time [0-9]+ on$' told-1
    # All rows of one minute.
    { echo user,item,rating,time; printf 'a,%d,3,60\n' {1..10}; } |
        cf-merge -q - | cf-index -q >t.cf
    cf-batch --valid .3 --valid-by time --part valid t.cf 2>err |
        cf-cat -t csv | tail -n +2 | cut -d, -f2 | tr '\n' ' ' >out
    [ "$(<out)" = '8 9 10 ' ]
    grep -q 'to validate: of 10 rows of time 60 the last 3, and all later' err
}

@test "rows after a time, as a number and as a date" {
    parts after:1443657600 --valid-after 1443657600
    cf-batch -q --valid-after 2015-10-01 --part valid r.cf | cmp - valid.cf ||
        [ "$(cf-batch -q --valid-after 2015-10-01 --part valid r.cf |
            cf-cat -t csv)" = "$(cf-cat -t csv valid.cf)" ]
}

@test "the last share of each user's, with and without times" {
    parts user:.2 --valid-by user
    input=plain.cf
    parts user:.29 --valid .29 --valid-by user
    grep -q '^cf-batch: the rows have no times' told-1
}

@test "the last rows of each user, with and without times" {
    parts last:1 --valid-last 1
    parts last:30 --valid-last 30
    input=plain.cf parts last:2 --valid-last 2
    input=many.cf parts last:3 --valid-last 3
}

@test "folds have no row in common and are everything" {
    for k in 1 2 3 4; do
        parts fold:42:$k:4 --fold $k/4
        cf-cat -t csv valid.cf | tail -n +2 >>all
    done
    diff <(sort all) <(cf-cat -t csv r.cf | tail -n +2 | sort)
}

@test "given rows, by id, and those that are not there" {
    cf-batch -q --part valid --valid .1 --seed 3 r.cf | cf-cat -t csv >v.csv
    # Other numbers for the same users and items, and two pairs of nobody's.
    { head -n 1 v.csv; tail -n +2 v.csv | tac; printf '%s\n' nobody,1,3,1 \
        1,nothing,3,1 1,nothing,4,1; } |
        cf-merge -q - | cf-index -q >v.cf
    cf-batch --valid-rows v.cf --part valid r.cf 2>err | cf-cat -t csv |
        diff v.csv -
    grep -q ": 2 of the $(($(wc -l <v.csv) + 1)) pairs of user and item in v.cf are in no row$" err
    cf-batch -q --valid-rows v.cf --part train r.cf | cf-cat -t csv >t.csv
    diff <(sort -u v.csv t.csv) <(cf-cat -t csv r.cf | sort)
    cf-batch -q --valid-rows v.cf -e 1 r.cf | cf-cat -t csv --part valid |
        diff v.csv -
    cf-batch -q --valid-rows - --part valid r.cf <v.cf | cf-cat -t csv |
        diff v.csv -
    try cf-batch --valid-rows - <v.cf
    fails_with 2
}

@test "a column that marks the rows" {
    printf '%s\n' user,item,rating,time,set a,x,1,1,train a,y,2,2,Valid \
        b,x,3,3,TEST b,y,4,4,0 c,x,5,5,1 c,y,5,6,FALSE d,x,3,7,true >s.csv
    cf-merge s.csv | cf-index --split set >s.cf
    cf-cat -t csv s.cf | diff - <(cat <<'END'
user,item,rating,time,set
a,x,1,1,0
a,y,2,2,1
b,x,3,3,2
b,y,4,4,0
c,x,5,5,1
c,y,5,6,0
d,x,3,7,1
END
)
    cf-batch --part valid s.cf 2>err | cf-cat -t csv | diff - <(cat <<'END'
user,item,rating,time
a,y,2,2
c,x,5,5
d,x,3,7
END
)
    grep -q "^cf-batch: the column 'set' says which rows are to validate$" err
    grep -q '^cf-batch: 3 rows to train, 3 to validate, 1 to test$' err
    [ "$(cf-batch -q --part test s.cf | cf-cat -t csv | tail -n +2)" = b,x,3,3 ]
    cf-batch -e 1 s.cf 2>err | cf-cat -t csv --part train | tail -n +2 | sort |
        diff - <(printf '%s\n' a,x,1,1 b,y,4,4 c,y,5,6)
    grep -q '1 epoch of 1 batch of 3 rows' err
    # Another split wins, over rows to test, too.
    cf-batch --valid-last 1 --part valid s.cf 2>err | cf-cat -t csv |
        tail -n +2 | diff - <(printf '%s\n' a,y,2,2 b,y,4,4 c,y,5,6 d,x,3,7)
    grep -q -- "^cf-batch: --valid-last decides, not the column 'set'" err
    try cf-batch --part test r.cf
    fails_with 2
}

@test "a column with marks that are none" {
    program=cf-index
    printf '%s\n' user,item,rating,set a,x,1,train a,y,2,maybe a,z,2,1 >s.csv
    cf-merge s.csv >s.cf
    try cf-index --split set s.cf
    fails_with 1
    grep -q "s.csv:3: set: 'maybe' is none of 0, 1, false, true, train, " err
    cf-index --split set --bad skip s.cf 2>err | cf-cat -t csv | tail -n +2 |
        diff - <(printf '%s\n' a,x,1,0 a,z,2,1)
    grep -q '1 row left out: set is none of .* (first at s.csv:3)' err
    try cf-index --split nothing s.cf
    fails_with 2
    # It moves with its row.
    printf '%s\n' user,item,rating,set a,x,1,0 a,y,2,1 a,x,2,1 b,z,1,0 >s.csv
    cf-merge s.csv | cf-index -q --dup first --min-user 2 --split set |
        cf-cat -t csv | tail -n +2 | diff - <(printf '%s\n' a,x,1,0 a,y,2,1)
}

@test "the order of every epoch" {
    cf-batch -q -e 3 r.cf >batches.cf
    "$PYTHON" "$PY" order r.cf batches.cf 42
    cf-batch -q -e 2 --seed 18446744073709551615 --memory 1M many.cf >batches.cf
    "$PYTHON" "$PY" order many.cf batches.cf 18446744073709551615
}

@test "cf-train alone has the order that cf-batch gives it" {
    cf-train -q -k 3 -e 2 -b 64 r.cf | cf-cat -t jsonl --part user_factors >a
    cf-batch -q --valid 0 -e 2 r.cf | cf-train -q -k 3 |
        cf-cat -t jsonl --part user_factors | cmp - a
}

@test "negatives" {
    # Somebody who has everything, and somebody who has all but one.
    { cat "$BATS_FILE_TMPDIR/r.csv"; tail -n +2 "$BATS_FILE_TMPDIR/r.csv" |
        cut -d, -f2 | sort -u | sed 's/.*/all,&,1,5\nmost,&,1,5/' |
        sed '2d'; } | cf-merge -q - | cf-index -q >all.cf
    for how in uniform popularity; do
        cf-batch --negatives 3 --negatives-by $how -e 3 all.cf 2>err >b.cf
        "$PYTHON" "$PY" negatives all.cf b.cf 3 $how
        grep -q '^cf-batch: no negatives for [12] users\? with a row of ' err
        cf-train -q -k 2 b.cf | cf-cat --check
    done
    # Ratings that only say what happened get a column.
    cf-batch -q --negatives 2 -e 1 i.cf | cf-cat -t csv --part train | cut -d, -f4 |
        sort | uniq -c | grep -c . | grep -qx 3
    cf-batch -q -e 1 i.cf | cf-cat -t csv --part train | head -n 1 |
        grep -qx userId,movieId,timestamp
}

@test "memory does not show in the result, nor in its history" {
    while read -ra options; do
        cf-batch -q -e 2 "${options[@]}" many.cf >all
        for memory in 1M 1500k 2097152 1G; do
            cf-batch -q -e 2 --memory $memory "${options[@]}" many.cf | cmp - all
        done
    done <<'END'
--valid 0
--valid-by time
--valid-by user
--valid-last 2 --negatives 2
--negatives 3 --negatives-by popularity
END
    cf-batch -q --valid-by user --part train many.cf >all
    cf-batch -q --valid-by user --part train --memory 1M <many.cf | cmp - all
}

@test "memory is bounded" {
    [ -z "${CF_SANITIZE-}" ] || skip "a sanitizer takes memory of its own"
    "$PYTHON" "$PY" make 600000 >big.cf
    # 600,000 rows are 29 MB and more.
    for options in '' '--valid-by user' '--negatives 1' \
        '--valid-last 1 --part train'; do
        # shellcheck disable=SC2086 # a list of words
        kib=$("$PYTHON" "$PY" memory cf-batch -q $options --memory 4M big.cf)
        echo "$options: $kib KiB"
        [ "$kib" -lt $(((4 + 12) * 1024)) ]
    done
}

# cf-batch that has spilled and waits for its reader.
start()
{
    mkfifo pipe
    mkdir temp
    TMPDIR=$PWD/temp cf-batch -q --memory 1M -e 100 "$@" many.cf >pipe 3>&- &
    pid=$!
    exec 4<pipe
    for ((i = 0; i < 100; i++)); do
        ! ls -l /proc/$pid/fd | grep -q "$PWD/temp" || return 0
        sleep .1
    done
    false
}

@test "temporary files have no name, and are gone after TERM and KILL" {
    for signal in TERM KILL; do
        start --negatives 1
        [ -z "$(ls temp)" ]
        kill -$signal $pid
        wait $pid || true
        exec 4<&-
        [ -z "$(ls temp)" ]
        rm -r temp pipe
    done
}

@test "no room for temporary files: exit 4, and where" {
    mkdir temp
    export TMPDIR=$PWD/temp
    status=0
    (ulimit -f 200; exec cf-batch -q --memory 1M many.cf 2>err | cat >/dev/null;
        exit "${PIPESTATUS[0]}") || status=$?
    fails_with 4
    grep -q "cannot write a temporary file in $TMPDIR: file too large" err
    TMPDIR=/nowhere try cf-batch -q --memory 1M many.cf
    fails_with 4
    grep -q 'cannot make a temporary file in /nowhere: ' err
    # All that fits needs none.
    TMPDIR=/nowhere cf-batch -q many.cf | cf-cat --check
}

@test "splits that exclude each other, and options that make no sense: exit 2" {
    while read -ra options; do
        case="cf-batch ${options[*]}"
        try cf-batch "${options[@]}" r.cf
        fails_with 2
    done <<'END'
--valid .1 --fold 1/2
--valid-by time --valid-last 1
--valid-last 1 --valid-after 3
--valid-rows r.cf --fold 1/2
--valid 1 --valid-by user
--fold 0/3
--fold 4/3
--fold 1/1
--fold 1
--fold a/b
--fold 1/3/4
--valid-after yesterday
--valid-after 2015-02-30
--valid-last 0
--memory 0
--memory 100K
--memory 1Q
--memory M
--memory 99999999T
--negatives-by uniform
--negatives 65536
--part train --negatives 1
--part train -b 2
END
    for option in '--valid-by time' '--valid-after 5'; do
        # shellcheck disable=SC2086 # two words
        try cf-batch $option plain.cf
        fails_with 2
        grep -q 'plain.cf: its rows have no time' err
    done
    no_complaints
}

@test "nothing left to learn from, and nothing at all: exit 1" {
    try cf-batch --valid-after 0 r.cf
    fails_with 1
    head -n 1 "$BATS_FILE_TMPDIR/r.csv" | cf-merge -q - | cf-index -q >none.cf
    for options in '' '--valid-by time' '--valid-last 1' '--negatives 2'; do
        # shellcheck disable=SC2086 # a list of words
        try cf-batch -q $options none.cf
        fails_with 1
    done
    cf-batch -q --part valid --valid-by user none.cf | cf-cat --check
}
