/* csv_impl.h - a CSV reader from the inside.
 *
 * The text is read a buffer at a time; what of it is not UTF-8, a NUL or a
 * failed read ends the part that is looked at. The tokenizer marks where
 * fields and rows may end. Records without a quote are views into the buffer
 * (csv_rows.c), all others go through libcsv, line by line (csv.c). */
#ifndef CF_DATA_CSV_IMPL_H
#define CF_DATA_CSV_IMPL_H

#include "data/csv.h"
#include "data/tok.h"
#include "stream/schema.h"

struct cf_quoted; /* libcsv and what it gathers */

struct cf_csv {
    struct cf_in *in;
    bool no_header, skip_ragged;
    char delim[CF_DELIM_MAX + 1];
    size_t gap; /* its bytes */
    const struct cf_tok *tok;
    bool plain; /* records without a quote do not go through libcsv */
    /* The text. */
    char *buf;   /* room + CF_TOK_SLACK */
    size_t room; /* bytes it has, */
    size_t have; /* that were read, */
    size_t upto; /* that may be looked at, */
    size_t row;  /* that are done with */
    uint64_t at; /* offset in the input of buf[0] */
    bool after_cr;
    bool ended;           /* nothing after upto counts, */
    const char *odd;      /* because of this: a bad byte, or NULL */
    struct cf_err unread; /* or because a read failed */
    struct cf_err failed; /* what is said from then on */
    uint32_t *mark;
    size_t nmark, next; /* the next one */
    /* Where the reader is. */
    uint64_t line;    /* the line of buf[row], */
    uint64_t line_at; /* and its offset in the input */
    bool again;       /* out is to be handed out once more */
    uint64_t ragged;
    struct cf_str *field; /* CF_COLUMNS_MAX */
    uint64_t nfields;     /* of the row; more than field holds are counted */
    struct cf_csv_row out, header;
    struct cf_quoted *quoted;
    struct cf_str *name; /* of the columns, in names */
    struct cf_buf names;
    uint32_t *start; /* of a run's rows */
};

/* csv_text.c */

/* Fills the buffer, for the first time: nothing is marked yet. */
int cf_csv_begin(struct cf_csv *c, struct cf_err *err);
/* Looks for bad bytes and marks the bytes from row on. */
void cf_csv_mark(struct cf_csv *c);
/* Moves what is left to the front, reads on and marks. */
void cf_csv_fill(struct cf_csv *c);
/* What ended the text early becomes the error; 0 if nothing did. */
int cf_csv_odd(struct cf_csv *c, uint64_t nfield);
/* Keeps the error, for a field counted from 1. */
int cf_csv_fail(struct cf_csv *c, uint64_t line, uint64_t nfield,
                const char *what);
static inline bool cf_csv_is_end(char c)
{
    return c == '\n' || c == '\r';
}

/* csv.c: the record at row through libcsv. */
int cf_csv_quoted(struct cf_csv *c);
bool cf_csv_quoted_init(struct cf_csv *c);
void cf_csv_quoted_free(struct cf_csv *c);

/* csv_rows.c: the next record, of any number of fields, into out; out.field
 * NULL at the end. */
int cf_csv_record(struct cf_csv *c, struct cf_err *err);

/* csv_sniff.c: chooses the separator for p[0..n-1]; all: nothing follows. */
const char *cf_csv_sniff(const char *p, size_t n, bool all);

#endif
