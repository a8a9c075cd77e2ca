/* score.c - predicts pairs as they arrive. Users and items have codes in what
 * is written: of a ratings stream its own, of a table by first sight. The row
 * in the model is looked up once for each code. */
#include "eval/score_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"

struct cf_schema *cf_score_schema(struct cf_score *x)
{
    return &x->out;
}

/* ---- codes ---- */

/* The id with the next code is looked up. */
static int add_code(const struct cf_score *x, struct cf_score_end *e,
                    struct cf_str id, struct cf_err *err)
{
    if (!cf_grow(&e->rep, &e->cap, e->n + 1, sizeof *e->rep))
        return cf_nomem(err, "ids");
    e->rep[e->n++] = e->rep_of(x->m, cf_lookup_id(&e->lookup, id));
    return 0;
}

/* A dictionary block of a ratings stream goes through. */
static int take_dict(const struct cf_score *x, struct cf_score_end *e,
                     const struct cf_block *b, struct cf_writer *w,
                     struct cf_err *err)
{
    char scratch[CF_NUM_MAX];
    struct cf_block copy = *b;
    int rc = 0;

    for (uint32_t i = 0; !rc && i < b->rows; i++)
        rc = add_code(x, e, cf_chunk_str(&b->chunk[0], b->rows, i, scratch),
                      err);
    copy.part = (uint32_t)cf_schema_find_part(&x->out, e->part);
    return rc ? rc : cf_writer_put(w, &copy, err);
}

/* Codes of rows from .. from+n-1 of a table's block; new ids are written. */
static int table_codes(struct cf_score *x, struct cf_score_end *e,
                       const struct cf_block *b, uint32_t from, uint32_t n,
                       struct cf_writer *w, struct cf_err *err)
{
    const struct cf_slice rows = {b, from, n};
    int rc = cf_ids_of(&e->ids, &x->dicts, &rows, e->code, err);

    while (!rc && e->n < e->ids.dict.n)
        rc = add_code(x, e, cf_dict_key(&e->ids.dict, (uint32_t)e->n), err);
    return rc ? rc : cf_ids_write(&e->ids, w, err);
}

static void ratings_codes(struct cf_score_end *e, const struct cf_block *b,
                          uint32_t from, uint32_t n)
{
    memcpy(e->code, b->chunk[e->col].data + sizeof *e->code * from,
           sizeof *e->code * n);
}

/* ---- rows ---- */

/* Of the pairs of a user or item that is not known, those with attributes. */
static void count_drawn(const struct cf_score *x, const struct cf_rep_pairs *p,
                        struct cf_score_report *r)
{
    const float *user = x->m->user.cold_factors,
                *item = x->m->item.cold_factors;

    for (size_t j = 0; x->m->user.drawn && j < p->n; j++) {
        const struct cf_rep *rep = &p->user[p->u[j]];
        r->user_drawn += !rep->known && rep->factors != user;
    }
    for (size_t j = 0; x->m->item.drawn && j < p->n; j++) {
        const struct cf_rep *rep = &p->item[p->i[j]];
        r->item_drawn += !rep->known && rep->factors != item;
    }
    r->no_user -= r->user_drawn;
    r->no_item -= r->item_drawn;
}

static void predict_task(void *ctx, size_t number, size_t worker)
{
    struct cf_score *x = ctx;
    struct cf_score_report r = {0};
    size_t from = number * CF_SCORE_TASK, left = x->rows - from;
    const struct cf_rep_pairs p = {x->user.rep,
                                   x->item.rep,
                                   x->user.code + from,
                                   x->item.code + from,
                                   left < CF_SCORE_TASK ? left : CF_SCORE_TASK,
                                   x->day ? x->day + from : NULL,
                                   x->session ? x->session + from : NULL};

    (void)worker;
    cf_model_predict_reps(x->m, &p, x->score + from, x->known + from);
    for (size_t j = 0; j < p.n; j++) {
        r.no_user += !(x->known[from + j] & CF_KNOWN_USER);
        r.no_item += !(x->known[from + j] & CF_KNOWN_ITEM);
        r.no_day += !p.day || p.day[j] == CF_NONE;
        r.no_session += !p.session || p.session[j] == CF_NONE;
    }
    count_drawn(x, &p, &r);
    cf_score_spread(x, &p, from);
    x->task[number] = r;
}

