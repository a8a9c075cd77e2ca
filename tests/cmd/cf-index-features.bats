#!/usr/bin/env bats
# cf-index-features.bats - attributes from files, and what is made of users and
# items that have nothing else.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-index
    cat >r.csv <<'END'
u,i,r
a,x,1
b,x,2
a,y,3
c,x,4
b,y,5
c,007,2
END
    cat >i.csv <<'END'
g,i,h
7,new,1.50
8,y,2.50
é,7,3.50
,x,
1,007,2
END
    printf 'u,age\nz,9\na,30\n' >u.csv
    cf-merge -q r.csv >t.cf
}

# The parts of a stream, a line each.
parts()
{
    for part in user item rows; do
        cf-cat -t csv --part $part "$1" | tr '\n' ' '
        echo
    done
}

@test "--features: columns by id, who has no row at the end" {
    cf-index -q --features i.csv --features u.csv t.cf >o.cf
    diff <(parts o.cf) - <<'END'
u,age a,30 b, c, z,9 
i,g,h x,, y,8,2.50 007,1,2 new,7,1.50 7,é,3.50 
u,i,rating,age,g,h a,x,1,30,, b,x,2,,, a,y,3,30,8,2.50 c,x,4,,, b,y,5,,8,2.50 c,007,2,,1,2 
END
    # A table does as text does.
    cf-merge -q i.csv >i.cf
    cf-index -q --features i.cf --features u.csv t.cf >p.cf
    diff <(parts o.cf) <(parts p.cf)
    cf-merge -q i.csv | cf-index -q --features - --features u.csv t.cf >p.cf
    diff <(parts o.cf) <(parts p.cf)
}

@test "--features: beside what was joined; what is there counts" {
    printf 'i,h,title\nx,9,Ex\ny,9,Why\n007,9,Bond\n' >j.csv
    cf-merge -q r.csv j.csv | cf-index -q --features i.csv >o.cf
    cf-cat -t csv --part item o.cf | diff - <(cat <<'END'
i,h,title,g
x,9,Ex,
y,2.50,Why,8
007,2,Bond,1
new,1.50,,7
7,3.50,,é
END
    )
    # A title is a label wherever it is from.
    printf 'i,title,g\nx,Ex,A\ny,Ex,B\n007,Bond,B\n' >j.csv
    cf-index -q --features j.csv t.cf | cf-cat -t table >out
    grep -qF 'Ex [x]' out
    cf-index -q --features j.csv --label g t.cf | cf-cat -t table >out
    grep -qF 'B [007]' out
    ! grep -qF 'Ex [x]' out || false
}

@test "--features with --min-item, --dup, --vocab, --fixed" {
    cf-index -q --features i.csv --min-item 2 t.cf | cf-cat -t csv --part item |
        cut -d, -f1 | tr '\n' ' ' >out
    [ "$(cat out)" = 'i x y new 7 007 ' ]
    cf-index -q --features i.csv --dup last t.cf | cf-cat -t csv --part item |
        cut -d, -f1 | tr '\n' ' ' >out
    [ "$(cat out)" = 'i x y 007 new 7 ' ]
    cf-index -q t.cf >v.cf
    printf 'u,i,r\nb,y,5\nc,007,2\nd,7,2\n' | cf-merge -q - >t2.cf
    cf-index --vocab v.cf --fixed --features i.csv t2.cf 2>err >o.cf
    cf-cat -t csv --part item o.cf | tr '\n' ' ' >out
    [ "$(cat out)" = 'i,g,h x,, y,8,2.50 007,1,2 ' ]
    grep -qx 'cf-index: i.csv: 2 of 5 items left out: not in the vocabulary' err
    cf-index -q --vocab v.cf --features i.csv t2.cf |
        cf-cat -t csv --part item | tr '\n' ' ' >out
    [ "$(cat out)" = 'i,g,h x,, y,8,2.50 007,1,2 7,é,3.50 new,7,1.50 ' ]
}

