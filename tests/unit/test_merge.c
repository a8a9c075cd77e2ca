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

static void expect_by(const struct file *f, const struct cf_merge_opts *opts,
                      const char *want)
{
    char why[256];
    size_t n;
    char *p = merged_by(f, opts, &n, why);

    if (!p)
        fail_msg("%zu: %s", n, why);
    char *got = dump(p, n);
    assert_string_equal(got, want);
    free(got);
    free(p);
}

static void expect(const struct file *f, const char *want)
{
    expect_by(f, NULL, want);
}

static void expect_error_by(const struct file *f,
                            const struct cf_merge_opts *opts, enum cf_code code,
                            const char *want)
{
    char why[256];
    size_t n;
    char *p = merged_by(f, opts, &n, why);

    assert_null(p);
    assert_string_equal(why, want);
    assert_int_equal(n, code);
}

static void expect_error(const struct file *f, enum cf_code code,
                         const char *want)
{
    expect_error_by(f, NULL, code, want);
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
    must(cf_merge_open(&m, in, 3, NULL, &err), &err);
    const struct cf_fact *file =
        cf_schema_fact(cf_merge_schema(m), "file", CF_FACT_TEXT);
    assert_string_equal(file->text, "r.csv");
    must(cf_out_open(&out, "/dev/null", &err), &err);
    must(cf_show_open(&show, out, &opts, &err), &err);
    must(cf_writer_open(&w, cf_merge_schema(m), NULL, cf_show_tap(show), &err),
         &err);
    must(cf_merge_run(m, w, &err), &err);
    const struct cf_merge_report *r = cf_merge_report(m);
    assert_int_equal(r->written, 2);
    assert_int_equal(r->nfiles, 3);
    assert_string_equal(r->file[0].name, "r.csv");
    assert_string_equal(r->file[0].layout, "separator ',', columns u, i");
    assert_int_equal(r->file[0].rows, 5);
    assert_null(r->file[0].on);
    assert_string_equal(r->file[1].name, "u.csv");
    assert_string_equal(r->file[1].on, "u");
    assert_string_equal(r->file[1].key, "u");
    assert_int_equal(r->file[1].rows, 2);
    assert_int_equal(r->file[1].unmatched, 1);
    assert_int_equal(r->file[1].again, 0);
    assert_string_equal(r->file[2].on, "i");
    assert_int_equal(r->file[2].rows, 3);
    assert_int_equal(r->file[2].unmatched, 2);
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
                 "there: userId, movieId, rating); pair two with --on");
    expect_error(many, CF_EUSAGE,
                 "m.csv: more than one column in common with in/ratings.csv: "
                 "movieId, rating; choose with --on");
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
    expect_error(name, CF_EDATA,
                 "r.csv:1: field 2: not UTF-8 (byte 3 of the line; "
                 "cf-merge --from takes other text)");
}

/* ---- options ---- */

static void expect_on(const struct file *f, size_t n, char *const *on,
                      const char *want)
{
    const struct cf_merge_opts opts = {.on = {on, n}};
    expect_by(f, &opts, want);
}

static void fails_on(const struct file *f, size_t n, char *const *on,
                     const char *want)
{
    const struct cf_merge_opts opts = {.on = {on, n}};
    expect_error_by(f, &opts, CF_EUSAGE, want);
}

