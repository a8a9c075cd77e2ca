#!/bin/sh
# make.sh - how the golden files came to be (format version 1). They are kept:
# every later version must read them. NAME.cf and NAME-2.cf differ in content;
# NAME.txt is what `cf-cat -t jsonl` prints of NAME.cf, part by part. nn.cf is a
# model with layers, stars.cf one with stars, days.cf and sessions.cf with those.
#
# Run in an empty directory with the programs on PATH.
set -eu

cat >ratings.csv <<'END'
userId,movieId,rating,timestamp
1,10,4.0,964982703
1,20,3.5,964981247
007,30,5.0,964982224
007,10,0.5,1306463578
END
cat >movies.csv <<'END'
movieId,title,genres
10,Amélie (2001),Romance
20,"Lost ""Children"", The (1995)",Fantasy|Drama
30,Heat (1995),Action
END
sed 's/,4\.0,/,3.0,/' ratings.csv >ratings-2.csv

for s in '' -2; do
    cf-merge -q ratings$s.csv movies.csv >table$s.cf
    cf-index -q table$s.cf >ratings$s.cf
    cf-batch -q -b 2 -e 2 --valid 0.3 --seed 1 ratings$s.cf >batches$s.cf
    cf-train -q -k 2 batches$s.cf >model$s.cf
    cf-train -q -s nn --layers 2,3 --emb 2,1 batches$s.cf >nn$s.cf
    for time in day session; do
        cf-train -q -s gibbs -k 1 --burn-in 2 --samples 2 --time $time \
            ratings$s.cf >${time}s$s.cf
    done
    cf-train -q -s gibbs --likelihood probit -k 1 --burn-in 1 --samples 2 \
        batches$s.cf >stars$s.cf
    # Its samples can go on.
    cf-train -q -s gibbs -k 2 --burn-in 1 --samples 2 ratings$s.cf >chain$s.cf
    cf-score -q -m model$s.cf ratings$s.cf >scores$s.cf
    cf-eval -q --resamples 9 scores$s.cf >metrics$s.cf
    cf-topn -q -n 2 -m model$s.cf --all --keep-seen >topn$s.cf
    cf-train -q -k 2 --lr-find ratings$s.cf >curve$s.cf
    # The model has no room, so the last checkpoint stays.
    cf-train -q -k 1 --keep best --checkpoint checkpoint$s.cf \
        --checkpoint-every 0 -o /dev/full batches$s.cf || :
done
for kind in table ratings scores topn curve metrics; do
    cf-cat -t jsonl $kind.cf >$kind.txt
done
for part in user item train valid epochs; do
    cf-cat -t jsonl --part $part batches.cf
done >batches.txt
for part in user item user_factors item_factors user_bias item_bias \
    user_count item_count seen_start seen_item epochs; do
    cf-cat -t jsonl --part $part model.cf
done >model.txt
for part in user_factors user_bias_v item_factors_m best_item_factors epochs; do
    cf-cat -t jsonl --part $part checkpoint.cf
done >checkpoint.txt
for part in user_cold_factors item_cold_factors layer1_weight layer1_bias \
    layer2_weight layer2_bias; do
    cf-cat -t jsonl --part $part nn.cf
done >nn.txt
for part in day day_count day_factors user_day_bias; do
    cf-cat -t jsonl --part $part days.cf
done >days.txt
for part in session_gap session_start session_first session_last \
    session_offset session_variance; do
    cf-cat -t jsonl --part $part sessions.cf
done >sessions.txt
for part in user_factors item_factors user_sample_bias star star_cut star_sd \
    user_star_sd item_star_sd user_cold_star_sd item_cold_star_sd; do
    cf-cat -t jsonl --part $part stars.cf
done >stars.txt
for part in chain_user_rows chain_user_precision chain_user_bias_sums \
    chain_user_cold_sum chain_user_noise_roots chain_user_noise_sums \
    chain_user_nu chain_alpha chain_variance_sum; do
    cf-cat -t jsonl --part $part chain.cf
done >chain.txt
