/* file_chain.c - what a model file has of the chain of its samples: for each
 * array a part with its name after "chain_", and facts. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/file_impl.h"

static const char prefix[] = "chain_";

static const char *part_name(const struct cf_chain_array *a,
                             char out[CF_CHAIN_NAME + sizeof prefix])
{
    snprintf(out, CF_CHAIN_NAME + sizeof prefix, "%s%s", prefix, a->name);
    return out;
}

int cf_model_chain_parts(const struct cf_model *m, struct cf_schema *s,
                         struct cf_err *err)
{
    const struct cf_chain *chain = &m->chain;
    struct cf_column c = {.name = "value", .width = 1, .dict = -1};
    char name[CF_CHAIN_NAME + sizeof prefix];
    int rc = 0;

    for (size_t i = 0; !rc && i < chain->n; i++) {
        const struct cf_chain_array *a = &chain->array[i];
        c.type = a->real ? CF_F64 : CF_F32;
        rc = cf_model_part(s, part_name(a, name), a->n, &c, err);
    }
    if (!rc)
        rc = cf_schema_int(s, "chain_samples", chain->samples, err);
    if (!rc)
        rc = cf_schema_int(s, "chain_rows", (int64_t)chain->rows, err);
    return rc ? rc : cf_schema_text(s, "chain_options", chain->options, err);
}

int cf_model_write_chain(const struct cf_model *m, const struct cf_schema *s,
                         struct cf_writer *w, struct cf_err *err)
{
    char name[CF_CHAIN_NAME + sizeof prefix];
    int rc = 0;

    for (size_t i = 0; !rc && i < m->chain.n; i++) {
        const struct cf_chain_array *a = &m->chain.array[i];
        const struct cf_model_array out = {
            part_name(a, name), a->real ? (void *)a->real : (void *)a->v, a->n,
            a->real ? sizeof *a->real : sizeof *a->v};
        rc = cf_model_write_array(&out, s, w, err);
    }
    return rc;
}

/* ---- reading ---- */

static bool all_finite(const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(v[i]))
            return false;
    return true;
}

static int read_array(const struct cf_parts *in, const char *part,
                      struct cf_chain *chain)
{
    int number = cf_schema_find_part(in->s, part);
    bool real = in->s->column[in->s->part[number].col].type == CF_F64;
    uint64_t n = cf_map_rows(in->map, (uint32_t)number);
    const struct cf_want w = {part, "value", real ? CF_F64 : CF_F32, 1, n};

    if (strlen(part) >= CF_CHAIN_NAME || cf_parts_find(in, &w) < 0)
        return cf_parts_unsound(in, part);
    struct cf_chain_array *a =
        cf_chain_add(chain, part + strlen(prefix), real, (size_t)n, in->err);
    if (!a)
        return CF_EMEM;
    if (!real)
        return cf_parts_reals(in, &w, NULL, a->v);
    int rc = cf_parts_array(in, &w, NULL, a->real);
    return rc || all_finite(a->real, a->n) ? rc : cf_parts_unsound(in, part);
}

int cf_model_read_chain(const struct cf_model_source *src, struct cf_model *m)
{
    const struct cf_parts *in = &src->parts;
    const struct cf_fact *samples = cf_schema_fact(in->s, "chain_samples",
                                                   CF_FACT_INT),
                         *rows =
                             cf_schema_fact(in->s, "chain_rows", CF_FACT_INT),
                         *options = cf_schema_fact(in->s, "chain_options",
                                                   CF_FACT_TEXT);
    int rc = 0;

    /* Whoever asks for some users has no use for it. */
    if (!samples || src->users)
        return 0;
    if (!rows || !options || samples->i < m->samples ||
        samples->i > (int64_t)m->nepochs)
        return cf_parts_unsound(in, "chain_samples");
    m->chain.samples = (uint32_t)samples->i;
    m->chain.rows = (uint64_t)rows->i;
    m->chain.options = strdup(options->text);
    if (!m->chain.options)
        return cf_nomem(in->err, "model");
    for (size_t p = 0; !rc && p < in->s->nparts; p++)
        if (!strncmp(in->s->part[p].name, prefix, strlen(prefix)))
            rc = read_array(in, in->s->part[p].name, &m->chain);
    return rc;
}
