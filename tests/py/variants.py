"""The options of the learner against a float64 run of their formulas.

variants.py DIR [NAME ...]   runs cf-train for each variant, in DIR

Rows, order, batches and first weights are those of tests/data/parity; what
changes is in the table at the end."""
import json
import math
import os
import subprocess
import sys

import numpy as np

import parity

USUAL = {"args": [], "course": "one-cycle", "moms": (0.95, 0.85, 0.95),
         "lr": 5e-3, "wd": 0.1, "beta2": 0.99, "eps": 1e-5, "bias": True,
         "loss": "mse", "link": "sigmoid", "clip": None, "freeze": "none"}


def along(a, b, p):
    return a + (1 + math.cos(math.pi * (1 - p))) * (b - a) / 2


def rates(v, t):
    """Learning rate and momentum at share t of all steps."""
    lr, m = v["lr"], v["moms"]
    if v["course"] == "one-cycle" and t < 0.25:
        return along(lr / 25, lr, t * 4), along(m[0], m[1], t * 4)
    if v["course"] == "one-cycle":
        p = (t - 0.25) / 0.75
        return along(lr, lr / 1e5, p), along(m[1], m[2], p)
    if v["course"] == "flat-cos" and t >= 0.75:
        return along(lr, lr / 1e5, (t - 0.75) * 4), m[0]
    return lr, m[0]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Learner:
    def __init__(self, v, d):
        self.v, self.d, self.step = v, d, 0
        self.w = {n: np.asarray(d["init"][n], float)
                  for n in parity.TABLES}
        self.learnt = [n for n in parity.TABLES
                       if (v["bias"] or "bias" not in n)
                       and not n.startswith(v["freeze"][:4])]
        self.m = {n: np.zeros_like(w) for n, w in self.w.items()}
        self.s = {n: np.zeros_like(w) for n, w in self.w.items()}

    def score(self, u, i):
        w = self.w
        return ((w["user_factors"][u] * w["item_factors"][i]).sum(1)
                + w["user_bias"][u] + w["item_bias"][i])

    def loss(self, z, r):
        """Of each row, and its derivative by z."""
        lo, hi = self.d["y_range"]
        s = sigmoid(z)
        if self.v["loss"] == "bce":
            return -r * np.log(s) - (1 - r) * np.log(1 - s), s - r
        if self.v["link"] == "identity":
            return (z - r) ** 2, 2 * (z - r)
        y = lo + (hi - lo) * s
        return (y - r) ** 2, 2 * (y - r) * (hi - lo) * s * (1 - s)

    def gradient(self, u, i, dz):
        g = {n: np.zeros_like(w) for n, w in self.w.items()}
        np.add.at(g["user_factors"], u, dz[:, None] * self.w["item_factors"][i])
        np.add.at(g["item_factors"], i, dz[:, None] * self.w["user_factors"][u])
        np.add.at(g["user_bias"], u, dz)
        np.add.at(g["item_bias"], i, dz)
        g = {n: g[n] for n in self.learnt}
        if self.v["clip"]:
            norm = math.sqrt(sum((x ** 2).sum() for x in g.values()))
            scale = min(1, self.v["clip"] / (norm + 1e-6))
            g = {n: x * scale for n, x in g.items()}
        return g

    def learn(self, u, i, r, t):
        v, (lr, b1) = self.v, rates(self.v, t)
        loss, dz = self.loss(self.score(u, i), r)
        g = self.gradient(u, i, dz / len(r))
        self.step += 1
        for n in self.learnt:
            self.w[n] *= 1 - lr * v["wd"]
            self.m[n] = b1 * self.m[n] + (1 - b1) * g[n]
            self.s[n] = v["beta2"] * self.s[n] + (1 - v["beta2"]) * g[n] ** 2
            root = np.sqrt(self.s[n] / (1 - v["beta2"] ** self.step))
            self.w[n] -= (lr / (1 - b1 ** self.step) * self.m[n]
                          / (root + v["eps"]))
        return float(loss.mean())

    def validate(self, u, i, r):
        z = self.score(u, i)
        if self.v["link"] == "identity":
            z = np.clip(z, *self.d["y_range"])
        return float(self.loss(z, r)[0].mean())


