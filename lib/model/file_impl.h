/* file_impl.h - what writing and reading a model must agree on. */
#ifndef CF_MODEL_FILE_IMPL_H
#define CF_MODEL_FILE_IMPL_H

#include "model/file.h"

/* The parts of a side. */
struct cf_side_names {
    const char *dict, *factors, *bias, *count;
};
extern const struct cf_side_names cf_user_names, cf_item_names;

#endif
