/* test_counts.c - counters past 2^31 and 2^32: by streams whose rows take no
 * room, and by counters that start near there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/index_impl.h"
#include "made.h"

static const uint64_t past = (UINT64_C(1) << 32) + 5;

/* A block of numbers that count up from `first`. */
static void put_run(struct made *m, uint32_t rows, uint64_t first)
{
    const uint32_t start = 0;
    const struct cf_chunk c = {.layout = CF_RUNS,
                               .data = (const char *)&start,
                               .size = sizeof start,
                               .text = (const char *)&first,
                               .text_size = sizeof first};
    const struct cf_block b = {.part = 0, .rows = rows, .chunk = &c};
    struct cf_err err;

    must(cf_writer_put(m->writer, &b, &err), &err);
}

/* More than 2^32 rows, really written and read. */
static void test_stream(void **state)
{
    const struct cf_block *b;
    struct made_reader in;
    struct cf_err err;
    struct made m;
    size_t n;

    (void)state;
    made_init(&m, CF_TABLE);
    made_part(&m, "rows");
    made_column(&m, "n", CF_RUN, CF_NO_ROLE);
    made_begin(&m, NULL);
    for (uint64_t at = 0; at < past; at += CF_FRAME_ROWS_MAX) {
        uint64_t left = past - at;
        put_run(&m,
                left < CF_FRAME_ROWS_MAX ? (uint32_t)left : CF_FRAME_ROWS_MAX,
                at);
    }
    assert_true(cf_writer_rows(m.writer, 0) == past);
    char *p = made_finish(&m, &n);
    made_read(&in, p, n);
    uint64_t rows = 0, first = 0, last = 0;
    do {
        must(cf_reader_next(in.r, &b, &err), &err);
        if (b) {
            assert_true(b->first == rows);
            first = b->first;
            last = cf_chunk_run(&b->chunk[0], b->rows - 1);
            rows += b->rows;
        }
    } while (b);
    assert_true(rows == past);
    assert_true(cf_reader_rows(in.r, 0) == past);
    assert_true(first == past - 5);
    assert_true(last == past - 1);
    made_read_close(&in);
    free(p);
}

static const char *const users[] = {"a", "b", "a"};
static const char *const items[] = {"x", "y", "x"};

/* Three rows whose lines are past 2^32. */
static char *far_table(const char *const r[3], size_t *n)
{
    const uint64_t lines[] = {past, past + 1, past + 2};
    struct cf_err err;
    struct made m;

    made_init(&m, CF_TABLE);
    must(cf_schema_text(&m.schema, "file", "r.csv", &err), &err);
    made_part(&m, "rows");
    made_column(&m, "u", CF_STR, CF_NO_ROLE);
    made_column(&m, "i", CF_STR, CF_NO_ROLE);
    made_column(&m, "r", CF_STR, CF_NO_ROLE);
    made_column(&m, "line", CF_RUN, CF_LINE);
    made_begin(&m, NULL);
    made_put(&m, "rows", 3, users, items, r, lines);
    return made_finish(&m, n);
}

/* Where counters start. */
struct start {
    uint64_t rows;
    size_t held; /* rows in memory */
};

/* Indexes it; the result's code. */
static int index_from(const char *p, size_t n, const struct cf_index_opts *opts,
                      struct start from, struct cf_index_report *report,
                      struct cf_err *err)
{
    const struct cf_show_opts show = {.format = CF_SHOW_CSV,
                                      .head = CF_SHOW_USUAL};
    struct made_reader in;
    struct cf_index *x;
    struct cf_out *out;
    struct cf_show *v;
    struct cf_writer *w;

    made_read(&in, p, n);
    must(cf_index_open(&x, in.r, opts, err), err);
    x->report.rows = x->report.low = x->report.again = from.rows;
    x->all.n = from.held;
    must(cf_out_open(&out, "/dev/null", err), err);
    must(cf_show_open(&v, out, &show, err), err);
    must(cf_writer_open(&w, cf_index_schema(x), NULL, cf_show_tap(v), err),
         err);
    int rc = cf_index_run(x, w, err);
    *report = *cf_index_report(x);
    cf_writer_close(w);
    cf_show_close(v);
    cf_out_close(out);
    cf_index_close(x);
    made_read_close(&in);
    return rc;
}

