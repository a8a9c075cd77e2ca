/* test_merge.c - CSV files joined to a table. What is expected was worked out
 * by hand, as an inner many-to-one join has it. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "data/merge.h"
#include "dump.h"
#include "made.h"

static void expect(const struct file *f, const char *want)
{
    char why[256];
    size_t n;
    char *p = merged(f, &n, why);

    if (!p)
        fail_msg("%zu: %s", n, why);
    char *got = dump(p, n);
    assert_string_equal(got, want);
    free(got);
    free(p);
}

static void expect_error(const struct file *f, enum cf_code code,
                         const char *want)
{
    char why[256];
    size_t n;
    char *p = merged(f, &n, why);

    assert_null(p);
    assert_string_equal(why, want);
    assert_int_equal(n, code);
}

#define RATINGS                                                                \
    {                                                                          \
        "in/ratings.csv", "userId,movieId,rating\n7,10,4.0\n8,20,3.5\n"        \
                          "\n7,30,1.0\n9,10,5.0\n"                             \
    }

static void test_join(void **state)
{
    static const struct file f[] = {
        RATINGS,
        {"movies.csv", "movieId,title,genres\n20,\"b, c\",y\n10,a,x\n"},
        {NULL, NULL}};
    static const struct file two[] = {
        RATINGS,
        {"users.txt", "name,userId\nann,7\nbob,8\n"},
        {"movies.csv", "title,movieId\na,10\nb,20\nc,30\n"},
        {NULL, NULL}};

    (void)state;
    expect(f, "movies.title str\nmovies.genres str\n"
              "rows.userId str\nrows.movieId str\nrows.rating str\n"
              "rows.movies u32 >movies/movieId\nrows.line run line\n"
              "movies b, c|y\nmovies a|x\n"
              "rows 7|10|4.0|1|2\nrows 8|20|3.5|0|3\nrows 9|10|5.0|1|6\n");
    expect(two, "users.name str\nmovies.title str\n"
                "rows.userId str\nrows.movieId str\nrows.rating str\n"
                "rows.users u32 >users/userId\n"
                "rows.movies u32 >movies/movieId\nrows.line run line\n"
                "users ann\nusers bob\nmovies a\nmovies b\nmovies c\n"
                "rows 7|10|4.0|0|0|2\nrows 8|20|3.5|1|1|3\n"
                "rows 7|30|1.0|0|2|5\n");
}

static void test_report(void **state)
{
    static const char ratings[] = "u,i\n1,a\n2,b\n1,b\n3,c\n1,a\n";
    static const char users[] = "u,n\n1,x\n2,y\n";
    static const char items[] = "i,t\na,p\nc,q\nd,r\n";
    struct cf_in in[3];
    struct cf_err err;
    struct cf_merge *m;
    struct cf_show_opts opts = {.format = CF_SHOW_JSONL, .head = 0};
    struct cf_show *show;
    struct cf_out *out;
    struct cf_writer *w;

    (void)state;
    must(cf_in_mem(&in[0], "r.csv", ratings, strlen(ratings), &err), &err);
    must(cf_in_mem(&in[1], "u.csv", users, strlen(users), &err), &err);
    must(cf_in_mem(&in[2], "i.csv", items, strlen(items), &err), &err);
    must(cf_merge_open(&m, in, 3, &err), &err);
    const struct cf_fact *file =
        cf_schema_fact(cf_merge_schema(m), "file", CF_FACT_TEXT);
    assert_string_equal(file->text, "r.csv");
    must(cf_out_open(&out, "/dev/null", &err), &err);
    must(cf_show_open(&show, out, &opts, &err), &err);
    must(cf_writer_open(&w, cf_merge_schema(m), NULL, cf_show_tap(show), &err),
         &err);
    must(cf_merge_run(m, w, &err), &err);
    const struct cf_merge_report *r = cf_merge_report(m);
    assert_int_equal(r->read, 5);
    assert_int_equal(r->written, 2);
    assert_int_equal(r->ndims, 2);
    assert_string_equal(r->dim[0].file, "u.csv");
    assert_string_equal(r->dim[0].on, "u");
    assert_int_equal(r->dim[0].rows, 2);
    assert_int_equal(r->dim[0].unmatched, 1);
    assert_string_equal(r->dim[1].on, "i");
    assert_int_equal(r->dim[1].rows, 3);
    assert_int_equal(r->dim[1].unmatched, 2);
    cf_writer_close(w);
    cf_show_close(show);
    cf_out_close(out);
    cf_merge_close(m);
    for (int i = 0; i < 3; i++)
        cf_in_close(&in[i]);
}

static void test_without_fields(void **state)
{
    static const struct file alone[] = {{"r.csv", "a,b\n1,2\n"}, {NULL, NULL}};
    static const struct file empty[] = {{"r.csv", "a,b\n"}, {NULL, NULL}};
    static const struct file filter[] = {
        RATINGS, {"keep.csv", "movieId\n10\n30\n"}, {NULL, NULL}};

    (void)state;
    expect(alone, "rows.a str\nrows.b str\nrows.line run line\nrows 1|2|2\n");
    expect(empty, "rows.a str\nrows.b str\nrows.line run line\n");
    expect(filter, "rows.userId str\nrows.movieId str\nrows.rating str\n"
                   "rows.line run line\n"
                   "rows 7|10|4.0|2\nrows 7|30|1.0|5\nrows 9|10|5.0|6\n");
}

/* Keys are bytes: 7, 07, 7.0 and " 7" are four. */
static void test_keys(void **state)
{
    static const struct file f[] = {
        {"r.csv", "k\n7\n07\n7.0\n\" 7\"\n8\n"},
        {"d.csv", "k,v\n7.0,a\n\" 7\",b\n07,c\n7,d\n"},
        {NULL, NULL}};

    (void)state;
    expect(f, "d.v str\nrows.k str\nrows.d u32 >d/k\nrows.line run line\n"
              "d a\nd b\nd c\nd d\n"
              "rows 7|3|2\nrows 07|2|3\nrows 7.0|0|4\nrows  7|1|5\n");
}

