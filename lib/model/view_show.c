/* view_show.c - the rows of a side of a model, some at a time. */
#include "model/view_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { STEP = 1024 /* rows at a time */ };

/* Some rows: the dictionary's columns are copied to some, the numbers to
 * gathered, and all borrows both. */
struct step {
    struct cf_store some, all;
    char *gathered; /* (nnumbers, STEP) */
};

static int step_open(struct step *s, const struct cf_side_view *v,
                     struct cf_err *err)
{
    size_t ndict = v->side->dict.ncol, ncol = ndict + v->nnumbers;
    int rc = cf_store_init(&s->some, &v->side->dict_schema, 0, err);

    if (rc)
        return rc;
    s->gathered = cf_alloc(v->nnumbers * STEP, CF_VIEW_VALUE);
    s->all = (struct cf_store){.col = cf_alloc(ncol, sizeof *s->all.col),
                               .ncol = ncol};
    if (!s->gathered || !s->all.col)
        return cf_nomem(err, "rows");
    for (size_t i = 0; i < v->nnumbers; i++)
        s->all.col[ndict + i] = (struct cf_store_column){
            .type = v->number[i].type,
            .row_size = CF_VIEW_VALUE,
            .data = s->gathered + i * STEP * CF_VIEW_VALUE};
    return 0;
}

static void step_close(struct step *s)
{
    cf_store_free(&s->some);
    free(s->gathered);
    free(s->all.col);
}

static void gather(const struct cf_view_number *x, const uint32_t *row,
                   size_t n, char *out)
{
    for (size_t i = 0; i < n; i++)
        memcpy(out + i * CF_VIEW_VALUE, x->data + row[i] * x->stride,
               CF_VIEW_VALUE);
}

static int put_step(struct step *s, const struct cf_side_view *v,
                    const uint32_t *row, size_t n, struct cf_writer *w,
                    struct cf_err *err)
{
    const struct cf_store *dict = &v->side->dict;
    int rc = 0;

    cf_store_clear(&s->some);
    for (size_t i = 0; !rc && i < n; i++)
        rc = cf_store_copy(&s->some, dict, row[i], err);
    if (rc)
        return rc;
    memcpy(s->all.col, s->some.col, dict->ncol * sizeof *s->all.col);
    for (size_t i = 0; i < v->nnumbers; i++)
        gather(&v->number[i], row, n, s->all.col[dict->ncol + i].data);
    s->all.rows = n;
    return cf_store_write(&s->all, 0, n, w, 0, err);
}

static int put_rows(const struct cf_side_view *v, struct cf_writer *w,
                    struct cf_err *err)
{
    struct step s = {.gathered = NULL};
    int rc = step_open(&s, v, err);

    for (uint64_t i = 0; !rc && i < v->rows; i += STEP) {
        uint64_t n = v->rows - i < STEP ? v->rows - i : STEP;
        rc = put_step(&s, v, v->row + i, (size_t)n, w, err);
    }
    step_close(&s);
    return rc;
}

int cf_view_show(const struct cf_side_view *v, const struct cf_tap *tap,
                 struct cf_err *err)
{
    struct cf_writer *w;
    int rc = cf_writer_open(&w, &v->schema, NULL, tap, err);

    if (!rc)
        rc = put_rows(v, w, err);
    if (!rc)
        rc = cf_writer_finish(w, err);
    cf_writer_close(w);
    return rc;
}
