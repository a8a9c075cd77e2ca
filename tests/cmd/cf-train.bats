#!/usr/bin/env bats
# cf-train.bats - options and epochs; what is learnt is for tests/unit.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-train
    make_streams
}

@test "the epoch table is on standard error and in the model" {
    try cf-train -k 3 batches.cf
    [ "$status" = 0 ]
    grep -q 'epoch.*train.*valid.*time' err
    [ "$(grep -cE '^ *[01] +[0-9.]+ +[0-9.]+' err)" = 2 ]
    [ "$(cf-cat -t csv --part epochs out | wc -l)" = 3 ]
}

@test "-e and -b are the batches stream's: exit 2" {
    for case in 'cf-train -e 3 batches.cf' 'cf-train -b 3 batches.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
}

@test "--y-range that is none in 32 bits: exit 2" {
    for case in 'cf-train --y-range 1,1.000000001 batches.cf' \
        'cf-train --y-range 0,1e300 batches.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
}

@test "ratings have no validation, and it says so once" {
    try cf-train -k 3 -e 2 ratings.cf
    [ "$status" = 0 ]
    [ "$(grep -c 'valid' err)" -ge 1 ]
}

@test "divergence: exit 6, no model" {
    case='cf-train -q -k 3 --lr 1e6 --wd 1e6 -o new.cf batches.cf'
    try $case
    fails_with 6
    [ ! -e new.cf ]
    no_complaints
}

@test "no rows: exit 1" {
    printf 'u,i,r\n' | cf-merge - | cf-index >none.cf
    case='cf-train -q none.cf'
    try $case
    fails_with 1
    no_complaints
}

@test "--losses to standard output, where the model goes: exit 2" {
    for case in 'cf-train --losses - batches.cf' \
        'cf-train --losses - -o - batches.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
    cf-train -q --losses - -o new.cf batches.cf >losses
    [ "$(head -n 1 losses)" = $'step\tloss' ]
    cf-cat --check new.cf
}

@test "--stamp and SOURCE_DATE_EPOCH: the same bytes" {
    export SOURCE_DATE_EPOCH=1000000000
    cf-train -q --stamp -k 3 batches.cf >a.cf
    cf-train -q --stamp -k 3 batches.cf >b.cf
    cmp a.cf b.cf
    cf-cat --history a.cf | grep -q 2001-09-09T01:46:40Z
    [ "$(cf-cat -t csv --part epochs a.cf | head -n 1)" = \
        epoch,train_loss,valid_loss ]
    unset SOURCE_DATE_EPOCH
    cf-train -q --stamp -k 3 batches.cf | cf-cat -t csv --part epochs |
        grep -q seconds
}

@test "what is left over after the last whole mini-batch is told once" {
    # There are 9 ratings.
    try cf-train -b 4 -e 2 ratings.cf
    [ "$(grep -c 'left over' err)" = 1 ]
    grep -qx 'cf-train: 1 row of each epoch left over after 2 batches of 4,'\
' not learnt from' err
    try cf-train -b 8 -e 2 ratings.cf
    grep -q '1 row of each epoch left over after 1 batch of 8,' err
    for n in 3 9 64; do
        try cf-train -b $n -e 2 ratings.cf
        [ "$(grep -c 'left over' err)" = 0 ]
    done
    cf-batch -q --valid 0 -b 4 ratings.cf >b.cf
    try cf-train b.cf
    grep -q '1 row of each epoch left over after 2 batches of 4,' err
}

# ---- options that must go together ----

