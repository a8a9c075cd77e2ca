/* test_given.c - ratings beside a model: which columns they are in, and where
 * they come from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "data/given.h"
#include "made.h"

static const struct cf_given_opts usual = {.model_user = "userId",
                                           .model_item = "movieId"};

/* "user item rating; ..." of some bytes. */
static int given(const char *p, size_t n, const struct cf_given_opts *opts,
                 struct cf_buf *out, struct cf_err *err)
{
    char number[CF_NUM_MAX];
    struct cf_given g;
    struct cf_in in = {0};

    must(cf_in_mem(&in, "x.csv", p, n, err), err);
    int rc = cf_given_read(&g, &in, opts, err);
    for (size_t i = 0; !rc && i < g.rows.n; i++) {
        cf_buf_str(out, cf_dict_key(&g.users, g.rows.user[i]));
        cf_buf_putc(out, ' ');
        cf_buf_str(out, cf_dict_key(&g.items, g.rows.item[i]));
        cf_format_f32(g.rows.rating[i], number);
        cf_buf_printf(out, " %s; ", number);
    }
    cf_buf_putc(out, '\0');
    cf_given_free(&g);
    cf_in_close(&in);
    return rc;
}

static void expect(const char *text, const struct cf_given_opts *opts,
                   const char *want)
{
    struct cf_buf out = {0};
    struct cf_err err;

    must(given(text, strlen(text), opts, &out, &err), &err);
    assert_string_equal(out.p, want);
    cf_buf_free(&out);
}

static void expect_error(const char *text, const struct cf_given_opts *opts,
                         int code, const char *want)
{
    struct cf_buf out = {0};
    struct cf_err err;

    assert_int_equal(given(text, strlen(text), opts, &out, &err), code);
    assert_string_equal(err.msg, want);
    cf_buf_free(&out);
}

static void test_names(void **state)
{
    (void)state;
    /* As the model has them, wherever they are. */
    expect("rating,movieId,userId\n4,m,u\n3.5,007,u\n", &usual,
           "u m 4; u 007 3.5; ");
    expect("movieId,x,userId,stars\nm,2,u,5\n", &usual, "u m 2; ");
    expect("userId;movieId;x;rating\r\nu;m;9;5\r\n", &usual, "u m 5; ");
}

static void test_places(void **state)
{
    (void)state;
    expect("a,b,c,d\nu,m,4,9\n", &usual, "u m 4; ");
    expect("who,movieId,stars\nu,m,4\n", &usual, "u m 4; ");
    expect("userId,film,stars\nu,m,4\n", &usual, "u m 4; ");
}

static void test_one_user(void **state)
{
    (void)state;
    expect("film,stars\nm,4\nn,2\n", &usual, "new m 4; new n 2; ");
    expect("stars,movieId\n4,m\n", &usual, "new m 4; ");
    expect("movieId,rating,timestamp\nm,4,123\n", &usual, "new m 4; ");
    /* Unless a user is named. */
    const struct cf_given_opts named = {
        .user = "x", .model_user = "userId", .model_item = "movieId"};
    expect("movieId,rating,x\nm,4,u\n", &named, "u m 4; ");
}

static void test_options(void **state)
{
    const struct cf_given_opts all = {"c", "b", "a", "userId", "movieId"};

    (void)state;
    expect("a,b,c,userId,movieId\n1,m,u,x,y\n", &all, "u m 1; ");
    const struct cf_given_opts clash = {
        .rating = "movieId", .model_user = "userId", .model_item = "movieId"};
    expect_error("userId,movieId,rating\nu,m,1\n", &clash, CF_EUSAGE,
                 "x.csv: column 'movieId' cannot be both item and rating; "
                 "name them with options");
    const struct cf_given_opts none = {
        .item = "y", .model_user = "userId", .model_item = "movieId"};
    expect_error("userId,movieId,rating\nu,m,1\n", &none, CF_EUSAGE,
                 "x.csv: no column 'y'; there are userId, movieId, rating");
}

