/* corpus.h - the inputs of a fuzz target, given to it again. */
#ifndef CF_TESTS_CORPUS_H
#define CF_TESTS_CORPUS_H

#include <stddef.h>
#include <stdint.h>

/* Gives each file of tests/fuzz/corpus/NAME to the target, which ends the
 * process if it finds a fault; fails the test if there is no file. */
void corpus_replay(const char *name,
                   int (*target)(const uint8_t *data, size_t n));

#endif
