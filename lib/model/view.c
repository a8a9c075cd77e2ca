/* view.c - the rows of a side of a model: which columns, which order. */
#include "model/view_impl.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/cosine.h"

/* ---- columns ---- */

static int add_number(struct cf_side_view *v, enum cf_type type,
                      const void *data, size_t stride, struct cf_err *err)
{
    if (!cf_grow(&v->number, &v->cap, v->nnumbers + 1, sizeof *v->number))
        return cf_nomem(err, "columns");
    v->number[v->nnumbers++] = (struct cf_view_number){
        .type = type, .data = data, .stride = stride * CF_VIEW_VALUE};
    return 0;
}

static int add_named(struct cf_side_view *v, const char *name,
                     enum cf_type type, const void *data, struct cf_err *err)
{
    int rc = add_number(v, type, data, 1, err);
    if (!rc)
        memcpy(v->number[v->nnumbers - 1].name, name, strlen(name) + 1);
    return rc;
}

/* The columns of a matrix of n columns: letters and a number from `from` on. */
static int add_matrix(struct cf_side_view *v, const char *letters, size_t from,
                      const float *data, size_t n, struct cf_err *err)
{
    int rc = 0;

    for (size_t i = 0; !rc && i < n; i++) {
        rc = add_number(v, CF_F32, data + i, n, err);
        if (!rc)
            snprintf(v->number[v->nnumbers - 1].name, CF_VIEW_NAME, "%s%zu",
                     letters, from + i);
    }
    return rc;
}

static int add_cosine(struct cf_side_view *v, const struct cf_view_opts *o,
                      struct cf_err *err)
{
    v->cosine = cf_alloc(v->side->n, sizeof *v->cosine);
    if (!v->cosine)
        return cf_nomem(err, "cosines");
    int rc = cf_cosines(v->side, v->k, *o->near, o->vec, v->cosine, err);
    return rc ? rc : add_named(v, "cosine", CF_F32, v->cosine, err);
}

static int add_numbers(struct cf_side_view *v, const struct cf_view_opts *o,
                       struct cf_err *err)
{
    const struct cf_pca_opts pca = {o->pca, v->least, v->what};
    int rc = add_named(v, "count", CF_U32, v->side->count, err);

    if (!rc)
        rc = add_named(v, "bias", CF_F32, v->side->bias, err);
    if (!rc && o->near)
        rc = add_cosine(v, o, err);
    if (!rc && o->pca)
        rc = cf_pca(&v->pca, v->side, v->k, &pca, err);
    if (!rc && o->pca)
        rc = add_matrix(v, "pc", 1, v->pca.score, v->pca.n, err);
    if (!rc && o->factors)
        rc = add_matrix(v, "f", 0, v->side->factors, v->k, err);
    return rc;
}

/* The name of a column of numbers; after as many "model_" as it takes to be no
 * attribute's. */
static int name_number(struct cf_side_view *v, const struct cf_view_number *x,
                       struct cf_err *err)
{
    struct cf_buf name = {0};

    cf_buf_puts(&name, x->name);
    cf_buf_putc(&name, '\0');
    while (!name.failed && cf_schema_find_column(&v->schema, 0, name.p) >= 0) {
        struct cf_buf longer = {0};
        cf_buf_puts(&longer, "model_");
        cf_buf_str(&longer, cf_buf_view(&name));
        cf_buf_free(&name);
        name = longer;
    }
    struct cf_column c = {
        .name = name.p, .type = x->type, .width = 1, .dict = -1};
    int rc = name.failed ? cf_nomem(err, "view")
                         : cf_schema_column(&v->schema, &c, err);
    cf_buf_free(&name);
    return rc;
}

static int make_schema(struct cf_side_view *v, struct cf_err *err)
{
    const struct cf_schema *dict = &v->side->dict_schema;

    cf_schema_init(&v->schema, CF_MODEL);
    if (dict->ncolumns + v->nnumbers > CF_COLUMNS_MAX)
        return cf_fail(err, CF_EMEM,
                       "%zu columns are too many to show; %d are the most",
                       dict->ncolumns + v->nnumbers, CF_COLUMNS_MAX);
    int rc =
        cf_schema_copy_part(&v->schema, "rows", CF_ROWS_UNKNOWN, dict, 0, err);
    for (size_t i = 0; !rc && i < v->nnumbers; i++)
        rc = name_number(v, &v->number[i], err);
    return rc;
}

/* ---- which rows, in which order ---- */

struct key {
    double value;
    uint32_t row;
};

