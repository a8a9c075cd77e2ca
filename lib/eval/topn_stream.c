/* topn_stream.c - ranked lists as a stream: some lists at a time are made in
 * parallel and then written in order. */
#include "eval/topn_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/dict.h"
#include "data/store.h"
#include "eval/known.h"

enum {
    LISTS = 256,     /* made at a time, at most, and */
    PLACES = 4 << 20 /* places in all of them */
};

/* ---- the schema ---- */

/* The ids of a side as a part. */
static int ids_part(struct cf_schema *s, const char *part,
                    const struct cf_side *side, struct cf_err *err)
{
    int rc = cf_schema_part(s, part, CF_ROWS_UNKNOWN, err);
    return rc ? rc : cf_schema_column(s, &side->dict_schema.column[0], err);
}

/* Items with their attributes as a part. */
static int items_part(struct cf_schema *s, const char *part,
                      const struct cf_model *m, struct cf_err *err)
{
    return cf_schema_copy_part(s, part, CF_ROWS_UNKNOWN, &m->item.dict_schema,
                               0, err);
}

static int rows_part(struct cf_schema *s, const struct cf_topn_job *j,
                     struct cf_err *err)
{
    char query[] = "query", rank[] = "rank", score[] = "score";
    const char *who = j->similar ? query : "user";
    const struct cf_column column[] = {
        {.name = j->similar ? query : j->m->user.dict_schema.column[0].name,
         .type = CF_U32,
         .width = 1,
         .role = j->similar ? CF_NO_ROLE : CF_USER,
         .dict = cf_schema_find_part(s, who)},
        {.name = rank, .type = CF_U32, .width = 1, .role = CF_RANK, .dict = -1},
        {.name = j->m->item.dict_schema.column[0].name,
         .type = CF_U32,
         .width = 1,
         .role = CF_ITEM,
         .dict = cf_schema_find_part(s, "item")},
        {.name = score,
         .type = CF_F32,
         .width = 1,
         .role = CF_SCORE,
         .dict = -1}};

    int rc = cf_schema_part(s, "rows", CF_ROWS_UNKNOWN, err);
    for (size_t i = 0; !rc && i < sizeof column / sizeof *column; i++)
        rc = cf_schema_column(s, &column[i], err);
    return rc || j->similar ? rc : cf_known_column(s, err);
}

int cf_topn_schema(struct cf_schema *s, const struct cf_topn_job *j,
                   struct cf_err *err)
{
    cf_schema_init(s, CF_TOPN);
    int rc = j->similar ? items_part(s, "query", j->m, err)
                        : ids_part(s, "user", &j->m->user, err);
    if (!rc)
        rc = items_part(s, "item", j->m, err);
    if (!rc && !j->similar)
        rc = cf_known_part(s, err);
    return rc ? rc : rows_part(s, j, err);
}

/* ---- the lists ---- */

struct work {
    const struct cf_topn_job *j;
    struct cf_topn_opts opts; /* n is not more than there are items */
    uint64_t first;           /* number of the first list made now */
    uint32_t at_a_time;
    double *length; /* of the items, if they are asked for */
    float *scratch; /* (threads, items) */
    struct cf_scored *place;
    size_t *count; /* of each list */
};

static struct cf_ask ask_for(const struct cf_topn_job *j, uint64_t i)
{
    return j->ask ? j->ask[i] : (struct cf_ask){.row = (uint32_t)i};
}

static uint64_t lists(const struct cf_topn_job *j)
{
    if (j->ask)
        return j->n;
    return j->similar ? j->m->item.n : j->m->user.n;
}

static void make_list(void *ctx, size_t task, size_t worker)
{
    struct work *w = ctx;
    uint32_t row = ask_for(w->j, w->first + task).row;
    float *scratch = w->scratch + worker * w->j->m->item.n;
    struct cf_scored *out = w->place + task * w->opts.n;

    w->count[task] = w->j->similar
                         ? cf_topn_similar(w->j->m, row, &w->opts, scratch, out)
                         : cf_topn_user(w->j->m, row, &w->opts, scratch, out);
}

static int work_open(struct work *w, const struct cf_topn_job *j,
                     struct cf_err *err)
{
    size_t items = j->m->item.n, all;

