#!/usr/bin/env bats
# cf-cat-model.bats - looking into models, and exporting their vectors.

load ../suite/helper

: "${PYTHON:=/usr/bin/python3}"

setup_file()
{
    cd "$BATS_FILE_TMPDIR" || return
    make_streams
    cp "$CF_TOP"/tests/data/ml-latest-small/{ratings,movies}.csv .
    cf-merge -q ratings.csv movies.csv | cf-index -q -o films.cf
    cf-batch -q -e 2 --seed 1 films.cf | cf-train -q -k 16 --seed 1 -o films.bin
    cf-cat --items --factors films.bin >items.csv
    cp items.csv films.csv
    cf-cat --users --factors films.bin >users.csv
    odd_ids | cf-merge -q - | cf-index -q | cf-train -q -k 5 -e 1 -o odd.bin
    cf-cat --items --factors odd.bin >odd.csv
}

# Ids that formats may trip over.
odd_ids()
{
    printf 'user,item,rating\n'
    printf '1,%b,4\n' 'a b' '"a,b"' 'a%20b' '"a""b"' 'a\tb' '"a\nb"' '"a\rb"' \
        'a\\b' '\\N' '\\.' 'a\bb' 'a\fb' 'a\vb' 'Am\xc3\xa9lie' \
        'a\xc2\xa0b' 'a\xe2\x80\x83b' 'a\xe2\x80\xa8b' 'a\xe3\x80\x80b' \
        '"[1,2]"'
}

setup()
{
    cd "$BATS_FILE_TMPDIR" || return
    program=cf-cat
    place=
}

teardown()
{
    [ -z "$place" ] || stop_server
}

vectors()
{
    "$PYTHON" "$CF_TOP/tests/py/vectors.py" "$@"
}

# The file of a failure shows why.
sees()
{
    grep -qF -- "$1" "${2-out}" || { cat "${2-out}"; return 1; }
}

# ---- looking ----

@test "--only: by id, by name, in the order of the model" {
    cf-cat --items --only 'Heat (1995)' --only 1 films.bin >out
    [ "$(cut -d, -f1 out | xargs)" = 'movieId 1 6' ]
    cf-cat --users --only 007 model.cf >out
    [ "$(cut -d, -f1 out | xargs)" = 'userId 007' ]
    # All that were asked for, in a table too.
    seq 20 | sed 's/^/--only /' | xargs cf-cat -t table --users films.bin >out
    [ "$(grep -cE '^ *[0-9]+ ' out)" = 20 ]
}

@test "a name that is not there suggests close ones" {
    try cf-cat --items --only 'Toy Stry (1995)' films.bin
    fails_with 1
    sees 'did you mean 1 (Toy Story (1995))?' err
    try cf-cat --items --near 'Heet (1995)' films.bin
    fails_with 1
    sees 'Heat (1995)' err
    local typed
    for typed in 'Toy Stroy:1 (Toy Story (1995))' \
        'Godfater:858 (Godfather, The (1972))' \
        'Pulp Fictoin:296 (Pulp Fiction (1994))' \
        'Shawshenk Redemption:318 (Shawshank Redemption, The (1994))' \
        'The Matrix:2571 (Matrix, The (1999))' \
        'The Matrix (1999):2571 (Matrix, The (1999))' \
        'CAFÉ:159193 (Café Society (2016))' \
        'Cite des enfants:29 (City of Lost Children, The'; do
        try env LC_ALL=C cf-cat --items --only "${typed%%:*}" films.bin
        fails_with 1
        sees "did you mean ${typed#*:}" err
    done
}

@test "--near: cosines that numpy finds, all but the one itself" {
    cf-cat --items --near 1 films.bin >out 2>err
    vectors near items.csv out 1
    grep -qE '^cf-cat: [0-9]+ items left out: ' err
    cf-cat -q --users --near 42 films.bin >out
    vectors near users.csv out 42
}

