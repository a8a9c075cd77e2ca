"""Lists of cf-topn against the formulas of its man page, in float64.

lists.py DIR   in DIR, where there is a model.bin of solver adam"""
import os
import subprocess
import sys

import numpy as np

from manpage import reader

os.chdir(sys.argv[1])
head, parts = reader.read(open("model.bin", "rb").read())
facts = head["facts"]
P, Q = (np.array(parts[n][0], float) for n in ("user_factors", "item_factors"))
bu, bi = (np.array(parts[n][0], float) for n in ("user_bias", "item_bias"))
nu, ni = (np.array(parts[n][0]) for n in ("user_count", "item_count"))
start, seen = parts["seen_start"][0], np.array(parts["seen_item"][0])
users, items = parts["user"][0], parts["item"][0]
lo, hi, mean = facts["lo"], facts["hi"], facts["mean"]
row = {i: n for n, i in enumerate(items)}
user = {u: n for n, u in enumerate(users)}


def link(z):
    return lo + (hi - lo) / (1 + np.exp(-z))


def raw(u):
    return mean + bu[u] + bi + Q @ P[u]


def has(u):
    return seen[start[u]:start[u + 1]]


def topn(*args, part="rows"):
    """The columns of a part, by name."""
    out = subprocess.run(["cf-topn", "-q", "-m", "model.bin", *args],
                         check=True, stdout=subprocess.PIPE).stdout
    h, p = reader.read(out)
    cols = [c for c in h["columns"] if c["part"] == part]
    ids = {n: p[n][0] for n in ("user", "item", "query") if n in p}
    return {c["name"]: [ids[c["dict"]][v] for v in vs]
            if c.get("dict") in ids else vs for c, vs in zip(cols, p[part])}


def ranked(got, z, but, n, apply=link, near=2e-5):
    """Are items and scores those of the n highest z, but for some?"""
    z = z.copy()
    z[ni == 0] = -np.inf
    z[but] = -np.inf
    best = np.sort(z)[::-1][:n]
    at = np.array([row[i] for i in got["movieId"]])
    assert len(set(at)) == len(at) == n
    assert np.allclose(apply(z[at]), apply(best), atol=near)
    assert np.allclose(got["score"], apply(z[at]), atol=near)


# Users, without biases, less popular.
log = np.log(np.maximum(ni, 1))
for u in (b"1", b"42", b"599"):
    n, z = user[u], raw(user[u])
    ranked(topn(u), z, has(n), 10)
    ranked(topn("-n", "50", "--keep-seen", u), z, [], 50)
    ranked(topn("--no-bias", u), z - bi, has(n), 10)
    ranked(topn("--popularity-penalty", ".3", u), z - .3 * log, has(n), 10)

# A group; somebody whom the model does not know.
a, b = user[b"1"], user[b"42"]
ranked(topn("--group", "1,42"), (raw(a) + raw(b)) / 2,
       np.union1d(has(a), has(b)), 10)
w = nu / nu.sum()
z = mean + w @ bu + bi + Q @ (w @ P)
z = (ni @ z) / ni.sum() + ni / (ni + 5) * (z - (ni @ z) / ni.sum())
ranked(topn("nobody"), z, [], 10)

# Items like one.
one = row[b"260"]
length = np.linalg.norm(Q, axis=1)
cosine = Q @ Q[one] / np.maximum(length * length[one], 1e-30)
same = lambda x: x
ranked(topn("--similar", "260"), cosine, [one], 10, same)
ranked(topn("--similar", "--measure", "dot", "--min-count", "20", "260"),
       np.where(ni < 20, -np.inf, Q @ Q[one]), [one], 10, same)

# Maximal marginal relevance.
for u in (b"1", b"42", b"599"):
    z = raw(user[u])
    z[ni == 0] = z[has(user[u])] = -np.inf
    pool = np.argsort(-z, kind="stable")[:100]
    rel = (z[pool] - z[pool[-1]]) / (z[pool[0]] - z[pool[-1]])
    unit = Q[pool] / length[pool][:, None]
    cos, chosen = unit @ unit.T, []
    for j in range(10):
        worth = .6 * rel - (.4 * cos[:, chosen].max(1) if chosen else 0)
        worth[chosen] = -np.inf
        chosen.append(int(np.argmax(worth)))
    assert [row[i] for i in topn("--diversity", ".4", u)["movieId"]] == \
        list(pool[chosen])

# Reasons.
for u in (b"1", b"42", b"599"):
    s = has(user[u])
    got = topn("--why", "4", "-n", "3", u, part="why")
    ridge = .01 * (Q[s] ** 2).sum() / len(s) * np.eye(Q.shape[1])
    weight = Q[s] @ np.linalg.solve(Q[s].T @ Q[s] + ridge, P[user[u]])
    # The parts are about the whole.
    assert np.linalg.norm(weight @ Q[s] - P[user[u]]) < .2 * np.linalg.norm(
        P[user[u]])
    for i in dict.fromkeys(got["movieId"]):
        part = weight * (Q[s] @ Q[row[i]])
        share = part / np.abs(part).sum()
        at = [j for j, x in enumerate(got["movieId"]) if x == i]
        assert len(at) == 4
        assert np.allclose(sorted(share)[:-5:-1],
                           [got["share"][j] for j in at], atol=1e-5)
        for j in at:
            k = list(s).index(row[got["because"][j]])
            assert abs(share[k] - got["share"][j]) < 1e-5
