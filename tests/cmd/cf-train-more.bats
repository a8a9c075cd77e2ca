#!/usr/bin/env bats
# cf-train-more.bats - cf-train -s gibbs: what is told of sweeps, samples of a
# model that go on (--init), and checkpoints.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-train
    awk 'BEGIN { print "movieId,genre,year"
        for (i = 0; i < 997; i++)
            print "i" i "," (i % 3 ? "a|b" : "c") "," 1950 + i % 40 }' >g.csv
    # Over 90 days.
    make_ratings 2000 |
        awk -F, -v OFS=, 'NR > 1 { $4 = 900000000 + NR * 4000 } 1' |
        cf-merge -q - g.csv | cf-index -q >many.cf
    cf-batch -q -b 32 -e 2 many.cf >some.cf
}

gibbs()
{
    cf-train -q -s gibbs "$@"
}

# ---- what is told ----

@test "with validation: its root by the number of samples, of the mean" {
    cf-train -s gibbs -k 2 --burn-in 10 --samples 500 some.cf 2>err >m.cf
    grep -qx 'sweep  samples  valid RMSE  time' err
    # The first sweep, the last one of the burn-in, the first sample, 25 more.
    [ "$(grep -c ' s left$' err)" = 27 ]
    grep -q '^9  *- ' err
    grep -q '^29  *20 ' err
    tail -n 1 err | grep -qE '^509 +500 +[0-9.]+ +[0-9.]+ m?i?n? ?[0-9]* ?s$'
    cf-cat -t tsv --part epochs m.cf | awk 'END { printf "%.6f\n", sqrt($3) }' |
        diff - <(tail -n 1 err | awk '{ print $3 }')
    [ "$(cf-cat -t tsv --part epochs m.cf | wc -l)" = 511 ]
}

@test "of a long burn-in a few sweeps are told" {
    cf-train -s gibbs -k 2 --burn-in 400 --samples 60 some.cf 2>err >m.cf
    [ "$(grep -oE '^[0-9]+ +- ' err | tr -d ' \n')" = 0-99-199-299-399- ]
}

@test "a loss of training only if noise is one; no table of dashes" {
    cf-train -s gibbs -k 2 --noise one --samples 3 --burn-in 2 many.cf 2>err >m.cf
    grep -qx 'sweep  samples  train RMSE  time' err
    [ "$(grep -cE '^[0-4] +[-123] +[0-9.]+ +[0-9.]+ s' err)" = 5 ]
    cf-train -s gibbs -k 2 --samples 3 --burn-in 2 many.cf 2>err >m.cf
    [ "$(wc -l <err)" = 3 ]
    tail -n 1 err | grep -q '^cf-train: 5 sweeps in '
    cf-train -q -s gibbs -k 2 --samples 3 some.cf 2>err >m.cf
    [ ! -s err ]
}

# ---- samples that go on ----

# Models a.cf and b.cf have the same bytes in these parts and those of every
# model, but for the losses of validation.
same_models()
{
    local part
    for part in seen_start seen_item chain_{alpha,variance_sum} \
        {user,item}{,_factors,_cold_factors,_bias,_count,_noise} \
        {user,item}_{sample_bias,cold_sample_bias} \
        chain_{user,item}_{rows,precision,bias_sums,cold_sum} "$@"; do
        cf-cat -t csv --part "$part" a.cf >a.part
        cf-cat -t csv --part "$part" b.cf | cmp - a.part || complain "$part"
    done
    cf-cat -t csv --part epochs a.cf | cut -d, -f 1,2 >epochs
    cf-cat -t csv --part epochs b.cf | cut -d, -f 1,2 | cmp - epochs ||
        complain epochs
}

# 12 samples, and 12 more; 24 at once.
both_ways()
{
    gibbs -k 3 --burn-in 4 --keep-samples 12 "$@" --samples 24 -o a.cf
    gibbs -k 3 --burn-in 4 --keep-samples 12 "$@" --samples 12 -o half.cf
    gibbs --keep-samples 12 --init half.cf --samples 12 -o b.cf "${!#}"
}

