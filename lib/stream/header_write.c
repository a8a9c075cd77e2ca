/* header_write.c - a schema as the header map of a stream. */
#include "base/sum.h"
#include "stream/frame.h"

static void put_key(struct cf_buf *b, const char *key)
{
    cf_pack_str(b, cf_cstr(key));
}

static void put_text(struct cf_buf *b, const char *key, const char *value)
{
    put_key(b, key);
    cf_pack_str(b, cf_cstr(value));
}

static void pack_column(const struct cf_schema *s, const struct cf_column *c,
                        struct cf_buf *b)
{
    uint32_t keys = 3U + (c->width != 1) + (c->role != CF_NO_ROLE) +
                    (c->dict >= 0) + c->none + (c->on != NULL);
    cf_pack_map(b, keys);
    put_text(b, "part", s->part[c->part].name);
    put_text(b, "name", c->name);
    put_text(b, "type", cf_type_name(c->type));
    if (c->width != 1) {
        put_key(b, "width");
        cf_pack_uint(b, c->width);
    }
    if (c->role != CF_NO_ROLE)
        put_text(b, "role", cf_role_name(c->role));
    if (c->dict >= 0)
        put_text(b, "dict", s->part[c->dict].name);
    if (c->none) {
        put_key(b, "none");
        cf_pack_bool(b, true);
    }
    if (c->on)
        put_text(b, "on", c->on);
}

static void pack_rows(const struct cf_schema *s, struct cf_buf *b)
{
    uint32_t known = 0;

    for (size_t i = 0; i < s->nparts; i++)
        known += s->part[i].rows != CF_ROWS_UNKNOWN;
    put_key(b, "rows");
    cf_pack_map(b, known);
    for (size_t i = 0; i < s->nparts; i++)
        if (s->part[i].rows != CF_ROWS_UNKNOWN) {
            put_key(b, s->part[i].name);
            cf_pack_uint(b, s->part[i].rows);
        }
}

static void pack_facts(const struct cf_schema *s, struct cf_buf *b)
{
    put_key(b, "facts");
    cf_pack_map(b, (uint32_t)s->nfacts);
    for (size_t i = 0; i < s->nfacts; i++) {
        const struct cf_fact *f = &s->fact[i];
        put_key(b, f->name);
        if (f->type == CF_FACT_INT)
            cf_pack_int(b, f->i);
        else if (f->type == CF_FACT_REAL)
            cf_pack_real(b, f->r);
        else
            cf_pack_str(b, cf_cstr(f->text));
    }
}

/* History holds command lines, which may hold any bytes: what is not UTF-8 is
 * written as a bin. */
static void pack_arg(struct cf_buf *b, const char *arg)
{
    struct cf_str s = cf_cstr(arg);

    if (cf_str_utf8(s)) {
        cf_pack_str(b, s);
        return;
    }
    cf_pack_bin_head(b, (uint32_t)s.n);
    cf_buf_str(b, s);
}

static void pack_step(const struct cf_step *t, struct cf_buf *b)
{
    cf_pack_map(b, 3U + t->has_seed + t->has_time);
    put_text(b, "program", t->program);
    put_text(b, "version", t->version);
    put_key(b, "args");
    cf_pack_array(b, (uint32_t)t->args.n);
    for (size_t i = 0; i < t->args.n; i++)
        pack_arg(b, t->args.v[i]);
    if (t->has_seed) {
        put_key(b, "seed");
        cf_pack_uint(b, t->seed);
    }
    if (t->has_time) {
        put_key(b, "time");
        cf_pack_int(b, t->time);
    }
}

int cf_header_pack(const struct cf_schema *s, struct cf_buf *b, uint64_t *sum,
                   struct cf_err *err)
{
    size_t from = b->n;
    unsigned char digest[8];

    cf_pack_map(b, 6);
    put_key(b, "cf");
    cf_pack_uint(b, CF_FORMAT);
    put_text(b, "kind", cf_kind_name(s->kind));
    put_key(b, "columns");
    cf_pack_array(b, (uint32_t)s->ncolumns);
    for (size_t i = 0; i < s->ncolumns; i++)
        pack_column(s, &s->column[i], b);
    pack_rows(s, b);
    pack_facts(s, b);
    put_key(b, "history");
    cf_pack_array(b, (uint32_t)s->nsteps);
    for (size_t i = 0; i < s->nsteps; i++)
        pack_step(&s->step[i], b);
    if (b->failed)
        return cf_nomem(err, "header");
    if (b->n - from > CF_HEADER_MAX)
        return cf_fail(err, CF_EMEM,
                       "the header (columns, facts, history) would take %zu "
                       "bytes, the limit is %d",
                       b->n - from, CF_HEADER_MAX);
    *sum = cf_sum(b->p + from, b->n - from, 0);
    cf_sum_put(*sum, digest);
    cf_pack_bin_head(b, sizeof digest);
    cf_buf_add(b, digest, sizeof digest);
    return b->failed ? cf_nomem(err, "header") : 0;
}
