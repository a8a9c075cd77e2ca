"""cf-topn --rank against its man page, in float64.

ranks.py DIR   in DIR, where there is a model.bin of solver gibbs"""
import os
import subprocess
import sys
from collections import Counter
from statistics import NormalDist

import numpy as np

from manpage import reader

os.chdir(sys.argv[1])
head, parts = reader.read(open("model.bin", "rb").read())
facts = head["facts"]
S = facts["samples"]
P, Q = (np.array(parts[n][0], float) for n in ("user_factors", "item_factors"))
P, Q = (x.reshape(len(x), S, -1) for x in (P, Q))
bu, bi = (np.array(parts[n][0], float) for n in ("user_bias", "item_bias"))
su, si = (np.array(parts[n][0], float).reshape(-1, S)
          for n in ("user_sample_bias", "item_sample_bias"))
cold = np.array(parts["user_cold_factors"][0], float).reshape(S, -1)
scold = np.array(parts["user_cold_sample_bias"][0], float).reshape(S)
nu, ni = (np.array(parts[n][0]) for n in ("user_count", "item_count"))
start, seen = parts["seen_start"][0], np.array(parts["seen_item"][0])
users, items = parts["user"][0], parts["item"][0]
lo, hi, mean = facts["lo"], facts["hi"], facts["mean"]
row = {i: n for n, i in enumerate(items)}
user = {u: n for n, u in enumerate(users)}


def link(z):
    return np.clip(z, lo, hi)


def has(u):
    return seen[start[u]:start[u + 1]]


def samples(p, b):
    """(S, items) of a user's factors and biases."""
    return mean + b[:, None] + si.T + S * np.einsum("sf,isf->si", p, Q)


def point(p, b):
    return mean + b + bi + np.einsum("sf,isf->i", p, Q)


def topn(*args):
    out = subprocess.run(["cf-topn", "-q", "-m", "model.bin", *args],
                         check=True, stdout=subprocess.PIPE).stdout
    h, p = reader.read(out)
    cols = [c for c in h["columns"] if c["part"] == "rows"]
    ids = {n: p[n][0] for n in ("user", "item")}
    return {c["name"]: [ids[c["dict"]][v] for v in vs]
            if c.get("dict") in ids else vs for c, vs in zip(cols, p["rows"])}


def ranked(got, z, m, sd, side=items, but=(), n=10, count=ni, name="movieId"):
    """Are rows those of the n highest z, with mean and sd beside them?"""
    z = z.copy()
    z[count == 0] = -np.inf
    z[list(but)] = -np.inf
    at = np.array([side.index(i) for i in got[name]])
    assert len(set(at)) == len(at) == n
    assert np.allclose(np.sort(z)[::-1][:n], z[at], atol=2e-5)
    assert np.allclose(got["score"], link(z[at]), atol=2e-5)
    assert np.allclose(got["mean"], link(m[at]), atol=2e-5)
    assert np.allclose(got["sd"], sd[at], atol=2e-5)


def ends(share):
    within = NormalDist().inv_cdf((1 + share) / 2)
    return ("lower", -within), ("upper", within)


for u in (b"1", b"42", b"599"):
    n = user[u]
    z, m = samples(P[n], su[n]), point(P[n], bu[n])
    sd = z.std(0)
    for name, by in ends(.9):
        ranked(topn("--rank", name, u), m + by * sd, m, sd, but=has(n))
    for name, by in ends(.5):
        ranked(topn("--rank", name, "--interval", ".5", "--keep-seen", "-n",
                    "40", u), m + by * sd, m, sd, n=40)
    # Without the items' biases, and with a penalty.
    z, m = z - si.T, m - bi
    for name, by in ends(.9):
        ranked(topn("--rank", name, "--no-bias", u), m + by * z.std(0), m,
               z.std(0), but=has(n))
    z, m = z + si.T, m + bi
    log = .3 * np.log(np.maximum(ni, 1))
    for name, by in ends(.9):
        ranked(topn("--rank", name, "--popularity-penalty", ".3", u),
               m - log + by * sd, m - log, sd, but=has(n))

# A group, somebody unknown, users for an item.
a, b = user[b"1"], user[b"42"]
p, both = (P[a] + P[b]) / 2, np.union1d(has(a), has(b))
z, m = samples(p, (su[a] + su[b]) / 2), point(p, (bu[a] + bu[b]) / 2)
ranked(topn("--rank", "lower", "--group", "1,42"),
       m - ends(.9)[1][1] * z.std(0), m, z.std(0), but=both)
z, m = samples(cold, scold), point(cold, facts["user_cold"])
ranked(topn("--rank", "upper", "nobody"), m + ends(.9)[1][1] * z.std(0), m,
       z.std(0))
one = row[b"260"]
z = mean + su.T + si[one][:, None] + S * np.einsum("sf,usf->su", Q[one], P)
m = mean + bu + bi[one] + np.einsum("sf,usf->u", Q[one], P)
ranked(topn("--rank", "upper", "--by", "item", "--keep-seen", "260"),
       m + ends(.9)[1][1] * z.std(0), m, z.std(0), side=users, count=nu,
       name="userId")

# Thompson: a list is that of one sample.
for u in (b"1", b"42", b"nobody"):
    n = user.get(u)
    p, b, bias = ((cold, scold, facts["user_cold"]) if n is None
                  else (P[n], su[n], bu[n]))
    z, m, but = samples(p, b), point(p, bias), [] if n is None else has(n)
    for seed in range(20):
        got = topn("--rank", "thompson", "--seed", str(seed), u)
        fits = []
        for s in range(S):
            try:
                ranked(got, z[s], m, z.std(0), but=but)
                fits.append(s)
            except AssertionError:
                pass
        assert len(fits) == 1, (u, seed, fits)

# How often an item is first is how often it is in the samples.
best = {}
for u, name in enumerate(users):
    z = samples(P[u], su[u])
    z[:, ni == 0] = z[:, has(u)] = -np.inf
    best[name] = [items[i] for i in z.argmax(1)]
SEEDS, firsts = 60, {}
for seed in range(SEEDS):
    got = topn("--all", "-n", "1", "--rank", "thompson", "--seed", str(seed))
    for u, i in zip(got["userId"], got["movieId"]):
        firsts.setdefault(u, Counter())[i] += 1
off = variance = 0
for u, name in enumerate(users):
    chance = Counter(best[name])
    assert set(firsts[name]) <= set(chance)
    for i, c in chance.items():
        p = c / S
        off += (firsts[name][i] - SEEDS * p) ** 2
        variance += SEEDS * p * (1 - p)
# The sum of squares over its expectation; users are independent draws.
assert .93 < off / variance < 1.07, off / variance
