# cf - collaborative filtering as Unix filters.
#
#   make             build build/bin/cf-*
#   make demo        install what is needed, build, recommend films
#   make check       install what is needed, build, run every quick test
#   make install     PREFIX=/usr/local DESTDIR=
#
#   make check-asan  the tests under ASan and UBSan
#   make fuzz        every fuzz target for FUZZ_SECONDS=60, with clang
#   make lint        gcc, clang, clang-tidy, cppcheck, clang-format
#   make check-full  all of these, and the slow tests
#
# Also: deps, format, uninstall, clean.

VERSION = 0.1.0
PREFIX  = /usr/local
DESTDIR =
BINDIR  = $(DESTDIR)$(PREFIX)/bin
MANDIR  = $(DESTDIR)$(PREFIX)/share/man
COMPDIR = $(DESTDIR)$(PREFIX)/share/bash-completion/completions

CC      = cc
CFLAGS  = -O2 -g
PYTHON  = /usr/bin/python3
B       = build
JOBS    = $(shell getconf _NPROCESSORS_ONLN)

WARN    = -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(WERROR)
# Fused operations would make the bits depend on the processor.
ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -DCF_VERSION='"$(VERSION)"' \
	-Ilib -pthread -ffp-contract=off -fno-math-errno $(WARN) $(CFLAGS) \
	$(SANITIZE)
LDLIBS  = -lcsv -lmsgpackc -lxxhash -lisal -lzstd -lm -pthread

