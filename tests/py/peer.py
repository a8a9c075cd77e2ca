"""A second implementation of the stream, from its man page.

peer.py write             writes a ratings stream to standard output
peer.py read FILE ...     reads streams; prints kind and rows of each part
peer.py csv FILE PART     prints the columns of a part, tab-separated"""
import sys

from manpage import reader, writer


def load(path):
    with open(path, "rb") as f:
        return reader.read(f.read())


def write():
    users = [b"u%d" % i for i in range(20)]
    items = [b"%d" % i for i in range(30)]
    pairs = [(u, i) for u in range(20) for i in range(30) if (u * i) % 3 == 0]
    rating = [1 + (u + 2 * i) % 5 for u, i in pairs]
    writer.write_ratings(sys.stdout.buffer, users, items,
                         [u for u, i in pairs], [i for u, i in pairs], rating)


def show(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def main():
    if sys.argv[1] == "write":
        write()
    elif sys.argv[1] == "read":
        for path in sys.argv[2:]:
            head, parts = load(path)
            print(head["kind"], *("%s=%d" % (p, len(parts[p][0]))
                                  for p in parts))
    else:
        head, parts = load(sys.argv[2])
        for row in zip(*parts[sys.argv[3]]):
            print(*map(show, row), sep="\t")


main()
