# rankers.mk - the solvers that rank, side by side, judged by cf-eval among all
# items: how good their lists are, and what learning took.
#
#   make -C pipelines rankers                    MovieLens' latest small, split
#   make -C pipelines rankers DATA=DIR           full.csv is learnt from,
#                                                test.csv was held out
#   ... MODELS='pop ials' ials='--alpha0 .2'     other models and options

DATA   =
MODELS = pop bias bpr ease ials
# How DATA is indexed: whoever is listed with an item had to do with it.
INDEX  = --implicit
BIN    = ../build/bin
OUT    = ../build/rankers
SMALL  = ../tests/data/ml-latest-small/ratings.csv
# Of the small data, films are relevant from 4 stars on.
LIKED  = $(if $(DATA),,--min-rating 4)

export PATH := $(abspath $(BIN)):$(PATH)

.PHONY: rankers FORCE
.DELETE_ON_ERROR:
.SECONDARY:
rankers: $(MODELS:%=$(OUT)/%.row)
	@printf '%-8s %8s %8s %8s %8s %9s %9s\n' solver N@10 R@20 'R@20 min' \
		N@100 seconds 'peak MB'
	@cat $(MODELS:%=$(OUT)/%.row)

$(OUT)/train.cf: FORCE
	@mkdir -p $(OUT)
ifeq ($(DATA),)
	@cf-merge -q $(SMALL) | cf-index -q | \
		cf-batch -q --part train -o $@
else
	@cf-merge -q $(DATA)/full.csv | cf-index -q $(INDEX) -o $@
endif

$(OUT)/test.cf: FORCE
	@mkdir -p $(OUT)
ifeq ($(DATA),)
	@cf-merge -q $(SMALL) | cf-index -q | \
		cf-batch -q --part valid -o $@
else
	@cf-merge -q $(DATA)/test.csv | cf-index -q $(INDEX) -o $@
endif

$(OUT)/peak: peak.c
	@mkdir -p $(OUT)
	@$(CC) -O2 -o $@ $<

$(OUT)/%.row: $(OUT)/train.cf $(OUT)/test.cf $(OUT)/peak
	@$(OUT)/peak $(OUT)/$*.use cf-train -q -s $* $($*) -o $(OUT)/$*.bin \
		$(OUT)/train.cf
	@cf-topn -q -m $(OUT)/$*.bin --all -n 100 | \
		cf-eval -q --resamples 0 -k 10,20,100 $(LIKED) \
		--held-out $(OUT)/test.cf -t tsv >$(OUT)/$*.tsv
	@awk -F '\t' -v name=$* 'NR == FNR { split($$0, use, " "); next } \
		{ x[$$1 $$2] = $$4 } \
		END { printf "%-8s %8.4f %8.4f %8.4f %8.4f %9.2f %9.1f\n", name, \
		  x["ndcg10"], x["recall20"], x["recall_min20"], x["ndcg100"], \
		  use[2], use[1] / 1024 }' $(OUT)/$*.use $(OUT)/$*.tsv >$@

FORCE:
