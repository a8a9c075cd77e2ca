/* header_read.c - the header map of a stream as a schema. */
#include <stdlib.h>
#include <string.h>

#include "stream/frame.h"

/* Lack of memory stays what it is. */
static int wrong(struct cf_err *err, const char *what)
{
    if (err->code == CF_EMEM)
        return CF_EMEM;
    return cf_fail(err, CF_ESTREAM, "not a sound header: %s", what);
}

/* The same, for what went wrong with a name. */
static int unsound(struct cf_err *err)
{
    if (err->code == CF_EMEM)
        return CF_EMEM;
    err->code = CF_ESTREAM;
    return cf_wrap(err, "not a sound header");
}

/* A text without NUL as a C string in a small buffer of the caller's. */
enum { NAME_MAX_BYTES = CF_TEXT_MAX + 1 };

static bool get_name(const cf_node *v, char out[NAME_MAX_BYTES])
{
    struct cf_str s;

    if (!cf_node_str(v, &s) || s.n >= NAME_MAX_BYTES || memchr(s.p, 0, s.n) ||
        !cf_str_utf8(s))
        return false;
    memcpy(out, s.p, s.n);
    out[s.n] = 0;
    return true;
}

static bool unique_keys(const cf_node *map)
{
    struct cf_str a, b;
    uint32_t n;

    if (!cf_node_map(map, &n) || n > CF_COLUMNS_MAX)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        if (!cf_node_str(cf_node_key(map, i), &a))
            return false;
        for (uint32_t j = 0; j < i; j++)
            if (cf_node_str(cf_node_key(map, j), &b) && cf_str_eq(a, b))
                return false;
    }
    return true;
}

/* Columns of one part stand together; a new name begins a new part. */
static int parse_part(struct cf_schema *s, const cf_node *v, struct cf_err *err)
{
    char name[NAME_MAX_BYTES];

    if (!get_name(cf_node_get(v, "part"), name))
        return wrong(err, "a column without a part");
    if (s->nparts > 0 && !strcmp(s->part[s->nparts - 1].name, name))
        return 0;
    if (cf_schema_part(s, name, CF_ROWS_UNKNOWN, err))
        return unsound(err);
    return 0;
}

static bool parse_width(const cf_node *v, struct cf_column *c)
{
    uint64_t width = 1;

    if (v && (!cf_node_uint(v, &width) || width < 1 || width > CF_FRAME_MAX))
        return false;
    c->width = (uint32_t)width;
    return width == 1 || cf_type_size(c->type) > 0;
}

static bool parse_role(const cf_node *v, struct cf_column *c)
{
    struct cf_str text;

    if (!cf_node_str(v, &text))
        return false;
    c->role = cf_role_find(text);
    if (c->role == CF_ROLES) /* of a later version: no matter */
        c->role = CF_NO_ROLE;
    return true;
}

/* All but the dictionary, whose part may come later. */
static int parse_column(struct cf_schema *s, const cf_node *v,
                        struct cf_err *err)
{
    struct cf_column c = {.dict = -1};
    char name[NAME_MAX_BYTES], on[NAME_MAX_BYTES];
    struct cf_str text;
    const cf_node *w;

    if (!unique_keys(v))
        return wrong(err, "a column that is not a map");
    int rc = parse_part(s, v, err);
    if (rc)
        return rc;
    if (!get_name(cf_node_get(v, "name"), name) ||
        !cf_node_str(cf_node_get(v, "type"), &text))
        return wrong(err, "a column without name and type");
    c.name = name;
    c.type = cf_type_find(text);
    if (c.type == CF_TYPES)
        return wrong(err, "a type of column that this version does not know");
    if (!parse_width(cf_node_get(v, "width"), &c))
        return wrong(err, "a bad width");
    if ((w = cf_node_get(v, "role")) && !parse_role(w, &c))
        return wrong(err, "a bad role");
    if ((w = cf_node_get(v, "none")) && !cf_node_bool(w, &c.none))
        return wrong(err, "a bad 'none'");
    if ((w = cf_node_get(v, "on")) && !get_name(w, on))
        return wrong(err, "a bad 'on'");
    c.on = w ? on : NULL;
    if (cf_schema_column(s, &c, err))
        return unsound(err);
    return 0;
}

