/* csv.c - a record of CSV text through libcsv in its strict mode.
 *
 * It is fed a line at a time until it calls that the row has ended, so that it
 * never sees what follows. After an error it is not called again: it would
 * glue the broken field to what comes next. */
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/csv_impl.h"

enum {
    /* libcsv wants room for one byte more, and keeps the closing quote. */
    FIELD_ROOM = CF_FIELD_MAX + 2,
    /* What stands for a longer separator: no byte of UTF-8. */
    STAND_IN = 0xff
};

struct cf_quoted {
    struct csv_parser parser;
    struct cf_buf text; /* of the fields */
    bool ended;         /* the row */
    uint64_t line;      /* where the field that is being read began */
    bool inside;        /* quotes, for longer separators */
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

static void on_field(void *p, size_t n, void *ctx)
{
    struct cf_csv *c = ctx;
    struct cf_quoted *q = c->quoted;

    if (c->failed.code)
        return;
    if (n > CF_FIELD_MAX) {
        cf_csv_fail(c, q->line, c->nfields + 1, too_long);
        return;
    }
    q->line = c->line;
    if (c->nfields++ >= CF_COLUMNS_MAX)
        return;
    cf_buf_add(&q->text, p, n);
    c->field[c->nfields - 1].n = n;
    if (q->text.failed)
        cf_nomem(&c->failed, "row");
}

static void on_row(int end, void *ctx)
{
    (void)end;
    ((struct cf_csv *)ctx)->quoted->ended = true;
}

/* Why csv_parse stopped early. */
static int fail_parse(struct cf_csv *c)
{
    const struct csv_parser *p = &c->quoted->parser;
    uint64_t nfield = c->nfields + 1;

    if (!p->entry_buf)
        return cf_nomem(&c->failed, "field");
    if (p->status == CSV_ENOMEM)
        return cf_csv_fail(c, c->quoted->line, nfield, too_long);
    return cf_csv_fail(c, c->line, nfield,
                       p->quoted ? "text after the closing quote"
                                 : "quote inside a field without quotes");
}

static int parse(struct cf_csv *c, const char *p, size_t n)
{
    size_t done = csv_parse(&c->quoted->parser, p, n, on_field, on_row, c);

    if (c->failed.code)
        return (int)c->failed.code;
    return done < n ? fail_parse(c) : 0;
}

/* Is there a separator at buf[at], outside quotes? */
static bool separates(struct cf_csv *c, size_t at)
{
    const char *p = c->buf + at;

    c->quoted->inside ^= *p == '"';
    return !c->quoted->inside && c->upto - at >= c->gap &&
           memcmp(p, c->delim, c->gap) == 0;
}

/* Up to buf[end], or to the end of a longer separator that begins before it.
 * libcsv gets another byte for that. */
static int feed_long(struct cf_csv *c, size_t end)
{
    static const char sep = (char)STAND_IN;
    size_t at = c->row;
    int rc = 0;

    while (!rc && at < end) {
        if (!separates(c, at)) {
            at++;
            continue;
        }
        rc = parse(c, c->buf + c->row, at - c->row);
        if (!rc)
            rc = parse(c, &sep, 1);
        c->row = at += c->gap;
    }
    if (!rc)
        rc = parse(c, c->buf + c->row, at - c->row);
    c->row = at;
    return rc;
}

static int feed(struct cf_csv *c, size_t end)
{
    size_t from = c->row;

    if (c->gap > 1)
        return feed_long(c, end);
    c->row = end;
    return parse(c, c->buf + from, end - from);
}

/* The line of the record has ended at row, but not the record. */
static void next_line(struct cf_csv *c)
{
    c->line++;
    c->line_at = c->at + c->row;
    /* One line end, without a mark at the LF. */
    if (c->buf[c->row - 1] == '\r' && c->buf[c->row] == '\n')
        c->line_at++;
}

/* What is in the buffer, or up to the end of the record. */
static int feed_lines(struct cf_csv *c)
{
    struct cf_quoted *q = c->quoted;
    int rc = 0;

    while (!rc && !q->ended && c->next < c->nmark) {
        size_t at = c->mark[c->next++];
        if (!cf_csv_is_end(c->buf[at]))
            continue;
        rc = feed(c, at + 1);
        if (!rc && !q->ended)
            next_line(c);
    }
    if (rc || q->ended)
        return rc;
    /* The rest may hold the beginning of a longer separator. */
    size_t keep = c->ended ? 0 : c->gap - 1;
    return c->upto - c->row > keep ? feed(c, c->upto - keep) : 0;
}

/* The end of the text may end the record. */
static int finish(struct cf_csv *c)
{
    int rc = cf_csv_odd(c, c->nfields + 1);

    if (rc)
        return rc;
    if (csv_fini(&c->quoted->parser, on_field, on_row, c) != 0)
        return cf_csv_fail(c, c->quoted->line, c->nfields + 1,
                           "quote is never closed");
    return (int)c->failed.code;
}

static int read_record(struct cf_csv *c)
{
    for (;;) {
        int rc = feed_lines(c);
        if (rc || c->quoted->ended)
            return rc;
        if (c->ended)
            return finish(c);
        cf_csv_fill(c);
        if (c->after_cr && c->buf[0] == '\n' && c->line_at == c->at)
            c->line_at++;
    }
}

int cf_csv_quoted(struct cf_csv *c)
{
    struct cf_quoted *q = c->quoted;
    uint64_t line = c->line;

    q->text.n = 0;
    q->ended = q->inside = false;
    q->line = line;
    c->nfields = 0;
    int rc = read_record(c);
    if (rc)
        return rc;
    size_t n =
        c->nfields < CF_COLUMNS_MAX ? (size_t)c->nfields : CF_COLUMNS_MAX;
    const char *p = q->text.p;
    for (size_t i = 0; i < n; p += c->field[i++].n)
        c->field[i].p = p;
    c->out = (struct cf_csv_row){c->field, n, line};
    return 0;
}

bool cf_csv_quoted_init(struct cf_csv *c)
{
    struct cf_quoted *q = cf_zalloc(1, sizeof *q);

    c->quoted = q;
    /* Room, so that text.p is not NULL even if all fields are empty. */
    if (!q || !cf_buf_room(&q->text, 1))
        return false;
    /* Only both flags together make an open quote at the end an error. */
    csv_init(&q->parser, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_delim(&q->parser,
                  c->gap > 1 ? STAND_IN : (unsigned char)c->delim[0]);
    csv_set_space_func(&q->parser, no_blank);
    csv_set_realloc_func(&q->parser, field_room);
    csv_set_blk_size(&q->parser, FIELD_ROOM);
    return true;
}

void cf_csv_quoted_free(struct cf_csv *c)
{
    if (!c->quoted)
        return;
    csv_free(&c->quoted->parser);
    cf_buf_free(&c->quoted->text);
    free(c->quoted);
}
