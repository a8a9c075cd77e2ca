"""make_parity.py - the embedding learner in float64, from the formulas at the
top of lib/fit/adam.c alone. Needs numpy.

    make_parity.py [USERS ITEMS ROWS TRAIN_ROWS K BATCH EPOCHS] > adam.json
"""
import json
import math
import sys

import numpy as np

SIZES = [int(a) for a in sys.argv[1:]] or [30, 40, 600, 480, 8, 16, 3]
USERS, ITEMS, ROWS, TRAIN, K, BATCH, EPOCHS = SIZES
LO, HI, LR_MAX, WD = 0.0, 5.5, 5e-3, 0.1


def along(a, b, p):
    return a + (1 + math.cos(math.pi * (1 - p))) * (b - a) / 2


def one_cycle(t):
    """Learning rate and momentum at share t of all steps."""
    if t < 0.25:
        p = t / 0.25
        return along(LR_MAX / 25, LR_MAX, p), along(0.95, 0.85, p)
    p = (t - 0.25) / 0.75
    return along(LR_MAX, LR_MAX / 1e5, p), along(0.85, 0.95, p)


rng = np.random.default_rng(20261125)
P, Q = rng.normal(0, 0.8, (USERS, 3)), rng.normal(0, 0.8, (ITEMS, 3))
pairs = rng.choice(USERS * ITEMS, ROWS, replace=False)
user, item = pairs // ITEMS, pairs % ITEMS
rating = 3.5 + (P[user] * Q[item]).sum(1) + rng.normal(0, 0.4, ROWS)
rating = np.clip(np.round(rating * 2) / 2, 0.5, 5)

shapes = {
    "user_factors": (USERS, K),
    "item_factors": (ITEMS, K),
    "user_bias": (USERS,),
    "item_bias": (ITEMS,),
}
# float32, so that both learners start from the same numbers.
W = {
    n: (np.fmod(rng.normal(0, 1, s), 2) * 0.01).astype(np.float32).astype(float)
    for n, s in shapes.items()
}
init = {n: W[n].tolist() for n in W}
M = {n: np.zeros_like(W[n]) for n in W}
V = {n: np.zeros_like(W[n]) for n in W}


def predict(u, i):
    z = (W["user_factors"][u] * W["item_factors"][i]).sum(1)
    s = 1 / (1 + np.exp(-(z + W["user_bias"][u] + W["item_bias"][i])))
    return LO + (HI - LO) * s, s


def gradients(u, i, r):
    """The loss of a mini-batch, and its gradients."""
    y, s = predict(u, i)
    dz = 2 * (y - r) / len(r) * (HI - LO) * s * (1 - s)
    g = {n: np.zeros_like(W[n]) for n in W}
    np.add.at(g["user_factors"], u, dz[:, None] * W["item_factors"][i])
    np.add.at(g["item_factors"], i, dz[:, None] * W["user_factors"][u])
    np.add.at(g["user_bias"], u, dz)
    np.add.at(g["item_bias"], i, dz)
    return float(((y - r) ** 2).mean()), g


def adam(g, t, lr, b1):
    for n in W:
        W[n] *= 1 - lr * WD
        M[n] = b1 * M[n] + (1 - b1) * g[n]
        V[n] = 0.99 * V[n] + 0.01 * g[n] ** 2
        root = np.sqrt(V[n] / (1 - 0.99**t))
        W[n] -= lr / (1 - b1**t) * M[n] / (root + 1e-5)


batches = TRAIN // BATCH
step, order, losses, valid, trace = 0, [], [], [], []
for epoch in range(EPOCHS):
    order.append(rng.permutation(np.arange(TRAIN)))
    for b in range(batches):
        rows = order[-1][b * BATCH : (b + 1) * BATCH]
        loss, g = gradients(user[rows], item[rows], rating[rows])
        losses.append(loss)
        lr, b1 = one_cycle(step / (batches * EPOCHS))
        if b in (0, batches - 1):
            trace.append([step, lr, b1])
        step += 1
        adam(g, step, lr, b1)
    if TRAIN < ROWS:
        y, _ = predict(user[TRAIN:], item[TRAIN:])
        valid.append(float(((y - rating[TRAIN:]) ** 2).mean()))

json.dump(
    {
        "n_users": USERS,
        "n_items": ITEMS,
        "k": K,
        "batch": BATCH,
        "epochs": EPOCHS,
        "y_range": [LO, HI],
        "lr_max": LR_MAX,
        "wd": WD,
        "user": user.tolist(),
        "item": item.tolist(),
        "rating": rating.tolist(),
        "train_rows": TRAIN,
        "order": [o.tolist() for o in order],
        "init": init,
        "batch_loss": losses,
        "valid_mse": valid,
        "schedule_trace": trace,
        "final": {n: W[n].tolist() for n in W},
    },
    sys.stdout,
)
