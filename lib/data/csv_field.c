/* csv_field.c - writing a field of CSV text. */
#include <stdbool.h>

#include "data/csv.h"

static bool needs_quotes(struct cf_str s, char sep)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == sep || s.p[i] == '"' || s.p[i] == '\r' || s.p[i] == '\n')
            return true;
    return sep == '\0' && s.n == 0;
}

void cf_csv_field(struct cf_buf *out, struct cf_str s, char sep)
{
    if (!needs_quotes(s, sep)) {
        cf_buf_str(out, s);
        return;
    }
    cf_buf_putc(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            cf_buf_putc(out, '"');
        cf_buf_putc(out, s.p[i]);
    }
    cf_buf_putc(out, '"');
}
