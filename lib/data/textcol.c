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

/* Rows of a column that are added. */
struct rows {
    struct cf_csv_column col;
    size_t from, to;
};

static bool goes_on(const struct cf_textcol *c, struct cf_str s, uint32_t *v)
{
    unsigned scale;

    return cf_parse_exact(s, v, &scale) && scale == c->scale;
}

/* Whole numbers, for as long as rows are; returns where it ended. */
static size_t add_whole(struct cf_textcol *c, const struct rows *rows)
{
    const struct cf_csv_column col = rows->col;
    uint32_t *v = c->v + c->rows;
    size_t r = rows->from;

    for (; r < rows->to; r++, v++) {
        struct cf_str s = cf_csv_column_field(&col, r);
        if (!cf_digits(s.p, s.n, v) && !goes_on(c, s, v))
            break;
    }
    return r;
}

/* The same for numbers with decimals. */
static size_t add_decimals(struct cf_textcol *c, const struct rows *rows)
{
    const struct cf_csv_column col = rows->col;
    const unsigned scale = c->scale;
    uint32_t *v = c->v + c->rows;
    size_t r = rows->from;

    for (; r < rows->to; r++, v++) {
        struct cf_str s = cf_csv_column_field(&col, r);
        if (!cf_decimals(s.p, s.n, scale, v) && !goes_on(c, s, v))
            break;
    }
    return r;
}

/* Goes past the rows that are exact numbers. */
static void add_exact_rows(struct cf_textcol *c, struct rows *rows)
{
    struct cf_str first = cf_csv_column_field(&rows->col, rows->from);

    if (c->rows == 0 && add_exact(c, first)) {
        c->rows++;
        rows->from++;
    }
    if (!c->exact)
        return;
    size_t end = c->scale ? add_decimals(c, rows) : add_whole(c, rows);
    c->rows += end - rows->from;
    rows->from = end;
}

bool cf_textcol_add_run(struct cf_textcol *c, const struct cf_csv_run *run,
                        size_t col, size_t from, size_t n)
{
    struct rows rows = {cf_csv_run_column(run, col), from, from + n};

    if (!cf_grow(&c->v, &c->cap, c->rows + n, sizeof *c->v))
        return false;
    if (n && (c->exact || c->rows == 0))
        add_exact_rows(c, &rows);
    if (rows.from < rows.to && c->exact && !to_text(c))
        return false;
    for (; rows.from < rows.to; rows.from++) {
        struct cf_str s = cf_csv_column_field(&rows.col, rows.from);
        if (!add_text(c, c->rows++, s))
            return false;
    }
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
