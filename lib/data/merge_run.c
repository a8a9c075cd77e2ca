/* merge_run.c - joins rows without a quote many at a time, column by column:
 * short loops, whose work the processor overlaps. It writes what joining them
 * one by one writes. */
#include <string.h>

#include "data/digits.h"
#include "data/merge_impl.h"

/* The partners of all rows in dimension i; how many there are. */
static size_t find_partners(struct cf_merge *m, const struct cf_csv_run *run,
                            size_t i)
{
    const struct cf_dim *d = &m->dim[i];
    const struct cf_csv_column col = cf_csv_run_column(run, d->key);
    uint32_t *found = m->found[i], v;
    size_t missing = 0;

    for (size_t r = 0; r < run->n; r++) {
        struct cf_str key = cf_csv_column_field(&col, r);
        found[r] =
            cf_digits(key.p, key.n, &v) ? cf_dict_small(&d->keys, v) : CF_NONE;
        if (found[r] == CF_NONE)
            found[r] = cf_dict_find(&d->keys, key);
        missing += found[r] == CF_NONE;
    }
    m->report.file[i + 1].unmatched += missing;
    return run->n - missing;
}

static bool is_missing(const struct cf_merge *m, size_t r)
{
    bool missing = false;

    for (size_t i = 0; i < m->ndims; i++)
        missing |= m->found[i][r] == CF_NONE;
    return missing;
}

/* Row `from` takes the place of row `to`. */
static void move_row(struct cf_merge *m, struct cf_csv_run *run, size_t from,
                     size_t to)
{
    size_t width = run->width;

    memmove(&run->end[to * width], &run->end[from * width],
            width * sizeof *run->end);
    run->start[to] = run->start[from];
    for (size_t i = 0; i < m->ndims; i++)
        m->found[i][to] = m->found[i][from];
}

/* Leaves rows without a partner out. */
static void drop_rows(struct cf_merge *m, struct cf_csv_run *run)
{
    size_t n = 0;

    for (size_t r = 0; r < run->n; r++) {
        if (is_missing(m, r))
            continue;
        move_row(m, run, r, n);
        m->kept[n++] = (uint32_t)r;
    }
    run->n = n;
}

/* Says what is wrong with the first row without a partner. */
static int fail_row(struct cf_merge *m, const struct cf_csv_run *run,
                    struct cf_err *err)
{
    struct cf_str field[CF_COLUMNS_MAX];
    size_t r = 0;

    while (!is_missing(m, r))
        r++;
    for (size_t i = 0; i < run->width; i++)
        field[i] = cf_csv_run_field(run, r, i);
    for (size_t i = 0; i < m->ndims; i++)
        m->match[i] = m->found[i][r];
    struct cf_csv_row row = {field, run->width, run->line + r};
    return cf_merge_fail_missing(m, &row, err);
}

/* How many rows from `from` on the frame takes; see row_size() in merge.c. */
static size_t fit(struct cf_merge *m, const struct cf_csv_run *run, size_t from)
{
    size_t width = run->width, r = from;
    size_t fixed = 4 * (width + m->ndims) + 12 - (width - 1) * run->gap;
    size_t room = CF_FRAME_ROWS - m->rows;
    size_t end = run->n - from < room ? run->n : from + room;

    for (; r < end; r++) {
        size_t size = run->end[r * width + width - 1] - run->start[r] + fixed;
        if (m->bytes + size > CF_MERGE_BYTES && (m->rows || r > from))
            break;
        m->bytes += size;
    }
    return r - from;
}

static bool add_rows(struct cf_merge *m, const struct cf_csv_run *run,
                     size_t from, size_t n, bool dropped)
{
    bool ok = true;

    for (size_t i = 0; ok && i < run->width; i++)
        ok = cf_textcol_add_run(&m->text[i], run, i, from, n);
    for (size_t i = 0; i < m->ndims; i++)
        memcpy(m->code[i] + m->rows, m->found[i] + from, n * sizeof **m->code);
    for (size_t r = from; ok && r < from + n; r++)
        ok = cf_runcol_add(&m->line, run->line + (dropped ? m->kept[r] : r));
    m->rows += (uint32_t)n;
    return ok;
}

static int add_run(struct cf_merge *m, const struct cf_csv_run *run,
                   bool dropped, struct cf_writer *w, struct cf_err *err)
{
    int rc = 0;

    for (size_t from = 0, n; !rc && from < run->n; from += n) {
        n = fit(m, run, from);
        if (n == 0)
            rc = cf_merge_flush(m, w, err);
        else if (!add_rows(m, run, from, n, dropped))
            rc = cf_nomem(err, "frame");
    }
    return rc;
}

/* Rows with more than one partner are joined one by one. */
static bool can_run(const struct cf_merge *m)
{
    for (size_t i = 0; i < m->ndims; i++)
        if (m->dim[i].next)
            return false;
    return true;
}

int cf_merge_next_run(struct cf_merge *m, struct cf_writer *w, size_t *n,
                      struct cf_err *err)
{
    struct cf_csv_run run;
    bool missing = false;

    *n = 0;
    if (!can_run(m))
        return 0;
    cf_csv_next_run(m->csv, CF_CSV_RUN, &run);
    *n = run.n;
    for (size_t i = 0; i < m->ndims; i++)
        missing |= find_partners(m, &run, i) < run.n;
    missing = missing && m->opts.missing != CF_MISSING_KEEP;
    if (missing && m->opts.missing == CF_MISSING_FAIL)
        return fail_row(m, &run, err);
    if (missing)
        drop_rows(m, &run);
    return add_run(m, &run, missing, w, err);
}
