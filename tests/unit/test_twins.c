/* test_twins.c - two films of one title are told apart, for people only
 * (tensorflow/recommenders 404: users row 3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "made.h"

static void columns(struct made *m, const struct cf_show_opts *opts)
{
    made_init(m, CF_RATINGS);
    made_part(m, "user");
    made_column(m, "u", CF_STR, CF_USER);
    made_part(m, "item");
    made_column(m, "i", CF_STR, CF_ITEM);
    made_column(m, "title", CF_STR, CF_LABEL);
    made_part(m, "rows");
    made_code(m, "u", CF_USER, "user", false);
    made_code(m, "i", CF_ITEM, "item", false);
    made_begin(m, opts);
}

/* The third title comes after the rows of the first two. */
static void put_films(struct made *m, const struct cf_show_opts *opts)
{
    static const char *const u[] = {"a"}, *const i[] = {"838", "3", "77\x1b"};
    static const char *const title[] = {"Emma (1996)", "Heat", "Emma (1996)"};
    static const uint32_t user[] = {0, 0, 0}, item[] = {0, 1, 2};

    columns(m, opts);
    made_put(m, "user", 1, u);
    made_put(m, "item", 2, i, title);
    made_put(m, "rows", 2, user, item);
    made_put(m, "item", 1, i + 2, title + 2);
    made_put(m, "rows", 1, user + 2, item + 2);
    made_put(m, "rows", 1, user, item);
}

static void test_people(void **state)
{
    struct made m;

    (void)state;
    put_films(&m, &(struct cf_show_opts){.format = CF_SHOW_TABLE, .head = 4});
    /* The first row is before anybody knew of the other Emma. */
    made_expect(&m, "ratings stream\n\n"
                    "user: 1 row x 1 column\nu\na\n\n"
                    "item: 3 rows x 2 columns\n"
                    "i       title\n"
                    "838     Emma (1996)\n"
                    "3       Heat\n"
                    "77\\x1b  Emma (1996)\n\n"
                    "rows: 4 rows x 3 columns\n"
                    "u  i       title\n"
                    "a  838     Emma (1996)\n"
                    "a  3       Heat\n"
                    "a  77\\x1b  Emma (1996) [77\\x1b]\n"
                    "a  838     Emma (1996) [838]\n");
}

static void test_programs(void **state)
{
    struct made m;

    (void)state;
    put_films(&m, &(struct cf_show_opts){.format = CF_SHOW_CSV, .head = 9});
    made_expect(&m, "u,i,title\na,838,Emma (1996)\na,3,Heat\n"
                    "a,77\x1b,Emma (1996)\na,838,Emma (1996)\n");
}

/* A long title is cut, not the id. */
static void test_long(void **state)
{
    static const char *const u[] = {"a"}, *const i[] = {"1", "2"};
    static const char *const title[] = {
        "A title of 52 characters, for the cells have just 40",
        "A title of 52 characters, for the cells have just 40"};
    static const uint32_t user[] = {0, 0}, item[] = {0, 1};
    const struct cf_show_opts o = {
        .format = CF_SHOW_TABLE, .head = 4, .part = "rows", .width = 80};
    struct made m;

    (void)state;
    columns(&m, &o);
    made_put(&m, "user", 1, u);
    made_put(&m, "item", 2, i, title);
    made_put(&m, "rows", 2, user, item);
    made_expect(&m,
                "ratings stream\n\n"
                "rows: 2 rows x 3 columns\n"
                "u  i  title\n"
                "a  1  A title of 52 characters, for the c\xe2\x80\xa6 [1]\n"
                "a  2  A title of 52 characters, for the c\xe2\x80\xa6 "
                "[2]\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_people),
        cmocka_unit_test(test_programs),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
