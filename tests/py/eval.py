"""cf-eval against measures as their definitions have them, in plain Python:
every order of tied items is tried, every pair is compared, every resample is
drawn.

eval.py DIR   makes small inputs at random, in DIR, and runs cf-eval on them"""
import itertools
import json
import math
import os
import random
import subprocess
import sys

import numpy as np

import manpage
import philox

RESAMPLE = 20
RESAMPLES = 40
SEED = 7
CUTS = [1, 2, 3, 5, 10]
LISTS = ["-k", ",".join(map(str, CUTS)), "--held-out", "held.csv"]
MEANS = ["precision", "recall", "recall_min", "hit_rate", "map", "map_min",
         "mrr", "ndcg"]


def write(name, header, rows):
    with open(name, "w", encoding="utf-8") as f:
        for row in [header] + rows:
            f.write(",".join(map(str, row)) + "\n")


def run(*args):
    """What cf-eval prints, by metric and k or part, and what it says."""
    done = subprocess.run(
        ["cf-eval", "-t", "jsonl", "--seed", str(SEED), "--resamples",
         str(RESAMPLES), *args], check=True, capture_output=True, text=True)
    found = {}
    for line in done.stdout.splitlines():
        row = json.loads(line)
        found[row["metric"], row.get("k", row["among"])] = row
    return found, done.stderr


def near(a, b, what):
    if a is None:
        a = math.nan
    same = math.isnan(a) and math.isnan(b) or abs(a - b) <= 1e-7 * max(
        1, abs(b))
    assert same, "%s: cf-eval %r, here %r" % (what, a, b)


# ---- one list

def of_order(order, relevant, k):
    """The measures of a list without ties."""
    hit = [i in relevant for i in order[:k]]
    n, most = len(relevant), min(k, len(relevant))
    precisions = [sum(hit[:p + 1]) / (p + 1) for p in range(len(hit))
                  if hit[p]]
    gain = sum(1 / math.log2(p + 2) for p in range(len(hit)) if hit[p])
    ideal = sum(1 / math.log2(p + 2) for p in range(most))
    first = [1 / (p + 1) for p in range(len(hit)) if hit[p]]
    return [sum(hit) / k, sum(hit) / n, sum(hit) / most, float(any(hit)),
            sum(precisions) / n, sum(precisions) / most,
            first[0] if first else 0, gain / ideal]


def of_list(scored, relevant, k):
    """The mean over all orders of ties; scored: (item, score) as they came."""
    runs = [list(g) for _, g in itertools.groupby(
        sorted(scored, key=lambda x: -x[1]), key=lambda x: x[1])]
    orders = itertools.product(*(
        itertools.permutations([i for i, s in r]) for r in runs))
    return np.mean([of_order(sum(o, ()), relevant, k) for o in orders],
                   axis=0)


def auc(scored, relevant, candidates):
    score = dict(scored)
    pairs = [(score.get(a, -math.inf), score.get(b, -math.inf))
             for a in relevant for b in candidates - relevant]
    if not pairs:
        return math.nan
    return np.mean([(a > b) + (a == b) / 2 for a, b in pairs])


# ---- all lists

