/* file_impl.h - what writing and reading a model must agree on. */
#ifndef CF_MODEL_FILE_IMPL_H
#define CF_MODEL_FILE_IMPL_H

#include "model/file.h"
#include "stream/map.h"

/* The parts of a side. */
struct cf_side_names {
    const char *dict, *factors, *bias, *count, *cold;
    const char *noise, *sample_bias, *cold_sample_bias; /* with samples */
};
extern const struct cf_side_names cf_user_names, cf_item_names;

/* The parts of a layer. */
struct cf_layer_names {
    char weight[24], bias[24];
};
/* Of number i from 0; the factors are before the first. */
struct cf_layer_names cf_layer_names(uint32_t i);

/* ---- reading: file_parts.c ---- */

/* A model's stream; what is wrong with it is CF_ESTREAM in err. */
struct cf_model_in {
    struct cf_map *map;
    const struct cf_schema *s;
    struct cf_err *err;
};
/* "not a sound model: what". */
int cf_model_unsound(const struct cf_model_in *in, const char *what);
/* Copies column col of a part to out, which has room for all rows. */
int cf_model_column(const struct cf_model_in *in, uint32_t part, uint32_t col,
                    void *out);

/* A part that must be there, with a first column of that name, type and width.
 */
struct cf_want {
    const char *part, *column;
    enum cf_type type;
    uint32_t width;
    uint64_t rows; /* CF_ROWS_UNKNOWN: any */
};
/* Its number, or -1 with an error. */
int cf_want_find(const struct cf_model_in *in, const struct cf_want *w);
/* Copies it to out, which has room for it. */
int cf_want_read(const struct cf_model_in *in, const struct cf_want *w,
                 void *out);
/* The same of numbers, which must be finite. */
int cf_want_reals(const struct cf_model_in *in, const struct cf_want *w,
                  float *out);
/* What there is of samples, if the model has some. */
int cf_model_read_samples(const struct cf_model_in *in, struct cf_model *m);

#endif
