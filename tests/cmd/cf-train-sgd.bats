#!/usr/bin/env bats
# cf-train-sgd.bats - cf-train -s sgd and what the others make of its models.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-train
    make_streams
    make_ratings 2000 | cf-merge -q - | cf-index -q >many.cf
    cf-batch -q many.cf >some.cf
}

# A column of the epochs of a model, a line each.
epochs()
{
    cf-cat -t tsv --part epochs "$1" | tail -n +2 | cut -f "$2"
}

@test "the validation loss is that of cf-score" {
    cf-train -q -s sgd some.cf >sgd.cf
    cf-batch -q --part valid many.cf | cf-score -q -m sgd.cf |
        cf-cat -t tsv | awk -F '\t' 'NR > 1 { d = $3 - $4; s += d * d; n++ }
            END { printf "%.4f\n", s / n }' >scored
    epochs sgd.cf 3 | awk 'END { printf "%.4f\n", $1 }' | diff - scored
}

@test "epochs are the option's, not the stream's, and the order not either" {
    cf-train -q -s sgd -e 3 some.cf >3.cf
    [ "$(epochs 3.cf 1 | wc -l)" = 3 ]
    cf-batch -q -e 2 -b 9 many.cf | cf-train -q -s sgd -e 3 >again.cf
    diff <(cf-cat -t tsv --part user_factors 3.cf) \
        <(cf-cat -t tsv --part user_factors again.cf)
    cf-train -q -s sgd some.cf >usual.cf
    [ "$(epochs usual.cf 1 | wc -l)" = 20 ]
}

