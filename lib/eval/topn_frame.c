/* topn_frame.c - lists as rows of a stream. */
#include "eval/topn_frame.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct cf_side *asked(const struct cf_topn_job *j)
{
    return j->opts.what == CF_TOPN_ITEMS ? &j->m->user : &j->m->item;
}

static const struct cf_side *listed(const struct cf_topn_job *j)
{
    return j->opts.what == CF_TOPN_USERS ? &j->m->user : &j->m->item;
}

/* ---- open, close ---- */

static bool open_rows(struct cf_topn_frame *f)
{
    f->col_who = cf_alloc(CF_FRAME_ROWS, sizeof *f->col_who);
    f->col_rank = cf_alloc(CF_FRAME_ROWS, sizeof *f->col_rank);
    f->col_item = cf_alloc(CF_FRAME_ROWS, sizeof *f->col_item);
    f->col_score = cf_alloc(CF_FRAME_ROWS, sizeof *f->col_score);
    f->col_known = cf_alloc(CF_FRAME_ROWS, sizeof *f->col_known);
    f->col_mean = cf_alloc(CF_FRAME_ROWS, sizeof *f->col_mean);
    f->col_sd = cf_alloc(CF_FRAME_ROWS, sizeof *f->col_sd);
    return f->col_who && f->col_rank && f->col_item && f->col_score &&
           f->col_known && f->col_mean && f->col_sd;
}

static bool open_why(struct cf_topn_reasons *y)
{
    y->who = cf_alloc(CF_FRAME_ROWS, sizeof *y->who);
    y->item = cf_alloc(CF_FRAME_ROWS, sizeof *y->item);
    y->because = cf_alloc(CF_FRAME_ROWS, sizeof *y->because);
    y->share = cf_alloc(CF_FRAME_ROWS, sizeof *y->share);
    return y->who && y->item && y->because && y->share;
}

static uint32_t part(const struct cf_schema *s, const char *name)
{
    return (uint32_t)cf_schema_find_part(s, name);
}

int cf_topn_frame_open(struct cf_topn_frame *f, const struct cf_topn_job *j,
                       const struct cf_topn *t, const struct cf_schema *s,
                       struct cf_writer *w, struct cf_err *err)
{
    size_t rows = listed(j)->n;

    *f = (struct cf_topn_frame){.j = j, .t = t, .s = s, .w = w};
    f->who_part = part(s, cf_topn_who(j));
    f->item_part = part(s, cf_topn_listed(j));
    f->rows_part = part(s, "rows");
    f->why_part = part(s, "why");
    cf_dict_init(&f->whos, cf_dict_seed());
    f->item_code = cf_alloc(rows, sizeof *f->item_code);
    if (!f->item_code || !open_rows(f) || (j->opts.why && !open_why(&f->why)))
        return cf_nomem(err, "frame");
    for (size_t i = 0; i < rows; i++)
        f->item_code[i] = CF_NONE;
    int rc = cf_store_init(&f->who, s, f->who_part, err);
    return rc ? rc : cf_store_init(&f->item, s, f->item_part, err);
}

void cf_topn_frame_close(struct cf_topn_frame *f)
{
    cf_dict_free(&f->whos);
    cf_store_free(&f->who);
    cf_store_free(&f->item);
    free(f->who_code);
    free(f->item_code);
    free(f->col_who);
    free(f->col_rank);
    free(f->col_item);
    free(f->col_score);
    free(f->col_known);
    free(f->col_mean);
    free(f->col_sd);
    free(f->why.who);
    free(f->why.item);
    free(f->why.because);
    free(f->why.share);
}

/* ---- writing ---- */

static int flush_why(struct cf_topn_frame *f, struct cf_err *err)
{
    const struct cf_topn_reasons *y = &f->why;
    size_t size = y->n * sizeof(uint32_t);
    const struct cf_chunk c[] = {{.data = (char *)y->who, .size = size},
                                 {.data = (char *)y->item, .size = size},
                                 {.data = (char *)y->because, .size = size},
                                 {.data = (char *)y->share, .size = size}};
    const struct cf_block b = {.part = f->why_part, .rows = y->n, .chunk = c};

    f->why.n = 0;
    return b.rows ? cf_writer_put(f->w, &b, err) : 0;
}

int cf_topn_frame_flush(struct cf_topn_frame *f, struct cf_err *err)
{
    size_t size = f->n * sizeof(uint32_t);
    const struct cf_chunk c[] = {{.data = (char *)f->col_who, .size = size},
                                 {.data = (char *)f->col_rank, .size = size},
                                 {.data = (char *)f->col_item, .size = size},
                                 {.data = (char *)f->col_score, .size = size},
                                 {.data = (char *)f->col_known, .size = f->n},
                                 {.data = (char *)f->col_mean, .size = size},
                                 {.data = (char *)f->col_sd, .size = size}};
    const struct cf_block b = {.part = f->rows_part, .rows = f->n, .chunk = c};

    int rc = cf_store_write(&f->who, 0, f->who.rows, f->w, f->who_part, err);
    if (!rc)
        rc = cf_store_write(&f->item, 0, f->item.rows, f->w, f->item_part, err);
    if (!rc)
        rc = cf_writer_put(f->w, &b, err);
    cf_store_clear(&f->who);
    cf_store_clear(&f->item);
    f->n = 0;
    return rc ? rc : flush_why(f, err);
}