static int parse_dict(struct cf_schema *s, size_t i, const cf_node *v,
                      struct cf_err *err)
{
    struct cf_column *c = &s->column[i];
    char name[NAME_MAX_BYTES];
    const cf_node *d = cf_node_get(v, "dict");

    if (!d)
        return 0;
    if (!get_name(d, name))
        return wrong(err, "a bad name of a dictionary");
    c->dict = cf_schema_find_part(s, name);
    if (c->dict < 0 || (uint32_t)c->dict == c->part)
        return wrong(err, "a column with a dictionary that is not there");
    if ((c->type != CF_U8 && c->type != CF_U32) || c->width != 1)
        return wrong(err, "codes that are not u8 or u32");
    return 0;
}

/* Rows of a dictionary are kept, and those of runs cost no bytes, so it has
 * none. */
static int check_runs(const struct cf_schema *s, struct cf_err *err)
{
    for (size_t i = 0; i < s->ncolumns; i++) {
        const struct cf_part *dict =
            s->column[i].dict < 0 ? NULL : &s->part[s->column[i].dict];
        for (uint32_t k = 0; dict && k < dict->ncol; k++)
            if (s->column[dict->col + k].type == CF_RUN)
                return wrong(err, "a dictionary with a column of runs");
    }
    return 0;
}

static int parse_columns(struct cf_schema *s, const cf_node *v,
                         struct cf_err *err)
{
    uint32_t n;
    int rc = 0;

    if (!cf_node_array(v, &n) || n == 0 || n > CF_COLUMNS_MAX)
        return wrong(err, "no columns, or too many");
    for (uint32_t i = 0; !rc && i < n; i++)
        rc = parse_column(s, cf_node_at(v, i), err);
    for (uint32_t i = 0; !rc && i < n; i++)
        rc = parse_dict(s, i, cf_node_at(v, i), err);
    return rc ? rc : check_runs(s, err);
}

static int parse_rows(struct cf_schema *s, const cf_node *v, struct cf_err *err)
{
    char name[NAME_MAX_BYTES];
    uint64_t rows;
    uint32_t n;

    if (!v)
        return 0;
    if (!unique_keys(v) || !cf_node_map(v, &n))
        return wrong(err, "'rows' is not a map");
    for (uint32_t i = 0; i < n; i++) {
        int part = get_name(cf_node_key(v, i), name)
                       ? cf_schema_find_part(s, name)
                       : -1;
        if (part < 0 || !cf_node_uint(cf_node_value(v, i), &rows) ||
            rows == CF_ROWS_UNKNOWN)
            return wrong(err, "bad numbers of rows");
        s->part[part].rows = rows;
    }
    return 0;
}

static int parse_fact(struct cf_schema *s, const char *name, const cf_node *v,
                      struct cf_err *err)
{
    char text[NAME_MAX_BYTES];
    int64_t i;
    double r;

    if (cf_node_int(v, &i))
        return cf_schema_int(s, name, i, err);
    if (cf_node_real(v, &r))
        return cf_schema_real(s, name, r, err);
    if (get_name(v, text))
        return cf_schema_text(s, name, text, err);
    return cf_fail(err, CF_ESTREAM, "a bad fact");
}

static int parse_facts(struct cf_schema *s, const cf_node *v,
                       struct cf_err *err)
{
    char name[NAME_MAX_BYTES];
    uint32_t n;

    if (!v)
        return 0;
    if (!unique_keys(v) || !cf_node_map(v, &n))
        return wrong(err, "'facts' is not a map");
    for (uint32_t i = 0; i < n; i++)
        if (!get_name(cf_node_key(v, i), name) ||
            parse_fact(s, name, cf_node_value(v, i), err))
            return wrong(err, "a bad fact");
    return 0;
}

