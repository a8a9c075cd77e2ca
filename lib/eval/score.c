/* score.c - predicts pairs as they arrive. Users and items have codes in what
 * is written: of a ratings stream its own, of a table by first sight. The row
 * in the model is looked up once for each code. */
#include "eval/score.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "data/ids.h"
#include "data/ratings.h"
#include "data/table.h"
#include "eval/known.h"
#include "model/lookup.h"

/* One end of the pairs: users or items. */
struct end {
    const char *part; /* name of the dictionary that is written */
    enum cf_role role;
    struct cf_lookup lookup;
    uint32_t *row; /* in the model, of each code; CF_NONE: not there */
    size_t n, cap;
    uint32_t *code;    /* of each row of the frame in the making */
    uint32_t from;     /* dictionary in a ratings stream */
    uint32_t col;      /* column of its rows */
    struct cf_ids ids; /* codes for a table */
};

struct cf_score {
    struct cf_reader *r;
    const struct cf_schema *in;
    const struct cf_model *m;
    uint32_t part;  /* the rows of in */
    int32_t rating; /* column of its rows, or -1 */
    struct end user, item;
    struct cf_dicts dicts; /* of a table */
    struct cf_schema out;
    struct cf_score_report report;
    float *score;
    unsigned char *known;
};

/* ---- the schema ---- */

static int add_real(struct cf_schema *s, const char *name, enum cf_role role,
                    struct cf_err *err)
{
    char copy[8];
    struct cf_column c = {
        .name = copy, .type = CF_F32, .width = 1, .role = role, .dict = -1};

    memcpy(copy, name, strlen(name) + 1);
    return cf_schema_column(s, &c, err);
}

/* The dictionary of a table's end: the ids. */
static int ids_part(struct cf_score *x, const struct end *e, struct cf_err *err)
{
    const struct cf_column *key = cf_field_column(x->in, x->part, &e->ids.key);
    struct cf_column c = {.name = key->name,
                          .type = CF_STR,
                          .width = 1,
                          .role = e->role,
                          .dict = -1};
    int rc = cf_schema_part(&x->out, e->part, CF_ROWS_UNKNOWN, err);
    return rc ? rc : cf_schema_column(&x->out, &c, err);
}

static int dict_part(struct cf_score *x, const struct end *e,
                     struct cf_err *err)
{
    if (x->in->kind == CF_TABLE)
        return ids_part(x, e, err);
    const struct cf_part *p = &x->in->part[e->from];
    int rc = cf_schema_part(&x->out, e->part, p->rows, err);
    for (uint32_t i = p->col; !rc && i < p->col + p->ncol; i++) {
        if (x->in->column[i].dict >= 0)
            return cf_fail(
                err, CF_EDATA, "%s: column '%s' of %s is codes of another part",
                cf_reader_name(x->r), x->in->column[i].name, p->name);
        rc = cf_schema_column(&x->out, &x->in->column[i], err);
    }
    return rc;
}

static int code_column(struct cf_score *x, const struct end *e,
                       struct cf_err *err)
{
    const struct cf_column *old =
        x->in->kind == CF_TABLE
            ? cf_field_column(x->in, x->part, &e->ids.key)
            : &x->in->column[x->in->part[x->part].col + e->col];
    struct cf_column c = {.name = old->name,
                          .type = CF_U32,
                          .width = 1,
                          .role = e->role,
                          .dict = cf_schema_find_part(&x->out, e->part)};
    return cf_schema_column(&x->out, &c, err);
}

static int make_schema(struct cf_score *x, struct cf_err *err)
{
    cf_schema_init(&x->out, CF_SCORES);
    int rc = cf_schema_history(&x->out, x->in, err);
    if (!rc)
        rc = dict_part(x, &x->user, err);
    if (!rc)
        rc = dict_part(x, &x->item, err);
    if (!rc)
        rc = cf_known_part(&x->out, err);
    if (!rc)
        rc = cf_schema_part(&x->out, "rows", x->in->part[x->part].rows, err);
    if (!rc)
        rc = code_column(x, &x->user, err);
    if (!rc)
        rc = code_column(x, &x->item, err);
    if (!rc && x->rating >= 0)
        rc = add_real(&x->out, "rating", CF_RATING, err);
    if (!rc)
        rc = add_real(&x->out, "score", CF_SCORE, err);
    return rc ? rc : cf_known_column(&x->out, err);
}

/* ---- opening ---- */

static int open_ratings(struct cf_score *x, struct cf_err *err)
{
    struct cf_rating_columns c;
    int rc = cf_rating_columns(x->in, x->part, cf_reader_name(x->r), &c, err);

    if (rc)
        return rc;
    x->user.from = c.user_part;
    x->item.from = c.item_part;
    x->user.col = c.user;
    x->item.col = c.item;
    x->rating = c.rating;
    return make_schema(x, err);
}