class Judge:
    """What cf-eval should find for some lists, of users as numbers."""
    def __init__(self, lists, held, candidates=None, train=None, unit=None):
        self.lists, self.held = lists, held
        self.candidates, self.train, self.unit = candidates, train, unit
        self.count = {}
        for u, items in (train or {}).items():
            for i in items:
                self.count[i] = self.count.get(i, 0) + 1
        self.trained = sum(1 for v in (train or {}).values() if v)

    def of_user(self, u):
        """(metric, k) to value; those that are not there are of no mean."""
        found = {}
        scored = [(i, s) for i, s in self.lists.get(u, [])]
        relevant = self.held.get(u, set())
        if self.candidates is not None:
            mine = self.candidates.get(u, set())
            scored = [x for x in scored if x[0] in mine | relevant]
        for k in CUTS:
            if relevant and (self.candidates is None or mine):
                for m, v in zip(MEANS, of_list(scored, relevant, k)):
                    found[m, k] = v
            if u in self.lists:
                top = [i for i, s in sorted(scored, key=lambda x: -x[1])][:k]
                found.update(self.likeness(top, k))
        if relevant and self.candidates is not None and mine:
            found["auc", 0] = auc(scored, relevant, mine | relevant)
        elif relevant and self.candidates is None:
            found["auc", 0] = auc(scored, relevant, {i for i, s in scored})
        return {m: v for m, v in found.items() if not math.isnan(v)}

    def likeness(self, top, k):
        found = {}
        known = [i for i in top if i in self.count]
        if known:
            found["popularity", k] = np.mean([self.count[i] for i in known])
            found["novelty", k] = np.mean(
                [-math.log2(self.count[i] / self.trained) for i in known])
        way = [self.unit[i] for i in top if self.unit and i in self.unit]
        if len(way) > 1:
            found["diversity", k] = np.mean(
                [1 - a @ b for a, b in itertools.combinations(way, 2)])
        return found

    def exposures(self, k):
        n = dict.fromkeys(self.count, 0)
        for u, scored in self.lists.items():
            for i, s in sorted(scored, key=lambda x: -x[1])[:k]:
                if i in n:
                    n[i] += 1
        return sorted(n.values())

    def coverage(self, k):
        return np.mean([n > 0 for n in self.exposures(k)])

    def gini(self, k):
        """Half the mean absolute difference, divided by the mean."""
        n = np.array(self.exposures(k), float)
        if n.sum() == 0:
            return math.nan
        return np.abs(n[:, None] - n).mean() / 2 / n.mean()


def draws(groups):
    """The groups of each resample."""
    for b in range(RESAMPLES):
        bits = philox.u64(SEED, RESAMPLE, b, np.arange(groups))
        yield [int(x) * groups >> 64 for x in bits]


def mean_of(users, found, m):
    values = [found[u][m] for u in users if m in found[u]]
    return np.mean(values) if values else math.nan


def interval(values):
    values = [v for v in values if not math.isnan(v)]
    if not values:
        return math.nan, math.nan
    return np.percentile(values, 2.5), np.percentile(values, 97.5)


def check(got, judge, order, other=None):
    """order: users as they are numbered. other: what is compared."""
    sides = [j for j in (judge, other) if j]
    users = [u for u in order if judge.held.get(u) and (
        judge.candidates is None or judge.candidates.get(u))
        or any(u in j.lists for j in sides)]
    found = [{u: j.of_user(u) for u in users} for j in sides]
    resamples = list(draws(len(users)))
    for m, row in got.items():
        what = "%s@%d" % m
        if m[0] in ("coverage", "gini"):
            values = [getattr(j, m[0])(m[1]) for j in sides]
            low = high = math.nan
        else:
            values = [mean_of(users, f, m) for f in found]
            again = [[mean_of([users[g] for g in draw], f, m) for f in found]
                     for draw in resamples]
            low, high = interval([a[0] - a[-1] if other else a[0]
                                  for a in again])
            assert row["users"] == sum(m in f for f in found[0].values()), what
        if other:
            near(row["first"], values[0], what)
            near(row["second"], values[1], what)
            near(row["difference"], values[0] - values[1], what)
        else:
            near(row["value"], values[0], what)
        near(row["low"], low, what + " low")
        near(row["high"], high, what + " high")


# ---- cases

def some(rng, items, least, most):
    return set(rng.sample(items, rng.randint(least, most)))


def rows_of(pairs):
    return [(u, i) for u, items in pairs.items() for i in sorted(items)]


def first_seen(*files):
    return list(dict.fromkeys(row[0] for rows in files for row in rows))


def make_lists(rng, users, items, levels):
    """Lists with scores of so few levels that many are tied, at most three."""
    lists = {}
    for u in users:
        if rng.random() < 0.15:
            continue
        mine = rng.sample(items, rng.randint(1, 6))
        pool = [s for s in range(levels) for _ in range(3)]
        lists[u] = [(i, pool.pop(rng.randrange(len(pool)))) for i in mine]
    return lists


