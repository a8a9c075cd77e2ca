/* same.h - do two streams have the same columns, and if not, what differs? */
#ifndef CF_DATA_SAME_H
#define CF_DATA_SAME_H

#include "stream/reader.h"

/* CF_EDATA if r is not of the kind and the columns of schema a, which came
 * from the stream called first. */
int cf_same_columns(const struct cf_schema *a, const char *first,
                    const struct cf_reader *r, struct cf_err *err);

#endif
