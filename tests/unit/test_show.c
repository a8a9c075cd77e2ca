/* test_show.c - streams as text, byte by byte. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ten.h"

#define ALL UINT64_MAX

/* ---- what cf-merge writes ---- */

/* Two files joined to one: movies on movieId, people on userId. */
static void put_table(struct made *m, const struct cf_show_opts *opts)
{
    made_init(m, CF_TABLE);
    made_part(m, "movies");
    made_column(m, "title", CF_STR, CF_NO_ROLE);
    made_column(m, "genres", CF_STR, CF_NO_ROLE);
    made_part(m, "people");
    made_column(m, "age", CF_STR, CF_NO_ROLE);
    made_part(m, "rows");
    made_column(m, "userId", CF_STR, CF_NO_ROLE);
    made_code(m, "movies", CF_NO_ROLE, "movies", false);
    made_column(m, "movieId", CF_STR, CF_NO_ROLE);
    made_code(m, "people", CF_NO_ROLE, "people", false);
    made_column(m, "rating", CF_STR, CF_NO_ROLE);
    made_column(m, "line", CF_RUN, CF_LINE);
    assert_int_equal(cf_schema_text(&m->schema, "file", "r.csv", NULL), 0);
    made_begin(m, opts);
    made_put(m, "movies", 2, TEXTS("Alien", "Toys, \"2\""),
             TEXTS("Horror|Sci-Fi", ""));
    made_put(m, "people", 1, TEXTS("40"));
    made_put(m, "rows", 2, TEXTS("1", "007"), CODES(0, 1), TEXTS("31", "1029"),
             CODES(0, 0), TEXTS("2.5", "3"), ((const uint64_t[]){2, 3}));
    made_put(m, "people", 1, TEXTS("7"));
    made_put(m, "rows", 1, TEXTS("x"), CODES(0), TEXTS("31"), CODES(1),
             TEXTS("5"), ((const uint64_t[]){9}));
}

static void test_table_csv(void **state)
{
    (void)state;
    struct made m;

    put_table(&m, &(struct cf_show_opts){.format = CF_SHOW_CSV, .head = ALL});
    made_expect(&m, "userId,movieId,rating,title,genres,age\n"
                    "1,31,2.5,Alien,Horror|Sci-Fi,40\n"
                    "007,1029,3,\"Toys, \"\"2\"\"\",,40\n"
                    "x,31,5,Alien,Horror|Sci-Fi,7\n");
}

static void test_table_jsonl(void **state)
{
    (void)state;
    struct made m;

    put_table(&m, &(struct cf_show_opts){.format = CF_SHOW_JSONL, .head = 2});
    made_expect(&m, "{\"userId\":\"1\",\"movieId\":\"31\",\"rating\":\"2.5\","
                    "\"title\":\"Alien\",\"genres\":\"Horror|Sci-Fi\","
                    "\"age\":\"40\"}\n"
                    "{\"userId\":\"007\",\"movieId\":\"1029\",\"rating\":\"3\","
                    "\"title\":\"Toys, \\\"2\\\"\",\"genres\":\"\","
                    "\"age\":\"40\"}\n");
}

static void test_table_people(void **state)
{
    (void)state;
    struct made m;

    put_table(&m, &(struct cf_show_opts){.format = CF_SHOW_TABLE, .head = 2});
    made_expect(&m, "table stream: file r.csv\n"
                    "\n"
                    "movies: 2 rows x 2 columns\n"
                    "title      genres\n"
                    "Alien      Horror|Sci-Fi\n"
                    "Toys, \"2\"\n"
                    "\n"
                    "people: 2 rows x 1 column\n"
                    "age\n"
                    " 40\n"
                    "  7\n"
                    "\n"
                    "rows: 3 rows x 6 columns\n"
                    "userId  movieId  rating  title      genres         age\n"
                    "     1       31     2.5  Alien      Horror|Sci-Fi   40\n"
                    "   007     1029       3  Toys, \"2\"                  40\n"
                    "...\n");
}

/* One dictionary is asked for: its rows, and no more than head. */
static void test_table_part(void **state)
{
    (void)state;
    struct made m;
    struct cf_show_opts o = {
        .format = CF_SHOW_TSV, .head = 1, .part = "movies"};

    put_table(&m, &o);
    made_expect(&m, "title\tgenres\nAlien\tHorror|Sci-Fi\n");
    o.format = CF_SHOW_TABLE;
    put_table(&m, &o);
    made_expect(&m, "table stream: file r.csv\n"
                    "\n"
                    "movies: 2 rows x 2 columns\n"
                    "title  genres\n"
                    "Alien  Horror|Sci-Fi\n"
                    "...\n");
}

