/* file_samples.c - what a model file has of samples. */
#include <math.h>

#include "model/file_impl.h"

static uint64_t rows_of(const struct cf_parts *in, const char *dict)
{
    return cf_map_rows(in->map, (uint32_t)cf_schema_find_part(in->s, dict));
}

static struct cf_want biases(const struct cf_parts *in,
                             const struct cf_side_names *n, uint32_t samples)
{
    return (struct cf_want){n->sample_bias, "bias", CF_F32, samples,
                            rows_of(in, n->dict)};
}

static int read_side(const struct cf_parts *in, const struct cf_side_names *n,
                     const struct cf_pick *pick, uint32_t samples,
                     struct cf_side *side)
{
    struct cf_want w = {n->noise, "variance", CF_F32, 1, rows_of(in, n->dict)};

    int rc = cf_parts_reals(in, &w, pick, side->noise);
    w = biases(in, n, samples);
    if (!rc)
        rc = cf_parts_reals(in, &w, pick, side->sample_bias);
    w = (struct cf_want){n->cold_sample_bias, "bias", CF_F32, samples, 1};
    return rc ? rc : cf_parts_reals(in, &w, NULL, side->cold_sample_bias);
}

static int read_facts(const struct cf_parts *in, struct cf_model *m)
{
    static const char *const names[] = {"noise", "user_cold_noise",
                                        "item_cold_noise"};
    float *to[] = {&m->noise, &m->user.cold_noise, &m->item.cold_noise};

    for (size_t i = 0; i < 3; i++) {
        const struct cf_fact *f = cf_schema_fact(in->s, names[i], CF_FACT_REAL);
        if (!f || !(f->r >= 0) || !isfinite((float)f->r))
            return cf_parts_unsound(in, names[i]);
        *to[i] = (float)f->r;
    }
    return 0;
}

int cf_model_read_samples(const struct cf_model_source *src, struct cf_model *m)
{
    const struct cf_parts *in = &src->parts;
    const struct cf_fact *n = cf_schema_fact(in->s, "samples", CF_FACT_INT);

    if (!n)
        return 0;
    if (n->i < 1 || n->i > m->k || m->k % n->i != 0)
        return cf_parts_unsound(in, "samples");
    uint32_t samples = (uint32_t)n->i;
    /* The parts are looked at before memory is taken for them. */
    const struct cf_want u = biases(in, &cf_user_names, samples),
                         i = biases(in, &cf_item_names, samples);
    if (cf_parts_find(in, &u) < 0 || cf_parts_find(in, &i) < 0)
        return CF_ESTREAM;
    int rc = read_facts(in, m);
    if (!rc)
        rc = cf_model_add_samples(m, samples, in->err);
    if (!rc)
        rc = read_side(in, &cf_user_names, src->users, samples, &m->user);
    return rc ? rc : read_side(in, &cf_item_names, NULL, samples, &m->item);
}
