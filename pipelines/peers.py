"""Recommenders that are not cf's, whose lists are CSV for cf-eval.

peers.py popular|ease TRAIN.csv N   user,item,score: the best N items that each
                                    user of TRAIN (user,item,...) has not

popular: by the number of users. ease: H. Steck, "Embarrassingly shallow
autoencoders for sparse data", 2019, with lambda 500."""
import csv
import sys

import numpy as np


def main():
    name, path, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(path, encoding="utf-8", newline="") as f:
        rows = [r[:2] for r in csv.reader(f)][1:]
    users = list(dict.fromkeys(u for u, i in rows))
    items = list(dict.fromkeys(i for u, i in rows))
    nu = {u: n for n, u in enumerate(users)}
    ni = {i: n for n, i in enumerate(items)}
    x = np.zeros((len(users), len(items)))
    x[[nu[u] for u, i in rows], [ni[i] for u, i in rows]] = 1
    if name == "popular":
        score = np.tile(x.sum(0), (len(users), 1))
    else:
        p = np.linalg.inv(x.T @ x + 500 * np.eye(len(items)))
        b = -p / np.diag(p)
        np.fill_diagonal(b, 0)
        score = x @ b
    score[x > 0] = -np.inf
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["user", "item", "score"])
    for u, s in zip(users, score):
        for i in np.argsort(-s, kind="stable")[:n]:
            if s[i] > -np.inf:
                out.writerow([u, items[i], "%.9g" % s[i]])


main()
