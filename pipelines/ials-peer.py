"""ials-peer.py made SIZE >CSV          makes rows up; also r.npz, with scipy
ials-peer.py LIBRARY K HOW EPOCHS NPZ   learns from them

LIBRARY is irspack or implicit; HOW is cg, with three steps, or exact. Exits
with 77 if it is not there."""
import sys

LACKS = 77
USERS, ITEMS, CLUSTERS, ROWS = 138000, 27000, 20, 11.6e6


def made(size):
    """How many items a user has is log-normal; a third of them are drawn by
    popularity, the others likewise from three clusters of the user's."""
    import numpy as np
    rng = np.random.default_rng(7)
    users = int(size * USERS)
    n = np.clip(rng.lognormal(3.85, 1.15, users), 5, 4000)
    n = np.clip(np.round(n * (size * ROWS / n.sum())).astype(int), 5, 4000)
    popular = (np.arange(ITEMS) + 30.0) ** -1.05
    cluster = rng.integers(0, CLUSTERS, ITEMS)
    user = np.repeat(np.arange(users), n)
    item = np.empty(len(user), int)
    liked = rng.integers(0, CLUSTERS, (users, 3))
    which = liked[user, rng.integers(0, 3, len(user))]
    which[rng.random(len(user)) < .35] = CLUSTERS
    for c in range(CLUSTERS + 1):
        rows = np.flatnonzero(which == c)
        ids = np.flatnonzero((cluster == c) | (c == CLUSTERS))
        p = np.cumsum(popular[ids])
        at = np.searchsorted(p / p[-1], rng.random(len(rows)))
        item[rows] = ids[np.minimum(at, len(ids) - 1)]
    pair = np.unique(user * ITEMS + item)
    user, item = pair // ITEMS, pair % ITEMS
    print("user,item")
    for at in range(0, len(user), 1 << 20):
        print("\n".join("%d,%d" % p for p in zip(
            user[at:at + (1 << 20)].tolist(), item[at:at + (1 << 20)].tolist())))
    try:
        import scipy.sparse as sp
    except ImportError:
        return
    x = sp.csr_matrix((np.ones(len(user), np.float32), (user, item)),
                      shape=(users, ITEMS))
    sp.save_npz("r.npz", x, compressed=False)


def main(library, k, how, epochs, npz):
    try:
        import scipy.sparse as sp
        if library == "irspack":
            from irspack.recommenders import IALSRecommender
        else:
            from implicit.als import AlternatingLeastSquares
    except ImportError:
        sys.exit(LACKS)
    x = sp.load_npz(npz)
    if library == "irspack":
        IALSRecommender(
            x, n_components=int(k), alpha0=.1, reg=.01,
            solver_type="CG" if how == "cg" else "CHOLESKY", max_cg_steps=3,
            train_epochs=int(epochs)).learn()
    else:
        AlternatingLeastSquares(
            factors=int(k), alpha=10, regularization=.1,
            use_cg=how == "cg", iterations=int(epochs)).fit(x)


if sys.argv[1] == "made":
    made(float(sys.argv[2]))
else:
    main(*sys.argv[1:])