static void test_on(void **state)
{
    static const struct file f[] = {
        RATINGS,
        {"m.csv", "id,rating,rating_2\n10,R,x\n30,PG,y\n"},
        {"u.csv", "userId,since\n7,1999\n9,2001\n"},
        {NULL, NULL}};
    static const struct file two[] = {
        RATINGS, {"m.csv", "movieId,rating\n10,R\n"}, {NULL, NULL}};
    static char *const pair[] = {"movieId=id"};
    static char *const both[] = {"movieId=id", "userId"};
    static char *const name[] = {"movieId"};
    static const char want[] =
        "m.rating_3 str\nm.rating_2 str\nu.since str\n"
        "rows.userId str\nrows.movieId str\nrows.rating str\n"
        "rows.m u32 >m/movieId\nrows.u u32 >u/userId\nrows.line run line\n"
        "m R|x\nm PG|y\nu 1999\nu 2001\n"
        "rows 7|10|4.0|0|0|2\nrows 7|30|1.0|1|0|5\nrows 9|10|5.0|0|1|6\n";

    (void)state;
    expect_on(f, 2, both, want);
    expect_on(two, 1, name,
              "m.rating_2 str\n"
              "rows.userId str\nrows.movieId str\nrows.rating str\n"
              "rows.m u32 >m/movieId\nrows.line run line\n"
              "m R\nrows 7|10|4.0|0|2\nrows 9|10|5.0|0|6\n");
    const struct file natural[] = {f[0], f[2], {NULL, NULL}};
    fails_on(natural, 1, pair,
             "--on movieId=id: u.csv has no column 'id'; there are userId, "
             "since");
}

static void test_on_errors(void **state)
{
    static const struct file f[] = {RATINGS,
                                    {"m.csv", "id,t\n10,x\n"},
                                    {"u.csv", "userId,since\n7,1999\n"},
                                    {NULL, NULL}};
    static char *const left[] = {"movie=id"};
    static char *const right[] = {"movieId=idd"};
    static char *const two[] = {"movieId=id", "movieId=t"};
    static char *const alone[] = {"userId"};

    (void)state;
    fails_on(f, 1, left,
             "--on movie=id: in/ratings.csv has no column 'movie'; there are "
             "userId, movieId, rating");
    fails_on(f, 1, right,
             "--on movieId=idd: no joined file has a column 'idd'");
    fails_on(f, 2, two,
             "m.csv: has columns for both --on movieId=id and --on movieId=t");
    const struct file one[] = {f[0], {NULL, NULL}};
    fails_on(one, 1, alone,
             "--on userId: no joined file has a column 'userId'");
}

/* users.md row 1. The expected rows are those of sqlite3: select * from
 * r join d on r.k = d.k join e on r.j = e.j order by r.rowid, d.rowid,
 * e.rowid */
static void test_dup(void **state)
{
    static const struct file f[] = {
        {"r.csv", "k,j\n1,a\n2,a\n1,b\n3,a\n"},
        {"d.csv", "k,v\n1,p\n2,q\n1,r\n2,s\n1,t\n3,u\n"},
        {"e.csv", "j,w\nb,x\na,y\na,z\n"},
        {NULL, NULL}};
    static const char head[] =
        "d.v str\ne.w str\nrows.k str\nrows.j str\nrows.d u32 >d/k\n"
        "rows.e u32 >e/j\nrows.line run line\n";
    static const char *const want[] = {
        [CF_KEY_FIRST] = "d p\nd q\nd u\ne x\ne y\n"
                         "rows 1|a|0|1|2\nrows 2|a|1|1|3\n"
                         "rows 1|b|0|0|4\nrows 3|a|2|1|5\n",
        [CF_KEY_LAST] = "d t\nd s\nd u\ne x\ne z\n"
                        "rows 1|a|0|1|2\nrows 2|a|1|1|3\n"
                        "rows 1|b|0|0|4\nrows 3|a|2|1|5\n",
        [CF_KEY_ALL] = "d p\nd q\nd u\nd r\nd s\nd t\ne x\ne y\ne z\n"
                       "rows 1|a|0|1|2\nrows 1|a|0|2|2\n"
                       "rows 1|a|3|1|2\nrows 1|a|3|2|2\n"
                       "rows 1|a|5|1|2\nrows 1|a|5|2|2\n"
                       "rows 2|a|1|1|3\nrows 2|a|1|2|3\n"
                       "rows 2|a|4|1|3\nrows 2|a|4|2|3\n"
                       "rows 1|b|0|0|4\nrows 1|b|3|0|4\nrows 1|b|5|0|4\n"
                       "rows 3|a|2|1|5\nrows 3|a|2|2|5\n"};
    char all[1024];

    (void)state;
    for (enum cf_key_dup dup = CF_KEY_FIRST; dup <= CF_KEY_ALL; dup++) {
        const struct cf_merge_opts opts = {.dup = dup};
        snprintf(all, sizeof all, "%s%s", head, want[dup]);
        expect_by(f, &opts, all);
    }
    expect_error(f, CF_EDATA,
                 "d.csv:4: key k=1 appears again (first at line 2)");
}