def list_rows(lists, rng):
    rows = [(u, i, s) for u, scored in lists.items() for i, s in scored]
    rng.shuffle(rows)
    again = {}
    for u, i, s in rows:
        again.setdefault(u, []).append((i, s))
    return rows, again


def rankings(seed):
    rng = random.Random(seed)
    users = ["u%d" % u for u in range(rng.randint(1, 9))]
    items = ["i%d" % i for i in range(9)]
    held = {u: some(rng, items, 0, 3) for u in users}
    held["u0"] = {"i0"}
    train = {u: some(rng, items, 1, 4) for u in users}
    held_rows, train_rows = rows_of(held), rows_of(train)
    a, la = list_rows(make_lists(rng, users, items, 4), rng)
    b, lb = list_rows(make_lists(rng, users, items, 3), rng)
    if not any(held.get(u) for u in la) or not any(held.get(u) for u in lb):
        return False
    write("held.csv", ("user", "item"), held_rows)
    write("train.csv", ("user", "item"), train_rows)
    write("a.csv", ("user", "item", "score"), a)
    write("b.csv", ("user", "item", "score"), b)
    order = first_seen(held_rows, train_rows, a, b)
    got, said = run(*LISTS, "--train", "train.csv", "a.csv")
    scored = all(i in dict(la.get(u, [])) for u in held for i in held[u])
    assert scored == (("auc", 0) in got)
    among = "scored pairs" if scored else "all items"
    assert {r["among"] for r in got.values()} == {among}
    check(got, Judge(la, held, train=train), order)
    both, _ = run(*LISTS, "a.csv", "a.csv")
    assert all(r["difference"] == 0 for r in both.values())
    candidates(rng, held, a, la)
    if scored:
        return True
    try:
        got, said = run(*LISTS, "--train", "train.csv", "a.csv", "b.csv")
    except subprocess.CalledProcessError as e:
        assert "does not compare" in e.stderr
        return True
    check(got, Judge(la, held, train=train), order, Judge(lb, held, train=train))
    return True


def candidates(rng, held, a, la):
    """Of each user, some that are given; ranks instead of scores."""
    users, items = sorted(held), ["i%d" % i for i in range(9)]
    given = {u: some(rng, items, 1, 5) for u in users if rng.random() < 0.8}
    rows = rows_of(given)
    if not rows or not any(held.get(u) for u in la):
        return
    write("given.csv", ("user", "item"), rows)
    write("ranked.csv", ("user", "rank", "item"),
          [(u, 9 - s, i) for u, i, s in a])
    how = [*LISTS, "--candidates", "given.csv", "-i", "item", "ranked.csv"]
    if not any(held[u] for u in given):
        try:
            run(*how)
            raise AssertionError("candidates of nobody")
        except subprocess.CalledProcessError as e:
            assert e.returncode == 1 and "has candidates" in e.stderr
        return
    got, _ = run(*how)
    order = first_seen(rows_of(held), rows, a)
    assert {r["among"] for r in got.values()} == {"candidates"}
    check(got, Judge(la, held, candidates=given), order)


