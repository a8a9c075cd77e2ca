/* file_parts.c - parts of a model that a stream must have, and those of its
 * samples. */
#include "model/file_impl.h"

#include <math.h>
#include <string.h>

#include "math/vec.h"

int cf_model_unsound(const struct cf_model_in *in, const char *what)
{
    return cf_fail(in->err, CF_ESTREAM, "%s: not a sound model: %s",
                   cf_map_name(in->map), what);
}

static int not_finite(const struct cf_model_in *in, const char *what)
{
    return cf_fail(in->err, CF_ESTREAM, "%s: not a sound model: %s not finite",
                   cf_map_name(in->map), what);
}

int cf_want_find(const struct cf_model_in *in, const struct cf_want *w)
{
    int part = cf_schema_find_part(in->s, w->part);
    const struct cf_column *c =
        part < 0 ? NULL : &in->s->column[in->s->part[part].col];

    if (!c || strcmp(c->name, w->column) != 0 || c->type != w->type ||
        c->width != w->width ||
        (w->rows != CF_ROWS_UNKNOWN &&
         cf_map_rows(in->map, (uint32_t)part) != w->rows)) {
        cf_model_unsound(in, w->part);
        return -1;
    }
    return part;
}

int cf_model_column(const struct cf_model_in *in, uint32_t part, uint32_t col,
                    void *out)
{
    char *to = out;

    for (uint32_t i = 0; i < cf_map_blocks(in->map, part); i++) {
        const struct cf_block *b;
        int rc = cf_map_block(in->map, part, i, &b, in->err);
        if (rc)
            return rc;
        memcpy(to, b->chunk[col].data, b->chunk[col].size);
        to += b->chunk[col].size;
    }
    return 0;
}

int cf_want_read(const struct cf_model_in *in, const struct cf_want *w,
                 void *out)
{
    int part = cf_want_find(in, w);
    return part < 0 ? CF_ESTREAM : cf_model_column(in, (uint32_t)part, 0, out);
}

int cf_want_reals(const struct cf_model_in *in, const struct cf_want *w,
                  float *out)
{
    int rc = cf_want_read(in, w, out);

    if (!rc && !cf_vec_finite(out, w->rows * w->width))
        rc = not_finite(in, w->part);
    return rc;
}

/* ---- samples ---- */

static int read_side_samples(const struct cf_model_in *in,
                             const struct cf_side_names *n, uint32_t samples,
                             struct cf_side *side)
{
    struct cf_want w = {n->noise, "variance", CF_F32, 1, side->n};

    int rc = cf_want_reals(in, &w, side->noise);
    w = (struct cf_want){n->sample_bias, "bias", CF_F32, samples, side->n};
    if (!rc)
        rc = cf_want_reals(in, &w, side->sample_bias);
    w = (struct cf_want){n->cold_sample_bias, "bias", CF_F32, samples, 1};
    return rc ? rc : cf_want_reals(in, &w, side->cold_sample_bias);
}

int cf_model_read_samples(const struct cf_model_in *in, struct cf_model *m)
{
    const struct cf_fact *n = cf_schema_fact(in->s, "samples", CF_FACT_INT);
    static const char *const names[] = {"noise", "user_cold_noise",
                                        "item_cold_noise"};
    float *to[] = {&m->noise, &m->user.cold_noise, &m->item.cold_noise};

    if (!n)
        return 0;
    if (n->i < 1 || n->i > m->k || m->k % n->i != 0)
        return cf_model_unsound(in, "samples");
    for (size_t i = 0; i < 3; i++) {
        const struct cf_fact *f = cf_schema_fact(in->s, names[i], CF_FACT_REAL);
        if (!f || !(f->r >= 0) || !isfinite((float)f->r))
            return cf_model_unsound(in, names[i]);
        *to[i] = (float)f->r;
    }
    /* The parts are looked at before memory is taken for them. */
    struct cf_want w = {"user_sample_bias", "bias", CF_F32, (uint32_t)n->i,
                        m->user.n};
    if (cf_want_find(in, &w) < 0)
        return CF_ESTREAM;
    w.part = "item_sample_bias";
    w.rows = m->item.n;
    if (cf_want_find(in, &w) < 0)
        return CF_ESTREAM;
    int rc = cf_model_add_samples(m, (uint32_t)n->i, in->err);
    if (!rc)
        rc = read_side_samples(in, &cf_user_names, m->samples, &m->user);
    return rc ? rc
              : read_side_samples(in, &cf_item_names, m->samples, &m->item);
}
