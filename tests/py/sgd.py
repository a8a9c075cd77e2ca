"""Solver sgd against a float64 run of its problem.

sgd.py DIR     runs cf-train in DIR

Of the solver it knows the loss as a function of the score, whose derivative is
a central difference, the penalty, and the order of the steps; first weights and
the order are Philox draws, made here again. Some users and items have no row,
one user has one."""
import os
import subprocess
import sys

import numpy as np

import philox
from manpage import reader, writer

SEED, SIDE, STREAMS, H = 42, 16, 4, 1e-6
USERS, ITEMS, ROWS, EPOCHS = 190, 40, 1500, 2
VARIANTS = [
    {"k": 3},
    {"k": 16, "lr": 0.1, "decay": 0.5, "l2": 0.3},
    {"k": 19, "nonneg": True, "lr": 0.08},
    {"k": 5, "bias": False},
    {"k": 4, "bias": False, "nonneg": True, "lr": 0.05},
    {"k": 33, "loss": "bce", "lr": 0.2},
    {"k": 2, "loss": "bce", "nonneg": True, "lr": 0.3, "l2": 0.01}]
USUAL = {"lr": 0.03, "decay": 0.2, "l2": 0.04, "bias": True, "nonneg": False,
         "loss": "mse"}


def draw(purpose, epoch, index):
    return int(philox.u64(SEED, purpose, epoch, index))


def shuffled(n, purpose, epoch):
    """Fisher and Yates; for so few numbers no draw is ever rejected."""
    order = list(range(n))
    for i in range(n - 1, 0, -1):
        j = draw(purpose, epoch, i) * (i + 1) >> 64
        order[i], order[j] = order[j], order[i]
    return order


