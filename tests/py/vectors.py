"""vectors.py - what cf-cat exports and computes, against numpy and the formats'
own pages.

    vectors.py factors FOLD SIDE.csv FORMAT,FORMAT... PATH
        PATH.FORMAT as it is read here has the ids and numbers of SIDE.csv, which
        cf-cat --factors -t csv wrote; FOLD: "user", "item" or ""
    vectors.py tensors USERS.csv ITEMS.csv FILE.safetensors [fold]
    vectors.py pca ITEMS.csv PCA.csv N NOTE [LEAST]
        the columns pc1 ... are numpy's, and so are the shares in the note; of
        rows with at least 1, or LEAST, training rows
    vectors.py near ITEMS.csv NEAR.csv ID
        all other rows, by the cosine that numpy finds
    vectors.py ranks USERS.npy ITEMS.npy USERS.csv ITEMS.csv TOPN.csv
        the products of folded vectors list the items as cf-topn does
"""

import csv
import json
import struct
import sys
from urllib.parse import unquote

import numpy as np


def read_csv(path):
    with open(path, encoding="utf-8", errors="surrogateescape",
              newline="") as f:
        rows = list(csv.reader(f))
    return rows[0], rows[1:]


def side(path, fold=""):
    """ids, vectors and bias of cf-cat --factors -t csv."""
    names, rows = read_csv(path)
    first = names.index("f0")
    x = np.array([r[first:] for r in rows], np.float32)
    bias = np.array([r[names.index("bias")] for r in rows], np.float32)
    if fold:
        last = bias if fold == "item" else np.ones_like(bias)
        x = np.column_stack([x, last])
    return [r[0] for r in rows], x, bias


def read_npy(path):
    with open(path, "rb") as f:
        head = f.read(10)
        size = struct.unpack("<H", head[8:])[0]
    assert head[:8] == b"\x93NUMPY\x01\x00" and (10 + size) % 64 == 0
    return None, np.load(path, allow_pickle=False)


def read_fvecs(path):
    raw = np.fromfile(path, "<i4")
    rows = raw.reshape(-1, raw[0] + 1)
    assert (rows[:, 0] == raw[0]).all()
    return None, rows[:, 1:].copy().view("<f4")


def read_word2vec(path):
    """As gensim's load_word2vec_format does."""
    with open(path, encoding="utf-8") as f:
        n, k = map(int, next(f).split())
        words = [line.rstrip().split(" ") for line in f]
    assert len(words) == n and all(len(w) == k + 1 for w in words)
    with open(path, encoding="utf-8") as f:
        assert all(len(line.split()) in (2, k + 1) for line in f)
    ids = [unquote(w[0], errors="surrogateescape") for w in words]
    return ids, np.array([w[1:] for w in words], np.float32)


def read_pgvector(path):
    """As COPY does."""
    plain = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
    ids, vectors = [], []
    with open(path, encoding="utf-8", newline="\n") as f:
        for line in f:
            name, vector = line.rstrip("\n").split("\t")
            out, chars = "", iter(name)
            for c in chars:
                after = next(chars) if c == "\\" else None
                out += plain.get(after, after) if after else c
            ids.append(out)
            assert vector[0] == "[" and vector[-1] == "]"
            vectors.append(vector[1:-1].split(","))
    return ids, np.array(vectors, np.float32)


def read_vectors_csv(path):
    names, rows = read_csv(path)
    k = len(names) - 2
    assert names[1:] == ["bias"] + ["f%d" % i for i in range(k)]
    return [r[0] for r in rows], np.array([r[2:] for r in rows], np.float32)


READERS = {"npy": read_npy, "fvecs": read_fvecs, "word2vec": read_word2vec,
           "pgvector": read_pgvector, "csv": read_vectors_csv}


def same(a, b):
    assert a.dtype == b.dtype == np.float32 and a.shape == b.shape
    assert a.tobytes() == b.tobytes()


