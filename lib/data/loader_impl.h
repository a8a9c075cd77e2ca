/* loader_impl.h - what the two halves of the loader share. */
#ifndef CF_DATA_LOADER_IMPL_H
#define CF_DATA_LOADER_IMPL_H

#include "data/loader.h"

/* Counts l->deals and l->sated. */
int cf_loader_count(struct cf_loader *l, struct cf_err *err);
/* The rows of a part, with negatives, into l->sorter: training rows by their
 * keys of the epoch, others by their numbers. */
int cf_loader_collect(struct cf_loader *l, enum cf_part_of part, uint32_t epoch,
                      struct cf_err *err);

#endif
