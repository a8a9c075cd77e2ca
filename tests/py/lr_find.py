"""Suggestions of cf-train --lr-find, read off the curve by numpy.

lr_find.py CURVE ...      compares the facts of curves with what fastai's
                          definitions give for their rows"""
import sys

import numpy as np

from manpage import reader


def falling(loss):
    """Length and end of the longest falling subsequence, the first of equal
    ones, by the plain recursion."""
    length = []
    for i, x in enumerate(loss):
        length.append(1 + max([n for n, y in zip(length, loss[:i]) if y > x],
                              default=0))
    return max(length), int(np.argmax(length))


def valley(lr, loss):
    n, end = falling(loss)
    return lr[end - n + int(n / 3) + int(n / 3 / 2)] if n > 1 else lr[0]


def steep(lr, loss):
    return lr[np.argmin(np.diff(loss) / np.diff(np.log(lr)))]


def minimum(lr, loss):
    return lr[np.argmin(loss)] / 10


def slide(lr, loss):
    slope = np.gradient(loss)
    apart = np.abs(slope[15:] - slope[:-15]) > 0.005
    steps = np.argmin(apart[::-1]) if not apart.all() else len(apart)
    return lr[len(lr) - 16 - max(steps - 1, 0)]


def check(path):
    with open(path, "rb") as f:
        head, parts = reader.read(f.read())
    step, lr, loss, smooth = (np.asarray(c) for c in parts["rows"])
    assert head["kind"] == "curve" and list(step) == list(range(len(step)))
    assert np.allclose(lr, 1e-7 * 1e8 ** (step / 100), rtol=1e-12)
    average, weight = 0, 0
    for i, x in enumerate(loss):
        average, weight = 0.98 * average + x, 0.98 * weight + 1
        assert abs(smooth[i] - average / weight) < 1e-9
    passed = smooth > 4 * np.minimum.accumulate(smooth)
    assert not passed[:-1].any() and (len(step) == 100 or passed[-1])
    for f in (valley, steep, minimum, slide):
        want = f(lr[10:-5], smooth[10:-5])
        print("%s: %s %.4g" % (path, f.__name__, want))
        assert abs(head["facts"][f.__name__] / want - 1) < 1e-9


for name in sys.argv[1:]:
    check(name)
