#!/usr/bin/env bats
# cf-train.bats - options and epochs; what is learnt is for tests/unit.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-train
    make_streams
}

@test "the epoch table is on standard error and in the model" {
    try cf-train -k 3 batches.cf
    [ "$status" = 0 ]
    grep -q 'epoch.*train.*valid.*time' err
    [ "$(grep -cE '^ *[01] +[0-9.]+ +[0-9.]+' err)" = 2 ]
    [ "$(cf-cat -t csv --part epochs out | wc -l)" = 3 ]
}

@test "-e and -b are the batches stream's: exit 2" {
    for case in 'cf-train -e 3 batches.cf' 'cf-train -b 3 batches.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
}

@test "--y-range that is none in 32 bits: exit 2" {
    for case in 'cf-train --y-range 1,1.000000001 batches.cf' \
        'cf-train --y-range 0,1e300 batches.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
}

@test "ratings have no validation, and it says so once" {
    try cf-train -k 3 -e 2 ratings.cf
    [ "$status" = 0 ]
    [ "$(grep -c 'valid' err)" -ge 1 ]
}

@test "divergence: exit 6, no model" {
    case='cf-train -q -k 3 --lr 1e6 --wd 1e6 -o new.cf batches.cf'
    try $case
    fails_with 6
    [ ! -e new.cf ]
    no_complaints
}

@test "no rows: exit 1" {
    printf 'u,i,r\n' | cf-merge - | cf-index >none.cf
    case='cf-train -q none.cf'
    try $case
    fails_with 1
    no_complaints
}

@test "--losses to standard output, where the model goes: exit 2" {
    for case in 'cf-train --losses - batches.cf' \
        'cf-train --losses - -o - batches.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
    cf-train -q --losses - -o new.cf batches.cf >losses
    [ "$(head -n 1 losses)" = $'step\tloss' ]
    cf-cat --check new.cf
}

@test "--stamp and SOURCE_DATE_EPOCH: the same bytes" {
    export SOURCE_DATE_EPOCH=1000000000
    cf-train -q --stamp -k 3 batches.cf >a.cf
    cf-train -q --stamp -k 3 batches.cf >b.cf
    cmp a.cf b.cf
    cf-cat --history a.cf | grep -q 2001-09-09T01:46:40Z
    [ "$(cf-cat -t csv --part epochs a.cf | head -n 1)" = \
        epoch,train_loss,valid_loss ]
    unset SOURCE_DATE_EPOCH
    cf-train -q --stamp -k 3 batches.cf | cf-cat -t csv --part epochs |
        grep -q seconds
}

@test "what is left over after the last whole mini-batch is told once" {
    # There are 9 ratings.
    try cf-train -b 4 -e 2 ratings.cf
    [ "$(grep -c 'left over' err)" = 1 ]
    grep -qx 'cf-train: 1 row of each epoch left over after 2 batches of 4,'\
' not learnt from' err
    try cf-train -b 8 -e 2 ratings.cf
    grep -q '1 row of each epoch left over after 1 batch of 8,' err
    for n in 3 9 64; do
        try cf-train -b $n -e 2 ratings.cf
        [ "$(grep -c 'left over' err)" = 0 ]
    done
    cf-batch -q --valid 0 -b 4 ratings.cf >b.cf
    try cf-train b.cf
    grep -q '1 row of each epoch left over after 2 batches of 4,' err
}
