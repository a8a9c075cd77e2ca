#!/bin/sh
# models.sh - how the models in tests/fuzz/corpus/model came to be, but for those
# that fuzzing has found; their ratings are those of fuzz_model.c.
#
# Run in an empty directory with the programs on PATH.
set -eu

cat >ratings.csv <<'END'
user,item,rating,timestamp
0,0,4,0
0,1,3,30
1,1,5,90000
1,2,1,90030
2,0,2,180000
2,3,4,180060
0,2,3,200
3,4,5,90400
1,3,4,180020
2,4,1,180070
3,0,2,90410
0,3,3,90000
END
cat >items.csv <<'END'
item,kind
0,a
1,a
2,b
3,b
4,c
END
cf-merge -q ratings.csv items.csv | cf-index -q >ratings.cf

train()
{
    name=$1
    shift
    cf-train -q "$@" ratings.cf >"$name"
}

sample()
{
    name=$1
    shift
    train "$name" -s gibbs --burn-in 1 --samples 2 --keep-samples 2 "$@"
}

for solver in adam sgd als ials bpr; do
    train $solver -s $solver -k 2 -e 1
done
for solver in ease bias pop; do
    train $solver -s $solver
done
train no-seen -k 2 -e 1 --no-seen
train nn -s nn --layers 2,3 --emb 2,1 -e 1
sample gibbs -k 1 --noise one
sample gibbs-day -k 2 --time day
sample gibbs-session -k 2 --time session
sample gibbs-both -k 2 --implicit both
sample gibbs-attributes -k 1 --attributes kind
sample gibbs-stars -k 1 --likelihood probit
sample gibbs-stars-day -k 2 --likelihood probit --time day --implicit users
sample gibbs-stars-session -k 1 --likelihood probit --time session --noise one