    *w = (struct work){.j = j, .opts = j->opts};
    if (w->opts.n > items)
        w->opts.n = items;
    size_t most = PLACES / (w->opts.n ? w->opts.n : 1);
    w->at_a_time = most < 1 ? 1 : most < LISTS ? (uint32_t)most : LISTS;
    if (j->similar) {
        w->opts.length = w->length = cf_alloc(items, sizeof *w->length);
        if (!w->length)
            return cf_nomem(err, "lengths");
        cf_topn_lengths(j->m, w->length);
    }
    if (cf_mul(cf_pool_threads(j->pool), items, &all))
        w->scratch = cf_alloc(all, sizeof *w->scratch);
    if (cf_mul(w->at_a_time, w->opts.n, &all))
        w->place = cf_alloc(all, sizeof *w->place);
    w->count = cf_alloc(w->at_a_time, sizeof *w->count);
    return w->scratch && w->place && w->count ? 0 : cf_nomem(err, "lists");
}

static void work_close(struct work *w)
{
    free(w->length);
    free(w->scratch);
    free(w->place);
    free(w->count);
}

/* ---- writing ---- */

/* The frame in the making, with the dictionary entries it needs. */
struct frame {
    const struct cf_topn_job *j;
    const struct cf_schema *s;
    struct cf_writer *w;
    uint32_t who_part, item_part, rows_part;
    struct cf_dict whos;         /* who has a code */
    struct cf_store who, item;   /* entries not yet written */
    uint32_t *item_code, nitems; /* CF_NONE: has none */
    uint32_t n;                  /* rows; room for CF_FRAME_ROWS: */
    uint32_t *col_who, *col_rank, *col_item;
    float *col_score;
    unsigned char *col_known;
};

static int frame_open(struct frame *f, const struct cf_topn_job *j,
                      const struct cf_schema *s, struct cf_err *err)
{
    size_t items = j->m->item.n;

    f->j = j;
    f->s = s;
    f->who_part =
        (uint32_t)cf_schema_find_part(s, j->similar ? "query" : "user");
    f->item_part = (uint32_t)cf_schema_find_part(s, "item");
    f->rows_part = (uint32_t)cf_schema_find_part(s, "rows");
    cf_dict_init(&f->whos, cf_dict_seed());
    f->item_code = cf_alloc(items, sizeof *f->item_code);
    f->col_who = cf_alloc(CF_FRAME_ROWS, sizeof *f->col_who);
    f->col_rank = cf_alloc(CF_FRAME_ROWS, sizeof *f->col_rank);
    f->col_item = cf_alloc(CF_FRAME_ROWS, sizeof *f->col_item);
    f->col_score = cf_alloc(CF_FRAME_ROWS, sizeof *f->col_score);
    f->col_known = cf_alloc(CF_FRAME_ROWS, sizeof *f->col_known);
    if (!f->item_code || !f->col_who || !f->col_rank || !f->col_item ||
        !f->col_score || !f->col_known)
        return cf_nomem(err, "frame");
    for (size_t i = 0; i < items; i++)
        f->item_code[i] = CF_NONE;
    int rc = cf_store_init(&f->who, s, f->who_part, err);
    return rc ? rc : cf_store_init(&f->item, s, f->item_part, err);
}

static void frame_close(struct frame *f)
{
    cf_dict_free(&f->whos);
    cf_store_free(&f->who);
    cf_store_free(&f->item);
    free(f->item_code);
    free(f->col_who);
    free(f->col_rank);
    free(f->col_item);
    free(f->col_score);
    free(f->col_known);
}

static int flush(struct frame *f, struct cf_err *err)
{
    size_t size = f->n * sizeof(uint32_t);
    const struct cf_chunk c[] = {{.data = (char *)f->col_who, .size = size},
                                 {.data = (char *)f->col_rank, .size = size},
                                 {.data = (char *)f->col_item, .size = size},
                                 {.data = (char *)f->col_score, .size = size},
                                 {.data = (char *)f->col_known, .size = f->n}};
    const struct cf_block b = {.part = f->rows_part, .rows = f->n, .chunk = c};

    int rc = cf_store_write(&f->who, 0, f->who.rows, f->w, f->who_part, err);
    if (!rc)
        rc = cf_store_write(&f->item, 0, f->item.rows, f->w, f->item_part, err);
    if (!rc)
        rc = cf_writer_put(f->w, &b, err);
    cf_store_clear(&f->who);
    cf_store_clear(&f->item);
    f->n = 0;
    return rc;
}

