#!/usr/bin/env bats
# cf-cat.bats - looking into streams, and putting them together.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-cat
    make_streams
}

@test "csv, tsv and jsonl hold the same rows" {
    local format
    for format in csv tsv jsonl; do
        cf-cat -t $format table.cf >$format
        grep -q 'Heat (1995)' $format
    done
    [ "$(wc -l <csv)" = 10 ]
    [ "$(wc -l <tsv)" = 10 ]
    [ "$(wc -l <jsonl)" = 9 ]
    "${PYTHON:-/usr/bin/python3}" - <<'END'
import csv, json
rows = list(csv.DictReader(open("csv", encoding="utf-8", newline="")))
lines = [json.loads(l) for l in open("jsonl", encoding="utf-8")]
assert len(rows) == len(lines) == 9
assert any('City of "Lost" Children' in str(r.values()) for r in rows)
for r, l in zip(rows, lines):
    assert list(r) == list(l), (r, l)
    assert list(r.values()) == [str(v) for v in l.values()], (r, l)
END
}

@test "a stream through cf-cat has the same rows" {
    local f
    for f in table ratings scores topn; do
        cf-cat $f.cf | cf-cat -t csv >out
        cf-cat -t csv $f.cf | diff - out
    done
}

@test "shards put together are the whole" {
    head -n 5 ratings.csv >1.csv
    { head -n 1 ratings.csv; tail -n +6 ratings.csv; } >2.csv
    cf-merge -q 1.csv movies.csv | cf-index >1.cf
    cf-merge -q 2.csv movies.csv | cf-index >2.cf
    cf-cat 1.cf 2.cf | cf-cat -t csv >out
    cf-cat -t csv ratings.cf | diff - out
}

@test "--history: every program, oldest first" {
    cf-cat --history model.cf >out
    [ "$(grep -oE 'cf-(merge|index|train)' out | uniq | xargs)" = \
        "cf-merge cf-index cf-train" ]
    grep -q -- '--seed' out
    grep -q 42 out
}

@test "--head" {
    [ "$(cf-cat -t csv --head 2 table.cf | wc -l)" = 3 ]
    [ "$(cf-cat -t csv --head 0 table.cf | wc -l)" = 1 ]
}

@test "--check: silent for a good stream" {
    try cf-cat --check model.cf
    [ "$status" = 0 ]
    [ ! -s out ]
    [ ! -s err ]
}

@test "2,500 shards" {
    local i
    mkdir shards
    for ((i = 0; i < 2500; i++)); do
        ln -s ../ratings.cf "shards/a-shard-with-a-long-name-$i.cf"
    done
    cf-cat -q shards/* >out
    [ "$(cf-cat -t csv out | wc -l)" = 22501 ]
    cf-cat --history out | grep -qF "... and 2436 more'"
}

@test "--history sends no control bytes" {
    cp ratings.cf $'\e[2J.cf'
    cf-cat $'\e[2J.cf' ratings.cf | cf-cat --history >out
    grep -qF "\$'\\x1b[2J.cf'" out
    ! LC_ALL=C grep -q $'\e' out || false
}
