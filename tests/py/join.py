"""join.py N SEED - joins N random small tables with cf-merge, and with sqlite3,
which is the reference for what comes out: rows, their order, or an error."""
import csv
import io
import random
import sqlite3
import subprocess
import sys

FIELDS = ["", "0", "00", "1", "01", " 1", "a", "A", "a,b", 'a"b', '"', "x\ny",
          "é", "日本", "1e5", "nan", "1.0", "\t"]
DIMS = [["k", "v"], ["w", "j"], ["k"], ["kk", "x", "v_2"]]


def table(rng, header, keys):
    rows = [[rng.choice(keys if name in "kkj" else FIELDS) for name in header]
            for _ in range(rng.randrange(7))]
    return header, rows


def text(rng, header, rows):
    out = io.StringIO()
    w = csv.writer(out, lineterminator=rng.choice(["\n", "\r\n"]),
                   quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    w.writerow(header)
    w.writerows(rows)
    s = out.getvalue()
    return s.rstrip("\r\n") if rows and rng.random() < .2 and \
        rows[-1] != [""] else s


def load(db, name, header, rows):
    db.execute("create table %s (%s)" %
               (name, ", ".join("%s text" % h for h in header)))
    db.executemany("insert into %s values (%s)" %
                   (name, ", ".join("?" * len(header))), rows)


def key(header):
    """The column of the first file, and here."""
    if "kk" in header:
        return "k", "kk"
    return ("k", "k") if "k" in header else ("j", "j")


def reference(first, dims, dup, missing):
    """The rows, or None and a pattern of the error."""
    db = sqlite3.connect(":memory:")
    load(db, "r", *first)
    select, join, order = ["r.*"], "", ["r.rowid"]
    for i, (header, rows) in enumerate(dims):
        d = "d%d" % i
        left, right = key(header)
        load(db, d, header, rows)
        again = db.execute("select count(*) - count(distinct %s) from %s" %
                           (right, d)).fetchone()[0]
        if again and dup == "fail":
            return None, "appears again"
        if again and dup != "all":
            db.execute("delete from %s where rowid not in (select %s(rowid) "
                       "from %s group by %s)" %
                       (d, {"first": "min", "last": "max"}[dup], d, right))
        join += " %s join %s on r.%s = %s.%s" % (
            "left" if missing == "keep" else "", d, left, d, right)
        select += ["%s.%s" % (d, h) for h in header if h != right]
        order.append(d + ".rowid")
    if missing == "fail":
        for i, (header, rows) in enumerate(dims):
            left, right = key(header)
            if db.execute("select count(*) from r where %s not in "
                          "(select %s from d%d)" % (left, right, i)
                          ).fetchone()[0]:
                return None, "is not in"
    rows = db.execute("select %s from r %s order by %s" % (
        ", ".join(select), join, ", ".join(order))).fetchall()
    return [[v or "" for v in row] for row in rows], None


def merged(files, options):
    separators = ["-d", ","] * len(files)  # such tables cannot be sniffed
    merge = subprocess.run(["cf-merge", *separators, *options, *files],
                           capture_output=True)
    if merge.returncode:
        return merge, None
    cat = subprocess.run(["cf-cat", "-t", "csv"], input=merge.stdout,
                         capture_output=True, check=True)
    return merge, cat.stdout


def parse(b):
    return list(csv.reader(io.StringIO(b.decode(), newline="")))


def round_trip(b):
    open("again.csv", "wb").write(b)
    merge, again = merged(["again.csv"], [])
    assert again == b, (b, again, merge.stderr)


def case(rng):
    keys = rng.sample(FIELDS, rng.randrange(1, 6))
    first = table(rng, rng.choice([["k", "j", "v"], ["q", "j", "k"]]), keys)
    headers = rng.sample(DIMS, rng.randrange(4))
    dims = [table(rng, h, keys) for h in headers]
    dup = rng.choice(["fail", "first", "last", "all", "all"])
    missing = rng.choice(["drop", "drop", "keep", "fail"])
    options = ["--dup", dup, "--missing", missing]
    if any("kk" in h for h in headers):
        options += ["--on", "k=kk"]
    if DIMS[0] in headers:  # v may be common too
        options += ["--on", "k"]
    files = ["r.csv"] + ["d%d.csv" % i for i in range(len(dims))]
    for name, t in zip(files, [first] + dims):
        with open(name, "w", encoding="utf-8", newline="") as f:
            f.write(text(rng, *t))
    want, error = reference(first, dims, dup, missing)
    merge, got = merged(files, options)
    if error:
        assert merge.returncode == 1 and error in merge.stderr.decode(), \
            (first, dims, options, merge)
        return
    assert got is not None, (first, dims, options, merge)
    rows = parse(got)
    assert rows[1:] == want, (first, dims, options, rows, want)
    if rng.random() < .3:
        round_trip(got)


def main():
    n, seed = int(sys.argv[1]), int(sys.argv[2])
    for i in range(n):
        rng = random.Random(seed * 1000003 + i)
        case(rng)
    print(n, "tables")


main()