@test "--features: the same rows and codes as without" {
    make_ratings 3000 | cf-merge -q - >many.cf
    seq 0 1500 | sed 's/.*/i&,g&|x/; 1i movieId,genres' >many.csv
    cf-index -q many.cf | cf-cat -t csv >without
    cf-index -v --features many.csv many.cf 2>err | cf-cat -t csv |
        cut -d, -f1-4 | cmp - without
    grep -q 'many.csv: 1501 items, [0-9]* of them without a row' err
}

@test "--features: an id that comes again" {
    (cat i.csv && sed -n 3p i.csv) >same.csv
    cf-index -q --features same.csv t.cf | cf-cat -t csv --part item >out
    cf-index -q --features i.csv t.cf | cf-cat -t csv --part item | cmp - out
    (cat i.csv && echo 9,y,0) >other.csv
    case='cf-index --features other.csv t.cf'
    try $case
    fails_with 1
    grep -q "other.csv:7: i 'y' appears again.*first at line 3" err
    no_complaints
    cf-index -q --dup last --features other.csv t.cf |
        cf-cat -t csv --part item | grep -qx y,9,0
    cf-index -q --dup first --features other.csv t.cf |
        cf-cat -t csv --part item | grep -qx y,8,2.50
}

@test "--features: what cannot be" {
    printf 'id,g\nx,1\n' >id.csv
    printf 'u,i,g\na,x,1\n' >both.csv
    printf 'i,h\nx,1\n' >again.csv
    printf 'i,h\nx,1,2\n' >ragged.csv
    cf-index -q t.cf >r.cf
    for case in 'cf-index --features id.csv t.cf' \
        'cf-index --features both.csv t.cf' \
        'cf-index --features i.csv --features again.csv t.cf' \
        'cf-index --features -' 'cf-index --features i.csv --label none t.cf' \
        'cf-index --features - --features - t.cf' \
        'cf-index --features u.csv --label age t.cf'; do
        try $case
        fails_with 2
    done
    for case in 'cf-index --features ragged.csv t.cf' \
        'cf-index --features r.cf t.cf'; do
        try $case
        fails_with 1
    done
    case='cf-index --features none.csv t.cf'
    try $case
    fails_with 4
    no_complaints
    try cf-index --features id.csv t.cf
    grep -q "no column 'u' or 'i' to say whose features they are; there are \
id, g" err
    sed '2,$s/,/,0/' i.csv >apart.csv
    cf-index --features apart.csv t.cf 2>err >o.cf
    grep -q 'apart.csv: none of its 5 items is in the rows' err
}

