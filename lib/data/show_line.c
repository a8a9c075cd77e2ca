/* show_line.c - a row as a line of csv, tsv or jsonl. */
#include <string.h>

#include "data/csv.h"
#include "data/show_impl.h"

/* ---- csv and tsv ---- */

/* A line in the making; alone: it will have but one field. */
struct line {
    struct cf_buf *out;
    bool tsv, alone, begun;
};

static void add_field(struct line *l, struct cf_str s)
{
    if (l->begun)
        cf_buf_putc(l->out, l->tsv ? '\t' : ',');
    l->begun = true;
    if (l->tsv)
        cf_text_tsv(l->out, s);
    else
        cf_csv_field(l->out, s, l->alone && s.n == 0 ? '\0' : ',');
}

static struct line begin(struct cf_buf *out, const struct cf_view *v,
                         enum cf_format format)
{
    return (struct line){.out = out,
                         .tsv = format == CF_SHOW_TSV,
                         .alone = v->n == 1 && v->col[0].column->width == 1};
}

/* A matrix has a column for each of its own: name_0, name_1, ... */
static void add_name(struct line *l, const struct cf_shown *c)
{
    struct cf_buf name = {0};

    if (c->column->width == 1)
        add_field(l, cf_cstr(c->name));
    for (uint32_t i = 0; c->column->width > 1 && i < c->column->width; i++) {
        name.n = 0;
        cf_buf_printf(&name, "%s_%lu", c->name, (unsigned long)i);
        add_field(l, cf_buf_view(&name));
    }
    l->out->failed = l->out->failed || name.failed;
    cf_buf_free(&name);
}

void cf_line_head(struct cf_buf *out, const struct cf_view *v,
                  enum cf_format format)
{
    struct line l = begin(out, v, format);

    if (format == CF_SHOW_JSONL)
        return;
    for (size_t i = 0; i < v->n; i++)
        add_name(&l, &v->col[i]);
    cf_buf_putc(out, '\n');
}

static void add_value(struct line *l, const struct cf_value *v)
{
    const struct cf_str nothing = {"", 0};
    char number[CF_NUM_MAX];

    for (uint32_t i = 0; i < v->width; i++) {
        if (v->none)
            add_field(l, nothing);
        else if (v->type == CF_STR)
            add_field(l, v->str);
        else
            add_field(l, cf_value_number(v, i, number));
    }
}

/* ---- jsonl ---- */

static void json_number(struct cf_buf *out, const struct cf_value *v,
                        uint32_t i)
{
    char number[CF_NUM_MAX];

    if (cf_value_finite(v, i))
        cf_buf_str(out, cf_value_number(v, i, number));
    else
        cf_buf_puts(out, "null");
}

static void json_array(struct cf_buf *out, const struct cf_value *v)
{
    for (uint32_t i = 0; i < v->width; i++) {
        cf_buf_putc(out, i ? ',' : '[');
        json_number(out, v, i);
    }
    cf_buf_putc(out, ']');
}

static void json_value(struct cf_buf *out, const struct cf_value *v)
{
    if (v->none)
        cf_buf_puts(out, "null");
    else if (v->type == CF_STR)
        cf_text_json(out, v->str);
    else if (v->width > 1)
        json_array(out, v);
    else
        json_number(out, v, 0);
}

static void json_row(struct cf_buf *out, const struct cf_view *v,
                     const struct cf_dicts *d, const struct cf_block *b,
                     uint32_t row)
{
    char scratch[CF_NUM_MAX];

    cf_buf_putc(out, '{');
    for (size_t i = 0; i < v->n; i++) {
        struct cf_value x;
        cf_value_of(&v->col[i], d, b, row, scratch, &x);
        if (i > 0)
            cf_buf_putc(out, ',');
        cf_text_json(out, cf_cstr(v->col[i].name));
        cf_buf_putc(out, ':');
        json_value(out, &x);
    }
    cf_buf_puts(out, "}\n");
}

void cf_line_row(struct cf_buf *out, const struct cf_view *v,
                 const struct cf_dicts *d, const struct cf_block *b,
                 uint32_t row, enum cf_format format)
{
    struct line l = begin(out, v, format);
    char scratch[CF_NUM_MAX];

    if (format == CF_SHOW_JSONL) {
        json_row(out, v, d, b, row);
        return;
    }
    for (size_t i = 0; i < v->n; i++) {
        struct cf_value x;
        cf_value_of(&v->col[i], d, b, row, scratch, &x);
        add_value(&l, &x);
    }
    cf_buf_putc(out, '\n');
}
