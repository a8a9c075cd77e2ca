/* test_view.c - the items of a model as rows, with attributes of any type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "little.h"
#include "made.h"
#include "model/view.h"
#include "ten.h"

/* The films, with a number and a price; 30 has no training row. */
static char *films(size_t *n)
{
    struct made m;

    made_init(&m, CF_RATINGS);
    made_part(&m, "user");
    made_column(&m, "userId", CF_STR, CF_USER);
    made_part(&m, "item");
    made_column(&m, "filmId", CF_STR, CF_ITEM);
    made_column(&m, "year", CF_U32, CF_NO_ROLE);
    made_column(&m, "title", CF_STR, CF_LABEL);
    made_column(&m, "price", CF_F32, CF_NO_ROLE);
    made_begin(&m, NULL);
    made_put(&m, "user", 1, TEXTS("1"));
    made_put(&m, "item", 4, TEXTS("10", "20", "30", "40"),
             CODES(1995, 2001, 7, 0), TEXTS("Heat", "Up", "", "Ran"),
             REALS(0.5F, 1, 2.25F, -1));
    return made_finish(&m, n);
}

static void films_model(struct cf_model *m)
{
    static const uint32_t counts[] = {2, 1, 0, 5};
    static const float biases[] = {0.25F, -0.5F, 0, 0.125F};
    static const float factors[] = {3, 4, -4, 3, 7, 7, 6, 8};
    struct cf_store side[2];
    struct made_reader in;
    const struct cf_block *b;
    struct cf_err err;
    size_t n;
    char *p = films(&n);

    made_read(&in, p, n);
    const struct cf_schema *s = cf_reader_schema(in.r);
    for (uint32_t i = 0; i < 2; i++)
        must(cf_store_init(&side[i], s, i, &err), &err);
    for (;;) {
        must(cf_reader_next(in.r, &b, &err), &err);
        if (!b)
            break;
        must(cf_store_add(&side[b->part], b, &err), &err);
    }
    must(cf_model_init(m, 2, s, 0, &side[0], 1, &side[1], &err), &err);
    memcpy(m->item.count, counts, sizeof counts);
    memcpy(m->item.bias, biases, sizeof biases);
    memcpy(m->item.factors, factors, sizeof factors);
    made_read_close(&in);
    free(p);
}

static void expect_view(const struct cf_view_opts *o, const char *want)
{
    const struct cf_show_opts how = {.format = CF_SHOW_CSV,
                                     .head = CF_SHOW_ALL};
    struct cf_side_view *v;
    struct cf_model m;
    struct made text;
    struct cf_err err;

    films_model(&m);
    made_init(&text, CF_MODEL);
    made_text(&text, &how);
    must(cf_view_open(&v, &m, o, &err), &err);
    must(cf_view_show(v, cf_show_tap(text.show), &err), &err);
    made_expect(&text, want);
    cf_view_close(v);
    cf_model_free(&m);
}

static void test_attributes(void **state)
{
    (void)state;
    expect_view(&(struct cf_view_opts){.head = 10},
                "filmId,year,title,price,count,bias\n"
                "10,1995,Heat,0.5,2,0.25\n"
                "20,2001,Up,1,1,-0.5\n"
                "30,7,,2.25,0,0\n"
                "40,0,Ran,-1,5,0.125\n");
}

static void test_order(void **state)
{
    (void)state;
    expect_view(
        &(struct cf_view_opts){.sort = "count", .reverse = true, .head = 2},
        "filmId,year,title,price,count,bias\n"
        "40,0,Ran,-1,5,0.125\n"
        "10,1995,Heat,0.5,2,0.25\n");
    expect_view(&(struct cf_view_opts){.sort = "bias", .head = 10},
                "filmId,year,title,price,count,bias\n"
                "20,2001,Up,1,1,-0.5\n"
                "40,0,Ran,-1,5,0.125\n"
                "10,1995,Heat,0.5,2,0.25\n");
    expect_view(&(struct cf_view_opts){.head = 0},
                "filmId,year,title,price,count,bias\n");
    expect_view(&(struct cf_view_opts){.users = true, .head = 1},
                "userId,count,bias\n1,0,0\n");
}

/* Rows asked for come in the order of the model, once. */
static void test_only(void **state)
{
    const uint32_t only[] = {3, 2, 3};
    (void)state;
    expect_view(
        &(struct cf_view_opts){
            .only = only, .nonly = 3, .factors = true, .head = 9},
        "filmId,year,title,price,count,bias,f0,f1\n"
        "30,7,,2.25,0,0,7,7\n"
        "40,0,Ran,-1,5,0.125,6,8\n");
    expect_view(
        &(struct cf_view_opts){
            .only = only, .nonly = 3, .factors = true, .sort = "f0", .head = 9},
        "filmId,year,title,price,count,bias,f0,f1\n"
        "40,0,Ran,-1,5,0.125,6,8\n");
    expect_view(&(struct cf_view_opts){.only = only, .nonly = 0, .head = 9},
                "filmId,year,title,price,count,bias\n");
}

