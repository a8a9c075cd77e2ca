# foldin.mk - cold start: how well are new users predicted who are folded into
# a model by some ratings, beside training the model again with these?
#
# About a tenth of the users is left out of a first training. Four of five of
# their ratings are then given (cf-score --ratings), and the others predicted.
# Anything below 1.02 of the error after training again is as good.
#
# `make -C pipelines foldin` takes the small data set that comes with the source,
# or DATA=FILE.csv, which has a line of names and begins with user, item, rating.
# `make -C pipelines foldin-1m` downloads MovieLens 1M, 6 MB.

BIN   = ../build/bin
DATA  = ../tests/data/ml-latest-small/ratings.csv
TRAIN =
OUT   = ../build/foldin
ML_1M = https://files.grouplens.org/datasets/movielens/ml-1m.zip

SHELL := /bin/bash -o pipefail
export PATH := $(abspath $(BIN)):$(PATH)

# Is there cf-train --freeze, which learns new users beside items that stay?
FREEZE := $(shell $(abspath $(BIN))/cf-train --help 2>&1 | grep -o -- --freeze)
MODELS = old again $(if $(FREEZE),frozen)
SCORES = $(MODELS) folded

.PHONY: foldin foldin-1m
foldin: $(SCORES:%=$(OUT)/%.rmse)
	@printf '%-12s %8s %8s %8s\n' 'new users' RMSE ratio seconds
	@cd $(OUT) && again=$$(cat again.rmse) && row() { \
		awk -v what="$$1" -v again="$$again" -v rmse="$$(cat $$2.rmse)" \
			'/user|sys/ { s += $$2 } END { printf "%-12s %8.4f %8.3f %8.2f\n", \
			what, rmse, rmse / again, s }' "$${@:3}"; } && \
	row 'unknown' old old.time && \
	row 'folded in' folded folded.time && \
	$(if $(FREEZE),row 'items frozen' frozen frozen.time &&) \
	row 'trained' again again.time
	@echo '(processor seconds; of the first row, for the model without them)'

foldin-1m: $(OUT)/1m/ratings.csv
	@$(MAKE) --no-print-directory -f foldin.mk BIN=$(BIN) DATA=$< \
		TRAIN='$(TRAIN)' OUT=$(OUT)/1m foldin

$(OUT)/1m/ratings.csv:
	@mkdir -p $(@D)
	curl -fsSL -o $(@D)/ml-1m.zip $(ML_1M)
	{ echo userId,movieId,rating,timestamp; \
	unzip -p $(@D)/ml-1m.zip ml-1m/ratings.dat | sed 's/::/,/g'; } >$@.new
	mv $@.new $@

# ---- the parts: old has no rating of a new user, again has those given

$(OUT)/parts: $(DATA) foldin.mk
	@mkdir -p $(@D)
	@awk -F, -v d=$(@D) 'function draw() \
		{ x = x * 16807 % 2147483647; return x / 2147483647 } \
	NR == 1 { x = 20000; split("old given again test", part, " "); \
		for (p in part) print >(d "/" part[p] ".csv"); next } \
	{ if (!($$1 in new)) new[$$1] = draw() < .1; \
		test = new[$$1] && draw() < .2 } \
	test { print >(d "/test.csv"); next } \
	{ print >(d "/again.csv"); \
		print >(d (new[$$1] ? "/given.csv" : "/old.csv")) }' $<
	@wc -l $(@D)/{old,given,test}.csv | sed '$$d'
	@touch $@

$(OUT)/%.cf: $(OUT)/parts
	@cf-merge -q $(@:.cf=.csv) | cf-index -q -o $@

# ---- the models and what they predict; % is one of MODELS, or folded

timed = { time -p $(1); } 2>$(OUT)/$*.time

$(OUT)/old.bin $(OUT)/again.bin: $(OUT)/%.bin: $(OUT)/%.cf
	@$(call timed,cf-train -q $(TRAIN) -o $@ $<)

$(OUT)/frozen.bin: $(OUT)/%.bin: $(OUT)/given.cf $(OUT)/old.bin
	@$(call timed,cf-train -q $(TRAIN) --init $(OUT)/old.bin --freeze items \
		-o $@ $<)

$(OUT)/%.scores: $(OUT)/%.bin $(OUT)/test.cf
	@cf-score -q -m $< -o $@ $(OUT)/test.cf

$(OUT)/folded.scores: $(OUT)/%.scores: $(OUT)/old.bin $(OUT)/test.cf
	@$(call timed,cf-score -q -m $< --ratings $(OUT)/given.csv -o $@ \
		$(OUT)/test.cf)

$(OUT)/%.rmse: $(OUT)/%.scores
	@cf-cat -t csv $< | awk -F, 'NR > 1 { s += ($$3 - $$4) ^ 2 } \
		END { printf "%.6f\n", sqrt(s / (NR - 1)) }' >$@

.PRECIOUS: $(OUT)/%.cf $(OUT)/%.bin $(OUT)/%.scores
.DELETE_ON_ERROR:
