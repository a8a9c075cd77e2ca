# cf - collaborative filtering as Unix filters.
#
#   make          build bin/cf-*
#   make demo     install what is needed, build, recommend films
#   make check    install what is needed, build, run every quick test
#   make install  PREFIX=/usr/local DESTDIR=
#
# Also: deps, check-asan, check-full, lint, format, golden, clean.

VERSION = 0.1.0
PREFIX  = /usr/local
DESTDIR =

CC      = cc
CFLAGS  = -O2 -g
PYTHON  = /usr/bin/python3
B       = build

WARN    = -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(WERROR)
# Fused operations would make the bits depend on the processor.
ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -DCF_VERSION='"$(VERSION)"' \
	-Ilib -pthread -ffp-contract=off -fno-math-errno $(WARN) $(CFLAGS) \
	$(SANITIZE)
LDLIBS  = -lcsv -lmsgpackc -lxxhash -lm -pthread

PROGRAMS = cf-batch cf-cat cf-index cf-merge cf-score cf-topn cf-train
LIB_SRC  = $(sort $(wildcard lib/*/*.c))
CLI_SRC  = $(sort $(wildcard cmd/*.c))
CLI_OBJ  = $(patsubst %.c,$(B)/%.o,$(filter-out cmd/cf-%.c,$(CLI_SRC)))
LIB_OBJ  = $(patsubst %.c,$(B)/%.o,$(LIB_SRC))
UNIT_SRC = $(sort $(wildcard tests/unit/test_*.c))
UNIT     = $(patsubst tests/unit/%.c,$(B)/unit/%,$(UNIT_SRC))
BIN      = $(patsubst %,$(B)/bin/%,$(PROGRAMS))

all: $(BIN)

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all demo check check-unit check-cmd check-asan check-full lint format \
	golden install uninstall clean deps

$(B)/lib/math/vec_avx2.o: ISA = -O3 -mavx2 -mno-fma
$(B)/lib/math/vec_avx512.o: ISA = -O3 -mavx512f -mavx512dq -mavx512vl \
	-mprefer-vector-width=512
$(B)/lib/math/vec_sse2.o: ISA = -O3

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ISA) -MMD -MP -c -o $@ $<

$(B)/libcf.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/bin/cf-%: $(B)/cmd/cf-%.o $(CLI_OBJ) $(B)/libcf.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libcf.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

-include $(sort $(wildcard $(B)/*/*.d $(B)/*/*/*.d))
