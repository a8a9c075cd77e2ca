#!/usr/bin/env bats
# python.bats - the reader and the writer of cf-stream(5), in Python, against
# ours; and the learner against a float64 run of its formulas.

load helper

: "${PYTHON:=/usr/bin/python3}"
PY=$CF_TOP/tests/py

setup()
{
    cd "$BATS_TEST_TMPDIR"
}

@test "the page's reader reads every kind of stream" {
    make_streams
    "$PYTHON" "$PY/peer.py" read table.cf ratings.cf batches.cf model.cf \
        scores.cf topn.cf metrics.cf >kinds
    [ "$(cut -d' ' -f1 kinds | tr '\n' ' ')" = \
        "table ratings batches model scores topn metrics " ]
    grep -q '^ratings user=4 item=4 rows=9$' kinds
}

@test "the page's reader sees the values that cf-cat prints" {
    make_streams
    "$PYTHON" "$PY/peer.py" csv table.cf movies >movies.tsv
    tail -n +2 movies.csv | sed 's/^[^,]*,//; s/,\([^,]*\)$/\t\1/
        s/^"//; s/"\t/\t/; s/""/"/g' | diff - movies.tsv
    "$PYTHON" "$PY/peer.py" csv table.cf rows | cut -f1-4 |
        diff <(tail -n +2 ratings.csv | tr , '\t') -
}

@test "the page's writer feeds cf-train" {
    "$PYTHON" "$PY/peer.py" write >peer.cf
    cf-cat --check peer.cf
    "$PYTHON" "$PY/peer.py" write | cf-train -q -k 4 >model.cf
    cf-topn -m model.cf -n 3 u5 | cf-cat -t csv >top
    [ "$(wc -l <top)" = 4 ]
}

@test "cf-train follows a float64 run of its formulas" {
    "$PYTHON" "$PY/parity.py" write .
    cf-cat --check batches.cf init.cf
    cf-train -q -k 8 --y-range 0,5.5 --init init.cf --losses losses.tsv \
        batches.cf >model.cf
    "$PYTHON" "$PY/parity.py" check .
}

@test "cf-train follows float64 runs of what its options mean" {
    "$PYTHON" "$PY/variants.py" .
}

@test "solver nn follows a float64 run of its problem" {
    "$PYTHON" "$PY/nn.py" .
}

@test "solver sgd follows a float64 run of its problem" {
    "$PYTHON" "$PY/sgd.py" .
}

@test "solvers als and ials follow their objectives" {
    "$PYTHON" "$PY/als.py" .
}

@test "--lr-find's suggestions are those of its curve" {
    make_ratings 4000 | cf-merge -q - | cf-index -q >ratings.cf
    cf-train -q --lr-find ratings.cf >a.cf
    cf-train -q --lr-find --link identity --wd 0 -b 8 ratings.cf >b.cf
    cf-train -q --lr-find --no-bias -k 3 --seed 7 -b 500 ratings.cf >c.cf
    cf-batch -q -b 16 ratings.cf | cf-train -q --lr-find --clip 1 >d.cf
    "$PYTHON" "$PY/lr_find.py" a.cf b.cf c.cf d.cf
}

@test "cf-eval finds what plain definitions do" {
    make_ratings 600 | cf-merge -q - | cf-index -q |
        cf-train -q -k 4 -e 2 -o model.cf
    "$PYTHON" "$PY/eval.py" .
}

@test "random joins, against sqlite3" {
    "$PYTHON" "$PY/join.py" $([ -n "${CF_FULL-}" ] && echo 10000 || echo 100) 1
}

@test "solvers bpr, ease, bias and pop follow float64 runs of their problems" {
    "$PYTHON" "$PY/rankers.py" .
}

@test "lists by the formulas of the man page" {
    cf-merge -q "$CF_TOP"/tests/data/ml-latest-small/{ratings,movies}.csv |
        cf-index -q | cf-train -q --seed 1 -e 3 -o model.bin
    "$PYTHON" "$PY/lists.py" .
}

@test "lists by samples, as the man page says" {
    cf-merge -q "$CF_TOP"/tests/data/ml-latest-small/ratings.csv |
        cf-index -q | cf-train -q -s gibbs -k 5 --burn-in 5 --samples 30 \
        --keep-samples 9 -o model.bin
    "$PYTHON" "$PY/ranks.py" .
}

@test "stars, of who is not known too, and lists by samples of them" {
    ratings="$CF_TOP"/tests/data/ml-latest-small/ratings.csv
    awk -F, 'NR == 1 || ($1 % 50 != 7 && $2 % 50 != 6)' "$ratings" |
        cf-merge -q - | cf-index -q | cf-train -q -s gibbs \
        --likelihood probit -k 5 --burn-in 20 --samples 30 --keep-samples 9 \
        -o model.bin
    awk -F, 'NR == 1 || ($1 % 7 == 0 && $2 % 3 == 0)' "$ratings" |
        head -n 3000 | cf-merge -q - | cf-score -q -m model.bin --stars |
        cf-cat -t csv >out.csv
    "$PYTHON" "$PY/stars.py" .
}

@test "cf-topn as a coprocess, as its man page does it" {
    cf-merge -q "$CF_TOP"/tests/data/ml-latest-small/ratings.csv |
        cf-index -q | cf-train -q -e 1 -o model.bin
    timeout 60 "$PYTHON" "$PY/coprocess.py" "$CF_TOP/man/cf-topn.1" .
}
