/* index.c - a table as ratings: dense ids, numbers, types. */
#include "data/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/choose.h"
#include "data/ids.h"
#include "data/table.h"

enum { USER_PART, ITEM_PART, ROWS_PART };

struct cf_index {
    struct cf_reader *r;
    const struct cf_schema *in;
    uint32_t part; /* the rows of in */
    struct cf_dicts dicts;
    struct cf_choice choice;
    struct cf_ids user, item;
    struct cf_schema out;
    struct cf_index_report report;
    /* The frame in the making: CF_FRAME_ROWS of each. */
    uint32_t *user_id, *item_id;
    float *rating;
    int64_t *time;
};

/* ---- the schema ---- */

/* Adds the column as base, or as base_2 ... if the part has that name. */
static int add_column(struct cf_schema *s, struct cf_column c, const char *base,
                      struct cf_err *err)
{
    struct cf_buf name = {0};
    uint32_t part = (uint32_t)s->nparts - 1;
    int rc;

    cf_buf_puts(&name, base);
    cf_buf_putc(&name, '\0');
    for (unsigned k = 2;
         !name.failed && cf_schema_find_column(s, part, name.p) >= 0; k++) {
        name.n = 0;
        cf_buf_printf(&name, "%s_%u", base, k);
    }
    c.name = name.p;
    c.width = 1;
    rc = name.failed ? cf_nomem(err, "schema") : cf_schema_column(s, &c, err);
    cf_buf_free(&name);
    return rc;
}

static const char *name_of(const struct cf_index *x, const struct cf_field *f)
{
    return cf_field_column(x->in, x->part, f)->name;
}

static bool is_label(const struct cf_index *x, const struct cf_field *f)
{
    const struct cf_field *l = &x->choice.label;

    return x->choice.has_label && f->col == l->col && f->dict == l->dict &&
           f->dcol == l->dcol;
}

/* The dictionary part of a side: its key, then its attributes. */
static int add_side_part(struct cf_index *x, const struct cf_ids *side,
                         const char *name, enum cf_role role,
                         struct cf_err *err)
{
    struct cf_column c = {.type = CF_STR, .role = role, .dict = -1};
    int rc = cf_schema_part(&x->out, name, CF_ROWS_UNKNOWN, err);

    if (!rc)
        rc = add_column(&x->out, c, name_of(x, &side->key), err);
    for (size_t i = 0; !rc && i < side->nattr; i++) {
        const struct cf_field *f = &side->attr[i];
        c.role = role == CF_ITEM && is_label(x, f) ? CF_LABEL : CF_NO_ROLE;
        rc = add_column(&x->out, c, name_of(x, f), err);
    }
    return rc;
}

static int add_rows_part(struct cf_index *x, struct cf_err *err)
{
    const struct cf_choice *c = &x->choice;
    struct cf_column user = {.type = CF_U32, .role = CF_USER};
    struct cf_column item = {.type = CF_U32, .role = CF_ITEM};
    struct cf_column rating = {.type = CF_F32, .role = CF_RATING, .dict = -1};
    struct cf_column time = {.type = CF_I64, .role = CF_TIME, .dict = -1};
    int rc = cf_schema_part(&x->out, "rows", CF_ROWS_UNKNOWN, err);

    user.dict = USER_PART;
    item.dict = ITEM_PART;
    if (!rc)
        rc = add_column(&x->out, user, name_of(x, &c->user), err);
    if (!rc)
        rc = add_column(&x->out, item, name_of(x, &c->item), err);
    if (!rc && c->has_rating)
        rc = add_column(&x->out, rating, "rating", err);
    if (!rc && c->has_time)
        rc = add_column(&x->out, time, name_of(x, &c->time), err);
    return rc;
}

static int make_schema(struct cf_index *x, struct cf_err *err)
{
    cf_schema_init(&x->out, CF_RATINGS);
    int rc = cf_schema_history(&x->out, x->in, err);
    if (!rc)
        rc = add_side_part(x, &x->user, "user", CF_USER, err);
    if (!rc)
        rc = add_side_part(x, &x->item, "item", CF_ITEM, err);
    return rc ? rc : add_rows_part(x, err);
}

