#!/usr/bin/env bats
# cf-gibbs-session.bats - cf-train -s gibbs --time session, and what the others
# make of its models.

load ../suite/helper

: "${PYTHON:=/usr/bin/python3}"

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-train
}

gibbs()
{
    cf-train -q -s gibbs -k 4 --burn-in 20 --samples 9 "$@"
}

# Ratings that go by the mood of a session as much as by anything: 50 users with
# 4 to 6 sessions each, in which some seconds pass between two ratings.
sessions()
{
    awk 'BEGIN { srand(5); print "user,item,rating,timestamp"
        for (u = 0; u < 50; u++) for (s = 0; s < 4 + u % 3; s++) {
            mood = 2 * rand() - 1
            t = 86400 * int(9 * rand()) + 7200 * s + 100
            for (n = 0; n < 12; n++)
                printf "u%d,i%d,%.3f,%d\n", u, int(40 * rand()),
                    3 + mood + rand() - .5, t += int(40 * rand())
        }
    }' >sessions.csv
    cf-merge -q sessions.csv | cf-index -q >sessions.cf
    cf-batch -q --valid 0.2 sessions.cf >sessions.batches
    cf-batch -q --valid 0.2 --part valid sessions.cf >valid.cf
    cf-cat -q -t csv valid.cf >valid.csv
}

error_of()
{
    cf-score -q -m "$1" "$2" | cf-cat -t tsv | awk -F '\t' '
        NR > 1 { d = $3 - $4; s += d * d; n++ } END { printf "%.5f\n", s / n }'
}

# Uniform noise has a variance of 1/12, moods one of 1/3.
@test "what goes by the session is predicted by it" {
    sessions
    gibbs --time day sessions.batches >day.cf
    gibbs --time session sessions.batches >session.cf
    error_of session.cf valid.cf | awk '{ exit !($1 > .06 && $1 < .14) }'
    error_of day.cf valid.cf | awk '{ exit !($1 > .16) }'
    cf-cat -t tsv --part epochs session.cf |
        awk 'END { printf "%.5f\n", $3 }' >want
    error_of session.cf valid.cf | diff want -
    for j in 1 2 7; do
        gibbs --time session -j $j sessions.batches | cmp - session.cf
    done
}

@test "scores and their deviations are those of the page's formulas" {
    sessions
    gibbs --time session --samples 30 sessions.batches >m.cf
    # Also some of users and items that are not known, and at other times.
    awk -F , 'BEGIN { OFS = "," } { print $1, $2, $4 }
        NR % 9 == 2 { print $1, $2, $4 + 30; print $1, $2, $4 + 86400
            print "new", $2, $4; print $1, "new", $4; print $1, $2, -1
            print "new", "new", $4 }' \
        valid.csv >pairs.csv
    cf-merge -q pairs.csv >pairs.cf
    cf-score -q --sd -m m.cf pairs.cf | cf-cat -t csv >out.csv
    "$PYTHON" "$CF_TOP/tests/py/times.py" m.cf pairs.csv out.csv
    cut -d , -f 1,2 pairs.csv >bare.csv
    cf-merge -q bare.csv | cf-score -q --sd -m m.cf | cf-cat -t csv >bare.out
    ! cmp -s bare.out out.csv || false
}

@test "users that are folded in have days and no sessions" {
    sessions
    gibbs --time session -k 2 --samples 6 sessions.batches >m.cf
    awk -F , 'BEGIN { OFS = "," } NR == 1 { print "user,item,rating" }
        NR > 1 && NR < 30 { print "new" NR % 3, $2, $3 }' valid.csv >given.csv
    awk -F , 'BEGIN { OFS = "," } NR == 1 { print $1, $2, $4 }
        NR > 1 { print "new" NR % 3, $2, $4 }' valid.csv >pairs.csv
    cf-merge -q pairs.csv >pairs.cf
    cf-score -m m.cf --ratings given.csv pairs.cf 2>err | cf-cat -t csv >out.csv
    "$PYTHON" "$CF_TOP/tests/py/times.py" m.cf pairs.csv out.csv given.csv
    rows=$(($(wc -l <pairs.csv) - 1))
    grep -q "$rows of $rows pairs scored without a known session" err
    ! grep -q 'mean day' err || false
    # A list for them, by the model without a time.
    cf-topn -q -m m.cf --ratings given.csv -n 3 | cf-cat -t csv >top
    [ "$(wc -l <top)" = 10 ]
}

@test "what has no session is told" {
    sessions
    gibbs --time session sessions.batches >m.cf
    sed '1s/timestamp/at/' valid.csv | cf-merge -q - >at.cf
    rows=$(($(wc -l <valid.csv) - 1))
    cf-score -m m.cf at.cf 2>err | cf-cat -t tsv >mean
    grep -q "$rows of $rows pairs scored with the mean day" err
    grep -q "$rows of $rows pairs scored without a known session" err
    cf-score -m m.cf --time at at.cf 2>err | cf-cat -t tsv >own
    ! cmp -s mean own || false
    ! grep -q 'mean day' err || false
    none=$(sed -n 's/.* \([0-9]*\) of .* without a known session.*/\1/p' err)
    [ "$none" -lt $((rows / 4)) ]
}

@test "the model has so many bytes for a session as is said" {
    sessions
    cf-train -s gibbs -k 3 --samples 40 --time session sessions.cf 2>err >m.cf
    grep -q 'and of 10 for sessions, 216 bytes for each session' err
    cf-train -q -s gibbs -k 3 --samples 40 --time day sessions.cf >day.cf
    n=$(($(cf-cat -t tsv --part session_first m.cf | wc -l) - 1))
    [ "$n" -gt 200 ]
    # A user has 8 bytes and a session more, but for its times; and frames.
    more=$(($(wc -c <m.cf) - $(wc -c <day.cf) - 216 * n - 50 * (8 + 200)))
    [ "$more" -gt 0 ]
    [ "$more" -lt 3000 ]
}

@test "--time session without times: exit 1" {
    printf 'u,i,r\na,x,3\nb,x,4\n' | cf-merge -q - | cf-index -q >plain.cf
    try cf-train -q -s gibbs --time session plain.cf
    fails_with 1
    no_complaints
}

# Users rated some items twice, which is a trait had once.
@test "with traits of pairs that are there twice, and resumed: the same bytes" {
    sessions
    more='--time session --implicit both --samples 40'
    gibbs $more sessions.batches >whole.cf
    CF_KILL_AT=30 CF_KILL_ANY=1 LD_PRELOAD="$CF_BUILD/fault/kill.so" \
        gibbs $more --checkpoint c.cf --checkpoint-every 0 sessions.batches \
        >none.cf || :
    [ -e c.cf ]
    gibbs $more --checkpoint c.cf sessions.batches | cmp - whole.cf
    [ ! -e c.cf ]
    gibbs --time session --implicit both --samples 20 sessions.batches >half.cf
    cf-train -q -s gibbs --init half.cf --samples 20 sessions.batches >more.cf
    for part in chain_session_rows session_bias session_first; do
        cf-cat -q -t tsv --part $part whole.cf >want
        cf-cat -q -t tsv --part $part more.cf | diff -q - want
    done
}
