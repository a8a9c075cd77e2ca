/* export_impl.h - what the formats share: a side as vectors. */
#ifndef CF_MODEL_EXPORT_IMPL_H
#define CF_MODEL_EXPORT_IMPL_H

#include "model/export.h"

struct cf_vectors {
    const struct cf_side *side;
    const char *what; /* "user" */
    uint32_t k;       /* factors */
    uint32_t dims;    /* k, or with one more k + 1 */
    bool bias;        /* it is the bias, not 1 */
};

struct cf_vectors cf_vectors_of(const struct cf_model *m, bool users,
                                bool fold);
/* The dimension after the factors. */
float cf_vectors_last(const struct cf_vectors *v, uint64_t row);

/* One file for binary formats, one for text. */
int cf_export_npy(const struct cf_vectors *v, struct cf_out *out,
                  struct cf_err *err);
int cf_export_fvecs(const struct cf_vectors *v, struct cf_out *out,
                    struct cf_err *err);
int cf_export_safetensors(const struct cf_model *m,
                          const struct cf_export_opts *o, struct cf_out *out,
                          struct cf_err *err);
int cf_export_text(const struct cf_vectors *v, enum cf_export format,
                   struct cf_out *out, struct cf_err *err);

#endif
