#!/usr/bin/env bats
# resume.bats - cf-train --checkpoint: killed at any moment and started again,
# it ends in the bytes of a run that was never stopped.
# CF_FULL: 200 kills in all, else 20.

load helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-train
    make_ratings 4000 | cf-merge -q - | cf-index -q >ratings.cf
    cf-batch -q -b 8 -e 4 ratings.cf >batches.cf
    kills=$([ -n "${CF_FULL-}" ] && echo 50 || echo 5)
}

# Starts the command again and again, killed after a random time, until it was
# killed $kills times in all; whenever it gets to its end, the model must be
# want.cf, the checkpoint must be gone, and it starts from nothing.
kill_often()
{
    local killed=0 whole=0 resumed=0 status
    RANDOM=$1
    shift
    while [ $killed -lt $kills ] || [ $whole = 0 ]; do
        [ ! -e run.ckpt ] || resumed=$((resumed + 1))
        "$@" -q -o model.cf --checkpoint run.ckpt --checkpoint-every 0 &
        if [ $killed -lt $kills ]; then
            sleep "$(printf '0.%03d' $((RANDOM % 150)))"
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
    echo "$killed kills, $resumed times resumed, $whole whole runs"
    [ $resumed -gt 0 ]
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
