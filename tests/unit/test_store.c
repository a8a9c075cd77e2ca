/* test_store.c - columns in the making, and parts in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "data/runcol.h"
#include "data/store.h"
#include "data/textcol.h"
#include "made.h"

/* ---- text columns ---- */

/* Adds the values, up to NULL; the chunk must have that layout and give them
 * back. */
static void check_textcol(struct cf_textcol *c, const char *const *v,
                          enum cf_layout layout)
{
    char scratch[CF_NUM_MAX];
    struct cf_chunk k;
    uint32_t n = 0;

    cf_textcol_clear(c);
    while (v[n])
        assert_true(cf_textcol_add(c, cf_cstr(v[n++])));
    cf_textcol_chunk(c, &k);
    assert_int_equal(k.layout, layout);
    assert_int_equal(cf_textcol_size(c), k.size + k.text_size);
    assert_int_equal(k.size, 4 * n);
    for (uint32_t i = 0; i < n; i++) {
        struct cf_str s = cf_chunk_str(&k, n, i, scratch);
        assert_true(cf_str_eq(s, cf_cstr(v[i])));
    }
}

static void test_textcol(void **state)
{
    static const char *const whole[] = {"0", "7", "4294967295", "10", NULL};
    static const char *const tenths[] = {"0.5", "4.0", "10.0", NULL};
    static const char *const scales[] = {"0.5", "4.00", "1", NULL};
    static const char *const late[] = {"1", "2", "3", "007", "4", NULL};
    static const char *const early[] = {"x", "1", "2", NULL};
    static const char *const odd[] = {"",    " 1", "1 ",  "-1",         "+1",
                                      "1e5", ".5", "5.",  "4294967296", "01",
                                      "NaN", "1_", "0x1", "00.5",       NULL};
    struct cf_textcol c = {0};

    (void)state;
    check_textcol(&c, whole, CF_EXACT);
    check_textcol(&c, tenths, CF_EXACT);
    check_textcol(&c, scales, CF_TEXT);
    check_textcol(&c, whole, CF_EXACT); /* each frame begins anew */
    check_textcol(&c, late, CF_TEXT);
    check_textcol(&c, early, CF_TEXT);
    check_textcol(&c, odd, CF_TEXT);
    for (size_t i = 0; odd[i]; i++) {
        const char *one[] = {odd[i], NULL};
        const char *two[] = {"12.25", odd[i], NULL};
        check_textcol(&c, one, CF_TEXT);
        check_textcol(&c, two, CF_TEXT);
    }
    cf_textcol_free(&c);
}

static void test_runcol(void **state)
{
    static const uint64_t v[] = {2, 3, 4, 7, 7, 8, UINT64_MAX, 0, 1};
    static const uint32_t start[] = {0, 3, 4, 6};
    struct cf_runcol c = {0};
    struct cf_chunk k;

    (void)state;
    for (int again = 0; again < 2; again++) {
        cf_runcol_clear(&c);
        for (size_t i = 0; i < 9; i++)
            assert_true(cf_runcol_add(&c, v[i]));
        cf_runcol_chunk(&c, &k);
        /* 18446744073709551615 + 1 is 0, as unsigned numbers go. */
        assert_int_equal(k.size, sizeof start);
        assert_memory_equal(k.data, start, sizeof start);
        assert_int_equal(k.text_size, 8 * 4);
        for (uint32_t i = 0; i < 9; i++)
            assert_int_equal(cf_chunk_run(&k, i), v[i]);
    }
    cf_runcol_free(&c);
}

/* ---- stores ---- */

/* A part with a column of each kind. */
static void all_kinds(struct cf_schema *s)
{
    struct cf_column c = {.width = 1, .dict = -1};
    struct cf_err err;

    cf_schema_init(s, CF_TABLE);
    must(cf_schema_part(s, "rows", CF_ROWS_UNKNOWN, &err), &err);
    c.name = (char[]){"text"};
    c.type = CF_STR;
    must(cf_schema_column(s, &c, &err), &err);
    c.name = (char[]){"line"};
    c.type = CF_RUN;
    must(cf_schema_column(s, &c, &err), &err);
    c.name = (char[]){"pair"};
    c.type = CF_F32;
    c.width = 2;
    must(cf_schema_column(s, &c, &err), &err);
}

