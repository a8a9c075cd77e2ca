#!/usr/bin/env bats
# cf-score.bats - predicted ratings of pairs.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-score
    make_streams
}

@test "a line for every pair, with the ids as they came" {
    cf-score -m model.cf ratings.cf | cf-cat -t csv >out
    [ "$(wc -l <out)" = 10 ]
    grep -q '^007,20,' out
}

@test "pairs of a table, without a rating" {
    printf 'u,i\n1,10\n007,30\n' | cf-merge - >pairs.cf
    cf-score -m model.cf -u u -i i pairs.cf | cf-cat -t csv >out
    [ "$(wc -l <out)" = 3 ]
    grep -q '^1,10,' out
}

@test "unknown users and items are scored and counted" {
    printf 'userId,movieId\n1,10\nnobody,10\n1,nothing\nnobody,nothing\n' |
        cf-merge - >pairs.cf
    try cf-score -m model.cf pairs.cf
    [ "$status" = 0 ]
    [ -s err ]
    [ "$(cf-cat -t csv out | wc -l)" = 5 ]
    ! cf-cat -t csv out | grep -qi nan
}
