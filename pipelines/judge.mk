# judge.mk - cf-eval as the judge of recommenders that are not cf's: popularity
# and EASE, in numpy, by their CSV. DATA has full.csv (user,item: what is learnt
# from) and test.csv (what was held out).
#
#   make -C pipelines judge DATA=DIR

DATA   =
BIN    = ../build/bin
OUT    = ../build/judge
PYTHON = /usr/bin/python3
N      = 100

export PATH := $(abspath $(BIN)):$(PATH)

.PHONY: judge
judge: $(OUT)/popular.csv $(OUT)/ease.csv
	@for name in popular ease; do echo "$$name:"; \
		cf-eval -k 10,20,$(N) --train $(DATA)/full.csv \
			--held-out $(DATA)/test.csv -t table $(OUT)/$$name.csv \
			|| exit; done
	@echo 'ease less popular:'
	@cf-eval -q -k 10,20,$(N) --held-out $(DATA)/test.csv -t table \
		$(OUT)/ease.csv $(OUT)/popular.csv

$(OUT)/%.csv: $(DATA)/full.csv peers.py
	@mkdir -p $(OUT)
	@$(PYTHON) peers.py $* $< $(N) >$@.part && mv $@.part $@