def of_model():
    """What a model tells of the items of its lists."""
    with open("model.cf", "rb") as f:
        head, parts = manpage.reader.read(f.read())
    items = [i.decode() for i in parts["item"][0]]
    users = [u.decode() for u in parts["user"][0]]
    # Unit vectors are kept as floats.
    factors = [np.asarray(v, float) for v in parts["item_factors"][0]]
    unit = {i: np.float32(v / np.sqrt((v * v).sum())).astype(float)
            for i, v in zip(items, factors)}
    start, seen = parts["seen_start"][0], parts["seen_item"][0]
    train = {u: {items[j] for j in seen[start[n]:start[n + 1]]}
             for n, u in enumerate(users)}
    held = {u: {items[(n * 7 + j) % len(items)] for j in range(2)}
            for n, u in enumerate(users[:-1])}
    write("held.csv", ("user", "item"), rows_of(held))
    top = subprocess.run("cf-topn -q -m model.cf --all -n 6 | cf-cat -t csv",
                         shell=True, check=True, capture_output=True, text=True)
    lists = {}
    for line in top.stdout.splitlines()[1:]:
        u, rank, i = line.split(",")[:3]
        lists.setdefault(u, []).append((i, -int(rank)))
    subprocess.run("cf-topn -q -m model.cf --all -n 6 -o topn.cf", shell=True,
                   check=True)
    got, said = run(*LISTS, "-m", "model.cf", "topn.cf")
    assert ("diversity", 2) in got and "have no list" not in said
    check(got, Judge(lists, held, train=train, unit=unit),
          first_seen(rows_of(held), [(u,) for u in users]))
    overlap = sum(i in train[u] for u in held for i in held[u])
    if overlap:
        assert "%d of %d held-out pairs" % (overlap, 2 * len(held)) in said


# ---- predicted ratings

def errors(seed):
    rng = random.Random(seed)
    users = ["u%d" % u for u in range(8)]
    items = ["i%d" % i for i in range(6)]
    rows = [(u, i, rng.randint(1, 5), rng.randint(8, 40) / 8)
            for u in users for i in items if rng.random() < 0.5]
    rows += [(u, i, r, s) for u, i, r, s in rows[:3]]  # some pairs twice
    rng.shuffle(rows)
    train = [(u, i) for u in users[:6] for i in items[:5]
             if rng.random() < 0.5] + [("u0", "i0")]
    write("rated.csv", ("user", "item", "rating", "score"), rows)
    write("train.csv", ("user", "item"), train)
    tu, ti = {u for u, i in train}, {i for u, i in train}
    part = {"all": lambda u, i: True,
            "warm": lambda u, i: u in tu and i in ti,
            "cold users": lambda u, i: u not in tu,
            "cold items": lambda u, i: i not in ti}
    for how in "users", "rows":
        got, _ = run("--train", "train.csv", "--resample", how, "rated.csv")
        seen = first_seen(train, rows)
        groups = ([[r for r in rows if r[0] == u] for u in seen]
                  if how == "users" else [[r] for r in rows])
        groups = [g for g in groups if g]
        resamples = [sum((groups[g] for g in d), []) for d in draws(len(groups))]
        for (m, p), row in got.items():
            near(row["value"], error(m, part[p], rows), m + " " + p)
            low, high = interval([error(m, part[p], r) for r in resamples])
            near(row["low"], low, m + " low " + p)
            near(row["high"], high, m + " high " + p)
            assert row["rows"] == sum(part[p](u, i) for u, i, _, _ in rows)
        assert {p for m, p in got} == {
            p for p in part if any(part[p](u, i) for u, i, _, _ in rows)}
    # The same of ratings that are in another file.
    once = list({(u, i): (u, i, r, s) for u, i, r, s in rows}.values())
    write("scores.csv", ("user", "item", "score"),
          [(u, i, s) for u, i, r, s in once])
    write("truth.csv", ("user", "item", "rating"),
          [(u, i, r) for u, i, r, s in once])
    got, said = run("--held-out", "truth.csv", "--errors", "scores.csv")
    near(got["rmse", "all"]["value"], error("rmse", part["all"], once), "truth")
    assert said == ""


def error(metric, part, rows):
    rs = np.array([(r, s) for u, i, r, s in rows if part(u, i)], float)
    if len(rs) == 0:
        return math.nan
    r, s = rs.T
    if metric == "rmse":
        return math.sqrt(np.mean((r - s) ** 2))
    if metric == "mae":
        return np.mean(np.abs(r - s))
    spread = np.sum((r - r.mean()) ** 2)
    return 1 - np.sum((r - s) ** 2) / spread if spread > 1e-9 else math.nan


def main():
    os.chdir(sys.argv[1])
    n = sum(rankings(seed) for seed in range(40))
    assert n >= 20, n
    for seed in range(10):
        errors(seed)
    of_model()


main()
