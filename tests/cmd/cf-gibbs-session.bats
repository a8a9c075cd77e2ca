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
# 4 to 6 sessions each, in which some seconds, and at times minutes, pass
# between two ratings.
sessions()
{
    awk 'BEGIN { srand(5); print "user,item,rating,timestamp"
        for (u = 0; u < 50; u++) for (s = 0; s < 4 + u % 3; s++) {
            mood = 2 * rand() - 1
            t = 86400 * int(9 * rand()) + 7200 * s + 100
            for (n = 0; n < 12; n++)
                printf "u%d,i%d,%.3f,%d\n", u, int(40 * rand()),
                    3 + mood + rand() - .5, t += int(40 * rand()) + (n == 6) * 100
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
    # Also some of users and items that are not known, and at other times.
    awk -F , 'BEGIN { OFS = "," } { print $1, $2, $4 }
        NR % 9 == 2 { print $1, $2, $4 + 30; print $1, $2, $4 + 86400
            print $1, $2, $4 + 250; print $1, $2, $4 - 95
            print "new", $2, $4; print $1, "new", $4; print $1, $2, -1
            print "new", "new", $4 }' \
        valid.csv >pairs.csv
    cf-merge -q pairs.csv >pairs.cf
    cut -d , -f 1,2 pairs.csv >bare.csv
    cf-merge -q bare.csv >bare.cf
    for time in day session; do
        gibbs --time $time --samples 30 sessions.batches >m.cf
        cf-score -q --sd -m m.cf pairs.cf | cf-cat -t csv >out.csv
        "$PYTHON" "$CF_TOP/tests/py/times.py" m.cf pairs.csv out.csv
        cf-score -q --sd -m m.cf bare.cf | cf-cat -t csv >bare.out
        ! cmp -s bare.out out.csv || false
    done
}

@test "users that are folded in have days and no sessions" {
    sessions
    awk -F , 'BEGIN { OFS = "," } NR == 1 { print "user,item,rating" }
        NR > 1 && NR < 30 { print "new" NR % 3, $2, $3 }' valid.csv >given.csv
    awk -F , 'BEGIN { OFS = "," } NR == 1 { print $1, $2, $4 }
        NR > 1 { print "new" NR % 3, $2, $4 }' valid.csv >pairs.csv
    cf-merge -q pairs.csv >pairs.cf
    gibbs --time day -k 2 --samples 6 sessions.batches >m.cf
    cf-score --sd -m m.cf --ratings given.csv pairs.cf 2>err |
        cf-cat -t csv >out.csv
    "$PYTHON" "$CF_TOP/tests/py/times.py" m.cf pairs.csv out.csv given.csv
    ! grep -q 'mean day' err || false
    gibbs --time session -k 2 --samples 6 sessions.batches >m.cf
    cf-score -m m.cf --ratings given.csv pairs.cf 2>err | cf-cat -t csv >out.csv
    rows=$(($(wc -l <pairs.csv) - 1))
    grep -q "$rows of $rows pairs scored without a known session" err
    cut -d , -f 1,2 pairs.csv >bare.csv
    cf-merge -q bare.csv | cf-score -q -m m.cf --ratings given.csv |
        cf-cat -t csv | cut -d , -f 3 >bare
    cut -d , -f 3 out.csv | diff bare - >/dev/null || {
        head -3 out.csv bare
        false
    }
    # A list for them, by the model without a time.
    cf-topn -q -m m.cf --ratings given.csv -n 3 | cf-cat -t csv >top
    [ "$(wc -l <top)" = 10 ]
}

@test "what has no session, or no day, is told" {
    sessions
    sed '1s/timestamp/at/' valid.csv | cf-merge -q - >at.cf
    rows=$(($(wc -l <valid.csv) - 1))
    gibbs --time session sessions.batches >m.cf
    cf-score -m m.cf at.cf 2>err | cf-cat -t tsv >mean
    grep -q "$rows of $rows pairs scored without a known session" err
    grep -q 'no time, or no rating of the user within 300 seconds of it' err
    ! grep -q 'mean day' err || false
    cf-score -m m.cf --time at at.cf 2>err | cf-cat -t tsv >own
    ! cmp -s mean own || false
    sed '1s/timestamp/time/' valid.csv | cf-merge -q - |
        cf-score -q -m m.cf | cf-cat -t tsv | diff own - >/dev/null
    none=$(sed -n 's/.* \([0-9]*\) of .* without a known session.*/\1/p' err)
    [ "${none:-0}" -lt $((rows / 4)) ]
    gibbs --time day sessions.batches >m.cf
    cf-score -m m.cf at.cf 2>err | cf-cat -t tsv >mean
    grep -q "$rows of $rows pairs scored with the mean day" err
    cf-score -m m.cf --time at at.cf 2>err | cf-cat -t tsv >own
    ! cmp -s mean own || false
    ! grep -q 'mean day' err || false
}

# Who is shown some users of a model knows as little of the time as who has no
# time: intervals are as wide.
@test "a list of one user knows how little is known of sessions" {
    sessions
    gibbs --time session --samples 30 sessions.batches >m.cf
    for who in u1 --all; do
        cf-topn -q -m m.cf --rank lower -n 3 $who | cf-cat -t tsv |
            awk '$1 == "u1"' >list$who
    done
    [ "$(wc -l <listu1)" = 3 ]
    diff listu1 list--all
}

@test "the model has so many bytes for a session as is said" {
    sessions
    cf-train -s gibbs -k 3 --samples 40 --time session sessions.cf 2>err >m.cf
    grep -q 'and sessions, 100 bytes at most for each' err
    cf-train -q -s gibbs -k 3 --samples 40 sessions.cf >plain.cf
    n=$(($(cf-cat -t tsv --part session_first m.cf | wc -l) - 1))
    [ "$n" -gt 200 ]
    # Those of longer gaps are fewer; a user has 8 bytes more; and frames.
    more=$(($(wc -c <m.cf) - $(wc -c <plain.cf) - 50 * 8))
    [ "$more" -gt $((60 * n)) ]
    [ "$more" -lt $((100 * n + 5000)) ]
}

@test "--time session without times: exit 1" {
    printf 'u,i,r\na,x,3\nb,x,4\n' | cf-merge -q - | cf-index -q >plain.cf
    try cf-train -q -s gibbs --time session plain.cf
    fails_with 1
    no_complaints
}

@test "milliseconds are no seconds: exit 1; other units by what they make" {
    sessions
    awk -F , 'BEGIN { OFS = "," } NR > 1 { $4 = 1000000000 + $4 "000" } 1' \
        sessions.csv | cf-merge -q - | cf-index -q >ms.cf
    for time in day session; do
        case="cf-train -q -s gibbs --time $time ms.cf"
        try $case
        fails_with 1
        grep -q 'is no time in seconds since 1970 (are they milliseconds?)' err
    done
    no_complaints
    gibbs ms.cf >m.cf
    # Days as times: one day of all, a session for each user.
    awk -F , 'BEGIN { OFS = "," } NR > 1 { $4 = int($4 / 86400) } 1' \
        sessions.csv | cf-merge -q - | cf-index -q >days.cf
    few='-s gibbs -k 2 --burn-in 1 --samples 1'
    cf-train $few --time day days.cf 2>err >m.cf
    grep -q 'the ratings are of 1 day$' err
    cf-train $few --time session days.cf 2>err >m.cf
    grep -q 'are of 50 sessions with gaps of at most 15 seconds$' err
    cf-train $few --time day sessions.cf 2>err >m.cf
    grep -q 'the ratings are of [7-9] days$' err
}

@test "samples go on given the same times alone" {
    sessions
    gibbs --time session sessions.cf >m.cf
    awk -F , 'BEGIN { OFS = "," } NR > 1 { $4 += 7 } 1' sessions.csv |
        cf-merge -q - | cf-index -q >later.cf
    case='cf-train -q -s gibbs --init m.cf --samples 1 later.cf'
    try $case
    fails_with 1
    grep -q 'other users, items, times or ratings' err
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
    for part in chain_session_0_offsets chain_session_precision session_offset \
        session_variance session_first; do
        cf-cat -q -t tsv --part $part whole.cf >want
        cf-cat -q -t tsv --part $part more.cf | diff -q - want
    done
}
