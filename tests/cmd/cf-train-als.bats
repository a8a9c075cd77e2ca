#!/usr/bin/env bats
# cf-train-als.bats - cf-train -s als and -s ials.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-train
    make_streams
    make_ratings 2000 | cf-merge -q - | cf-index -q >many.cf
    cf-batch -q -e 2 many.cf >some.cf
}

factors()
{
    cf-cat -t csv --"$1" --factors "$2"
}

@test "the bytes depend on neither threads nor kernels" {
    local kernel s
    for s in 'als -k 20' 'als -k 16 --no-bias' 'ials -k 32' \
        'ials -k 20 --steps 0' 'ials -k 70 --alpha 0.5' 'ials -k 48 --nu 0'; do
        # shellcheck disable=SC2086 # options
        CF_KERNEL=scalar cf-train -q -j 1 -e 3 -s $s some.cf >one.cf
        for kernel in scalar sse2 avx2 avx512; do
            CF_KERNEL=$kernel cf-train --version >/dev/null || continue
            # shellcheck disable=SC2086 # options
            CF_KERNEL=$kernel try cf-train -q -j 7 -e 3 -s $s some.cf
            [ "$status" = 2 ] && grep -q "$kernel" err && continue
            cmp out one.cf
        done
        # shellcheck disable=SC2086 # options
        cf-train -q -j 2 -e 3 -s $s some.cf | cmp - one.cf
    done
}

@test "the validation loss of als is that of cf-score" {
    cf-train -q -s als -k 4 some.cf >als.cf
    cf-batch -q --part valid many.cf | cf-score -q -m als.cf |
        cf-cat -t tsv | awk -F '\t' 'NR > 1 { d = $3 - $4; s += d * d; n++ }
            END { printf "%.4f\n", s / n }' >scored
    cf-cat -t tsv --part epochs als.cf | awk 'END { printf "%.4f\n", $3 }' |
        diff - scored
}

# Held-out rows are to be 1, whatever their rating, and all pairs add what they
# add in training.
@test "the validation loss of ials is that of cf-score and all pairs" {
    cf-train -q -s ials -k 4 -e 3 --alpha0 0.2 some.cf >ials.cf
    cf-batch -q --part valid many.cf | cf-score -q -m ials.cf |
        cf-cat -t tsv | awk -F '\t' 'NR > 1 { d = $4 - 1; s += d * d; n++ }
            END { print s / n }' >held
    rows=$(cf-batch -q --part train many.cf | cf-cat -t csv | tail -n +2 |
        wc -l)
    factors items ials.cf | tail -n +2 | cut -d, -f4- >items
    factors users ials.cf | tail -n +2 | cut -d, -f4- | cat - items |
        awk -F, -v n="$(factors users ials.cf | tail -n +2 | wc -l)" \
            -v rows="$rows" '
            { for (a = 1; a <= 4; a++) for (b = 1; b <= 4; b++)
                g[NR <= n, a, b] += $a * $b }
            END { for (a = 1; a <= 4; a++) for (b = 1; b <= 4; b++)
                s += g[1, a, b] * g[0, a, b]
                print 0.2 * s / rows }' >all
    cf-cat -t tsv --part epochs ials.cf | tail -n 1 | cut -f 3 |
        paste - held all | awk '{ exit !(($1 - $2 - $3)^2 < 1e-8) }'
}

@test "ials predicts from 0 to 1, whatever the ratings" {
    cf-train -q -s ials -k 8 many.cf >ials.cf
    cf-score -q -m ials.cf many.cf | cf-cat -t tsv | cut -f 4 | tail -n +2 |
        awk '{ s += $1 } $1 < 0 || $1 > 1 { exit 1 }
            END { exit s / NR < 0.2 }'
    cf-cat -t csv many.cf | awk -F, 'NR > 1 { $3 = 1 } 1' OFS=, >ones.csv
    cf-merge -q ones.csv | cf-index -q | cf-train -q -s ials -k 8 |
        cf-cat -t csv --items --factors >ones
    factors items ials.cf | diff - ones
}

