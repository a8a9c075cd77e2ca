/* test_fuzz_csv.c - what fuzzing the CSV reader began with and has found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fuzz/fuzz_csv.c" // NOLINT(bugprone-suspicious-include)
#include "corpus.h"

static void test_corpus(void **state)
{
    (void)state;
    corpus_replay("csv", LLVMFuzzerTestOneInput);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_corpus)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