/* A file without columns of its own multiplies too, as in SQL. */
static void test_dup_filter(void **state)
{
    static const struct file f[] = {{"r.csv", "k,v\n1,x\n2,y\n3,z\n"},
                                    {"d.csv", "k\n2\n1\n2\n"},
                                    {NULL, NULL}};
    static const struct cf_merge_opts last = {.dup = CF_KEY_LAST},
                                      all = {.dup = CF_KEY_ALL};
#define HEAD "rows.k str\nrows.v str\nrows.line run line\n"

    (void)state;
    expect_by(f, &last, HEAD "rows 1|x|2\nrows 2|y|3\n");
    expect_by(f, &all, HEAD "rows 1|x|2\nrows 2|y|3\nrows 2|y|3\n");
}

/* users.md row 2. */
static void test_missing(void **state)
{
    static const struct file f[] = {RATINGS,
                                    {"m.csv", "movieId,t\n10,a\n30,c\n"},
                                    {"u.csv", "userId,n\n7,x\n8,y\n"},
                                    {NULL, NULL}};
    static const struct cf_merge_opts keep = {.missing = CF_MISSING_KEEP};
    static const struct cf_merge_opts fail = {.missing = CF_MISSING_FAIL};

    (void)state;
    expect_by(f, &keep,
              "m.t str\nu.n str\n"
              "rows.userId str\nrows.movieId str\nrows.rating str\n"
              "rows.m u32 >m/movieId none\nrows.u u32 >u/userId none\n"
              "rows.line run line\nm a\nm c\nu x\nu y\n"
              "rows 7|10|4.0|0|0|2\nrows 8|20|3.5|none|1|3\n"
              "rows 7|30|1.0|1|0|5\nrows 9|10|5.0|0|none|6\n");
    expect_error_by(f, &fail, CF_EDATA,
                    "in/ratings.csv:3: key movieId=20 is not in m.csv");
    const struct file users[] = {f[0], f[2], {NULL, NULL}};
    expect_error_by(users, &fail, CF_EDATA,
                    "in/ratings.csv:6: key userId=9 is not in u.csv");
}

/* --missing keep and --dup all together: a row without a partner is there
 * once. */
static void test_keep_all(void **state)
{
    static const struct file f[] = {
        {"r.csv", "k\n1\n2\n"}, {"d.csv", "k,v\n2,p\n2,q\n"}, {NULL, NULL}};
    static const struct cf_merge_opts opts = {.missing = CF_MISSING_KEEP,
                                              .dup = CF_KEY_ALL};

    (void)state;
    expect_by(f, &opts,
              "d.v str\nrows.k str\nrows.d u32 >d/k none\n"
              "rows.line run line\nd p\nd q\n"
              "rows 1|none|2\nrows 2|0|3\nrows 2|1|3\n");
}

static void test_expect(void **state)
{
    static const struct file f[] = {RATINGS, {NULL, NULL}};
    static const uint64_t right = 4, wrong = 5;
    static const struct cf_merge_opts good = {.expect = &right};
    static const struct cf_merge_opts bad = {.expect = &wrong};

    (void)state;
    expect_by(f, &good,
              "rows.userId str\nrows.movieId str\nrows.rating str\n"
              "rows.line run line\nrows 7|10|4.0|2\nrows 8|20|3.5|3\n"
              "rows 7|30|1.0|5\nrows 9|10|5.0|6\n");
    expect_error_by(f, &bad, CF_EDATA, "in/ratings.csv: 4 rows, expected 5");
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
        cmocka_unit_test(test_on),
        cmocka_unit_test(test_on_errors),
        cmocka_unit_test(test_dup),
        cmocka_unit_test(test_dup_filter),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_keep_all),
        cmocka_unit_test(test_expect),
        cmocka_unit_test(test_many_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
