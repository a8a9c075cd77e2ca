#!/usr/bin/env bats
# cf-train-checkpoint.bats - which options make a run that is another one than
# that of a checkpoint.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-train
    make_ratings 300 | cf-merge -q - | cf-index -q >ratings.cf
}

# A run that was stopped, of some options, goes on with others; or does not.
goes_on()
{
    ! cf-train -q $1 --checkpoint run.ckpt --checkpoint-every 0 -o /dev/full \
        ratings.cf || false
    cf-train -q $2 --checkpoint run.ckpt <ratings.cf >m.cf 2>err || return 1
    cf-train -q $2 ratings.cf | cmp - m.cf
}

# The default of --emb, by the rule of cf-train(1).
width()
{
    cf-cat -t csv --part "$1" ratings.cf |
        awk 'END { printf "%.0f", 1.6 * NR ^ .56 }'
}

@test "an option given at its default leaves a checkpoint's run what it is" {
    cf-train -q -k 3 -e 1 ratings.cf >old.cf
    emb=$(width user),$(width item)
    while IFS=/ read -r was is; do
        goes_on "$was" "$is" || complain "$was / $is"
        [ ! -e run.ckpt ] || rm run.ckpt
    done <<END
-e 1/-s adam -e 1 -k 50 --lr 5e-3 --moms 0.950,0.85 --wd 0.10 --keep last
-e 1 --schedule flat/-e 1 --schedule flat --moms 0.9 --seed 42 --link sigmoid
-e 1 --init old.cf/-e 1 --init old.cf -k 3 --loss mse --freeze none
-s nn -e 1/-s nn -e 1 --layers 100,50 --dropout 0 --emb $emb
-s gibbs -k 2 --samples 3/-s gibbs -k 2 --samples 3 --keep-samples 3 --noise own
-s sgd -e 1/-s sgd -e 1 -k 32 --decay 0.2
-s bpr -e 1/-s bpr -e 1 --lr 0.05 --l2 0.03 --candidates 4
-s ials -e 2/-s ials -e 2 -k 64 --alpha0 0.1 --alpha 0 --nu 1 --steps 2
END
    no_complaints
    while IFS=/ read -r was is; do
        ! goes_on "$was" "$is" || complain "$was / $is"
        grep -q 'its options were' err || complain "$was / $is: another error"
        rm -f run.ckpt
    done <<'END'
-e 1/-e 1 --lr 6e-3
-e 1/-e 1 --no-bias
-e 1/-e 1 --y-range 0,9
-e 1/-e 1 --moms 0.95
-s nn -e 1/-s nn -e 1 --emb 3,4
-s nn -e 1/-s nn -e 1 --layers 100,51
-s gibbs -k 2 --samples 3/-s gibbs -k 2 --samples 3 --keep-samples 2
-s bpr -e 1/-s bpr -e 1 --l2 0.04
-s ials -e 2/-s ials -e 2 --nu 0.5
END
    no_complaints
}
