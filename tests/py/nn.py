"""Solver nn against a float64 run of its problem.

nn.py DIR      runs cf-train and cf-score in DIR

Of the solver it knows the loss as a function of the weights alone: gradients
are central differences. First weights and dropout are Philox draws, made here
again. Rows, order and batches are those of tests/data/parity."""
import functools
import json
import math
import os
import subprocess
import sys

import numpy as np

import parity
import variants
from manpage import reader, writer

SEED, RANGE, WD, LR, H = 42, (0.0, 5.5), 0.1, 5e-3, 1e-7
VARIANTS = [
    {"emb": (3, 2), "layers": (5, 4), "drop": 0, "emb_drop": 0, "clip": 0},
    {"emb": (2, 3), "layers": (6,), "drop": 0, "emb_drop": 0.25, "clip": 0},
    {"emb": (1, 2), "layers": (3, 4, 2), "drop": 0.3, "emb_drop": 0,
     "clip": 0.05}]


def philox(index, purpose, epoch):
    """Two draws of 64 bits."""
    c = [index & 0xffffffff, index >> 32, epoch, purpose]
    k = [SEED & 0xffffffff, SEED >> 32]
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(q >> 32) ^ c[1] ^ k[0], q & 0xffffffff,
             (p >> 32) ^ c[3] ^ k[1], p & 0xffffffff]
        k = [(k[0] + 0x9E3779B9) & 0xffffffff,
             (k[1] + 0xBB67AE85) & 0xffffffff]
    return c[0] | c[1] << 32, c[2] | c[3] << 32


def unit(bits):
    return (bits >> 11) / 2**53


def embedding(n, width, purpose):
    w = np.empty(n * width)
    for i in range(w.size):
        a, b = map(unit, philox(i, purpose, 0))
        normal = math.sqrt(-2 * math.log(1 - a)) * math.cos(2 * math.pi * b)
        w[i] = math.fmod(normal, 2) * 0.01
    return w.reshape(n, width)


def layer(number, n_in, n):
    """The n first weights of a layer, within 1 / sqrt(n_in)."""
    draws = [unit(philox(i, 10, number)[0]) for i in range(n)]
    return (2 * np.array(draws) - 1) / math.sqrt(n_in)


