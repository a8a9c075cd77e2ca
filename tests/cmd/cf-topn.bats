#!/usr/bin/env bats
# cf-topn.bats - the best items for a user, the items nearest to one.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-topn
    make_streams
}

@test "seen items are left out" {
    # User 4 has seen 40 alone.
    cf-topn -m model.cf 4 | cf-cat -t csv >out
    [ "$(tail -n +2 out | wc -l)" = 3 ]
    ! grep -q ',40,' out || false
}

@test "--all: every user" {
    # 4 + 4 + 4 + 4 items less the 9 rated.
    [ "$(cf-topn -m model.cf --all | cf-cat -t csv | wc -l)" = 8 ]
}

@test "-n 1: the best" {
    [ "$(cf-topn -m model.cf -n 1 4 | cf-cat -t csv | wc -l)" = 2 ]
}

@test "--similar: not the item itself" {
    cf-topn -m model.cf --similar 10 | cf-cat -t csv >out
    [ "$(tail -n +2 out | wc -l)" = 3 ]
    grep -q 'Heat (1995)' out
}

@test "a user or item that the model does not know" {
    # A cold user gets all four items; a cold item has no neighbours.
    try cf-topn -m model.cf nobody
    [ "$status" = 0 ]
    [ "$(cf-cat -t csv out | wc -l)" = 5 ]
    [ -s err ]
    case='cf-topn -q -m model.cf --similar nothing'
    try $case
    fails_with 1
    no_complaints
}

@test "20,000 users" {
    seq 20000 | xargs -n 20000 cf-topn -q -n 1 -m model.cf >out
    [ "$(cf-cat -t csv out | wc -l)" -gt 20000 ]
    cf-cat --history out | grep -qF '... and 19'
}

@test "--all --similar: what is told of items without a training row" {
    # Movie 50 occurs in a validation row alone.
    echo '5,50,4.0,964539331' >>ratings.csv
    echo '50,Alone (2000),Drama' >>movies.csv
    cf-merge -q ratings.csv movies.csv | cf-index -q -o all.cf
    for seed in $(seq 99); do
        cf-batch -q --valid 0.1 --seed "$seed" -e 1 -b 4 -o b.cf all.cf
        cf-cat -t csv --part valid b.cf >valid
        [ "$(wc -l <valid)" = 2 ] && grep -q '^5,50,' valid && break
    done
    cf-train -q -k 3 -o cold.cf b.cf
    try cf-topn -m cold.cf --all --similar -n 3
    [ "$status" = 0 ]
    [ "$(cf-cat -t csv out | wc -l)" = 13 ]
    [ "$(wc -l <err)" = 1 ]
    grep -q '^cf-topn: no list for 1 of 5 items: ' err
    try cf-topn -m cold.cf --all --similar -n 9
    grep -q '^cf-topn: 4 of 4 lists are shorter than 9: of 5 items in the model 4 have training rows, less the item itself$' err
}

# ---- new users

@test "--ratings: a list for who is in it, without what is rated there" {
    printf 'userId,movieId,rating\nme,10,5\nyou,30,1\nme,20,1\n' >new.csv
    try cf-topn -m model.cf -n 2 --ratings new.csv
    [ "$status" = 0 ]
    [ ! -s err ]
    cf-cat -t csv out >list
    [ "$(grep -c '^me,.*,both,' list)" = 2 ]
    [ "$(grep -c '^you,.*,both,' list)" = 2 ]
    ! grep -qE '^me,[0-9]+,[12]0,|^you,[0-9]+,30,' list || false
    cf-topn -m model.cf --keep-seen --ratings new.csv | cf-cat -t csv >list
    [ "$(grep -c '^me,' list)" = 4 ]
}

@test "--ratings with operands: them; with --all: everybody" {
    printf 'userId,movieId,rating\nme,10,5\nyou,30,1\n' >new.csv
    try cf-topn -m model.cf -n 1 --ratings new.csv you 007 nobody
    cf-cat -t csv out | cut -d, -f1 | tr '\n' ' ' >who
    [ "$(cat who)" = 'userId you 007 nobody ' ]
    grep -qx "cf-topn: no user 'nobody' in the model or the ratings" err
    cf-topn -m model.cf -n 1 --ratings new.csv --all | cf-cat -t csv |
        cut -d, -f1 | tr '\n' ' ' >who
    [ "$(cat who)" = 'userId 1 2 007 4 me you ' ]
}

