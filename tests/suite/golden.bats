#!/usr/bin/env bats
# golden.bats - streams that an earlier version wrote are read as ever. The
# files are never made again; see tests/data/golden/make.sh.

load helper

GOLDEN=$CF_TOP/tests/data/golden

setup()
{
    cd "$BATS_TEST_TMPDIR"
}

# What $1.txt should be.
text()
{
    local part
    case $1 in
    batches) set -- "$1" user item train valid epochs ;;
    model)
        set -- "$1" user item user_factors item_factors user_bias item_bias \
            user_count item_count seen_start seen_item epochs
        ;;
    checkpoint)
        set -- "$1" user_factors user_bias_v item_factors_m \
            best_item_factors epochs
        ;;
    nn)
        set -- "$1" user_cold_factors item_cold_factors layer1_weight \
            layer1_bias layer2_weight layer2_bias
        ;;
    days) set -- "$1" day day_count day_factors user_day_bias ;;
    sessions)
        set -- "$1" session_gap session_start session_first session_last \
            session_offset session_variance
        ;;
    stars)
        set -- "$1" user_factors item_factors user_sample_bias star star_cut \
            star_sd user_star_sd item_star_sd user_cold_star_sd \
            item_cold_star_sd
        ;;
    chain)
        set -- "$1" chain_user_rows chain_user_precision chain_user_bias_sums \
            chain_user_cold_sum chain_user_noise_roots chain_user_noise_sums \
            chain_user_nu chain_alpha chain_variance_sum
        ;;
    *) set -- "$1" rows ;;
    esac
    for part in "${@:2}"; do
        cf-cat -t jsonl --part "$part" "$GOLDEN/$1.cf"
    done
}

@test "a golden file of every kind means what it meant" {
    for kind in table ratings batches model nn stars days sessions \
        scores topn curve checkpoint metrics; do
        text $kind | diff - "$GOLDEN/$kind.txt"
        cf-cat --check "$GOLDEN/$kind.cf" "$GOLDEN/$kind-2.cf"
    done
}

@test "golden streams go through the programs" {
    cf-index -q "$GOLDEN/table.cf" | cf-train -q -k 2 >model.cf
    cf-batch -q "$GOLDEN/ratings.cf" | cf-cat --check
    cf-score -q -m "$GOLDEN/model.cf" "$GOLDEN/ratings.cf" >scores.cf
    cf-cat -t jsonl scores.cf | diff - "$GOLDEN/scores.txt"
    cf-eval -q --resamples 9 -t jsonl scores.cf | diff - "$GOLDEN/metrics.txt"
    cf-topn -q -n 2 -m "$GOLDEN/model.cf" --all --keep-seen |
        cf-cat -t jsonl | diff - "$GOLDEN/topn.txt"
    cf-score -q -m "$GOLDEN/nn.cf" "$GOLDEN/ratings.cf" | cf-cat -t tsv |
        cut -f 4 | tr '\n' ' ' >scores
    [ "$(cat scores)" = "score 4.4876323 4.4876323 4.4880085 4.4880085 " ]
    cf-score -q -m "$GOLDEN/days.cf" "$GOLDEN/ratings.cf" | cf-cat -t tsv |
        cut -f 4 | tr '\n' ' ' >scores
    [ "$(cat scores)" = "score 3.2858572 3.0523248 2.183562 0.5 " ]
    cf-score -q -m "$GOLDEN/sessions.cf" "$GOLDEN/ratings.cf" |
        cf-cat -t tsv | cut -f 4 | tr '\n' ' ' >scores
    [ "$(cat scores)" = "score 5 3.710582 5 2.3281562 " ]
    cf-score -q -m "$GOLDEN/stars.cf" "$GOLDEN/ratings.cf" | cf-cat -t tsv |
        cut -f 4 | tr '\n' ' ' >scores
    [ "$(cat scores)" = "score 3.8416743 3.738389 4.6225557 4.391697 " ]
}

@test "samples of a golden model go on" {
    text chain | diff - "$GOLDEN/chain.txt"
    cf-cat --check "$GOLDEN/chain.cf" "$GOLDEN/chain-2.cf"
    cf-train -q -s gibbs --init "$GOLDEN/chain.cf" --samples 3 \
        "$GOLDEN/ratings.cf" >more.cf
    [ "$(cf-cat -t jsonl --part epochs more.cf | wc -l)" = 6 ]
    code=0
    cf-train -q -s gibbs --init "$GOLDEN/chain.cf" --samples 3 \
        "$GOLDEN/ratings-2.cf" >other.cf 2>err || code=$?
    [ "$code" = 1 ]
    grep -q 'sampled given other' err
}
