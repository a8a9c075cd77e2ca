"""cf-topn as a coprocess, by the example on its man page.

coprocess.py MAN DIR   in DIR, where there is a model.bin"""
import os
import re
import subprocess
import sys

from manpage import reader

page = open(sys.argv[1]).read()
os.chdir(sys.argv[2])
text = re.search(r"In Python.*?\n\.Bd.*?\n(.*?)\.Ed", page, re.S).group(1)
example = {"column": reader.column}
exec(text.replace("\\e", "\\"), example)
top, p = example["top"], example["p"]


def listed(*args):
    out = subprocess.run("cf-topn -q -m model.bin %s | cf-cat -t csv"
                         % " ".join(args), shell=True, check=True,
                         stdout=subprocess.PIPE).stdout.splitlines()
    return [line.split(b",")[2] for line in out[1:]]


# Each answer comes before the next question, whatever is asked and how often.
for user in ("1", "42", "1", "nobody", "610") + ("7",) * 100:
    got = top(user.encode())
    assert got and got == listed(user), (user, got)
p.stdin.close()
assert p.wait() == 0
