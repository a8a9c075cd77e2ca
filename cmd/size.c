/* size.c - an amount of memory as people write it. */
#include "size.h"

#include <string.h>

#include "base/num.h"

int cf_size_parse(struct cf_cli *c, const char *option, const char *text,
                  uint64_t least, uint64_t *out)
{
    static const char units[] = "kKmMgGtT";
    struct cf_str digits = cf_cstr(text);
    const char *unit =
        digits.n > 0 ? strchr(units, digits.p[digits.n - 1]) : NULL;
    unsigned shift = unit ? 10 * ((unsigned)(unit - units) / 2 + 1) : 0;
    uint64_t n;

    digits.n -= unit != NULL;
    if (cf_parse_u64(digits, &n))
        return cf_fail(&c->err, CF_EUSAGE,
                       "option --%s: '%s' is no size, such as 64M or 2G",
                       option, text);
    if (n > UINT64_MAX >> shift)
        return cf_fail(&c->err, CF_EUSAGE, "option --%s: %s is too large",
                       option, text);
    *out = n << shift;
    if (*out < least)
        return cf_fail(&c->err, CF_EUSAGE, "option --%s: %s is below %d MiB",
                       option, text, (int)(least >> 20));
    return 0;
}
