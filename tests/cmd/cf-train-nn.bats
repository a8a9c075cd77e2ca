#!/usr/bin/env bats
# cf-train-nn.bats - cf-train -s nn and what the others make of its models.

load ../suite/helper

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    program=cf-train
    make_streams
    make_ratings 2000 | cf-merge -q - | cf-index -q >many.cf
    cf-batch -q -b 32 -e 2 many.cf >some.cf
}

@test "the validation loss is that of cf-score" {
    cf-train -q -s nn --layers 8,4 --emb 3,5 some.cf >nn.cf
    cf-batch -q --part valid many.cf | cf-score -q -m nn.cf |
        cf-cat -t tsv | awk -F '\t' 'NR > 1 { d = $3 - $4; s += d * d; n++ }
            END { printf "%.4f\n", s / n }' >scored
    cf-cat -t tsv --part epochs nn.cf | awk 'END { printf "%.4f\n", $3 }' |
        diff - scored
}

@test "cf-topn lists the items with the highest cf-score" {
    cf-train -q -s nn --layers 8 many.cf >nn.cf
    cf-topn -q -m nn.cf --keep-seen -n 5 u7 | cf-cat -t tsv >top
    cf-cat -t tsv --part item nn.cf | tail -n +2 | sed 's/^/u7\t/' |
        { printf 'userId\tmovieId\n'; cat; } >pairs
    cf-merge -q pairs | cf-score -q -m nn.cf | cf-cat -t tsv |
        tail -n +2 | sort -t $'\t' -k 3,3gr -s | head -n 5 |
        cut -f 2,3 | sort >want
    tail -n +2 top | cut -f 3,4 | sort | diff - want
    cf-topn -q -m nn.cf --similar -n 3 i7 | cf-cat -t tsv >like
    [ "$(wc -l <like)" = 4 ]
}

@test "users and items that the model does not know" {
    cf-train -q -s nn --layers 8 ratings.cf >nn.cf
    printf 'userId,movieId\nnew,10\n1,new\nnew,new\n1,10\n' | cf-merge -q - |
        cf-score -q -m nn.cf | cf-cat -t csv | tail -n +2 >scores
    [ "$(cut -d, -f4 scores | tr '\n' ' ')" = "item user none both " ]
    cf-topn -q -m nn.cf new | cf-cat -t csv >top
    [ "$(grep -c '^new,.*,item,' top)" = 4 ]
}

@test "options that are not for the solver: exit 2" {
    for case in 'cf-train --layers 3 batches.cf' \
        'cf-train --emb 3,3 batches.cf' 'cf-train --dropout 0 batches.cf' \
        'cf-train --emb-dropout 0.1 batches.cf' \
        'cf-train -s nn -k 3 batches.cf' \
        'cf-train -s nn --no-bias batches.cf' \
        'cf-train -s nn --init model.cf batches.cf'; do
        try $case
        fails_with 2
    done
    no_complaints
}

@test "widths that are none: exit 2" {
    local v
    for v in '' , 3, ,3 3,,3 0 1025 -1 3.5 x 1,2,3,4,5,6,7,8,9 '3 4' \
        18446744073709551617; do
        case="cf-train -s nn --layers '$v' batches.cf"
        try cf-train -s nn --layers "$v" batches.cf
        fails_with 2
    done
    for v in '' 3 3,0 3,1025 3,3,3; do
        case="cf-train -s nn --emb '$v' batches.cf"
        try cf-train -s nn --emb "$v" batches.cf
        fails_with 2
    done
    no_complaints
    cf-train -q -s nn --layers 1,1,1,1,1,1,1,1 --emb 1,1024 batches.cf >nn.cf
    cf-cat --check nn.cf
}

@test "mini-batches of one row: exit 1" {
    case='cf-train -q -s nn -b 1 ratings.cf'
    try $case
    fails_with 1
    grep -q 'at least 2 rows' err
    no_complaints
}

@test "no solver starts from its model: exit 1" {
    cf-train -q -s nn --layers 3 ratings.cf >nn.cf
    case='cf-train -q --init nn.cf ratings.cf'
    try $case
    fails_with 1
    grep -q 'nn.cf: .*solver nn' err
    no_complaints
}

@test "--lr-find, --patience and losses go with it" {
    cf-train -q -s nn --lr-find -b 16 many.cf | cf-cat -t csv | grep -q lr
    try cf-train -s nn --layers 4 --patience 1 --lr 1 -o nn.cf some.cf
    [ "$status" = 0 ]
    grep -q 'kept epoch' err
    printf 'u,i,r\na,x,1\na,y,0\nb,x,0\nb,y,1\n' | cf-merge -q - | cf-index -q |
        cf-train -q -s nn --loss bce --no-seen --layers 4 | cf-cat --check
    cf-train -q -s nn --link identity --layers 4 some.cf | cf-cat --check
}
