/* store.c - a part in memory, from blocks and back to blocks. */
#include "data/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/sum.h"
#include "data/runcol.h"
#include "data/textcol.h"

enum { FRAME_BYTES = 1 << 20 }; /* of a usual frame */

int cf_store_init(struct cf_store *st, const struct cf_schema *s, uint32_t part,
                  struct cf_err *err)
{
    const struct cf_part *p = &s->part[part];

    memset(st, 0, sizeof *st);
    st->col = cf_zalloc(p->ncol, sizeof *st->col);
    if (!st->col)
        return cf_nomem(err, p->name);
    st->ncol = p->ncol;
    for (uint32_t i = 0; i < p->ncol; i++) {
        const struct cf_column *c = &s->column[p->col + i];
        size_t size = cf_type_size(c->type);
        st->col[i].type = c->type;
        st->col[i].row_size = size ? size * c->width : sizeof(uint64_t);
    }
    return 0;
}

/* ---- adding ---- */

static bool room(struct cf_store_column *c, uint64_t rows)
{
    return rows <= SIZE_MAX &&
           cf_grow(&c->data, &c->cap, (size_t)rows, c->row_size);
}

/* A u64 of a CF_STR or CF_RUN column. */
static void set_u64(struct cf_store_column *c, uint64_t row, uint64_t v)
{
    memcpy(c->data + row * sizeof v, &v, sizeof v);
}

static uint64_t get_u64(const struct cf_store_column *c, uint64_t row)
{
    uint64_t v;
    memcpy(&v, c->data + row * sizeof v, sizeof v);
    return v;
}

static void add_texts(struct cf_store_column *c, uint64_t at,
                      const struct cf_chunk *k, uint32_t rows)
{
    uint64_t base = c->text.n;

    if (k->layout == CF_TEXT) {
        cf_buf_add(&c->text, k->text, k->text_size);
        for (uint32_t i = 0; i < rows; i++)
            set_u64(c, at + i, base + cf_load_u32(k->data + 4 * (size_t)i));
        return;
    }
    for (uint32_t i = 0; i < rows && cf_buf_room(&c->text, CF_NUM_MAX); i++) {
        c->text.n += cf_chunk_str(k, rows, i, c->text.p + c->text.n).n;
        set_u64(c, at + i, c->text.n);
    }
}

static bool add_chunk(struct cf_store_column *c, uint64_t at,
                      const struct cf_chunk *k, uint32_t rows)
{
    if (!room(c, at + rows))
        return false;
    if (c->type == CF_STR)
        add_texts(c, at, k, rows);
    else if (c->type == CF_RUN)
        for (uint32_t i = 0; i < rows; i++)
            set_u64(c, at + i, cf_chunk_run(k, i));
    else
        memcpy(c->data + at * c->row_size, k->data, rows * c->row_size);
    return !c->text.failed;
}

int cf_store_add(struct cf_store *st, const struct cf_block *b,
                 struct cf_err *err)
{
    for (size_t i = 0; i < st->ncol; i++)
        if (!add_chunk(&st->col[i], st->rows, &b->chunk[i], b->rows))
            return cf_nomem(err, "rows in memory");
    st->rows += b->rows;
    return 0;
}

int cf_store_add_row(struct cf_store *st, const struct cf_block *b,
                     uint32_t row, struct cf_err *err)
{
    char scratch[CF_NUM_MAX];

    for (size_t i = 0; i < st->ncol; i++) {
        struct cf_store_column *c = &st->col[i];
        const struct cf_chunk *k = &b->chunk[i];
        if (!room(c, st->rows + 1))
            return cf_nomem(err, "rows in memory");
        if (c->type == CF_STR) {
            cf_buf_str(&c->text, cf_chunk_str(k, b->rows, row, scratch));
            set_u64(c, st->rows, c->text.n);
        } else if (c->type == CF_RUN) {
            set_u64(c, st->rows, cf_chunk_run(k, row));
        } else {
            memcpy(c->data + st->rows * c->row_size,
                   k->data + row * c->row_size, c->row_size);
        }
        if (c->text.failed)
            return cf_nomem(err, "rows in memory");
    }
    st->rows++;
    return 0;
}