@test "options that mean nothing: exit 2, each naming one" {
    while read -r case; do
        try $case
        fails_with 2
    done <<'END'
cf-train --moms 1 batches.cf
cf-train --moms .9,.8,.9,.9 batches.cf
cf-train --moms 0.9, batches.cf
cf-train --moms -0.1 batches.cf
cf-train --moms 0.9,0.8 --schedule flat batches.cf
cf-train --moms 0.9,0.8,0.9 --schedule flat-cos batches.cf
cf-train --schedule steps batches.cf
cf-train --loss bce --link identity batches.cf
cf-train --loss bce --y-range 0,2 batches.cf
cf-train --beta2 1 batches.cf
cf-train --eps 1e-11 batches.cf
cf-train --clip 0 batches.cf
cf-train --patience 0 batches.cf
cf-train --patience 2 ratings.cf
cf-train --keep best ratings.cf
cf-train --freeze items batches.cf
cf-train --freeze both --init model.cf batches.cf
cf-train --lr-find --lr 0.1 ratings.cf
cf-train --lr-find --schedule flat ratings.cf
cf-train --lr-find --moms 0.9 ratings.cf
cf-train --lr-find -e 3 ratings.cf
cf-train --lr-find --patience 3 ratings.cf
cf-train --lr-find --keep last ratings.cf
cf-train --lr-find --no-seen ratings.cf
cf-train --lr-find --checkpoint c.cf ratings.cf
cf-train --lr-find batches.cf
cf-train --checkpoint-every 3 ratings.cf
cf-train --checkpoint - ratings.cf
cf-train --checkpoint new.cf -o new.cf ratings.cf
cf-train --checkpoint ./new.cf -o new.cf ratings.cf
cf-train --losses ./new.cf -o new.cf ratings.cf
cf-train --checkpoint c.cf --losses l ratings.cf
END
    no_complaints
}

@test "a model to start from that does not fit: exit 2" {
    cf-train -q -e 1 --link identity -k 3 ratings.cf >raw.cf
    while read -r case; do
        try $case
        fails_with 2
    done <<'END'
cf-train -q --init model.cf --link identity ratings.cf
cf-train -q --init raw.cf --link sigmoid ratings.cf
cf-train -q --init model.cf --no-bias ratings.cf
cf-train -q --init model.cf -k 4 ratings.cf
END
    no_complaints
    cf-train -q --init raw.cf -e 1 ratings.cf | cf-cat --check
}

@test "every option is in the history, but for files and checkpoints" {
    cf-train -q -k 3 --moms 0.9 --schedule flat --beta2 0.9 --eps 1e-3 \
        --clip 1 --link identity --no-bias --keep best --patience 5 --no-seen \
        --checkpoint c.cf --checkpoint-every 0 batches.cf >a.cf
    cf-cat --history a.cf >history
    for word in '--moms 0.9' '--schedule flat' '--beta2 0.9' '--eps 1e-3' \
        '--clip 1' '--link identity' --no-bias '--keep best' '--patience 5' \
        --no-seen; do
        grep -q -- "$word" history
    done
    ! grep -q checkpoint history || false
}

# ---- losses ----

@test "bce takes ratings from 0 to 1 and predicts them: exit 1 for others" {
    case='cf-train -q --loss bce batches.cf'
    try $case
    fails_with 1
    no_complaints
    grep -q 'ratings go from 1 to 5, and the loss bce takes 0 to 1' err ||
        grep -q 'ratings go from 0.5 to 5, and the loss bce takes 0 to 1' err
    make_ratings 2000 | awk -F, -v OFS=, 'NR > 1 { $3 = $3 > 3 } 1' |
        cf-merge -q - | cf-index -q | cf-batch -q >chances.cf
    cf-train -q --loss bce -k 3 chances.cf >a.cf
    cf-train -q --loss bce -k 3 --y-range 0,1 chances.cf >b.cf
    cmp <(cf-cat -t csv --part user_factors a.cf) \
        <(cf-cat -t csv --part user_factors b.cf)
    # Half of them are 1, as a coin: about log 2.
    cf-cat -t csv --part epochs a.cf | tail -n 1 |
        awk -F, '{ exit !($2 > .6 && $2 < .75 && $3 > .6 && $3 < .75) }'
    cf-train -q -k 3 chances.cf >mse.cf
    case='cf-train -q --loss bce --init mse.cf chances.cf'
    try $case
    fails_with 2
    no_complaints
    cf-train -q --loss bce --init a.cf chances.cf >c.cf
}

@test "identity: predictions stay in the range of the ratings" {
    cf-train -q -k 3 -e 40 --lr 0.5 --link identity ratings.cf >a.cf
    cf-score -q -m a.cf ratings.cf | cf-cat -t csv >scores
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "score") s = i }
        NR > 1 { if ($s < .5 || $s > 5) exit 1; n++ } END { exit n != 9 }' \
        scores
}

# ---- the best epoch ----

# Rows that say nothing, many steps and a high rate: validation gets worse.
make_noise()
{
    make_ratings 2000 | cf-merge -q - | cf-index -q |
        cf-batch -q -b 16 -e 12 >noise.cf
}

# The validation losses of a model.
losses()
{
    cf-cat -t csv --part epochs "$1" | tail -n +2 | cut -d, -f3
}