def factors(fold, model, formats, path):
    ids, want, _ = side(model, fold)
    for form in formats.split(","):
        got_ids, got = READERS[form](path + "." + form)
        assert got_ids is None or got_ids == ids, got_ids
        same(np.ascontiguousarray(got), want)


def tensors(users, items, path, fold=""):
    """As safetensors' own page describes it."""
    with open(path, "rb") as f:
        raw = f.read()
    size = struct.unpack("<Q", raw[:8])[0]
    assert size % 8 == 0 and raw[8:9] == b"{"
    head = json.loads(raw[8:8 + size])
    assert all(isinstance(v, str) for v in head.pop("__metadata__").values())
    data, end, got = raw[8 + size:], 0, {}
    for name, t in head.items():
        a, b = t["data_offsets"]
        assert a == end and t["dtype"] == "F32"
        got[name] = np.frombuffer(data[a:b], "<f4").reshape(t["shape"])
        end = b
    assert end == len(data)
    for name, path in ("user", users), ("item", items):
        if path != "-":
            _, x, bias = side(path, name if fold else "")
            same(got.pop(name + "_factors"), x)
            same(got.pop(name + "_bias"), bias)
    assert not got, got


def pca(items, path, n, note, least=1):
    n = int(n)
    names, rows = read_csv(items)
    count = np.array([int(r[names.index("count")]) for r in rows])
    known = count >= int(least)
    ids, x, _ = side(items)
    x = x[known].astype(float)
    x -= x.mean(0)
    value, axis = np.linalg.eigh(x.T @ x)
    value, axis = value[::-1], axis[:, ::-1].T[:n]
    largest = np.abs(axis).argmax(1)
    axis *= np.sign(axis[np.arange(n), largest])[:, None]
    want = dict(zip(np.array(ids)[known], x @ axis.T))
    names, rows = read_csv(path)
    at = names.index("pc1")
    assert names[at:at + n] == ["pc%d" % (i + 1) for i in range(n)]
    assert {r[0] for r in rows} == set(want)
    for r in rows:
        np.testing.assert_allclose(np.array(r[at:at + n], float),
                                   want[r[0]], rtol=1e-5, atol=1e-6)
    share = 100 * value[:n] / value.sum()
    said = [float(w) for w in note.split() if w.replace(".", "").isdigit()
            and "." in w]
    assert np.abs(np.array(said) - [share.sum(), *share]).max() <= 0.0501, note


def near(items, path, name):
    ids, x, _ = side(items)
    names, rows = read_csv(items)
    known = {r[0] for r in rows if r[names.index("count")] != "0"}
    x = x.astype(float)
    x /= np.linalg.norm(x, axis=1)[:, None]
    want = dict(zip(ids, x @ x[ids.index(name)]))
    names, rows = read_csv(path)
    cosine = [float(r[names.index("cosine")]) for r in rows]
    assert {r[0] for r in rows} == known - {name}
    assert cosine == sorted(cosine, reverse=True)
    for r, c in zip(rows, cosine):
        assert abs(c - want[r[0]]) < 1e-6, (r, want[r[0]])


def ranks(users, items, users_csv, items_csv, topn):
    p, q = np.load(users).astype(float), np.load(items).astype(float)
    user = [r[0] for r in read_csv(users_csv)[1]]
    item = [r[0] for r in read_csv(items_csv)[1]]
    names, rows = read_csv(topn)
    lists = {}
    for r in rows:
        lists.setdefault(r[0], []).append(r[names.index("movieId")])
    assert lists
    for u, best in lists.items():
        z = q @ p[user.index(u)]
        got = [z[item.index(i)] for i in best]
        assert np.allclose(got, np.sort(z)[::-1][:len(got)], atol=1e-5), u
        assert len(set(best)) == len(best)


if __name__ == "__main__":
    {f.__name__: f for f in (factors, tensors, pca, near, ranks)}[
        sys.argv[1]](*sys.argv[2:])