/* Three rows of it: the texts as given, lines from `line`. */
struct three {
    struct cf_chunk chunk[3];
    uint32_t start;
    uint64_t line;
    float pair[6];
};

static struct cf_block three_rows(struct three *t, struct cf_chunk text,
                                  uint64_t line)
{
    t->start = 0;
    t->line = line;
    for (int i = 0; i < 6; i++)
        t->pair[i] = (float)line + (float)i / 2;
    t->chunk[0] = text;
    t->chunk[1] = (struct cf_chunk){
        CF_RUNS, (char *)&t->start, 4, (char *)&t->line, 8, 0};
    t->chunk[2] = (struct cf_chunk){CF_PLAIN, (char *)t->pair, 24, NULL, 0, 0};
    return (struct cf_block){.rows = 3, .chunk = t->chunk};
}

static const char *const nine[] = {"ab",   "",  "c",          "1.20", "0.07",
                                   "9.00", "5", "4294967296", "0"};

/* All rows of a block at once, or the one after the other. */
static void add_block(struct cf_store *st, const struct cf_block *b, bool rows)
{
    struct cf_err err;

    if (!rows)
        must(cf_store_add(st, b, &err), &err);
    for (uint32_t i = 0; rows && i < b->rows; i++)
        must(cf_store_add_row(st, b, i, &err), &err);
}

/* Nine rows in three blocks, each with its text in another layout. */
static void fill_nine(struct cf_store *st, bool rows)
{
    static const uint32_t end[] = {2, 2, 3}, hundredth[] = {120, 7, 900};
    static const uint64_t whole[] = {5, 4294967296, 0};
    struct three t;
    struct cf_block b = three_rows(
        &t, (struct cf_chunk){CF_TEXT, (const char *)end, 12, "abc", 3, 0}, 2);

    add_block(st, &b, rows);
    b = three_rows(
        &t,
        (struct cf_chunk){CF_EXACT, (const char *)hundredth, 12, NULL, 0, 2},
        10);
    add_block(st, &b, rows);
    b = three_rows(
        &t, (struct cf_chunk){CF_EXACT, (const char *)whole, 24, NULL, 0, 0},
        13);
    add_block(st, &b, rows);
}

static void check_nine(const struct cf_store *st)
{
    static const uint64_t line[] = {2, 3, 4, 10, 11, 12, 13, 14, 15};

    assert_int_equal(st->rows, 9);
    for (uint64_t i = 0; i < 9; i++) {
        uint64_t v;
        float pair[2], first = (float)line[i - i % 3] + (float)(i % 3);
        assert_true(cf_str_eq(cf_store_str(st, 0, i), cf_cstr(nine[i])));
        memcpy(&v, cf_store_at(st, 1, i), sizeof v);
        assert_int_equal(v, line[i]);
        memcpy(pair, cf_store_at(st, 2, i), sizeof pair);
        assert_true(pair[0] == first && pair[1] == first + 0.5F);
    }
}

/* ---- writing: what comes is added to another store ---- */

struct catch
{
    struct cf_store *to;
    uint32_t rows[64]; /* of each block */
    size_t n, largest;
};

static int catch_head(void *ctx, const struct cf_schema *s, struct cf_err *err)
{
    (void)ctx;
    (void)s;
    (void)err;
    return 0;
}

static int catch_block(void *ctx, const struct cf_block *b, struct cf_err *err)
{
    struct catch *c = ctx;
    size_t size = 0;

    assert_true(c->n < 64);
    c->rows[c->n++] = b->rows;
    for (size_t i = 0; i < c->to->ncol; i++)
        size += b->chunk[i].size + b->chunk[i].text_size;
    c->largest = size > c->largest ? size : c->largest;
    return cf_store_add(c->to, b, err);
}