/* ---- opening ---- */

/* Gathers the attributes of a side. */
static int add_attributes(struct cf_index *x, struct cf_ids *side,
                          struct cf_err *err)
{
    const struct cf_part *rows = &x->in->part[x->part];
    struct cf_field f = {0};
    int rc = 0;

    for (f.col = 0; f.col < rows->ncol; f.col++) {
        f.dict = x->in->column[rows->col + f.col].dict;
        uint32_t n = f.dict < 0 ? 0 : x->in->part[f.dict].ncol;
        for (f.dcol = 0; !rc && f.dcol < n; f.dcol++) {
            if (!cf_is_attribute(x->in, x->part, &side->key, &f))
                continue;
            const struct cf_column *c = cf_field_column(x->in, x->part, &f);
            if (c->type != CF_STR)
                return cf_fail(err, CF_EDATA, "%s: column '%s' is not bytes",
                               cf_reader_name(x->r), c->name);
            rc = cf_ids_attr(side, &f, err);
        }
    }
    return rc;
}

/* A label that is no attribute is taken from the item's first row. */
static int add_label(struct cf_index *x, struct cf_err *err)
{
    bool have = !x->choice.has_label;

    for (size_t i = 0; i < x->item.nattr; i++)
        have = have || is_label(x, &x->item.attr[i]);
    return have ? 0 : cf_ids_attr(&x->item, &x->choice.label, err);
}

static int open_sides(struct cf_index *x, struct cf_err *err)
{
    x->user.key = x->choice.user;
    x->item.key = x->choice.item;
    int rc = add_attributes(x, &x->user, err);
    if (!rc)
        rc = add_attributes(x, &x->item, err);
    if (!rc)
        rc = add_label(x, err);
    if (!rc)
        rc = make_schema(x, err);
    if (!rc)
        rc = cf_ids_start(&x->user, &x->out, USER_PART, err);
    return rc ? rc : cf_ids_start(&x->item, &x->out, ITEM_PART, err);
}

static int alloc_frame(struct cf_index *x, struct cf_err *err)
{
    x->user_id = cf_alloc(CF_FRAME_ROWS, sizeof *x->user_id);
    x->item_id = cf_alloc(CF_FRAME_ROWS, sizeof *x->item_id);
    x->rating = cf_alloc(CF_FRAME_ROWS, sizeof *x->rating);
    x->time = cf_alloc(CF_FRAME_ROWS, sizeof *x->time);
    return x->user_id && x->item_id && x->rating && x->time
               ? 0
               : cf_nomem(err, "frame");
}

static int open_all(struct cf_index *x, struct cf_reader *r,
                    const struct cf_index_opts *opts, struct cf_err *err)
{
    const char *name = cf_reader_name(r);

    x->r = r;
    x->in = cf_reader_schema(r);
    int part = cf_schema_find_part(x->in, "rows");
    if (x->in->kind != CF_TABLE || part < 0)
        return cf_fail(err, CF_EDATA, "%s: a %s stream, expected a table", name,
                       cf_kind_name(x->in->kind));
    x->part = (uint32_t)part;
    int rc = cf_choose(x->in, x->part, name, opts, &x->choice, err);
    if (!rc)
        rc = cf_dicts_init(&x->dicts, x->in, err);
    if (!rc)
        rc = open_sides(x, err);
    return rc ? rc : alloc_frame(x, err);
}

int cf_index_open(struct cf_index **out, struct cf_reader *r,
                  const struct cf_index_opts *opts, struct cf_err *err)
{
    struct cf_index *x = cf_zalloc(1, sizeof *x);
    int rc = x ? open_all(x, r, opts, err) : cf_nomem(err, "index");

    if (rc) {
        cf_index_close(x);
        x = NULL;
    }
    *out = x;
    return rc;
}

struct cf_schema *cf_index_schema(struct cf_index *x)
{
    return &x->out;
}

