/* show_panel.c - a part as a table for people: a heading with its shape, the
 * names, the first rows, columns aligned and cut to the screen. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/show_impl.h"

enum {
    CELL_MAX = 40,       /* characters of a cell, if the screen is narrow */
    CELL_MIN = 12,       /* to which a text is cut, before columns go */
    MATRIX_MAX = 3,      /* values shown of a row of a matrix */
    KEEP_ROWS = 1000,    /* that decide the widths */
    KEEP_BYTES = 1 << 20 /* or so much text */
};

/* ---- cells ---- */

static void end_cell(struct cf_panel *p)
{
    if (cf_grow(&p->end, &p->cap, p->cells + 1, sizeof *p->end))
        p->end[p->cells++] = p->text.n;
    else
        p->text.failed = true;
}

/* A text of at most so many characters, if the screen has an end. */
static void keep_text(struct cf_panel *p, struct cf_str s, size_t most)
{
    struct cf_buf plain = {0};

    cf_text_plain(&plain, s);
    if (p->opts->width)
        cf_text_cut(&p->text, cf_buf_view(&plain), most);
    else
        cf_buf_str(&p->text, cf_buf_view(&plain));
    p->text.failed = p->text.failed || plain.failed;
    cf_buf_free(&plain);
}

/* A label, and, if others have it too, " [ID]". */
static void keep_label(struct cf_panel *p, size_t col, struct cf_str label,
                       const struct cf_store *dict, uint32_t code)
{
    const struct cf_shown *c = &p->view.col[col];
    const struct cf_column *id = c->column - c->at.dcol + c->id_dcol;
    struct cf_twins *twins = &p->twins[col];

    if (!cf_twins_take(twins, dict, c->at.dcol))
        p->text.failed = true;
    if (p->text.failed || id->type != CF_STR ||
        !cf_twins_shared(twins, label)) {
        keep_text(p, label, CELL_MAX);
        return;
    }
    struct cf_str s = cf_store_str(dict, c->id_dcol, code);
    size_t n = cf_text_length(s) + 3;
    keep_text(p, label, n < CELL_MAX ? CELL_MAX - n : 1);
    cf_buf_puts(&p->text, " [");
    keep_text(p, s, CELL_MAX);
    cf_buf_putc(&p->text, ']');
}

/* People read five digits of a real number, and whole numbers as they are. */
static struct cf_str short_number(const struct cf_value *v, uint32_t i,
                                  char *out)
{
    const char *p = v->p + cf_type_size(v->type) * i;
    double x;

    if (v->type == CF_F32)
        x = (double)cf_load_f32(p);
    else if (v->type == CF_F64)
        x = cf_load_f64(p);
    else
        return cf_value_number(v, i, out);
    if (x != 0 && isfinite(x)) {
        double scale = pow(10, fmax(0, 4 - floor(log10(fabs(x)))));
        double rounded = round(x * scale) / scale;
        x = isfinite(rounded) ? rounded : x;
    }
    return (struct cf_str){out, v->type == CF_F32 ? cf_format_f32((float)x, out)
                                                  : cf_format_f64(x, out)};
}

static void keep_numbers(struct cf_panel *p, const struct cf_value *v)
{
    char number[CF_NUM_MAX];

    for (uint32_t i = 0; i < v->width && i < MATRIX_MAX; i++) {
        if (i > 0)
            cf_buf_putc(&p->text, ' ');
        cf_buf_str(&p->text, short_number(v, i, number));
    }
    if (v->width > MATRIX_MAX)
        cf_buf_printf(&p->text, " ... (%" PRIu32 ")", v->width);
}

static void keep_row(struct cf_panel *p, const struct cf_dicts *d,
                     const struct cf_block *b, uint32_t row)
{
    char scratch[CF_NUM_MAX];

    for (size_t i = 0; i < p->view.n; i++) {
        const struct cf_shown *c = &p->view.col[i];
        struct cf_value v;
        cf_value_of(c, d, b, row, scratch, &v);
        if (v.none)
            cf_buf_putc(&p->text, '-');
        else if (c->label)
            keep_label(p, i, v.str, &d->store[c->at.dict],
                       cf_chunk_code(&b->chunk[c->at.col], b->rows, row));
        else if (v.type == CF_STR)
            keep_text(p, v.str, CELL_MAX);
        else
            keep_numbers(p, &v);
        end_cell(p);
    }
}