static void predict(struct cf_score *x, uint32_t n)
{
    size_t tasks = (n + CF_SCORE_TASK - 1) / CF_SCORE_TASK;

    x->rows = n;
    if (x->pool)
        cf_pool_run(x->pool, tasks, predict_task, x);
    for (size_t t = 0; t < tasks; t++) {
        if (!x->pool)
            predict_task(x, t, 0);
        x->report.no_user += x->task[t].no_user;
        x->report.no_item += x->task[t].no_item;
        x->report.no_day += x->m->days.n > 0 ? x->task[t].no_day : 0;
        x->report.no_session +=
            x->m->sessions.n > 0 ? x->task[t].no_session : 0;
        x->report.user_drawn += x->task[t].user_drawn;
        x->report.item_drawn += x->task[t].item_drawn;
    }
    x->report.rows += n;
}

static int put_rows(struct cf_score *x, const char *rating, uint32_t n,
                    struct cf_writer *w, struct cf_err *err)
{
    struct cf_chunk c[8 + CF_STARS_MOST];
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
    k += cf_score_spread_chunks(x, n, c + k);
    c[k] = (struct cf_chunk){.data = (char *)x->known, .size = n};
    return cf_writer_put(w, &b, err);
}

/* Codes and ratings of a table's rows; its ids may be new and are written. */
static int take_rows(struct cf_score *x, const struct cf_block *b,
                     uint32_t from, uint32_t n, struct cf_writer *w,
                     struct cf_err *err)
{
    const struct cf_slice rows = {b, from, n};
    int rc = table_codes(x, &x->user, b, from, n, w, err);

    if (!rc)
        rc = table_codes(x, &x->item, b, from, n, w, err);
    if (!rc && x->has_field) {
        const struct cf_values v = {
            .d = &x->dicts, .name = cf_reader_name(x->r), .rows = &rows};
        rc = cf_values_f32(&v, &x->field, x->given, err);
    }
    return rc;
}

/* The times of rows from .. from+n-1. */
static int take_times(struct cf_score *x, const struct cf_block *b,
                      uint32_t from, uint32_t n, struct cf_err *err)
{
    const struct cf_slice rows = {b, from, n};
    const struct cf_values v = {.d = &x->dicts,
                                .name = cf_reader_name(x->r),
                                .rows = &rows,
                                .may_lack = true};

    if (x->has_when)
        return cf_values_when(&v, &x->when, x->seconds, err);
    memcpy(x->seconds, b->chunk[x->time].data + sizeof *x->seconds * from,
           sizeof *x->seconds * n);
    return 0;
}

/* What day and session these are. */
static void find_contexts(struct cf_score *x, uint32_t n)
{
    const struct cf_days *days = &x->m->days;

    for (uint32_t j = 0; x->day && j < n; j++)
        x->day[j] =
            cf_model_find_day(days->day, (size_t)days->n, x->seconds[j]);
    for (uint32_t j = 0; x->session && j < n; j++)
        x->session[j] =
            x->seconds[j] == INT64_MIN
                ? CF_NONE
                : cf_model_find_session(x->m, x->user.rep[x->user.code[j]],
                                        x->seconds[j]);
}

static int score_some(struct cf_score *x, const struct cf_block *b,
                      uint32_t from, uint32_t n, struct cf_writer *w,
                      struct cf_err *err)
{
    const char *rating = NULL;
    int rc = 0;

    if (x->in->kind == CF_TABLE) {
        rc = take_rows(x, b, from, n, w, err);
        if (x->has_field)
            rating = (const char *)x->given;
    } else {
        ratings_codes(&x->user, b, from, n);
        ratings_codes(&x->item, b, from, n);
        if (x->rating >= 0)
            rating = b->chunk[x->rating].data + 4 * (size_t)from;
    }
    if (!rc && x->seconds)
        rc = take_times(x, b, from, n, err);
    if (rc)
        return rc;
    if (x->seconds)
        find_contexts(x, n);
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
        return take_dict(x, &x->user, b, w, err);
    if (b->part == x->item.from)
        return take_dict(x, &x->item, b, w, err);
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

static void free_end(struct cf_score_end *e)
{
    cf_lookup_free(&e->lookup);
    cf_ids_free(&e->ids);
    free(e->rep);
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
    free(x->spread);
    free(x->low);
    free(x->high);
    free(x->chance);
    free(x->known);
    free(x->given);
    free(x->seconds);
    free(x->day);
    free(x->session);
    free(x);
}
