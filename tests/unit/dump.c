/* dump.c - streams as text, CSV as streams. */
#include "dump.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/num.h"
#include "data/merge.h"
#include "made.h"
#include "stream/reader.h"

static void dump_column(const struct cf_schema *s, const struct cf_column *c,
                        struct cf_buf *out)
{
    cf_buf_printf(out, "%s.%s %s", s->part[c->part].name, c->name,
                  cf_type_name(c->type));
    if (c->role != CF_NO_ROLE)
        cf_buf_printf(out, " %s", cf_role_name(c->role));
    if (c->dict >= 0)
        cf_buf_printf(out, " >%s%s%s", s->part[c->dict].name, c->on ? "/" : "",
                      c->on ? c->on : "");
    cf_buf_puts(out, c->none ? " none" : "");
    cf_buf_putc(out, '\n');
}

static void dump_value(const struct cf_column *c, const struct cf_chunk *k,
                       uint32_t rows, uint32_t row, struct cf_buf *out)
{
    char scratch[CF_NUM_MAX];

    if (c->type == CF_STR)
        cf_buf_str(out, cf_chunk_str(k, rows, row, scratch));
    else if (c->type == CF_RUN)
        cf_buf_printf(out, "%" PRIu64, cf_chunk_run(k, row));
    else if (c->none && cf_chunk_code(k, rows, row) == CF_NONE)
        cf_buf_puts(out, "none");
    else if (c->type == CF_U32)
        cf_buf_printf(out, "%" PRIu32, cf_load_u32(k->data + 4 * (size_t)row));
    else if (c->type == CF_F32)
        cf_buf_add(
            out, scratch,
            cf_format_f32(cf_load_f32(k->data + 4 * (size_t)row), scratch));
    else if (c->type == CF_I64)
        cf_buf_printf(out, "%" PRId64,
                      (int64_t)cf_load_u64(k->data + 8 * (size_t)row));
    else
        fail_msg("a column of type %s", cf_type_name(c->type));
}

static void dump_block(const struct cf_schema *s, const struct cf_block *b,
                       struct cf_buf *out)
{
    const struct cf_part *p = &s->part[b->part];

    for (uint32_t row = 0; row < b->rows; row++) {
        cf_buf_printf(out, "%s ", p->name);
        for (uint32_t i = 0; i < p->ncol; i++) {
            cf_buf_puts(out, i ? "|" : "");
            dump_value(&s->column[p->col + i], &b->chunk[i], b->rows, row, out);
        }
        cf_buf_putc(out, '\n');
    }
}

char *dump(const char *p, size_t n)
{
    struct made_reader m;
    struct cf_buf out = {0};
    struct cf_err err;
    const struct cf_block *b;

    made_read(&m, p, n);
    const struct cf_schema *s = cf_reader_schema(m.r);
    for (size_t i = 0; i < s->ncolumns; i++)
        dump_column(s, &s->column[i], &out);
    must(cf_reader_next(m.r, &b, &err), &err);
    while (b) {
        dump_block(s, b, &out);
        must(cf_reader_next(m.r, &b, &err), &err);
    }
    made_read_close(&m);
    cf_buf_putc(&out, '\0');
    assert_false(out.failed);
    return out.p;
}

/* ---- making streams ---- */

/* The bytes of an output file, which is removed. */
static char *take(const char *path, size_t *n)
{
    struct cf_in in;
    struct cf_err err;
    char *p;

    must(cf_in_open(&in, path, &err), &err);
    must(cf_in_slurp(&in, 1 << 30, &p, n, &err), &err);
    cf_in_close(&in);
    unlink(path);
    return p;
}

typedef int run_fn(void *work, struct cf_writer *w, struct cf_err *err);

static int run_merge(void *work, struct cf_writer *w, struct cf_err *err)
{
    return cf_merge_run(work, w, err);
}

static int run_index(void *work, struct cf_writer *w, struct cf_err *err)
{
    return cf_index_run(work, w, err);
}

static int write_stream(run_fn *run, void *work, const struct cf_schema *s,
                        const char *path, struct cf_err *err)
{
    struct cf_out *out;
    struct cf_writer *w;

    must(cf_out_open(&out, path, err), err);
    must(cf_writer_open(&w, s, out, NULL, err), err);
    int rc = run(work, w, err);
    if (!rc) {
        must(cf_writer_finish(w, err), err);
        must(cf_out_commit(out, err), err);
    }
    cf_writer_close(w);
    cf_out_close(out);
    return rc;
}

/* Runs it if it was opened; the stream's bytes, or NULL and why. */
static char *finish(int rc, run_fn *run, void *work, const struct cf_schema *s,
                    struct cf_err *err, size_t *n, char why[256])
{
    char path[64];

    snprintf(path, sizeof path, "/tmp/cf-test-dump-%d", (int)getpid());
    if (!rc)
        rc = write_stream(run, work, s, path, err);
    if (!rc)
        return take(path, n);
    *n = (size_t)rc;
    snprintf(why, 256, "%.255s", err->msg);
    assert_int_equal(rc, err->code);
    return NULL;
}

char *merged(const struct file *f, size_t *n, char why[256])
{
    return merged_by(f, NULL, n, why);
}

char *merged_by(const struct file *f, const struct cf_merge_opts *opts,
                size_t *n, char why[256])
{
    struct cf_in in[FILES_MAX];
    struct cf_merge *m;
    struct cf_err err;
    size_t count = 0;

    for (; f[count].name; count++)
        must(cf_in_mem(&in[count], f[count].name, f[count].text,
                       strlen(f[count].text), &err),
             &err);
    int rc = cf_merge_open(&m, in, count, opts, &err);
    char *p =
        finish(rc, run_merge, m, rc ? NULL : cf_merge_schema(m), &err, n, why);
    cf_merge_close(m);
    for (size_t i = 0; i < count; i++)
        cf_in_close(&in[i]);
    return p;
}

char *indexed(const char *p, size_t *n, const struct cf_index_opts *opts,
              char why[256])
{
    struct made_reader r;
    struct cf_index *x;
    struct cf_err err;

    made_read(&r, p, *n);
    int rc = cf_index_open(&x, r.r, opts, &err);
    char *got =
        finish(rc, run_index, x, rc ? NULL : cf_index_schema(x), &err, n, why);
    cf_index_close(x);
    made_read_close(&r);
    return got;
}