@test "--near finds what cf-topn --similar finds" {
    cf-cat -q --items --near 'Toy Story (1995)' --head 9 -t tsv films.bin |
        tail -n +2 | cut -f1 >near
    cf-topn -q --similar -n 9 -m films.bin 1 | cf-cat -t tsv |
        tail -n +2 | cut -f3 | diff near -
}

@test "--pca: components and shares that numpy finds" {
    cf-cat --items --pca 3 films.bin >out 2>err
    vectors pca items.csv out 3 "$(head -n 1 err)"
    cf-cat --users --pca 8 films.bin >out 2>err
    vectors pca users.csv out 8 "$(head -n 1 err)"
}

@test "--min-count: rows, and what components are of" {
    cf-cat --items --pca 3 --min-count 30 films.bin >out 2>err
    vectors pca items.csv out 3 "$(head -n 1 err)" 30
    left=$((9724 - $(wc -l <out) + 1))
    [ "$(tail -n 1 err)" = \
        "cf-cat: $left items left out: fewer than 30 training rows" ]
    cf-cat -q --items --min-count 100 --sort count films.bin >out
    [ "$(sed -n 2p out | rev | cut -d, -f2 | rev)" -ge 100 ]
}

@test "--sort: by any column of numbers" {
    local column
    for column in count bias pc1 pc2 f0 f15; do
        cf-cat -q --items --pca 2 --factors --sort $column -t jsonl films.bin |
            grep -oE "\"$column\":[^,}]*" | cut -d: -f2 >out
        [ "$(wc -l <out)" -gt 8000 ]
        sort -g out | diff -q - out
        cf-cat -q --items --pca 2 --factors --sort $column --reverse --head 3 \
            -t jsonl films.bin | grep -oE "\"$column\":[^,}]*" | cut -d: -f2 |
            diff - <(sort -gr out | head -n 3)
    done
    try cf-cat --items --sort pc1 films.bin
    fails_with 2
    sees "only count, bias; --pca N adds pc1 ..." err
    try cf-cat --users --sort f3 films.bin
    fails_with 2
    sees "only count, bias; --factors adds f0 ..." err
    try cf-cat --items --sort cosine films.bin
    fails_with 2
    sees "only count, bias; --near ID adds cosine" err
    try cf-cat --items --pca 1 --sort pc2 films.bin
    fails_with 2
    [[ $(cat err) == *'only count, bias, pc1' ]]
    try cf-cat --items --sort title films.bin
    fails_with 2
    [[ $(cat err) == *'only count, bias' ]]
}

@test "--sort bias: a model with layers has none" {
    cf-batch -q -e 1 ratings.cf |
        cf-train -q -s nn --emb 2,2 --layers 2 -o layers.bin
    cf-cat --items --sort bias layers.bin >out 2>err
    sees 'a model of solver nn has no biases' err
    cf-cat --items --sort count layers.bin >out 2>err
    ! grep -q biases err || false
    cf-cat --items --sort bias films.bin >out 2>err
    ! grep -q biases err || false
}

@test "what nothing is known about is counted when it is left out" {
    known=$(awk -F, 'NR > 1' items.csv | wc -l)
    cf-cat --items --sort count films.bin >out 2>err
    left=$(grep -oE '[0-9]+' err | head -n 1)
    [ $(($(wc -l <out) - 1 + left)) = "$known" ]
    [ "$left" -gt 0 ]
    ! grep -q ',0,' <(cf-cat -q --items --sort count -t csv films.bin |
        sed 's/.*,\([0-9]*\),[^,]*$/,\1,/') || false
}

@test "an attribute called count is no trouble" {
    printf 'movieId,title,count\n10,A,7\n20,B,8\n30,C,9\n40,D,6\n' >counts.csv
    printf 'userId,movieId,rating\n1,10,4\n2,20,3\n3,30,5\n1,40,2\n' |
        cf-merge -q - counts.csv | cf-index -q | cf-train -q -k 2 -e 1 -o c.bin
    cf-cat --items --sort count c.bin >out
    [ "$(head -n 1 out)" = movieId,title,count,model_count,bias ]
}