@test "100 samples and 100 more are the 200 of one run" {
    both_ways many.cf
    same_models chain_{user,item}_{noise_roots,noise_sums,nu}
    both_ways --seed 7 --noise one --implicit both --time day many.cf
    same_models chain_{user,item}_{weights,prior_means} chain_day_rows \
        {,user_}day_{factors,bias,sample_bias} day day_count
    both_ways --attributes genre,year -j 2 some.cf
    same_models chain_item_{weights,prior_means}
    both_ways --prior wishart many.cf
    same_models
    no_complaints
}

@test "and 30 more, of which as many are kept as are there" {
    gibbs -k 3 --samples 20 --keep-samples 4 many.cf >old.cf
    cf-train -s gibbs --init old.cf --samples 30 many.cf 2>err >m.cf
    grep -q 'going on from old.cf: 20 samples, and 30 more' err
    grep -q 'factors of 10 of 50 samples, ' err
    cf-train -s gibbs --init old.cf --samples 30 --keep-samples 5 many.cf \
        2>err >m.cf
    grep -q 'factors of 5 of 50 samples, ' err
    # Sample biases: 2 old ones, the last of each half, and 3 new ones.
    cf-cat -t csv --part user_sample_bias old.cf | cut -d, -f 2,4 >want
    cf-cat -t csv --part user_sample_bias m.cf | cut -d, -f 1,2 |
        tail -n +2 | diff - <(tail -n +2 want)
}

# The mean squared error of the scores of a model for the rows of a stream.
error_of()
{
    cf-score -q -m "$1" "$2" | cf-cat -t tsv | awk -F '\t' '
        NR > 1 { d = $3 - $4; s += d * d; n++ } END { printf "%.5f\n", s / n }'
}

# Eight samples, all kept, or five and three more: the mean counts each as much.
@test "each sample counts as much as any other" {
    cf-batch -q --part valid many.cf >valid.cf
    for more in '' '--time day'; do
        gibbs -k 3 --samples 8 $more some.cf | cat >a.cf
        gibbs -k 3 --samples 5 $more some.cf >half.cf
        gibbs --init half.cf --samples 3 some.cf >b.cf
        error_of a.cf valid.cf >want
        error_of b.cf valid.cf | diff want -
        cf-cat -t csv --part epochs b.cf |
            awk -F, 'END { printf "%.5f\n", $3 }' | diff want -
    done
}

@test "options that are not given are the model's, others are refused" {
    gibbs -k 3 --samples 4 --noise one --implicit users --attributes genre \
        --seed 9 many.cf >old.cf
    gibbs --init old.cf --samples 4 many.cf >a.cf
    gibbs --init old.cf --samples 4 -k 3 --noise one --implicit users \
        --attributes genre --seed 9 --time none many.cf >b.cf
    for part in user_factors item_bias chain_user_prior_means; do
        cmp <(cf-cat -t csv --part $part a.cf) \
            <(cf-cat -t csv --part $part b.cf)
    done
    cf-cat --history a.cf | tail -n 1 | grep -q 'seed 9'
    gibbs --init old.cf --seed 3 many.cf >b.cf
    ! cmp -s <(cf-cat -t csv --part user_factors a.cf) \
        <(cf-cat -t csv --part user_factors b.cf) || false
    while read -r case; do
        case="cf-train -q -s gibbs --init old.cf $case"
        try $case
        fails_with 2
    done <<'END'
-k 4 many.cf
--burn-in 3 many.cf
--noise own many.cf
--implicit both many.cf
--time day many.cf
--prior wishart many.cf
--attributes year many.cf
--freeze users many.cf
-e 3 many.cf
END
    gibbs -k 3 --samples 4 many.cf >plain.cf
    case='cf-train -q -s gibbs --init plain.cf --attributes genre many.cf'
    try $case
    fails_with 2
    grep -q 'samples of plain.cf were drawn without' err || complain message
    no_complaints
}

