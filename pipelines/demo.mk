# demo.mk - from ratings to recommendations on MovieLens' smallest data set:
# 100,836 ratings of 9,724 films by 610 people. `make demo` runs it.

BIN   = build/bin
DATA  = tests/data/ml-latest-small
MODEL = build/demo/model.bin
USER  = 42
FILM  = 260

export PATH := $(BIN):$(PATH)

.PHONY: demo train
demo: train
	@echo
	@echo "# The ten films that user $(USER) would like best, of those not seen"
	cf-topn -m $(MODEL) -n 10 $(USER) | cf-cat -t table
	@echo
	@echo "# The ten films most like this one"
	@grep '^$(FILM),' $(DATA)/movies.csv
	cf-topn -m $(MODEL) -n 10 --similar $(FILM) | cf-cat -t table
	@echo
	@echo "# The films with the highest and the lowest bias: liked, or not, by"
	@echo "# all alike"
	cf-cat --items --sort bias --reverse --head 5 -t table $(MODEL)
	cf-cat --items --sort bias --head 5 -t table $(MODEL)
	@echo
	@echo "# The model is $(MODEL). How it was made:"
	cf-cat --history $(MODEL)

# If any of the four dies, cf-train fails and the old model stays.
train:
	@mkdir -p $(dir $(MODEL))
	cf-merge $(DATA)/ratings.csv $(DATA)/movies.csv | cf-index | \
		cf-batch --seed 42 | cf-train -o $(MODEL)
