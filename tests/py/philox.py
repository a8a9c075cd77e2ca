"""Philox4x32-10, from the paper (Salmon, Moraes, Dror and Shaw, SC11), and the
draws that lib/base/rng.h makes of it, with numpy."""
import numpy as np

SPLIT, SHUFFLE = 1, 2


def u64(seed, purpose, epoch, index):
    """Draws number index (an array), of 64 bits."""
    low = np.uint64(0xFFFFFFFF)
    half = np.uint64(32)
    index = np.asarray(index, "u8")
    c = [index & low, index >> half,
         np.full_like(index, epoch), np.full_like(index, purpose)]
    k = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        a = c[0] * np.uint64(0xD2511F53)
        b = c[2] * np.uint64(0xCD9E8D57)
        c = [(b >> half) ^ c[1] ^ np.uint64(k[0]), b & low,
             (a >> half) ^ c[3] ^ np.uint64(k[1]), a & low]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c[0] | c[1] << half


def real(seed, purpose, epoch, index):
    """Draws in [0, 1), of 53 bits."""
    return (u64(seed, purpose, epoch, index) >> np.uint64(11)) * 2.0 ** -53
