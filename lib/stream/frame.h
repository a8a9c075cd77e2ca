/* frame.h - the parts of the format that writer, reader and map share: header
 * bytes, frame bytes, the checks of a block. */
#ifndef CF_STREAM_FRAME_H
#define CF_STREAM_FRAME_H

#include "base/io.h"
#include "stream/block.h"
#include "stream/pack.h"
#include "stream/schema.h"

/* A frame is an array [tag, seq, first, rows, chunks, sum]; the stream begins
 * with the header map and the 10 bytes of its checksum (a bin of 8). */
enum { CF_SUM_SIZE = 10 };

/* Appends the header map of s and its checksum to b; *sum is the checksum. */
int cf_header_pack(const struct cf_schema *s, struct cf_buf *b, uint64_t *sum,
                   struct cf_err *err);
/* Makes a schema of a header map that cf_scan found DONE. CF_ESTREAM with what
 * is wrong if it is not a header that this version reads. */
int cf_header_parse(const char *p, size_t n, struct cf_schema *s,
                    struct cf_err *err);

/* A frame before its checksum is looked at. */
struct cf_frame {
    struct cf_str tag;
    uint64_t seq, first, rows;
    const cf_node *chunks;
    uint64_t sum; /* as declared */
};

/* Takes apart p[0..n-1], which cf_scan found DONE, and compares the checksum,
 * seeded with head (the header's own). */
int cf_frame_parse(struct cf_tree **t, const char *p, size_t n, uint64_t head,
                   struct cf_frame *f, struct cf_err *err);

/* The chunks of a frame as a block's; chunk has room for the part's columns.
 * Checks sizes, ends, runs and, with counts (rows of every part so far), codes
 * against dictionaries. */
int cf_frame_chunks(const struct cf_schema *s, uint32_t part,
                    const struct cf_frame *f, const uint64_t *counts,
                    struct cf_chunk *chunk, struct cf_err *err);

/* Is every code of a chunk of rows below count (or none, where that may be)? */
bool cf_codes_sound(const struct cf_column *col, const struct cf_chunk *c,
                    uint32_t rows, uint64_t count);

/* Starts a scan of a frame. */
void cf_frame_scan(struct cf_scan *s);

/* The sum over a stream's frame sums so far, one more frame's put in; begins
 * with the header's sum. */
uint64_t cf_sums_add(uint64_t sums, uint64_t sum);

/* The end frame's one chunk: what a reader from the back of a file needs. */
struct cf_end {
    uint64_t frames; /* all, with toc and end */
    uint64_t rows;   /* of all parts */
    uint64_t toc;    /* offset of the toc frame, 0 if there is none */
    uint64_t at;     /* offset of this end frame */
    uint64_t sums;   /* cf_sums_add over all frames but the end itself */
};
enum { CF_END_SIZE = 40 };
void cf_end_put(const struct cf_end *e, char out[CF_END_SIZE]);
void cf_end_get(const char in[CF_END_SIZE], struct cf_end *e);

/* A row of the table of contents. */
struct cf_toc_entry {
    uint32_t part, rows;
    uint64_t first, at, size, sum;
};
enum { CF_TOC_ENTRY = 40 };
void cf_toc_put(const struct cf_toc_entry *e, char out[CF_TOC_ENTRY]);
void cf_toc_get(const char in[CF_TOC_ENTRY], struct cf_toc_entry *e);

#endif