/* (3, 4) and (6, 8) have one direction, (-4, 3) stands at a right angle. */
static void test_near(void **state)
{
    const uint32_t heat = 0;
    (void)state;
    expect_view(
        &(struct cf_view_opts){.near = &heat, .vec = &cf_vec_scalar, .head = 9},
        "filmId,year,title,price,count,bias,cosine\n"
        "40,0,Ran,-1,5,0.125,1\n"
        "20,2001,Up,1,1,-0.5,0\n");
    expect_view(
        &(struct cf_view_opts){
            .near = &heat, .vec = &cf_vec_scalar, .reverse = true, .head = 1},
        "filmId,year,title,price,count,bias,cosine\n"
        "20,2001,Up,1,1,-0.5,0\n");
    expect_view(
        &(struct cf_view_opts){
            .near = &heat, .vec = &cf_vec_scalar, .sort = "bias", .head = 1},
        "filmId,year,title,price,count,bias,cosine\n"
        "20,2001,Up,1,1,-0.5,0\n");
}

/* Of (3, 4), (-4, 3) and (6, 8), by numpy.linalg.eigh: the centred products are
 * (52.6, 23; 23, 14), the largest eigenvalue 63.37959396 of 66.6, its axis
 * (0.9064911, 0.42222492). */
static void test_components(void **state)
{
    const struct cf_pca_opts one = {1, 1, "item"};
    struct cf_pca p;
    struct cf_model m;
    struct cf_err err;
    (void)state;

    films_model(&m);
    must(cf_pca(&p, &m.item, m.k, &one, &err), &err);
    expect_near(p.share[0], 0.9506939094329987, 1e-12);
    expect_near(p.score[0], 0.78642988, 1e-6);
    expect_near(p.score[1], -5.98123275, 1e-6);
    assert_true(isnan(p.score[2]));
    expect_near(p.score[3], 5.19480287, 1e-6);
    cf_pca_free(&p);
    cf_model_free(&m);
}

/* Two users, none with a training row. */
static void test_no_components(void **state)
{
    const struct cf_pca_opts one = {1, 1, "item"}, three = {3, 1, "item"},
                             few = {2, 2, "item"};
    struct cf_pca p;
    struct cf_model m;
    struct cf_err err;
    (void)state;

    films_model(&m);
    assert_int_equal(cf_pca(&p, &m.user, m.k, &one, &err), CF_EDATA);
    cf_pca_free(&p);
    assert_int_equal(cf_pca(&p, &m.item, m.k, &three, &err), CF_EDATA);
    cf_pca_free(&p);
    assert_int_equal(cf_pca(&p, &m.item, m.k, &few, &err), CF_EDATA);
    assert_string_equal(err.msg, "no 2 principal components: of the 2 items "
                                 "that are known, with 2 factors, there are at "
                                 "most 1");
    cf_pca_free(&p);
    for (size_t i = 0; i < m.item.n * m.k; i++)
        m.item.factors[i] = 1;
    assert_int_equal(cf_pca(&p, &m.item, m.k, &one, &err), CF_EDATA);
    cf_pca_free(&p);
    cf_model_free(&m);
}

static void test_least(void **state)
{
    (void)state;
    expect_view(&(struct cf_view_opts){.least = 2, .head = 9},
                "filmId,year,title,price,count,bias\n"
                "10,1995,Heat,0.5,2,0.25\n"
                "40,0,Ran,-1,5,0.125\n");
}

static void test_no_column(void **state)
{
    struct cf_side_view *v;
    struct cf_model m;
    struct cf_err err;
    (void)state;

    films_model(&m);
    assert_int_equal(
        cf_view_open(&v, &m, &(struct cf_view_opts){.sort = "title"}, &err),
        CF_EUSAGE);
    assert_string_equal(err.msg, "no column 'title' of numbers to sort by, "
                                 "only count, bias");
    cf_view_close(v);
    cf_model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attributes), cmocka_unit_test(test_order),
        cmocka_unit_test(test_only),       cmocka_unit_test(test_near),
        cmocka_unit_test(test_components), cmocka_unit_test(test_no_components),
        cmocka_unit_test(test_least),      cmocka_unit_test(test_no_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
