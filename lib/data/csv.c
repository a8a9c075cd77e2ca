/* csv.c - rows of CSV text through libcsv in its strict mode.
 *
 * The input is fed a chunk at a time; libcsv's callbacks gather the fields of
 * the chunk's rows in one text buffer, cf_csv_next hands the rows out. What
 * goes wrong is kept until the rows before it were handed out, so that the
 * first error is the same however the input arrives. After an error libcsv is
 * not called again: it would glue the broken field to what follows. */
#include "data/csv.h"

#include <csv.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stream/schema.h"

enum {
    CHUNK = 64 * 1024,
    /* libcsv wants room for one byte more, and keeps the closing quote. */
    FIELD_ROOM = CF_FIELD_MAX + 2
};

struct span {
    uint32_t off, n; /* in text */
};

struct row {
    size_t span; /* its first */
    uint64_t n;  /* fields; at most CF_COLUMNS_MAX of them have a span */
    uint64_t line;
};

struct cf_csv {
    struct cf_in *in;
    struct cf_csv_opts opts;
    uint64_t ragged;
    struct csv_parser parser;
    char *chunk;
    bool started, ended;
    bool newlines;      /* fields of this chunk may hold line ends */
    bool after_cr;      /* the last thing seen was a CR that ended a row */
    uint64_t line;      /* where the next field begins */
    uint64_t open_line; /* where the row that is not complete began, */
    uint64_t open_n;    /* its fields so far, */
    size_t open;        /* and its first span */
    struct cf_buf text;
    struct span *span;
    size_t nspan, span_cap;
    struct row *row;
    size_t nrow, row_cap, next;
    struct cf_err failed; /* what to say once the rows are handed out */
    struct cf_str *field;
    struct cf_csv_row out, header;
    struct cf_str *name; /* of the columns, in names */
    struct cf_buf names;
};

static const char too_long[] = "more than 65536 bytes";
_Static_assert(CF_FIELD_MAX == 65536, "the message says so");

static int no_blank(unsigned char c)
{
    (void)c;
    return 0;
}

/* All or nothing, so that a full field is told from a lack of memory. */
static void *field_room(void *p, size_t n)
{
    return n == FIELD_ROOM ? realloc(p, n) : NULL;
}

/* Line ends in p[0..n-1], CR LF being one. */
static uint64_t count_lines(const unsigned char *p, size_t n)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < n; i++)
        lines += p[i] == '\r' || (p[i] == '\n' && (i == 0 || p[i - 1] != '\r'));
    return lines;
}

/* Keeps the error, with the number of the field that is being read. */
static void fail_field(struct cf_csv *c, uint64_t line, const char *what)
{
    cf_fail(&c->failed, CF_EDATA, "%s:%" PRIu64 ": field %" PRIu64 ": %s",
            c->in->name, line, c->open_n + 1, what);
}

static void on_field(void *p, size_t n, void *ctx)
{
    struct cf_csv *c = ctx;

    if (c->failed.code)
        return;
    if (n > CF_FIELD_MAX) {
        fail_field(c, c->line, too_long);
        return;
    }
    if (c->open_n++ == 0)
        c->open_line = c->line;
    if (c->open_n <= CF_COLUMNS_MAX) {
        c->span[c->nspan++] = (struct span){(uint32_t)c->text.n, (uint32_t)n};
        memcpy(c->text.p + c->text.n, p, n);
        c->text.n += n;
    }
    if (c->newlines)
        c->line += count_lines(p, n);
    c->after_cr = false;
}

/* end is CR, LF or -1 for the end of the input. A row without fields is a
 * blank line, or the LF of a CR LF. */
static void on_row(int end, void *ctx)
{
    struct cf_csv *c = ctx;
    bool blank = c->open_n == 0;

    if (c->failed.code)
        return;
    if (!blank)
        c->row[c->nrow++] = (struct row){c->open, c->open_n, c->open_line};
    c->open = c->nspan;
    c->open_n = 0;
    if (!(blank && c->after_cr && end == '\n'))
        c->line++;
    c->after_cr = end == '\r';
}

/* Moves the fields of the incomplete row to the front. */
static void carry(struct cf_csv *c)
{
    size_t keep = c->nspan - c->open;
    size_t from = keep ? c->span[c->open].off : c->text.n;

    if (from)
        memmove(c->text.p, c->text.p + from, c->text.n - from);
    c->text.n -= from;
    for (size_t i = 0; i < keep; i++) {
        c->span[i] = c->span[c->open + i];
        c->span[i].off -= (uint32_t)from;
    }
    c->nspan = keep;
    c->open = c->nrow = c->next = 0;
}

