/* test_fuzz_model.c - what fuzzing models began with and has found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>

#include "../fuzz/fuzz_model.c" // NOLINT(bugprone-suspicious-include)
#include "corpus.h"

/* Of the models of tests/fuzz/models.sh: one has layers; eight are of samples,
 * of which one depends on attributes, which the target has none of. */
enum { SOUND = 18, SOUND_SAMPLED = 7, SOUND_FOLDED = 17 };

static void test_corpus(void **state)
{
    (void)state;
    corpus_replay("model", LLVMFuzzerTestOneInput);
    assert_in_range(got.loaded, SOUND, INT_MAX);
    assert_in_range(got.sampled, SOUND_SAMPLED, INT_MAX);
    assert_in_range(got.folded, SOUND_FOLDED, INT_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_corpus)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
