/* sum.h - the checksum of the stream: XXH3-64 with a seed (xxhash.com). */
#ifndef CF_BASE_SUM_H
#define CF_BASE_SUM_H

#include <stddef.h>
#include <stdint.h>

uint64_t cf_sum(const void *p, size_t n, uint64_t seed);

/* The canonical eight bytes (big-endian) of a checksum, and back. */
void cf_sum_put(uint64_t sum, unsigned char out[8]);
uint64_t cf_sum_get(const unsigned char in[8]);

#endif
