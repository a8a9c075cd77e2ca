# gibbs.mk - the lowest error: what each part of solver gibbs is worth, by the
# error, what it costs, and how many ratings are in their 90 % intervals.
#
#   make -C pipelines gibbs                    MovieLens' latest small, bundled;
#                                              a fifth of the rows, drawn, is
#                                              predicted
#   make -C pipelines gibbs DATASET=ml-100k    MovieLens 100K, folds 1 to 5:
#                                              downloaded, or from DATA=DIR
#
# Seconds are those of a processor that cf-train takes for a fold; errors are
# means over folds. -j has no influence but on how long one waits.

DATASET = ml-latest-small
BIN     = ../build/bin
OUT     = ../build/gibbs/$(DATASET)
URL     = https://files.grouplens.org/datasets/movielens/ml-100k.zip

SHELL := /bin/bash -o pipefail
export PATH := $(abspath $(BIN)):$(PATH)

# ---- the models ----

MODELS = ids own stars implicit all day session

ids      = -k 10 --noise one --burn-in 5 --samples 512 --keep-samples 512
own      = -k 10 --samples 512 --keep-samples 512
stars    = -k 10 --likelihood probit
implicit = -k 12 --implicit both
all      = -k 15 --implicit both --attributes all
day      = -k 12 --implicit both --attributes all --time day \
	--keep-samples 250
session  = -k 12 --implicit both --attributes all --time session \
	--keep-samples 250

ids.says      = users and items
own.says      = + noise of their own
stars.says    = + stars, by ordered probit
implicit.says = noise, who rated what
all.says      = + attributes
day.says      = + days
session.says  = sessions, not days

# ---- the folds ----

FOLDS.ml-latest-small = 1
FOLDS.ml-100k         = 1 2 3 4 5
FOLDS                 = $(FOLDS.$(DATASET))
DATA.ml-latest-small  = ../tests/data/ml-latest-small
DATA.ml-100k          = $(OUT)/ml-100k
DATA                  = $(DATA.$(DATASET))

TABLES.ml-latest-small = $(DATA)/movies.csv
TABLES.ml-100k         = $(OUT)/user.csv $(OUT)/item.csv
TABLES                 = $(TABLES.$(DATASET))

# ---- what is made ----

ROWS = $(foreach m,$(MODELS),$(FOLDS:%=$(OUT)/$m.%.row))

.PHONY: gibbs
.DELETE_ON_ERROR:
.SECONDARY:
gibbs: $(ROWS)
	@printf '%-26s %8s %8s %8s\n' '$(DATASET)' RMSE seconds inside
	@$(foreach m,$(MODELS),awk -v says='$($m.says)' '{ rmse += $$1; s += $$2; \
		inside += $$3 } END { printf "%-26s %8.4f %8.2f %7.1f%%\n", says, \
		rmse / NR, s / NR, 100 * inside / NR }' $(FOLDS:%=$(OUT)/$m.%.row);)

$(OUT)/ml-100k/u.item:
	@mkdir -p $(OUT)
	curl -fL -o $(OUT)/ml-100k.zip $(URL)
	unzip -qo $(OUT)/ml-100k.zip -d $(OUT)

# Genres are a column of zeros and ones each there.
$(OUT)/item.csv: $(DATA)/u.item
	@mkdir -p $(OUT)
	iconv -f latin1 -t utf8 $< | awk -F'|' 'BEGIN { print "item,year,genres"; \
		n = split("unknown Action Adventure Animation Children Comedy Crime " \
		"Documentary Drama Fantasy Film-Noir Horror Musical Mystery " \
		"Romance Sci-Fi Thriller War Western", genre, " ") } \
	{ all = ""; for (i = 1; i <= n; i++) if ($$(5 + i)) \
		all = all (all ? "|" : "") genre[i]; \
		print $$1 "," substr($$3, length($$3) - 3) "," all }' >$@

$(OUT)/user.csv: $(DATA)/u.item
	@mkdir -p $(OUT)
	awk -F'|' 'BEGIN { print "user,age,gender,occupation,region" } \
		{ print $$1 "," $$2 "," $$3 "," $$4 "," substr($$5, 1, 1) }' \
		$(DATA)/u.user >$@

ifeq ($(DATASET),ml-100k)
$(OUT)/%.csv: $(DATA)/u.item
	@mkdir -p $(OUT)
	{ echo user,item,rating,time; tr '\t' , <$(DATA)/u$(subst .,.,$*); } >$@
else
$(OUT)/1.base.csv: $(DATA)/ratings.csv
	@mkdir -p $(OUT)
	awk -v test=$(OUT)/1.test.csv 'NR == 1 { print >test; print; next } \
	{ x = x * 16807 % 2147483647 } BEGIN { x = 42 } \
	x / 2147483647 < .2 { print >test; next } { print }' $< >$@
$(OUT)/1.test.csv: $(OUT)/1.base.csv
endif

$(OUT)/%.cf: $(OUT)/%.csv $(TABLES)
	cf-merge -q $^ | cf-index -q -o $@

# A model of a fold: its error, seconds, and share of ratings in the interval.
$(OUT)/%.row: $(FOLDS:%=$(OUT)/%.base.cf) $(FOLDS:%=$(OUT)/%.test.cf)
	@cd $(OUT) && fold=$(patsubst .%,%,$(suffix $*)) && \
	seconds=$$({ TIMEFORMAT='%U %S'; time cf-train -q -j 1 -s gibbs \
		$($(basename $*)) -o $*.bin $$fold.base.cf; } 2>&1) && \
	cf-score -q -m $*.bin --interval 0.9 $$fold.test.cf | cf-cat -t csv | \
	awk -F, -v seconds="$$seconds" 'NR == 1 { \
		for (i = 1; i <= NF; i++) at[$$i] = i; next } \
	{ y = $$at["rating"]; se += (y - $$at["score"]) ^ 2; \
	inside += y >= $$at["low"] && y <= $$at["high"] } \
	END { split(seconds, s, " "); n = NR - 1; \
		print sqrt(se / n), s[1] + s[2], inside / n }' >$(@F)
	@rm -f $(OUT)/$*.bin
