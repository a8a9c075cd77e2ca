/* show_view.c - the columns of a part as they are seen: codes give way to what
 * they stand for. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/show_impl.h"

static const struct cf_column *columns(const struct cf_view *v, uint32_t part)
{
    return &v->schema->column[v->schema->part[part].col];
}

/* Column col of the part itself, or with dict >= 0 column dcol of that. */
static int show_column(struct cf_view *v, struct cf_field at,
                       struct cf_err *err)
{
    if (!cf_grow(&v->col, &v->cap, v->n + 1, sizeof *v->col))
        return cf_nomem(err, "columns to show");
    struct cf_shown *c = &v->col[v->n];
    c->at = at;
    c->column = at.dict < 0 ? columns(v, v->part) + at.col
                            : columns(v, (uint32_t)at.dict) + at.dcol;
    c->own = at.dict < 0;
    c->label = false;
    c->name = strdup(c->column->name);
    if (!c->name)
        return cf_nomem(err, "columns to show");
    v->n++;
    return 0;
}

/* ---- codes ---- */

static int show_field(struct cf_view *v, uint32_t col, uint32_t dcol,
                      struct cf_err *err)
{
    struct cf_field at = {col, columns(v, v->part)[col].dict, dcol};
    return show_column(v, at, err);
}

/* The field of its dictionary that names a code: the one with the same role,
 * else the first. */
static uint32_t id_field(const struct cf_view *v, const struct cf_column *c)
{
    uint32_t part = (uint32_t)c->dict;
    int i = c->role == CF_NO_ROLE
                ? -1
                : cf_schema_find_role(v->schema, part, c->role);
    return i < 0 ? 0 : (uint32_t)i - v->schema->part[part].col;
}

/* The id goes by the name of the column that has the code. */
static int show_id(struct cf_view *v, uint32_t col, struct cf_err *err)
{
    const struct cf_column *c = columns(v, v->part) + col;
    int rc = show_field(v, col, id_field(v, c), err);

    if (rc)
        return rc;
    struct cf_shown *id = &v->col[v->n - 1];
    free(id->name);
    id->own = true;
    id->name = strdup(c->name);
    return id->name ? 0 : cf_nomem(err, "columns to show");
}

static int show_label(struct cf_view *v, uint32_t col, struct cf_err *err)
{
    const struct cf_column *c = columns(v, v->part) + col;
    uint32_t part = (uint32_t)c->dict;
    int label = cf_schema_find_role(v->schema, part, CF_LABEL);

    if (label < 0 || (c->role != CF_USER && c->role != CF_ITEM))
        return 0;
    uint32_t dcol = (uint32_t)label - v->schema->part[part].col;
    if (dcol == id_field(v, c))
        return 0;
    int rc = show_field(v, col, dcol, err);
    if (!rc) {
        v->col[v->n - 1].label = v->col[v->n - 1].column->type == CF_STR;
        v->col[v->n - 1].id_dcol = id_field(v, c);
    }
    return rc;
}

/* All fields of a code's dictionary, or all but the id. */
static int show_fields(struct cf_view *v, uint32_t col, bool id,
                       struct cf_err *err)
{
    const struct cf_column *c = columns(v, v->part) + col;
    uint32_t n = v->schema->part[c->dict].ncol;
    int rc = 0;

    for (uint32_t i = 0; !rc && i < n; i++)
        if (id || i != id_field(v, c))
            rc = show_field(v, col, i, err);
    return rc;
}

/* ---- rows ---- */

/* The part's own columns; codes as ids, if they are to be seen here. */
static int show_own(struct cf_view *v, bool ids, bool labels,
                    struct cf_err *err)
{
    const struct cf_column *c = columns(v, v->part);
    int rc = 0;

    for (uint32_t i = 0; !rc && i < v->schema->part[v->part].ncol; i++) {
        if (c[i].role == CF_LINE)
            continue;
        if (c[i].dict < 0)
            rc = show_column(v, (struct cf_field){.col = i, .dict = -1}, err);
        else if (ids)
            rc = show_id(v, i, err);
        if (!rc && c[i].dict >= 0 && labels)
            rc = show_label(v, i, err);
    }
    return rc;
}

static int show_dicts(struct cf_view *v, bool ids, struct cf_err *err)
{
    const struct cf_column *c = columns(v, v->part);
    int rc = 0;

    for (uint32_t i = 0; !rc && i < v->schema->part[v->part].ncol; i++)
        if (c[i].dict >= 0)
            rc = show_fields(v, i, ids, err);
    return rc;
}

/* ---- names ---- */

static bool name_is_taken(const struct cf_view *v, size_t i)
{
    for (size_t k = 0; k < v->n; k++)
        if (k != i && !strcmp(v->col[k].name, v->col[i].name))
            return true;
    return false;
}

static int prefix_name(struct cf_shown *c, const char *prefix,
                       struct cf_err *err)
{
    struct cf_buf b = {0};

    cf_buf_printf(&b, "%s.%s", prefix, c->column->name);
    cf_buf_putc(&b, 0);
    if (b.failed) {
        cf_buf_free(&b);
        return cf_nomem(err, "columns to show");
    }
    free(c->name);
    c->name = b.p;
    return 0;
}

/* Fields whose name is taken get a prefix: their dictionary, or, if two
 * columns point into the same, the column. */
static int prefix_names(struct cf_view *v, bool by_column, struct cf_err *err)
{
    bool *taken = cf_zalloc(v->n, sizeof *taken);
    int rc = 0;

    if (!taken)
        return cf_nomem(err, "columns to show");
    for (size_t i = 0; i < v->n; i++)
        taken[i] = name_is_taken(v, i);
    for (size_t i = 0; !rc && i < v->n; i++) {
        struct cf_shown *c = &v->col[i];
        if (taken[i] && !c->own)
            rc = prefix_name(c,
                             by_column ? columns(v, v->part)[c->at.col].name
                                       : v->schema->part[c->at.dict].name,
                             err);
    }
    free(taken);
    return rc;
}

int cf_view_init(struct cf_view *v, const struct cf_schema *s, uint32_t part,
                 bool people, struct cf_err *err)
{
    bool join = s->kind == CF_TABLE;

    *v = (struct cf_view){.schema = s, .part = part};
    int rc = show_own(v, !join, !join && people, err);
    if (!rc && (join || !people))
        rc = show_dicts(v, join, err);
    if (!rc)
        rc = prefix_names(v, false, err);
    return rc ? rc : prefix_names(v, true, err);
}

void cf_view_free(struct cf_view *v)
{
    for (size_t i = 0; i < v->n; i++)
        free(v->col[i].name);
    free(v->col);
    memset(v, 0, sizeof *v);
}
