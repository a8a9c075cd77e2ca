# lesson.mk - the collaborative filtering chapter of fastai's book ("Deep
# Learning for Coders", 8) as a Makefile: each model of it is a file, learnt
# from the same mini-batches, and a table at the end compares them.
#
#   make -C pipelines lesson                    MovieLens' latest small, bundled
#   make -C pipelines lesson DATASET=ml-100k    MovieLens 100K, as in the book:
#                                               downloaded, or from DATA=DIR

DATASET = ml-latest-small
BIN     = ../build/bin
OUT     = ../build/lesson/$(DATASET)
SEED    = 42
URL     = https://files.grouplens.org/datasets/movielens/ml-100k.zip

export PATH := $(abspath $(BIN)):$(PATH)

# ---- the models, in the order of the book ----

RANGE  = --y-range 0,5.5
MODELS = dot range bias decay learner nn

dot     = --link identity --no-bias --wd 0
range   = $(RANGE) --no-bias --wd 0
bias    = $(RANGE) --wd 0
decay   = $(RANGE) --wd 0.1
learner =
nn      = $(RANGE) --solver nn --layers 100,50

dot.says     = dot product
range.says   = + sigmoid range
bias.says    = + biases
decay.says   = + weight decay
learner.says = learner (all defaults)
nn.says      = neural net, 100 and 50

# ---- the ratings, with titles ----

DATA.ml-latest-small = ../tests/data/ml-latest-small
DATA.ml-100k         = $(OUT)/ml-100k
DATA                 = $(DATA.$(DATASET))

SOURCES.ml-latest-small = $(DATA)/ratings.csv $(DATA)/movies.csv
SOURCES.ml-100k         = $(DATA)/u.data $(DATA)/u.item

# ---- what is made ----

.PHONY: lesson
.DELETE_ON_ERROR:
.SECONDARY:
lesson: $(MODELS:%=$(OUT)/%.row)
	@echo
	@printf '%-24s %10s %9s %10s\n' '$(DATASET)' 'valid MSE' seconds 'peak MB'
	@cat $(MODELS:%=$(OUT)/%.row)
	@echo
	@echo '# Films that are liked, or not, whatever their kind'
	cf-cat --items --sort bias --reverse --head 5 -t table $(OUT)/learner.bin
	cf-cat --items --sort bias --head 5 -t table $(OUT)/learner.bin

$(OUT)/ml-100k/u.data $(OUT)/ml-100k/u.item:
	@mkdir -p $(OUT)
	curl -fL -o $(OUT)/ml-100k.zip $(URL)
	unzip -qo $(OUT)/ml-100k.zip -d $(OUT)

# MovieLens 100K has no headers and is in Latin 1; the book, too, takes just
# the titles.
$(OUT)/ml-latest-small.cf: $(SOURCES.ml-latest-small)
	@mkdir -p $(OUT)
	cf-merge $^ | cf-index -o $@

$(OUT)/ml-100k.cf: $(SOURCES.ml-100k)
	@mkdir -p $(OUT)
	cut -d '|' -f 1,2 $(DATA)/u.item >$(OUT)/titles
	cf-merge --header user,item,rating,time --header item,title \
		--delimiter '\t' --delimiter '|' --from - --from latin1 \
		$(DATA)/u.data $(OUT)/titles | cf-index -o $@

$(OUT)/batches.cf: $(OUT)/$(DATASET).cf
	cf-batch --seed $(SEED) -o $@ $<

$(OUT)/peak: peak.c
	@mkdir -p $(OUT)
	$(CC) -O2 -o $@ $<

# Learns a model, with what it took in kilobytes and seconds in NAME.use.
$(OUT)/%.bin: $(OUT)/batches.cf $(OUT)/peak
	$(OUT)/peak $(OUT)/$*.use cf-train $($*) --seed $(SEED) -o $@ $<

$(OUT)/%.row: $(OUT)/%.bin
	@cf-cat -t tsv --part epochs $< | tail -1 | cut -f 3 | \
		paste - $(OUT)/$*.use | awk -v says='$($*.says)' \
		'{ printf "%-24s %10.4f %9.2f %10.1f\n", says, $$1, $$3, $$2 / 1024 }' >$@
