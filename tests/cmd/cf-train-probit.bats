#!/usr/bin/env bats
# cf-train-probit.bats - cf-train -s gibbs --likelihood probit and what the
# others make of its models.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-train
    make_streams
    make_ratings 2000 | cf-merge -q - | cf-index -q >many.cf
    cf-batch -q -b 32 -e 2 many.cf >some.cf
}

probit()
{
    cf-train -q -s gibbs --likelihood probit -k 4 --burn-in 3 --samples 9 "$@"
}

# The mean squared error of the scores of a model for the rows of a stream.
error_of()
{
    cf-score -q -m "$1" "$2" | cf-cat -t tsv | awk -F '\t' '
        NR > 1 { d = $3 - $4; s += d * d; n++ } END { printf "%.5f\n", s / n }'
}

@test "with all samples the validation loss is that of cf-score" {
    cf-batch -q --part valid many.cf >valid.cf
    for case in '' '--noise one' '--implicit both' '--time day'; do
        probit --keep-samples 9 $case some.cf >m.cf
        cf-cat -t tsv --part epochs m.cf | awk 'END { printf "%.5f\n", $3 }' \
            >want
        error_of m.cf valid.cf | diff want -
    done
}

@test "the same bytes with any number of threads and any kernels" {
    for case in '--implicit both' '--time day --noise one'; do
        probit -j 1 $case many.cf >one.cf
        for j in 2 7; do
            probit -j $j $case many.cf | cmp - one.cf
        done
        CF_KERNEL=scalar probit -j 2 $case many.cf | cmp - one.cf
    done
    probit --seed 7 --time day --noise one many.cf >other.cf
    ! cmp -s one.cf other.cf || false
}

@test "stars of a half are told from the ratings; their parts are shown" {
    probit many.cf >m.cf
    cf-cat -t table m.cf | head -n 1 | grep -q 'link probit'
    cf-cat -t tsv --part star m.cf | tr '\n' ' ' >stars
    [ "$(cat stars)" = "value 0.5 1 1.5 2 2.5 3 3.5 4 4.5 5 " ]
    # Nine cuts, ascending, of nine samples each; two of them stay.
    cf-cat -t tsv --part star_cut m.cf | awk 'NR > 1 { n++
        for (s = 1; s <= 9; s++) { bad += $s <= last[s]; last[s] = $s }
        stay += $1 == .75 + (NR - 2) / 2 && $9 == $1 }
        END { exit n != 9 || bad > 0 || stay != 2 }'
    [ "$(cf-cat -t tsv --part user_star_sd m.cf | awk 'END { print NF }')" = 9 ]
    probit --noise one many.cf >m.cf
    ! cf-cat -t tsv --part user_star_sd m.cf >out 2>&1 || false
}

@test "chances of stars add up, and the score and --sd are by them" {
    probit many.cf >m.cf
    cf-score -q -m m.cf --sd --interval 0.8 --stars many.cf | cf-cat -t tsv >all
    head -n 1 all | tr '\t' ' ' | grep -q \
        '^userId movieId rating score sd low high p_0.5 p_1 .* p_5 known$'
    awk -F '\t' 'NR == 1 { for (i = 8; i <= 17; i++) v[i] = substr($i, 3) }
        NR > 1 { p = m = q = in_it = 0
            for (i = 8; i <= 17; i++) { p += $i; m += $i * v[i]
                q += $i * v[i] ^ 2
                if (v[i] >= $6 && v[i] <= $7) in_it += $i }
            bad += (p - 1) ^ 2 > 1e-10 || (m - $4) ^ 2 > 1e-9 ||
                (q - m ^ 2 - $5 ^ 2) ^ 2 > 1e-8 || in_it < .79999
            n++ }
        END { exit n < 1000 || bad > 0 }' all
    cf-score -q -m m.cf many.cf | cf-cat -t tsv | cut -f 4 >plain
    cut -f 4 all | cmp - plain
}

