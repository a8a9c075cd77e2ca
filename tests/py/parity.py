"""The learner against a float64 run of the same formulas.

parity.py write DIR      makes DIR/batches.cf and DIR/init.cf from adam.json
parity.py check DIR      compares DIR/losses.tsv and DIR/model.cf with it

Initial weights, order of rows and batches come from tests/data/parity, made
from the formulas alone; cf-index and cf-batch are not used."""
import json
import os
import struct
import sys

import numpy as np

from manpage import reader, writer

DATA = os.path.join(os.path.dirname(__file__), "../data/parity/adam.json")
TABLES = ("user_factors", "item_factors", "user_bias", "item_bias")


def ids(n):
    return [b"%d" % i for i in range(n)]


def dictionaries():
    return [{"part": p, "name": p, "type": "str", "role": p}
            for p in ("user", "item")]


def pairs(part):
    return [{"part": part, "name": "user", "type": "u32", "role": "user",
             "dict": "user"},
            {"part": part, "name": "item", "type": "u32", "role": "item",
             "dict": "item"},
            {"part": part, "name": "rating", "type": "f32",
             "role": "rating"}]


def rows(d, index):
    take = lambda name, t: np.asarray(d[name])[index].astype(t).tobytes()
    return [take("user", "<u4"), take("item", "<u4"), take("rating", "<f4")]


def write_batches(d, path):
    n = d["train_rows"]
    train = d["rating"][:n]
    epochs = [{"part": "epochs", "name": "epoch", "type": "u32"}]
    header = {"cf": 1, "kind": "batches",
              "columns": dictionaries() + pairs("train") + pairs("valid") +
              epochs,
              "facts": {"batch": d["batch"], "epochs": d["epochs"],
                        "rows": n, "rating_lo": min(train),
                        "rating_hi": max(train)}}
    with open(path, "wb") as f:
        w = writer.Writer(f, header)
        w.add("user", d["n_users"], [writer.text(ids(d["n_users"]))])
        w.add("item", d["n_items"], [writer.text(ids(d["n_items"]))])
        for e, order in enumerate(d["order"]):
            w.add("train", n, rows(d, order))
            valid = range(n, len(d["rating"]))
            w.add("valid", len(valid), rows(d, list(valid)))
            w.add("epochs", 1, [struct.pack("<I", e)])
        w.end()


class ModelWriter(writer.Writer):
    """A writer that remembers its frames for the table of contents."""
    toc, parts = b"", []

    def add(self, part, n, chunks):
        at, first = self.at, self.count.get(part, 0)
        super().add(part, n, chunks)
        self.toc += struct.pack("<IIQQQ", self.parts.index(part), n, first,
                                at, self.at - at) + self.last[::-1]

    def frame(self, *args):
        self.last = super().frame(*args)
        return self.last

    def end(self):
        at = self.at
        sum = self.frame("toc", 0, len(self.toc) // 40, [self.toc])
        self.sums = writer.xxhash.xxh3_64_intdigest(sum, seed=self.sums)
        self.frame("end", 0, 0, [struct.pack("<5Q", self.seq + 1, self.rows,
                                             at, self.at, self.sums)])


def write_model(d, path):
    k = d["k"]
    column = lambda part, name, t, **more: dict(
        {"part": part, "name": name, "type": t}, **more)
    header = {"cf": 1, "kind": "model", "columns": dictionaries() + [
        column("user_factors", "factors", "f32", width=k),
        column("item_factors", "factors", "f32", width=k),
        column("user_bias", "bias", "f32"),
        column("item_bias", "bias", "f32"),
        column("user_count", "count", "u32"),
        column("item_count", "count", "u32"),
        column("seen_start", "start", "u64"),
        column("seen_item", "item", "u32", dict="item"),
        column("epochs", "epoch", "u32"),
        column("epochs", "train_loss", "f64"),
        column("epochs", "valid_loss", "f64")],
        "facts": {"solver": "adam", "k": k,
                  "link": d.get("link", "sigmoid"), "mean": 0.0,
                  "lo": d["y_range"][0], "hi": d["y_range"][1],
                  "user_cold": 0.0, "item_cold": 0.0}}
    nu, ni = d["n_users"], d["n_items"]
    with open(path, "wb") as f:
        w = ModelWriter(f, header)
        w.parts = list(dict.fromkeys(c["part"] for c in header["columns"]))
        w.add("user", nu, [writer.text(ids(nu))])
        w.add("item", ni, [writer.text(ids(ni))])
        for name in TABLES:
            v = np.asarray(d["init"][name], "<f4")
            w.add(name, len(v), [v.tobytes()])
        w.add("user_count", nu, [np.ones(nu, "<u4").tobytes()])
        w.add("item_count", ni, [np.ones(ni, "<u4").tobytes()])
        w.add("seen_start", nu + 1, [np.zeros(nu + 1, "<u8").tobytes()])
        w.end()


def check(d, folder):
    with open(os.path.join(folder, "losses.tsv")) as f:
        got = [float(line.split("\t")[-1]) for line in f.readlines()[1:]]
    want = np.asarray(d["batch_loss"])
    worst = (np.abs(np.asarray(got) - want) / np.maximum(want, 1)).max()
    print("batch losses: %d, largest difference %.1e" % (len(got), worst))
    assert len(got) == len(d["batch_loss"]) and worst <= 1e-5
    with open(os.path.join(folder, "model.cf"), "rb") as f:
        head, parts = reader.read(f.read())
    for name in TABLES:
        diff = np.abs(np.asarray(parts[name][0]) - d["final"][name]).max()
        print("%s: largest difference %.1e" % (name, diff))
        assert diff <= 1e-4
    valid = np.asarray(parts["epochs"][2])
    diff = np.abs(valid - d["valid_mse"]).max()
    print("valid losses: largest difference %.1e" % diff)
    assert diff <= 1e-4


def main():
    with open(DATA) as f:
        d = json.load(f)
    if sys.argv[1] == "write":
        write_batches(d, os.path.join(sys.argv[2], "batches.cf"))
        write_model(d, os.path.join(sys.argv[2], "init.cf"))
    else:
        check(d, sys.argv[2])


if __name__ == "__main__":
    main()
