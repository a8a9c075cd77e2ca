#!/usr/bin/env bats
# cf-train-gibbs.bats - cf-train -s gibbs and what the others make of its
# models.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-train
    make_streams
    make_ratings 2000 | cf-merge -q - | cf-index -q >many.cf
    cf-batch -q -b 32 -e 2 many.cf >some.cf
}

gibbs()
{
    cf-train -q -s gibbs -k 4 --burn-in 3 --samples 9 "$@"
}

# The mean squared error of the scores of a model for the rows of a stream.
error_of()
{
    cf-score -q -m "$1" "$2" | cf-cat -t tsv | awk -F '\t' '
        NR > 1 { d = $3 - $4; s += d * d; n++ } END { printf "%.5f\n", s / n }'
}

@test "with all samples the validation loss is that of cf-score" {
    gibbs --keep-samples 9 some.cf >m.cf
    cf-batch -q --part valid many.cf >valid.cf
    cf-cat -t tsv --part epochs m.cf | awk 'END { printf "%.5f\n", $3 }' >want
    error_of m.cf valid.cf | diff want -
    [ "$(cf-cat -t tsv --part epochs m.cf | wc -l)" = 13 ]
}

@test "the same bytes with any number of threads" {
    gibbs -j 1 --implicit both many.cf >one.cf
    for j in 2 7; do
        gibbs -j $j --implicit both many.cf | cmp - one.cf
    done
    gibbs --seed 7 --implicit both many.cf >other.cf
    ! cmp -s one.cf other.cf || false
}

# Ratings that go by the day as much as by anything, over 20 days.
days()
{
    awk 'BEGIN { srand(3); print "user,item,rating,timestamp"
        for (t = 0; t < 20; t++) up[t] = 2 * rand() - 1
        for (u = 0; u < 60; u++) for (i = 0; i < 40; i++)
            if (rand() < .5) {
                t = int(20 * rand())
                printf "%d,%d,%.3f,%d\n", u, i, 3 + up[t] + rand() - .5,
                    t * 86400 + int(86400 * rand())
            }
    }' | cf-merge -q - | cf-index -q >days.cf
    cf-batch -q --valid 0.2 days.cf >days.batches
    cf-batch -q --valid 0.2 --part valid days.cf >days.valid
}

# Uniform noise has a variance of 1/12.
@test "--time day: what goes by the day is predicted by it" {
    days
    gibbs --keep-samples 9 days.batches >without.cf
    gibbs --keep-samples 9 --time day days.batches >with.cf
    error_of with.cf days.valid |
        awk '{ exit !($1 > .06 && $1 < .12) }'
    error_of without.cf days.valid | awk '{ exit !($1 > .25) }'
    cf-cat -t tsv --part epochs with.cf | awk 'END { printf "%.5f\n", $3 }' >want
    error_of with.cf days.valid | diff want -
    for j in 2 7; do
        gibbs --keep-samples 9 --time day -j $j days.batches | cmp - with.cf
    done
}

@test "--time day: a table's time is found or named; without one it is said" {
    days
    gibbs --time day days.batches >m.cf
    cf-cat -q -t csv days.valid >pairs.csv
    cf-merge -q pairs.csv >pairs.cf
    cf-score -q -m m.cf days.valid | cf-cat -t tsv | cut -f 1,2,4 >want
    cf-score -m m.cf pairs.cf 2>err | cf-cat -t tsv | cut -f 1,2,4 | diff want -
    ! grep -q day err || false
    sed '1s/timestamp/at/' pairs.csv | cf-merge -q - >at.cf
    cf-score -q -m m.cf --time at at.cf | cf-cat -t tsv | cut -f 1,2,4 |
        diff want -
    cf-score -m m.cf at.cf 2>err | cf-cat -t tsv >mean
    rows=$(($(wc -l <pairs.csv) - 1))
    grep -q "$rows of $rows pairs scored with the mean day" err
    # Fields of a pair: user, item, rating, time.
    awk -F, 'NR > 1 { $4 = "" } { print $1 "," $2 "," $3 "," $4 }' pairs.csv |
        cf-merge -q - | cf-score -m m.cf 2>err | cf-cat -t tsv | diff mean -
    grep -q "$rows of $rows pairs scored with the mean day" err
    gibbs many.cf >without.cf
    program=cf-score
    for case in 'cf-score -m m.cf --time nowhere at.cf' \
        'cf-score -m without.cf --time at at.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
}

