/* export.c - the formats, and what they are made of. */
#include "model/export_impl.h"
#include "model/file_impl.h"

const char *const cf_export_names[] = {
    "npy", "fvecs", "safetensors", "word2vec", "pgvector", "csv", NULL};

bool cf_export_binary(enum cf_export format)
{
    return format < CF_EXPORT_WORD2VEC;
}

static int write_format(struct cf_vectors v[2], const struct cf_map *map,
                        const struct cf_export_opts *o, struct cf_out *out,
                        struct cf_err *err)
{
    struct cf_vectors *one = o->users ? &v[0] : &v[1];

    switch (o->format) {
    case CF_EXPORT_NPY:
        return cf_export_npy(one, out, err);
    case CF_EXPORT_FVECS:
        return cf_export_fvecs(one, out, err);
    case CF_EXPORT_SAFETENSORS:
        return cf_export_safetensors(v, map, out, err);
    default:
        return cf_export_text(one, o, out, err);
    }
}

/* Only of a sum of products and biases. */
static int check_fold(const struct cf_map *map, struct cf_err *err)
{
    const struct cf_schema *s = cf_map_schema(map);

    if (!cf_schema_fact(s, "layers", CF_FACT_INT) &&
        cf_schema_find_part(s, "star") < 0 &&
        cf_schema_find_part(s, CF_ITEM_WEIGHTS) < 0)
        return 0;
    return cf_fail(err, CF_EDATA,
                   "%s: predictions of this model are no products of vectors, "
                   "so there is no bias to fold in",
                   cf_map_name(map));
}

static int export_map(struct cf_map *map, const struct cf_export_opts *o,
                      struct cf_vectors v[2], struct cf_out *out,
                      struct cf_err *err)
{
    const bool wanted[] = {o->users, o->items};
    bool ids = !cf_export_binary(o->format);
    int rc = o->fold ? check_fold(map, err) : 0;

    for (size_t i = 0; !rc && i < 2; i++) {
        v[i].what = i == 0 ? "user" : "item";
        v[i].one = i == 0;
        v[i].map = wanted[i] ? map : NULL;
        v[i].least = ids ? o->least : 0;
        if (wanted[i])
            rc = cf_vectors_open(&v[i], ids, o->fold, err);
    }
    return rc ? rc : write_format(v, map, o, out, err);
}

static struct cf_export_count counted(const struct cf_vectors *v)
{
    return (struct cf_export_count){v->kept, v->untrained, v->n - v->kept};
}

int cf_export(struct cf_in *in, const struct cf_export_opts *o,
              struct cf_out *out, struct cf_export_report *r,
              struct cf_err *err)
{
    struct cf_vectors v[2] = {{.n = 0}, {.n = 0}};
    struct cf_map *map;

    int rc = cf_map_open(&map, in, err);
    if (!rc)
        rc = export_map(map, o, v, out, err);
    r->users = counted(&v[0]);
    r->items = counted(&v[1]);
    for (size_t i = 0; i < 2; i++)
        cf_vectors_close(&v[i]);
    cf_map_close(map);
    return rc;
}
