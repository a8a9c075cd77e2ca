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
    ! cf-cat -t csv out | grep -qi nan || false
}

# More than two frames, of which a thread takes parts.
@test "the same bytes at any number of threads" {
    awk 'BEGIN {
        print "userId,movieId"
        for (i = 0; i < 140000; i++)
            print (i % 7 ? (i % 5) + 1 : "new" i % 3) "," (i % 11) * 10
    }' | cf-merge >pairs.cf
    cf-score -q -j 1 -m model.cf pairs.cf >one
    for j in 2 5; do
        try cf-score -j $j -m model.cf pairs.cf
        [ "$status" = 0 ]
        cmp out one
        grep -q 'of 140000 pairs with a user' err
        [ "$(grep -o '^cf-score: [0-9]*' err | head -n 1)" = "cf-score: $(
            cf-cat -t csv one | grep -c -e ',item$' -e ',none$')" ]
    done
}

@test "--ratings: new users are predicted, others as before" {
    printf 'userId,movieId,rating\nme,10,5\nme,20,1\n' >new.csv
    printf 'userId,movieId\nme,30\n1,10\nnobody,10\n' | cf-merge >pairs.cf
    try cf-score -m model.cf --ratings new.csv pairs.cf
    [ "$status" = 0 ]
    cf-cat -t csv out >with
    cf-score -q -m model.cf pairs.cf | cf-cat -t csv >without
    grep -q '^me,30,.*,both$' with
    grep -q '^me,30,.*,item$' without
    diff <(grep -v '^me' with) <(grep -v '^me' without)
    [ "$(cat err)" = "cf-score: 1 of 3 pairs with a user that the model knows\
 nothing about, scored without it" ]
    for case in '--ratings - pairs.cf' '--ratings new.csv -' '--ratings -'; do
        try cf-score -q -m model.cf $case <new.csv
        case $case in *pairs.cf) [ "$status" = 0 ] ;; *) [ "$status" != 0 ] ;; esac
    done
    case='cf-score -m model.cf --l2 1 pairs.cf'
    try $case
    fails_with 2
    no_complaints
}

# Every fifth user of MovieLens' smallest data set is new to the model old.cf;
# three of four of their ratings are in given.csv, the others in test.cf.
new_users()
{
    local data=$CF_TOP/tests/data/ml-latest-small/ratings.csv
    awk -F, 'NR == 1 { print >"given.csv"; print >"test.csv" }
        NR == 1 || $1 % 5 { print; next }
        { print >(NR % 4 ? "given.csv" : "test.csv") }' "$data" |
        cf-merge - | cf-index -o old.rt
    cf-train -q -b 256 -o old.cf old.rt
    cf-merge -q -o test.cf test.csv
}

rmse()
{
    cf-cat -t csv | awk -F, 'NR > 1 { s += ($3 - $4) ^ 2 }
        END { print sqrt(s / (NR - 1)) }'
}

@test "--ratings: what float64 in Python finds, and it helps" {
    new_users
    cf-score -q -m old.cf --ratings given.csv test.cf >scores.cf
    cf-cat -t csv scores.cf >scores.csv
    [ "$(grep -c ',both$' scores.csv)" -gt 4000 ]
    "${PYTHON:-/usr/bin/python3}" "$CF_TOP/tests/py/fold.py" check old.cf \
        given.csv scores.csv
    folded=$(rmse <scores.cf)
    cold=$(cf-score -q -m old.cf test.cf | rmse)
    awk -v a="$folded" -v b="$cold" 'BEGIN { exit !(a < .95 * b) }'
}

@test "--ratings: a user of the training rows is where training put it" {
    new_users
    cf-cat -t csv old.rt | sed -n '1p; /^1,/p; /^19,/p; /^599,/p' |
        sed '1!s/^/again/' >again.csv
    [ "$(wc -l <again.csv)" -gt 1000 ]
    cf-merge -q again.csv | cf-score -q -m old.cf --ratings again.csv |
        cf-cat -t csv | cut -d, -f4 >folded
    sed 's/^again//' again.csv | cf-merge | cf-score -q -m old.cf |
        cf-cat -t csv | cut -d, -f4 >trained
    # On average the predictions differ by much less than they err.
    paste folded trained | awk 'NR > 1 { s += ($1 - $2) ^ 2 }
        END { print sqrt(s / (NR - 1)); exit !(s / (NR - 1) < .2 ^ 2) }'
}
