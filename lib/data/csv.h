/* csv.h - rows of CSV text (RFC 4180) with their line numbers. The one place
 * that includes <csv.h> is csv.c.
 *
 * Stricter than libcsv on purpose: an unterminated or stray quote, a NUL byte,
 * a field over CF_FIELD_MAX bytes, and a row with more or fewer fields than
 * the header are errors (CF_EDATA) that name file and line, the line where the
 * quote opened for the first. Blanks are part of a field, blank lines are not
 * rows, CR LF, LF and CR end a row, a UTF-8 byte order mark is skipped. */
#ifndef CF_DATA_CSV_H
#define CF_DATA_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"

enum { CF_FIELD_MAX = 64 * 1024 };

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
};

/* Reads the header row, unless opts says there is none; in and the strings of
 * opts are borrowed until close. opts NULL: defaults. An input without a row
 * is CF_EDATA. */
int cf_csv_open(struct cf_csv **c, struct cf_in *in,
                const struct cf_csv_opts *opts, struct cf_err *err);
/* Names of the columns, owned by c and each followed by a NUL:
 * header->field[0 .. header->n - 1]. Empty or repeated names are CF_EDATA at
 * open. */
const struct cf_csv_row *cf_csv_header(const struct cf_csv *c);
const char *cf_csv_name(const struct cf_csv *c);
/* The separator, given or sniffed. */
const char *cf_csv_delim(const struct cf_csv *c);
/* Rows left out so far because they were ragged. */
uint64_t cf_csv_ragged(const struct cf_csv *c);
/* The next row, valid until the next call; *row is NULL at the end. */
int cf_csv_next(struct cf_csv *c, const struct cf_csv_row **row,
                struct cf_err *err);
void cf_csv_close(struct cf_csv *c);

/* Appends s as a CSV field: quoted if it holds sep, a quote, CR or LF. sep is
 * '\0' for the only field of a row, which is quoted if it is empty too: a
 * blank line is no row. */
void cf_csv_field(struct cf_buf *out, struct cf_str s, char sep);

#endif
