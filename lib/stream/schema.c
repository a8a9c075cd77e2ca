/* schema.c - building and looking at a schema. */
#include "stream/schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const kind_names[CF_KINDS] = {
    "table", "ratings", "batches",    "model",  "scores",
    "topn",  "curve",   "checkpoint", "metrics"};
static const char *const type_names[CF_TYPES] = {"u8",  "u32", "u64", "i64",
                                                 "f32", "f64", "str", "run"};
static const size_t type_sizes[CF_TYPES] = {1, 4, 8, 8, 4, 8, 0, 0};
static const char *const role_names[CF_ROLES] = {
    "",     "user",  "item", "rating", "time", "label",
    "line", "score", "rank", "known",  "split"};

static int find_name(const char *const *names, int n, struct cf_str name)
{
    for (int i = 0; i < n; i++)
        if (cf_str_eq(cf_cstr(names[i]), name))
            return i;
    return n;
}

const char *cf_kind_name(enum cf_kind kind)
{
    return kind_names[kind];
}

const char *cf_type_name(enum cf_type type)
{
    return type_names[type];
}

const char *cf_role_name(enum cf_role role)
{
    return role_names[role];
}

enum cf_kind cf_kind_find(struct cf_str name)
{
    return (enum cf_kind)find_name(kind_names, CF_KINDS, name);
}

enum cf_type cf_type_find(struct cf_str name)
{
    return (enum cf_type)find_name(type_names, CF_TYPES, name);
}

enum cf_role cf_role_find(struct cf_str name)
{
    return (enum cf_role)find_name(role_names, CF_ROLES, name);
}

size_t cf_type_size(enum cf_type type)
{
    return type_sizes[type];
}

void cf_schema_init(struct cf_schema *s, enum cf_kind kind)
{
    memset(s, 0, sizeof *s);
    s->kind = kind;
}

/* One more zeroed element at the end of an array of n. */
static void *more(void *array, size_t n, size_t size, struct cf_err *err)
{
    size_t bytes;
    char *p = NULL;

    if (cf_mul(n + 1, size, &bytes))
        p = realloc(array, bytes);
    if (!p)
        cf_nomem(err, "schema");
    else
        memset(p + n * size, 0, size);
    return p;
}

static int copy_string(char **out, const char *s, struct cf_err *err)
{
    *out = strdup(s);
    return *out ? 0 : cf_nomem(err, "schema");
}

static int check_name(const char *name, struct cf_err *err)
{
    if (!*name)
        return cf_fail(err, CF_EDATA, "an empty name");
    if (strlen(name) > CF_TEXT_MAX)
        return cf_fail(err, CF_EDATA, "name '%.40s...' is longer than %d bytes",
                       name, CF_TEXT_MAX);
    if (!cf_str_utf8(cf_cstr(name)))
        return cf_fail(err, CF_EDATA, "name '%s' is not UTF-8", name);
    return 0;
}

int cf_schema_part(struct cf_schema *s, const char *name, uint64_t rows,
                   struct cf_err *err)
{
    int rc = check_name(name, err);
    if (rc)
        return rc;
    if (!strcmp(name, "toc") || !strcmp(name, "end") ||
        cf_schema_find_part(s, name) >= 0)
        return cf_fail(err, CF_EDATA, "part name '%s' is taken", name);
    struct cf_part *p = more(s->part, s->nparts, sizeof *p, err);
    if (!p)
        return CF_EMEM;
    s->part = p;
    p += s->nparts;
    p->rows = rows;
    p->col = (uint32_t)s->ncolumns;
    rc = copy_string(&p->name, name, err);
    if (!rc)
        s->nparts++;
    return rc;
}

static int check_column(const struct cf_schema *s, const struct cf_column *c,
                        struct cf_err *err)
{
    int rc = check_name(c->name, err);
    if (rc)
        return rc;
    if (s->nparts == 0 || s->ncolumns >= CF_COLUMNS_MAX)
        return cf_fail(err, CF_EMEM, "more than %d columns", CF_COLUMNS_MAX);
    if (cf_schema_find_column(s, (uint32_t)s->nparts - 1, c->name) >= 0)
        return cf_fail(err, CF_EDATA, "column '%s' appears twice", c->name);
    return 0;
}

int cf_schema_column(struct cf_schema *s, const struct cf_column *c,
                     struct cf_err *err)
{
    int rc = check_column(s, c, err);
    if (rc)
        return rc;
    struct cf_column *col = more(s->column, s->ncolumns, sizeof *col, err);
    if (!col)
        return CF_EMEM;
    s->column = col;
    col += s->ncolumns;
    *col = *c;
    col->part = (uint32_t)s->nparts - 1;
    col->on = NULL;
    rc = copy_string(&col->name, c->name, err);
    if (!rc && c->on && (rc = copy_string(&col->on, c->on, err)) != 0)
        free(col->name);
    if (!rc) {
        s->ncolumns++;
        s->part[s->nparts - 1].ncol++;
    }
    return rc;
}

int cf_schema_plain(struct cf_schema *s, const char *name, enum cf_type type,
                    struct cf_err *err)
{
    /* The name is copied. */
    const struct cf_column c = {
        .name = (char *)(uintptr_t)name, .type = type, .width = 1, .dict = -1};
    return cf_schema_column(s, &c, err);
}

