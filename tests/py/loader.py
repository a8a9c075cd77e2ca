"""What cf-batch should do, worked out anew with numpy.

loader.py rows HOW RATINGS TRAIN VALID   the parts are right; prints the cold
    HOW: share:SEED:S, fold:SEED:K:N, time:S, after:T, user:S, last:N
loader.py order RATINGS BATCHES SEED     every epoch has the order of its keys
loader.py negatives RATINGS BATCHES N uniform|popularity
loader.py make ROWS                      writes ratings, rows in no order
loader.py memory COMMAND ...             prints the most memory that it took, in KiB"""
import subprocess
import sys
import time

import numpy as np

import philox
from manpage import reader, writer


def load(path):
    with open(path, "rb") as f:
        return reader.read(f.read())


def columns(stream, part):
    """User, item, rating, time of a part; None for what there is not."""
    head, parts = stream
    cols = [c for c in head["columns"] if c["part"] == part]
    by = {c.get("role"): np.array(v) for c, v in zip(cols, parts[part])}
    return [by.get(r) for r in ("user", "item", "rating", "time")]


def last(share, n):
    """The last share of n rows, rounded down; decimals are meant exactly."""
    return np.floor(share * n + 1e-9).astype(int)


def by_user(user, when, count):
    """The last count(rows of the user) rows of each user, by time."""
    rows = np.arange(len(user))
    order = np.lexsort((rows, rows if when is None else when, user))
    valid = np.zeros(len(user), bool)
    for u in np.unique(user):
        own = order[user[order] == u]
        valid[own[len(own) - min(count(len(own)), len(own)):]] = True
    return valid


def expected(how, user, when):
    kind, *a = how.split(":")
    rows = np.arange(len(user))
    if kind == "share":
        return philox.real(int(a[0]), philox.SPLIT, 0, rows) < float(a[1])
    if kind == "fold":
        u = philox.real(int(a[0]), philox.SPLIT, 0, rows)
        return (u * int(a[2])).astype(int) == int(a[1]) - 1
    if kind == "after":
        return when > int(a[0])
    if kind == "time":
        valid = np.zeros(len(rows), bool)
        valid[np.lexsort((rows, when))[len(rows) - last(float(a[0]), len(rows)):]] = True
        return valid
    if kind == "last":
        return by_user(user, when, lambda n: int(a[0]))
    return by_user(user, when, lambda n: last(float(a[0]), n))


def cold(train, valid):
    v = np.unique(valid)
    return "%d of %d" % ((~np.isin(v, train)).sum(), len(v))


def rows(how, ratings, train, valid):
    whole = columns(load(ratings), "rows")
    want = expected(how, whole[0], whole[3])
    assert want.any() and not want.all(), "a split that shows nothing"
    for path, mask in ((train, ~want), (valid, want)):
        for got, all_rows in zip(columns(load(path), "rows"), whole):
            assert np.array_equal(got, None if all_rows is None else all_rows[mask]), path
    print(cold(whole[0][~want], whole[0][want]), "users and",
          cold(whole[1][~want], whole[1][want]), "items")


def epochs(stream, part):
    """A part's rows, an epoch a time."""
    head, parts = stream
    n = len(parts["epochs"][0])
    cols = columns(stream, part)
    size = len(cols[0]) // n
    for e in range(n):
        yield e, [None if c is None else c[e * size:(e + 1) * size] for c in cols]


def order(ratings, batches, seed):
    whole = columns(load(ratings), "rows")
    valid = philox.real(seed, philox.SPLIT, 0, np.arange(len(whole[0]))) < .2
    train = np.flatnonzero(~valid)
    stream = load(batches)
    for e, got in epochs(stream, "train"):
        keys = philox.u64(seed, philox.SHUFFLE, e, train)
        want = train[np.argsort(keys, kind="stable")]
        for g, w in zip(got, whole):
            assert np.array_equal(g, w[want]), e
    for e, got in epochs(stream, "valid"):
        for g, w in zip(got, whole):
            assert np.array_equal(g, w[valid]), e


