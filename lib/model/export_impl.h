/* export_impl.h - what the formats share: the vectors of a side, some at a
 * time. */
#ifndef CF_MODEL_EXPORT_IMPL_H
#define CF_MODEL_EXPORT_IMPL_H

#include "data/store.h"
#include "model/export.h"
#include "stream/map.h"

struct cf_vectors {
    struct cf_map *map; /* borrowed */
    const char *what;   /* "user" */
    uint32_t part;      /* of the factors */
    uint64_t n;         /* vectors */
    uint32_t k;         /* factors */
    uint32_t dims;      /* k, or with one more k + 1 */
    bool one;           /* it is 1, not the bias */
    float *bias;        /* (n) */
    uint32_t *count;    /* (n) training rows */
    uint64_t least;     /* those with fewer are left out of text, */
    uint64_t kept;      /* others not */
    uint64_t untrained; /* of those kept */
    const char *id_name;
    struct cf_store ids; /* column 0; nothing unless asked for */
    /* The vectors at hand. */
    float *factors; /* (rows, k) */
    uint64_t first, rows;
    size_t cap; /* numbers that factors has room for */
};

/* ids: those are needed. v starts zeroed but for map, what, one and least, and
 * is to be closed after an error, too. */
int cf_vectors_open(struct cf_vectors *v, bool ids, bool fold,
                    struct cf_err *err);
/* Takes block number i of cf_map_blocks(v->map, v->part) to hand. */
int cf_vectors_take(struct cf_vectors *v, uint32_t i, struct cf_err *err);
/* The dimension after the factors of vector number i, of all. */
float cf_vectors_last(const struct cf_vectors *v, uint64_t i);
void cf_vectors_close(struct cf_vectors *v);

/* Something in the model is not as it must be. */
int cf_vectors_unsound(const struct cf_map *map, const char *what,
                       struct cf_err *err);

/* One file for binary formats, one for text. v are open; of safetensors, users
 * and items, either or both (else .n is 0 and .map NULL). */
int cf_export_npy(struct cf_vectors *v, struct cf_out *out, struct cf_err *err);
int cf_export_fvecs(struct cf_vectors *v, struct cf_out *out,
                    struct cf_err *err);
int cf_export_safetensors(struct cf_vectors v[2], const struct cf_map *map,
                          struct cf_out *out, struct cf_err *err);
int cf_export_text(struct cf_vectors *v, const struct cf_export_opts *o,
                   struct cf_out *out, struct cf_err *err);

#endif
