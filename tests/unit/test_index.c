/* test_index.c - tables to ratings. What is expected was worked out by hand:
 * ids count from 0 in order of first sight. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dump.h"
#include "indexing.h"
#include "made.h"

static const struct file movies[] = {
    {"ratings.csv", "userId,movieId,rating,timestamp\n"
                    "7,30,4.0,100\n07,10,3.5,-5\n7,20,1.0,9223372036854775807\n"
                    "7,30,5.0,0\n"},
    {"movies.csv", "movieId,title,genres\n10,A,x\n20,B,y\n30,A,z\n40,C,\n"},
    {"links.csv", "movieId,imdb\n10,i1\n20,i2\n30,i3\n40,i4\n"},
    {NULL, NULL}};

static void test_defaults(void **state)
{
    const struct cf_index_opts opts = {0};

    (void)state;
    expect_index(
        movies, &opts,
        "user.userId str user\n"
        "item.movieId str item\nitem.title str label\nitem.genres str\n"
        "item.imdb str\n"
        "rows.userId u32 user >user\nrows.movieId u32 item >item\n"
        "rows.rating f32 rating\nrows.timestamp i64 time\n"
        "user 7\nuser 07\n"
        "item 30|A|z|i3\nitem 10|A|x|i1\nitem 20|B|y|i2\n"
        "rows 0|0|4|100\nrows 1|1|3.5|-5\n"
        "rows 0|2|1|9223372036854775807\nrows 0|0|5|0\n");
}

/* Two films of one title are one item, with what the first row says. */
static void test_item_title(void **state)
{
    const struct cf_index_opts opts = {.item = "title", .time = "timestamp"};

    (void)state;
    expect_index(movies, &opts,
                 "user.userId str user\n"
                 "item.title str item\nitem.genres str\nitem.imdb str\n"
                 "rows.userId u32 user >user\nrows.title u32 item >item\n"
                 "rows.rating f32 rating\nrows.timestamp i64 time\n"
                 "user 7\nuser 07\nitem A|z|i3\nitem B|y|i2\n"
                 "rows 0|0|4|100\nrows 1|0|3.5|-5\n"
                 "rows 0|1|1|9223372036854775807\nrows 0|0|5|0\n");
}

static void test_named(void **state)
{
    static const struct file f[] = {
        {"r.csv", "time,stars,who,what,called\n1,2,u,i,first\n3,4,u,i,last\n"},
        {"people.csv", "who,age,title\nu,30,Dr\nv,40,Ms\n"},
        {NULL, NULL}};
    const struct cf_index_opts opts = {
        .user = "who", .item = "what", .rating = "stars", .label = "called"};
    const struct cf_index_opts by_age = {
        .user = "age", .item = "what", .rating = "stars", .time = "time"};

    (void)state;
    /* The title is the user's, so it labels no item. */
    expect_index(f, &opts,
                 "user.who str user\nuser.age str\nuser.title str\n"
                 "item.what str item\nitem.called str label\n"
                 "rows.who u32 user >user\nrows.what u32 item >item\n"
                 "rows.rating f32 rating\nrows.time i64 time\n"
                 "user u|30|Dr\nitem i|first\nrows 0|0|2|1\nrows 0|0|4|3\n");
    expect_index(f, &by_age,
                 "user.age str user\nuser.title str\nitem.what str item\n"
                 "rows.age u32 user >user\nrows.what u32 item >item\n"
                 "rows.rating f32 rating\nrows.time i64 time\n"
                 "user 30|Dr\nitem i\nrows 0|0|2|1\nrows 0|0|4|3\n");
}

