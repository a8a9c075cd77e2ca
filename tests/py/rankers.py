"""Solvers bpr, ease, bias and pop against float64 runs of their problems.

rankers.py DIR     runs cf-train in DIR

Of ease and bias it knows the problem alone: a matrix inverse and a system of
equations. Of bpr it makes every step again; first weights and what is drawn are
Philox draws."""
import math
import os
import subprocess
import sys

import numpy as np

from manpage import reader
from nn import SEED, embedding, philox

SIDE, COLUMN, DRAWS = 16, 32, 4  # of lib/fit/deal.c and bpr.c


def made(users, items, n, rng):
    """Rows, of which some pairs are there twice, and one item is nobody's."""
    u = rng.integers(0, users, n)
    i = (items * rng.random(n) ** 1.5).astype(int)
    r = np.round(rng.random(n) * 9 + 1) / 2
    return u, i, r


def write(path, u, i, r):
    with open(path, "w", encoding="utf-8") as f:
        f.write("user,item,rating\n")
        for row in zip(u, i, r):
            f.write("u%d,i%d,%g\n" % row)


def train(folder, name, args):
    cmd = ("cf-merge -q %s.csv | cf-index -q | cf-train -q --seed %d %s"
           % (name, SEED, args))
    out = subprocess.run(["bash", "-o", "pipefail", "-c", cmd], cwd=folder,
                         check=True, stdout=subprocess.PIPE).stdout
    head, parts = reader.read(out)
    named = {name: {} for name in parts}
    for c in head["columns"]:
        of = named[c["part"]]
        of[c["name"]] = parts[c["part"]][len(of)]
    return named


def dense(u, i):
    """Ids in order of first appearance, as cf-index gives them."""
    def codes(x):
        order = {v: n for n, v in enumerate(dict.fromkeys(x.tolist()))}
        return np.array([order[v] for v in x.tolist()]), len(order)
    (u, users), (i, items) = codes(u), codes(i)
    return u, i, users, items


def near(what, got, want, off):
    got = np.asarray(got, float).reshape(np.shape(want))
    worst = np.abs(got - want).max()
    assert worst <= off, "%s: off by %g" % (what, worst)


def check_ease(folder, u, i, l2):
    m = train(folder, "made", "-s ease --l2 %g" % l2)
    u, i, users, items = dense(u, i)
    x = np.zeros((users, items))
    x[u, i] = 1
    p = np.linalg.inv(x.T @ x + l2 * np.eye(items))
    b = -p / np.diag(p)
    np.fill_diagonal(b, 0)
    near("ease", m["item_weights"]["weights"], b, 1e-5)
    near("ease, mean user", m["item_factors"]["factors"],
         (x @ b).mean(0).reshape(-1, 1), 1e-5)


def check_bias(folder, u, i, r, l2):
    m = train(folder, "made", "-s bias --l2 %g -e 500" % l2)
    u, i, users, items = dense(u, i)
    x = np.zeros((len(u), users + items))
    x[np.arange(len(u)), u] = 1
    x[np.arange(len(u)), users + i] = 1
    b = np.linalg.solve(x.T @ x + l2 * np.eye(users + items),
                        x.T @ (r - r.mean()))
    near("bias, users", m["user_bias"]["bias"], b[:users], 1e-5)
    near("bias, items", m["item_bias"]["bias"], b[users:], 1e-5)


def check_pop(folder, u, i):
    m = train(folder, "made", "-s pop")
    u, i, users, items = dense(u, i)
    near("pop", m["item_bias"]["bias"], np.bincount(i), 0)


# ---- bpr ----

def below(purpose, epoch, index, n):
    """No draw is rejected for n this small (2^64 / n times in 2^64)."""
    return philox(index, purpose, epoch)[0] * n >> 64


def draws(at, epoch):
    block = 0
    while True:
        a, b = philox(at, 23 + (block << 16), epoch)
        for word in (a & 0xffffffff, a >> 32, b & 0xffffffff, b >> 32):
            yield word
        block += 1


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


