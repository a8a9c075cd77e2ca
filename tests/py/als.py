"""Solvers als and ials against their objectives in float64.

als.py DIR      runs cf-train and cf-cat in DIR

Of the solvers it knows the objective alone, as cf-train(1) has it: it falls
from epoch to epoch, the training loss is what the page says, and after an epoch
the items are where the derivative by them is 0, the users being as they are."""
import csv
import io
import os
import subprocess
import sys

import numpy as np

USERS, ITEMS = 40, 30


def run(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, check=True).stdout


def table(*argv):
    return list(csv.DictReader(io.StringIO(run(*argv).decode())))


def write_ratings(name):
    """User 0 has one rating, user 1 equal ones; item 0 has one rating, and item
    1 equal ones."""
    rng = np.random.default_rng(5)
    rows = [(0, 5, 4.0)] + [(1, i, 3.0) for i in range(2, 9)]
    rows += [(7, 0, 2.5)]
    for u in range(2, USERS):
        rows += [(u, 1, 4.5)] if u % 3 == 0 else []
        for i in rng.choice(np.arange(2, ITEMS), 1 + u % 17, replace=False):
            rows.append((u, i, rng.integers(1, 11) / 2))
    with open(name, "w") as f:
        f.write("user,item,rating\n")
        f.writelines("%d,%d,%g\n" % r for r in rows)
    return np.array(rows)


class Model:
    def __init__(self, name):
        self.ids, self.v, self.b = {}, {}, {}
        for side in ("users", "items"):
            lines = table("cf-cat", "--" + side, "-t", "csv", name)
            key = list(lines[0])[0]
            self.ids[side] = np.array([int(x[key]) for x in lines])
            self.b[side] = np.array([float(x["bias"]) for x in lines])
            self.v[side] = np.load(io.BytesIO(run(
                "cf-cat", "--" + side, "--export", "npy",
                name))).astype(float)
        lines = table("cf-cat", "--part", "epochs", "-t", "csv", name)
        self.loss = [float(x["train_loss"]) for x in lines]


def positions(ids, wanted):
    at = {x: i for i, x in enumerate(ids)}
    return np.array([at[int(x)] for x in wanted])


def ials(m, rows, alpha0, alpha, nu, l2):
    """The objective, and its largest derivative by the items."""
    u, i = (positions(m.ids[s], rows[:, c])
            for c, s in enumerate(("users", "items")))
    p, q = m.v["users"], m.v["items"]
    c = 1 + alpha * rows[:, 2]
    off = 1 - (p[u] * q[i]).sum(1)
    ridge = {"users": l2 * (np.bincount(u, minlength=len(p)) +
                            alpha0 * len(q)) ** nu,
             "items": l2 * (np.bincount(i, minlength=len(q)) +
                            alpha0 * len(p)) ** nu}
    f = (c * off**2).sum() + alpha0 * ((p @ q.T)**2).sum()
    f += (ridge["users"] * (p**2).sum(1)).sum()
    f += (ridge["items"] * (q**2).sum(1)).sum()
    d = alpha0 * q @ p.T @ p + ridge["items"][:, None] * q
    np.add.at(d, i, -(c * off)[:, None] * p[u])
    return f, np.abs(d).max()


def als(m, rows, mean, l2):
    """Objective, derivative, and the mean squared error."""
    u, i = (positions(m.ids[s], rows[:, c])
            for c, s in enumerate(("users", "items")))
    p, q = m.v["users"], m.v["items"]
    off = mean + m.b["users"][u] + m.b["items"][i] - rows[:, 2]
    off += (p[u] * q[i]).sum(1)
    f = (off**2).sum()
    n = {"users": np.bincount(u, minlength=len(p)),
         "items": np.bincount(i, minlength=len(q))}
    for s in n:
        f += l2 * (n[s] * ((m.v[s]**2).sum(1) + m.b[s]**2)).sum()
    d = l2 * n["items"][:, None] * q
    e = l2 * n["items"] * m.b["items"]
    np.add.at(d, i, off[:, None] * p[u])
    np.add.at(e, i, off)
    return f, max(np.abs(d).max(), np.abs(e).max()), (off**2).mean()


def train(solver, epochs, options):
    name = "m%d" % epochs
    run("cf-train", "-q", "-s", solver, "-e", str(epochs), "-o", name,
        *options.split(), "ratings.cf")
    return Model(name)


def check_ials(rows, options, alpha0=.1, alpha=0., nu=1., l2=.003):
    options += " --alpha0 %g --alpha %g --nu %g --l2 %g" % (alpha0, alpha, nu,
                                                          l2)
    before = np.inf
    for epochs in range(1, 6):
        m = train("ials", epochs, options)
        f, slope = ials(m, rows, alpha0, alpha, nu, l2)
        assert f < before, (options, epochs, f, before)
        assert abs(m.loss[-1] - f / len(rows)) < 1e-5 * f, (options, f, m.loss)
        assert not np.any(m.b["items"]) and not np.any(m.b["users"])
        before = f
    return slope


def main():
    os.chdir(sys.argv[1])
    rows = write_ratings("ratings.csv")
    with open("ratings.cf", "wb") as f:
        merge = subprocess.Popen(["cf-merge", "-q", "ratings.csv"],
                                 stdout=subprocess.PIPE)
        subprocess.run(["cf-index", "-q"], stdin=merge.stdout, stdout=f,
                       check=True)
        assert merge.wait() == 0
    for options in ("-k 5 --steps 0", "-k 16 --steps 0", "-k 40 --steps 0",
                    "-k 16 --steps 60", "-k 40 --steps 60"):
        for kind in ({}, {"alpha": 2., "nu": .5, "l2": .05},
                     {"alpha0": 1., "nu": 1.5, "alpha": .1},
                     {"nu": 0., "l2": 1e-4}):
            slope = check_ials(rows, options, **kind)
            assert slope < 2e-4, (options, kind, slope)
    check_ials(rows, "-k 16 --steps 1")
    # Steps read the other side as half floats: 11 bits of each number.
    assert check_ials(rows, "-k 40 --steps 30") < 5e-3
    check_ials(rows, "-k 33")
    for options in ("-k 3 --l2 .1", "-k 20 --l2 .02", "-k 33 --l2 1e-4"):
        before, l2 = np.inf, float(options.split()[-1])
        for epochs in range(1, 6):
            m = train("als", epochs, options)
            f, slope, mse = als(m, rows, rows[:, 2].mean(), l2)
            assert f < before, (options, epochs, f, before)
            assert abs(m.loss[-1] - mse) < 1e-5, (options, mse, m.loss)
            assert slope < 1e-3, (options, slope)
            before = f
    # More factors than a user has ratings and no penalty: nothing is left.
    m = train("als", 5, "-k 40 --l2 0")
    mse = als(m, rows, rows[:, 2].mean(), 0)[2]
    assert abs(m.loss[-1] - mse) < 1e-5 and mse < 1e-4, (mse, m.loss)


main()
