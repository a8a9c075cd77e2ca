/* csv_sniff.c - which separator a text has. */
#include <string.h>

#include "data/csv_impl.h"

enum { LOOK = 64 * 1024, ROWS = 10 };

/* Fields of the row at *at, which goes to its end. */
static size_t count_fields(const char *p, size_t n, size_t *at,
                           const char *delim)
{
    size_t gap = strlen(delim), fields = 1, i = *at;
    bool inside = false;

    while (i < n && (inside || !cf_csv_is_end(p[i]))) {
        inside ^= p[i] == '"';
        bool ends = !inside && n - i >= gap && memcmp(p + i, delim, gap) == 0;
        fields += ends;
        i += ends ? gap : 1;
    }
    *at = i;
    return fields;
}

/* Fields of the first row; *same if the rows after it have as many. A row that
 * may go on after the text counts only if it is the first. */
static size_t try_delim(const char *p, size_t n, bool all, const char *delim,
                        bool *same)
{
    size_t first = 0, at = 0;
    int rows = 0;

    *same = true;
    while (rows < ROWS && at < n) {
        if (cf_csv_is_end(p[at])) {
            at++;
            continue;
        }
        size_t fields = count_fields(p, n, &at, delim);
        if (rows > 0 && at == n && !all)
            break;
        first = rows++ ? first : fields;
        *same = *same && fields == first;
    }
    return first;
}

const char *cf_csv_sniff(const char *p, size_t n, bool all)
{
    static const char *const delim[] = {"::", ",", ";", "\t", "|"};
    const char *found = NULL;

    if (n > LOOK) {
        n = LOOK;
        all = false;
    }
    for (size_t i = 0; i < sizeof delim / sizeof *delim; i++) {
        bool same;
        if (try_delim(p, n, all, delim[i], &same) < 2)
            continue;
        if (same)
            return delim[i];
        found = found ? found : delim[i];
    }
    return found ? found : ",";
}