/* Finds the column of a table that has the ids. */
static int find_ids(struct cf_score *x, struct end *e, const char *name,
                    struct cf_err *err)
{
    const char *own = e->lookup.side->dict_schema.column[0].name;
    struct cf_buf names = {0};

    if (cf_field_find(x->in, x->part, name ? name : own, &e->ids.key)) {
        const struct cf_column *c =
            cf_field_column(x->in, x->part, &e->ids.key);
        return c->type == CF_STR
                   ? 0
                   : cf_fail(err, CF_EDATA, "%s: column '%s' is not bytes",
                             cf_reader_name(x->r), c->name);
    }
    cf_field_names(x->in, x->part, &names);
    cf_buf_putc(&names, '\0');
    int rc = names.failed
                 ? cf_nomem(err, "message")
                 : cf_fail(err, CF_EUSAGE,
                           "%s: no column '%s'; name the %s with --%s; "
                           "there are %s",
                           cf_reader_name(x->r), name ? name : own, e->part,
                           e->part, names.p);
    cf_buf_free(&names);
    return rc;
}

static int open_table(struct cf_score *x, const struct cf_score_opts *o,
                      struct cf_err *err)
{
    int rc = find_ids(x, &x->user, o->user, err);
    if (!rc)
        rc = find_ids(x, &x->item, o->item, err);
    if (!rc)
        rc = cf_dicts_init(&x->dicts, x->in, err);
    if (!rc)
        rc = make_schema(x, err);
    if (!rc)
        rc = cf_ids_start(&x->user.ids, &x->out, 0, err);
    return rc ? rc : cf_ids_start(&x->item.ids, &x->out, 1, err);
}

static int alloc_frame(struct cf_score *x, struct cf_err *err)
{
    x->user.code = cf_alloc(CF_FRAME_ROWS, sizeof *x->user.code);
    x->item.code = cf_alloc(CF_FRAME_ROWS, sizeof *x->item.code);
    x->score = cf_alloc(CF_FRAME_ROWS, sizeof *x->score);
    x->known = cf_alloc(CF_FRAME_ROWS, sizeof *x->known);
    return x->user.code && x->item.code && x->score && x->known
               ? 0
               : cf_nomem(err, "frame");
}

int cf_score_open(struct cf_score **out, struct cf_reader *r,
                  const struct cf_model *m, const struct cf_score_opts *opts,
                  struct cf_err *err)
{
    struct cf_score *x = cf_zalloc(1, sizeof *x);

    *out = x;
    if (!x)
        return cf_nomem(err, "scores");
    x->r = r;
    x->in = cf_reader_schema(r);
    x->m = m;
    x->rating = -1;
    x->user.part = "user";
    x->user.role = CF_USER;
    x->item.part = "item";
    x->item.role = CF_ITEM;
    int rc = cf_expect_part(x->in, "rows", cf_reader_name(r), &x->part, err);
    if (!rc)
        rc = cf_lookup_open(&x->user.lookup, &m->user, err);
    if (!rc)
        rc = cf_lookup_open(&x->item.lookup, &m->item, err);
    if (!rc)
        rc = alloc_frame(x, err);
    if (!rc && x->in->kind == CF_TABLE)
        return open_table(x, opts, err);
    if (!rc)
        rc = cf_expect_kind(x->in, CF_RATINGS, cf_reader_name(r), err);
    return rc ? rc : open_ratings(x, err);
}

struct cf_schema *cf_score_schema(struct cf_score *x)
{
    return &x->out;
}

/* ---- codes ---- */

/* The id with the next code is looked up. */
static int add_code(struct end *e, struct cf_str id, struct cf_err *err)
{
    if (!cf_grow(&e->row, &e->cap, e->n + 1, sizeof *e->row))
        return cf_nomem(err, "ids");
    e->row[e->n++] = cf_lookup_id(&e->lookup, id);
    return 0;
}

/* A dictionary block of a ratings stream goes through. */
static int take_dict(struct end *e, const struct cf_block *b, uint32_t part,
                     struct cf_writer *w, struct cf_err *err)
{
    char scratch[CF_NUM_MAX];
    struct cf_block copy = *b;
    int rc = 0;

    for (uint32_t i = 0; !rc && i < b->rows; i++)
        rc = add_code(e, cf_chunk_str(&b->chunk[0], b->rows, i, scratch), err);
    copy.part = part;
    return rc ? rc : cf_writer_put(w, &copy, err);
}

/* Codes of rows from .. from+n-1 of a table's block; new ids are written. */
static int table_codes(struct cf_score *x, struct end *e,
                       const struct cf_block *b, uint32_t from, uint32_t n,
                       struct cf_writer *w, struct cf_err *err)
{
    const struct cf_slice rows = {b, from, n};
    int rc = cf_ids_of(&e->ids, &x->dicts, &rows, e->code, err);