int cf_schema_copy_part(struct cf_schema *s, const char *name, uint64_t rows,
                        const struct cf_schema *from, uint32_t part,
                        struct cf_err *err)
{
    const struct cf_part *p = &from->part[part];
    int rc = cf_schema_part(s, name, rows, err);

    for (uint32_t i = p->col; !rc && i < p->col + p->ncol; i++)
        rc = cf_schema_column(s, &from->column[i], err);
    return rc;
}

static int add_fact(struct cf_schema *s, const char *name,
                    const struct cf_fact *f, struct cf_err *err)
{
    int rc = check_name(name, err);
    if (!rc && f->text && *f->text)
        rc = check_name(f->text, err);
    if (rc)
        return rc;
    struct cf_fact *v = more(s->fact, s->nfacts, sizeof *v, err);
    if (!v)
        return CF_EMEM;
    s->fact = v;
    v += s->nfacts;
    *v = *f;
    v->text = NULL;
    rc = copy_string(&v->name, name, err);
    if (!rc && f->text && (rc = copy_string(&v->text, f->text, err)) != 0)
        free(v->name);
    if (!rc)
        s->nfacts++;
    return rc;
}

int cf_schema_int(struct cf_schema *s, const char *name, int64_t v,
                  struct cf_err *err)
{
    return add_fact(s, name, &(struct cf_fact){.type = CF_FACT_INT, .i = v},
                    err);
}

int cf_schema_real(struct cf_schema *s, const char *name, double v,
                   struct cf_err *err)
{
    return add_fact(s, name, &(struct cf_fact){.type = CF_FACT_REAL, .r = v},
                    err);
}

int cf_schema_text(struct cf_schema *s, const char *name, const char *v,
                   struct cf_err *err)
{
    /* add_fact copies it. */
    struct cf_fact f = {.type = CF_FACT_TEXT, .text = (char *)(uintptr_t)v};
    return add_fact(s, name, &f, err);
}

int cf_schema_copy_fact(struct cf_schema *s, const struct cf_fact *f,
                        struct cf_err *err)
{
    return add_fact(s, f->name, f, err);
}

static void free_step(struct cf_step *t)
{
    free(t->program);
    free(t->version);
    cf_strs_free(&t->args);
}

int cf_schema_step(struct cf_schema *s, const struct cf_step *step,
                   struct cf_err *err)
{
    struct cf_step *v = more(s->step, s->nsteps, sizeof *v, err);
    if (!v)
        return CF_EMEM;
    s->step = v;
    v += s->nsteps;
    *v = *step;
    v->program = v->version = NULL;
    memset(&v->args, 0, sizeof v->args);
    int rc = copy_string(&v->program, step->program, err);
    if (!rc)
        rc = copy_string(&v->version, step->version, err);
    for (size_t i = 0; !rc && i < step->args.n; i++)
        if (!cf_strs_add(&v->args, step->args.v[i]))
            rc = cf_nomem(err, "history");
    if (rc)
        free_step(v);
    else
        s->nsteps++;
    return rc;
}

int cf_schema_history(struct cf_schema *s, const struct cf_schema *from,
                      struct cf_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < from->nsteps; i++)
        rc = cf_schema_step(s, &from->step[i], err);
    return rc;
}

void cf_schema_free(struct cf_schema *s)
{
    for (size_t i = 0; i < s->nparts; i++)
        free(s->part[i].name);
    for (size_t i = 0; i < s->ncolumns; i++) {
        free(s->column[i].name);
        free(s->column[i].on);
    }
    for (size_t i = 0; i < s->nfacts; i++) {
        free(s->fact[i].name);
        free(s->fact[i].text);
    }
    for (size_t i = 0; i < s->nsteps; i++)
        free_step(&s->step[i]);
    free(s->part);
    free(s->column);
    free(s->fact);
    free(s->step);
    memset(s, 0, sizeof *s);
}

int cf_schema_find_part(const struct cf_schema *s, const char *name)
{
    for (size_t i = 0; i < s->nparts; i++)
        if (!strcmp(s->part[i].name, name))
            return (int)i;
    return -1;
}

int cf_schema_find_role(const struct cf_schema *s, uint32_t part,
                        enum cf_role role)
{
    const struct cf_part *p = &s->part[part];
    for (uint32_t i = p->col; i < p->col + p->ncol; i++)
        if (s->column[i].role == role)
            return (int)i;
    return -1;
}

int cf_schema_find_column(const struct cf_schema *s, uint32_t part,
                          const char *name)
{
    const struct cf_part *p = &s->part[part];
    for (uint32_t i = p->col; i < p->col + p->ncol; i++)
        if (!strcmp(s->column[i].name, name))
            return (int)i;
    return -1;
}

const struct cf_fact *cf_schema_fact(const struct cf_schema *s,
                                     const char *name, enum cf_fact_type type)
{
    for (size_t i = 0; i < s->nfacts; i++)
        if (s->fact[i].type == type && !strcmp(s->fact[i].name, name))
            return &s->fact[i];
    return NULL;
}
