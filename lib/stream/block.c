/* block.c - reading the values of a block. */
#include "stream/block.h"

#include <string.h>

#include "base/num.h"
#include "stream/schema.h"

float cf_load_f32(const char *p)
{
    uint32_t bits = cf_load_u32(p);
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

double cf_load_f64(const char *p)
{
    uint64_t bits = cf_load_u64(p);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

struct cf_str cf_chunk_str(const struct cf_chunk *c, uint32_t rows,
                           uint32_t row, char *scratch)
{
    if (c->layout == CF_TEXT) {
        uint32_t from = row ? cf_load_u32(c->data + 4 * (size_t)(row - 1)) : 0;
        uint32_t to = cf_load_u32(c->data + 4 * (size_t)row);
        return (struct cf_str){c->text + from, to - from};
    }
    uint64_t v = c->size == 4 * (size_t)rows
                     ? cf_load_u32(c->data + 4 * (size_t)row)
                     : cf_load_u64(c->data + 8 * (size_t)row);
    return (struct cf_str){scratch, cf_format_exact(v, c->scale, scratch)};
}

/* The last run that starts at or before row. */
static size_t find_run(const struct cf_chunk *c, uint32_t row)
{
    size_t lo = 0, hi = c->size / 4;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (cf_load_u32(c->data + 4 * mid) <= row)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

uint64_t cf_chunk_run(const struct cf_chunk *c, uint32_t row)
{
    size_t run = find_run(c, row);
    return cf_load_u64(c->text + 8 * run) +
           (row - cf_load_u32(c->data + 4 * run));
}

uint32_t cf_chunk_code(const struct cf_chunk *c, uint32_t rows, uint32_t row)
{
    if (c->size == 4 * (size_t)rows)
        return cf_load_u32(c->data + 4 * (size_t)row);
    unsigned char v = (unsigned char)c->data[row];
    return v == UINT8_MAX ? CF_NONE : v;
}