static struct cf_str cell(const struct cf_panel *p, size_t row, size_t col)
{
    size_t i = row * p->view.n + col, from = i ? p->end[i - 1] : 0;
    return (struct cf_str){p->text.p + from, p->end[i] - from};
}

static size_t kept_rows(const struct cf_panel *p)
{
    return p->view.n ? p->cells / p->view.n : 0;
}

/* ---- layout ---- */

/* Numbers, or texts that all are; row 0 has the names. */
static bool is_numeric(const struct cf_panel *p, size_t col)
{
    const struct cf_column *c = p->view.col[col].column;
    bool some = false;
    double v;

    if (c->type != CF_STR)
        return c->width == 1;
    for (size_t i = 1; i < kept_rows(p); i++) {
        struct cf_str s = cell(p, i, col);
        if (s.n == 0 || cf_str_eq(s, cf_cstr("-")))
            continue;
        if (cf_parse_f64(s, &v))
            return false;
        some = true;
    }
    return some;
}

static size_t line_width(const struct cf_panel *p, size_t columns)
{
    size_t n = 0;
    for (size_t i = 0; i < columns; i++)
        n += p->width[i] + (i ? 2 : 0);
    return n;
}

/* The widest text that may yet be cut, or NULL. */
static size_t *widest(const struct cf_panel *p)
{
    size_t *most = NULL;

    for (size_t i = 0; i < p->view.n; i++)
        if (!p->right[i] && p->width[i] > CELL_MIN &&
            (!most || p->width[i] > *most))
            most = &p->width[i];
    return most;
}

static void fit(struct cf_panel *p)
{
    const size_t more = 3; /* the sign that columns are left out */
    size_t screen = p->opts->width, *most;

    p->visible = p->view.n;
    if (screen == 0 || p->view.n == 0)
        return;
    while (line_width(p, p->view.n) > screen && (most = widest(p)))
        --*most;
    if (line_width(p, p->visible) > screen)
        while (--p->visible > 1 && line_width(p, p->visible) + more > screen)
            ;
    if (p->visible == 0)
        p->visible = 1;
}

static void lay_out(struct cf_panel *p)
{
    for (size_t i = 0; i < p->view.n; i++) {
        p->right[i] = is_numeric(p, i);
        p->width[i] = 0;
        for (size_t k = 0; k < kept_rows(p); k++) {
            size_t n = cf_text_length(cell(p, k, i));
            if (n > p->width[i])
                p->width[i] = n;
        }
    }
    fit(p);
}

/* ---- lines ---- */

static void put_blanks(struct cf_buf *out, size_t n)
{
    while (n-- > 0)
        cf_buf_putc(out, ' ');
}

static void put_line(const struct cf_panel *p, size_t row, struct cf_buf *out)
{
    size_t start = out->n;

    for (size_t i = 0; i < p->visible; i++) {
        struct cf_str s = cell(p, row, i);
        size_t n = cf_text_length(s), width = p->width[i];
        size_t blanks = n < width ? width - n : 0;
        put_blanks(out, (i ? 2 : 0) + (p->right[i] ? blanks : 0));
        if (p->opts->width && !p->right[i])
            cf_text_cut(out, s, width);
        else
            cf_buf_str(out, s);
        put_blanks(out, p->right[i] ? 0 : blanks);
    }
    if (p->visible < p->view.n)
        cf_buf_puts(out, "  \xe2\x80\xa6");
    while (out->n > start && out->p[out->n - 1] == ' ')
        out->n--;
    cf_buf_putc(out, '\n');
}

/* "1,234,567 rows", "1 row". */
static void put_count(struct cf_buf *out, uint64_t n, const char *what)
{
    char digits[CF_NUM_MAX];
    size_t len = cf_format_exact(n, 0, digits);

    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            cf_buf_putc(out, ',');
        cf_buf_putc(out, digits[i]);
    }
    cf_buf_printf(out, " %s%s", what, n == 1 ? "" : "s");
}

static void put_name(const struct cf_panel *p, struct cf_buf *out)
{
    const struct cf_view *v = &p->view;
    cf_text_plain(out, cf_cstr(v->schema->part[v->part].name));
    cf_buf_puts(out, ": ");
}

/* Rows that the part will have, if that is known. */
static uint64_t known_rows(const struct cf_panel *p)
{
    return p->view.schema->part[p->view.part].rows;
}

