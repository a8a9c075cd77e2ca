/* map_impl.h - a map from the inside, for its opening and its use. */
#ifndef CF_STREAM_MAP_IMPL_H
#define CF_STREAM_MAP_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "stream/frame.h"
#include "stream/map.h"

/* A frame as the table of contents has it, and as a block once checked. */
struct cf_map_entry {
    struct cf_toc_entry toc;
    atomic_bool checked;
    struct cf_block block;
    struct cf_chunk *chunk;
};

struct cf_map_part {
    struct cf_map_entry **block; /* in order */
    uint32_t n;
    uint64_t rows;
};

struct cf_map {
    char *name;
    const char *p; /* the bytes */
    size_t n;
    bool mapped;
    struct cf_schema schema;
    bool have_schema;
    uint64_t head; /* checksum of the header */
    uint64_t body; /* where the frames begin */
    struct cf_map_entry *entry;
    size_t nentries;
    struct cf_map_part *part;
    pthread_mutex_t lock;
};

int cf_map_corrupt(const struct cf_map *m, const char *what,
                   struct cf_err *err);
/* The size of the value at offset at, which is to end by `end`. */
int cf_map_value(const struct cf_map *m, struct cf_scan *scan, uint64_t at,
                 uint64_t end, size_t max, size_t *n, struct cf_err *err);

/* Is there nothing but a little padding from `from` to `to`? */
bool cf_map_padding(const struct cf_map *m, uint64_t from, uint64_t to);

#endif