def negatives(ratings, batches, n, how):
    stream = load(batches)
    user, item = columns(load(ratings), "rows")[:2]
    users, items = user.max() + 1, item.max() + 1
    seen = np.zeros((users, items), bool)
    seen[user, item] = True
    drawn = np.zeros((users, items))
    each, positive, valid = [], [], []
    for e, (u, i, r, t) in epochs(stream, "train"):
        zero = r == 0
        positive.append(sorted(zip(u[~zero], i[~zero])))
        assert not seen[u[zero], i[zero]].any(), "a seen item"
        np.add.at(drawn, (u[zero], i[zero]), 1)
        each.append(sorted(zip(u[zero], i[zero])))
        rows = np.bincount(u[~zero], minlength=users)
        w = weights(u[~zero], i[~zero], items, how)
        free = (~seen & (w > 0)).any(1)
        assert np.array_equal(np.bincount(u[zero], minlength=users),
                              rows * n * free), "numbers of negatives"
        # Negatives are not in blocks behind their rows.
        assert 0 < zero[:len(zero) // 2].sum() < len(zero) // 2
    for e, (u, i, r, t) in epochs(stream, "valid"):
        assert not seen[u[r == 0], i[r == 0]].any(), "a seen item"
        valid.append([u.tolist(), i.tolist(), r.tolist()])
        starts = np.flatnonzero(r != 0)
        runs = np.diff(np.append(starts, len(r))) - 1
        assert np.array_equal(runs, n * free[u[starts]])
    assert all(p == positive[0] for p in positive)
    assert all(a != b for a, b in zip(each, each[1:]))
    assert all(v == valid[0] for v in valid)
    left = np.where(seen, 0, w)
    share = left / np.maximum(left.sum(1, keepdims=True), 1e-300)
    want = (share * drawn.sum(1, keepdims=True)).sum(0)
    got = drawn.sum(0)
    assert (got[want == 0] == 0).all()
    big = want > 5
    chi = ((got - want)[big] ** 2 / want[big]).sum()
    dof = big.sum()
    assert dof > 20
    # Draws of a user are multinomial, so chi is at most about this.
    assert abs(chi - dof) < 4 * np.sqrt(2 * dof), (chi, dof)
    print("%d negatives, chi-squared %.1f, %d items" % (drawn.sum(), chi, dof))


def weights(user, item, items, how):
    if how == "uniform":
        return np.ones(items)
    return np.bincount(item, minlength=items) ** .75


def make(n):
    rng = np.random.default_rng(1)
    w = writer.Writer(sys.stdout.buffer, {"cf": 1, "kind": "ratings", "columns": [
        {"part": "user", "name": "user", "type": "str", "role": "user"},
        {"part": "item", "name": "item", "type": "str", "role": "item"},
        {"part": "rows", "name": "user", "type": "u32", "role": "user", "dict": "user"},
        {"part": "rows", "name": "item", "type": "u32", "role": "item", "dict": "item"},
        {"part": "rows", "name": "rating", "type": "f32", "role": "rating"},
        {"part": "rows", "name": "time", "type": "i64", "role": "time"}]})
    for part in "user", "item":
        w.add(part, 1000, [writer.text([b"%d" % i for i in range(1000)])])
    for a in range(0, n, 65536):
        m = min(65536, n - a)
        w.add("rows", m, [v.tobytes() for v in (
            rng.integers(0, 1000, m, "<u4"), rng.integers(0, 1000, m, "<u4"),
            rng.integers(1, 11, m).astype("<f4"), rng.integers(0, 10**9, m, "<i8"))])
    w.end()


def memory(command):
    """The usage that wait gives would be Python's own, from before exec."""
    most = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        while child.poll() is None:
            with open("/proc/%d/status" % child.pid) as f:
                status = dict(line.split(":", 1) for line in f)
            if status["Name"].strip() == command[0] and "VmHWM" in status:
                most = int(status["VmHWM"].split()[0])
            time.sleep(.001)
    assert child.returncode == 0 and most > 0
    print(most)


def main():
    a = sys.argv[1:]
    if a[0] == "rows":
        rows(*a[1:])
    elif a[0] == "order":
        order(a[1], a[2], int(a[3]))
    elif a[0] == "make":
        make(int(a[1]))
    elif a[0] == "memory":
        memory(a[1:])
    else:
        negatives(a[1], a[2], int(a[3]), a[4])


main()