int cf_store_add_strs(struct cf_store *st, const struct cf_str *v,
                      struct cf_err *err)
{
    for (size_t i = 0; i < st->ncol; i++) {
        struct cf_store_column *c = &st->col[i];
        cf_buf_str(&c->text, v[i]);
        if (c->text.failed || !room(c, st->rows + 1))
            return cf_nomem(err, "rows in memory");
        set_u64(c, st->rows, c->text.n);
    }
    st->rows++;
    return 0;
}

int cf_store_add_id(struct cf_store *st, struct cf_str id, struct cf_err *err)
{
    cf_buf_str(&st->col[0].text, id);
    for (size_t i = 0; i < st->ncol; i++) {
        struct cf_store_column *c = &st->col[i];
        if (c->text.failed || !room(c, st->rows + 1))
            return cf_nomem(err, "rows in memory");
        memset(c->data + st->rows * c->row_size, 0, c->row_size);
        if (c->type == CF_STR)
            set_u64(c, st->rows, c->text.n);
    }
    st->rows++;
    return 0;
}

/* ---- looking ---- */

static uint64_t text_start(const struct cf_store_column *c, uint64_t row)
{
    return row ? get_u64(c, row - 1) : 0;
}

struct cf_str cf_store_str(const struct cf_store *st, size_t col, uint64_t row)
{
    const struct cf_store_column *c = &st->col[col];
    uint64_t from = text_start(c, row);

    /* Only empty texts so far: there is no buffer yet. */
    if (!c->text.p)
        return (struct cf_str){"", 0};
    return (struct cf_str){c->text.p + from, (size_t)(get_u64(c, row) - from)};
}

const void *cf_store_at(const struct cf_store *st, size_t col, uint64_t row)
{
    return st->col[col].data + row * st->col[col].row_size;
}

int cf_store_copy(struct cf_store *st, const struct cf_store *from,
                  uint64_t row, struct cf_err *err)
{
    for (size_t i = 0; i < st->ncol; i++) {
        struct cf_store_column *c = &st->col[i];
        bool ok = room(c, st->rows + 1);
        if (ok && c->type == CF_STR) {
            cf_buf_str(&c->text, cf_store_str(from, i, row));
            set_u64(c, st->rows, c->text.n);
        } else if (ok) {
            memcpy(c->data + st->rows * c->row_size, cf_store_at(from, i, row),
                   c->row_size);
        }
        if (!ok || c->text.failed)
            return cf_nomem(err, "rows in memory");
    }
    st->rows++;
    return 0;
}

/* ---- writing ---- */

/* The frame in the making. */
struct frame {
    uint32_t part;
    struct cf_chunk *chunk;
    struct cf_textcol *text; /* one for each column, used by CF_STR */
    struct cf_runcol *run;   /* by CF_RUN */
};

/* At most so many bytes of a frame are rows from .. from+n-1. */
static uint64_t frame_size(const struct cf_store *st, uint64_t from, uint64_t n)
{
    uint64_t size = 0;

    for (size_t i = 0; i < st->ncol; i++) {
        const struct cf_store_column *c = &st->col[i];
        if (c->type == CF_STR)
            size += 4 * n + text_start(c, from + n) - text_start(c, from);
        else if (c->type == CF_RUN)
            size += 12 * n;
        else
            size += c->row_size * n;
    }
    return size;
}

/* As many of rows from .. from+n-1 as a frame takes, at least one. */
static uint64_t frame_rows(const struct cf_store *st, uint64_t from, uint64_t n)
{
    uint64_t fit = 1, over = (n < CF_FRAME_ROWS ? n : CF_FRAME_ROWS) + 1;

    while (over - fit > 1) {
        uint64_t mid = fit + (over - fit) / 2;
        if (frame_size(st, from, mid) <= FRAME_BYTES)
            fit = mid;
        else
            over = mid;
    }
    return fit;
}

