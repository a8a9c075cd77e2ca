/* test_concat.c - streams one after the other: dictionaries, heads, columns
 * that differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "data/concat.h"
#include "made.h"
#include "ten.h"

static struct cf_err err;

/* A stream in memory. */
struct bytes {
    char *p;
    size_t n;
};

/* Ratings of three rows whose codes go round the ids. */
static struct bytes shard(const char *a, const char *b, const char *title)
{
    struct made m;
    struct bytes s;

    made_init(&m, CF_RATINGS);
    made_part(&m, "user");
    made_column(&m, "userId", CF_STR, CF_USER);
    made_part(&m, "item");
    made_column(&m, "movieId", CF_STR, CF_ITEM);
    made_column(&m, "title", CF_STR, CF_LABEL);
    made_part(&m, "rows");
    made_code(&m, "userId", CF_USER, "user", false);
    made_code(&m, "movieId", CF_ITEM, "item", false);
    made_column(&m, "rating", CF_F32, CF_RATING);
    made_begin(&m, NULL);
    made_put(&m, "user", 2, TEXTS(a, b));
    made_put(&m, "item", 1, TEXTS("10"), TEXTS(title));
    made_put(&m, "rows", 3, CODES(0, 1, 0), CODES(0, 0, 0), REALS(1, 2, 3));
    s.p = made_finish(&m, &s.n);
    return s;
}

/* A table of one row; the columns are named by the letters of a word, those
 * of capitals in small, with type u32 instead of text. */
static struct bytes table(const char *columns)
{
    static const uint32_t zero[] = {0};
    struct made m;
    struct bytes s;

    made_init(&m, CF_TABLE);
    made_part(&m, "rows");
    for (const char *c = columns; *c; c++)
        made_column(&m, (char[]){(char)(*c | 0x20), 0},
                    *c < 'a' ? CF_U32 : CF_STR, CF_NO_ROLE);
    made_begin(&m, NULL);
    const void *v[2] = {TEXTS("x"), TEXTS("y")};
    for (size_t i = 0; columns[i]; i++)
        if (columns[i] < 'a')
            v[i] = zero;
    made_put(&m, "rows", 1, v[0], v[1]);
    s.p = made_finish(&m, &s.n);
    return s;
}

/* Puts n streams, which it frees, together as CSV; the result of the last
 * addition. text NULL: it does not matter. */
static int concat(const struct bytes *s, size_t n, uint64_t head,
                  const char *text, uint64_t differ)
{
    const struct cf_concat_opts opts = {.several = n > 1, .head = head};
    const struct cf_show_opts csv = {.format = CF_SHOW_CSV,
                                     .head = CF_SHOW_ALL};
    struct cf_concat *x = NULL;
    struct made_reader r;
    struct made out;
    int rc = 0;

    made_init(&out, CF_TABLE);
    for (size_t i = 0; i < n; i++) {
        made_read(&r, s[i].p, s[i].n);
        if (i == 0) {
            must(cf_concat_open(&x, r.r, &opts, &err), &err);
            made_text(&out, &csv);
            must(cf_writer_open(&out.writer, cf_concat_schema(x), NULL,
                                cf_show_tap(out.show), &err),
                 &err);
        }
        if (!rc)
            rc = cf_concat_add(x, r.r, out.writer, &err);
        made_read_close(&r);
        free(s[i].p);
    }
    if (text && !rc) {
        assert_int_equal(cf_concat_differ(x), differ);
        made_expect(&out, text);
    } else {
        size_t size;
        free(made_finish(&out, &size));
    }
    cf_concat_close(x);
    return rc;
}

static void test_one(void **state)
{
    struct bytes s[] = {shard("1", "2", "Heat")};

    (void)state;
    must(concat(s, 1, UINT64_MAX,
                "userId,movieId,rating,title\n"
                "1,10,1,Heat\n2,10,2,Heat\n1,10,3,Heat\n",
                0),
         &err);
}

/* Codes change so that they name the same users; the first title stays. */
static void test_dictionaries(void **state)
{
    struct bytes s[] = {shard("1", "2", "Heat"), shard("2", "3", "Heat"),
                        shard("4", "1", "Up")};

    (void)state;
    must(concat(s, 3, UINT64_MAX,
                "userId,movieId,rating,title\n"
                "1,10,1,Heat\n2,10,2,Heat\n1,10,3,Heat\n"
                "2,10,1,Heat\n3,10,2,Heat\n2,10,3,Heat\n"
                "4,10,1,Heat\n1,10,2,Heat\n4,10,3,Heat\n",
                1),
         &err);
}

static void test_head(void **state)
{
    static const char four[] = "userId,movieId,rating,title\n"
                               "1,10,1,Heat\n2,10,2,Heat\n1,10,3,Heat\n"
                               "2,10,1,Heat\n";
    struct bytes s[] = {shard("1", "2", "Heat"), shard("2", "3", "Heat"),
                        shard("4", "1", "Heat")};
    struct bytes none[] = {shard("1", "2", "Heat")};

    (void)state;
    must(concat(s, 3, 4, four, 0), &err);
    must(concat(none, 1, 0, "userId,movieId,rating,title\n", 0), &err);
}

static void unlike(const char *a, const char *b, const char *want)
{
    struct bytes s[] = {table(a), table(b)};

    assert_int_equal(concat(s, 2, UINT64_MAX, NULL, 0), CF_EDATA);
    assert_string_equal(err.msg, want);
}

static void test_unlike(void **state)
{
    (void)state;
    unlike("a", "ab", "test.cf: has 'b', which test.cf does not have");
    unlike("ab", "b", "test.cf: does not have 'a', which test.cf has");
    unlike("ab", "cd",
           "test.cf: does not have 'a', 'b', which test.cf has, "
           "but has 'c', 'd'");
    unlike("ab", "ba",
           "test.cf: the columns are in another order than in "
           "test.cf: 'b' where that has 'a'");
    unlike("ab", "aB",
           "test.cf: column 'b' holds u32, but in test.cf it "
           "holds str");
}

static void test_kinds(void **state)
{
    struct bytes s[] = {table("a"), shard("1", "2", "Heat")};

    (void)state;
    assert_int_equal(concat(s, 2, UINT64_MAX, NULL, 0), CF_EDATA);
    assert_string_equal(err.msg,
                        "test.cf: a ratings stream, but test.cf is a table "
                        "stream");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one),   cmocka_unit_test(test_dictionaries),
        cmocka_unit_test(test_head),  cmocka_unit_test(test_unlike),
        cmocka_unit_test(test_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
