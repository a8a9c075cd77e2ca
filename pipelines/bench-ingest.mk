# bench-ingest.mk - how fast ratings are joined with titles and indexed, as
# whole programs beside what people use for it, all in one run.
#
# 5 M ratings of 138,493 users (4 columns, about 130 MB) and 27,278 titles, as
# many as MovieLens 20M has, are made up. What pandas does: read_csv, merge,
# two categoricals. Miller only joins. A peer that is not there is left out.

ROWS   = 5000000
TIMES  = 5
BIN    = ../build/bin
PYTHON = /usr/bin/python3
# Where the data go; a directory of their own, removed at the end.
TMPDIR = /tmp

export PATH := $(abspath $(BIN)):$(PATH)
export PEERS MEMORY

define PEERS
cf-merge | cf-index     = cf-merge r.csv t.csv | cf-index
cf, two joined files    = cf-merge r.csv t.csv u.csv | cf-index
cf, gzip                = cf-merge r.csv.gz t.csv | cf-index
cf, zstd                = cf-merge r.csv.zst t.csv | cf-index
cf, separator ::        = cf-merge r.dat t.csv | cf-index
pandas                  = $(PYTHON) $(CURDIR)/ingest-pandas.py r.csv t.csv
Miller                  = mlr --csv join -j movieId -f t.csv r.csv
endef

define MEMORY
cf, 1 M rows            = cf-merge r1.csv t.csv | cf-index
cf, 20 M rows           = cf-merge r20.csv t.csv | cf-index
endef

.PHONY: bench-ingest
bench-ingest:
	@dir=$$(mktemp -d $(TMPDIR)/cf-bench.XXXXXX) && \
	trap 'rm -rf "$$dir"' EXIT INT TERM && \
	$(CC) -O2 -o $$dir/synth synth.c && \
	$(CC) -O2 -o $$dir/peak peak.c && \
	cd $$dir && ./synth titles >t.csv && ./synth users >u.csv && \
	./synth ratings $(ROWS) , >r.csv && ./synth ratings $(ROWS) :: >r.dat && \
	gzip -k r.csv && { ! command -v zstd >/dev/null || zstd -q r.csv; } && \
	echo "$$PEERS" | $(PYTHON) $(CURDIR)/bench.py ./peak $(TIMES) && \
	rm r.* && ./synth ratings 1000000 , >r1.csv && \
	./synth ratings 20000000 , >r20.csv && \
	echo "$$MEMORY" | $(PYTHON) $(CURDIR)/bench.py ./peak 3