class Bpr:
    def __init__(self, seen, items, k, candidates, rate, l2, epochs):
        self.seen, self.candidates, self.l2 = seen, candidates, l2
        self.rate, self.epochs = rate, epochs
        self.p = embedding(len(seen), k, 3)
        self.q = embedding(items, k, 4)
        self.b = embedding(items, 1, 6)[:, 0]
        self.some = sorted(set().union(*seen))
        self.side = min(max(len(self.some) // COLUMN, 1), SIDE)
        self.order = list(self.some)

    def deal(self, epoch):
        """Pairs by block, and the items of each column."""
        for i in range(len(self.order) - 1, 0, -1):
            j = below(22, epoch, i, i + 1)
            self.order[i], self.order[j] = self.order[j], self.order[i]
        side, n = self.side, len(self.order)
        columns = [self.order[n * c // side:n * (c + 1) // side]
                   for c in range(side)]
        start = np.cumsum([0] + [len(s) for s in self.seen])
        cut = [int(np.searchsorted(start[:-1], start[-1] // side * r))
               for r in range(side)] + [len(self.seen)]
        blocks = [[(u, i) for u in range(cut[r], cut[r + 1])
                   for i in sorted(self.seen[u]) if i in set(columns[c])]
                  for r in range(side) for c in range(side)]
        return blocks, columns

    def choose(self, u, column, at, epoch):
        best, left = None, self.candidates
        draw = draws(at, epoch)
        for _ in range(2 * left + DRAWS):
            j = column[next(draw) * len(column) >> 32]
            if j in self.seen[u] or left == 0:
                continue
            z = self.b[j] + self.p[u] @ self.q[j]
            if best is None or z > best[1]:
                best = j, z
            left -= 1
        return best

    def epoch(self, number):
        rate = self.rate * (1 - number / self.epochs)
        keep = 1 - rate * self.l2
        blocks, columns = self.deal(number)
        at, loss, n = 0, 0, 0
        steps = []
        for block in blocks:
            steps.append(range(at, at + len(block)))
            at += len(block)
        for turn in range(self.side):
            for row in range(self.side):
                c = (row + turn) % self.side
                block = row * self.side + c
                for at, (u, i) in zip(steps[block], blocks[block]):
                    other = self.choose(u, columns[c], at, number)
                    if other is None:
                        continue
                    j, z = other
                    right = sigmoid(self.b[i] + self.p[u] @ self.q[i] - z)
                    loss -= math.log(right)
                    n += 1
                    self.step(u, i, j, rate * (1 - right), keep)
        return loss / n

    def step(self, u, i, j, g, keep):
        p, q, b = self.p, self.q, self.b
        old = p[u].copy()
        p[u] = keep * p[u] + g * (q[i] - q[j])
        q[i] = keep * q[i] + g * old
        q[j] = keep * q[j] - g * old
        b[i] = keep * b[i] + g
        b[j] = keep * b[j] - g


def check_bpr(folder, u, i, k, candidates):
    epochs, rate, l2 = 4, 0.3, 0.05
    m = train(folder, "made", "-s bpr -k %d -e %d --lr %g --l2 %g "
              "--candidates %d" % (k, epochs, rate, l2, candidates))
    u, i, users, items = dense(u, i)
    seen = [set(i[u == v].tolist()) for v in range(users)]
    want = Bpr(seen, items, k, candidates, rate, l2, epochs)
    loss = [want.epoch(e) for e in range(epochs)]
    near("bpr, loss", m["epochs"]["train_loss"], loss, 1e-5)
    near("bpr, users", m["user_factors"]["factors"], want.p, 1e-4)
    near("bpr, items", m["item_factors"]["factors"], want.q, 1e-4)
    near("bpr, biases", m["item_bias"]["bias"], want.b, 1e-4)
    mean = -(want.b.mean() + want.p @ want.q.mean(0))
    near("bpr, biases of users", m["user_bias"]["bias"], mean, 1e-4)
    return want.side


def main():
    folder = sys.argv[1]
    rng = np.random.default_rng(1)
    sides = set()
    for users, items, n in ((9, 14, 60), (40, 110, 900), (1, 3, 3)):
        u, i, r = made(users, items, n, rng)
        write(os.path.join(folder, "made.csv"), u, i, r)
        # By users, by items if those are too many for so small an l2.
        check_ease(folder, u, i, 2.5)
        check_ease(folder, u, i, 0.3)
        check_bias(folder, u, i, r, 1.5)
        check_pop(folder, u, i)
        if users > 1:
            sides.add(check_bpr(folder, u, i, 5, users // 9))
    assert max(sides) > 1, "no data of several blocks"


if __name__ == "__main__":
    main()
