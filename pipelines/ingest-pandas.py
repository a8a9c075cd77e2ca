"""ingest-pandas.py RATINGS TITLES - what cf-merge | cf-index does, in pandas."""
import sys

try:
    import pandas as pd
except ImportError:
    sys.exit(77)

ratings, titles = map(pd.read_csv, sys.argv[1:])
table = ratings.merge(titles, on="movieId")
users = table["userId"].astype("category")
items = table["movieId"].astype("category")
assert len(table) == len(users.cat.codes) == len(items.cat.codes)