static void test_names(void **state)
{
    static const struct file f[] = {{"r.csv", "k,d,line\n1,2,3\n"},
                                    {"a/d.csv", "k,x\n1,p\n"},
                                    {"b/rows.csv", "k,y\n1,q\n"},
                                    {NULL, NULL}};
    static const struct file g[] = {{"r.csv", "k,v\n1,2\n"},
                                    {"a/line.b.csv", "k,x\n1,p\n"},
                                    {"b/line.b.tsv", "k,y\n1,q\n"},
                                    {".csv", "k,z\n1,r\n"},
                                    {NULL, NULL}};
    static const struct file h[] = {{"r.csv", "k,v\n1,2\n"},
                                    {"line", "k,x\n1,p\n"},
                                    {"\xff.csv", "k,y\n1,q\n"},
                                    {NULL, NULL}};

    (void)state;
    expect(f, "d_2.x str\nrows_2.y str\n"
              "rows.k str\nrows.d str\nrows.line str\n"
              "rows.d_2 u32 >d_2/k\nrows.rows_2 u32 >rows_2/k\n"
              "rows.line_2 run line\n"
              "d_2 p\nrows_2 q\nrows 1|2|3|0|0|2\n");
    expect(g, "line.b.x str\nline.b_2.y str\n.csv.z str\n"
              "rows.k str\nrows.v str\nrows.line.b u32 >line.b/k\n"
              "rows.line.b_2 u32 >line.b_2/k\nrows..csv u32 >.csv/k\n"
              "rows.line run line\n"
              "line.b p\nline.b_2 q\n.csv r\nrows 1|2|0|0|0|2\n");
    expect(h, "line_2.x str\njoined.y str\nrows.k str\nrows.v str\n"
              "rows.line_2 u32 >line_2/k\nrows.joined u32 >joined/k\n"
              "rows.line run line\n"
              "line_2 p\njoined q\nrows 1|2|0|0|2\n");
}

static void test_usage_errors(void **state)
{
    static const struct file none[] = {
        RATINGS, {"m.csv", "id,title\n1,a\n"}, {NULL, NULL}};
    static const struct file many[] = {
        RATINGS, {"m.csv", "movieId,x,rating\n1,a,2\n"}, {NULL, NULL}};
    static const struct file both[] = {RATINGS,
                                       {"u.csv", "userId,name\n1,a\n"},
                                       {"m.csv", "movieId,name\n1,a\n"},
                                       {NULL, NULL}};

    (void)state;
    expect_error(none, CF_EUSAGE,
                 "m.csv: no column in common with in/ratings.csv (id, title; "
                 "there: userId, movieId, rating)");
    expect_error(many, CF_EUSAGE,
                 "m.csv: more than one column in common with in/ratings.csv: "
                 "movieId, rating");
    expect_error(both, CF_EUSAGE, "m.csv: column 'name' is in u.csv too");
}