    while (!rc && e->n < e->ids.dict.n)
        rc = add_code(e, cf_dict_key(&e->ids.dict, (uint32_t)e->n), err);
    return rc ? rc : cf_ids_write(&e->ids, w, err);
}

static void ratings_codes(struct end *e, const struct cf_block *b,
                          uint32_t from, uint32_t n)
{
    const char *p = b->chunk[e->col].data + 4 * (size_t)from;

    for (uint32_t i = 0; i < n; i++)
        e->code[i] = cf_load_u32(p + 4 * (size_t)i);
}

/* ---- rows ---- */

static void predict(struct cf_score *x, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t u = x->user.row[x->user.code[i]];
        uint32_t v = x->item.row[x->item.code[i]];
        unsigned known = cf_model_known(x->m, u, v);
        x->score[i] = cf_model_predict(x->m, u, v);
        x->known[i] = (unsigned char)known;
        x->report.no_user += !(known & CF_KNOWN_USER);
        x->report.no_item += !(known & CF_KNOWN_ITEM);
    }
    x->report.rows += n;
}

static int put_rows(struct cf_score *x, const char *rating, uint32_t n,
                    struct cf_writer *w, struct cf_err *err)
{
    struct cf_chunk c[5];
    const struct cf_block b = {
        .part = (uint32_t)cf_schema_find_part(&x->out, "rows"),
        .rows = n,
        .chunk = c};
    size_t k = 0, size = n * sizeof(float);

    c[k++] = (struct cf_chunk){.data = (char *)x->user.code, .size = size};
    c[k++] = (struct cf_chunk){.data = (char *)x->item.code, .size = size};
    if (rating)
        c[k++] = (struct cf_chunk){.data = rating, .size = size};
    c[k++] = (struct cf_chunk){.data = (char *)x->score, .size = size};
    c[k] = (struct cf_chunk){.data = (char *)x->known, .size = n};
    return cf_writer_put(w, &b, err);
}

static int score_some(struct cf_score *x, const struct cf_block *b,
                      uint32_t from, uint32_t n, struct cf_writer *w,
                      struct cf_err *err)
{
    const char *rating = NULL;
    int rc = 0;

    if (x->in->kind == CF_TABLE) {
        rc = table_codes(x, &x->user, b, from, n, w, err);
        if (!rc)
            rc = table_codes(x, &x->item, b, from, n, w, err);
    } else {
        ratings_codes(&x->user, b, from, n);
        ratings_codes(&x->item, b, from, n);
        if (x->rating >= 0)
            rating = b->chunk[x->rating].data + 4 * (size_t)from;
    }
    if (rc)
        return rc;
    predict(x, n);
    return put_rows(x, rating, n, w, err);
}

static int score_block(struct cf_score *x, const struct cf_block *b,
                       struct cf_writer *w, struct cf_err *err)
{
    const uint32_t most = CF_FRAME_ROWS;
    int rc = 0;

    for (uint32_t at = 0; !rc && at < b->rows; at += most)
        rc = score_some(x, b, at, b->rows - at < most ? b->rows - at : most, w,
                        err);
    return rc;
}

static int take_block(struct cf_score *x, const struct cf_block *b,
                      struct cf_writer *w, struct cf_err *err)
{
    bool took;

    if (b->part == x->part)
        return score_block(x, b, w, err);
    if (x->in->kind == CF_TABLE)
        return cf_dicts_take(&x->dicts, b, &took, err);
    if (b->part == x->user.from)
        return take_dict(&x->user, b, 0, w, err);
    if (b->part == x->item.from)
        return take_dict(&x->item, b, 1, w, err);
    return 0;
}

int cf_score_run(struct cf_score *x, struct cf_writer *w, struct cf_err *err)
{
    const struct cf_block *b;
    int rc = cf_known_write(&x->out, w, err);

    while (!rc && (rc = cf_reader_next(x->r, &b, err)) == 0 && b)
        rc = take_block(x, b, w, err);
    return rc;
}

const struct cf_score_report *cf_score_report(const struct cf_score *x)
{
    return &x->report;
}

static void free_end(struct end *e)
{
    cf_lookup_free(&e->lookup);
    cf_ids_free(&e->ids);
    free(e->row);
    free(e->code);
}

void cf_score_close(struct cf_score *x)
{
    if (!x)
        return;
    free_end(&x->user);
    free_end(&x->item);
    if (x->dicts.schema)
        cf_dicts_free(&x->dicts);
    cf_schema_free(&x->out);
    free(x->score);
    free(x->known);
    free(x);
}