def factors(n, v, purpose, mean):
    draws = philox.u64(SEED, purpose, 0, np.arange((n * v["k"] + 1) // 2))
    x = np.array([int(w) >> s & 0xffffffff for w in draws for s in (0, 32)])
    x = (x[:n * v["k"]] >> 8) / 2**24 - 0.5
    alone = not v["bias"] and v["loss"] == "mse"
    w = (np.sqrt(mean / v["k"]) if alone else 0) + 0.8 / np.sqrt(v["k"]) * x
    return (np.abs(w) if v["nonneg"] else w).reshape(n, v["k"])


def loss(v, z, r):
    """Half of the squared error, or the cross entropy."""
    if v["loss"] == "mse":
        return (z - r)**2 / 2
    return np.logaddexp(0, z) - r * z


def blocks(user, item):
    """Rows of each block, in the order of their steps but for the streams."""
    up, ip = shuffled(USERS, 12, 0), shuffled(ITEMS, 13, 0)
    found = {}
    for r in sorted(range(ROWS), key=lambda r: up[user[r]]):
        at = up[user[r]] * SIDE // USERS, ip[item[r]] * SIDE // ITEMS
        found.setdefault(at, []).append(r)
    return found


def turns(rows, user):
    """Rows whose errors are found before their steps are taken."""
    cuts = [0]
    for i in range(1, STREAMS):
        at = len(rows) // STREAMS * i
        while at > cuts[-1] and user[rows[at]] == user[rows[at - 1]]:
            at -= 1
        cuts.append(at)
    streams = [rows[a:b] for a, b in zip(cuts, cuts[1:] + [len(rows)])]
    most = min(map(len, streams))
    yield from zip(*(s[:most] for s in streams))
    for s in streams:
        yield from ((r,) for r in s[most:])


def sweep(v, w, d, epoch):
    user, item, rating = d
    found = blocks(user, item)
    assert any(len(t) == STREAMS for b in found.values()
               for t in turns(b, user))
    lr = v["lr"] / (1 + v["decay"] * epoch)
    row, column = shuffled(SIDE, 12, epoch + 1), shuffled(SIDE, 13, epoch + 1)
    order = [(row[i], column[(i + j) % SIDE])
             for j in range(SIDE) for i in range(SIDE)]
    total = 0
    for turn in (t for b in order for t in turns(found.get(b, []), user)):
        slopes = []
        for r in turn:
            z = (w["mean"] + w["bu"][user[r]] + w["bi"][item[r]] +
                 w["p"][user[r]] @ w["q"][item[r]])
            slopes.append((loss(v, z + H, rating[r]) -
                           loss(v, z - H, rating[r])) / (2 * H))
            total += loss(v, z, rating[r]) * (2 if v["loss"] == "mse" else 1)
        for r, slope in zip(turn, slopes):
            step(v, w, user[r], item[r], slope, lr)
    return total / ROWS


def step(v, w, u, i, slope, lr):
    """Down the gradient of loss + l2 / 2 * squared weights."""
    p, q = w["p"][u].copy(), w["q"][i].copy()
    w["p"][u] -= lr * (slope * q + v["l2"] * p)
    w["q"][i] -= lr * (slope * p + v["l2"] * q)
    if v["nonneg"]:
        w["p"][u], w["q"][i] = (np.maximum(x, 0)
                                for x in (w["p"][u], w["q"][i]))
    if v["bias"]:
        w["bu"][u] -= lr * (slope + v["l2"] * w["bu"][u])
        w["bi"][i] -= lr * (slope + v["l2"] * w["bi"][i])


def run(v, d):
    mean = d[2].mean()
    w = {"p": factors(USERS, v, 3, mean), "q": factors(ITEMS, v, 4, mean),
         "bu": np.zeros(USERS), "bi": np.zeros(ITEMS)}
    if v["loss"] == "bce":
        one = d[2].sum()
        mean = np.log((one + 1) / (ROWS - one + 1))
    w["mean"] = mean if v["bias"] else 0
    return w, [sweep(v, w, d, e) for e in range(EPOCHS)]


def data(v):
    rng = np.random.default_rng(7)
    user = np.minimum(rng.geometric(0.02, ROWS), USERS - 3)
    item = np.minimum(rng.geometric(0.1, ROWS), ITEMS - 2)
    user[0] = USERS - 2
    rating = rng.integers(1, 11, ROWS) / 2
    if v["loss"] == "bce":
        rating = (rating > 2).astype(float)
    return user, item, rating


def train(v, folder):
    args = ["-k", v["k"], "-e", EPOCHS, "--lr", v["lr"], "--decay", v["decay"],
            "--l2", v["l2"], "--loss", v["loss"], "--seed", SEED]
    args += ["--nonneg"] * v["nonneg"] + ["--no-bias"] * (not v["bias"])
    subprocess.run(["cf-train", "-q", "-s", "sgd", "-o", "sgd.cf",
                    *map(str, args), "sgd-in.cf"], check=True, cwd=folder)
    with open(os.path.join(folder, "sgd.cf"), "rb") as f:
        return reader.read(f.read())


def near(what, got, want, most):
    got, want = np.asarray(got, float).ravel(), np.asarray(want).ravel()
    worst = np.abs(got - want).max()
    print("%s: %d, largest difference %.1e" % (what, want.size, worst))
    assert got.shape == want.shape and worst <= most


def check(v, folder):
    d = data(v)
    ids = lambda n: [b"%d" % i for i in range(n)]
    with open(os.path.join(folder, "sgd-in.cf"), "wb") as f:
        writer.write_ratings(f, ids(USERS), ids(ITEMS), *d)
    head, parts = train(v, folder)
    w, losses = run(v, d)
    near("mean", head["facts"]["mean"], w["mean"], 1e-9)
    near("losses", parts["epochs"][1], losses, 1e-5)
    for name, part in (("p", "user_factors"), ("q", "item_factors"),
                       ("bu", "user_bias"), ("bi", "item_bias")):
        near(part, parts[part][0], w[name], 1e-5)
    if v["nonneg"]:
        least = min(np.min(w["p"]), np.min(w["q"]))
        assert least == 0 if v["bias"] else least >= 0
    near("counts", parts["user_count"][0], np.bincount(d[0], minlength=USERS),
         0)


def main():
    for v in VARIANTS:
        print(v)
        check(dict(USUAL, **v), sys.argv[1])


main()