static void test_errors(void **state)
{
    (void)state;
    expect_error("", &usual, CF_EDATA, "x.csv: empty, expected a header row");
    expect_error("a\nb\n", &usual, CF_EDATA, "x.csv: no rating column");
    expect_error("userId,movieId\nu,m\n", &usual, CF_EDATA,
                 "x.csv: no rating column");
    expect_error("userId,movieId,rating\nu,m,4\nu,n,good\n", &usual, CF_EDATA,
                 "x.csv:3: rating: 'good' is not a number");
    expect_error("userId,movieId,rating\nu,m\n", &usual, CF_EDATA,
                 "x.csv:2: 2 fields, expected 3");
    expect_error("1,260,4.5\n1,261,3\n", &usual, CF_EDATA,
                 "x.csv: the first line has no names but '4.5' for the "
                 "rating; put one before it, such as userId,movieId,rating");
    expect("userId,movieId,rating\n", &usual, "");
}

/* ---- streams ---- */

static void make_rows(struct made *m, bool rated)
{
    static const char *const users[] = {"never", "u", "v"};
    static const char *const items[] = {"m", "n"};
    static const uint32_t user[] = {2, 1, 2}, item[] = {1, 0, 0};
    static const float rating[] = {4, 2.5F, 1};

    made_init(m, CF_RATINGS);
    made_part(m, "user");
    made_column(m, "who", CF_STR, CF_USER);
    made_part(m, "item");
    made_column(m, "what", CF_STR, CF_ITEM);
    made_part(m, "rows");
    made_code(m, "who", CF_USER, "user", false);
    made_code(m, "what", CF_ITEM, "item", false);
    if (rated)
        made_column(m, "rating", CF_F32, CF_RATING);
    made_begin(m, NULL);
    made_put(m, "user", 3, users);
    made_put(m, "item", 2, items);
    if (rated)
        made_put(m, "rows", 3, user, item, rating);
    else
        made_put(m, "rows", 3, user, item);
}

static void expect_stream(struct made *m, const char *want)
{
    struct cf_buf out = {0};
    struct cf_err err;
    size_t n;
    char *p = made_finish(m, &n);

    must(given(p, n, &usual, &out, &err), &err);
    assert_string_equal(out.p, want);
    /* A stream that is cut is none. */
    out.n = 0;
    assert_int_equal(given(p, n - 9, &usual, &out, &err), CF_ESTREAM);
    cf_buf_free(&out);
    free(p);
}

static void test_ratings(void **state)
{
    struct made m;

    (void)state;
    make_rows(&m, true);
    expect_stream(&m, "v n 4; u m 2.5; v m 1; ");
    make_rows(&m, false);
    expect_stream(&m, "v n 1; u m 1; v m 1; ");
}

static void test_table(void **state)
{
    static const char *const title[] = {"Heat", "Alien"};
    static const char *const user[] = {"u", "v"}, *const stars[] = {"4", "5"};
    static const uint32_t film[] = {1, 0};
    const struct cf_given_opts by_title = {
        .item = "title", .model_user = "userId", .model_item = "movieId"};
    struct cf_buf out = {0};
    struct cf_err err;
    struct made m;
    size_t n;

    (void)state;
    made_init(&m, CF_TABLE);
    made_part(&m, "films");
    made_column(&m, "title", CF_STR, CF_NO_ROLE);
    made_part(&m, "rows");
    made_column(&m, "userId", CF_STR, CF_NO_ROLE);
    made_column(&m, "stars", CF_STR, CF_NO_ROLE);
    made_code(&m, "films", CF_NO_ROLE, "films", false);
    made_begin(&m, NULL);
    made_put(&m, "films", 2, title);
    made_put(&m, "rows", 2, user, stars, film);
    char *p = made_finish(&m, &n);
    must(given(p, n, &by_title, &out, &err), &err);
    assert_string_equal(out.p, "u Alien 4; v Heat 5; ");
    cf_buf_free(&out);
    free(p);
}

static void test_other_kind(void **state)
{
    struct cf_buf out = {0};
    struct cf_err err;
    struct made m;
    size_t n;

    (void)state;
    made_init(&m, CF_SCORES);
    made_part(&m, "rows");
    made_column(&m, "score", CF_F32, CF_SCORE);
    made_begin(&m, NULL);
    char *p = made_finish(&m, &n);
    assert_int_equal(given(p, n, &usual, &out, &err), CF_EDATA);
    assert_string_equal(err.msg,
                        "x.csv: a scores stream where ratings is expected");
    cf_buf_free(&out);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),    cmocka_unit_test(test_places),
        cmocka_unit_test(test_one_user), cmocka_unit_test(test_options),
        cmocka_unit_test(test_errors),   cmocka_unit_test(test_ratings),
        cmocka_unit_test(test_table),    cmocka_unit_test(test_other_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