@test "--time day without times: exit 1" {
    printf 'u,i,r\na,x,3\nb,x,4\n' | cf-merge -q - | cf-index -q >plain.cf
    try cf-train -q -s gibbs --time day plain.cf
    fails_with 1
    no_complaints
}

@test "the size of the model is told, and is what is said" {
    cf-train -s gibbs -k 4 --burn-in 0 --samples 3 many.cf 2>err >m.cf
    grep -q 'factors of 3 of 3 samples, [0-9.]* kB$' err
    cf-train -q -s gibbs -k 4 --samples 6 --keep-samples 2 many.cf >m.cf
    cf-cat -t table m.cf | head -n 1 | grep -q ' k 8, link identity'
}

@test "cf-topn lists the items with the highest cf-score" {
    gibbs many.cf >m.cf
    cf-topn -q -m m.cf --keep-seen -n 5 u7 | cf-cat -t tsv >top
    cf-cat -t tsv --part item m.cf | tail -n +2 | sed 's/^/u7\t/' |
        { printf 'userId\tmovieId\n'; cat; } >pairs
    cf-merge -q pairs | cf-score -q -m m.cf | cf-cat -t tsv |
        tail -n +2 | sort -t $'\t' -k 3,3gr -s | head -n 5 |
        cut -f 2,3 | sort >want
    tail -n +2 top | cut -f 3,4 | sort | diff - want
}

# Items of genre good are rated 5, those of bad 1; the last two have no rating.
make_genres()
{
    awk 'BEGIN {
        print "user,item,rating" >"r.csv"; print "item,genre" >"g.csv"
        for (i = 0; i < 40; i++) {
            print i "," (i % 2 ? "good|x" : "bad") >"g.csv"
            for (u = 0; i < 38 && u < 30; u += 1 + (u + i) % 3)
                print u "," i "," (i % 2 ? 4 + u % 2 : 1 + u % 2) >"r.csv"
        }
    }'
    awk 'BEGIN { print "user,item,rating"
        for (i = 0; i < 40; i++) print "0," i ",3" }' |
        cf-merge -q - g.csv | cf-index -q >all.cf
    cf-merge -q r.csv g.csv | cf-index -q --vocab all.cf >genres.cf
    printf 'user,item\n1,38\n1,39\n1,none\n' | cf-merge -q - >ask.cf
}

@test "items without a rating are predicted by their attributes" {
    make_genres
    gibbs --burn-in 50 --samples 100 --attributes genre genres.cf >with.cf
    cf-score -q -m with.cf ask.cf | cf-cat -t tsv | tail -n +2 >scores
    awk 'NR == 1 { exit !($3 < 2.5) }' scores
    awk 'NR == 2 { exit !($3 > 4) }' scores
    awk 'NR == 3 { exit !($3 > 2.5 && $3 < 4) }' scores
    gibbs --burn-in 50 --samples 100 genres.cf >without.cf
    cf-score -q -m without.cf ask.cf | cf-cat -t tsv | tail -n +2 |
        awk '{ bad += !($3 > 2.5 && $3 < 4) } END { exit bad > 0 }'
}

@test "attributes that are not there: exit 2 and their names" {
    make_genres
    case='cf-train -s gibbs -q --attributes genre,year genres.cf'
    try $case
    fails_with 2
    grep -q "each of 'genre,year' must .*there are: genre$" err
    case='cf-train -s gibbs -q --attributes genre,genre genres.cf'
    try $case
    fails_with 2
    printf 'movieId,title\n' >titles.csv
    cf-cat -t tsv many.cf | awk 'NR > 1 { print $2 "," $2 }' | sort -u \
        >>titles.csv
    cf-cat -t csv many.cf | cf-merge -q - titles.csv | cf-index -q >titled.cf
    for case in many.cf titled.cf; do
        try cf-train -s gibbs -q --attributes all $case
        fails_with 2
        grep -q 'have no columns but ids and a label' err
    done
    no_complaints
}

@test "options that do not go together: exit 2" {
    for case in '-s gibbs --lr 1' '-s gibbs -e 3' '--samples 3' \
        '-s gibbs -k 129' '-s gibbs --prior wishart --implicit users' \
        '-s gibbs -k 128 --samples 9000 --keep-samples 9000'; do
        try cf-train $case many.cf
        fails_with 2
    done
    no_complaints
}

