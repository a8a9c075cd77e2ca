/* made.c - a small stream that a test spells out. */
#include "made.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/runcol.h"
#include "data/textcol.h"

enum { COLUMNS_MAX = 16 };

void must(int rc, const struct cf_err *err)
{
    if (rc)
        fail_msg("%d: %s", rc, err->msg);
}

void made_init(struct made *m, enum cf_kind kind)
{
    memset(m, 0, sizeof *m);
    cf_schema_init(&m->schema, kind);
}

void made_part(struct made *m, const char *name)
{
    struct cf_err err;
    must(cf_schema_part(&m->schema, name, CF_ROWS_UNKNOWN, &err), &err);
}

static void add(struct made *m, const char *name, struct cf_column c)
{
    struct cf_err err;
    char copy[64];

    snprintf(copy, sizeof copy, "%s", name);
    c.name = copy;
    must(cf_schema_column(&m->schema, &c, &err), &err);
}

void made_column(struct made *m, const char *name, enum cf_type type,
                 enum cf_role role)
{
    add(m, name,
        (struct cf_column){.type = type, .width = 1, .role = role, .dict = -1});
}

void made_matrix(struct made *m, const char *name, enum cf_type type,
                 uint32_t width)
{
    add(m, name, (struct cf_column){.type = type, .width = width, .dict = -1});
}

void made_code(struct made *m, const char *name, enum cf_role role,
               const char *dict, bool none)
{
    add(m, name,
        (struct cf_column){.type = CF_U32,
                           .width = 1,
                           .role = role,
                           .dict = cf_schema_find_part(&m->schema, dict),
                           .none = none});
}

void made_text(struct made *m, const struct cf_show_opts *opts)
{
    struct cf_err err;

    strcpy(m->path, "/tmp/cf-test-XXXXXX");
    int fd = mkstemp(m->path);
    assert_true(fd >= 0);
    close(fd);
    must(cf_out_open(&m->out, m->path, &err), &err);
    if (opts)
        must(cf_show_open(&m->show, m->out, opts, &err), &err);
}

void made_begin(struct made *m, const struct cf_show_opts *opts)
{
    struct cf_err err;

    made_text(m, opts);
    must(cf_writer_open(&m->writer, &m->schema, opts ? NULL : m->out,
                        opts ? cf_show_tap(m->show) : NULL, &err),
         &err);
}

/* The columns of a block in the making. */
struct columns {
    struct cf_chunk chunk[COLUMNS_MAX];
    struct cf_textcol text[COLUMNS_MAX];
    struct cf_runcol run[COLUMNS_MAX];
};

static void fill(struct columns *k, uint32_t i, const struct cf_column *c,
                 const void *p, uint32_t rows)
{
    for (uint32_t r = 0; c->type == CF_STR && r < rows; r++)
        assert_true(
            cf_textcol_add(&k->text[i], cf_cstr(((const char *const *)p)[r])));
    for (uint32_t r = 0; c->type == CF_RUN && r < rows; r++)
        assert_true(cf_runcol_add(&k->run[i], ((const uint64_t *)p)[r]));
    if (c->type == CF_STR)
        cf_textcol_chunk(&k->text[i], &k->chunk[i]);
    else if (c->type == CF_RUN)
        cf_runcol_chunk(&k->run[i], &k->chunk[i]);
    else
        k->chunk[i] = (struct cf_chunk){
            .data = p, .size = cf_type_size(c->type) * c->width * rows};
}

void made_put(struct made *m, const char *part, uint32_t rows, ...)
{
    struct columns k;
    struct cf_err err;
    int i = cf_schema_find_part(&m->schema, part);
    va_list ap;

    assert_true(i >= 0);
    const struct cf_part *p = &m->schema.part[i];
    assert_true(p->ncol <= COLUMNS_MAX);
    memset(&k, 0, sizeof k);
    va_start(ap, rows);
    for (uint32_t c = 0; c < p->ncol; c++)
        fill(&k, c, &m->schema.column[p->col + c], va_arg(ap, const void *),
             rows);
    va_end(ap);
    struct cf_block b = {.part = (uint32_t)i, .rows = rows, .chunk = k.chunk};
    must(cf_writer_put(m->writer, &b, &err), &err);
    for (uint32_t c = 0; c < p->ncol; c++) {
        cf_textcol_free(&k.text[c]);
        cf_runcol_free(&k.run[c]);
    }
}

static char *slurp(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");

    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *n = (size_t)ftell(f);
    rewind(f);
    char *p = malloc(*n + 1);
    assert_non_null(p);
    assert_int_equal(fread(p, 1, *n, f), *n);
    p[*n] = 0;
    fclose(f);
    return p;
}

char *made_finish(struct made *m, size_t *n)
{
    struct cf_err err;

    if (m->writer)
        must(cf_writer_finish(m->writer, &err), &err);
    cf_writer_close(m->writer);
    cf_show_close(m->show);
    must(cf_out_commit(m->out, &err), &err);
    cf_out_close(m->out);
    cf_schema_free(&m->schema);
    char *p = slurp(m->path, n);
    unlink(m->path);
    return p;
}

void made_read(struct made_reader *m, const char *p, size_t n)
{
    struct cf_err err;

    must(cf_in_mem(&m->in, "test.cf", p, n, &err), &err);
    must(cf_reader_open(&m->r, &m->in, &err), &err);
}

void made_read_close(struct made_reader *m)
{
    cf_reader_close(m->r);
    cf_in_close(&m->in);
}

void made_expect(struct made *m, const char *want)
{
    size_t n;
    char *p = made_finish(m, &n);

    assert_string_equal(p, want);
    assert_int_equal(n, strlen(want));
    free(p);
}
