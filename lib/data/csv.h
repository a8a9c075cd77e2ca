/* csv.h - rows of CSV text (RFC 4180) with their line numbers. The one place
 * that includes <csv.h> is csv.c.
 *
 * Stricter than libcsv on purpose: an unterminated or stray quote, a NUL byte,
 * a byte that is not UTF-8, a field over CF_FIELD_MAX bytes, and a row with
 * more or fewer fields than the header are errors (CF_EDATA) that name file
 * and line, the line where the quote opened for the first. Blanks are part of
 * a field, blank lines are not rows, CR LF, LF and CR end a row, a UTF-8 byte
 * order mark is skipped. */
#ifndef CF_DATA_CSV_H
#define CF_DATA_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"

enum {
    CF_FIELD_MAX = 64 * 1024,
    CF_DELIM_MAX = 8,  /* bytes of a separator */
    CF_CSV_SLACK = 8,  /* bytes after a run's field that may be read */
    CF_CSV_RUN = 8192, /* rows of a run at most */
};

struct cf_csv;

struct cf_csv_row {
    const struct cf_str *field;
    size_t n;
    uint64_t line; /* where the row begins, from 1 */
};

/* How the text is laid out; zeroed is the default. */
struct cf_csv_opts {
    const char *delim;        /* one or more bytes; NULL: sniff */
    const char *const *names; /* given header, no header line in the file; */
    size_t nnames;            /* NULL: the file has one */
    bool no_header;           /* columns are then called 1, 2, 3 ... */
    bool skip_ragged;         /* rows of another width are left out */
    /* For tests; the rows do not depend on them. */
    const char *reader; /* a name of cf_tok_find, or "libcsv": no other; NULL:
                           the fastest */
    size_t room;        /* bytes of the buffer, at least 64; 0: as usual */
};

/* Reads the header row, unless opts says there is none; in is borrowed until
 * close. opts NULL: defaults. An input without a row is CF_EDATA, unless opts
 * has the names; a separator that is empty, longer than CF_DELIM_MAX or has a
 * quote or line end is CF_EUSAGE. A separator is sniffed from the first 64 KiB:
 * of "::", comma, semicolon, tab and bar, the first that the first row has
 * outside quotes and that gives the first ten rows the same number of fields,
 * or else the first that the first row has, or else comma. */
int cf_csv_open(struct cf_csv **c, struct cf_in *in,
                const struct cf_csv_opts *opts, struct cf_err *err);
/* Names of the columns, owned by c and each followed by a NUL:
 * header->field[0 .. header->n - 1]. An empty one becomes its number, a
 * repeated one is CF_EDATA at open. */
const struct cf_csv_row *cf_csv_header(const struct cf_csv *c);
const char *cf_csv_name(const struct cf_csv *c);
/* The separator, given or sniffed. */
const char *cf_csv_delim(const struct cf_csv *c);
/* Rows left out so far because they were ragged. */
uint64_t cf_csv_ragged(const struct cf_csv *c);
/* The next row, valid until the next call; *row is NULL at the end. */
int cf_csv_next(struct cf_csv *c, const struct cf_csv_row **row,
                struct cf_err *err);

/* Rows that follow each other, each on a line of its own, with as many fields
 * as the header and without a quote. */
struct cf_csv_run {
    const char *text;
    uint32_t *start; /* where row r begins */
    uint32_t *end;   /* where its field i ends: end[r * width + i] */
    size_t n, width;
    size_t gap;    /* from the end of a field to the next one */
    uint64_t line; /* of the first row; the others count up from it */
};
/* One column of it: field r is what from[r * step] + gap and end[r * width]
 * enclose. */
struct cf_csv_column {
    const char *text;
    const uint32_t *from, *end;
    size_t step, width, gap;
};
static inline struct cf_csv_column cf_csv_run_column(
    const struct cf_csv_run *run, size_t i)
{
    const uint32_t *end = run->end + i;
    size_t width = run->width;

    if (i == 0)
        return (struct cf_csv_column){run->text, run->start, end, 1, width, 0};
    return (struct cf_csv_column){run->text, end - 1, end,
                                  width,     width,   run->gap};
}
static inline struct cf_str cf_csv_column_field(const struct cf_csv_column *c,
                                                size_t r)
{
    size_t from = c->from[r * c->step] + c->gap;
    return (struct cf_str){c->text + from, c->end[r * c->width] - from};
}
static inline struct cf_str cf_csv_run_field(const struct cf_csv_run *run,
                                             size_t r, size_t i)
{
    struct cf_csv_column c = cf_csv_run_column(run, i);
    return cf_csv_column_field(&c, r);
}
/* At most max of the next rows at once, as far as they are at hand, valid
 * until the next call; the caller may move rows about. With run->n 0 it says
 * nothing: cf_csv_next has the next row. CF_CSV_SLACK bytes after each field
 * may be read. */
void cf_csv_next_run(struct cf_csv *c, size_t max, struct cf_csv_run *run);
void cf_csv_close(struct cf_csv *c);

/* Appends s as a CSV field: quoted if it holds sep, a quote, CR or LF. sep is
 * '\0' for the only field of a row, which is quoted if it is empty too: a
 * blank line is no row. */
void cf_csv_field(struct cf_buf *out, struct cf_str s, char sep);

#endif