/* Room for all that n bytes more can hold, so that the callbacks need not
 * look. */
static bool make_room(struct cf_csv *c, size_t n)
{
    return cf_buf_room(&c->text, n + c->parser.entry_pos) &&
           cf_grow(&c->span, &c->span_cap, c->nspan + n + 1, sizeof *c->span) &&
           cf_grow(&c->row, &c->row_cap, n + 1, sizeof *c->row);
}

/* Reads into chunk; the first time more than a byte order mark, which is
 * dropped. */
static int read_chunk(struct cf_csv *c, size_t *n, struct cf_err *err)
{
    size_t got;
    int rc = cf_in_read(c->in, c->chunk, CHUNK, n, err);

    if (rc || c->started || *n == 0)
        return rc;
    for (c->started = true; *n <= 3; *n += got) {
        rc = cf_in_read(c->in, c->chunk + *n, CHUNK - *n, &got, err);
        if (rc || got == 0)
            break;
    }
    if (!rc && *n >= 3 && !memcmp(c->chunk, "\xef\xbb\xbf", 3)) {
        *n -= 3;
        memmove(c->chunk, c->chunk + 3, *n);
    }
    /* A map, as every stream begins with, and no text does. */
    if (!rc && *n > 0 && ((unsigned char)c->chunk[0] & 0xf0) == 0x80)
        rc = cf_fail(err, CF_EDATA, "%s: not CSV text but, it seems, a stream",
                     c->in->name);
    return rc;
}

/* Why csv_parse stopped early. */
static void fail_parse(struct cf_csv *c)
{
    const struct csv_parser *p = &c->parser;

    if (!p->entry_buf)
        cf_nomem(&c->failed, "field");
    else if (p->status == CSV_ENOMEM)
        fail_field(c, c->line, too_long);
    else
        fail_field(c, c->line + count_lines(p->entry_buf, p->entry_pos),
                   p->quoted ? "text after the closing quote"
                             : "quote inside a field without quotes");
}

static void parse_chunk(struct cf_csv *c, size_t n)
{
    const char *nul = memchr(c->chunk, '\0', n);

    if (nul)
        n = (size_t)(nul - c->chunk);
    c->newlines = c->parser.quoted || memchr(c->chunk, '"', n);
    size_t done = csv_parse(&c->parser, c->chunk, n, on_field, on_row, c);
    if (c->failed.code)
        return;
    if (done < n)
        fail_parse(c);
    else if (nul)
        fail_field(
            c, c->line + count_lines(c->parser.entry_buf, c->parser.entry_pos),
            "NUL byte");
}

/* The end of the input may end the last row. */
static void parse_end(struct cf_csv *c)
{
    c->ended = true;
    c->newlines = true;
    if (csv_fini(&c->parser, on_field, on_row, c) != 0)
        fail_field(c, c->line, "quote is never closed");
}

static int fill(struct cf_csv *c, struct cf_err *err)
{
    size_t n;
    int rc = read_chunk(c, &n, err);

    if (rc)
        return rc;
    carry(c);
    if (!make_room(c, n))
        return cf_nomem(err, c->in->name);
    if (n == 0)
        parse_end(c);
    else
        parse_chunk(c, n);
    return 0;
}

static const struct cf_csv_row *hand_out(struct cf_csv *c, const struct row *r)
{
    const struct span *s = c->span + r->span;
    size_t n = r->n < CF_COLUMNS_MAX ? (size_t)r->n : CF_COLUMNS_MAX;

    for (size_t i = 0; i < n; i++)
        c->field[i] = (struct cf_str){c->text.p + s[i].off, s[i].n};
    c->out = (struct cf_csv_row){c->field, n, r->line};
    return &c->out;
}

/* The next row, of any number of fields; NULL at the end. */
static int next_row(struct cf_csv *c, const struct row **row,
                    struct cf_err *err)
{
    *row = NULL;
    while (c->next == c->nrow) {
        if (c->failed.code) {
            *err = c->failed;
            return (int)err->code;
        }
        if (c->ended)
            return 0;
        int rc = fill(c, err);
        if (rc)
            return rc;
    }
    *row = &c->row[c->next++];
    return 0;
}