PROGRAMS = cf-batch cf-cat cf-eval cf-index cf-merge cf-score cf-topn cf-train
LIB_SRC  = $(sort $(wildcard lib/*/*.c))
CLI_SRC  = $(sort $(wildcard cmd/*.c))
CLI_OBJ  = $(patsubst %.c,$(B)/%.o,$(filter-out cmd/cf-%.c,$(CLI_SRC)))
LIB_OBJ  = $(patsubst %.c,$(B)/%.o,$(LIB_SRC))
UNIT_SRC = $(sort $(wildcard tests/unit/test_*.c))
UNIT_OBJ = $(patsubst %.c,$(B)/%.o,$(filter-out $(UNIT_SRC),\
	$(sort $(wildcard tests/unit/*.c))))
UNIT     = $(patsubst tests/unit/%.c,$(B)/unit/%,$(UNIT_SRC))
BIN      = $(patsubst %,$(B)/bin/%,$(PROGRAMS))

FUZZ     = $(patsubst tests/fuzz/%.c,$(B)/%,$(sort $(wildcard tests/fuzz/*.c)))

KILL     = $(B)/fault/kill.so
BATS     = $(sort $(wildcard tests/suite/*.bats)) \
	$(sort $(wildcard tests/cmd/*.bats))
LINT     = $(sort $(wildcard tests/lint/*.bats))
C_SRC    = $(sort $(wildcard lib/*/*.c cmd/*.c tests/*/*.c))
C_ALL    = $(sort $(C_SRC) $(wildcard lib/*/*.h cmd/*.h tests/*/*.h))
MAN      = $(sort $(wildcard man/*.[157]))

# A make of its own, after deps; all processors unless -j was given.
SUB      = $(MAKE) --no-print-directory \
	$(if $(findstring -j,$(MFLAGS)),,-j$(JOBS))
ASAN     = CFLAGS='-O1 -g -fno-omit-frame-pointer' \
	SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all'

all: $(BIN)

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all deps demo check check-asan check-full run fuzz fuzz-run build-all \
	lint format install uninstall clean

$(B)/lib/math/vec_avx2.o: ISA = -O3 -mavx2 -mno-fma
$(B)/lib/math/vec_avx512.o: ISA = -O3 -mavx512f -mavx512dq -mavx512vl \
	-mprefer-vector-width=512
$(B)/lib/math/product_avx2.o: ISA = -O3 -mavx2 -mfma
$(B)/lib/math/product_avx512.o: ISA = -O3 -mavx512f \
	-mprefer-vector-width=512
$(B)/lib/math/product_sse2.o: ISA = -O3
$(B)/lib/math/vec_sse2.o: ISA = -O3
$(B)/lib/math/gauss_avx2.o: ISA = -O3 -mavx2 -mno-fma
$(B)/lib/math/gauss_avx512.o: ISA = -O3 -mavx512f -mavx512dq -mavx512vl \
	-mprefer-vector-width=512
$(B)/lib/math/gauss_sse2.o: ISA = -O3
$(B)/lib/math/probit_avx2.o: ISA = -O3 -mavx2 -mno-fma
$(B)/lib/math/probit_avx512.o: ISA = -O3 -mavx512f -mavx512dq -mavx512vl \
	-mprefer-vector-width=512
$(B)/lib/math/probit_sse2.o: ISA = -O3
$(B)/lib/math/sgd_avx2.o: ISA = -O3 -mavx2 -mno-fma
$(B)/lib/math/sgd_avx512.o: ISA = -O3 -mavx512f -mavx512dq -mavx512vl \
	-mprefer-vector-width=512
$(B)/lib/math/sgd_sse2.o: ISA = -O3
$(B)/lib/fit/bpr.o: ISA = -O3
$(B)/lib/fit/dense.o: ISA = -O3
$(B)/lib/math/ridge_avx2.o: ISA = -O3 -mavx2 -mfma -mf16c
$(B)/lib/math/ridge_avx512.o: ISA = -O3 -mavx512f -mavx512dq -mavx512vl \
	-mprefer-vector-width=512
$(B)/lib/math/ridge_sse2.o: ISA = -O3
$(B)/lib/math/panel_avx2.o: ISA = -O3 -mavx2 -mno-fma
$(B)/lib/math/panel_sse2.o: ISA = -O3
$(B)/lib/math/real_avx2.o: ISA = -O3 -mavx2 -mno-fma
$(B)/lib/math/real_sse2.o: ISA = -O3
$(B)/lib/math/eigen.o $(B)/lib/math/eigen_ql.o: ISA = -O3
$(B)/lib/math/ridge.o $(B)/lib/math/ridge_cg.o: ISA = -O3
$(B)/lib/data/tok_avx2.o: ISA = -O3 -mavx2 -mbmi -mpopcnt
$(B)/lib/data/tok_avx512.o: ISA = -O3 -mavx512bw -mbmi -mpopcnt

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ISA) -MMD -MP -c -o $@ $<

$(B)/libcf.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/bin/cf-%: $(B)/cmd/cf-%.o $(CLI_OBJ) $(B)/libcf.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/unit/%: $(B)/tests/unit/%.o $(UNIT_OBJ) $(B)/libcf.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka -lz $(LDLIBS)

$(B)/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(UNIT_OBJ) $(B)/libcf.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ -lcmocka \
		$(LDLIBS)

$(KILL): tests/fault/kill.c Makefile
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_DEFAULT_SOURCE $(WARN) -O2 -shared -fPIC -o $@ $<

build-all: $(BIN) $(UNIT) $(KILL)

deps:
	@CC='$(CC)' PYTHON='$(PYTHON)' tests/deps

demo: deps
	@$(SUB) all
	@$(MAKE) --no-print-directory -f pipelines/demo.mk \
		BIN=$(abspath $(B))/bin MODEL=$(B)/demo/model.bin

# What the tests are: run is for the targets above it.
run: build-all
	@CF_BUILD='$(abspath $(B))' CF_SANITIZE='$(SANITIZE)' \
		PYTHON='$(PYTHON)' JOBS=$(JOBS) \
		tests/run $(B)/log $(BATS) $(UNIT) $(LINT)

check: deps
	@$(SUB) WERROR=-Werror run

# Exit status 99 is no program's own, so no test takes a report for an error.
check-asan: deps
	@LIMIT=3600 ASAN_OPTIONS=exitcode=99:verify_asan_link_order=0 \
		UBSAN_OPTIONS=exitcode=99:print_stacktrace=1 \
		$(SUB) B=$(B)/asan $(ASAN) WERROR=-Werror LINT= run

FUZZ_SECONDS = 60

fuzz: deps
	@tests/deps lint
	@$(SUB) B=$(B)/fuzz CC=clang CFLAGS='-O1 -g' WERROR=-Werror SANITIZE=\
	'-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all' \
		fuzz-run

# What is new is kept in B/new, what fails in B/fail-*.
fuzz-run: $(FUZZ)
	@for f in $(FUZZ:$(B)/fuzz_%=%); do \
		mkdir -p $(B)/new/$$f && $(B)/fuzz_$$f -rss_limit_mb=2048 \
		-max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(B)/fail-$$f- \
		$(B)/new/$$f tests/fuzz/corpus/$$f || exit; \
	done

check-full: lint
	@CF_FULL=1 $(MAKE) --no-print-directory check
	@CF_FULL=1 $(MAKE) --no-print-directory check-asan

lint: deps
	@tests/deps lint
	@$(SUB) B=$(B)/gcc CC=gcc WERROR=-Werror build-all
	@$(SUB) B=$(B)/clang CC=clang WERROR=-Werror build-all
	clang-format --dry-run -Werror $(C_ALL)
	printf '%s\n' $(C_SRC) | xargs -P $(JOBS) -n 1 sh -c \
		'clang-tidy --quiet "$$1" -- -std=c11 -D_POSIX_C_SOURCE=200809L \
		-DCF_VERSION=\"0\" -Ilib -march=x86-64-v4' -
	cppcheck -q --std=c11 --enable=warning,style,performance,portability \
		--inline-suppr --suppressions-list=tests/lint/cppcheck.txt \
		--error-exitcode=1 -j $(JOBS) -Ilib $(C_SRC)

format: deps
	@tests/deps lint
	clang-format -i $(C_ALL)

install: all
	install -d $(BINDIR) $(COMPDIR) $(patsubst %,$(MANDIR)/man%,1 5 7)
	install $(BIN) $(BINDIR)
	for m in $(MAN); do \
		install -m 644 $$m $(MANDIR)/man$${m##*.} || exit; \
	done
	for p in $(PROGRAMS); do \
		$(BINDIR)/$$p --completion >$(COMPDIR)/$$p || exit; \
	done

uninstall:
	rm -f $(PROGRAMS:%=$(BINDIR)/%) $(PROGRAMS:%=$(COMPDIR)/%)
	for m in $(MAN:man/%=%); do rm -f $(MANDIR)/man$${m##*.}/$$m; done

clean:
	rm -rf $(B)

-include $(sort $(wildcard $(B)/*/*.d $(B)/*/*/*.d))
