/* export.h - the vectors of a model in formats of other programs. */
#ifndef CF_MODEL_EXPORT_H
#define CF_MODEL_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/io.h"
#include "base/par.h"

enum cf_export {
    CF_EXPORT_NPY,   /* numpy.load: float32 (rows, dimensions) */
    CF_EXPORT_FVECS, /* each row its dimension as an int32, its float32s */
    CF_EXPORT_SAFETENSORS, /* factors and biases, of one side or both */
    CF_EXPORT_WORD2VEC,    /* text: rows and dimensions, then id and values */
    CF_EXPORT_PGVECTOR,    /* text of COPY: id, tab, [value,value,...] */
    CF_EXPORT_CSV          /* id, bias, f0, f1, ... */
};

/* The names of the formats, in that order, and a NULL. */
extern const char *const cf_export_names[];
/* Is it no text, nothing for a terminal? */
bool cf_export_binary(enum cf_export format);

struct cf_export_opts {
    enum cf_export format;
    bool users, items; /* which side; CF_EXPORT_SAFETENSORS takes both */
    bool fold;         /* a dimension more: 1 for users, for items the bias, so
                          that the product of two vectors has the item's bias
                          in it */
    uint64_t least; /* of text: those with fewer training rows are left out */
    struct cf_pool *pool; /* for text */
};

/* What was exported of a side. */
struct cf_export_count {
    uint64_t rows, untrained; /* of them those without a training row */
    uint64_t left_out;        /* no rows, they had too few */
};
struct cf_export_report {
    struct cf_export_count users, items;
};

/* Reads of a model what is needed, some vectors at a time, and writes rows in
 * its order. Numbers as text read back as the same float32. CF_EDATA for an id
 * that the format cannot hold, and for a bias to fold in where predictions are
 * no products of vectors. The caller commits. */
int cf_export(struct cf_in *in, const struct cf_export_opts *o,
              struct cf_out *out, struct cf_export_report *r,
              struct cf_err *err);

#endif