def run(v, d):
    """What parity.check compares with: the data after a float64 run."""
    user, item, rating = (np.asarray(d[n]) for n in ("user", "item", "rating"))
    rows, batch, n = d["train_rows"], d["batch"], d["train_rows"] // d["batch"]
    one, losses, valid = Learner(v, d), [], []
    for e, order in enumerate(d["order"]):
        for b in range(n):
            at = np.asarray(order[b * batch:(b + 1) * batch])
            t = (e * n + b) / (n * d["epochs"])
            losses.append(one.learn(user[at], item[at], rating[at], t))
        valid.append(one.validate(user[rows:], item[rows:], rating[rows:]))
    return dict(d, batch_loss=losses, valid_mse=valid,
                final={n: w.tolist() for n, w in one.w.items()})


def prepare(v, d):
    rating, init = np.asarray(d["rating"], float), dict(d["init"])
    if v["loss"] == "bce":
        rating = (rating - 0.5) / 4.5
    rating = rating.astype(np.float32).astype(float)
    span = [rating[:d["train_rows"]].min(), rating[:d["train_rows"]].max()]
    if not v["bias"]:
        for n in ("user_bias", "item_bias"):
            init[n] = np.zeros(len(init[n])).tolist()
    y_range = ([0.0, 1.0] if v["loss"] == "bce" else
               span if v["link"] == "identity" else d["y_range"])
    return dict(d, rating=rating.tolist(), init=init, link=v["link"],
                y_range=y_range)


def check(name, v, d, folder):
    print("--", name)
    d = prepare(v, d)
    paths = [os.path.join(folder, n)
             for n in ("batches.cf", "init.cf", "losses.tsv", "model.cf")]
    parity.write_batches(d, paths[0])
    parity.write_model(d, paths[1])
    subprocess.run(["cf-train", "-q", "--init", paths[1], "--losses", paths[2],
                    "-o", paths[3], *v["args"], paths[0]], check=True)
    parity.check(run(v, d), folder)


def main():
    with open(parity.DATA) as f:
        d = json.load(f)
    for name, v in VARIANTS.items():
        if not sys.argv[2:] or name in sys.argv[2:]:
            check(name, dict(USUAL, **v), d, sys.argv[1])


IDENTITY = {"args": ["--link", "identity", "--lr", "0.1"], "link": "identity",
            "lr": 0.1}
VARIANTS = {
    "usual": {"args": ["--y-range", "0,5.5"]},
    "flat": {"args": ["--schedule", "flat"], "course": "flat",
             "moms": (0.9,)},
    "flat-cos": {"args": ["--schedule", "flat-cos", "--lr", "0.01"],
                 "course": "flat-cos", "moms": (0.9,), "lr": 0.01},
    "moms": {"args": ["--moms", "0.9,0.6,0.8"], "moms": (0.9, 0.6, 0.8)},
    "two moms": {"args": ["--moms", "0.9,0.5"], "moms": (0.9, 0.5, 0.9)},
    "one mom": {"args": ["--moms", "0"], "moms": (0, 0, 0)},
    "optimiser": {"args": ["--beta2", "0.999", "--eps", "1e-8", "--wd", "0"],
                  "beta2": 0.999, "eps": 1e-8, "wd": 0},
    "no bias": {"args": ["--no-bias"], "bias": False},
    "bce": {"args": ["--loss", "bce"], "loss": "bce"},
    "identity": IDENTITY,
    "dot alone": dict(IDENTITY, args=IDENTITY["args"] + ["--no-bias"],
                      bias=False),
    "clip": {"args": ["--clip", "0.05"], "clip": 0.05},
    "clip identity": dict(IDENTITY, args=IDENTITY["args"] + ["--clip", "2"],
                          clip=2),
    "items frozen": {"args": ["--freeze", "items"], "freeze": "items"},
    "users frozen": {"args": ["--freeze", "users", "--clip", "0.03"],
                     "freeze": "users", "clip": 0.03},
}
if __name__ == "__main__":
    main()