/* ---- what cf-index and cf-batch write ---- */

static void rating_columns(struct made *m)
{
    made_code(m, "userId", CF_USER, "user", true);
    made_code(m, "movieId", CF_ITEM, "item", true);
    made_column(m, "rating", CF_F32, CF_RATING);
    made_column(m, "timestamp", CF_I64, CF_TIME);
}

static void dictionaries(struct made *m, enum cf_kind kind)
{
    made_init(m, kind);
    made_part(m, "user");
    made_column(m, "userId", CF_STR, CF_USER);
    made_column(m, "age", CF_U8, CF_NO_ROLE);
    made_part(m, "item");
    made_column(m, "year", CF_STR, CF_NO_ROLE);
    made_column(m, "title", CF_STR, CF_LABEL);
    made_column(m, "movieId", CF_STR, CF_ITEM);
    made_column(m, "age", CF_STR, CF_NO_ROLE);
}

static void put_dictionaries(struct made *m)
{
    made_put(m, "user", 2, TEXTS("u1", "u2"), "\x29\x07");
    made_put(m, "item", 2, TEXTS("1979", "1995"), TEXTS("Alien", "Toy Story"),
             TEXTS("31", "1"), TEXTS("16", "0"));
}

static const int64_t times[] = {1260759144, -1, 0};

static void put_ratings(struct made *m, const struct cf_show_opts *opts)
{
    dictionaries(m, CF_RATINGS);
    made_part(m, "rows");
    rating_columns(m);
    made_begin(m, opts);
    put_dictionaries(m);
    made_put(m, "rows", 3, CODES(0, 1, CF_NONE), CODES(1, CF_NONE, 0),
             REALS(2.5f, 0.1f, NAN), times);
}

static void test_ratings_csv(void **state)
{
    (void)state;
    struct made m;

    put_ratings(&m, &(struct cf_show_opts){.format = CF_SHOW_CSV, .head = ALL});
    made_expect(&m,
                "userId,movieId,rating,timestamp,user.age,year,title,item.age\n"
                "u1,1,2.5,1260759144,41,1995,Toy Story,0\n"
                "u2,,0.1,-1,7,,,\n"
                ",31,nan,0,,1979,Alien,16\n");
}

static void test_ratings_jsonl(void **state)
{
    (void)state;
    struct made m;

    put_ratings(&m,
                &(struct cf_show_opts){.format = CF_SHOW_JSONL, .head = ALL});
    made_expect(&m,
                "{\"userId\":\"u1\",\"movieId\":\"1\",\"rating\":2.5,"
                "\"timestamp\":1260759144,\"user.age\":41,\"year\":\"1995\","
                "\"title\":\"Toy Story\",\"item.age\":\"0\"}\n"
                "{\"userId\":\"u2\",\"movieId\":null,\"rating\":0.1,"
                "\"timestamp\":-1,\"user.age\":7,\"year\":null,"
                "\"title\":null,\"item.age\":null}\n"
                "{\"userId\":null,\"movieId\":\"31\",\"rating\":null,"
                "\"timestamp\":0,\"user.age\":null,\"year\":\"1979\","
                "\"title\":\"Alien\",\"item.age\":\"16\"}\n");
}

static void test_ratings_people(void **state)
{
    (void)state;
    struct made m;
    struct cf_show_opts o = {
        .format = CF_SHOW_TABLE, .head = 3, .part = "rows"};

    put_ratings(&m, &o);
    made_expect(&m, "ratings stream\n"
                    "\n"
                    "rows: 3 rows x 5 columns\n"
                    "userId  movieId  title      rating   timestamp\n"
                    "u1            1  Toy Story     2.5  1260759144\n"
                    "u2            -  -             0.1          -1\n"
                    "-            31  Alien         nan           0\n");
}