# Items of even numbers are liked by users of even numbers, and so on; genres
# say which is which, also of those without a rating.
@test "--features: a film without a rating is predicted by its genres" {
    awk 'BEGIN { print "userId,movieId,rating"
        for (u = 0; u < 60; u++) for (i = 0; i < 60; i++)
            if ((7 * u + 3 * i) % 5 < 3)
                print "u" u ",i" i "," (u % 2 == i % 2 ? 5 : 1) }' >two.csv
    awk 'BEGIN { print "movieId,genres"
        for (i = 0; i < 80; i++) print "i" i "," (i % 2 ? "odd|x" : "even|x")
        }' >films.csv
    cf-merge -q two.csv | cf-index -q --features films.csv >two.cf
    cf-train -q -s gibbs -k 3 --attributes genres --samples 60 two.cf >two.bin
    printf 'userId,movieId\nu2,i70\nu2,i71\nu3,i70\nu3,i71\n' | cf-merge -q - |
        cf-score -m two.bin 2>err | cf-cat -t csv >out
    grep -q '4 of 4 pairs with an item without training rows, scored by its' err
    awk -F, 'NR == 2 || NR == 5 { if ($3 < 4) exit 1 }
        (NR == 3 || NR == 4) && $3 > 2 { exit 1 }' out
    # Lists have them if they are asked for.
    cf-topn -q -m two.bin -n 80 u2 | cf-cat -t csv >out
    ! grep -q ',i7[0-9],' out || false
    for rank in mean lower upper thompson; do
        cf-topn -q -m two.bin -n 80 --min-count 0 --rank $rank u2 |
            cf-cat -t csv >out
        [ "$(grep -c ',i7[0-9],' out)" = 10 ]
    done
    cf-topn -q -m two.bin --min-count 0 --candidates <(seq -f i%g 60 79) u2 |
        cf-cat -t csv | tail -n +2 | head -n 10 | cut -d, -f3 >out
    [ "$(grep -c '[02468]$' out)" = 10 ]
    # Who would like it, and what is like it.
    cf-topn -q -m two.bin --by item -n 30 i70 | cf-cat -t csv | tail -n +2 |
        cut -d, -f3 >out
    [ "$(grep -c '[02468]$' out)" = 30 ]
    cf-topn -q -m two.bin --similar -n 20 i70 | cf-cat -t csv | tail -n +2 |
        cut -d, -f3 >out
    [ "$(grep -c '[02468]$' out)" = 20 ]
    # Another solver knows nothing of them.
    cf-train -q -k 3 two.cf >adam.bin
    cf-topn -m adam.bin --min-count 0 u2 2>err >out
    grep -q 'knows nothing of items without training rows' err
    [ "$(cf-cat -t csv out | grep -c ',i7[0-9],')" = 0 ]
}

@test "--features: every solver, batches, evaluation, the rest of the suite" {
    make_ratings 3000 | cf-merge -q - >many.cf
    seq 0 1500 | sed 's/.*/i&,g&|x/; 1i movieId,genres' >many.csv
    seq 0 400 | sed 's/.*/u&,&/; 1i userId,age' >users.csv
    cf-index -q --features many.csv --features users.csv many.cf >f.cf
    cf-batch -q --part valid f.cf >valid.cf
    for s in adam sgd als ials bpr ease nn bias pop gibbs; do
        cf-batch -q -e 2 f.cf | cf-train -q -s $s -o $s.bin
        cf-score -q -m $s.bin valid.cf | cf-eval -q >out
        cf-topn -q -m $s.bin --all |
            cf-eval -q --held-out valid.cf -k 10 >out
        # Who has no row is in no list.
        cf-topn -q -m $s.bin -n 2000 u7 | cf-cat -t csv >out
        ! grep -q ',i1[0-9][0-9][0-9],' out || false
        [ "$(wc -l <out)" -gt 500 ]
    done
    cf-batch -q --negatives 3 -e 1 f.cf | cf-cat -t csv --part train >out
    ! grep -q ',i1[0-9][0-9][0-9],' out || false
    cf-train -q -s gibbs -k 3 --samples 9 --attributes age f.cf >g.bin
    cf-topn -m g.bin u399 2>err >out
    ! grep -q 'knows nothing' err || false
    [ "$(cf-cat -t csv out | wc -l)" = 11 ]
}

# Draws of many rows that nobody has rated would hardly move, and hold all else.
@test "--features: a catalogue changes no prediction of solver gibbs" {
    make_ratings 3000 | cf-merge -q - >many.cf
    seq 0 996 | sed 's/.*/i&,g&|x/; s/.|/|/; 1i movieId,genres' >few.csv
    (cat few.csv && seq 5000 | sed 's/.*/n&,new&|g7|x/') >more.csv
    for how in '' '--attributes genres' '--prior wishart' \
        '--attributes genres --implicit items'; do
        for n in few more; do
            cf-index -q --features $n.csv many.cf >$n.cf
            cf-train -q -s gibbs -k 3 --samples 9 $how $n.cf >$n.bin
            cf-index -q many.cf | cf-score -q -m $n.bin | cf-cat -t csv >$n.out
        done
        cut -d, -f1-4 few.out >want
        cut -d, -f1-4 more.out | cmp - want
    done
}
