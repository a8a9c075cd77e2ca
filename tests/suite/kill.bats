#!/usr/bin/env bats
# kill.bats - a stage of a pipeline is killed at its first write, at its second
# and so on, at the border of a write and in its middle: the last stage must
# fail, without pipefail, and its -o file must not be there.

load helper

setup_file()
{
    cd "$BATS_FILE_TMPDIR" || return
    make_streams
    make_ratings "${CF_FULL:+1}40000" >many.csv
    cf-merge -q many.csv | cf-index -q -o many.cf
    cf-train -q -k 3 -e 1 -o many-model.cf many.cf
}

setup()
{
    cd "$BATS_TEST_TMPDIR" || return
    cp "$BATS_FILE_TMPDIR"/*.c* .
    kills=0
}

# Runs the pipeline of $stage[] with stage number $1 killed at write $2, into
# the array codes.
run_killed()
{
    local i text='' kill
    kill="env CF_KILL_AT=$2 LD_PRELOAD=$CF_BUILD/fault/kill.so"
    for i in "${!stage[@]}"; do
        text+=${text:+ | }
        [ "$i" != "$1" ] || text+="$kill "
        text+="${stage[i]} 2>>err"
    done
    case="write $2${CF_KILL_HALF+, half of it}: $text"
    rm -f result err
    read -ra codes < <(bash -c "$text; echo \${PIPESTATUS[*]}" 2>killed)
}

no_result()
{
    [ ! -e result ] || complain "result is there"
    [ "$1" = "$last" ] || [ "${codes[last]}" = 3 ] ||
        complain "exit status ${codes[last]} of the last stage, expected 3"
    # What a killed last stage began to write stays, under another name.
    [ "$1" != "$last" ] || find . -name '*result*' -delete
    [ -z "$(find . -name '*result*')" ] || complain "temporary files left"
}

# Kills stage $1 at every write, until it gets through.
kill_stage()
{
    local n=1
    while run_killed "$1" $n && [ "${codes[$1]}" = 137 ]; do
        no_result "$1"
        n=$((n + 1))
    done
    [ "${codes[*]// /}" = "${fine[*]}" ] ||
        complain "exit status ${codes[*]} of a whole run"
    [ -e result ] || complain "no result of a whole run"
    [ $n -gt 1 ] || complain "never killed"
    kills=$((kills + n - 1))
}

# Kills each stage of a pipeline whose last one writes result with -o.
kill_pipeline()
{
    local s fine
    stage=("$@")
    last=$(($# - 1))
    for s in "${!stage[@]}"; do
        fine[s]=0
    done
    for s in "${!stage[@]}"; do
        unset CF_KILL_ANY CF_KILL_HALF
        [ "$s" != "$last" ] || export CF_KILL_ANY=1
        kill_stage "$s"
        export CF_KILL_HALF=1
        kill_stage "$s"
    done
    unset CF_KILL_ANY CF_KILL_HALF
    echo "# $kills kills" >&3
    no_complaints
}

@test "merge | index | batch | train, small" {
    kill_pipeline "cf-merge -q ratings.csv movies.csv" "cf-index -q" \
        "cf-batch -q -b 4 -e 2 --seed 42" "cf-train -q -k 3 -o result"
}

@test "merge | index | batch | train, larger" {
    kill_pipeline "cf-merge -q many.csv" "cf-index -q" \
        "cf-batch -q -b 64 -e 2 --seed 42" "cf-train -q -k 30 -o result"
}

@test "merge | index | score" {
    kill_pipeline "cf-merge -q many.csv" "cf-index -q" \
        "cf-score -q -m many-model.cf -o result"
}

@test "merge | score" {
    kill_pipeline "cf-merge -q ratings.csv movies.csv" \
        "cf-score -q -m model.cf -o result"
}

@test "train | topn | cat" {
    kill_pipeline "cf-train -q -k 50 -e 1 many.cf" \
        "cf-topn -q -m - --all -n 5" "cf-cat -q -o result"
}

@test "cat | batch --part | train" {
    kill_pipeline "cf-cat -q many.cf" "cf-batch -q --part train --seed 1" \
        "cf-train -q -k 3 -e 1 -o result"
}

@test "index | cat -t csv" {
    kill_pipeline "cf-index -q table.cf" "cf-cat -q -t csv -o result"
}

@test "score | cat --check, of a pipe" {
    stage=("cf-score -q -m many-model.cf many.cf" "cf-cat -q --check")
    run_killed 0 1
    [ "${codes[*]}" = "137 3" ]
}
