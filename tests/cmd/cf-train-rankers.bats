#!/usr/bin/env bats
# cf-train-rankers.bats - cf-train -s bpr, ease, bias and pop, and what the
# others make of their models.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-train
    make_streams
    make_ratings 4000 | cf-merge -q - | cf-index -q >many.cf
}

@test "the same bytes with any threads and kernels" {
    for s in bpr ease bias pop; do
        cf-train -q -s $s -j 1 many.cf >one.cf
        for j in 2 7; do
            cf-train -q -s $s -j $j many.cf | cmp - one.cf
        done
        for kernel in scalar sse2; do
            CF_KERNEL=$kernel cf-train -q -s $s many.cf | cmp - one.cf
        done
    done
}

@test "cf-topn lists the items with the highest cf-score" {
    for s in bpr ease bias pop; do
        cf-train -q -s $s many.cf >m.cf
        cf-topn -q -m m.cf -n 997 u7 | cf-cat -q -t csv >top
        (echo userId,movieId; tail -n +2 top | cut -d, -f1,3) | cf-merge -q - |
            cf-score -q -m m.cf | cf-cat -q -t csv | cut -d, -f3 | tail -n +2 |
            diff - <(tail -n +2 top | cut -d, -f4)
        sort -s -c -t, -k4,4gr <(tail -n +2 top)
        [ "$(wc -l <top)" -gt 900 ]
    done
}

@test "ease lists the items that an item speaks for" {
    cf-train -q -s ease --l2 10 ratings.cf >m.cf
    cf-topn -q -m m.cf --similar 10 | cf-cat -q -t tsv >like
    [ "$(cut -f 3 like | tail -n +2 | wc -l)" = 3 ]
    # With one row of one user the score is the weight.
    printf 'userId,movieId,rating\nme,10,5\n' >mine.csv
    cf-topn -q -m m.cf --ratings mine.csv | cf-cat -q -t tsv |
        cut -f 3,4 >mine
    cut -f 3,4 like | diff - mine
}

@test "new users of ease are those of a model that was trained with them" {
    cf-cat -q -t csv many.cf | cut -d, -f1-3 >all.csv
    cf-train -q -s ease many.cf >m.cf
    (echo userId,movieId,rating; grep '^u7,' all.csv | sed s/u7/new/) >new.csv
    cf-topn -q -m m.cf --ratings new.csv | cf-cat -q -t csv |
        sed s/^new/u7/ >folded
    cf-topn -q -m m.cf u7 | cf-cat -q -t csv | diff - folded
}

@test "who is not known" {
    for s in bpr ease bias pop; do
        cf-train -q -s $s ratings.cf >m.cf
        printf 'userId,movieId\nnew,10\n1,new\nnew,new\n1,10\n' |
            cf-merge -q - | cf-score -q -m m.cf | cf-cat -t csv >scores
        [ "$(cut -d, -f4 scores | tail -n +2 | tr '\n' ' ')" = \
            "item user none both " ]
        cf-topn -q -m m.cf new | cf-cat -t csv >top
        [ "$(grep -c '^new,.*,item' top)" = 4 ]
    done
    cf-train -q -s bpr ratings.cf >m.cf
    printf 'userId,movieId\n1,new\n' | cf-merge -q - | cf-score -q -m m.cf |
        cf-cat -q -t csv | grep -qx 1,new,0.5,user
}

@test "pop counts rows" {
    cf-train -q -s pop ratings.cf | cf-topn -q -m - 4 | cf-cat -q -t csv >top
    printf '%s\n' movieId,score 10,3 20,2 30,2 | diff - <(cut -d, -f 3,4 top)
}

@test "rows that are made up are not learnt from" {
    cf-batch -q --valid 0.2 --negatives 3 many.cf >with.cf
    cf-batch -q --valid 0.2 many.cf >without.cf
    for s in bpr ease pop; do
        for f in with without; do
            cf-train -q -s $s $f.cf | cf-topn -q -m - --all |
                cf-cat -q -t csv >$f
        done
        diff with without
    done
}