static void test_data_errors(void **state)
{
    static const struct file twice[] = {
        RATINGS,
        {"m.csv", "movieId,t\n10,a\n\n20,\"b\nb\"\n30,c\n20,d\n"},
        {NULL, NULL}};
    static const struct file ragged[] = {
        RATINGS, {"m.csv", "movieId,t\n10,a\n20\n"}, {NULL, NULL}};
    static const struct file quote[] = {{"r.csv", "movieId,t\n10,a\n20,\"\n"},
                                        {NULL, NULL}};
    static const struct file name[] = {{"r.csv", "k,\xff\n1,2\n"},
                                       {NULL, NULL}};

    (void)state;
    expect_error(twice, CF_EDATA,
                 "m.csv:7: key movieId=20 appears again (first at line 4)");
    expect_error(ragged, CF_EDATA, "m.csv:3: 1 field, expected 2");
    expect_error(quote, CF_EDATA, "r.csv:3: field 2: quote is never closed");
    char why[256];
    size_t n;
    assert_null(merged(name, &n, why));
    assert_int_equal(n, CF_EDATA);
    assert_non_null(strstr(why, "r.csv: "));
    assert_non_null(strstr(why, "not UTF-8"));
}

/* ---- more rows than a frame holds ---- */

enum { MANY = 150000 };

/* Row i: key i % 100, with a value that is no number from row 100,000 on. */
static char *many_rows(void)
{
    struct cf_buf b = {0};

    cf_buf_puts(&b, "k,v\n");
    for (int i = 0; i < MANY; i++)
        cf_buf_printf(&b, "%d,%s%d\n", i % 100, i < 100000 ? "" : "x", i);
    cf_buf_putc(&b, '\0');
    return b.p;
}

static void check_rows(const struct cf_block *b, uint64_t at)
{
    char scratch[CF_NUM_MAX], want[32];

    for (uint32_t i = 0; i < b->rows; i++, at++) {
        snprintf(want, sizeof want, "%d", (int)(at % 100));
        assert_true(cf_str_eq(cf_chunk_str(&b->chunk[0], b->rows, i, scratch),
                              cf_cstr(want)));
        snprintf(want, sizeof want, "%s%d", at < 100000 ? "" : "x", (int)at);
        assert_true(cf_str_eq(cf_chunk_str(&b->chunk[1], b->rows, i, scratch),
                              cf_cstr(want)));
        assert_int_equal(cf_chunk_code(&b->chunk[2], b->rows, i), at % 100);
        assert_int_equal(cf_chunk_run(&b->chunk[3], i), at + 2);
    }
}

static void test_many_rows(void **state)
{
    struct cf_buf d = {0};
    char *text = many_rows(), why[256];
    size_t n;
    struct made_reader r;
    const struct cf_block *b;
    struct cf_err err;
    uint64_t rows = 0;

    (void)state;
    cf_buf_puts(&d, "k,t\n");
    for (int i = 0; i < 100; i++)
        cf_buf_printf(&d, "%d,t%d\n", i, i);
    cf_buf_putc(&d, '\0');
    const struct file f[] = {{"r.csv", text}, {"d.csv", d.p}, {NULL, NULL}};
    char *p = merged(f, &n, why);
    assert_non_null(p);
    made_read(&r, p, n);
    must(cf_reader_next(r.r, &b, &err), &err);
    assert_int_equal(b->part, 0);
    assert_int_equal(b->rows, 100);
    for (must(cf_reader_next(r.r, &b, &err), &err); b;
         must(cf_reader_next(r.r, &b, &err), &err)) {
        check_rows(b, rows);
        rows += b->rows;
    }
    assert_int_equal(rows, MANY);
    made_read_close(&r);
    free(p);
    free(text);
    cf_buf_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_without_fields),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_usage_errors),
        cmocka_unit_test(test_data_errors),
        cmocka_unit_test(test_many_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
