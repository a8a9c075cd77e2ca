# bench-ials.mk - implicit feedback by alternating least squares: the program
# beside the libraries that people use for it, all in one run.
#
# About 9.7 M rows of 138,000 users and 27,000 items are made up, a good deal of
# them in clusters; SIZE=.01 makes a hundredth of the users and rows. All learn
# with alpha0 = .1 (or as much weight for a row) for EPOCHS epochs on all
# processors, cf with two steps of conjugate gradients, the others with three;
# times are those of the whole program, read from a file and written to nothing.
# A peer that is not there is left out.
#
# PEER=COMMAND is called instead, as LIBRARY K HOW EPOCHS r.npz, where HOW is cg
# or exact, in the directory that has the rows: as r.csv, and as r.npz if there
# is scipy. COMMAND is on the PATH or an absolute path, and may have arguments.
# It exits with 77 if it has not what it is asked for. Rows are made with numpy.

EPOCHS = 3
TIMES  = 3
SIZE   = 1
BIN    = ../build/bin
PYTHON = /usr/bin/python3
# Where the data go; a directory of their own, removed at the end.
TMPDIR = /tmp

export PATH := $(abspath $(BIN)):$(PATH)
export OPENBLAS_NUM_THREADS = 1
export PEERS

PEER = $(PYTHON) $(CURDIR)/ials-peer.py
CF   = cf-train -s ials -e $(EPOCHS) --alpha0 0.1 --l2 0.01

define PEERS
cf, 64 factors          = $(CF) -k 64 r.cf
irspack, CG(3)          = $(PEER) irspack 64 cg $(EPOCHS) r.npz
implicit, CG(3)         = $(PEER) implicit 64 cg $(EPOCHS) r.npz
cf, 64, exact           = $(CF) -k 64 --steps 0 r.cf
irspack, Cholesky       = $(PEER) irspack 64 exact $(EPOCHS) r.npz
implicit, Cholesky      = $(PEER) implicit 64 exact $(EPOCHS) r.npz
cf, 128                 = $(CF) -k 128 r.cf
irspack, CG(3), 128     = $(PEER) irspack 128 cg $(EPOCHS) r.npz
implicit, CG(3), 128    = $(PEER) implicit 128 cg $(EPOCHS) r.npz
cf, 256                 = $(CF) -k 256 r.cf
irspack, CG(3), 256     = $(PEER) irspack 256 cg $(EPOCHS) r.npz
implicit, CG(3), 256    = $(PEER) implicit 256 cg $(EPOCHS) r.npz
endef

.PHONY: bench-ials
bench-ials:
	@dir=$$(mktemp -d $(TMPDIR)/cf-bench.XXXXXX) && \
	trap 'rm -rf "$$dir"' EXIT INT TERM && \
	$(CC) -O2 -o $$dir/peak peak.c && \
	cd $$dir && $(PYTHON) $(CURDIR)/ials-peer.py made $(SIZE) >r.csv && \
	cf-merge -q r.csv | cf-index -q --implicit >r.cf && \
	echo "$$PEERS" | $(PYTHON) $(CURDIR)/bench.py ./peak $(TIMES)
