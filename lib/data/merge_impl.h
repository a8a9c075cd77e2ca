/* merge_impl.h - what the files of the join share. */
#ifndef CF_DATA_MERGE_IMPL_H
#define CF_DATA_MERGE_IMPL_H

#include "data/merge.h"
#include "data/runcol.h"
#include "data/textcol.h"

enum { CF_MERGE_BYTES = 1 << 20 }; /* of a frame of rows, all as text */

struct cf_merge {
    struct cf_merge_opts opts;
    struct cf_csv *csv; /* the first file */
    const struct cf_csv_row *header;
    struct cf_dim *dim;
    size_t ndims;
    uint32_t *match; /* the row's partner in each dimension */
    struct cf_schema schema;
    uint32_t part; /* the rows */
    struct cf_buf line_name;
    struct cf_merge_report report;
    /* The frame in the making. */
    struct cf_textcol *text; /* for each column of the first file */
    uint32_t **code;         /* for each dimension */
    struct cf_runcol line;
    struct cf_chunk *chunk;
    uint32_t rows;
    size_t bytes;
    /* Of a run of rows, CF_CSV_RUN of each. */
    uint32_t **found; /* for each dimension, the partners */
    uint32_t *kept;   /* numbers of the rows that are kept */
};

/* Opens all, finds the keys, makes the schema, loads in[1..n-1]. */
int cf_merge_open_files(struct cf_merge *m, struct cf_in *in, size_t n,
                        struct cf_err *err);
/* From the headers of the files. */
int cf_merge_make_schema(struct cf_merge *m, struct cf_err *err);
/* merge.c: writes the frame, and starts the next one. */
int cf_merge_flush(struct cf_merge *m, struct cf_writer *w, struct cf_err *err);
/* The row has no partner where match says so. */
int cf_merge_fail_missing(const struct cf_merge *m,
                          const struct cf_csv_row *row, struct cf_err *err);
/* merge_run.c: joins the next rows, column by column; *n 0: it can not, and
 * the next row is to be taken by itself. */
int cf_merge_next_run(struct cf_merge *m, struct cf_writer *w, size_t *n,
                      struct cf_err *err);

#endif