@test "--ratings without a user column: one user, new" {
    printf 'movieId,rating\n10,5\n20,1\n' >mine.csv
    try cf-topn -v -m model.cf --ratings mine.csv
    [ "$(cf-cat -t csv out | grep -c '^new,')" = 2 ]
    grep -qx "cf-topn: mine.csv: no user column, so all is of one user, 'new'" \
        err
}

@test "--ratings gives the same from text, packed, a table, ratings" {
    printf 'movieId,rating,userId\n10,5,me\n20,1,me\n40,3,you\n' >new.csv
    cf-topn -q -m model.cf --ratings new.csv | cf-cat -t csv >expected
    [ "$(wc -l <expected)" = 6 ]
    gzip -c new.csv | cf-topn -q -m model.cf --ratings - | cf-cat -t csv |
        diff expected -
    cf-merge new.csv | cf-topn -q -m model.cf --ratings - | cf-cat -t csv |
        diff expected -
    cf-merge new.csv | cf-index -u userId -i movieId -r rating |
        cf-topn -q -m model.cf --ratings - | cf-cat -t csv | diff expected -
    sed '1s/.*/a;b;c/; s/,/;/g' new.csv |
        cf-topn -q -m model.cf -u c -i a -r b --ratings - | cf-cat -t csv |
        diff expected -
}

@test "--ratings: what the model does not know, and what it knows" {
    printf 'userId,movieId,rating\n' >new.csv
    try cf-topn -m model.cf --ratings new.csv
    [ "$status" = 0 ]
    [ "$(cat err)" = 'cf-topn: new.csv: no ratings' ]
    [ "$(cf-cat -t csv out | wc -l)" = 1 ]

    printf 'me,nothing,5\nyou,10,9\nyou,nothing,4\n4,10,2\n' >>new.csv
    try cf-topn -m model.cf --ratings new.csv
    [ "$status" = 0 ]
    cat >expected <<'END'
cf-topn: 1 of 3 users is in the model: other ratings that it has of them count too
cf-topn: new.csv: 2 of 4 ratings left out: the model does not know the item
cf-topn: new.csv: ratings go from 2 to 9, the model's from 0.05 to 5.45: is it another scale?
cf-topn: 1 of 3 lists is for a user that the model knows nothing about: the items liked best by all
cf-topn: 3 of 3 lists are shorter than 10: of 4 items in the model 4 have training rows, less those that the user has rated
END
    diff expected err
    cf-cat -t csv out >list
    [ "$(grep -c '^me,.*,item,' list)" = 4 ]
    [ "$(grep -c '^you,.*,both,' list)" = 3 ]
    # User 4 has seen 40 in training and 10 now.
    [ "$(grep -c '^4,' list)" = 2 ]
}

# The predictions of user 4 for all items, before and after a rating of his.
@test "--ratings over a --no-seen model: what it learnt stays" {
    cf-train -q -k 3 -e 2 --seed 42 --no-seen -o none.cf ratings.cf
    printf 'userId,movieId,rating\n4,10,4.5\n' >new.csv
    try cf-topn -m none.cf -n 3 --ratings new.csv
    [ "$status" = 0 ]
    [ "$(head -n 1 err)" = "cf-topn: 1 of 1 user is in the model: these ratings count \
beside what it has learnt of them, for it has no list of what they rated" ]
    # Held firmly, the user stays; as if new, it would be the mean user.
    cf-topn -q -m none.cf --keep-seen 4 | cf-cat -t csv >before
    cf-topn -q -m none.cf --keep-seen --l2 1e9 --ratings new.csv |
        cf-cat -t csv >after
    diff before after
    cf-topn -q -m none.cf --keep-seen nobody | cf-cat -t csv |
        sed 's/^nobody/4/; s/,item,/,both,/' >mean
    ! diff -q before mean || false
    # It leaves out nothing but what is rated now.
    [ "$(cf-topn -q -m none.cf 4 | cf-cat -t csv | wc -l)" = 5 ]
    [ "$(cf-cat -t csv out | wc -l)" = 4 ]
}

@test "--ratings into a model of another loss" {
    printf 'userId,movieId,rating\na,1,1\na,2,0\nb,1,0\nb,2,1\n' >bits.csv
    cf-merge -q bits.csv | cf-index -q |
        cf-train -q -k 2 -e 2 --loss bce -o bce.cf
    # The fact, in MessagePack; in the history it is --loss.
    LC_ALL=C grep -aq "$(printf '\244loss\243bce')" bce.cf
    cf-topn -m bce.cf --keep-seen --ratings bits.csv | cf-cat --check
}

