#!/usr/bin/env bats
# resume.bats - cf-train --checkpoint: killed at any moment and started again,
# it ends in the bytes of a run that was never stopped.
# CF_FULL: 250 kills in all, else 25.

load helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-train
    make_ratings 4000 | cf-merge -q - | cf-index -q >ratings.cf
    cf-batch -q -b 8 -e 4 ratings.cf >batches.cf
    kills=$([ -n "${CF_FULL-}" ] && echo 50 || echo 5)
}

# One run to its end, then the command again and again, killed after a random
# part of the time that took, until it was killed $kills times in all and went on
# from a checkpoint at least once. Whenever it gets to its end, the model must
# be want.cf, the checkpoint must be gone, and it starts from nothing.
kill_often()
{
    local killed=0 whole=0 resumed=0 span=$EPOCHREALTIME status
    RANDOM=$1
    shift
    "$@" -q -o model.cf --checkpoint run.ckpt --checkpoint-every 0
    cmp model.cf want.cf
    span=$(((${EPOCHREALTIME/./} - ${span/./}) / 1000 + 1))
    while [ $killed -lt $kills ] || [ $resumed = 0 ] || [ -e run.ckpt ]; do
        [ ! -e run.ckpt ] || resumed=$((resumed + 1))
        export CF_THREADS=$((1 + resumed % 2)) # without -j
        "$@" -q -o model.cf --checkpoint run.ckpt --checkpoint-every 0 &
        if [ $killed -lt $kills ] || [ $resumed = 0 ]; then
            sleep "$(awk "BEGIN { print $RANDOM / 32768 * $span / 1000 }")"
            kill -KILL $! 2>/dev/null || :
        fi
        status=0
        wait $! || status=$?
        case $status in
        0)
            cmp model.cf want.cf
            [ ! -e run.ckpt ]
            whole=$((whole + 1))
            ;;
        137) killed=$((killed + 1)) ;;
        *) return 1 ;;
        esac
        rm -f .run.ckpt.* .model.cf.* model.cf
    done
    echo "$span ms: $killed kills, resumed $resumed times, $whole whole runs"
}

@test "ratings, one thread" {
    cf-train -q -k 40 -b 8 -e 4 ratings.cf >want.cf
    kill_often 1 cf-train -k 40 -b 8 -e 4 ratings.cf -j 1
}

@test "ratings, two threads, a clip and a schedule" {
    cf-train -q -k 40 -b 8 -e 4 --clip 0.01 --schedule flat-cos ratings.cf \
        >want.cf
    kill_often 2 cf-train -k 40 -b 8 -e 4 --clip 0.01 --schedule flat-cos \
        ratings.cf -j 2
}

@test "batches, one thread, the best epoch" {
    cf-train -q -k 40 --patience 2 batches.cf >want.cf
    kill_often 3 cf-train -k 40 --patience 2 batches.cf -j 1
}

@test "batches, two threads, from a model with its items frozen" {
    cf-train -q -k 40 -e 1 ratings.cf >old.cf
    cf-train -q --init old.cf --freeze items batches.cf >want.cf
    kill_often 4 cf-train --init old.cf --freeze items batches.cf -j 2
}

@test "batches, two threads, solver nn with dropout and the best epoch" {
    cf-train -q -s nn --layers 40,20,9 --emb 30,40 --dropout 0.2 --keep best \
        batches.cf >want.cf
    kill_often 5 cf-train -s nn --layers 40,20,9 --emb 30,40 --dropout 0.2 \
        --keep best batches.cf -j 2
}

# ---- solvers that hold all rows ----

# Runs of solver $1, options after it, on one thread and on two by turns.
sweeps()
{
    cf-train -q -s "$@" batches.cf >want.cf
    kill_often ${#1} cf-train -s "$@" batches.cf
}

@test "sgd, factors that are padded, the best epoch" {
    sweeps sgd -k 40 -e 30 --keep best
}

@test "als" {
    sweeps als -k 20 -e 12
}

@test "ials" {
    sweeps ials -k 32 -e 15
}

@test "ials, from a model, its best epoch" {
    cf-train -q -s ials -k 20 -e 1 ratings.cf >old.cf
    sweeps ials -e 15 --init old.cf --keep best
}

@test "bpr" {
    sweeps bpr -k 24 -e 30
}

# What is kept at each checkpoint, and what only the model at the end has.
@test "gibbs, with validation" {
    sweeps gibbs -k 5 --burn-in 5 --samples 60 --keep-samples 20
}

@test "gibbs, with implicit rows, days and one noise, from a model" {
    cf-train -q -s gibbs -k 5 --implicit both --time day --noise one \
        --samples 8 batches.cf >old.cf
    sweeps gibbs --init old.cf --samples 30
    sweeps gibbs -k 4 --likelihood probit --time day --samples 40
    sweeps gibbs -k 4 --likelihood probit --time session --samples 40
}

@test "gibbs, with attributes and the Wishart prior" {
    awk 'BEGIN { print "movieId,genre"
        for (i = 0; i < 2000; i++) print "i" i "," (i % 3 ? "a|b" : "c") }' \
        >genres.csv
    make_ratings 4000 | cf-merge -q - genres.csv | cf-index -q |
        cf-batch -q >batches.cf
    sweeps gibbs -k 4 --attributes all --samples 40
    sweeps gibbs -k 4 --prior wishart --samples 40
}

# Kills a run at each of its writes, to the checkpoint or the model, and starts
# it again.
kill_writes()
{
    local n=0 status=137
    while [ $status = 137 ]; do
        rm -f run.ckpt model.cf .run.ckpt.* .model.cf.*
        n=$((n + 1)) status=0
        CF_KILL_AT=$n CF_KILL_ANY=1 LD_PRELOAD="$CF_BUILD/fault/kill.so" \
            "$@" -o model.cf --checkpoint run.ckpt --checkpoint-every 0 ||
            status=$?
        [ ! -e run.ckpt ] || kept=$((kept + 1))
        "$@" -o model.cf --checkpoint run.ckpt
        cmp model.cf want.cf
        [ ! -e run.ckpt ]
    done
    [ $status = 0 ]
    [ $kept -gt 3 ]
}

@test "gibbs, killed at every write, and in its middle" {
    kept=0
    run=(cf-train -q -s gibbs -k 2 --burn-in 1 --samples 4 batches.cf)
    "${run[@]}" >want.cf
    kill_writes "${run[@]}"
    export CF_KILL_HALF=1
    kill_writes "${run[@]}"
    echo "# $kept kills with a checkpoint" >&3
}