@test "options that do not go together: exit 2" {
    local options
    for options in '--pca 2' '--near 1' '--min-count 2' '--only 1' '--factors' '--sort bias' \
        '--fold-bias' '--items --users' '--items --reverse' \
        '--items --check' '--items --part user' '--items -t stream' \
        '--items --fold-bias' '--export npy' '--export npy --users --items' \
        '--export npy --items --head 2' '--export npy --items --sort bias' \
        '--export npy --items -t csv' '--export npy --items --only 1' \
        '--export csv --items --near 1' '--export csv --history --items' \
        '--export nothing --items' '--items --pca 0' '--items films.bin'; do
        case="cf-cat $options films.bin"
        try cf-cat $options films.bin
        fails_with 2
    done
    case='more components than there are'
    try cf-cat --items --pca 17 films.bin
    fails_with 1
    no_complaints
}

@test "a stream that is no model: exit 1" {
    local options kind
    for options in --items '--users --pca 2' '--export npy --items' \
        '--export safetensors'; do
        for kind in table ratings batches scores topn; do
            case="cf-cat $options $kind.cf"
            try cf-cat $options $kind.cf
            fails_with 1
            sees 'not a model' err
        done
    done
    no_complaints
}

@test "a curve is shown, but no sum of two" {
    cf-train -q --lr-find -k 4 films.cf >curve.cf
    cf-cat -t csv curve.cf >out
    [ "$(head -n 1 out)" = step,lr,loss,smooth ]
    cf-cat curve.cf | cmp - curve.cf
    cf-cat --check curve.cf
    try cf-cat curve.cf curve.cf
    fails_with 2
    sees 'a curve stream cannot be concatenated' err
}

# ---- export ----