static void test_implicit(void **state)
{
    static const struct file f[] = {{"r.csv", "u,i,timestamp\na,b,5\n"},
                                    {NULL, NULL}};
    static const struct file title[] = {{"r.csv", "u,i,title\na,b,T\na,b,X\n"},
                                        {NULL, NULL}};
    const struct cf_index_opts opts = {.implicit = true}, none = {0};
    const struct cf_index_opts both = {.implicit = true, .rating = "u"};

    (void)state;
    expect_index(f, &opts,
                 "user.u str user\nitem.i str item\n"
                 "rows.u u32 user >user\nrows.i u32 item >item\n"
                 "rows.timestamp i64 time\nuser a\nitem b\nrows 0|0|5\n");
    expect_index(title, &opts,
                 "user.u str user\nitem.i str item\nitem.title str label\n"
                 "rows.u u32 user >user\nrows.i u32 item >item\n"
                 "user a\nitem b|T\nrows 0|0\nrows 0|0\n");
    expect_index_error(
        f, &none, CF_EUSAGE,
        "test.cf: no rating column; name it with --rating, or use "
        "--implicit if there is none");
    expect_index_error(f, &both, CF_EUSAGE,
                       "--rating and --implicit exclude each other, unless "
                       "--min-rating says which ratings count");
}

static void test_names(void **state)
{
    static const struct file f[] = {{"r.csv", "rating,x,y,rating_2\na,b,1,5\n"},
                                    {NULL, NULL}};
    const struct cf_index_opts opts = {.time = "rating_2"};

    (void)state;
    expect_index(f, &opts,
                 "user.rating str user\nitem.x str item\n"
                 "rows.rating u32 user >user\nrows.x u32 item >item\n"
                 "rows.rating_2 f32 rating\nrows.rating_2_2 i64 time\n"
                 "user a\nitem b\nrows 0|0|1|5\n");
}

static void test_column_errors(void **state)
{
    static const struct file two[] = {{"r.csv", "u,i\na,b\n"}, {NULL, NULL}};
    static const struct file one[] = {{"r.csv", "u\na\n"}, {NULL, NULL}};
    const struct cf_index_opts none = {0}, absent = {.label = "name"};
    const struct cf_index_opts twice = {.item = "rating"};

    (void)state;
    expect_index_error(
        two, &none, CF_EUSAGE,
        "test.cf: no rating column; name it with --rating, or use "
        "--implicit if there is none");
    expect_index_error(one, &none, CF_EUSAGE, "test.cf: no item column");
    expect_index_error(movies, &absent, CF_EUSAGE,
                       "test.cf: no column 'name'; there are userId, movieId, "
                       "rating, timestamp, title, genres, imdb");
    expect_index_error(
        movies, &twice, CF_EUSAGE,
        "test.cf: column 'rating' cannot be both item and rating; "
        "name them with options");
}

/* One rating, one time, in a file where they stand on line 4. */
static void expect_value_error(const char *rating, const char *time,
                               const char *want)
{
    const struct cf_index_opts opts = {0};
    char text[256];

    snprintf(text, sizeof text, "u,i,stars,time\na,b,1,2\n\nc,d,%s,%s\n",
             rating, time);
    const struct file f[] = {{"r.csv", text}, {NULL, NULL}};
    expect_index_error(f, &opts, CF_EDATA, want);
}

static void test_value_errors(void **state)
{
    (void)state;
    expect_value_error("abc", "1", "r.csv:4: stars: 'abc' is not a number");
    expect_value_error("", "1", "r.csv:4: stars: '' is empty");
    expect_value_error("nan", "1", "r.csv:4: stars: 'nan' is not a number");
    expect_value_error("inf", "1", "r.csv:4: stars: 'inf' is not a number");
    expect_value_error("1e39", "1", "r.csv:4: stars: '1e39' is too large");
    expect_value_error("4\xc2\xa0", "1",
                       "r.csv:4: stars: '4\xc2\xa0' is not a number");
    expect_value_error("1", "2.5",
                       "r.csv:4: time: '2.5' is not a whole "
                       "number");
    expect_value_error("1", "", "r.csv:4: time: '' is empty");
    expect_value_error("1", "9223372036854775808",
                       "r.csv:4: time: '9223372036854775808' is above "
                       "9223372036854775807");
}

/* The same bytes give the same id and the same rating, in whichever layout a
 * frame has them, from a stream without file and line. */
