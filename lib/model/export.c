/* export.c - the formats, and a side of a model as vectors. */
#include "model/export_impl.h"

const char *const cf_export_names[] = {
    "npy", "fvecs", "safetensors", "word2vec", "pgvector", "csv", NULL};

bool cf_export_binary(enum cf_export format)
{
    return format < CF_EXPORT_WORD2VEC;
}

struct cf_vectors cf_vectors_of(const struct cf_model *m, bool users, bool fold)
{
    return (struct cf_vectors){.side = users ? &m->user : &m->item,
                               .what = users ? "user" : "item",
                               .k = m->k,
                               .dims = m->k + fold,
                               .bias = !users};
}

float cf_vectors_last(const struct cf_vectors *v, uint64_t row)
{
    return v->bias ? v->side->bias[row] : 1;
}

int cf_export(const struct cf_model *m, const struct cf_export_opts *o,
              struct cf_out *out, struct cf_err *err)
{
    struct cf_vectors v = cf_vectors_of(m, o->users, o->fold);

    switch (o->format) {
    case CF_EXPORT_NPY:
        return cf_export_npy(&v, out, err);
    case CF_EXPORT_FVECS:
        return cf_export_fvecs(&v, out, err);
    case CF_EXPORT_SAFETENSORS:
        return cf_export_safetensors(m, o, out, err);
    default:
        return cf_export_text(&v, o->format, out, err);
    }
}