/* ---- codes ---- */

static struct cf_str name_of(const struct cf_topn_frame *f,
                             const struct cf_ask *a)
{
    return a->row == CF_NONE ? a->name
                             : cf_store_str(&asked(f->j)->dict, 0, a->row);
}

static int who_code(struct cf_topn_frame *f, const struct cf_ask *a,
                    uint32_t *code, struct cf_err *err)
{
    const struct cf_side *side = asked(f->j);
    struct cf_str name = name_of(f, a);
    bool fresh = true;
    uint32_t number;
    int rc = 0;

    /* Who is asked for as a row of the model is so once. */
    *code = f->nwhos;
    if (f->j->ask || f->j->live) {
        rc = cf_dict_add(&f->whos, name, &number, &fresh, err);
        if (!rc &&
            !cf_grow(&f->who_code, &f->who_cap, f->whos.n, sizeof *f->who_code))
            rc = cf_nomem(err, "ids");
        if (!rc && fresh)
            f->who_code[number] = f->nwhos;
        if (!rc)
            *code = f->who_code[number];
    }
    if (rc || !fresh)
        return rc;
    f->nwhos++;
    return f->j->opts.what == CF_TOPN_ITEMS
               ? cf_store_add_id(&f->who, name, err)
               : cf_store_copy(&f->who, &side->dict, a->row, err);
}

static int item_code(struct cf_topn_frame *f, uint32_t item, uint32_t *code,
                     struct cf_err *err)
{
    int rc = 0;

    if (f->item_code[item] == CF_NONE) {
        f->item_code[item] = f->nitems++;
        rc = cf_store_copy(&f->item, &listed(f->j)->dict, item, err);
    }
    *code = f->item_code[item];
    return rc;
}

/* ---- lists ---- */

static int put_reasons(struct cf_topn_frame *f, uint32_t who, uint32_t item,
                       const struct cf_reason *v, struct cf_err *err)
{
    struct cf_topn_reasons *y = &f->why;
    int rc = 0;

    for (uint32_t i = 0; !rc && i < f->j->opts.why; i++) {
        if (v[i].item == CF_NONE)
            break;
        uint32_t at = y->n++;
        y->who[at] = who;
        y->item[at] = item;
        y->share[at] = v[i].share;
        rc = item_code(f, v[i].item, &y->because[at], err);
        if (!rc && y->n == CF_FRAME_ROWS)
            rc = cf_topn_frame_flush(f, err);
    }
    return rc;
}

/* Who gets no row is named, each time anew: an answer of a nil alone would, if
 * many come in a row, be more padding than a stream may have. */
static int put_empty(struct cf_topn_frame *f, const struct cf_ask *a,
                     struct cf_err *err)
{
    const struct cf_store *dict = &asked(f->j)->dict;

    f->nwhos++;
    if (a->row == CF_NONE || f->j->opts.what == CF_TOPN_ITEMS)
        return cf_store_add_id(&f->who, name_of(f, a), err);
    return cf_store_copy(&f->who, dict, a->row, err);
}

int cf_topn_frame_put(struct cf_topn_frame *f, const struct cf_lists *l,
                      size_t i, struct cf_err *err)
{
    const struct cf_scored *v = l->place + i * cf_topn_stride(f->t);
    const struct cf_ask *a = &l->ask[i];
    uint32_t who = 0, why = f->j->opts.why;
    int rc = 0;

    if (l->count[i] > 0)
        rc = who_code(f, a, &who, err);
    else if (f->j->live)
        rc = put_empty(f, a, err);
    for (size_t j = 0; !rc && j < l->count[i]; j++) {
        uint32_t at = f->n++;
        f->col_who[at] = who;
        f->col_rank[at] = (uint32_t)j + 1;
        f->col_score[at] = v[j].score;
        f->col_known[at] = (unsigned char)cf_topn_known(f->t, a, v[j].id);
        if (f->j->opts.rank) {
            size_t row = i * cf_topn_length(f->t) + j;
            f->col_mean[at] = l->sampled[row].mean;
            f->col_sd[at] = l->sampled[row].sd;
        }
        rc = item_code(f, v[j].id, &f->col_item[at], err);
        uint32_t item = f->col_item[at];
        if (!rc && f->n == CF_FRAME_ROWS)
            rc = cf_topn_frame_flush(f, err);
        if (!rc && why > 0)
            rc = put_reasons(f, who, item,
                             l->reason + (i * cf_topn_length(f->t) + j) * why,
                             err);
    }
    return rc;
}
