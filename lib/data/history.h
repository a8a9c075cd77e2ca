/* history.h - the history of a stream as the shell commands that made it. */
#ifndef CF_DATA_HISTORY_H
#define CF_DATA_HISTORY_H

#include "base/buf.h"
#include "stream/schema.h"

/* Appends a line for each program, oldest first, "|" at the end of all but the
 * last, with version, seed and time as comments: text for a shell. */
void cf_history_print(const struct cf_schema *s, struct cf_buf *out);

#endif