static void put_heading(const struct cf_panel *p, uint64_t rows,
                        struct cf_buf *out)
{
    uint64_t columns = 0;

    for (size_t i = 0; i < p->view.n; i++)
        columns += p->view.col[i].column->width;
    if (p->head > 0)
        cf_buf_putc(out, '\n');
    put_name(p, out);
    if (rows != CF_ROWS_UNKNOWN) {
        put_count(out, rows, "row");
        cf_buf_puts(out, " x ");
    }
    put_count(out, columns, "column");
    cf_buf_putc(out, '\n');
}

/* Heading, names and the kept rows. */
static void put_kept(struct cf_panel *p, uint64_t rows, struct cf_buf *out)
{
    if (p->text.failed) {
        out->failed = true;
        return;
    }
    lay_out(p);
    put_heading(p, rows, out);
    for (size_t i = 0; p->head > 0 && i < kept_rows(p); i++)
        put_line(p, i, out);
}

/* ---- the panel ---- */

/* Unless a number was asked for: ten rows of what the stream is about, all of
 * metrics, three of an array of a model, of a dictionary and of what only a
 * sampler reads the shape. */
static uint64_t head_rows(const struct cf_schema *s, uint32_t part,
                          const struct cf_show_opts *o)
{
    const char *name = s->part[part].name;
    bool main = o->part || !strcmp(name, "rows") || !strcmp(name, "train");

    if (main && o->head == CF_SHOW_USUAL)
        return s->kind == CF_METRICS ? CF_SHOW_ALL : 10;
    if (main || o->head < CF_SHOW_ALL)
        return o->head;
    return s->kind == CF_MODEL && strncmp(name, "chain_", 6) != 0 ? 3 : 0;
}

int cf_panel_init(struct cf_panel *p, const struct cf_schema *s, uint32_t part,
                  const struct cf_show_opts *opts, struct cf_err *err)
{
    *p = (struct cf_panel){.opts = opts, .head = head_rows(s, part, opts)};
    int rc = cf_view_init(&p->view, s, part, true, err);
    if (rc)
        return rc;
    p->width = cf_zalloc(p->view.n, sizeof *p->width);
    p->right = cf_zalloc(p->view.n, sizeof *p->right);
    p->twins = cf_zalloc(p->view.n, sizeof *p->twins);
    for (size_t i = 0; i < p->view.n; i++) {
        keep_text(p, cf_cstr(p->view.col[i].name), CELL_MAX);
        end_cell(p);
    }
    if (!p->width || !p->right || !p->twins || p->text.failed)
        return cf_nomem(err, "table to show");
    return 0;
}

static void clear_cells(struct cf_panel *p)
{
    p->cells = 0;
    p->text.n = 0;
}

void cf_panel_row(struct cf_panel *p, const struct cf_dicts *d,
                  const struct cf_block *b, uint32_t row, struct cf_buf *out)
{
    if (p->rows++ >= p->head)
        return;
    keep_row(p, d, b, row);
    out->failed = out->failed || p->text.failed;
    if (out->failed ||
        (!p->open && p->rows < KEEP_ROWS && p->text.n < KEEP_BYTES))
        return;
    if (p->open)
        put_line(p, 0, out);
    else
        put_kept(p, known_rows(p), out);
    p->open = true;
    clear_cells(p);
}

void cf_panel_resume(const struct cf_panel *p, struct cf_buf *out)
{
    cf_buf_putc(out, '\n');
    put_name(p, out);
    cf_buf_puts(out, "continued\n");
}

void cf_panel_end(struct cf_panel *p, struct cf_buf *out)
{
    if (!p->open)
        put_kept(p, p->rows, out);
    if (p->head > 0 && p->rows > p->head)
        cf_buf_puts(out, "...\n");
    if (p->open && known_rows(p) == CF_ROWS_UNKNOWN) {
        put_name(p, out);
        put_count(out, p->rows, "row");
        cf_buf_putc(out, '\n');
    }
}

void cf_panel_free(struct cf_panel *p)
{
    for (size_t i = 0; p->twins && i < p->view.n; i++)
        cf_twins_free(&p->twins[i]);
    free(p->twins);
    cf_view_free(&p->view);
    cf_buf_free(&p->text);
    free(p->end);
    free(p->width);
    free(p->right);
    memset(p, 0, sizeof *p);
}