@test "--patience stops, and the best epoch is kept and told" {
    make_noise
    try cf-train --lr 0.05 --schedule flat --patience 2 noise.cf
    [ "$status" = 0 ]
    n=$(losses out | wc -l)
    [ "$n" -lt 12 ]
    best=$(losses out | awk 'NR == 1 || $1 < low { low = $1; n = NR - 1 }
        END { print n }')
    [ "$n" = $((best + 3)) ]
    grep -qx 'cf-train: stopped: no better validation loss for 2 epochs' err
    grep -qx "cf-train: kept epoch $best, the best" err
    # It is the model that scores as that epoch did.
    cf-cat -t table --head 0 out | grep -q "kept $best\|kept: $best\|kept=$best"
    cf-train -q --lr 0.05 --schedule flat --keep best noise.cf >all.cf
    [ "$(losses all.cf | head -n "$n")" = "$(losses out)" ]
    cmp <(cf-cat -t csv --part item_factors all.cf) \
        <(cf-cat -t csv --part item_factors out)
    cf-train -q --lr 0.05 --schedule flat --patience 2 --keep last noise.cf \
        >last.cf
    ! cmp -s <(cf-cat -t csv --part item_factors last.cf) \
        <(cf-cat -t csv --part item_factors out) || false
}

@test "the kept epoch is the one that stopping there would give" {
    make_noise
    cf-train -q --lr 0.05 --schedule flat --keep best noise.cf >best.cf
    best=$(losses best.cf | awk 'NR == 1 || $1 < low { low = $1; n = NR }
        END { print n }')
    make_ratings 2000 | cf-merge -q - | cf-index -q |
        cf-batch -q -b 16 -e "$best" |
        cf-train -q --lr 0.05 --schedule flat >short.cf
    for part in user_factors item_factors user_bias item_bias; do
        cmp <(cf-cat -t csv --part $part best.cf) \
            <(cf-cat -t csv --part $part short.cf)
    done
}

@test "after stopping early the rest of the stream is still checked" {
    make_noise
    cf-train -q --lr 0.05 --schedule flat --patience 2 noise.cf >whole.cf
    head -c -1 noise.cf >cut.cf
    case='cf-train -q --lr 0.05 --schedule flat --patience 2 cut.cf'
    try $case
    fails_with 3
    no_complaints
}

@test "no validation rows, no best epoch: exit 2" {
    cf-batch -q --valid 0 ratings.cf >none.cf
    for case in 'cf-train -q --patience 1 none.cf' \
        'cf-train -q --keep best none.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
}

# ---- the search for a learning rate ----

@test "--lr-find writes a curve and tells a number" {
    make_ratings 4000 | cf-merge -q - | cf-index -q >many.cf
    try cf-train --lr-find many.cf
    [ "$status" = 0 ]
    cf-cat --check out
    grep -Eq '^cf-train: try --lr [0-9.e-]+ \(valley: .*; steep .*, minimum .*'\
', slide [0-9.e-]+\)$' err
    [ "$(cf-cat -t csv out | head -n 1)" = step,lr,loss,smooth ]
    [ "$(cf-cat -t csv out | wc -l)" -gt 17 ]
    cf-cat --history out | grep -q -- --lr-find
    cf-train -q --lr-find -j 2 many.cf | cmp - <(cf-train -q --lr-find many.cf)
    cf-batch -q -b 8 -e 2 many.cf | cf-train -q --lr-find | cf-cat --check
}

# ---- going on from a model ----

# Ratings of users 1, 2 and of users 3 and u1, in models of one id column.
make_two()
{
    printf 'user,item,rating\n1,a,4\n1,b,3\n2,a,5\n2,b,2\n' |
        cf-merge -q - | cf-index -q >first.cf
    printf 'user,item,rating\n3,c,4\n3,b,1\nu1,c,3\n1,c,5\n' |
        cf-merge -q - | cf-index -q >second.cf
    cf-train -q -k 3 -b 2 first.cf >old.cf
}

@test "--init: old users and items first, new ones after, counts and seen" {
    make_two
    try cf-train --init old.cf -b 2 second.cf
    [ "$status" = 0 ]
    cp out new.cf
    grep -qx 'cf-train: starting from old.cf: 2 of 3 users and 1 of 2 items'\
' are new to it' err
    grep -qx 'cf-train: kept as they are, because the stream does not have'\
' them: 1 user and 1 item' err
    [ "$(cf-cat -t csv --part user new.cf | tail -n +2 | tr '\n' ' ')" = \
        '1 2 3 u1 ' ]
    [ "$(cf-cat -t csv --part item new.cf | tail -n +2 | tr '\n' ' ')" = \
        'a b c ' ]
    [ "$(cf-cat -t csv --part user_count new.cf | tail -n +2 | tr '\n' ' ')" = \
        '3 2 2 1 ' ]
    [ "$(cf-cat -t csv --part item_count new.cf | tail -n +2 | tr '\n' ' ')" = \
        '2 3 3 ' ]
    [ "$(cf-cat -t csv --part seen_item new.cf | tail -n +2 | tr '\n' ' ')" = \
        'a b c a b b c c ' ]
    [ "$(cf-cat -t csv --part seen_start new.cf | tail -n +2 |
        tr '\n' ' ')" = '0 3 5 7 8 ' ]
}

@test "--init: what has no row now keeps its weights, the rest moves" {
    make_two
    cf-train -q --init old.cf -b 2 second.cf >new.cf
    for part in user_factors user_bias; do
        [ "$(cf-cat -t csv --part $part new.cf | sed -n 3p)" = \
            "$(cf-cat -t csv --part $part old.cf | sed -n 3p)" ]
        [ "$(cf-cat -t csv --part $part new.cf | sed -n 2p)" != \
            "$(cf-cat -t csv --part $part old.cf | sed -n 2p)" ]
    done
    [ "$(cf-cat -t csv --part item_factors new.cf | sed -n 2p)" = \
        "$(cf-cat -t csv --part item_factors old.cf | sed -n 2p)" ]
}

@test "--init: validation scores as the model does" {
    make_ratings 2000 | cf-merge -q - | cf-index -q >all.cf
    cf-batch -q -b 16 --seed 3 all.cf >b.cf
    cf-batch -q --seed 3 --part valid all.cf >valid.cf
    cf-batch -q --seed 8 --part train --valid 0.9 all.cf |
        cf-train -q -k 4 >old.cf
    cf-train -q --init old.cf b.cf >new.cf
    cf-score -q -m new.cf valid.cf | cf-cat -t csv | awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { d = $at["rating"] - $at["score"]; s += d * d; n++ }
        END { print s / n }' >got
    losses new.cf | tail -n 1 >want
    paste got want | awk '{ d = $1 - $2; exit !(d < 1e-5 && d > -1e-5) }'
}

@test "--freeze: that side keeps its bytes, new ones there the mean bias" {
    make_two
    try cf-train --init old.cf --freeze items -b 2 second.cf
    [ "$status" = 0 ]
    cp out new.cf
    grep -qx "cf-train: 1 new item cannot be learnt with --freeze items:"\
" predicted by the mean bias" err
    for part in item_factors item_bias; do
        [ "$(cf-cat -t csv --part $part new.cf | head -n 3)" = \
            "$(cf-cat -t csv --part $part old.cf)" ]
    done
    [ "$(cf-cat -t csv --part item_count new.cf | tail -n 1)" = 0 ]
    [ "$(cf-cat -t csv --part item_factors new.cf | tail -n 1 |
        tr -d '0,. ')" = '' ]
    ! cmp -s <(cf-cat -t csv --part user_factors old.cf) \
        <(cf-cat -t csv --part user_factors new.cf | head -n 3) || false
    cf-train -q --init old.cf --freeze users -b 2 second.cf >new.cf
    [ "$(cf-cat -t csv --part user_factors new.cf | head -n 3)" = \
        "$(cf-cat -t csv --part user_factors old.cf)" ]
}

@test "--init: other attributes are an error if there is something to add" {
    printf '10,3\n50,4\n' | sed '1i movieId,rating' |
        awk -F, -v OFS=, 'NR == 1 { print "userId", $0; next } { print 1, $0 }' |
        cf-merge -q - | cf-index -q >plain.cf
    case='cf-train -q --init model.cf plain.cf'
    try $case
    fails_with 1
    no_complaints
    grep -q '1 item to add to the model to start from have other columns:'\
' movieId, not movieId, title, genres' err
    printf 'userId,movieId,rating\n1,10,3\n9,20,4\n' | cf-merge -q - |
        cf-index -q >plain.cf
    cf-train -q --init model.cf plain.cf >new.cf
    cf-cat -t csv --part item new.cf | cmp - <(cf-cat -t csv --part item model.cf)
}

# ---- seen items ----

@test "--no-seen: the same weights and counts, no seen items" {
    cf-train -q -k 3 ratings.cf >a.cf
    cf-train -q -k 3 --no-seen ratings.cf >b.cf
    for part in user_factors item_bias user_count item_count; do
        cmp <(cf-cat -t csv --part $part a.cf) <(cf-cat -t csv --part $part b.cf)
    done
    [ "$(cf-cat -t csv --part seen_item a.cf | wc -l)" = 10 ]
    [ "$(cf-cat -t csv --part seen_item b.cf | wc -l)" = 1 ]
    cf-topn -q -m b.cf -n 10 1 | cf-cat -t csv | grep -q Heat
}

# ---- checkpoints that are none of this run's ----

# A checkpoint of a run that was stopped, in run.ckpt.
make_checkpoint()
{
    make_ratings 2000 | cf-merge -q - | cf-index -q >all.cf
    cf-batch -q -b 8 -e 3 all.cf >b.cf
    # The model has no room, so the last checkpoint stays.
    ! cf-train -q -k 3 --lr 0.01 --checkpoint run.ckpt --checkpoint-every 0 \
        -o /dev/full b.cf || false
    [ -e run.ckpt ]
}

@test "a checkpoint of another run: exit 1, and it stays" {
    make_checkpoint
    cf-cat --check run.ckpt
    cp run.ckpt kept
    cf-batch -q -b 8 -e 3 --seed 5 all.cf >other-rows.cf
    cf-batch -q -b 8 -e 4 all.cf >other-epochs.cf
    while read -r case; do
        try $case
        fails_with 1
        grep -q 'run.ckpt: the checkpoint is of another run: .*remove it' err ||
            complain 'another message'
        cmp run.ckpt kept
    done <<'END'
cf-train -q -k 3 --lr 0.02 --checkpoint run.ckpt b.cf
cf-train -q -k 4 --lr 0.01 --checkpoint run.ckpt b.cf
cf-train -q -k 3 --lr 0.01 --checkpoint run.ckpt all.cf
cf-train -q -k 3 --lr 0.01 --checkpoint run.ckpt other-rows.cf
cf-train -q -k 3 --lr 0.01 --checkpoint run.ckpt other-epochs.cf
END
    no_complaints
    cf-train -q -k 3 --lr 0.01 --checkpoint run.ckpt b.cf >a.cf
    cf-train -q -k 3 --lr 0.01 b.cf | cmp - a.cf
    [ ! -e run.ckpt ]
}

@test "a checkpoint that is corrupt, cut, empty or none: an error, it stays" {
    make_checkpoint
    cp run.ckpt kept
    case='cf-train -q -k 3 --lr 0.01 --checkpoint run.ckpt b.cf'
    for at in 10 100 1000 3000; do
        { head -c $at kept; printf X; tail -c +$((at + 2)) kept; } >run.ckpt
        try $case
        fails_with 3
        head -c $at kept >run.ckpt
        try $case
        fails_with 3
    done
    : >run.ckpt
    try $case
    fails_with 3
    cp model.cf run.ckpt
    try $case
    fails_with 1
    cmp model.cf run.ckpt
    rm run.ckpt
    mkdir run.ckpt
    try $case
    fails_with 4
    case='cf-train -q --checkpoint none/run.ckpt b.cf'
    try $case
    fails_with 4
    no_complaints
}

@test "the epochs before a checkpoint are in the table again" {
    make_checkpoint
    try cf-train -k 3 --lr 0.01 --checkpoint run.ckpt b.cf
    [ "$status" = 0 ]
    grep -q 'going on from run.ckpt: [0-9]* batches and 3 whole epochs' err
    [ "$(grep -cE '^ *[012] +[0-9.]+ +[0-9.]+' err)" = 3 ]
}

# Training rows and distinct items of each user, by cf-cat alone.
rows_of()
{
    cf-cat -t csv --part train "$1" | awk -F, 'NR > 1 && $3 != 0 {
        rows[$1]++ } END { for (u in rows) print u "," rows[u] }' | sort
}

@test "negatives are neither training rows nor seen" {
    cf-cat -t csv ratings.cf | cut -d, -f1,2 >pairs.csv
    cf-merge pairs.csv | cf-index -q --implicit >seen.cf
    cf-batch -q --negatives 2 -b 2 -e 1 seen.cf >neg.cf
    cf-train -q -k 2 --loss bce neg.cf >model.cf
    cf-cat --users -t csv model.cf | awk -F, 'NR > 1 && $2 { print $1 "," $2 }' |
        sort | diff - <(rows_of neg.cf)
    cf-train -q -k 2 --no-seen --loss bce neg.cf |
        cf-cat --users -t csv | awk -F, 'NR > 1 && $2 { print $1 "," $2 }' |
        sort | diff - <(rows_of neg.cf)
    [ "$(cf-cat -t csv --part seen_item model.cf | wc -l)" = \
        "$(($(cf-cat -t csv --part train neg.cf | grep -c ',1$') + 1))" ]
}

@test "ratings that are all the same, and a range that moved, are told" {
    cf-cat -t csv ratings.cf | cut -d, -f1,2 >pairs.csv
    cf-merge pairs.csv | cf-index -q --implicit >seen.cf
    try cf-train -k 2 -e 1 seen.cf
    grep -q '^cf-train: all ratings are 1: ' err
    cf-train -q -k 2 -e 1 --y-range 0,6 -o old.cf ratings.cf
    try cf-train -k 2 -e 1 --init old.cf --y-range 0,9 ratings.cf
    grep -q 'now go from 0 to 9, not from 0 to 6 as in old.cf' err
    try cf-train -k 2 -e 1 --init old.cf --y-range 0,6 ratings.cf
    ! grep -q 'now go from' err || false
}

@test "--patience without a row to validate with fails before it learns" {
    cf-batch -q --valid 0 ratings.cf >none.cf
    try cf-train -k 2 --patience 2 none.cf
    fails_with 2
    ! grep -q '^epoch' err || false
    no_complaints
}

@test "a checkpoint that ends by SIGPIPE leaves no temporary file" {
    cf-train -k 3 -e 4000 -o out.cf ratings.cf 2>&1 | head -n 3 >/dev/null
    [ -z "$(find . -name '.out.cf.*')" ]
}

@test "--init keeps the loss of the model" {
    cf-cat -t csv ratings.cf | cut -d, -f1,2 >pairs.csv
    cf-merge pairs.csv | cf-index -q --implicit >seen.cf
    cf-batch -q --negatives 2 -b 2 -e 1 seen.cf >neg.cf
    cf-train -q -k 2 --loss bce -o old.cf neg.cf
    cf-train -q --loss bce --init old.cf neg.cf | cf-cat --part item_factors \
        -t csv >want
    cf-train -q --init old.cf neg.cf | cf-cat --part item_factors -t csv |
        diff - want
    try cf-train -q --init old.cf --link identity neg.cf
    fails_with 2
    no_complaints
}

@test "--losses replaces nothing that is read or written: exit 2" {
    cf-train -q -k 2 -e 1 -o old.cf ratings.cf
    cp ratings.cf kept.cf
    for case in 'cf-train -q -k 2 --losses ratings.cf ratings.cf' \
        'cf-train -q -k 2 --losses ./old.cf --init old.cf ratings.cf' \
        'cf-train -q -k 2 --losses /dev/stdout ratings.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
    cmp ratings.cf kept.cf
    cf-cat --check old.cf
    cf-train -q -k 2 -e 1 --losses /dev/null -o /dev/null ratings.cf
}

@test "-e and -b with batches without validation rows: exit 2, too" {
    cf-batch -q --valid 0 -e 1 ratings.cf >none.cf
    try cf-train -q -e 7 -b 32 none.cf
    fails_with 2
    no_complaints
}

@test "standard input is one thing: exit 2" {
    cf-train -q -k 2 -e 1 -o old.cf ratings.cf
    for case in 'cf-train -q -k 2 --init -' 'cf-score -q -m -' \
        'cf-score -q -m - -' 'cf-topn -q -m - --ratings -' \
        'cf-index -q --vocab -' 'cf-batch -q --valid-rows -'; do
        program=${case%% *}
        try $case <old.cf
        fails_with 2
        grep -q 'standard input cannot be both' err || complain "$case"
    done
    no_complaints
}

@test "--init with a model that does not hold who rated what says so" {
    cf-train -q -k 2 -e 1 --no-seen -o old.cf ratings.cf
    try cf-train -k 2 -e 1 --init old.cf ratings.cf
    grep -q '^cf-train: old.cf does not hold who rated what' err
}
