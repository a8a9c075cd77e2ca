/* metric.c - measures as a stream. */
#include "eval/metric.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/store.h"

int cf_metrics_add(struct cf_metrics *m, const struct cf_metric *one,
                   struct cf_err *err)
{
    if (!cf_grow(&m->v, &m->cap, m->n + 1, sizeof *m->v))
        return cf_nomem(err, "metrics");
    m->v[m->n++] = *one;
    return 0;
}

void cf_metrics_free(struct cf_metrics *m)
{
    free(m->v);
    memset(m, 0, sizeof *m);
}

/* ---- columns ---- */

/* A column and its values; text: of them. */
struct column {
    const char *name;
    enum cf_type type;
    bool there;
    struct cf_chunk chunk;
    char *data;
};

enum {
    METRIC,
    K,
    AMONG,
    VALUE,
    FIRST,
    SECOND,
    DIFFERENCE,
    LOW,
    HIGH,
    USERS,
    ROWS,
    COLUMNS
};

static void set_columns(const struct cf_metrics *m, struct column *c)
{
    const struct column all[COLUMNS] = {
        [METRIC] = {.name = "metric", .type = CF_STR, .there = true},
        [K] = {.name = "k", .type = CF_U64, .there = m->ranking},
        [AMONG] = {.name = "among", .type = CF_STR, .there = true},
        [VALUE] = {.name = "value", .type = CF_F64, .there = !m->compared},
        [FIRST] = {.name = "first", .type = CF_F64, .there = m->compared},
        [SECOND] = {.name = "second", .type = CF_F64, .there = m->compared},
        [DIFFERENCE] = {.name = "difference",
                        .type = CF_F64,
                        .there = m->compared},
        [LOW] = {.name = "low", .type = CF_F64, .there = true},
        [HIGH] = {.name = "high", .type = CF_F64, .there = true},
        [USERS] = {.name = "users", .type = CF_U64, .there = true},
        [ROWS] = {.name = "rows", .type = CF_U64, .there = !m->ranking}};

    memcpy(c, all, sizeof all);
}

int cf_metrics_part(struct cf_schema *s, const struct cf_metrics *m,
                    struct cf_err *err)
{
    struct column c[COLUMNS];
    int rc = cf_schema_part(s, "rows", m->n, err);

    set_columns(m, c);
    for (size_t i = 0; !rc && i < COLUMNS; i++)
        if (c[i].there)
            rc = cf_schema_plain(s, c[i].name, c[i].type, err);
    return rc;
}

/* ---- rows ---- */

static const char *text_of(const struct cf_metric *x, size_t column)
{
    return column == METRIC ? x->name : x->among;
}

static double real_of(const struct cf_metric *x, size_t column)
{
    const double v[COLUMNS] = {
        [VALUE] = x->value[0],  [FIRST] = x->value[0],
        [SECOND] = x->value[1], [DIFFERENCE] = x->value[0] - x->value[1],
        [LOW] = x->low,         [HIGH] = x->high};
    return v[column];
}

static uint64_t count_of(const struct cf_metric *x, size_t column)
{
    return column == K ? x->k : column == USERS ? x->users : x->rows;
}

static bool fill_text(const struct cf_metrics *m, size_t column,
                      struct column *c, struct cf_buf *text)
{
    uint32_t *end = cf_alloc(m->n, sizeof *end);
    size_t from = text->n;

    c->data = (char *)end;
    for (size_t i = 0; end && i < m->n; i++) {
        cf_buf_puts(text, text_of(&m->v[i], column));
        end[i] = (uint32_t)(text->n - from);
    }
    c->chunk = (struct cf_chunk){.layout = CF_TEXT,
                                 .data = c->data,
                                 .size = m->n * sizeof *end,
                                 .text_size = text->n - from};
    return end && !text->failed;
}

static bool fill_numbers(const struct cf_metrics *m, size_t column,
                         struct column *c)
{
    c->data = cf_alloc(m->n, sizeof(double));
    for (size_t i = 0; c->data && i < m->n; i++) {
        double real = real_of(&m->v[i], column);
        uint64_t count = count_of(&m->v[i], column);
        memcpy(c->data + 8 * i,
               c->type == CF_F64 ? (const void *)&real : (const void *)&count,
               8);
    }
    c->chunk = (struct cf_chunk){.data = c->data, .size = m->n * 8};
    return c->data;
}

int cf_metrics_write(const struct cf_metrics *m, const struct cf_schema *s,
                     struct cf_writer *w, struct cf_err *err)
{
    struct column c[COLUMNS];
    struct cf_chunk chunk[COLUMNS];
    struct cf_buf text[COLUMNS] = {{0}};
    size_t n = 0;
    bool ok = true;

    set_columns(m, c);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (!c[i].there)
            continue;
        ok = ok && (c[i].type == CF_STR ? fill_text(m, i, &c[i], &text[i])
                                        : fill_numbers(m, i, &c[i]));
        c[i].chunk.text = text[i].p;
        chunk[n++] = c[i].chunk;
    }
    const struct cf_block b = {.part = (uint32_t)cf_schema_find_part(s, "rows"),
                               .rows = (uint32_t)m->n,
                               .chunk = chunk};
    int rc = ok ? cf_writer_put(w, &b, err) : cf_nomem(err, "metrics");
    for (size_t i = 0; i < COLUMNS; i++) {
        free(c[i].data);
        cf_buf_free(&text[i]);
    }
    return rc;
}
