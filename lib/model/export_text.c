/* export_text.c - vectors as lines of text. */
#include "model/export_impl.h"

#include <inttypes.h>
#include <string.h>

#include "base/num.h"
#include "data/csv.h"

static void put_number(struct cf_buf *line, float v)
{
    char text[CF_NUM_MAX];
    cf_buf_add(line, text, cf_format_f32(v, text));
}

/* In all that follows, row is one of the vectors at hand. */

static struct cf_str id_of(const struct cf_vectors *v, uint64_t row)
{
    return cf_store_str(&v->ids, 0, v->first + row);
}

/* The values of a vector, separated, the first with nothing before it. */
static void put_values(struct cf_buf *line, const struct cf_vectors *v,
                       uint64_t row, char separator)
{
    const float *factors = v->factors + row * v->k;

    for (uint32_t f = 0; f < v->dims; f++) {
        if (f > 0)
            cf_buf_putc(line, separator);
        put_number(line,
                   f < v->k ? factors[f] : cf_vectors_last(v, v->first + row));
    }
}

static int bad_id(const struct cf_vectors *v, uint64_t row, const char *why,
                  struct cf_err *err)
{
    struct cf_str id = id_of(v, row);
    return cf_fail(err, CF_EDATA, "the id '%.*s' of %s %" PRIu64 " %s",
                   (int)id.n, id.p, v->what, v->first + row + 1, why);
}

/* ---- word2vec ---- */

