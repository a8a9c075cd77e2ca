#!/usr/bin/env bats
# cf-eval.bats - what is judged, and what is said of it. The measures are
# compared with their definitions in tests/py/eval.py and tests/unit/test_eval.c.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-eval
    printf 'user,item\na,1\na,3\nb,2\nc,9\n' >held.csv
    # Of a: found at 2; of b: found at 1; c has no list, d nothing held out.
    printf 'user,item\na,5\na,1\na,7\nb,2\nb,1\nd,1\n' >lists.csv
}

# The value of a measure at a k, or of a part.
value()
{
    awk -F, -v m="$1" -v k="$2" '$1 == m && $2 == k { printf "%.6g\n", $4 }' out
}

# Each row of out once: measure, k and value, in short.
short()
{
    awk -F, 'NR > 1 { printf "%s@%s %.6g ", $1, $2, $4 }' out
}

@test "lists: worked by hand" {
    try cf-eval -t csv --held-out held.csv -k 1,2 --resamples 0 lists.csv
    [ "$status" = 0 ]
    # Three users; at 1: 0, 1, 0. At 2: one of two, one of one, 0.
    # 1 / log2(3) = .63093; a's ndcg@2 is that / (1 + .63093) = .38685.
    [ "$(short)" = "precision@1 0.333333 precision@2 0.333333\
 recall@1 0.333333 recall@2 0.5 recall_min@1 0.333333 recall_min@2 0.5\
 hit_rate@1 0.333333 hit_rate@2 0.666667 map@1 0.333333 map@2 0.416667\
 map_min@1 0.333333 map_min@2 0.416667 mrr@1 0.333333 mrr@2 0.5\
 ndcg@1 0.333333 ndcg@2 0.462284 " ]
    [ "$(cut -d, -f 3,7 out | sort -u | tr '\n' ' ')" = \
        "all items,3 among,users " ]
}

@test "what is said of lists" {
    printf 'user,item\na,1\nd,1\nd,2\nx,5\n' >train.csv
    try cf-eval --held-out held.csv --train train.csv -k 2,4 lists.csv
    [ "$status" = 0 ]
    cat >want <<'END'
cf-eval: held.csv: 1 of 4 held-out pairs is in the training data
cf-eval: lists.csv: 4 held-out items of 3 users, ranked among all items
cf-eval: lists.csv: 1 of 3 lists is for a user without a held-out item: counted, not averaged
cf-eval: lists.csv: 1 of 3 users with a held-out item has no list: that counts as 0
cf-eval: lists.csv: 2 of 6 items in the first 4 places are in the training data of the user
cf-eval: lists.csv: 1 of 6 items in the first 4 places has no training row and so no popularity
cf-eval: lists.csv: no list has more than 3 items, so of k = 4 the places after that are empty
END
    diff want err
    try cf-eval -q --held-out held.csv --train train.csv lists.csv
    [ ! -s err ]
}

@test "rows of an item that is there already are left out, and said" {
    { cat held.csv; echo a,1; } >twice.csv
    { cat lists.csv; echo a,5; } >lists-twice.csv
    try cf-eval -t csv --held-out twice.csv lists-twice.csv
    grep -qx 'cf-eval: twice.csv: 1 row left out: the pair is there already' err
    grep -qx 'cf-eval: lists-twice.csv: 1 row left out: the item is in the list already' err
    mv out again
    cf-eval -q -t csv --held-out held.csv lists.csv | diff - again
}

@test "a constant score is chance, whatever the order of rows" {
    { echo user,item,score; for i in $(seq 100); do echo "u,$i,1"; done; } >a.csv
    { echo user,item,score; for i in $(seq 100 -1 1); do echo "u,$i,1"; done; } >b.csv
    printf 'user,item\nu,1\n' >one.csv
    for f in a b; do
        cf-eval -t csv --held-out one.csv -k 10 --resamples 0 $f.csv 2>err >$f
    done
    diff a b
    cp a out
    [ "$(value hit_rate 10)" = 0.1 ]
    [ "$(value auc 0)" = 0.5 ]
    grep -q 'ranked among scored pairs' err
}

@test "candidates: others are taken out, what is not listed comes last" {
    printf 'user,item\na,5\na,6\nb,1\nc,1\n' >given.csv
    try cf-eval -t csv --held-out held.csv --candidates given.csv -k 1 \
        --resamples 0 lists.csv
    [ "$status" = 0 ]
    # Of a, 5 1 remain, and 3 6 are tied: 1 is before 6, 3 beside 6, none
    # before 5: (1 + 1/2) / 4. Of b 2 is before 1. Of c nothing is known.
    [ "$(value auc 0)" = 0.625 ]
    grep -qx 'cf-eval: lists.csv: 2 rows left out: the item is no candidate of the user' err
    grep -q ',candidates,' out
    sed -i /^c/d given.csv
    try cf-eval -t csv --held-out held.csv --candidates given.csv -k 1 \
        --resamples 0 lists.csv
    [ "$(value auc 0)" = 0.6875 ]
    grep -qx 'cf-eval: lists.csv: 1 of 3 users with a held-out item has no candidates: counted, not averaged' err
}

