#!/usr/bin/env bats
# cf-topn-rank.bats - lists by samples, and items known by attributes alone.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-topn
    make_streams
    make_ratings 4000 | cf-merge -q - | cf-index -q >many.cf
    cf-train -q -s gibbs -k 3 --burn-in 2 --samples 9 many.cf >many.bin
    cf-train -q -s gibbs --likelihood probit -k 3 --burn-in 2 --samples 9 \
        many.cf >stars.bin
}

@test "--rank: the same lists at any number of threads, and by any kernel" {
    for case in 'many lower' 'many upper' 'many thompson' 'stars lower' \
        'stars upper' 'stars thompson'; do
        set -- -q --all -m ${case% *}.bin --rank ${case#* }
        CF_KERNEL=scalar cf-topn -j 1 "$@" >one
        for j in 2 3 8; do
            cf-topn -j $j "$@" | cmp - one
        done
    done
}

@test "--rank: a list of one user is that of all" {
    for case in 'many lower' 'many upper' 'many thompson' 'stars lower' \
        'stars upper' 'stars thompson'; do
        set -- -q -m ${case% *}.bin --rank ${case#* }
        cf-topn "$@" --all | cf-cat -t csv >all
        cf-topn "$@" u7 | cf-cat -t csv >one
        grep '^u7,' all | cmp - <(tail -n +2 one)
        printf 'u9\nu7\n' | cf-topn "$@" |
            cf-cat -t csv | grep '^u7,' | cmp - <(tail -n +2 one)
        [ "$(wc -l <one)" = 11 ]
    done
}

@test "--rank lower and upper: apart by the interval, mean between" {
    for rank in lower upper; do
        cf-topn -q -n 1000 -m many.bin --rank $rank --interval 0.5 u7 |
            cf-cat -t csv | tail -n +2 | sort -t, -k 3,3 >$rank
    done
    # Half of a normal variable is within .67449; the score is cut to .5 .. 5.
    join -t, -1 3 -2 3 lower upper | awk -F, '
        { low = $6 - .67449 * $7; high = $6 + .67449 * $7 }
        { if (low < .5) low = .5; if (high > 5) high = 5 }
        (d = $4 - low) > 1e-4 || d < -1e-4 { print; exit 1 }
        (d = $10 - high) > 1e-4 || d < -1e-4 { print; exit 1 }
        END { if (NR < 900) exit 1 }'
}

@test "--rank thompson: by seed" {
    cf-topn -q -m many.bin --all --rank thompson >a
    cf-topn -q -m many.bin --all --rank thompson --seed 42 | cf-cat -t csv |
        cmp - <(cf-cat -t csv a)
    ! cf-topn -q -m many.bin --all --rank thompson --seed 1 | cf-cat -t csv |
        cmp -s - <(cf-cat -t csv a) || false
}

@test "--rank: with rules, reasons, diversity" {
    printf 'i1\ni2\ni3\n' >few
    cf-topn -q -m many.bin --rank lower --candidates few u7 | cf-cat -t csv |
        tail -n +2 >out
    [ "$(wc -l <out)" = 3 ]
    cf-topn -m many.bin --rank thompson nobody 2>err >out
    grep -q 'the items of the samples. mean user$' err
    for rank in lower upper thompson; do
        cf-topn -q -m many.bin --rank $rank --why 2 --diversity 0.3 u7 >out
        [ "$(cf-cat -t csv out | wc -l)" = 11 ]
        [ "$(cf-cat -t csv --part why out | wc -l)" -gt 11 ]
    done
}

# The mean is what cf-score says, whose deviation has the noise besides.
@test "--rank of users that are folded in" {
    awk 'BEGIN { print "user,item,rating"
        for (i = 0; i < 12; i++) print "new,i" i "," 2 + i % 4 }' >new.csv
    for m in many stars; do
        for rank in lower upper thompson; do
            cf-topn -q -m $m.bin --ratings new.csv --rank $rank -n 5 |
                cf-cat -t csv >$rank
            [ "$(wc -l <$rank)" = 6 ]
        done
        ! cmp -s lower upper || false
        [ "$(head -n 1 lower)" = userId,rank,movieId,score,known,mean,sd ]
        cut -d, -f1,3 lower | cf-merge -q - |
            cf-score -q --sd -m $m.bin --ratings new.csv | cf-cat -t csv |
            cut -d, -f3,4 | paste -d, lower - |
            awk -F, 'NR > 1 { off = ($4 - $6 + 1.644854 * $7)^2 + ($6 - $8)^2
                bad += !(off < 1e-8 && $7 > 0 && $7 < $9) }
                END { exit NR != 6 || bad > 0 }'
    done
}

@test "--rank of stars: mean is the score of cf-score; diversity, nobody" {
    cf-topn -q -m stars.bin --keep-seen -n 1000 --rank upper u7 |
        cf-cat -t tsv | tail -n +2 | cut -f 3,6 | sort >mean
    { printf 'userId\tmovieId\n'; sed 's/^/u7\t/; s/\t[^\t]*$//' mean; } |
        cf-merge -q - | cf-score -q -m stars.bin | cf-cat -t tsv |
        tail -n +2 | cut -f 2,3 | sort | cmp - mean
    [ "$(wc -l <mean)" -gt 300 ]
    cf-topn -q -m stars.bin --rank lower --diversity .3 --candidates <(
        cf-cat -t tsv --part item stars.bin | sed 1d | head -n 200) u7 nobody |
        cf-cat --check
}

@test "--rank: what it does not go with" {
    for case in 'cf-topn -m model.cf --rank lower 1' \
        'cf-topn -m model.cf --rank thompson --all' \
        'cf-topn -m many.bin --rank best u1' \
        'cf-topn -m many.bin --rank upper --similar i1' \
        'cf-topn -m stars.bin --rank lower --no-bias u7' \
        'cf-topn -m stars.bin --rank lower --why 2 u7' \
        'cf-topn -m many.bin --interval 0.9 u1' \
        'cf-topn -m many.bin --rank thompson --interval 0.9 u1' \
        'cf-topn -m many.bin --rank lower --seed 3 u1' \
        'cf-topn -m many.bin --rank lower --interval 1 u1'; do
        try $case
        fails_with 2
    done
    no_complaints
    try cf-topn -m model.cf --rank lower 1
    grep -q 'solver adam has no samples' err
}
