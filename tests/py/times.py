"""Scores of a model with days or sessions, in float64, as man/cf-stream.5 says.

times.py MODEL PAIRS OUT [GIVEN]   compares OUT, the csv of cf-score --sd for
                                   the csv PAIRS with a column timestamp, with
                                   its own; GIVEN: ratings of users who are not
                                   in the model, folded in"""
import csv
import sys

import numpy as np

from fold import load
from manpage import reader

with open(sys.argv[1], "rb") as f:
    head, parts = reader.read(f.read())
fact = head["facts"]
k, samples = fact["k"], fact["samples"]
row = {kind: {name.decode(): n for n, name in enumerate(parts[kind][0])}
       for kind in ("user", "item")}


def part(name):
    return np.asarray(parts[name][0], float)


def day_of(t):
    if t is None or "day" not in parts:
        return None
    found = [n for n, d in enumerate(parts["day"][0]) if d == t // 86400]
    return found[0] if found else None


def session_of(u, t):
    """The nearest, the earlier of two, and its gap; or neither."""
    if u is None or t is None or "session_start" not in parts:
        return None
    start, near = parts["session_start"][0], []
    for s in range(start[u], start[u + 1]):
        a, b = parts["session_first"][0][s], parts["session_last"][0][s]
        near.append((max(a - t, t - b, 0), s))
    if not near:
        return None
    away, s = min(near)
    gap = [n for n, g in enumerate(parts["session_gap"][0]) if away <= g]
    return (s, gap[0]) if gap else None


def side(kind, n):
    """Factors, bias, sample biases, noise of a row, or of who is not known."""
    if is_cold(kind, n):
        return (part(kind + "_cold_factors")[0], fact[kind + "_cold"],
                part(kind + "_cold_sample_bias")[0], fact[kind + "_cold_noise"])
    known = part(kind + "_count")[n] > 0
    return (part(kind + "_factors")[n], part(kind + "_bias")[n],
            part(kind + "_sample_bias")[n],
            part(kind + "_noise")[n] if known else fact[kind + "_cold_noise"])


def is_cold(kind, n):
    return n is None or not (part(kind + "_count")[n] > 0
                             or kind + "_drawn" in fact)


def moments(kind, name):
    """Variances and means among rows with training rows."""
    x = part(kind + name)[part(kind + "_count") > 0]
    return x.var(0), x.mean(0)


def unknown(kinds):
    """What rows that are not known add to the variance, over samples: of a
    product of independent factors that is E(p^2) E(q^2) - E(p)^2 E(q)^2."""
    biases = sum(moments(kind, "_sample_bias")[0].sum() for kind in kinds)
    squares, fixed = 1, 1
    for kind in ("user", "item"):
        var, mean = moments(kind, "_factors")
        squares = squares * (var + mean**2)
        fixed = fixed * (mean**2 if kind in kinds else var + mean**2)
    return (biases + samples**2 * (squares - fixed).sum()) / samples


def mean_day(u):
    """Of a user that is not known: the mean by day_count."""
    names = "factors", "bias", "sample_bias"
    if u is not None:
        return [part("user_day_" + n)[u] for n in names]
    by = part("day_count")
    return [by @ part("day_" + n) / by.sum() for n in names]


def day_terms(u, x, y, t):
    """What the day adds to a score, and to each sample."""
    d = day_of(t)
    if d is None:
        return 0, np.zeros(samples)
    m, mb, ms = mean_day(u)
    product = (x - m + y) * (part("day_factors")[d] - m)
    return (part("day_bias")[d] - mb + product.sum(),
            part("day_sample_bias")[d] - ms
            + samples * product.reshape(samples, -1).sum(1))


def session_terms(u, t):
    """An offset and its variance."""
    at = session_of(u, t)
    if at is None:
        return 0, fact.get("session_unknown", 0)
    return part("session_offset")[at], part("session_variance")[at]


def score(u, i, t, folded=None):
    x, b, xs, xn = side("user", u)
    if folded is not None:
        (x, b), xs = (folded[0][:-1], folded[0][-1]), folded[1]
    y, c, ys, yn = side("item", i)
    day, day_samples = day_terms(u, x, y, t)
    session, variance = session_terms(u, t)
    z = fact["mean"] + b + c + x @ y + day + session
    each = (xs + ys + samples * (x * y).reshape(samples, -1).sum(1)
            + day_samples)
    cold = unknown([kind for kind, n in (("user", u), ("item", i))
                    if is_cold(kind, n) and (folded is None or kind == "item")])
    sd = np.sqrt(each.var() + variance + fact["noise"] * xn * yn + cold)
    assert fact["link"] == "identity"
    return min(max(z, fact["lo"]), fact["hi"]), sd


def fold_all(path):
    m, items = load(sys.argv[1])
    rated = {}
    with open(path) as f:
        for r in csv.DictReader(f):
            rated.setdefault(r["user"], []).append(
                (items[r["item"]], float(r["rating"])))
    return {u: (m.fold(*zip(*rows)), m.biases) for u, rows in rated.items()}


folded = fold_all(sys.argv[4]) if len(sys.argv) > 4 else {}
worst, n, timed = 0, 0, 0
with open(sys.argv[2]) as a, open(sys.argv[3]) as b:
    for pair, out in zip(csv.DictReader(a), csv.DictReader(b), strict=True):
        u, i = row["user"].get(pair["user"]), row["item"].get(pair["item"])
        t = int(pair["timestamp"]) if pair.get("timestamp") else None
        day = day_of(t)
        z, sd = score(u, i, t, folded.get(pair["user"]))
        off = max(abs(z - float(out["score"])), abs(sd - float(out["sd"])))
        if not folded:
            timed += day is not None or session_of(u, t) is not None
        elif pair["user"] in folded:
            timed += day is not None
        assert off < 1e-4, (pair, z, sd, out)
        worst, n = max(worst, off), n + 1
print("%d pairs, %d of them at a known time, largest difference %.1e"
      % (n, timed, worst))
assert timed > 20