@test "--min-rating: of a file, or of the scored pairs" {
    printf 'user,item,rating\na,1,5\na,3,2\nb,2,4\nc,9,1\n' >rated.csv
    try cf-eval -t csv --held-out rated.csv --min-rating 4 -k 2 lists.csv
    [ "$(value recall 2)" = 1 ]
    grep -qx 'cf-eval: rated.csv: 2 rows rated below 4 count as not relevant' err
    printf 'user,item,rating,score\nu,1,5,.2\nu,2,1,.3\nu,3,4,.5\n' >scores.csv
    try cf-eval -t csv --min-rating 4 -k 1 scores.csv
    [ "$(value recall 1)" = 0.5 ]
    [ "$(value auc 0)" = 0.5 ]
    case='nobody liked anything'
    try cf-eval --held-out rated.csv --min-rating 6 lists.csv
    fails_with 1
    case='no ratings'
    try cf-eval --held-out held.csv --min-rating 4 lists.csv
    fails_with 2
    no_complaints
}

@test "ratings: worked by hand" {
    printf 'user,item,rating,score\na,1,4,5\na,2,2,2\nb,1,3,1\n' >scores.csv
    try cf-eval -t csv --resamples 0 scores.csv
    [ "$(awk -F, 'NR > 1 { printf "%s %s %.6g %s %s;", $1, $2, $3, $6, $7 }' \
        out)" = "rmse all 1.29099 2 3;mae all 1 2 3;r2 all -1.5 2 3;" ]
    [ ! -s err ]
    # Who is new: b, and item 2.
    printf 'user,item\na,1\nx,7\n' >train.csv
    try cf-eval -t csv --resamples 0 --train train.csv scores.csv
    [ "$(awk -F, '$1 == "mae" { printf "%s %s;", $2, $3 }' out)" = \
        "all 1;warm 1;cold users 2;cold items 0;" ]
    grep -qx 'cf-eval: scores.csv: 1 of 3 scored pairs is in the training data' err
}

@test "--errors: the ratings of another file" {
    printf 'user,item,rating\na,1,4\na,2,2\nb,7,3\n' >rated.csv
    printf 'user,item,score\na,1,5\na,2,2\nb,1,3\n' >scores.csv
    try cf-eval -t csv --errors --held-out rated.csv scores.csv
    [ "$(awk -F, '$1 == "mae" { print $3 }' out)" = 0.5 ]
    cat >want <<'END'
cf-eval: scores.csv: 1 of 3 rows left out: not among the held-out pairs
cf-eval: scores.csv: 1 of 3 held-out pairs without a score
END
    diff want err
}

@test "two lists: the difference, and its interval" {
    printf 'user,item\na,1\nb,2\nc,9\n' >best.csv
    try cf-eval -t csv --held-out held.csv -k 1 best.csv lists.csv
    [ "$status" = 0 ]
    [ "$(head -n 1 out)" = \
        metric,k,among,first,second,difference,low,high,users ]
    awk -F, '$1 == "hit_rate" { exit !($4 == 1 && $6 > .66 && $7 >= 0) }' out
    printf 'user,item,score\na,1,1\na,3,1\nb,2,1\nc,9,1\n' >scored.csv
    case='a list against candidates'
    try cf-eval -q --held-out held.csv scored.csv lists.csv
    fails_with 1
    no_complaints
}

@test "two predictions must be of the same rows" {
    printf 'user,item,rating,score\na,1,4,5\na,2,2,2\nb,1,3,1\n' >a.csv
    { head -n 1 a.csv; tail -n +2 a.csv | tac; } >b.csv
    head -n 3 a.csv >c.csv
    sed s/4,5/3,5/ a.csv >d.csv
    try cf-eval -t csv a.csv b.csv
    [ "$status" = 0 ]
    [ "$(awk -F, 'NR > 1 { print $5 }' out | sort -u)" = 0 ]
    try cf-eval --resample rows a.csv a.csv
    [ "$status" = 0 ]
    for case in '--resample rows a.csv b.csv' 'a.csv c.csv' 'a.csv d.csv'; do
        try cf-eval $case
        fails_with 1
    done
    no_complaints
}

@test "a second list of a user in a topn stream" {
    make_streams
    cf-cat topn.cf topn.cf >twice.cf
    case='two lists'
    try cf-eval -q --held-out ratings.cf twice.cf
    fails_with 1
    grep -q "twice.cf: user '1' has a second list" err
    no_complaints
}

@test "streams: what CSV of them gives" {
    make_streams
    try cf-eval -q -t csv --held-out ratings.cf --train ratings.csv topn.cf
    mv out stream
    cf-cat -t csv topn.cf | cut -d, -f 1-3 >topn.csv
    try cf-eval -q -t csv --held-out ratings.csv --train ratings.cf -i movieId topn.csv
    diff out stream
    cf-cat -t csv scores.cf | cut -d, -f 1-4 >scores.csv
    try cf-eval -q -t csv scores.csv
    cf-eval -q -t csv scores.cf | grep -e metric -e ',all,' | diff - out
}

