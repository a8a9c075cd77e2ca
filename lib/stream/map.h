/* map.h - a model by random access: a regular file is memory-mapped and only
 * what is asked for is read and checked; anything else is read whole and
 * checked whole. */
#ifndef CF_STREAM_MAP_H
#define CF_STREAM_MAP_H

#include <stdint.h>

#include "base/io.h"
#include "stream/block.h"
#include "stream/schema.h"

struct cf_map;

/* Header, end and table of contents are checked. in may be closed after. */
int cf_map_open(struct cf_map **m, struct cf_in *in, struct cf_err *err);
const struct cf_schema *cf_map_schema(const struct cf_map *m);
const char *cf_map_name(const struct cf_map *m);
uint64_t cf_map_rows(const struct cf_map *m, uint32_t part);
/* Blocks of a part, in order: number 0 .. n-1. */
uint32_t cf_map_blocks(const struct cf_map *m, uint32_t part);
/* The number of the block that holds row (below cf_map_rows) of a part. */
uint32_t cf_map_find(const struct cf_map *m, uint32_t part, uint64_t row);
/* Block number n of a part, its checksum and sizes looked at when first asked
 * for; a view until close. Safe from several threads. */
int cf_map_block(struct cf_map *m, uint32_t part, uint32_t n,
                 const struct cf_block **b, struct cf_err *err);
void cf_map_close(struct cf_map *m);

#endif