@test "all ratings alike, one rating, and a matrix as prior" {
    printf 'u,i,r\na,x,3\nb,x,3\na,y,3\n' | cf-merge -q - | cf-index -q |
        gibbs >m.cf
    printf 'u,i,r\na,x,3\n' | cf-merge -q - | cf-index -q | gibbs >m.cf
    gibbs --prior wishart --noise one many.cf >m.cf
    cf-cat -t tsv --part epochs m.cf | awk 'END { exit !($2 > 0 && $2 < 2) }'
}

# Ratings of a known model: biases and one factor of everybody, noise of
# variance 1/4; a tenth of the rows are for validation.
simulate()
{
    awk 'function normal() {
            return sqrt(-2 * log(1 - rand())) * cos(6.283185307 * rand())
        }
        BEGIN {
            srand(11)
            print "u,i,r"
            for (u = 0; u < 120; u++) { b[u] = normal() / 2; p[u] = normal() }
            for (i = 0; i < 80; i++) { c[i] = normal() / 2; q[i] = normal() }
            for (u = 0; u < 120; u++) for (i = 0; i < 80; i++)
                if (rand() < .4)
                    printf "%d,%d,%.4f\n", u, i,
                        b[u] + c[i] + p[u] * q[i] + normal() / 2
        }' | cf-merge -q - | cf-index -q >sim.cf
    cf-batch -q --valid 0.25 sim.cf >sim.batches
    cf-batch -q --valid 0.25 --part valid sim.cf >sim.valid
}

# The standard error of a share of .9 of 950 rows is .01.
@test "simulated ratings are where the interval says, as often as it says" {
    simulate
    cf-train -q -s gibbs -k 3 --samples 200 sim.batches >m.cf
    for share in 0.5 0.9; do
        cf-score -q -m m.cf --interval $share sim.valid | cf-cat -t tsv |
            awk -v share=$share -F '\t' 'NR > 1 {
                n++; in_it += $3 >= $5 && $3 <= $6 }
                END { off = in_it / n - share
                    exit !(n > 800 && off > -.04 && off < .04) }'
    done
    # Noise alone is .5.
    cf-score -q -m m.cf --sd sim.valid | cf-cat -t tsv |
        awk 'NR > 1 { s += $5; n++ } END { exit !(s / n > .5 && s / n < .65) }'
}

# Without what is not known of them it is in .53 and .59 of the cases.
@test "also of users or items that the model does not know" {
    simulate
    cf-cat -t csv sim.cf >all.csv
    for side in 1 2; do
        awk -F, -v c=$side 'NR == 1 || $c % 2' all.csv | cf-merge -q - |
            cf-index -q | gibbs -k 3 --samples 100 >m.cf
        awk -F, -v c=$side 'NR == 1 || $c % 2 == 0' all.csv | cf-merge -q - |
            cf-score -q -m m.cf --interval 0.9 | cf-cat -t tsv |
            awk -F '\t' 'NR > 1 { n++; in_it += $3 >= $5 && $3 <= $6 }
                END { exit !(in_it > .85 * n && in_it < .95 * n) }'
    done
}

@test "the interval is so many standard deviations, cut to the range" {
    gibbs many.cf >m.cf
    cf-score -q -m m.cf --sd --interval 0.9 many.cf | cf-cat -t tsv >scores
    [ "$(head -n 1 scores | cut -f 4-)" = "score	sd	low	high	known" ]
    # The normal distribution has .95 up to 1.644854.
    awk -F '\t' 'NR > 1 { low = $4 - 1.644854 * $5; high = $4 + 1.644854 * $5
        low = low < .5 ? .5 : low; high = high > 5 ? 5 : high
        bad += ($6 - low) ^ 2 + ($7 - high) ^ 2 > 1e-8 }
        END { exit bad > 0 }' scores
}

@test "no interval without samples: exit 2" {
    cf-train -q -k 3 -e 1 many.cf >adam.cf
    gibbs many.cf >m.cf
    for case in 'cf-score -m adam.cf --sd many.cf' \
        'cf-score -m adam.cf --interval 0.9 many.cf' \
        'cf-score -m m.cf --interval 1 many.cf'; do
        program=cf-score
        try $case
        fails_with 2
    done
    no_complaints
}
