/* textcol.c - builds the chunk of a CF_STR column. */
#include "data/textcol.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "data/digits.h"

static bool add_text(struct cf_textcol *c, size_t row, struct cf_str s)
{
    if (s.n > UINT32_MAX - c->text.n)
        return false;
    cf_buf_str(&c->text, s);
    c->v[row] = (uint32_t)c->text.n;
    return !c->text.failed;
}

/* The rows so far as text: a value came that is no such number. */
static bool to_text(struct cf_textcol *c)
{
    char digits[CF_NUM_MAX];

    c->exact = false;
    for (size_t i = 0; i < c->rows; i++) {
        size_t n = cf_format_exact(c->v[i], c->scale, digits);
        if (!add_text(c, i, (struct cf_str){digits, n}))
            return false;
    }
    return true;
}

/* Does the value go on as an exact number? The first row sets the scale. */
static bool add_exact(struct cf_textcol *c, struct cf_str s)
{
    uint32_t v;
    unsigned scale;

    if (!cf_parse_exact(s, &v, &scale) || (c->rows && scale != c->scale))
        return false;
    c->exact = true;
    c->scale = scale;
    c->v[c->rows] = v;
    return true;
}

bool cf_textcol_add(struct cf_textcol *c, struct cf_str s)
{
    if (c->rows == c->cap &&
        !cf_grow(&c->v, &c->cap, c->rows + 1, sizeof *c->v))
        return false;
    if ((c->exact || c->rows == 0) && add_exact(c, s)) {
        c->rows++;
        return true;
    }
    if (c->exact && !to_text(c))
        return false;
    return add_text(c, c->rows++, s);
}

/* Does the field go on with the exact numbers? It is one of a run. */
static inline bool next_exact(const struct cf_textcol *c, struct cf_str s,
                              uint32_t *v)
{
    unsigned scale;

    if (c->scale ? cf_decimals(s.p, s.n, c->scale, v) : cf_digits(s.p, s.n, v))
        return true;
    return cf_parse_exact(s, v, &scale) && scale == c->scale;
}

/* Adds rows for as long as they are exact numbers; returns where it ended. */
static size_t add_exact_run(struct cf_textcol *c, const struct cf_csv_run *run,
                            size_t col, size_t from, size_t to)
{
    size_t r = from;

    if (c->rows == 0 && add_exact(c, cf_csv_run_field(run, r, col))) {
        c->rows++;
        r++;
    }
    if (!c->exact)
        return r;
    uint32_t *v = c->v + c->rows;
    for (; r < to && next_exact(c, cf_csv_run_field(run, r, col), v); r++)
        v++;
    c->rows = (size_t)(v - c->v);
    return r;
}

bool cf_textcol_add_run(struct cf_textcol *c, const struct cf_csv_run *run,
                        size_t col, size_t from, size_t n)
{
    size_t to = from + n, r = from;

    if (!cf_grow(&c->v, &c->cap, c->rows + n, sizeof *c->v))
        return false;
    if (n && (c->exact || c->rows == 0))
        r = add_exact_run(c, run, col, from, to);
    if (r < to && c->exact && !to_text(c))
        return false;
    for (; r < to; r++)
        if (!add_text(c, c->rows++, cf_csv_run_field(run, r, col)))
            return false;
    return true;
}

size_t cf_textcol_size(const struct cf_textcol *c)
{
    return c->rows * sizeof *c->v + c->text.n;
}

void cf_textcol_chunk(const struct cf_textcol *c, struct cf_chunk *out)
{
    memset(out, 0, sizeof *out);
    out->layout = c->exact ? CF_EXACT : CF_TEXT;
    out->data = (const char *)c->v;
    out->size = c->rows * sizeof *c->v;
    out->scale = c->exact ? c->scale : 0;
    if (!c->exact) {
        out->text = c->text.p;
        out->text_size = c->text.n;
    }
}

void cf_textcol_clear(struct cf_textcol *c)
{
    c->exact = false;
    c->scale = 0;
    c->rows = 0;
    c->text.n = 0;
}

void cf_textcol_free(struct cf_textcol *c)
{
    free(c->v);
    cf_buf_free(&c->text);
    memset(c, 0, sizeof *c);
}