static bool fill_chunk(const struct cf_store *st, size_t col, uint64_t from,
                       uint64_t n, struct frame *f)
{
    const struct cf_store_column *c = &st->col[col];
    bool ok = true;

    if (c->type == CF_STR) {
        cf_textcol_clear(&f->text[col]);
        for (uint64_t i = 0; ok && i < n; i++)
            ok = cf_textcol_add(&f->text[col], cf_store_str(st, col, from + i));
        cf_textcol_chunk(&f->text[col], &f->chunk[col]);
    } else if (c->type == CF_RUN) {
        cf_runcol_clear(&f->run[col]);
        for (uint64_t i = 0; ok && i < n; i++)
            ok = cf_runcol_add(&f->run[col], get_u64(c, from + i));
        cf_runcol_chunk(&f->run[col], &f->chunk[col]);
    } else {
        f->chunk[col] = (struct cf_chunk){.layout = CF_PLAIN,
                                          .data = cf_store_at(st, col, from),
                                          .size = (size_t)n * c->row_size};
    }
    return ok;
}

static int write_frames(const struct cf_store *st, uint64_t from, uint64_t n,
                        struct frame *f, struct cf_writer *w,
                        struct cf_err *err)
{
    struct cf_block b = {.part = f->part, .chunk = f->chunk};
    int rc = 0;

    while (!rc && n > 0) {
        uint64_t k = frame_rows(st, from, n);
        for (size_t i = 0; i < st->ncol; i++)
            if (!fill_chunk(st, i, from, k, f))
                return cf_nomem(err, "frame");
        b.rows = (uint32_t)k;
        rc = cf_writer_put(w, &b, err);
        from += k;
        n -= k;
    }
    return rc;
}

int cf_store_write(const struct cf_store *st, uint64_t from, uint64_t n,
                   struct cf_writer *w, uint32_t part, struct cf_err *err)
{
    struct frame f = {.part = part,
                      .chunk = cf_zalloc(st->ncol, sizeof *f.chunk),
                      .text = cf_zalloc(st->ncol, sizeof *f.text),
                      .run = cf_zalloc(st->ncol, sizeof *f.run)};
    int rc;

    if (!f.chunk || !f.text || !f.run)
        rc = cf_nomem(err, "frame");
    else
        rc = write_frames(st, from, n, &f, w, err);
    for (size_t i = 0; i < st->ncol; i++) {
        if (f.text)
            cf_textcol_free(&f.text[i]);
        if (f.run)
            cf_runcol_free(&f.run[i]);
    }
    free(f.chunk);
    free(f.text);
    free(f.run);
    return rc;
}

uint64_t cf_store_sum(const struct cf_store *st, size_t ncol, uint64_t seed)
{
    uint64_t sum = seed;

    for (size_t i = 0; i < ncol; i++)
        for (uint64_t row = 0; row < st->rows; row++) {
            bool text = st->col[i].type == CF_STR;
            struct cf_str v = {NULL, st->col[i].row_size};
            if (text)
                v = cf_store_str(st, i, row);
            else
                v.p = cf_store_at(st, i, row);
            sum = cf_sum(v.p, v.n, sum);
        }
    return sum;
}

void cf_store_clear(struct cf_store *st)
{
    for (size_t i = 0; i < st->ncol; i++)
        st->col[i].text.n = 0;
    st->rows = 0;
}

void cf_store_free(struct cf_store *st)
{
    for (size_t i = 0; st->col && i < st->ncol; i++) {
        free(st->col[i].data);
        cf_buf_free(&st->col[i].text);
    }
    free(st->col);
    memset(st, 0, sizeof *st);
}