@test "the usual penalty of als goes by how far ratings are from the mean" {
    local l2
    l2=$(cf-cat -t csv many.cf | awk -F, '
        NR > 1 { r[++n] = $3; s += $3 }
        END { for (i = 1; i <= n; i++) q += (r[i] - s / n)^2
            printf "%.15g", 0.09 * sqrt(q / n) }')
    cf-train -q -s als -k 4 many.cf | factors items - >usual
    cf-train -q -s als -k 4 --l2 "$l2" many.cf | factors items - >given
    diff usual given
}

@test "the usual penalty of ials leaves something of few rows" {
    printf 'u,i\na,x\na,y\na,z\nb,x\nb,y\nc,p\nc,q\nd,p\nd,q\nd,r\n' |
        cf-merge -q - | cf-index -q --implicit >few.cf
    cf-train -q -s ials -o few.bin few.cf
    # rows of the stream, what is like them, and what is not
    printf 'u,i\na,x\nd,q\nb,z\nc,r\nb,p\nd,y\n' | cf-merge -q - |
        cf-score -q -m few.bin | cf-cat -t csv | tail -n +2 |
        awk -F, 'NR > 4 ? $3 > 0.1 : $3 < 0.5 { exit 1 }
            END { exit NR != 6 }'
}

@test "negatives that cf-batch made up are left out" {
    local s
    cf-batch -q -e 1 many.cf >plain.cf
    cf-batch -q -e 1 --negatives 2 many.cf >negatives.cf
    for s in als ials; do
        cf-train -q -s $s -k 4 -e 2 plain.cf >plain
        cf-train -q -s $s -k 4 -e 2 negatives.cf >negatives
        # other bits, for the order of rows is another
        for m in plain negatives; do
            cf-cat -t csv --items $m | cut -d, -f 1,2 >$m.counts
            cf-cat -t tsv --part epochs $m | tail -n 1 | cut -f 2 >$m.loss
        done
        diff plain.counts negatives.counts
        paste plain.loss negatives.loss | awk '{ exit !(($1 - $2)^2 < 1e-9) }'
    done
}

@test "--init goes on, and what has no row keeps its bits" {
    local s
    head -n 60 <(make_ratings 2000) | cf-merge -q - | cf-index -q >few.cf
    for s in als ials; do
        cf-train -q -s $s -k 6 -e 3 many.cf >a.cf
        cf-train -q -s $s -k 6 -e 1 --init a.cf many.cf >b.cf
        cf-train -q -s $s -k 6 -e 4 many.cf >c.cf
        for m in b c; do
            cf-cat -t tsv --part epochs $m.cf | tail -n 1 | cut -f 2 >$m
        done
        paste b c | awk '{ exit !(($1 - $2)^2 < 1e-6) }'
        cf-train -q -s $s -k 6 -e 2 --init a.cf few.cf >d.cf
        factors users a.cf >users
        # users that few.cf does not have
        [ "$(factors users d.cf | grep -cFxf users)" -gt 20 ]
        cf-train -q -s $s -e 2 --init a.cf --freeze items few.cf >e.cf
        factors items a.cf | cut -d, -f 1,4- >items
        factors items e.cf | cut -d, -f 1,4- | diff - items
    done
}

@test "a model of another kind to start from: exit 2" {
    local s
    cf-train -q -k 4 -e 1 --link identity many.cf >identity.cf
    cf-train -q -s als -k 4 -e 1 --init identity.cf many.cf >als.cf
    for case in 'cf-train -q -s als --init model.cf ratings.cf' \
        'cf-train -q -s ials --init model.cf ratings.cf' \
        'cf-train -q -s ials --init als.cf many.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
}

@test "rows that leave nothing to solve" {
    local s
    printf 'u,i,r\n1,1,3\n' >one.csv
    printf 'u,i,r\n1,1,3\n1,2,3\n2,1,3\n2,2,3\n2,2,3\n' >equal.csv
    for case in one equal; do
        cf-merge -q $case.csv | cf-index -q >$case.cf
        for s in 'als --l2 0' als 'ials --l2 0' 'ials --l2 0 --steps 0' ials; do
            # shellcheck disable=SC2086 # options
            cf-train -q -k 40 -s $s $case.cf | cf-score -q -m - $case.cf |
                cf-cat -t csv | tail -n +2 | cut -d, -f 4 >scores
            ! grep -q -i nan scores || false
        done
    done
    cf-train -q -s als --l2 0 equal.cf | cf-score -q -m - equal.cf |
        cf-cat -t csv | tail -n +2 | cut -d, -f 4 | sort -u >scores
    [ "$(cat scores)" = 3 ]
}

@test "numbers beyond all measure: exit 6 and no model" {
    printf 'u,i,r\n1,1,3e37\n1,2,-3e37\n2,1,-3e37\n2,2,1e37\n' >huge.csv
    cf-merge -q huge.csv | cf-index -q >huge.cf
    for case in 'cf-train -q -s als -k 4 --l2 1e-9 -o x huge.cf' \
        'cf-train -q -s ials --alpha 1e6 --steps 2 -o x huge.cf'; do
        try $case
        [ "$status" = 6 ] || [ "$status" = 1 ] || complain "status $status"
        [ ! -e x ] || complain "a model was written"
    done
    try cf-train -q -s als -k 4 -o x huge.cf
    fails_with 6
    no_complaints
}

@test "options that are not for the solver: exit 2" {
    for case in 'cf-train --l2 1 ratings.cf' 'cf-train -s als --nu 1 many.cf' \
        'cf-train -s als --wd 1 many.cf' 'cf-train -s ials --lr 1 many.cf' \
        'cf-train -s ials --y-range 0,1 many.cf' \
        'cf-train -s als --losses x many.cf' \
        'cf-train -s ials --alpha0 0 many.cf' \
        'cf-train -s ials --nu 3 many.cf' 'cf-train -s ials -b 3 many.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
}

@test "a weight that is negative: exit 1" {
    printf 'u,i,r\n1,1,3\n1,2,-3\n' | cf-merge -q - | cf-index -q >minus.cf
    case='cf-train -q -s ials --alpha 1 minus.cf'
    try $case
    fails_with 1
    no_complaints
}