@test "--ratings that cannot be" {
    for case in "--ratings - -m -" "-m model.cf --l2 1 4" \
        "-m model.cf --similar --ratings ratings.csv 10" \
        "-m model.cf -u userId 4" "-m model.cf --ratings ratings.csv -r none" \
        "-m model.cf --ratings ratings.csv --l2 0"; do
        try cf-topn $case </dev/null
        fails_with 2
    done
    printf '1,260,4.5\n1,261,3\n' >bare.csv
    printf 'userId,movieId,rating\n1,260,good\n' >bad.csv
    for case in bare.csv bad.csv model.cf; do
        try cf-topn -q -m model.cf --ratings $case
        fails_with 1
    done
    no_complaints
}

@test "--l2: the less, the nearer to the ratings" {
    printf 'userId,movieId,rating\nme,10,1\nme,20,1\nme,30,5\n' >new.csv
    cf-topn -q -m model.cf --keep-seen --ratings new.csv --l2 1e-6 \
        -o near.cf
    cf-topn -q -m model.cf --keep-seen --ratings new.csv --l2 1e6 -o far.cf
    cf-cat -t jsonl near.cf | grep '"movieId":"30"' >near
    cf-cat -t jsonl far.cf | grep '"movieId":"30"' >far
    awk -F '"score":' 'NR == FNR { near = $2 + 0; next }
        { exit !(near > 4.9 && $2 + 0 < 4.5) }' near far
}

@test "a model that does not hold who rated what says so" {
    cf-train -q -k 2 -e 1 --no-seen -o unseen.cf ratings.cf
    user=$(cf-cat -t csv ratings.cf | sed -n 2p | cut -d, -f1)
    try cf-topn -m unseen.cf "$user"
    grep -q '^cf-topn: the model does not hold who rated what, so lists' err
    try cf-topn -m unseen.cf --keep-seen --why 1 "$user"
    grep -q '^cf-topn: the model does not hold who rated what, so there are no reasons' err
    echo "item,rating" >mine.csv
    cf-cat -t csv ratings.cf | sed -n 2p | cut -d, -f2,3 >>mine.csv
    try cf-topn -m unseen.cf --ratings mine.csv --all
    grep -q '^cf-topn: the model does not hold who rated what' err
    try cf-topn -m unseen.cf --keep-seen "$user"
    ! grep -q 'who rated what' err || false
}

# ---- whom lists are for

@test "users on standard input: answered like operands" {
    cf-topn -q -m model.cf 007 nobody 007 1 | cf-cat -t csv >expected
    [ "$(wc -l <expected)" -gt 5 ]
    printf '007\nnobody\n007\r\n1' | cf-topn -q -m model.cf | cf-cat -t csv |
        diff expected -
    # The same bytes, however they arrive.
    printf '007\n1\n2\n' >lines
    cf-topn -q -m model.cf <lines >one.cf
    while read -r line; do
        echo "$line"
        sleep 0.1
    done <lines | cf-topn -q -j 1 -m model.cf | cmp one.cf -
    cf-topn -q -m model.cf </dev/null | cf-cat --check
}

@test "items on standard input: one that there is not is told" {
    printf '10\nHeat (1995)\nnothing\n20\n' >lines
    try cf-topn -m model.cf --similar -n 1 <lines
    [ "$status" = 0 ]
    [ "$(cf-cat -t csv out | cut -d, -f1,2 | tr '\n' ' ')" = \
        'query,rank 10,1 30,1 20,1 ' ]
    [ "$(cf-cat -t csv --part query out | cut -d, -f1 | tr '\n' ' ')" = \
        'movieId 10 30 nothing 20 ' ]
    head -n 1 err | grep -q "^cf-topn: no item 'nothing' in the model"
    # Answers without a row are never too much padding for a reader.
    yes nothing | head -n 200 | cf-topn -q -m model.cf --similar 2>err |
        cf-cat --check
    [ "$(wc -l <err)" = 200 ]
}

@test "--shard: parts that together are everybody" {
    cf-topn -q -m model.cf --all | cf-cat -t csv >all
    for n in 1 2 3 4 7; do
        for i in $(seq $n); do
            cf-topn -q -m model.cf --shard $i/$n -o $i.cf
            cf-cat -t csv $i.cf | tail -n +2
        done >parts
        tail -n +2 all | diff - parts
    done
    cf-topn -q -m model.cf --similar --all | cf-cat -t csv | tail -n +2 >all
    for i in 1 2; do
        cf-topn -q -m model.cf --similar --shard $i/2 | cf-cat -t csv |
            tail -n +2
    done | diff all -
}