static int who_code(struct frame *f, const struct cf_ask *a, uint32_t *code,
                    struct cf_err *err)
{
    const struct cf_side *side =
        f->j->similar ? &f->j->m->item : &f->j->m->user;
    struct cf_str name =
        a->row == CF_NONE ? a->name : cf_store_str(&side->dict, 0, a->row);
    bool fresh;
    int rc = cf_dict_add(&f->whos, name, code, &fresh, err);

    if (rc || !fresh)
        return rc;
    return f->j->similar ? cf_store_copy(&f->who, &side->dict, a->row, err)
                         : cf_store_add_strs(&f->who, &name, err);
}

static int item_code(struct frame *f, uint32_t item, uint32_t *code,
                     struct cf_err *err)
{
    int rc = 0;

    if (f->item_code[item] == CF_NONE) {
        f->item_code[item] = f->nitems++;
        rc = cf_store_copy(&f->item, &f->j->m->item.dict, item, err);
    }
    *code = f->item_code[item];
    return rc;
}

static int put_list(struct frame *f, const struct cf_ask *a,
                    const struct cf_scored *v, size_t n, struct cf_err *err)
{
    uint32_t who;
    int rc = who_code(f, a, &who, err);

    for (size_t i = 0; !rc && i < n; i++) {
        uint32_t at = f->n++;
        f->col_who[at] = who;
        f->col_rank[at] = (uint32_t)i + 1;
        f->col_score[at] = v[i].score;
        f->col_known[at] =
            (unsigned char)cf_model_known(f->j->m, a->row, v[i].id);
        rc = item_code(f, v[i].id, &f->col_item[at], err);
        if (!rc && f->n == CF_FRAME_ROWS)
            rc = flush(f, err);
    }
    return rc;
}

/* ---- all of it ---- */

static void count_list(const struct work *w, const struct cf_ask *a, size_t n,
                       struct cf_topn_report *r)
{
    if (w->length && w->length[a->row] == 0) {
        r->none++;
        return;
    }
    r->lists++;
    r->fewer += n < w->j->opts.n;
    if (!w->length)
        r->cold += !cf_model_known(w->j->m, a->row, CF_NONE);
}

static int some_lists(struct work *w, struct frame *f, uint32_t n,
                      struct cf_topn_report *r, struct cf_err *err)
{
    const struct cf_topn_job *j = w->j;
    int rc = 0;

    cf_pool_run(j->pool, n, make_list, w);
    for (uint32_t i = 0; !rc && i < n; i++) {
        struct cf_ask a = ask_for(j, w->first + i);
        count_list(w, &a, w->count[i], r);
        rc = put_list(f, &a, w->place + i * w->opts.n, w->count[i], err);
    }
    w->first += n;
    if (j->done)
        j->done(j->ctx, w->first);
    return rc;
}

static int all_lists(struct work *w, struct frame *f, struct cf_topn_report *r,
                     struct cf_err *err)
{
    uint64_t n = lists(w->j);
    int rc = w->j->similar ? 0 : cf_known_write(f->s, f->w, err);

    while (!rc && w->first < n) {
        uint64_t left = n - w->first;
        rc = some_lists(
            w, f, left < w->at_a_time ? (uint32_t)left : w->at_a_time, r, err);
    }
    return rc ? rc : flush(f, err);
}

int cf_topn_write(const struct cf_topn_job *j, const struct cf_schema *s,
                  struct cf_writer *w, struct cf_topn_report *r,
                  struct cf_err *err)
{
    struct frame f = {.w = w};
    struct work work;

    memset(r, 0, sizeof *r);
    int rc = work_open(&work, j, err);
    if (!rc)
        rc = frame_open(&f, j, s, err);
    if (!rc)
        rc = all_lists(&work, &f, r, err);
    frame_close(&f);
    work_close(&work);
    return rc;
}