static void test_batches_people(void **state)
{
    (void)state;
    struct made m;

    dictionaries(&m, CF_BATCHES);
    made_part(&m, "train");
    rating_columns(&m);
    made_part(&m, "valid");
    rating_columns(&m);
    assert_int_equal(cf_schema_int(&m.schema, "batch", 64, NULL), 0);
    assert_int_equal(cf_schema_real(&m.schema, "rating_lo", .5, NULL), 0);
    m.schema.part[2].rows = 2;
    made_begin(&m, &(struct cf_show_opts){.format = CF_SHOW_TABLE, .head = 1});
    put_dictionaries(&m);
    made_put(&m, "train", 2, CODES(0, 1), CODES(1, 0), REALS(1, 2), times);
    made_put(&m, "valid", 1, CODES(0), CODES(0), REALS(1), times);
    made_expect(&m, "batches stream: batch 64, rating_lo 0.5\n"
                    "\n"
                    "train: 2 rows x 5 columns\n"
                    "userId  movieId  title      rating   timestamp\n"
                    "u1            1  Toy Story       1  1260759144\n"
                    "...\n");
}

/* Two codes of one dictionary: the second prefix is the column's. */
static void test_two_codes(void **state)
{
    (void)state;
    struct made m;

    dictionaries(&m, CF_TOPN);
    made_part(&m, "rows");
    made_code(&m, "item", CF_ITEM, "item", false);
    made_code(&m, "similar", CF_ITEM, "item", false);
    made_column(&m, "year", CF_U32, CF_RANK);
    made_begin(&m, &(struct cf_show_opts){.format = CF_SHOW_CSV, .head = ALL});
    put_dictionaries(&m);
    made_put(&m, "rows", 1, CODES(0), CODES(1), CODES(5));
    made_expect(&m, "item,similar,year,item.year,item.title,item.age,"
                    "similar.year,similar.title,similar.age\n"
                    "31,1,5,1979,Alien,16,1995,Toy Story,0\n");
}

/* ---- what cf-train writes ---- */

static void put_model(struct made *m, const struct cf_show_opts *opts)
{
    static const float factors[] = {.25f, -1, 3, 1e-7f, 1e20f, 0, 1, INFINITY};
    static const uint64_t starts[] = {0, 18446744073709551615U};
    static const double loss[] = {0.1, -INFINITY};

    made_init(m, CF_MODEL);
    made_part(m, "factors");
    made_matrix(m, "factors", CF_F32, 4);
    made_matrix(m, "pair", CF_U8, 2);
    made_column(m, "start", CF_U64, CF_NO_ROLE);
    made_column(m, "loss", CF_F64, CF_NO_ROLE);
    made_part(m, "empty");
    made_column(m, "x", CF_U32, CF_NO_ROLE);
    made_begin(m, opts);
    made_put(m, "factors", 2, factors, "\x01\x02\xfe\xff", starts, loss);
}

static void test_model_people(void **state)
{
    (void)state;
    struct made m;

    put_model(&m, &(struct cf_show_opts){.format = CF_SHOW_TABLE, .head = ALL});
    made_expect(&m, "model stream\n"
                    "\n"
                    "factors: 2 rows x 8 columns\n"
                    "factors            pair                    start  loss\n"
                    "0.25 -1 3 ... (4)  1 2                         0   0.1\n"
                    "1e+20 0 1 ... (4)  254 255  18446744073709551615  -inf\n"
                    "\n"
                    "empty: 0 rows x 1 column\n"
                    "x\n");
}

static void test_model_lines(void **state)
{
    (void)state;
    struct made m;
    struct cf_show_opts o = {
        .format = CF_SHOW_CSV, .head = ALL, .part = "factors"};

    put_model(&m, &o);
    made_expect(&m, "factors_0,factors_1,factors_2,factors_3,pair_0,pair_1,"
                    "start,loss\n"
                    "0.25,-1,3,1e-07,1,2,0,0.1\n"
                    "1e+20,0,1,inf,254,255,18446744073709551615,-inf\n");
    o.format = CF_SHOW_JSONL;
    put_model(&m, &o);
    made_expect(&m, "{\"factors\":[0.25,-1,3,1e-07],\"pair\":[1,2],\"start\":0,"
                    "\"loss\":0.1}\n"
                    "{\"factors\":[1e+20,0,1,null],\"pair\":[254,255],"
                    "\"start\":18446744073709551615,\"loss\":null}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_csv),
        cmocka_unit_test(test_table_jsonl),
        cmocka_unit_test(test_table_people),
        cmocka_unit_test(test_table_part),
        cmocka_unit_test(test_ratings_csv),
        cmocka_unit_test(test_ratings_jsonl),
        cmocka_unit_test(test_ratings_people),
        cmocka_unit_test(test_batches_people),
        cmocka_unit_test(test_two_codes),
        cmocka_unit_test(test_model_people),
        cmocka_unit_test(test_model_lines),
    };
    return cmocka_run_group_tests_name("show", tests, NULL, NULL);
}