@test "a stream of metrics: history, text, not joined" {
    make_streams
    cf-eval -q --seed 5 scores.cf >a.cf
    cf-cat --check a.cf
    [ "$(cf-cat --history a.cf | tail -n 1)" = \
        "cf-eval --seed 5  # version $(cf-eval --version | cut -d' ' -f2), seed 5" ]
    for form in table csv tsv jsonl; do
        cf-eval -q --seed 5 -t $form scores.cf | diff - <(cf-cat -t $form a.cf)
    done
    [ "$(cf-cat -t jsonl a.cf | wc -l)" = "$(cf-cat -t csv a.cf | tail -n +2 | wc -l)" ]
    case='joined'
    program=cf-cat
    try cf-cat a.cf a.cf
    fails_with 2
    no_complaints
}

@test "wrong options and inputs" {
    make_streams
    for case in '-k 10 scores.cf' '--errors -k 5 --held-out ratings.cf scores.cf' \
        '-k 5,3 --held-out held.csv lists.csv' '-k 0 --held-out held.csv lists.csv' \
        '-k 5, --held-out held.csv lists.csv' '-k 2000000 --held-out held.csv lists.csv' \
        '--held-out held.csv --resample rows lists.csv' '--held-out - -' \
        '--held-out held.csv --errors scores.cf' 'a b c' \
        '--held-out held.csv -u nothing lists.csv' \
        '--held-out held.csv -u item lists.csv'; do
        try cf-eval $case <lists.csv
        fails_with 2
    done
    printf '1,2,3\n4,5,6\n' >names.csv
    printf 'user,item,score\na,1,high\n' >text.csv
    printf 'user,item\nnobody,1\n' >nobody.csv
    cf-topn -q -m model.cf --similar 10 >similar.cf
    for case in names.csv text.csv nobody.csv similar.cf; do
        try cf-eval --held-out held.csv $case
        fails_with 1
        grep -q "$case" err || complain "not named"
    done
    head -n 1 lists.csv >none.csv
    try cf-eval --held-out held.csv none.csv
    case='no lists'
    fails_with 1
    for case in lists.csv topn.cf; do
        try cf-eval $case
        fails_with 1
        grep -q "$case" err || complain "not named"
    done
    no_complaints
}

@test "candidates of nobody: an error" {
    printf 'user,item\nz,1\n' >nobody.csv
    try cf-eval --held-out held.csv --candidates nobody.csv lists.csv
    fails_with 1
    [ "$(cat err)" = 'cf-eval: nobody.csv: no user with a held-out item has candidates; are the ids the same?' ]
    # Of the first place there is one.
    try cf-eval --held-out held.csv --train held.csv -k 1 lists.csv
    [ "$status" = 0 ]
    grep -q 'in the first place .* in the training data of the user' err
}

@test "R2 of ratings that are all the same: no number, however they round" {
    {
        echo user,item,rating,score
        echo a,1,4.1,4
        for i in $(seq 57); do echo "z,$i,3.7,3.$i"; done
    } >alike.csv
    echo user,item >train.csv
    echo a,1 >>train.csv
    try cf-eval -t csv --train train.csv alike.csv
    [ "$status" = 0 ]
    grep -q '^r2,cold users,nan,nan,nan,1,57$' out
}

@test "columns by name: what is judged must have them, other files may" {
    printf 'user,rank,item\na,1,5\n' >second.csv
    try cf-eval --held-out held.csv second.csv
    fails_with 2
    [ "$(cat err)" = "cf-eval: second.csv: column 'rank' cannot be both item and rank; name those columns with --item and --rank" ]
    try cf-eval - -
    fails_with 2
    [ "$(cat err)" = "cf-eval: standard input cannot be both what is judged and what it is compared with" ]
    printf 'stars,item,user\n5,1,a\n1,3,a\n4,2,b\n' >odd.csv
    printf 'rank,who,film\n2,a,1\n1,a,5\n1,b,2\n' >ranked.csv
    printf 'film,who,stars\n1,a,5\n3,a,1\n2,b,4\n' >same.csv
    cf-eval -q -t csv --held-out same.csv -u who -i film -r stars \
        --min-rating 4 ranked.csv >named
    printf 'user,item\na,1\nb,2\n' >liked.csv
    cf-eval -q -t csv --held-out liked.csv -u who -i film ranked.csv |
        diff named -
    case='another layout'
    try cf-eval --held-out liked.csv -u user -i item ranked.csv
    fails_with 2
    grep -q "ranked.csv: no column 'user'; there are rank, who, film" err
    case='no such rating'
    try cf-eval --held-out odd.csv -r star --min-rating 4 lists.csv
    fails_with 2
    grep -q 'odd.csv: no ratings' err
    no_complaints
}