@test "cf-topn lists the items with the highest cf-score" {
    probit many.cf >m.cf
    cf-topn -q -m m.cf --keep-seen -n 5 u7 | cf-cat -t tsv >top
    cf-cat -t tsv --part item m.cf | tail -n +2 | sed 's/^/u7\t/' |
        { printf 'userId\tmovieId\n'; cat; } >pairs
    cf-merge -q pairs | cf-score -q -m m.cf | cf-cat -t tsv |
        tail -n +2 | sort -t $'\t' -k 3,3gr -s | head -n 5 |
        cut -f 2,3 | sort >want
    tail -n +2 top | cut -f 3,4 | sort | diff - want
    cf-topn -q -m m.cf --similar i7 -n 2 | cf-cat --check
    cf-score -q -m m.cf many.cf | cf-eval -q --resamples 0 | cf-cat --check
}

# Short lists are chosen by scores side by side, long ones by each pair's.
@test "short lists of cf-topn are the heads of long ones, to the bit" {
    for case in '' '--noise one' '--time day' '--time session'; do
        probit $case many.cf >m.cf
        for of in --all '--by item --all' '--group u1,u2,u999 u3,u4' \
            '--diversity 0 --all' 'u5 nobody'; do
            cf-topn -q -m m.cf -n 1000 $of | cf-cat -t tsv |
                awk -F "\t" 'NR == 1 || $2 <= 6' >long
            cf-topn -q -m m.cf -n 6 $of | cf-cat -t tsv | diff long -
            [ "$(wc -l <long)" -gt 12 ]
        done
    done
}

# Users of two kinds: those of even number like the even items.
tastes()
{
    awk 'BEGIN { srand(5); print "user,item,rating"
        for (u = 0; u < 60; u++) for (i = 0; i < 40; i++)
            if (rand() < .5 && u >= from && u < to)
                print u "," i "," ((u + i) % 2 ? 1 : 4) + int(2 * rand())
    }' from="$1" to="$2"
}

@test "new users by their stars, with their chances" {
    awk 'BEGIN { srand(5)
        print "user,item,rating" >"old.csv"; print "user,item,rating" >"new.csv"
        for (u = 0; u < 60; u++) for (i = 0; i < 40; i++)
            if (rand() < .5)
                print u "," i "," ((u + i) % 2 ? 1 : 4) + int(2 * rand()) \
                    >(u < 50 ? "old.csv" : i < 20 ? "new.csv" : "ask.csv")
    }'
    sed -i '1i user,item,rating' ask.csv
    cf-merge -q old.csv | cf-index -q >old.cf
    cf-merge -q ask.csv >ask.cf
    cf-train -q -s gibbs --likelihood probit -k 3 --samples 30 old.cf >m.cf
    cf-score -q -m m.cf --ratings new.csv --interval .8 --stars ask.cf |
        cf-cat -t tsv | awk -F '\t' 'NR > 1 { n++; d += ($4 - $3) ^ 2
            known += $NF == "both"; in_it += $3 >= $5 && $3 <= $6 }
            END { exit !(n > 50 && known == n && d / n < .6 && in_it > .7 * n) }'
    # A star is half 1 half 2, or half 4 half 5: .25 is the least.
    cf-score -q -m m.cf ask.cf | cf-cat -t tsv | awk -F '\t' '
        NR > 1 { n++; d += ($4 - $3) ^ 2 } END { exit !(d / n > 1.5) }'
    cf-topn -q -m m.cf --ratings new.csv -n 3 55 | cf-cat -t tsv |
        awk 'NR > 1 { bad += ($3 + 55) % 2 } END { exit NR != 4 || bad > 0 }'
}