int cf_csv_next(struct cf_csv *c, const struct cf_csv_row **row,
                struct cf_err *err)
{
    const struct row *r;
    int rc = next_row(c, &r, err);

    *row = NULL;
    if (rc || !r)
        return rc;
    if (r->n != c->header.n)
        return cf_fail(
            err, CF_EDATA, "%s:%" PRIu64 ": %" PRIu64 " field%s, expected %zu",
            c->in->name, r->line, r->n, r->n == 1 ? "" : "s", c->header.n);
    *row = hand_out(c, r);
    return 0;
}

static int check_names(const struct cf_csv *c, struct cf_err *err)
{
    const struct cf_csv_row *h = &c->header;

    for (size_t i = 0; i < h->n; i++) {
        if (h->field[i].n == 0)
            return cf_fail(err, CF_EDATA,
                           "%s:%" PRIu64 ": column %zu has no name",
                           c->in->name, h->line, i + 1);
        for (size_t k = 0; k < i; k++)
            if (cf_str_eq(h->field[i], h->field[k]))
                return cf_fail(err, CF_EDATA,
                               "%s:%" PRIu64 ": column '%s' appears twice",
                               c->in->name, h->line, h->field[i].p);
    }
    return 0;
}

/* Copies the row, each name followed by a NUL. */
static int keep_header(struct cf_csv *c, const struct cf_csv_row *row,
                       struct cf_err *err)
{
    c->name = cf_alloc(row->n, sizeof *c->name);
    c->header = (struct cf_csv_row){c->name, row->n, row->line};
    for (size_t i = 0; i < row->n; i++) {
        cf_buf_str(&c->names, row->field[i]);
        cf_buf_putc(&c->names, '\0');
    }
    if (!c->name || c->names.failed)
        return cf_nomem(err, c->in->name);
    const char *p = c->names.p;
    for (size_t i = 0; i < row->n; i++) {
        c->name[i] = (struct cf_str){p, row->field[i].n};
        p += row->field[i].n + 1;
    }
    return check_names(c, err);
}

static int read_header(struct cf_csv *c, struct cf_err *err)
{
    const struct row *r;
    int rc = next_row(c, &r, err);

    if (rc)
        return rc;
    if (!r)
        return cf_fail(err, CF_EDATA, "%s: empty, expected a header row",
                       c->in->name);
    if (r->n > CF_COLUMNS_MAX)
        return cf_fail(err, CF_EMEM, "%s: %" PRIu64 " columns, at most %d",
                       c->in->name, r->n, CF_COLUMNS_MAX);
    return keep_header(c, hand_out(c, r), err);
}

static void init_parser(struct csv_parser *p)
{
    /* Only both flags together make an open quote at the end an error. */
    csv_init(p, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
    csv_set_space_func(p, no_blank);
    csv_set_realloc_func(p, field_room);
    csv_set_blk_size(p, FIELD_ROOM);
}

int cf_csv_open(struct cf_csv **out, struct cf_in *in,
                const struct cf_csv_opts *opts, struct cf_err *err)
{
    struct cf_csv *c = cf_zalloc(1, sizeof *c);
    int rc;

    *out = NULL;
    if (!c)
        return cf_nomem(err, in->name);
    c->in = in;
    c->line = 1;
    if (opts)
        c->opts = *opts;
    init_parser(&c->parser);
    c->chunk = cf_alloc(CHUNK, 1);
    c->field = cf_alloc(CF_COLUMNS_MAX, sizeof *c->field);
    if (!c->chunk || !c->field)
        rc = cf_nomem(err, in->name);
    else
        rc = read_header(c, err);
    if (rc)
        cf_csv_close(c);
    else
        *out = c;
    return rc;
}

const struct cf_csv_row *cf_csv_header(const struct cf_csv *c)
{
    return &c->header;
}

const char *cf_csv_name(const struct cf_csv *c)
{
    return c->in->name;
}

const char *cf_csv_delim(const struct cf_csv *c)
{
    return c->opts.delim ? c->opts.delim : ",";
}

uint64_t cf_csv_ragged(const struct cf_csv *c)
{
    return c->ragged;
}

void cf_csv_close(struct cf_csv *c)
{
    if (!c)
        return;
    csv_free(&c->parser);
    free(c->chunk);
    cf_buf_free(&c->text);
    free(c->span);
    free(c->row);
    free(c->field);
    free(c->name);
    cf_buf_free(&c->names);
    free(c);
}