static void test_layouts(void **state)
{
    static const char *const u[] = {"7", "8", "x", "7", "8.0"};
    static const char *const i[] = {"1048577", "5", "5", "1048577", "0"};
    static const char *const r[] = {"0.7", "0.3", "0.70", "x", "16777217"};
    const struct cf_index_opts opts = {0};
    struct made m;
    char why[256];

    (void)state;
    for (int bad = 0; bad < 2; bad++) {
        made_init(&m, CF_TABLE);
        made_part(&m, "rows");
        made_column(&m, "u", CF_STR, CF_NO_ROLE);
        made_column(&m, "i", CF_STR, CF_NO_ROLE);
        made_column(&m, "r", CF_STR, CF_NO_ROLE);
        made_begin(&m, NULL);
        made_put(&m, "rows", 2, u, i, r);
        made_put(&m, "rows", bad ? 2 : 1, u + 2, i + 2, r + 2);
        made_put(&m, "rows", 1, u + 4, i + 4, r + 4);
        size_t n;
        char *table = made_finish(&m, &n);
        char *p = indexed(table, &n, &opts, why);
        free(table);
        if (bad) {
            assert_null(p);
            assert_string_equal(why, "test.cf: row 4: r: 'x' is not a number");
            continue;
        }
        char *got = dump(p, n);
        /* 16777217 is halfway between floats and goes to the even one. */
        assert_string_equal(got,
                            "user.u str user\nitem.i str item\n"
                            "rows.u u32 user >user\nrows.i u32 item >item\n"
                            "rows.rating f32 rating\n"
                            "user 7\nuser 8\nitem 1048577\nitem 5\n"
                            "rows 0|0|0.7\nrows 1|1|0.3\n"
                            "user x\nrows 2|1|0.7\n"
                            "user 8.0\nitem 0\nrows 3|2|16777216\n");
        free(got);
        free(p);
    }
}

/* A row without a partner in a dictionary has empty fields. */
static void test_none(void **state)
{
    static const char *const t[] = {"a", "b"}, *const u[] = {"1", "2", "1"};
    static const char *const r[] = {"1", "2", "3"};
    static const uint32_t code[] = {1, CF_NONE, 1};
    const struct cf_index_opts opts = {.item = "t", .rating = "r"};
    struct made m;
    char why[256];
    size_t n;

    (void)state;
    made_init(&m, CF_TABLE);
    made_part(&m, "d");
    made_column(&m, "t", CF_STR, CF_NO_ROLE);
    made_part(&m, "rows");
    made_column(&m, "u", CF_STR, CF_NO_ROLE);
    made_column(&m, "r", CF_STR, CF_NO_ROLE);
    made_code(&m, "d", CF_NO_ROLE, "d", true);
    made_begin(&m, NULL);
    made_put(&m, "d", 2, t);
    made_put(&m, "rows", 3, u, r, code);
    char *table = made_finish(&m, &n);
    char *p = indexed(table, &n, &opts, why);
    assert_non_null(p);
    char *got = dump(p, n);
    assert_string_equal(got, "user.u str user\nitem.t str item\n"
                             "rows.u u32 user >user\nrows.t u32 item >item\n"
                             "rows.rating f32 rating\n"
                             "user 1\nuser 2\nitem b\nitem \n"
                             "rows 0|0|1\nrows 1|1|2\nrows 0|0|3\n");
    free(got);
    free(p);
    free(table);
}

static void test_not_a_table(void **state)
{
    const struct cf_index_opts opts = {0};
    char why[256];
    size_t n;

    (void)state;
    char *ratings = index_files(movies, &opts, &n, why);
    assert_non_null(ratings);
    assert_null(indexed(ratings, &n, &opts, why));
    assert_int_equal(n, CF_EDATA);
    assert_string_equal(why, "test.cf: a ratings stream, expected a table");
    free(ratings);
}

/* Header only: a sound stream without rows. */
static void test_empty(void **state)
{
    static const struct file f[] = {{"r.csv", "u,i,r\n"}, {NULL, NULL}};
    const struct cf_index_opts opts = {0};

    (void)state;
    expect_index(f, &opts,
                 "user.u str user\nitem.i str item\n"
                 "rows.u u32 user >user\nrows.i u32 item >item\n"
                 "rows.rating f32 rating\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_item_title),
        cmocka_unit_test(test_named),
        cmocka_unit_test(test_implicit),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_column_errors),
        cmocka_unit_test(test_value_errors),
        cmocka_unit_test(test_layouts),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_not_a_table),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