/* ---- the rows ---- */

static int write_rows(struct cf_index *x, uint32_t n, struct cf_writer *w,
                      struct cf_err *err)
{
    struct cf_chunk chunk[4] = {
        {.data = (const char *)x->user_id, .size = n * sizeof *x->user_id},
        {.data = (const char *)x->item_id, .size = n * sizeof *x->item_id}};
    struct cf_chunk *c = chunk + 2;
    struct cf_block b = {.part = ROWS_PART, .rows = n, .chunk = chunk};

    if (x->choice.has_rating)
        *c++ = (struct cf_chunk){.data = (const char *)x->rating,
                                 .size = n * sizeof *x->rating};
    if (x->choice.has_time)
        *c++ = (struct cf_chunk){.data = (const char *)x->time,
                                 .size = n * sizeof *x->time};
    return cf_writer_put(w, &b, err);
}

static void note(struct cf_index *x, uint32_t n)
{
    struct cf_index_report *r = &x->report;

    for (uint32_t i = 0; i < n; i++) {
        float v = x->choice.has_rating ? x->rating[i] : 1;
        bool first = r->rows == 0 && i == 0;
        r->lo = first || v < r->lo ? v : r->lo;
        r->hi = first || v > r->hi ? v : r->hi;
    }
    r->rows += n;
    r->users = x->user.dict.n;
    r->items = x->item.dict.n;
}

static int read_rows(struct cf_index *x, const struct cf_slice *rows,
                     struct cf_err *err)
{
    const struct cf_dicts *d = &x->dicts;
    const char *name = cf_reader_name(x->r);
    int rc = cf_ids_of(&x->user, d, rows, x->user_id, err);

    if (!rc)
        rc = cf_ids_of(&x->item, d, rows, x->item_id, err);
    if (!rc && x->choice.has_rating)
        rc = cf_field_f32(d, name, &x->choice.rating, rows, x->rating, err);
    if (!rc && x->choice.has_time)
        rc = cf_field_i64(d, name, &x->choice.time, rows, x->time, err);
    return rc;
}

static int index_rows(struct cf_index *x, const struct cf_slice *rows,
                      struct cf_writer *w, struct cf_err *err)
{
    int rc = read_rows(x, rows, err);

    /* Entries come before the rows that use them. */
    if (!rc)
        rc = cf_ids_write(&x->user, w, err);
    if (!rc)
        rc = cf_ids_write(&x->item, w, err);
    if (!rc)
        rc = write_rows(x, rows->n, w, err);
    if (!rc)
        note(x, rows->n);
    return rc;
}

static int index_block(struct cf_index *x, const struct cf_block *b,
                       struct cf_writer *w, struct cf_err *err)
{
    bool took;
    int rc = cf_dicts_take(&x->dicts, b, &took, err);

    if (took || b->part != x->part)
        return rc;
    struct cf_slice rows = {.block = b};
    for (; !rc && rows.from < b->rows; rows.from += rows.n) {
        uint32_t left = b->rows - rows.from;
        rows.n = left < CF_FRAME_ROWS ? left : CF_FRAME_ROWS;
        rc = index_rows(x, &rows, w, err);
    }
    return rc;
}

int cf_index_run(struct cf_index *x, struct cf_writer *w, struct cf_err *err)
{
    const struct cf_block *b;
    int rc;

    while ((rc = cf_reader_next(x->r, &b, err)) == 0 && b) {
        rc = index_block(x, b, w, err);
        if (rc)
            break;
    }
    return rc;
}

const struct cf_index_report *cf_index_report(const struct cf_index *x)
{
    return &x->report;
}

void cf_index_close(struct cf_index *x)
{
    if (!x)
        return;
    cf_dicts_free(&x->dicts);
    cf_ids_free(&x->user);
    cf_ids_free(&x->item);
    cf_schema_free(&x->out);
    free(x->user_id);
    free(x->item_id);
    free(x->rating);
    free(x->time);
    free(x);
}