/* implicit 86, 380; scipy 19205; Spark 1393, 12762 (reliability c, users 10):
 * counters of 32 bits. */
static void test_report(void **state)
{
    static const char *const r[] = {"1", "5", "2"};
    static const uint64_t near[] = {INT32_MAX, UINT32_MAX};
    struct cf_index_report got;
    struct cf_err err;
    const float two = 2;
    size_t n;

    (void)state;
    char *p = far_table(r, &n);
    for (size_t i = 0; i < 2; i++) {
        struct cf_index_opts opts = {.count_again = true};
        must(index_from(p, n, &opts, (struct start){near[i], 0}, &got, &err),
             &err);
        assert_true(got.rows == near[i] + 3);
        assert_true(got.again == near[i] + 1);
        opts.min_rating = &two;
        must(index_from(p, n, &opts, (struct start){near[i], 0}, &got, &err),
             &err);
        assert_true(got.rows == near[i] + 2);
        assert_true(got.low == near[i] + 1);
        opts.dup = CF_DUP_MEAN;
        must(index_from(p, n, &opts, (struct start){near[i], 0}, &got, &err),
             &err);
        assert_true(got.rows == near[i] + 1);
        assert_true(got.low == near[i] + 1);
        assert_true(got.again == near[i] + 1);
    }
    free(p);
}

/* -v must not take the memory of rows without end. */
static void test_uncounted(void **state)
{
    static const char *const r[] = {"1", "5", "2"};
    const struct cf_index_opts opts = {.count_again = true};
    struct cf_index_report got;
    struct cf_err err;
    size_t n;

    (void)state;
    char *p = far_table(r, &n);
    must(index_from(p, n, &opts, (struct start){0, CF_INDEX_COUNT - 2}, &got,
                    &err),
         &err);
    assert_true(got.uncounted);
    assert_int_equal(got.again, 0);
    assert_int_equal(got.rows, 3);
    free(p);
}

static void test_lines(void **state)
{
    static const char *const bad[] = {"1", "x", "2"}, *const r[] = {"1", "2",
                                                                    "3"};
    struct cf_index_opts opts = {.dup = CF_DUP_FAIL};
    struct cf_index_report got;
    struct cf_err err;
    size_t n;

    (void)state;
    char *p = far_table(bad, &n);
    assert_int_equal(index_from(p, n, &opts, (struct start){0, 0}, &got, &err),
                     CF_EDATA);
    assert_string_equal(err.msg, "r.csv:4294967302: r: 'x' is not a number");
    free(p);
    p = far_table(r, &n);
    assert_int_equal(index_from(p, n, &opts, (struct start){0, 0}, &got, &err),
                     CF_EDATA);
    assert_string_equal(err.msg,
                        "r.csv:4294967303: u 'a' and i 'x' appear again "
                        "(first at line 4294967301)");
    free(p);
}

/* A dictionary at its end: the last id is given, the next one is an error. */
static void test_ids(void **state)
{
    static const char *const u[] = {"a", "b", "a", "c"};
    static const char *const i[] = {"x", "x", "x", "x"};
    const struct cf_index_opts opts = {.implicit = true};
    struct made_reader in;
    struct cf_index *x;
    struct cf_err err;
    struct made m;
    size_t n;

    (void)state;
    made_init(&m, CF_TABLE);
    made_part(&m, "rows");
    made_column(&m, "u", CF_STR, CF_NO_ROLE);
    made_column(&m, "i", CF_STR, CF_NO_ROLE);
    made_begin(&m, NULL);
    made_put(&m, "rows", 4, u, i);
    char *p = made_finish(&m, &n);
    made_read(&in, p, n);
    must(cf_index_open(&x, in.r, &opts, &err), &err);
    x->user.dict.first = x->user.dict.n = UINT32_MAX - 2;
    assert_int_equal(cf_index_run(x, NULL, &err), CF_EMEM);
    assert_string_equal(err.msg, "more than 4294967295 ids");
    assert_int_equal(x->frame.user[0], 4294967293);
    assert_int_equal(x->frame.user[1], 4294967294);
    assert_int_equal(x->frame.user[2], 4294967293);
    cf_index_close(x);
    made_read_close(&in);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stream),    cmocka_unit_test(test_report),
        cmocka_unit_test(test_lines),     cmocka_unit_test(test_ids),
        cmocka_unit_test(test_uncounted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