@test "bpr takes a pair once, whatever its rating" {
    printf 'userId,movieId,rating\n1,10,1\n1,20,5\n2,20,3\n' >a.csv
    printf 'userId,movieId,rating\n1,10,5\n1,20,2\n2,20,3\n1,10,4\n' >b.csv
    for f in a b; do
        cf-merge -q $f.csv | cf-index -q | cf-train -q -s bpr |
            cf-topn -q -m - --keep-seen --all | cf-cat -q -t csv >$f
    done
    diff a b
}

@test "one user, one item, all ratings equal" {
    printf 'userId,movieId,rating\n1,10,3\n' | cf-merge -q - |
        cf-index -q >one.cf
    printf 'userId,movieId,rating\n1,10,3\n1,20,3\n1,30,3\n' | cf-merge -q - |
        cf-index -q >row.cf
    for s in bpr ease bias pop; do
        for f in one row; do
            cf-train -q -s $s $f.cf >m.cf
            cf-cat --check m.cf
            cf-score -q -m m.cf $f.cf | cf-cat -q -t csv >scores
            ! grep -q 'nan\|inf' scores || false
        done
    done
}

@test "validation and early stopping" {
    cf-batch -q many.cf >some.cf
    for s in bpr bias; do
        cf-train -q -s $s -e 5 some.cf | cf-cat -q -t csv --part epochs >epochs
        [ "$(wc -l <epochs)" = 6 ]
        ! grep -q nan epochs || false
        cf-train -s $s --patience 1 some.cf >m.cf 2>err
        grep -q 'kept epoch' err
    done
}

@test "the validation loss of bias is that of cf-score" {
    cf-batch -q many.cf | cf-train -q -s bias >m.cf
    cf-batch -q --part valid many.cf | cf-score -q -m m.cf |
        cf-cat -t tsv | awk -F '\t' 'NR > 1 { d = $3 - $4; s += d * d; n++ }
            END { printf "%.4f\n", s / n }' >scored
    cf-cat -t tsv --part epochs m.cf | awk 'END { printf "%.4f\n", $3 }' |
        diff - scored
}

@test "what diverges, or cannot be solved: exit 6, no model" {
    for case in '-s bpr --lr 1e6 --l2 1000' '-s ease --l2 0'; do
        status=0
        cf-train -q $case many.cf >m.cf 2>err || status=$?
        [ "$status" = 6 ]
        grep -q 'try a' err
        [ "$(tail -c 100 m.cf | grep -c end)" = 0 ]
    done
}

@test "options that are not for the solver: exit 2" {
    for case in 'cf-train --candidates 3 many.cf' 'cf-train --l2 3 many.cf' \
        'cf-train -s ease --no-seen many.cf' 'cf-train -s ease -k 3 many.cf' \
        'cf-train -s ease -e 3 many.cf' 'cf-train -s pop --l2 1 many.cf' \
        'cf-train -s bpr --init model.cf many.cf' \
        'cf-train -s bpr --candidates 0 many.cf' \
        'cf-train -s bias --lr 1 many.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
}

@test "a model of weights is nothing to start from" {
    cf-train -q -s ease many.cf >m.cf
    try cf-train --init m.cf many.cf
    fails_with 1
    no_complaints
}

@test "bpr without the list of seen items" {
    cf-train -q -s bpr many.cf >with.cf
    cf-train -q -s bpr --no-seen many.cf >without.cf
    for f in with without; do
        cf-topn -q -m $f.cf --keep-seen --all | cf-cat -q -t csv >$f
    done
    diff with without
    cf-cat -q -t csv --part seen_item without.cf | wc -l | grep -qx 1
}

@test "ease refuses more items than the machine has memory for: exit 5" {
    awk '/^MemTotal/ { kb = $2 } END {
        print "userId,movieId,rating"
        for (i = 0; i < sqrt(kb * 256) * 1.01; i++)
            print i % 50 "," i ",1"
    }' /proc/meminfo | cf-merge -q - | cf-index -q >large.cf
    try cf-train -q -s ease large.cf
    fails_with 5
    no_complaints
    grep -q 'takes .* GB for .* items, and this machine has' err
    cf-train -v -s ease many.cf 2>&1 >m.cf |
        grep -q 'GB for the weights of 9.. items'
}