@test "export: numpy reads every format back, bit for bit" {
    local format side fold formats='npy fvecs word2vec pgvector csv'
    for side in user item; do
        for fold in '' $side; do
            for format in $formats; do
                cf-cat -q --export $format --${side}s ${fold:+--fold-bias} \
                    -o out.$format films.bin
            done
            vectors factors "$fold" ${side}s.csv ${formats// /,} out
        done
    done
}

@test "export: safetensors, both sides or one" {
    cf-cat -q --export safetensors films.bin >out
    vectors tensors users.csv items.csv out
    cf-cat -q --export safetensors --fold-bias films.bin >out
    vectors tensors users.csv items.csv out fold
    head -c 400 out | grep -aqF '"fold_bias":"1"}'
    cf-cat -q --export safetensors --items films.bin >out
    vectors tensors - items.csv out
    cf-cat -q --export safetensors --users films.bin >out
    vectors tensors users.csv - out
    ! head -c 400 out | grep -aq fold_bias || false
}

@test "export: products of folded vectors rank as cf-topn does" {
    cf-batch -q --valid 0 -e 3 films.cf | cf-train -q -k 8 -o known.bin
    cf-cat --users known.bin >u.csv
    cf-cat --items known.bin >i.csv
    cf-cat --export npy --users --fold-bias -o u.npy known.bin
    cf-cat --export npy --items --fold-bias -o i.npy known.bin
    cf-topn -q --keep-seen -n 20 -m known.bin 1 2 3 42 610 |
        cf-cat -t csv >top.csv
    vectors ranks u.npy i.npy u.csv i.csv top.csv
}

@test "export: ids with blanks, quotes and backslashes" {
    local format
    for format in word2vec pgvector csv; do
        cf-cat --export $format --items -o out.$format odd.bin
    done
    vectors factors '' odd.csv word2vec,pgvector,csv out
    cf-cat --export word2vec --items odd.bin >out
    sees 'a%2520b '
    sees 'Amélie '
    [ "$(wc -l <out)" = 20 ]
}

@test "export: untrained vectors are counted" {
    cf-cat --export npy --items -o out films.bin 2>err
    grep -qE '^cf-cat: [0-9]+ of 9724 items have no training row' err
}

@test "export: --min-count leaves rows of text out" {
    local format
    cf-cat -q --items --factors --min-count 30 films.bin >thirty.csv
    for format in word2vec pgvector csv; do
        cf-cat --export $format --items --min-count 30 -o out.$format \
            films.bin 2>err
        [ "$(cat err)" = "cf-cat: $((9724 + 1 - $(wc -l <thirty.csv))) items \
left out: fewer than 30 training rows" ]
    done
    vectors factors '' thirty.csv word2vec,pgvector,csv out
    cf-cat --export csv --users --min-count 1000000 films.bin >out 2>err
    [ "$(wc -l <out)" = 1 ]
    cf-cat --export csv --items --min-count 1 films.bin >out 2>err
    sees 'left out: the model knows nothing about them' err
    ! grep -q 'mean nothing' err || false
    try cf-cat --export npy --items --min-count 2 films.bin
    fails_with 2
    sees 'npy writes all vectors' err
}

@test "export: text that goes to a terminal, bytes that do not" {
    command -v script >/dev/null || skip 'no script(1)'
    ! script -qec 'cf-cat --export npy --items model.cf' /dev/null \
        >out </dev/null || false
    sees 'not for a terminal; name a file with -o'
    script -qec 'cf-cat --export csv --items model.cf' /dev/null >out </dev/null
    sees movieId,bias,f0,f1,f2
}

# ---- PostgreSQL ----

# Programs of a server, or nothing.
server()
{
    local bin
    for bin in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V) \
        "$(dirname "$(command -v initdb || echo none/initdb)")"; do
        [ ! -x "$bin/initdb" ] || [ ! -x "$bin/psql" ] || echo "$bin"
    done | tail -n 1
}

# Runs a command as somebody that initdb agrees to.
as_user()
{
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
    else
        "$@"
    fi
}

sql()
{
    as_user "$bin/psql" -qAtX -v ON_ERROR_STOP=1 -h "$place" -d postgres "$@"
}

stop_server()
{
    as_user "$bin/pg_ctl" -D "$place/data" -m immediate stop >/dev/null || :
    cd "$BATS_FILE_TMPDIR"
    rm -rf "$place"
}

start_server()
{
    place=$(mktemp -d /tmp/cf-pg.XXXXXX)
    cd "$place"
    [ "$(id -u)" != 0 ] || chown nobody:nogroup "$place"
    as_user "$bin/initdb" -D "$place/data" -A trust -N -E UTF8 --locale=C \
        >"$BATS_TEST_TMPDIR/log" 2>&1 3>&-
    as_user "$bin/pg_ctl" -D "$place/data" -w -l "$place/log" start \
        -o "-k $place -c listen_addresses= -c fsync=off" >/dev/null 3>&-
}

@test "export: PostgreSQL reads it by COPY" {
    local type=text vector="translate(v, '[]', '{}')::real[]" f
    bin=$(server)
    [ -n "$bin" ] || skip 'no PostgreSQL server'
    start_server
    if sql -c 'create extension vector' 2>/dev/null; then
        type=vector
        vector='v::real[]'
    fi
    for f in films odd; do
        cf-cat -q --export pgvector --items "$BATS_FILE_TMPDIR/$f.bin" >in
        sql -c "create table $f (n serial, id text, v $type)"
        sql -c "copy $f (id, v) from stdin" <in
        sql -c "copy (select id, '[' || array_to_string($vector, ',') || ']'
            from $f order by n) to stdout" >out.pgvector
        vectors factors '' "$BATS_FILE_TMPDIR/$f.csv" pgvector out
    done
}