@test "--for: the users, or items, of a stream, in order of first sight" {
    printf 'userId,movieId,rating\n4,10,1\nwho,20,2\n4,20,1\n1,99,5\n' >some.csv
    cf-merge -q some.csv >some.table
    cf-index -q some.table >some.cf
    cf-topn -q -m model.cf 4 who 1 | cf-cat -t csv >expected
    for s in some.table some.cf; do
        try cf-topn -m model.cf --for $s
        cf-cat -t csv out | diff expected -
        grep -q '^cf-topn: 1 of 3 lists is for a user that the model knows' err
        ! grep -q 'no user' err || false
    done
    cf-score -q -m model.cf some.cf | cf-topn -q -m model.cf --for - |
        cf-cat -t csv | diff expected -
    cf-topn -q -m model.cf --for some.table -u movieId | cf-cat -t csv >list
    grep -q '^99,1,' list
    try cf-topn -m model.cf --similar --for some.cf -n 2
    [ "$(cf-cat -t csv out | cut -d, -f1 | uniq | tr '\n' ' ')" = \
        'query 10 20 ' ]
    grep -q '^cf-topn: no list for 1 of 3 items' err
    printf 'film,star\n20,1\n10,2\n' | cf-merge -q >films.table
    for what in "--similar" "--by item"; do
        cf-topn -q -m model.cf $what -n 1 20 | cf-cat -t csv >expected
        cf-topn -q -m model.cf $what -n 1 10 | cf-cat -t csv | tail -n +2 >>expected
        cf-topn -q -m model.cf $what --for films.table -i film -n 1 |
            cf-cat -t csv | diff expected -
        try cf-topn -m model.cf $what --for films.table -u film
        fails_with 2
    done
    try cf-topn -m model.cf --for films.table -i film
    fails_with 2
    case='cf-topn -m model.cf --for model.cf'
    try $case
    fails_with 1
    no_complaints
}

@test "--group: several as one" {
    # One alone is itself; what either has seen is left out.
    cf-topn -q -m model.cf --group 4 | cf-cat -t csv >one
    cf-topn -q -m model.cf 4 | cf-cat -t csv | diff - one
    cf-topn -q -m model.cf --group 4,2 1,nobody | cf-cat -t csv >list
    [ "$(cut -d, -f1-4 list | grep '^"4,2",1,20')" ]
    [ "$(grep -c '^"4,2"' list)" = 1 ]
    [ "$(grep -c '^"1,nobody",.*,both,' list)" = 1 ]
    echo 4,2 | cf-topn -q -m model.cf --group | cf-cat -t csv |
        diff <(grep -v '^"1,' list) -
    try cf-topn -m model.cf --group nobody,noone
    grep -q '^cf-topn: 1 of 1 list is for a user that the model knows' err
}

@test "--by item: users who have not rated it, best first" {
    cf-topn -q -m model.cf --by item 40 20 | cf-cat -t csv >list
    [ "$(head -n 1 list)" = 'movieId,rank,userId,score,known,title,genres' ]
    [ "$(grep '^40,' list | cut -d, -f3 | sort | tr '\n' ' ')" = '1 2 ' ]
    [ "$(grep '^20,' list | cut -d, -f3 | sort | tr '\n' ' ')" = '2 4 ' ]
    cf-topn -q -m model.cf --by item --keep-seen --all | cf-cat -t csv >list
    [ "$(wc -l <list)" = 17 ]
    # The score is that of the pair.
    printf 'userId,movieId\n2,40\n1,40\n' >pairs.csv
    cf-merge -q pairs.csv | cf-score -q -m model.cf | cf-cat -t csv |
        tail -n +2 | cut -d, -f1,3 | sort >expected
    grep '^40,.*,[12],' list | cut -d, -f3,4 | sort | diff expected -
}

# ---- what may be listed

# The items of the lists for user 4, who has rated 40.
items()
{
    cf-topn -q -m model.cf "$@" 4 | cf-cat -t csv | tail -n +2 | cut -d, -f3 |
        sort | tr '\n' ' '
}