@test "what has no meaning is refused: exit 2" {
    probit many.cf >m.cf
    cf-train -q -s gibbs -k 2 --samples 3 many.cf >gauss.cf
    for case in 'cf-train -s gibbs --likelihood probit --y-range 0,6 many.cf' \
        'cf-train -s als --likelihood probit many.cf' \
        'cf-train -s gibbs --likelihood logit many.cf' \
        'cf-score -m gauss.cf --stars many.cf' \
        'cf-topn -m m.cf --no-bias u7' 'cf-topn -m m.cf --why 2 u7'; do
        program=${case%% *}
        try $case
        fails_with 2
    done
    no_complaints
}

@test "what it cannot do with a model of stars: exit 1" {
    probit many.cf >m.cf
    for case in 'cf-train -s als --init m.cf many.cf' \
        'cf-cat --export npy --items --fold-bias m.cf'; do
        program=${case%% *}
        try $case
        fails_with 1
    done
    cf-cat --export npy --items m.cf >items.npy
    no_complaints
}

@test "one star only, or too many to be stars: exit 1" {
    printf 'u,i,r\na,x,3\nb,x,3\n' | cf-merge -q - | cf-index -q >same.cf
    awk 'BEGIN { print "u,i,r"; for (n = 0; n < 200; n++)
        print n % 9 "," n "," n }' | cf-merge -q - | cf-index -q >reals.cf
    for case in same reals; do
        try cf-train -q -s gibbs --likelihood probit $case.cf
        fails_with 1
    done
    grep -q '128 different ratings' err
    no_complaints
}

@test "two stars, a star of one rating, uneven stars" {
    awk 'BEGIN { print "u,i,r"; for (n = 0; n < 300; n++)
        print n % 17 "," n % 23 "," (n * 7) % 3 % 2 }' >two.csv
    { cat two.csv; echo 3,99,10; } >rare.csv
    sed 's/,1$/,1.25/; $s/,10/,-7/' rare.csv >uneven.csv
    for case in two rare uneven; do
        cf-merge -q $case.csv | cf-index -q --dup last >d.cf
        probit d.cf >m.cf
        cf-score -q -m m.cf --stars d.cf | cf-cat -t tsv >scores
        [ "$(head -n 1 scores | tr '\t' '\n' | grep -c '^p_')" = \
            "$(cf-cat -t tsv d.cf | tail -n +2 | cut -f 3 | sort -u | wc -l)" ]
        ! grep -qi nan scores || false
    done
}

@test "the size that is told is right" {
    cf-train -s gibbs --likelihood probit -k 3 --samples 50 many.cf 2>err >m.cf
    told=$(sed -n 's/.*factors of 50 of 50 samples, \([0-9.]*\) kB$/\1/p' err)
    awk -v told="$told" -v size="$(wc -c <m.cf)" 'BEGIN {
        exit !(told > 0 && size / 1e3 > told && size / 1e3 < 1.6 * told) }'
}

@test "samples that go on are those of one run" {
    for case in '' '--noise one --time day'; do
        probit $case --keep-samples 12 --samples 24 some.cf >a.cf
        probit $case --keep-samples 12 --samples 12 some.cf >half.cf
        cf-train -q -s gibbs --init half.cf --keep-samples 12 --samples 12 \
            some.cf >b.cf
        for part in user_factors item_sample_bias star star_cut star_sd \
            chain_alpha chain_cuts chain_cut_steps chain_user_rows; do
            cf-cat -t csv --part $part a.cf >a.part
            cf-cat -t csv --part $part b.cf | cmp - a.part || complain $part
        done
        # Losses of validation are sums of others, so other in the last digit.
        cf-cat -t tsv --part epochs b.cf | awk 'NR > 1 { print $3 }' |
            paste - <(cf-cat -t tsv --part epochs a.cf |
                awk 'NR > 1 { print $3 }') |
            awk '{ bad += ($1 - $2) ^ 2 > 1e-4 } END { exit bad > 0 }'
    done
    case='cf-train -s gibbs --init half.cf --likelihood gaussian some.cf'
    try $case
    fails_with 2
    no_complaints
}
