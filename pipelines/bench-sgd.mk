# bench-sgd.mk - how fast cf-train -s sgd learns, on one processor and beside
# mf-train of LIBMF where that is on the PATH (build it with USEAVX).
#
# `make -C pipelines bench-sgd` makes up ROWS ratings of MovieLens' shape; or
# DATA=FILE has lines "user item rating", and TEST=FILE such lines to predict.
# All figures are seconds of processor time, so that others on the machine
# matter less. An epoch's are the difference of a run of one epoch and one of
# EPOCHS; all=... is the latter: a stream in, or text, and a model out.

ROWS   = 18000000
DATA   =
TEST   =
KS     = 32 64 128
EPOCHS = 20
TRAIN  =
# Rate and penalty of mf-train; ours are the defaults, or in TRAIN.
LIBMF  = -l2 .03 -r .1
BIN    = ../build/bin
TMPDIR = /tmp

SHELL := /bin/bash -o pipefail
export PATH := $(abspath $(BIN)):$(PATH)

# cpu COMMAND ...: its processor seconds.
CPU = cpu() { { TIMEFORMAT='%U %S'; time "$$@" >/dev/null 2>&1; } 2>&1 | \
	awk '{ print $$1 + $$2 }'; }

# row NAME K SECONDS SECONDS: of runs of 1 and EPOCHS epochs.
ROW = row() { echo "$$3 $$4" | \
	awk -v name="$$1" -v k=$$2 -v n=$$(wc -l <data) \
	'{ e = ($$2 - $$1) / ($(EPOCHS) - 1); \
	printf "%-10s k=%-4d %7.3f s an epoch %7.1f M ratings/s   all=%.2f s\n", \
	name, k, e, n / e / 1e6, $$2 }'; }

OURS = ours() { cpu cf-train -q -j 1 -s sgd $(TRAIN) -k $$1 -e $$2 \
	-o ours.bin data.cf; }
PEER = peer() { cpu mf-train -s 1 $(LIBMF) -k $$1 -t $$2 data peer.txt; }

RMSE = rmse() { cf-score -q -m ours.bin test.cf | cf-cat -t csv | \
	awk -F, 'NR > 1 { s += ($$3 - $$4) ^ 2 } \
	END { printf "%-10s test RMSE %.4f\n", "cf-train", sqrt(s / (NR - 1)) }'; }

.PHONY: bench-sgd
bench-sgd:
	@data=$(if $(DATA),$(abspath $(DATA))) test=$(if $(TEST),$(abspath $(TEST))); \
	dir=$$(mktemp -d $(TMPDIR)/cf-bench.XXXXXX) && \
	trap 'rm -rf "$$dir"' EXIT INT TERM && \
	$(CC) -O2 -o $$dir/synth synth.c && cd $$dir && \
	if [ "$$data" ]; then cut -d' ' -f1-3 "$$data" >data; \
	else ./synth ratings $(ROWS) ' ' | tail -n +2 | cut -d' ' -f1-3 >data; fi && \
	csv() { { echo user,item,rating; tr ' ' , <"$$1"; } | \
		cf-merge -q - | cf-index -q -o "$$2"; } && csv data data.cf && \
	if [ "$$test" ]; then csv "$$test" test.cf; fi && \
	$(CPU); $(ROW); $(OURS); $(PEER); $(RMSE); \
	for k in $(KS); do \
		row cf-train $$k $$(ours $$k 1) $$(ours $$k $(EPOCHS)) && \
		if [ "$$test" ]; then rmse; fi && \
		if command -v mf-train >/dev/null; then \
			row mf-train $$k $$(peer $$k 1) $$(peer $$k $(EPOCHS)) && \
			if [ "$$test" ]; then mf-predict "$$test" peer.txt /dev/null | \
				sed 's/^/mf-train   test /'; fi; \
		else echo 'mf-train   left out: not on the PATH'; fi || exit; \
	done
