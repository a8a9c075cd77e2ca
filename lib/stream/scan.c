/* scan.c - a walk over the bytes of a msgpack value before anything is made
 * of it. */
#include "stream/pack.h"

/* What a first byte says of its value. */
struct shape {
    unsigned head;   /* bytes of length or number after the first */
    uint64_t fixed;  /* bytes or values, if the first byte tells */
    bool bytes;      /* the length counts bytes that follow */
    unsigned values; /* the length counts values: 1 array, 2 map */
    bool bad;
};

static struct shape shape_of(unsigned char c)
{
    if (c <= 0x7f || c >= 0xe0 || c == 0xc0 || c == 0xc2 || c == 0xc3)
        return (struct shape){0};
    if (c <= 0x8f)
        return (struct shape){.fixed = c & 15U, .values = 2};
    if (c <= 0x9f)
        return (struct shape){.fixed = c & 15U, .values = 1};
    if (c <= 0xbf)
        return (struct shape){.fixed = c & 31U, .bytes = true};
    switch (c) {
    case 0xc4:
    case 0xd9:
        return (struct shape){.head = 1, .bytes = true};
    case 0xc5:
    case 0xda:
        return (struct shape){.head = 2, .bytes = true};
    case 0xc6:
    case 0xdb:
        return (struct shape){.head = 4, .bytes = true};
    case 0xcb:
    case 0xcf:
    case 0xd3:
        return (struct shape){.head = 8};
    case 0xcc:
    case 0xd0:
        return (struct shape){.head = 1};
    case 0xcd:
    case 0xd1:
        return (struct shape){.head = 2};
    case 0xce:
    case 0xd2:
        return (struct shape){.head = 4};
    case 0xdc:
        return (struct shape){.head = 2, .values = 1};
    case 0xdd:
        return (struct shape){.head = 4, .values = 1};
    case 0xde:
        return (struct shape){.head = 2, .values = 2};
    case 0xdf:
        return (struct shape){.head = 4, .values = 2};
    default: /* c1, the extensions, float 32 */
        return (struct shape){.bad = true};
    }
}

static uint64_t big_endian(const unsigned char *p, unsigned n)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

/* Is the number after first byte c in its shortest form, and not a NaN? */
static bool shortest(unsigned char c, uint64_t v)
{
    switch (c) {
    case 0xc5:
    case 0xcd:
    case 0xda:
        return v > UINT8_MAX;
    case 0xc6:
    case 0xce:
    case 0xdb:
    case 0xdd:
    case 0xdf:
        return v > UINT16_MAX;
    case 0xcc:
        return v > 0x7f;
    case 0xcf:
        return v > UINT32_MAX;
    case 0xd9:
        return v > 31;
    case 0xdc:
    case 0xde:
        return v > 15;
    case 0xd0:
        return (int8_t)v < -32;
    case 0xd1:
        return (int16_t)v < INT8_MIN;
    case 0xd2:
        return (int32_t)v < INT16_MIN;
    case 0xd3:
        return (int64_t)v < INT32_MIN;
    case 0xcb:
        return (v << 1) <= (UINT64_C(0x7ff) << 53);
    default:
        return true;
    }
}

static enum cf_scanned bad(const char **why, const char *what)
{
    *why = what;
    return CF_SCAN_BAD;
}

/* Bytes that must still come at least: one for each value that is due. */
static uint64_t due(const struct cf_scan *s)
{
    uint64_t sum = 0;
    for (unsigned i = 1; i <= s->depth; i++)
        sum += s->left[i];
    return sum;
}

static enum cf_scanned step_in(struct cf_scan *s, uint64_t values,
                               const char **why)
{
    if (s->depth == CF_DEPTH_MAX)
        return bad(why, "nested too deep");
    s->left[++s->depth] = values;
    return CF_SCAN_MORE;
}

enum cf_scanned cf_scan(struct cf_scan *s, const char *p, size_t n, size_t max,
                        size_t *need, const char **why)
{
    const unsigned char *b = (const unsigned char *)p;

    if (!s->started) {
        s->started = true;
        s->left[0] = 1;
    }
    for (;;) {
        while (s->depth > 0 && s->left[s->depth] == 0)
            s->depth--;
        if (s->depth == 0 && s->left[0] == 0)
            break;
        *need = s->pos + 1;
        if (s->pos >= n)
            return CF_SCAN_MORE;
        unsigned char c = b[s->pos];
        struct shape h = shape_of(c);
        if (h.bad)
            return bad(why, "a byte that msgpack or cf does not use");
        *need = s->pos + 1 + h.head;
        if (*need > n)
            return *need > max ? bad(why, "too large") : CF_SCAN_MORE;
        uint64_t v = h.head ? big_endian(b + s->pos + 1, h.head) : h.fixed;
        if (h.head && !shortest(c, v))
            return bad(why, "a number that is NaN or not in shortest form");
        s->left[s->depth]--;
        s->pos = *need;
        if (h.bytes)
            s->pos += v;
        if (h.values && step_in(s, v * h.values, why) == CF_SCAN_BAD)
            return CF_SCAN_BAD;
        if (s->pos > max || due(s) > max - s->pos ||
            (s->max_values && ++s->values > s->max_values))
            return bad(why, "too large");
    }
    *need = s->pos;
    return s->pos <= n ? CF_SCAN_DONE : CF_SCAN_MORE;
}