@functools.lru_cache(maxsize=16)
def chances(n, step, number):
    """n numbers of 16 bits, four from a draw."""
    words = [philox(step * ((n + 3) // 4) + i, 11, number)[0]
             for i in range((n + 3) // 4)]
    return np.array([w >> s & 0xffff for w in words
                     for s in (0, 16, 32, 48)][:n])


def keep(x, share, step, number):
    """0 or 1 / (1 - share) for each number of x, (rows, features); the draws
    go by feature."""
    if share == 0:
        return 1
    bits = chances(x.size, step, number)
    kept = np.where(bits < share * 65536, 0, 1 / (1 - share))
    return kept.reshape(x.shape[::-1]).T


class Net:
    def __init__(self, v, d):
        self.v, self.d = v, d
        widths = [sum(v["emb"]), *v["layers"], 1]
        self.w = {"user": embedding(d["n_users"], v["emb"][0], 3),
                  "item": embedding(d["n_items"], v["emb"][1], 4)}
        for l, (a, b) in enumerate(zip(widths, widths[1:])):
            last = b == 1 and l == len(v["layers"])
            drawn = layer(l, a, a * b + (b if last else 0))
            self.w["weight%d" % l] = drawn[:a * b].reshape(b, a)
            if last:
                self.w["bias"] = drawn[a * b:]
            else:
                self.w["scale%d" % l] = np.ones(b)
                self.w["shift%d" % l] = np.full(b, 0.001)
        self.hidden = range(len(v["layers"]))
        self.mean = [np.zeros(b) for b in v["layers"]]
        self.var = [np.ones(b) for b in v["layers"]]
        self.m = {n: np.zeros_like(w) for n, w in self.w.items()}
        self.s = {n: np.zeros_like(w) for n, w in self.w.items()}

    def score(self, x, step=None, note=None):
        """x: (rows, both embeddings). step None: with what was learnt of mean
        and variance; note: gets those of the mini-batch."""
        w, v = self.w, self.v
        for l in self.hidden:
            if step is not None:
                x = x * keep(x, v["drop"] if l else v["emb_drop"], step, l)
            a = np.maximum(x @ w["weight%d" % l].T, 0)
            mean, var = self.mean[l], self.var[l]
            if step is not None:
                mean, var = a.mean(0), a.var(0)
            if note is not None:
                note.append((mean, a.var(0, ddof=1)))
            x = (w["scale%d" % l] * (a - mean) / np.sqrt(var + 1e-5)
                 + w["shift%d" % l])
        l = len(self.hidden)
        if step is not None:
            x = x * keep(x, v["drop"], step, l)
        return (x @ w["weight%d" % l].T + w["bias"])[:, 0]

    def predict(self, *args):
        lo, hi = RANGE
        return lo + (hi - lo) * variants.sigmoid(self.score(*args))

    def loss(self, u, i, r, step, note=None):
        x = np.hstack([self.w["user"][u], self.w["item"][i]])
        return ((self.predict(x, step, note) - r)**2).mean()

    def gradient(self, *batch):
        grad = {}
        for name, w in self.w.items():
            g = grad[name] = np.zeros(w.size)
            flat = w.reshape(-1)
            for j in self.touched(name, w, *batch):
                kept = flat[j]
                flat[j] = kept + H
                up = self.loss(*batch)
                flat[j] = kept - H
                g[j] = (up - self.loss(*batch)) / (2 * H)
                flat[j] = kept
            grad[name] = g.reshape(w.shape)
        return grad

    @staticmethod
    def touched(name, w, u, i, *_):
        """Weights that the loss may depend on."""
        if name not in ("user", "item"):
            return range(w.size)
        ids = np.unique(u if name == "user" else i)
        return (ids[:, None] * w.shape[1] + np.arange(w.shape[1])).ravel()

    def clip(self, grad):
        norm = math.sqrt(sum((g * g).sum() for g in grad.values()))
        if self.v["clip"] and norm > self.v["clip"]:
            for g in grad.values():
                g *= self.v["clip"] / (norm + 1e-6)

    def learn(self, u, i, r, step, steps):
        note = []
        loss = self.loss(u, i, r, step, note)
        grad = self.gradient(u, i, r, step)
        self.clip(grad)
        for l, (mean, var) in enumerate(note):
            self.mean[l] = 0.9 * self.mean[l] + 0.1 * mean
            self.var[l] = 0.9 * self.var[l] + 0.1 * var
        usual = dict(variants.USUAL, lr=LR)
        lr, b1 = variants.rates(usual, step / steps)
        t, decays = step + 1, ("user", "item", "weight")
        for n, w in self.w.items():
            g = grad[n]
            if n.startswith(decays):
                w *= 1 - lr * WD
            self.m[n] = b1 * self.m[n] + (1 - b1) * g
            self.s[n] = 0.99 * self.s[n] + 0.01 * g * g
            w -= (lr / (1 - b1**t) * self.m[n]
                  / (np.sqrt(self.s[n] / (1 - 0.99**t)) + 1e-5))
        return loss

    def known(self, name, ids, train):
        """Embeddings; of those without a training row the mean, which, because
        it is a linear layer that follows, is what the program does."""
        count = np.bincount(train, minlength=len(self.w[name]))
        w = self.w[name]
        mean = (count[:, None] * w).sum(0) / count.sum()
        return np.where(count[ids, None] > 0, w[ids], mean)


def run(v, d):
    """Float64: losses of batches, of validation, and predictions."""
    net, n = Net(v, d), d["train_rows"]
    user, item, rating = (np.asarray(d[k]) for k in ("user", "item", "rating"))
    per, losses, valid = n // d["batch"], [], []
    for order in d["order"]:
        for at in range(per):
            rows = order[at * d["batch"]:(at + 1) * d["batch"]]
            losses.append(net.learn(user[rows], item[rows], rating[rows],
                                    len(losses), per * d["epochs"]))
        x = np.hstack([net.known("user", user[n:], user[:n]),
                       net.known("item", item[n:], item[:n])])
        valid.append(((net.predict(x) - rating[n:])**2).mean())
    everyone = np.indices((d["n_users"], d["n_items"])).reshape(2, -1)
    x = np.hstack([net.known("user", everyone[0], user[:n]),
                   net.known("item", everyone[1], item[:n])])
    return losses, valid, net.predict(x).reshape(d["n_users"], -1)


def train(v, folder):
    args = ["--emb", "%d,%d" % v["emb"], "--layers",
            ",".join(map(str, v["layers"])), "--dropout", str(v["drop"]),
            "--emb-dropout", str(v["emb_drop"]), "--seed", str(SEED)]
    if v["clip"]:
        args += ["--clip", str(v["clip"])]
    subprocess.run(["cf-train", "-q", "-s", "nn", "--y-range", "0,5.5",
                    "--losses", "losses.tsv", "-o", "nn.cf", *args,
                    "batches.cf"], check=True, cwd=folder)


def stream(folder, *command):
    out = subprocess.run(command, check=True, cwd=folder,
                         stdout=subprocess.PIPE).stdout
    return reader.read(out)


def page_predict(head, parts, u, i):
    """The prediction by the words of cf-stream(5)."""
    f = head["facts"]
    side = lambda name, rows: np.where(
        np.asarray(parts[name + "_count"][0])[rows, None] > 0,
        np.asarray(parts[name + "_factors"][0])[rows],
        np.asarray(parts[name + "_cold_factors"][0]))
    x = (side("user", u) + side("item", i)).astype(float)
    for l in range(1, f["layers"] + 1):
        weight = np.reshape(parts["layer%d_weight" % l][0],
                            (-1, x.shape[1]))
        x = np.maximum(x, 0) @ weight.T + parts["layer%d_bias" % l][0]
    return f["lo"] + (f["hi"] - f["lo"]) * variants.sigmoid(x[:, 0])


def near(what, got, want, most):
    worst = np.abs(np.asarray(got, float) - want).max()
    print("%s: %d, largest difference %.1e" % (what, np.size(want), worst))
    assert np.shape(got) == np.shape(want) and worst <= most


def check(v, d, folder):
    train(v, folder)
    losses, valid, scores = run(v, d)
    with open(os.path.join(folder, "losses.tsv")) as f:
        got = [float(line.split("\t")[-1]) for line in f.readlines()[1:]]
    near("batch losses", got, losses, 2e-5)
    with open(os.path.join(folder, "nn.cf"), "rb") as f:
        head, parts = reader.read(f.read())
    near("validation losses", parts["epochs"][2], valid, 1e-4)
    every = np.indices(scores.shape).reshape(2, -1)
    near("by the page", page_predict(head, parts, *every), scores.ravel(),
         1e-4)
    n = d["train_rows"]
    _, got = stream(folder, "cf-score", "-q", "-m", "nn.cf", "ratings.cf")
    rows = got["rows"]
    near("cf-score", rows[3], page_predict(head, parts, np.asarray(rows[0]),
                                           np.asarray(rows[1])), 1e-5)
    mse = ((np.asarray(rows[3][n:]) - d["rating"][n:])**2).mean()
    near("validation, scored", mse, parts["epochs"][2][-1], 1e-7)


def main():
    folder = sys.argv[1]
    with open(parity.DATA) as f:
        d = json.load(f)
    parity.write_batches(d, os.path.join(folder, "batches.cf"))
    with open(os.path.join(folder, "ratings.cf"), "wb") as f:
        writer.write_ratings(f, parity.ids(d["n_users"]),
                             parity.ids(d["n_items"]), d["user"], d["item"],
                             d["rating"])
    for v in VARIANTS:
        print(v)
        check(v, d, folder)


if __name__ == "__main__":
    main()