static int catch_end(void *ctx, struct cf_err *err)
{
    (void)ctx;
    (void)err;
    return 0;
}

static void write_to(const struct cf_store *st, uint64_t from, uint64_t n,
                     const struct cf_schema *s, struct catch *c)
{
    struct cf_tap tap = {c, catch_head, catch_block, catch_end};
    struct cf_writer *w;
    struct cf_err err;

    must(cf_writer_open(&w, s, NULL, &tap, &err), &err);
    must(cf_store_write(st, from, n, w, 0, &err), &err);
    must(cf_writer_finish(w, &err), &err);
    cf_writer_close(w);
}

static void test_kinds(void **state)
{
    struct cf_schema s;
    struct cf_store st, back;
    struct cf_err err;
    struct catch c = {.to = &back};

    (void)state;
    all_kinds(&s);
    must(cf_store_init(&st, &s, 0, &err), &err);
    must(cf_store_init(&back, &s, 0, &err), &err);
    fill_nine(&st, false);
    check_nine(&st);
    write_to(&st, 0, 4, &s, &c);
    write_to(&st, 4, 0, &s, &c);
    write_to(&st, 4, 5, &s, &c);
    check_nine(&back);
    cf_store_clear(&st);
    assert_int_equal(st.rows, 0);
    fill_nine(&st, false);
    check_nine(&st);
    cf_store_clear(&st);
    fill_nine(&st, true);
    check_nine(&st);
    cf_store_free(&st);
    cf_store_free(&back);
    cf_schema_free(&s);
}

static void one_text(struct cf_schema *s)
{
    struct cf_column c = {
        .name = (char[]){"text"}, .type = CF_STR, .width = 1, .dict = -1};
    struct cf_err err;

    cf_schema_init(s, CF_TABLE);
    must(cf_schema_part(s, "rows", CF_ROWS_UNKNOWN, &err), &err);
    must(cf_schema_column(s, &c, &err), &err);
}

/* n rows, `size` bytes each but for row number 5, which has `big`; a frame has
 * room for 65536 rows and 1 MiB, in which a row takes 4 bytes besides. */
static void check_frames(uint64_t n, size_t size, size_t big, size_t want)
{
    struct cf_schema s;
    struct cf_store st, back;
    struct cf_err err;
    struct catch c = {.to = &back};
    char *bytes = calloc(1, big);

    one_text(&s);
    must(cf_store_init(&st, &s, 0, &err), &err);
    must(cf_store_init(&back, &s, 0, &err), &err);
    for (uint64_t i = 0; i < n; i++) {
        struct cf_str v = {bytes, i == 5 ? big : size};
        memcpy(bytes, &i, size < sizeof i ? size : sizeof i);
        must(cf_store_add_strs(&st, &v, &err), &err);
    }
    write_to(&st, 0, n, &s, &c);
    assert_int_equal(back.rows, n);
    for (uint64_t i = 0; i < n; i++)
        assert_true(
            cf_str_eq(cf_store_str(&st, 0, i), cf_store_str(&back, 0, i)));
    assert_int_equal(c.n, want);
    assert_true(c.largest <= (big + 4 > 1 << 20 ? big + 4 : 1 << 20));
    free(bytes);
    cf_store_free(&st);
    cf_store_free(&back);
    cf_schema_free(&s);
}

static void test_frames(void **state)
{
    (void)state;
    check_frames(6, 8, 100, 1);
    check_frames(140000, 8, 8, 3);
    /* (1 MiB - 500000) / 12 rows in the first, 65536 in the second. */
    check_frames(140000, 8, 500000, 3);
    /* 10082 rows a MiB, and fewer in the first. */
    check_frames(20000, 100, 65536, 3);
    /* 15 rows a MiB. */
    check_frames(20, 65536, 65536, 2);
    /* A row that takes a frame of its own does not make others small. */
    check_frames(60000, 8, 2 << 20, 3);
    check_frames(20000, 100, 2 << 20, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_textcol),
        cmocka_unit_test(test_runcol),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
