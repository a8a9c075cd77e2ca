/* test_fuzz_join.c - what fuzzing the join began with and has found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fuzz/fuzz_join.c" // NOLINT(bugprone-suspicious-include)
#include "corpus.h"

static void test_corpus(void **state)
{
    (void)state;
    corpus_replay("join", LLVMFuzzerTestOneInput);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_corpus)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
