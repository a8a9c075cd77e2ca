#!/usr/bin/env bats
# cf-topn.bats - the best items for a user, the items nearest to one.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-topn
    make_streams
}

@test "seen items are left out" {
    # User 4 has seen 40 alone.
    cf-topn -m model.cf 4 | cf-cat -t csv >out
    [ "$(tail -n +2 out | wc -l)" = 3 ]
    ! grep -q ',40,' out
}

@test "--all: every user" {
    # 4 + 4 + 4 + 4 items less the 9 rated.
    [ "$(cf-topn -m model.cf --all | cf-cat -t csv | wc -l)" = 8 ]
}

@test "-n 1: the best" {
    [ "$(cf-topn -m model.cf -n 1 4 | cf-cat -t csv | wc -l)" = 2 ]
}

@test "--similar: not the item itself" {
    cf-topn -m model.cf --similar 10 | cf-cat -t csv >out
    [ "$(tail -n +2 out | wc -l)" = 3 ]
    grep -q 'Heat (1995)' out
}

@test "a user or item that the model does not know" {
    # A cold user gets all four items; a cold item has no neighbours.
    try cf-topn -m model.cf nobody
    [ "$status" = 0 ]
    [ "$(cf-cat -t csv out | wc -l)" = 5 ]
    [ -s err ]
    case='cf-topn -q -m model.cf --similar nothing'
    try $case
    fails_with 1
    no_complaints
}

@test "20,000 users" {
    seq 20000 | xargs -n 20000 cf-topn -q -n 1 -m model.cf >out
    [ "$(cf-cat -t csv out | wc -l)" -gt 20000 ]
    cf-cat --history out | grep -qF '... and 19'
}

@test "--all --similar: what is told of items without a training row" {
    # Movie 50 occurs in a validation row alone.
    echo '5,50,4.0,964539331' >>ratings.csv
    echo '50,Alone (2000),Drama' >>movies.csv
    cf-merge -q ratings.csv movies.csv | cf-index -q -o all.cf
    for seed in $(seq 99); do
        cf-batch -q --valid 0.1 --seed "$seed" -e 1 -b 4 -o b.cf all.cf
        cf-cat -t csv --part valid b.cf >valid
        [ "$(wc -l <valid)" = 2 ] && grep -q '^5,50,' valid && break
    done
    cf-train -q -k 3 -o cold.cf b.cf
    try cf-topn -m cold.cf --all --similar -n 3
    [ "$status" = 0 ]
    [ "$(cf-cat -t csv out | wc -l)" = 13 ]
    [ "$(wc -l <err)" = 1 ]
    grep -q '^cf-topn: no list for 1 of 5 items: ' err
    try cf-topn -m cold.cf --all --similar -n 9
    grep -q '^cf-topn: 4 of 4 lists shorter than 9: there are no more' err
}
