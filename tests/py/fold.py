"""New users folded in, in float64: Newton's method on what lib/fit/fold.h says
is minimised, until its gradient is zero.

fold.py unit                    the numbers that tests/unit/test_fold.c expects
fold.py check MODEL GIVEN OUT   compares OUT, the csv of cf-score --ratings GIVEN
                                on rows of new users, with its own predictions"""
import csv
import sys

import numpy as np


class Model:
    """What predicts, and what the users are like."""

    def __init__(self, p, bu, q, bi, mean, link, lo, hi, loss):
        self.q, self.bi, self.mean = q, bi, mean
        self.link, self.lo, self.hi = link, lo, hi
        w = np.c_[p, bu]
        n, m = w.shape[1], len(w)
        self.w, self.middle = w, w.mean(0)
        c = np.cov(w.T, bias=True)
        own = np.diag(np.diag(c))
        noise = np.clip(loss, 1e-4 * (hi - lo) ** 2, .25 * (hi - lo) ** 2)
        self.penalty = noise * np.linalg.inv((m * c + n * own) / (m + n))

    def raw(self, item, w):
        return np.c_[self.q[item], np.ones(len(item))] @ w + self.bi[item] + self.mean

    def predict(self, item, w):
        z = self.raw(item, w)
        if self.link == "identity":
            return z, np.ones(len(z)), np.zeros(len(z))
        s, r = 1 / (1 + np.exp(-z)), self.hi - self.lo
        return self.lo + r * s, r * s * (1 - s), r * s * (1 - s) * (1 - 2 * s)

    def fold(self, item, rating, known=None, seen=(), l2=None):
        """known: the weights that the model has; seen: items not given anew,
        None: the model has no list of them."""
        item, rating = np.asarray(item), np.asarray(rating, float)
        n = len(self.middle)
        mid, pen = self.middle, self.penalty
        if l2 is not None:
            pen = l2 * np.eye(n)
        if seen is None:
            mid = known
        elif known is not None and len(seen):
            seen = np.asarray(seen)
            x = np.c_[self.q[seen], np.ones(len(seen))]
            slope = self.predict(seen, known)[1]
            mid, pen = known, pen + (x * slope[:, None] ** 2).T @ x
        if len(item) == 0:
            return mid
        x = np.c_[self.q[item], np.ones(len(item))]

        def cost(w):
            return (((self.predict(item, w)[0] - rating) ** 2).sum()
                    + (w - mid) @ pen @ (w - mid))

        w = mid.copy()
        for _ in range(200):
            y, d, dd = self.predict(item, w)
            g = x.T @ (d * (y - rating)) + pen @ (w - mid)
            curve = np.maximum(d * d + dd * (y - rating), 1e-3 * d * d)
            step = np.linalg.solve((x * curve[:, None]).T @ x + pen, g)
            while cost(w - step) > cost(w) and np.abs(step).max() > 1e-14:
                step = step / 2
            w = w - step
            if np.abs(step).max() < 1e-13:
                break
        return w


class Sampled:
    """A model with samples: a ridge regression in each, with the normal
    distribution of its users and the noise of its ratings."""

    def __init__(self, facts, parts):
        def part(name):
            return np.asarray(parts[name][0], float)

        n = facts["samples"]
        had = part("user_count") > 0
        self.samples, self.mean = n, facts["mean"]
        self.q = part("item_factors").reshape(-1, n, facts["k"] // n)
        self.bi = part("item_sample_bias")
        w = np.concatenate([
            part("user_factors").reshape(-1, n, facts["k"] // n),
            part("user_sample_bias")[:, :, None]], 2)[had]
        self.middle, self.spread = w.mean(0), w.var(0)
        self.noise = (facts["noise"] * facts["user_cold_noise"]
                      * part("item_noise"))

    def fold(self, item, rating):
        """Factors of all samples and the mean bias; biases are in .biases."""
        item, rating = np.asarray(item), np.asarray(rating, float)
        rows = []
        for s in range(self.samples):
            x = np.c_[self.samples * self.q[item, s], np.ones(len(item))]
            left = (rating - self.mean - self.bi[item, s]
                    - x @ self.middle[s]) / self.noise[item]
            a = np.diag(1 / self.spread[s]) + (x.T / self.noise[item]) @ x
            rows.append(self.middle[s] + np.linalg.solve(a, x.T @ left))
        rows = np.array(rows)
        self.biases = rows[:, -1]
        return np.append(rows[:, :-1].ravel(), rows[:, -1].mean())


def unit():
    p = np.array([[.3, .1], [-.2, .5], [.6, -.4], [.1, .2]])
    bu = np.array([.2, -.1, .05, .3])
    q = np.array([[.5, -.2], [.1, .8], [-.6, .3], [.4, .4], [-.3, -.7]])
    bi = np.array([.1, -.2, .3, 0, .05])
    np.set_printoptions(precision=9, suppress=True)
    for link in "identity", "sigmoid":
        m = Model(p, bu, q, bi, .25, link, .5, 5.5, .8)
        print(link)
        print(" mean", m.middle, "penalty", m.penalty.tolist())
        print(" some", m.fold([0, 1, 3], [4, 2, 5]))
        print(" one", m.fold([2], [1]))
        print(" none", m.fold([], []))
        print(" equal", m.fold([0, 1, 2, 3], [3, 3, 3, 3]))
        print(" twice", m.fold([0, 0, 1], [4, 1, 2]))
        print(" l2 0.5", m.fold([0, 1, 3], [4, 2, 5], l2=.5))
        print(" known", m.fold([0, 3], [4, 5], known=m.w[1], seen=[1, 2]))
        print(" no list", m.fold([0, 3], [4, 5], known=m.w[1], seen=None))


def load(path):
    from manpage import reader

    with open(path, "rb") as f:
        head, parts = reader.read(f.read())
    facts = head["facts"]
    items = {i.decode(): n for n, i in enumerate(parts["item"][0])
             if parts["item_count"][0][n] > 0}
    if "samples" in facts:
        return Sampled(facts, parts), items
    a = {p: np.asarray(parts[p][0], float)
         for p in ("user_factors", "user_bias", "item_factors", "item_bias",
                   "user_count", "item_count")}
    had = a["user_count"] > 0
    lo, hi, loss = facts["lo"], facts["hi"], parts["epochs"][1][-1]
    if np.isnan(loss):
        loss = .04 * (hi - lo) ** 2
    m = Model(a["user_factors"][had], a["user_bias"][had], a["item_factors"],
              a["item_bias"], facts["mean"], facts["link"], lo, hi, loss)
    return m, items


def check(model, given, out):
    m, items = load(model)
    rated = {}
    with open(given) as f:
        for row in csv.DictReader(f):
            if row["movieId"] in items:
                rated.setdefault(row["userId"], []).append(
                    (items[row["movieId"]], float(row["rating"])))
    worst, n, w = 0, 0, {}
    with open(out) as f:
        for row in csv.DictReader(f):
            if row["known"] != "both":
                continue
            u = row["userId"]
            if u not in w:
                w[u] = m.fold(*zip(*rated[u]))
            y = m.predict(np.array([items[row["movieId"]]]), w[u])[0][0]
            worst, n = max(worst, abs(y - float(row["score"]))), n + 1
    print("%d predictions of %d users, largest difference %.1e"
          % (n, len(w), worst))
    assert n > 100 and len(w) > 10 and worst < 1e-3


if __name__ == "__main__":
    if sys.argv[1] == "unit":
        unit()
    else:
        check(*sys.argv[2:])