/* Is it a blank in the eyes of a reader that knows Unicode (White_Space)? */
static bool is_blank(struct cf_str c)
{
    static const char *const blank[] = {
        "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\xa8",
        "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};
    const unsigned char *p = (const unsigned char *)c.p;

    for (size_t i = 0; i < sizeof blank / sizeof *blank; i++)
        if (cf_str_eq(c, cf_cstr(blank[i])))
            return true;
    return c.n == 3 && p[0] == 0xe2 && p[1] == 0x80 && p[2] <= 0x8a;
}

/* A word has no blanks: they, controls, % and what is not UTF-8 are written as
 * %XX, as in URLs. */
static void put_word(struct cf_buf *line, struct cf_str id)
{
    while (id.n > 0) {
        size_t n = cf_utf8_len(id);
        struct cf_str c = {id.p, n ? n : 1};
        unsigned char first = (unsigned char)*c.p;
        bool plain = n == 1 ? first > ' ' && first != '%' && first != 0x7f
                            : n > 1 && !is_blank(c);
        if (plain)
            cf_buf_str(line, c);
        for (size_t i = 0; !plain && i < c.n; i++)
            cf_buf_printf(line, "%%%02X", (unsigned)(unsigned char)c.p[i]);
        id.p += c.n;
        id.n -= c.n;
    }
}

static int put_word2vec(struct cf_buf *line, const struct cf_vectors *v,
                        uint64_t row, struct cf_err *err)
{
    struct cf_str id = id_of(v, row);

    if (id.n == 0)
        return bad_id(v, row, "is empty, and so no word", err);
    put_word(line, id);
    cf_buf_putc(line, ' ');
    put_values(line, v, row, ' ');
    return 0;
}

/* ---- pgvector ---- */

/* What COPY reads as a byte that it would take for its own. */
static char copy_letter(char c)
{
    switch (c) {
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    case '\v':
        return 'v';
    case '\\':
        return '\\';
    default:
        return 0;
    }
}

enum { PGVECTOR_MOST = 16000 /* dimensions */ };

static int put_pgvector(struct cf_buf *line, const struct cf_vectors *v,
                        uint64_t row, struct cf_err *err)
{
    struct cf_str id = id_of(v, row);

    if (v->dims > PGVECTOR_MOST)
        return cf_fail(err, CF_EMEM,
                       "vectors of %" PRIu32 " dimensions; pgvector takes %d",
                       v->dims, PGVECTOR_MOST);
    if (memchr(id.p, 0, id.n) || !cf_str_utf8(id))
        return bad_id(v, row, "is no text to PostgreSQL: not UTF-8", err);
    for (size_t i = 0; i < id.n; i++) {
        char letter = copy_letter(id.p[i]);
        if (letter)
            cf_buf_putc(line, '\\');
        cf_buf_putc(line, letter ? letter : id.p[i]);
    }
    cf_buf_puts(line, "\t[");
    put_values(line, v, row, ',');
    cf_buf_putc(line, ']');
    return 0;
}

/* ---- csv ---- */

static void put_names(struct cf_buf *line, const struct cf_vectors *v)
{
    cf_csv_field(line, cf_cstr(v->id_name), ',');
    cf_buf_puts(line, ",bias");
    for (uint32_t f = 0; f < v->dims; f++)
        cf_buf_printf(line, ",f%" PRIu32, f);
}

static void put_csv(struct cf_buf *line, const struct cf_vectors *v,
                    uint64_t row)
{
    cf_csv_field(line, id_of(v, row), ',');
    cf_buf_putc(line, ',');
    put_number(line, v->bias[v->first + row]);
    cf_buf_putc(line, ',');
    put_values(line, v, row, ',');
}

/* ---- lines ---- */

static void put_head(struct cf_buf *line, const struct cf_vectors *v,
                     enum cf_export format)
{
    if (format == CF_EXPORT_WORD2VEC)
        cf_buf_printf(line, "%" PRIu64 " %" PRIu32, v->kept, v->dims);
    else
        put_names(line, v);
}

static int put_row(struct cf_buf *line, const struct cf_vectors *v,
                   uint64_t row, enum cf_export format, struct cf_err *err)
{
    if (format == CF_EXPORT_WORD2VEC)
        return put_word2vec(line, v, row, err);
    if (format == CF_EXPORT_PGVECTOR)
        return put_pgvector(line, v, row, err);
    put_csv(line, v, row);
    return 0;
}

/* ---- many at a time ---- */

enum { TASKS = 16 /* of a block: enough for some threads */ };

/* Some rows of a block as text. */
struct piece {
    struct cf_buf text;
    struct cf_err err;
    int rc;
};

struct work {
    const struct cf_vectors *v;
    enum cf_export format;
    struct piece piece[TASKS];
};

static void put_piece(void *ctx, size_t task, size_t worker)
{
    struct work *w = ctx;
    struct piece *p = &w->piece[task];
    uint64_t from = w->v->rows * task / TASKS;
    uint64_t to = w->v->rows * (task + 1) / TASKS;
    (void)worker;

    p->text.n = 0;
    for (uint64_t i = from; !p->rc && i < to; i++) {
        if (w->v->count[w->v->first + i] < w->v->least)
            continue;
        p->rc = put_row(&p->text, w->v, i, w->format, &p->err);
        cf_buf_putc(&p->text, '\n');
    }
    if (!p->rc && p->text.failed)
        p->rc = cf_nomem(&p->err, "text");
}

/* The vectors at hand; the first error is the one that is told. */
static int write_block(struct work *w, struct cf_pool *pool, struct cf_out *out,
                       struct cf_err *err)
{
    int rc = 0;

    cf_pool_run(pool, TASKS, put_piece, w);
    for (size_t i = 0; !rc && i < TASKS; i++) {
        const struct piece *p = &w->piece[i];
        if (p->rc)
            *err = p->err;
        rc = p->rc ? p->rc : cf_out_write(out, p->text.p, p->text.n, err);
    }
    return rc;
}

static int write_head(const struct cf_vectors *v, enum cf_export format,
                      struct cf_out *out, struct cf_err *err)
{
    struct cf_buf line = {0};

    put_head(&line, v, format);
    cf_buf_putc(&line, '\n');
    int rc = line.failed ? cf_nomem(err, "first line")
                         : cf_out_write(out, line.p, line.n, err);
    cf_buf_free(&line);
    return rc;
}

int cf_export_text(struct cf_vectors *v, const struct cf_export_opts *o,
                   struct cf_out *out, struct cf_err *err)
{
    struct work w = {.v = v, .format = o->format};
    int rc = 0;

    if (o->format != CF_EXPORT_PGVECTOR)
        rc = write_head(v, o->format, out, err);
    for (uint32_t i = 0; !rc && i < cf_map_blocks(v->map, v->part); i++) {
        rc = cf_vectors_take(v, i, err);
        if (!rc)
            rc = write_block(&w, o->pool, out, err);
    }
    for (size_t i = 0; i < TASKS; i++)
        cf_buf_free(&w.piece[i].text);
    return rc;
}