@test "a model of other rows, or that is none of samples: exit 1" {
    gibbs -k 3 --samples 4 --attributes year many.cf >old.cf
    sed 's/,1950$/,1949/' g.csv >h.csv
    make_ratings 2000 | cf-merge -q - h.csv | cf-index -q >years.cf
    make_ratings 2000 | sed '2s/,[0-9.]*,/,2.5,/' | cf-merge -q - g.csv |
        cf-index -q >ratings.cf
    make_ratings 2100 | cf-merge -q - g.csv | cf-index -q >longer.cf
    make_ratings 2000 | sed '2s/^u/v/' | cf-merge -q - g.csv |
        cf-index -q >users.cf
    cf-train -q -s sgd -k 12 -e 1 many.cf >sgd.cf
    for case in 'old.cf years.cf' 'old.cf ratings.cf' 'old.cf longer.cf' \
        'old.cf users.cf' 'old.cf some.cf' 'sgd.cf many.cf'; do
        case="cf-train -q -s gibbs --init $case"
        try $case
        fails_with 1
    done
    no_complaints
    # A film that is not used may change its year.
    gibbs -k 3 --samples 4 many.cf | cat >old.cf
    gibbs --init old.cf --samples 1 years.cf >m.cf
}

# ---- checkpoints ----

# A run that was stopped when all but the model was written.
make_checkpoint()
{
    run='cf-train -q -s gibbs -k 3 --samples 9 --implicit items
        --checkpoint run.ckpt --checkpoint-every 0'
    ! $run -o /dev/full some.cf || false
    [ -e run.ckpt ]
    cp run.ckpt kept
}

@test "the sweeps before a checkpoint are in the table again" {
    make_checkpoint
    cf-cat --check run.ckpt
    cf-train -s gibbs -k 3 --samples 9 --implicit items --checkpoint run.ckpt \
        -o m.cf some.cf 2>err
    grep -q 'going on from run.ckpt, which has 29 epochs' err
    [ "$(grep -cE '^[0-9]+ +[-0-9]+ +[0-9.]+ ' err)" = 29 ]
    gibbs -k 3 --samples 9 --implicit items some.cf | cmp - m.cf
    [ ! -e run.ckpt ]
}

@test "those of the model to go on from are not" {
    gibbs -k 3 --samples 9 some.cf | cat >old.cf
    run='cf-train -s gibbs --init old.cf --samples 4
        --checkpoint run.ckpt --checkpoint-every 0 some.cf'
    ! $run -q -o /dev/full || false
    $run -o m.cf 2>err
    [ "$(grep -cE '^[0-9]+ +[-0-9]+ +[0-9.]+ ' err)" = 4 ]
    grep -qE '^29 +10 +' err
}

@test "a checkpoint of another run: exit 1, and it stays" {
    make_checkpoint
    cf-batch -q -b 32 -e 2 --seed 8 many.cf >other.cf
    cf-batch -q -b 32 -e 2 --valid 0.3 many.cf >valid.cf
    while read -r case; do
        case="cf-train -q -s $case --checkpoint run.ckpt"
        try $case
        fails_with 1
        grep -q 'run.ckpt: the checkpoint is of another run: ' err ||
            complain 'another message'
        cmp run.ckpt kept
    done <<'END'
gibbs -k 3 --samples 9 --implicit items other.cf
gibbs -k 3 --samples 9 --implicit items valid.cf
gibbs -k 3 --samples 9 --implicit items many.cf
gibbs -k 3 --samples 9 --implicit items --seed 8 some.cf
gibbs -k 3 --samples 10 --implicit items some.cf
gibbs -k 3 --samples 9 some.cf
als -k 3 some.cf
END
    no_complaints
}

@test "a checkpoint that is corrupt, cut or empty: exit 3, and it stays" {
    make_checkpoint
    size=$(wc -c <kept)
    case="$run some.cf"
    for at in 10 1000 $((size / 3)) $((size / 2)) $((size - 60)); do
        { head -c $at kept; printf 'X!'; tail -c +$((at + 3)) kept; } >run.ckpt
        try $case
        fails_with 3
        head -c $at kept >run.ckpt
        try $case
        fails_with 3
    done
    : >run.ckpt
    try $case
    fails_with 3
    [ -e run.ckpt ]
    no_complaints
}

@test "solvers without a state have no checkpoint: exit 2" {
    for s in ease pop bias; do
        case="cf-train -s $s --checkpoint run.ckpt many.cf"
        try $case
        fails_with 2
    done
    no_complaints
}