@test "rules: files, attributes, counts" {
    [ "$(items)" = '10 20 30 ' ]
    printf '10\r\n40\n\n' >ids
    [ "$(items --candidates ids)" = '10 ' ]
    [ "$(items --exclude ids)" = '20 30 ' ]
    gzip ids
    [ "$(items --exclude - <ids.gz)" = '20 30 ' ]
    [ "$(items --where genres~Drama)" = '20 ' ]
    [ "$(items --where 'genres!~Drama')" = '10 30 ' ]
    [ "$(items --where genres=Action)" = '30 ' ]
    [ "$(items --where 'genres!=Action')" = '10 20 ' ]
    [ "$(items --where 'movieId<20')" = '10 ' ]
    [ "$(items --where 'movieId<=20')" = '10 20 ' ]
    [ "$(items --where 'movieId>=20' --where 'movieId>20')" = '30 ' ]
    # What is no number is not compared; if nothing is, that is told.
    try cf-topn -m model.cf --where 'title>0' 4
    fails_with 2
    [ "$(cat err)" = "cf-topn: --where: 'title>0': nothing in column 'title' is a number" ]
    [ "$(items --min-count 3)" = '10 ' ]
    [ "$(cf-topn -q -m model.cf --similar --min-count 2 40 | cf-cat -t csv |
        wc -l)" = 4 ]
    # Before ranking: a list is as long as it can be.
    [ "$(items -n 1 --where genres~Drama)" = '20 ' ]
    # Whoever is not a number is in no such list.
    printf 'userId,movieId,rating\n1,10,4\nx,10,3\n2,20,5\n' | cf-merge |
        cf-index -q | cf-train -q -k 2 -e 1 -o some.cf
    [ "$(cf-topn -q -m some.cf --by item --keep-seen --where 'userId>0' 10 |
        cf-cat -t csv | wc -l)" = 3 ]
    echo 1 >users
    cf-topn -q -m model.cf --by item --exclude users 40 | cf-cat -t csv >list
    [ "$(tail -n +2 list | cut -d, -f3)" = 2 ]
}

@test "rules: what is told" {
    printf '10\nnothing\n' >ids
    try cf-topn -m model.cf --candidates ids 4
    cat >expected <<'END'
cf-topn: ids: 1 of 2 items not in the model
cf-topn: 1 of 1 list is shorter than 10: of 4 items in the model 1 has training rows and may be listed, less those that the user has rated
END
    diff expected err
}

@test "--popularity-penalty, --no-bias: other rankings" {
    # Item 10 has three training rows, 20 and 30 two.
    cf-topn -q -m model.cf --popularity-penalty 100 4 | cf-cat -t csv >list
    [ "$(tail -n 1 list | cut -d, -f3)" = 10 ]
    cf-topn -q -m model.cf --no-bias --keep-seen --all >none.cf
    cf-topn -q -m model.cf --keep-seen --all >own.cf
    ! cmp -s none.cf own.cf || false
}

@test "the same bytes at any number of threads" {
    make_ratings 20000 >r.csv
    cf-merge -q r.csv | cf-index -q | cf-train -q -k 5 -e 1 >big.cf
    for args in --all '--all --similar' '--by item --all' '--all --why 2' \
        '--all --diversity .5 -n 7' '--all -n 900'; do
        cf-topn -q -j 1 -m big.cf $args >one.cf
        cf-topn -q -j 3 -m big.cf $args | cmp one.cf -
        CF_KERNEL=scalar cf-topn -q -m big.cf $args | cmp one.cf -
    done
}

@test "options that do not go together" {
    try cf-topn -m model.cf --shard 1/2 4
    fails_with 2
    [ "$(cat err)" = "cf-topn: --shard is about everybody; leave out '4'" ]
    for case in "--all 4" "--for ratings.cf 4" "--for ratings.cf --all" \
        "--group --all" "--by item --why 2 10" "--by item --similar 10" \
        "--similar --no-bias 10" "--by item --popularity-penalty 1 10" \
        "--similar --ratings ratings.csv 10" "--measure dot 4" \
        "--shard 0/2" "--shard 3/2" "--shard 2" "--shard 1/x" \
        "--diversity 1.5 4" "--by film 4" "--where genres 4" \
        "--where ~Drama 4" "--where none~x 4" "--where movieId<x 4" \
        "--candidates - --exclude - 4" "--candidates -"; do
        try cf-topn -m model.cf $case </dev/null
        fails_with 2
    done
    for case in "--candidates none 4" "--for ratings.csv"; do
        try cf-topn -m model.cf $case
        [ "$status" != 0 ] || complain "exit status 0"
    done
    cf-train -q --solver nn -e 1 -o nn.cf ratings.cf
    for case in "--why 1 4" "--no-bias 4" "--popularity-penalty 1 4"; do
        try cf-topn -m nn.cf $case
        fails_with 2
    done
    no_complaints
    cf-topn -q -m nn.cf --by item 10 --diversity .2 | cf-cat --check
}
