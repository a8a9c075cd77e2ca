"""topn-implicit.py MODEL - the 10 best items of every user by implicit."""
import os
import sys

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
try:
    import numpy as np
    import scipy.sparse as sp
    from implicit.cpu.matrix_factorization_base import MatrixFactorizationBase
except ImportError:
    sys.exit(77)
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../tests/py"))
from manpage import reader

head, parts = reader.read(open(sys.argv[1], "rb").read())
model = MatrixFactorizationBase()
model.user_factors = np.array(parts["user_factors"][0], np.float32)
model.item_factors = np.array(parts["item_factors"][0], np.float32)
seen = np.array(parts["seen_item"][0])
rated = sp.csr_matrix((np.ones(len(seen), np.float32), seen,
                       np.array(parts["seen_start"][0])),
                      shape=(len(model.user_factors), len(model.item_factors)))
for at in range(0, rated.shape[0], 1000):
    ids = np.arange(at, min(at + 1000, rated.shape[0]))
    model.recommend(ids, rated[ids], N=10)