/* An argument: text, or bytes that are not UTF-8. */
static int parse_arg(struct cf_strs *args, const cf_node *v, struct cf_err *err)
{
    struct cf_str s;

    if ((!cf_node_str(v, &s) && !cf_node_bin(v, &s)) || memchr(s.p, 0, s.n))
        return wrong(err, "a bad argument in the history");
    char *copy = strndup(s.p, s.n);
    bool ok = copy && cf_strs_add(args, copy);
    free(copy);
    return ok ? 0 : cf_nomem(err, "history");
}

static int parse_step(struct cf_schema *s, const cf_node *v, struct cf_err *err)
{
    char program[NAME_MAX_BYTES], version[NAME_MAX_BYTES];
    struct cf_step t = {.program = program, .version = version};
    const cf_node *args = cf_node_get(v, "args");
    uint32_t n;
    int rc = 0;

    if (!unique_keys(v) || !get_name(cf_node_get(v, "program"), program) ||
        !get_name(cf_node_get(v, "version"), version) ||
        !cf_node_array(args, &n))
        return wrong(err, "a history step without program, version, args");
    t.has_seed = cf_node_get(v, "seed") != NULL;
    t.has_time = cf_node_get(v, "time") != NULL;
    if ((t.has_seed && !cf_node_uint(cf_node_get(v, "seed"), &t.seed)) ||
        (t.has_time && !cf_node_int(cf_node_get(v, "time"), &t.time)))
        return wrong(err, "a bad seed or time in the history");
    for (uint32_t i = 0; !rc && i < n; i++)
        rc = parse_arg(&t.args, cf_node_at(args, i), err);
    if (!rc)
        rc = cf_schema_step(s, &t, err);
    cf_strs_free(&t.args);
    return rc;
}

static int parse_history(struct cf_schema *s, const cf_node *v,
                         struct cf_err *err)
{
    uint32_t n;
    int rc = 0;

    if (!v)
        return 0;
    if (!cf_node_array(v, &n))
        return wrong(err, "'history' is not an array");
    for (uint32_t i = 0; !rc && i < n; i++)
        rc = parse_step(s, cf_node_at(v, i), err);
    return rc;
}

static int parse_map(const cf_node *root, struct cf_schema *s,
                     struct cf_err *err)
{
    struct cf_str kind;
    uint64_t version;

    if (!unique_keys(root) || !cf_node_uint(cf_node_get(root, "cf"), &version))
        return cf_fail(err, CF_ESTREAM, "not a cf stream");
    if (version != CF_FORMAT)
        return cf_fail(err, CF_ESTREAM,
                       "format version %llu, this program reads %d",
                       (unsigned long long)version, CF_FORMAT);
    if (!cf_node_str(cf_node_get(root, "kind"), &kind))
        return wrong(err, "no kind");
    s->kind = cf_kind_find(kind);
    if (s->kind == CF_KINDS)
        return wrong(err, "a kind of stream that this version does not know");
    int rc = parse_columns(s, cf_node_get(root, "columns"), err);
    if (!rc)
        rc = parse_rows(s, cf_node_get(root, "rows"), err);
    if (!rc)
        rc = parse_facts(s, cf_node_get(root, "facts"), err);
    if (!rc)
        rc = parse_history(s, cf_node_get(root, "history"), err);
    return rc;
}

int cf_header_parse(const char *p, size_t n, struct cf_schema *s,
                    struct cf_err *err)
{
    struct cf_tree *t;

    cf_schema_init(s, CF_TABLE);
    err->code = CF_OK;
    int rc = cf_tree_parse(&t, p, n, err);
    if (rc)
        return rc;
    rc = parse_map(cf_tree_root(t), s, err);
    cf_tree_free(t);
    if (rc)
        cf_schema_free(s);
    return rc;
}
