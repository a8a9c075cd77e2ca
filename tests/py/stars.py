"""Models of stars and cf-topn --rank by them, in float64, as the man pages say.

stars.py DIR   in DIR, where there are a model.bin of solver gibbs, probit,
               with scales of its own, and an out.csv of cf-score --stars for
               pairs of which some users and items are not known"""
import csv
import os
import subprocess
import sys
from math import erfc, sqrt
from statistics import NormalDist

import numpy as np

from manpage import reader

os.chdir(sys.argv[1])
head, parts = reader.read(open("model.bin", "rb").read())
S, mean = head["facts"]["samples"], head["facts"]["mean"]
K = head["facts"]["k"] // S


def part(name, *shape):
    return np.array(parts[name][0], float).reshape(shape)


value = part("star", -1)
cut, sd, cold = part("star_cut", -1, S), part("star_sd", S), \
    part("star_cold", 3, S)
count = {k: part(k + "_count", -1) for k in ("user", "item")}
row = {k: {i: n for n, i in enumerate(parts[k][0])} for k in ("user", "item")}


class Side:
    """Factors, biases and standard deviations, the last row who is unknown."""

    def __init__(self, kind):
        self.f, self.b, self.sd = (
            np.concatenate([part(f"{kind}{name}", -1, S, *more),
                            part(f"{kind}_cold{name}", 1, S, *more)])
            for name, more in (("_factors", (K,)), ("_sample_bias", ()),
                               ("_star_sd", ())))
        none = np.append(count[kind] == 0, True)
        for x in (self.f, self.b, self.sd):
            x[none] = x[-1]
        self.known = ~none


U, I = Side("user"), Side("item")

# What star_cold is: variances among rows with training rows, of products of
# independent factors E(p^2) E(q^2) - E(p)^2 E(q)^2 where p is not known.
uf, itf = (x.f[x.known] for x in (U, I))
ub, ib = (x.b[x.known].var(0) for x in (U, I))
full = (uf**2).mean(0) * (itf**2).mean(0)
want = [ub + S**2 * (full - uf.mean(0)**2 * (itf**2).mean(0)).sum(1),
        ib + S**2 * (full - (uf**2).mean(0) * itf.mean(0)**2).sum(1),
        ub + ib + S**2 * (full - uf.mean(0)**2 * itf.mean(0)**2).sum(1)]
assert np.allclose(cold, want, rtol=1e-4), cold / want

phi = np.vectorize(lambda x: erfc(-x / sqrt(2)) / 2)


def expected(us, its):
    """(S, pairs) of the mean star, (pairs, stars) of the chance of each."""
    z = mean + U.b[us] + I.b[its] + S * np.einsum("nsf,nsf->ns", U.f[us],
                                                  I.f[its])
    var = (sd * U.sd[us] * I.sd[its])**2
    a, b = ~U.known[us], ~I.known[its]
    var[a & ~b] += cold[0]
    var[b & ~a] += cold[1]
    var[a & b] += cold[2]
    below = phi((cut[:, None, :] - z) / np.sqrt(var))
    above = 1 - below
    below = np.concatenate([0 * below[:1], below, 0 * below[:1] + 1])
    return (value[0] + (np.diff(value)[:, None, None] * above).sum(0)).T, \
        np.diff(below, axis=0).mean(2).T


# ---- cf-score --stars ----

lines = list(csv.DictReader(open("out.csv")))
chances = [k for k in lines[0] if k.startswith("p_")]
us, its = ([row[k].get(r[c].encode(), -1) for r in lines]
           for k, c in (("user", "userId"), ("item", "movieId")))
e, p = expected(np.array(us), np.array(its))
assert np.allclose([[float(r[c]) for c in chances] for r in lines], p,
                   atol=2e-6)
assert np.allclose([float(r["score"]) for r in lines], e.mean(0), atol=2e-5)
seen = {r["known"] for r in lines}
assert seen == {"both", "user", "item", "none"}, seen

# ---- cf-topn --rank ----

start, has = parts["seen_start"][0], np.array(parts["seen_item"][0])


def topn(*args):
    out = subprocess.run(["cf-topn", "-q", "-m", "model.bin", "-n", "12",
                          *args], check=True, stdout=subprocess.PIPE).stdout
    h, got = reader.read(out)
    cols = [c for c in h["columns"] if c["part"] == "rows"]
    ids = {n: got[n][0] for n in ("user", "item")}
    return {c["name"]: [ids[c["dict"]][v] for v in vs]
            if c.get("dict") in ids else vs
            for c, vs in zip(cols, got["rows"])}


def ranked(got, z, e, but=(), kind="item"):
    """Are rows those of the 12 highest z, with mean and sd beside them?"""
    z = z.copy()
    z[count[kind] == 0] = -np.inf
    z[list(but)] = -np.inf
    at = [row[kind][i] for i in got["movieId" if kind == "item" else "userId"]]
    assert len(set(at)) == len(at) == 12
    assert np.allclose(np.sort(z)[::-1][:12], z[at], atol=2e-5)
    assert np.allclose(got["score"], np.clip(z[at], value[0], value[-1]),
                       atol=2e-5)
    assert np.allclose(got["mean"], e.mean(0)[at], atol=2e-5)
    assert np.allclose(got["sd"], e.std(0)[at], atol=2e-5)


def ends(e, share):
    by = NormalDist().inv_cdf((1 + share) / 2) * e.std(0)
    return ("lower", e.mean(0) - by), ("upper", e.mean(0) + by)


every = np.arange(len(count["item"]))
of, but = {}, {}
for u in (b"1", b"42", b"599", b"nobody"):
    n = row["user"].get(u, -1)
    of[u] = expected(np.full(len(every), n), every)[0]
    but[u] = has[start[n]:start[n + 1]] if n >= 0 else []
    for name, z in ends(of[u], .9):
        ranked(topn("--rank", name, u), z, of[u], but[u])
    for name, z in ends(of[u], .5):
        ranked(topn("--rank", name, "--interval", ".5", "--keep-seen", u), z,
               of[u])

# A group is the mean of its members, sample by sample.
e = (of[b"1"] + of[b"42"]) / 2
for name, z in ends(e, .9):
    ranked(topn("--rank", name, "--group", "1,42,nobody"), z, e,
           np.union1d(but[b"1"], but[b"42"]))
ranked(topn("--rank", "lower", "--group", "nobody,none"),
       ends(of[b"nobody"], .9)[0][1], of[b"nobody"])

# Users for an item.
e = expected(np.arange(len(count["user"])),
             np.full(len(count["user"]), row["item"][b"260"]))[0]
ranked(topn("--rank", "upper", "--by", "item", "--keep-seen", "260"),
       ends(e, .9)[1][1], e, kind="user")

# Thompson: a list is that of one sample, by seed and id.
for u in (b"1", b"nobody"):
    drawn = set()
    for seed in range(12):
        got = topn("--rank", "thompson", "--seed", str(seed), u)
        fits = []
        for s in range(S):
            try:
                ranked(got, of[u][s], of[u], but[u])
                fits.append(s)
            except AssertionError:
                pass
        assert len(fits) == 1, (u, seed, fits)
        drawn.update(fits)
    assert len(drawn) > 3
