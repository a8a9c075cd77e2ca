/* csv_rows.c - rows of CSV text: records without a quote as views into the
 * buffer. */
#include <inttypes.h>
#include <string.h>

#include "data/csv_impl.h"

/* Goes past the line end at buf[at]; the LF of a CR LF has no mark. */
static void end_line(struct cf_csv *c, size_t at)
{
    c->row = at + 1;
    if (c->buf[at] == '\r' && c->row < c->upto && c->buf[c->row] == '\n')
        c->row++;
    c->line++;
    c->line_at = c->at + c->row;
}

static void skip_blank_lines(struct cf_csv *c)
{
    while (c->next < c->nmark && c->mark[c->next] == c->row &&
           cf_csv_is_end(c->buf[c->row]))
        end_line(c, c->mark[c->next++]);
}

enum found { ROW, CUT, QUOTED };

/* The record at row, if it has no quote and ends in the buffer. What is out of
 * the ordinary is left to libcsv too. */
static enum found find_row(struct cf_csv *c)
{
    size_t from = c->row, n = 0;

    for (size_t i = c->next; i < c->nmark; i++) {
        size_t at = c->mark[i];
        char end = c->buf[at];
        if (end == '"' || n == CF_COLUMNS_MAX || at - c->row > CF_FIELD_MAX)
            return QUOTED;
        c->field[n++] = (struct cf_str){c->buf + from, at - from};
        from = at + c->gap;
        if (!cf_csv_is_end(end))
            continue;
        c->out = (struct cf_csv_row){c->field, n, c->line};
        c->nfields = n;
        c->next = i + 1;
        end_line(c, at);
        return ROW;
    }
    return CUT;
}

/* Reads on between two records. */
static void fill_row(struct cf_csv *c)
{
    cf_csv_fill(c);
    if (c->row == 0 && c->after_cr && c->upto > 0 && c->buf[0] == '\n') {
        c->row = 1;
        c->line_at++;
    }
}

/* libcsv leaves row after the line end. */
static int quoted_row(struct cf_csv *c)
{
    int rc = cf_csv_quoted(c);

    if (!rc && c->row > 0 && cf_csv_is_end(c->buf[c->row - 1]))
        end_line(c, c->row - 1);
    return rc;
}

static int next_record(struct cf_csv *c)
{
    for (;;) {
        enum found found;
        skip_blank_lines(c);
        if (c->row == c->upto && c->ended) {
            c->out.field = NULL;
            return cf_csv_odd(c, 1);
        }
        found = c->plain || c->row == c->upto ? find_row(c) : QUOTED;
        if (found == ROW)
            return 0;
        if (found == QUOTED || c->row == 0 || c->ended)
            return quoted_row(c);
        fill_row(c);
    }
}

int cf_csv_record(struct cf_csv *c, struct cf_err *err)
{
    int rc = (int)c->failed.code;

    if (c->again)
        c->again = false;
    else if (!rc)
        rc = next_record(c);
    if (rc)
        *err = c->failed;
    return rc;
}

int cf_csv_next(struct cf_csv *c, const struct cf_csv_row **row,
                struct cf_err *err)
{
    size_t want = c->header.n;

    *row = NULL;
    for (;;) {
        int rc = cf_csv_record(c, err);
        if (rc || !c->out.field)
            return rc;
        if (c->nfields == want)
            break;
        if (!c->skip_ragged)
            return cf_fail(err, CF_EDATA,
                           "%s:%" PRIu64 ": %" PRIu64 " field%s, expected %zu",
                           c->in->name, c->out.line, c->nfields,
                           c->nfields == 1 ? "" : "s", want);
        c->ragged++;
    }
    *row = &c->out;
    return 0;
}

/* Do the marks m[0..width-1] end the fields of a plain row at `from`? */
static bool is_row(const struct cf_csv *c, const uint32_t *m, size_t from)
{
    size_t last = c->header.n - 1;
    char odd = 0;

    for (size_t i = 0; i < last; i++)
        odd |= (char)(c->buf[m[i]] ^ c->delim[0]);
    return !odd && cf_csv_is_end(c->buf[m[last]]) && m[last] > from &&
           m[last] - from <= CF_FIELD_MAX;
}

void cf_csv_next_run(struct cf_csv *c, size_t max, struct cf_csv_run *run)
{
    size_t width = c->header.n, n = 0, from = c->row;
    uint32_t *m = c->mark + c->next;
    size_t fit = (c->nmark - c->next) / width;

    *run = (struct cf_csv_run){c->buf, c->start, m, 0, width, c->gap, c->line};
    if (!c->plain || c->again)
        return;
    max = max < CF_CSV_RUN ? max : CF_CSV_RUN;
    max = max < fit ? max : fit;
    for (; n < max && is_row(c, m, from); n++, m += width) {
        size_t end = m[width - 1];
        c->start[n] = (uint32_t)from;
        from = end + 1;
        from += c->buf[end] == '\r' && from < c->upto && c->buf[from] == '\n';
    }
    run->n = n;
    c->next += n * width;
    c->row = from;
    c->line += n;
    c->line_at = n ? c->at + from : c->line_at;
}