static int by_value(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static double value_of(const struct cf_view_number *x, uint64_t row)
{
    const char *p = x->data + row * x->stride;
    uint32_t count;
    float real;

    memcpy(&count, p, CF_VIEW_VALUE);
    memcpy(&real, p, CF_VIEW_VALUE);
    return x->type == CF_U32 ? count : (double)real;
}

/* Does name end in a number after these letters? */
static bool is_numbered(const char *name, const char *letters)
{
    size_t n = strlen(letters);
    return strncmp(name, letters, n) == 0 && name[n] >= '0' && name[n] <= '9';
}

/* The option that adds a column of that name. */
static const char *adds(const struct cf_view_opts *o, const char *name)
{
    if (!o->pca && is_numbered(name, "pc"))
        return "; --pca N adds pc1 ...";
    if (!o->factors && is_numbered(name, "f"))
        return "; --factors adds f0 ...";
    return !o->near && strcmp(name, "cosine") == 0 ? "; --near ID adds cosine"
                                                   : "";
}

static int no_column(const struct cf_side_view *v, const struct cf_view_opts *o,
                     const char *name, struct cf_err *err)
{
    struct cf_buf all = {0};

    for (size_t i = 0; i < v->nnumbers; i++)
        cf_buf_printf(&all, "%s%s", i ? ", " : "", v->number[i].name);
    cf_buf_putc(&all, '\0');
    int rc = all.failed
                 ? cf_nomem(err, "names of columns")
                 : cf_fail(err, CF_EUSAGE,
                           "no column '%s' of numbers to sort by, only %s%s",
                           name, all.p, adds(o, name));
    cf_buf_free(&all);
    return rc;
}

/* The column that decides the order: *out is NULL if none does. */
static int find_sort(const struct cf_side_view *v, const struct cf_view_opts *o,
                     const struct cf_view_number **out, struct cf_err *err)
{
    const char *name = o->sort ? o->sort : o->near ? "cosine" : NULL;

    *out = NULL;
    for (size_t i = 0; name && i < v->nnumbers; i++)
        if (!strcmp(v->number[i].name, name))
            *out = &v->number[i];
    return name && !*out ? no_column(v, o, name, err) : 0;
}

static bool is_unknown(const struct cf_side_view *v, uint64_t row)
{
    return v->side->count[row] < v->least ||
           (v->cosine && isnan(v->cosine[row]));
}

/* Marks the rows that are asked for. */
static bool *choose_rows(const struct cf_side_view *v,
                         const struct cf_view_opts *o)
{
    bool *wanted = cf_alloc(v->side->n, sizeof *wanted);

    if (!wanted)
        return NULL;
    memset(wanted, !o->only, v->side->n);
    for (size_t i = 0; o->only && i < o->nonly; i++)
        wanted[o->only[i]] = true;
    if (o->near)
        wanted[*o->near] = false;
    return wanted;
}

static void order_rows(struct cf_side_view *v, const struct cf_view_opts *o,
                       const struct cf_view_number *sort, const bool *wanted,
                       struct key *key)
{
    bool known = sort || o->pca > 0 || o->least > 0;
    bool down = o->reverse != (o->near && !o->sort);
    uint64_t n = 0;

    for (uint32_t i = 0; i < v->side->n; i++) {
        if (!wanted[i])
            continue;
        if (known && is_unknown(v, i)) {
            v->unknown++;
            continue;
        }
        double x = sort ? value_of(sort, i) : 0;
        key[n++] = (struct key){down ? -x : x, i};
    }
    if (sort)
        qsort(key, n, sizeof *key, by_value);
    v->rows = n < o->head ? n : o->head;
    for (uint64_t i = 0; i < v->rows; i++)
        v->row[i] = key[i].row;
}

static int find_rows(struct cf_side_view *v, const struct cf_view_opts *o,
                     struct cf_err *err)
{
    const struct cf_view_number *sort;
    int rc = find_sort(v, o, &sort, err);

    if (rc)
        return rc;
    struct key *key = cf_alloc(v->side->n, sizeof *key);
    bool *wanted = choose_rows(v, o);
    v->row = cf_alloc(v->side->n, sizeof *v->row);
    if (key && wanted && v->row)
        order_rows(v, o, sort, wanted, key);
    else
        rc = cf_nomem(err, "rows");
    free(key);
    free(wanted);
    return rc;
}

/* ---- opening and closing ---- */

int cf_view_open(struct cf_side_view **out, const struct cf_model *m,
                 const struct cf_view_opts *o, struct cf_err *err)
{
    struct cf_side_view *v = cf_zalloc(1, sizeof *v);

    *out = v;
    if (!v)
        return cf_nomem(err, "view");
    v->side = o->users ? &m->user : &m->item;
    v->k = m->k;
    v->what = o->users ? "user" : "item";
    v->least = o->least ? o->least : 1;
    int rc = add_numbers(v, o, err);
    if (!rc)
        rc = make_schema(v, err);
    return rc ? rc : find_rows(v, o, err);
}

const struct cf_pca *cf_view_pca(const struct cf_side_view *v)
{
    return &v->pca;
}

uint64_t cf_view_unknown(const struct cf_side_view *v)
{
    return v->unknown;
}

void cf_view_close(struct cf_side_view *v)
{
    if (!v)
        return;
    free(v->cosine);
    cf_pca_free(&v->pca);
    free(v->number);
    cf_schema_free(&v->schema);
    free(v->row);
    free(v);
}