@test "--patience stops, and the best epoch is kept" {
    cf-train -s sgd -e 50 --lr 0.1 --decay 0 --l2 0 --patience 2 some.cf \
        >best.cf 2>err
    best=$(epochs best.cf 3 | awk 'NR == 1 || $1 < least { least = $1; e = NR }
        END { print e - 1 }')
    last=$(($(epochs best.cf 1 | wc -l) - 1))
    [ "$last" = $((best + 2)) ]
    [ "$last" -lt 49 ]
    grep -q "kept epoch $best, the best" err
    cf-train -q -s sgd -e $((best + 1)) --lr 0.1 --decay 0 --l2 0 some.cf >e.cf
    diff <(cf-cat -t tsv --part item_factors best.cf) \
        <(cf-cat -t tsv --part item_factors e.cf)
}

@test "training that diverges: exit 6 and no model" {
    for case in 'cf-train -s sgd --lr 1000 -o x.cf many.cf' \
        'cf-train -s sgd --lr 1000 -e 1 -o x.cf many.cf' \
        'cf-train -s sgd --lr 1e5 --loss bce -o x.cf ones.cf' \
        'cf-train -s sgd --l2 1e6 --nonneg -o x.cf some.cf'; do
        make_ratings 2000 | sed '2,$s/,[0-9.]*,/,1,/' | cf-merge -q - |
            cf-index -q | cf-batch -q --negatives 1 >ones.cf
        try $case
        sed -i '$!d' err # after the epochs
        fails_with 6
        grep -q 'diverged in epoch .* (try a lower --lr' err ||
            complain "no advice"
        [ ! -e x.cf ] || complain "a model"
    done
    no_complaints
}

@test "one rating; all ratings equal" {
    printf 'userId,movieId,rating\na,b,3\n' | cf-merge -q - | cf-index -q >1.cf
    cf-train -q -s sgd 1.cf >m.cf
    cf-score -q -m m.cf 1.cf | cf-cat -t tsv | awk -F '\t' \
        'NR == 2 { exit !($4 > 2.99 && $4 < 3.01) }'
    make_ratings 300 | sed '2,$s/,[0-9.]*,/,4,/' | cf-merge -q - |
        cf-index -q >4.cf
    cf-train -q -s sgd -e 50 4.cf >m.cf
    cf-score -q -m m.cf 4.cf | cf-cat -t tsv | awk -F '\t' \
        'NR > 1 && ($4 < 3.95 || $4 > 4.05) { exit 1 }'
}

@test "users and items without a training row are predicted without it" {
    cf-batch -q --valid-by user --valid 0.5 ratings.cf | cf-train -q -s sgd >m.cf
    printf 'userId,movieId\nnew,10\n1,new\nnew,new\n' | cf-merge -q - |
        cf-score -q -m m.cf | cf-cat -t csv | tail -n +2 >scores
    [ "$(cut -d, -f4 scores | tr '\n' ' ')" = "item user none " ]
    cf-topn -q -m m.cf new | cf-cat -t csv >top
    [ "$(wc -l <top)" -gt 1 ]
}

@test "--nonneg: no number of a vector is below 0, some are 0" {
    cf-train -q -s sgd --nonneg --lr 0.1 many.cf >m.cf
    for part in user_factors item_factors; do
        cf-cat -t tsv --part $part m.cf | tail -n +2 | tr '\t' '\n' >numbers
        grep -q '^0$' numbers
        ! grep -q '^-' numbers || false
    done
}

@test "--loss bce learns rows from items that users do not have" {
    make_ratings 2000 | cut -d, -f1,2 | cf-merge -q - |
        cf-index -q --implicit | cf-batch -q --negatives 3 >ones.cf
    cf-train -q -s sgd --loss bce --lr 0.1 -e 5 ones.cf >m.cf
    epochs m.cf 2 | awk 'NR > 1 && $1 >= last { exit 1 } { last = $1 }'
    # ln 2 is the loss of who knows nothing, .56 that of who knows the mean.
    epochs m.cf 2 | awk 'END { exit !($1 < 0.57) }'
    cf-topn -q -m m.cf --all -n 3 | cf-cat -t tsv >top
    [ "$(wc -l <top)" = 301 ]
}

@test "--init goes on from a model, with its mean" {
    cf-train -q -s sgd -e 3 many.cf >old.cf
    printf 'userId,movieId,rating\nu5,new,1\nanew,i5,2\nanew,new,1\n' |
        cf-merge -q - | cf-index -q >new.cf
    cf-train -s sgd -e 2 --init old.cf -o joined.cf new.cf 2>err
    # Others than u5 and i5 are predicted as before, to the bit.
    for m in old joined; do
        cf-score -q -m $m.cf many.cf | cf-cat -t tsv >all
        grep -vP '^u5\t|\ti5\t' all >$m
        grep -P '^u5\t|\ti5\t' all >$m-5
    done
    [ "$(wc -l <old)" -gt 1900 ]
    diff old joined
    ! cmp -s old-5 joined-5 || false
    cf-score -q -m joined.cf new.cf | cf-cat -t tsv | tail -n +2 |
        awk -F '\t' '$5 != "both" { exit 1 } END { exit NR != 3 }'
}

@test "the usual rate and penalty go by how far ratings are from the mean" {
    local given case
    for case in '' --no-bias; do
        given=$(cf-cat -t csv many.cf | awk -F, -v about=$((${#case} == 0)) '
            NR > 1 { r[++n] = 20 * $3; s += 20 * $3 }
            END { for (i = 1; i <= n; i++) q += (r[i] - about * s / n)^2
                d = sqrt(q / n)
                printf "--lr %.15g --l2 %.15g", 0.03 / d, 0.04 * d }')
        cf-cat -t csv many.cf | awk -F, 'NR > 1 { $3 *= 20 } 1' OFS=, |
            cf-merge -q - | cf-index -q >20.cf
        # shellcheck disable=SC2086 # options
        cf-train -q -s sgd $case -e 3 20.cf | cf-score -q -m - 20.cf |
            cf-cat -t tsv | cut -f 4 >usual
        # shellcheck disable=SC2086
        cf-train -q -s sgd $case -e 3 $given 20.cf | cf-score -q -m - 20.cf |
            cf-cat -t tsv | cut -f 4 >given
        paste usual given |
            awk 'NR > 1 && ($1 - $2)^2 > 1e-6 { exit 1 } END { exit NR < 2000 }'
    done
}

@test "a large loss is told in few digits" {
    printf 'u,i,r\n1,1,1e30\n2,2,-1e30\n2,1,2\n' | cf-merge -q - |
        cf-index -q >huge.cf
    # 2e60 / 3
    cf-train -s sgd -e 1 --lr 0 huge.cf 2>&1 >m.cf | grep '6.66667e+59  '
}

@test "what sgd cannot go on from: exit 2" {
    cf-train -q -k 32 -o sigmoid.cf many.cf
    cf-train -q -s sgd -o negative.cf many.cf
    for case in 'cf-train -s sgd --init sigmoid.cf many.cf' \
        'cf-train -s sgd --nonneg --init negative.cf many.cf' \
        'cf-train -s sgd --no-bias --init negative.cf many.cf' \
        'cf-train -s sgd -k 3 --init negative.cf many.cf'; do
        try $case
        sed -i '$!d' err
        fails_with 2
    done
    no_complaints
}

@test "options that are not for the solver: exit 2" {
    for case in 'cf-train -s sgd --wd 0.1 many.cf' \
        'cf-train -s sgd -b 64 many.cf' \
        'cf-train -s sgd --lr-find many.cf' \
        'cf-train -s sgd --link sigmoid many.cf' \
        'cf-train -s sgd --freeze users --init model.cf many.cf' \
        'cf-train --l2 0.1 many.cf' 'cf-train --decay 0.1 many.cf' \
        'cf-train -s nn --nonneg many.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
}
