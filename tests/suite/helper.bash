# helper.bash - what the bats files share. CF_BUILD names the build to test.

CF_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
: "${CF_BUILD:=$CF_TOP/build}"
: "${CF_BIN:=$CF_BUILD/bin}"
export CF_TOP CF_BUILD CF_BIN PATH="$CF_BIN:$PATH" LC_ALL=C
unset CF_THREADS

# Small inputs in the current directory, a file of each kind of stream: some
# users and items occur once, a title has a comma, a quote and UTF-8.
make_streams()
{
    cat >ratings.csv <<'END'
userId,movieId,rating,timestamp
1,10,4.0,964982703
1,20,3.5,964981247
1,30,5.0,964982224
2,10,2.0,1445714835
2,30,4.5,1445714885
007,20,0.5,1306463578
007,40,1.0,1306464275
007,10,3.0,1306463619
4,40,5.0,964539331
END
    cat >movies.csv <<'END'
movieId,title,genres
10,Amélie (2001),Romance
20,"City of ""Lost"" Children, The (1995)",Fantasy|Drama
30,Heat (1995),Action
40,"Heat, Dead",Action
END
    cf-merge -q -o table.cf ratings.csv movies.csv
    cf-index -q -o ratings.cf table.cf
    cf-batch -q -b 4 -e 2 --seed 42 -o batches.cf ratings.cf
    cf-train -q -k 3 -e 2 --seed 42 -o model.cf ratings.cf
    cf-score -q -m model.cf -o scores.cf ratings.cf
    cf-topn -q -m model.cf --all -o topn.cf
    cf-eval -q -o metrics.cf scores.cf
}

# n ratings of n/20 users and 997 items as CSV, the same every time.
make_ratings()
{
    awk -v n="$1" 'BEGIN {
        print "userId,movieId,rating,timestamp"
        users = int(n / 20)
        for (x = 1; n-- > 0;) {
            x = (x * 16807) % 2147483647
            u = x % users
            x = (x * 16807) % 2147483647
            printf "u%d,i%d,%.1f,%d\n", u, x % 997, x % 10 / 2 + .5, 9e8 + n
        }
    }'
}

# Runs a command, for a minute at most; its output is in the files out and err,
# its exit status in $status.
try()
{
    status=0
    timeout 60 "$@" >out 2>err || status=$?
}

# Checks what try did: the exit status and one line "PROGRAM: ..." on stderr.
fails_with()
{
    local lines
    mapfile lines <err
    [ "$status" = "$1" ] || complain "exit status $status, expected $1"
    [ "${#lines[@]}" = 1 ] || complain "not one line on standard error"
    [[ ${lines[0]} == "$program: "[!\ ]*$'\n' ]] ||
        complain "no '$program: MESSAGE'"
}

# Notes what is wrong with $case and goes on, so that one run shows all.
complain()
{
    printf '%s\n    %s\n' "$*" "$case" | cat - err >>complaints
}

no_complaints()
{
    [ ! -s complaints ] || { cat complaints; return 1; }
}
