#!/usr/bin/env bats
# cf-batch.bats - the split, the shuffle and the mini-batches.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-batch
    make_ratings 1000 | cf-merge - | cf-index >r.cf
}

# Rows of a stream, sorted.
rows()
{
    cf-cat -t csv "$1" | tail -n +2 | sort
}

@test "the parts of a seed are complementary" {
    cf-batch --seed 1 --part train r.cf >train.cf
    cf-batch --seed 1 --part valid r.cf >valid.cf
    rows r.cf >all
    { rows train.cf; rows valid.cf; } | sort | diff all -
    n=$(rows valid.cf | wc -l)
    # 200 of 1000 expected; the standard deviation is 13.
    [ "$n" -gt 140 ]
    [ "$n" -lt 260 ]
}

@test "another seed, another split" {
    cf-batch --seed 1 --part valid r.cf >a.cf
    cf-batch --seed 2 --part valid r.cf >b.cf
    [ "$(rows a.cf)" != "$(rows b.cf)" ]
}

@test "--valid 0: everything is for training" {
    cf-batch --valid 0 --part train r.cf >train.cf
    [ "$(rows train.cf)" = "$(rows r.cf)" ]
    [ "$(cf-batch --valid 0 --part valid r.cf | cf-cat -t csv | wc -l)" = 1 ]
}

@test "--valid 1 and over: exit 2" {
    for case in 'cf-batch --valid 1 r.cf' 'cf-batch --valid 1.5 r.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
}

@test "batches and what is left over" {
    # 1000 rows.
    cf-batch --valid 0 -b 64 -e 2 r.cf 2>&1 >b.cf | diff - <(cat <<'END'
cf-batch: 1000 rows to train, 0 to validate
cf-batch: 2 epochs of 15 batches of 64 rows
cf-batch: 40 rows of each epoch beyond the last whole batch, which solvers adam and nn leave out
END
)
    cf-batch --valid 0 -b 500 r.cf 2>&1 >b.cf | tail -n +2 | diff - <(
        echo 'cf-batch: 5 epochs of 2 batches of 500 rows')
    cf-batch --valid 0 -b 1001 r.cf 2>&1 >b.cf | tail -n +2 | diff - <(
        echo 'cf-batch: 5 epochs of 1 batch of 1000 rows')
}
