/* path.h - names of files. */
#ifndef CF_BASE_PATH_H
#define CF_BASE_PATH_H

#include <stdbool.h>

/* Do both paths name one file, which need not be there yet: "m" and "./m", or a
 * link to it? False if that cannot be found out, and for devices, where nothing
 * is lost. */
bool cf_path_same(const char *a, const char *b);

#endif
