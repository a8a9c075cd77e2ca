# bench-topn.mk - how fast the 10 best items of every user are found, seen ones
# left out, as whole programs beside what people use for it, all in one run.
#
# MODEL=FILE is a model whose scores are products of vectors; without one, ROWS
# made-up ratings of MovieLens 20M's users and films are learnt with TRAIN. The
# plain product is OpenBLAS's alone, in batches of 1000 users, of the same
# vectors: nothing is picked from it. A peer that is not there is left out.

MODEL  =
ROWS   = 2000000
TRAIN  = cf-train -q -k 64 -e 1
TIMES  = 5
BIN    = ../build/bin
PYTHON = /usr/bin/python3
# Where the data go; a directory of their own, removed at the end.
TMPDIR = /tmp

export PATH := $(abspath $(BIN)):$(PATH)
export OPENBLAS_NUM_THREADS = 1
export PEERS

define PEERS
cf-topn, 1 thread       = cf-topn -q -j 1 -m model.cf --all
cf-topn, 2 threads      = cf-topn -q -j 2 -m model.cf --all
cf-topn, seen ones too  = cf-topn -q -j 1 -m model.cf --all --keep-seen
cf-topn, 100 items      = cf-topn -q -j 1 -m model.cf --all -n 100
cf-topn --similar       = cf-topn -q -j 1 -m model.cf --all --similar
OpenBLAS, product alone = ./product users.fvecs items.fvecs
implicit, 1 thread      = $(PYTHON) $(CURDIR)/topn-implicit.py model.cf
endef

.PHONY: bench-topn
bench-topn:
	@dir=$$(mktemp -d $(TMPDIR)/cf-bench.XXXXXX) && \
	trap 'rm -rf "$$dir"' EXIT INT TERM && \
	$(CC) -O2 -o $$dir/synth synth.c && \
	$(CC) -O2 -o $$dir/peak peak.c && \
	{ $(CC) -O2 -o $$dir/product topn-product.c -lopenblas 2>/dev/null || \
		echo "no OpenBLAS to compile with"; } && \
	if [ -n "$(MODEL)" ]; then cp "$(MODEL)" $$dir/model.cf; else \
		(cd $$dir && ./synth ratings $(ROWS) , | cf-merge -q - | \
		cf-index -q | $(TRAIN) -o model.cf); fi && \
	cd $$dir && \
	cf-cat -q --users --export fvecs model.cf >users.fvecs && \
	cf-cat -q --items --export fvecs model.cf >items.fvecs && \
	echo "$$PEERS" | $(PYTHON) $(CURDIR)/bench.py ./peak $(TIMES)
