/* layout.h - options that say how the text of several files is laid out: the
 * n-th --delimiter, --header and --from are for the n-th file, "-" or nothing
 * for one that is as usual. */
#ifndef CF_CMD_LAYOUT_H
#define CF_CMD_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/io.h"
#include "data/csv.h"

/* As given. */
struct cf_layout_opts {
    struct cf_strs delim, header, charset;
    bool no_header; /* of all files without a --header */
    int ragged;     /* not 0: skip such rows */
};

/* As understood. */
struct cf_layouts {
    struct cf_csv_opts *csv; /* one for each file */
    struct cf_strs *names;
    struct cf_buf *delim;
    size_t n;
};

/* For n files; start zeroed. CF_EUSAGE if an option was given for more. */
int cf_layouts_make(struct cf_layouts *l, const struct cf_layout_opts *o,
                    size_t n, struct cf_err *err);
/* Has file i, which is in, converted if it needs to be. */
int cf_layouts_charset(const struct cf_layout_opts *o, size_t i,
                       struct cf_in *in, struct cf_err *err);
void cf_layouts_free(struct cf_layouts *l);
void cf_layout_opts_free(struct cf_layout_opts *o);

#endif
