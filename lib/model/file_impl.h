/* file_impl.h - what writing and reading a model must agree on. */
#ifndef CF_MODEL_FILE_IMPL_H
#define CF_MODEL_FILE_IMPL_H

#include "model/file.h"

/* The parts of a side. */
struct cf_side_names {
    const char *dict, *factors, *bias, *count, *cold;
};
extern const struct cf_side_names cf_user_names, cf_item_names;

/* The parts of a layer. */
struct cf_layer_names {
    char weight[24], bias[24];
};
/* Of number i from 0; the factors are before the first. */
struct cf_layer_names cf_layer_names(uint32_t i);

#endif
