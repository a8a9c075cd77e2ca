/* test_vocab.c - ids that another stream gave already. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "indexing.h"
#include "made.h"

#define HEAD                                                                   \
    "user.u str user\nitem.i str item\nitem.title str label\n"                 \
    "rows.u u32 user >user\nrows.i u32 item >item\n"                           \
    "rows.rating f32 rating\n"

static const struct file old[] = {
    {"r.csv", "u,i,r\nb,y,1\na,x,2\n7,z,3\n"},
    {"items.csv", "i,title,year\nx,X,1\ny,Y,2\nz,Z,3\nw,W,4\n"},
    {NULL, NULL}};

/* A vocabulary, of ratings or of a model. */
struct known {
    char *p;
    struct made_reader in;
    struct cf_vocab v;
};

static void know_bytes(struct known *k, char *p, size_t n)
{
    struct cf_err err;

    k->p = p;
    made_read(&k->in, p, n);
    must(cf_vocab_read(&k->v, k->in.r, &err), &err);
}

static void know(struct known *k, const struct file *f)
{
    const struct cf_index_opts opts = {0};
    char why[256];
    size_t n;
    char *p = index_files(f, &opts, &n, why);

    assert_non_null(p);
    know_bytes(k, p, n);
}

static void forget(struct known *k)
{
    cf_vocab_free(&k->v);
    made_read_close(&k->in);
    free(k->p);
}

/* New ones come after, what the vocabulary says of the others stays. */
static void test_append(void **state)
{
    static const struct file f[] = {
        {"r.csv", "u,i,r\nc,x,5\na,w,4\n"},
        {"items.csv", "i,title,year\nx,Other,1\nw,W,4\n"},
        {NULL, NULL}};
    struct known k;

    (void)state;
    know(&k, old);
    const struct cf_index_opts opts = {.vocab = &k.v};
    expect_index(f, &opts,
                 "user.u str user\nitem.i str item\nitem.title str label\n"
                 "item.year str\n"
                 "rows.u u32 user >user\nrows.i u32 item >item\n"
                 "rows.rating f32 rating\n"
                 "user b\nuser a\nuser 7\nuser c\n"
                 "item y|Y|2\nitem x|X|1\nitem z|Z|3\nitem w|W|4\n"
                 "rows 3|1|5\nrows 1|3|4\n");
    forget(&k);
}

/* Attributes that only one of the two has. */
static void test_attributes(void **state)
{
    static const struct file plain[] = {{"r.csv", "u,i,r\nc,x,5\na,w,4\n"},
                                        {NULL, NULL}};
    static const struct file color[] = {
        {"r.csv", "u,i,r\nc,x,5\na,w,4\n"},
        {"items.csv", "i,color,title\nx,red,New\nw,blue,W\n"},
        {NULL, NULL}};
    struct known k;

    (void)state;
    know(&k, old);
    const struct cf_index_opts opts = {.vocab = &k.v};
    expect_index(plain, &opts,
                 "user.u str user\nitem.i str item\nitem.title str label\n"
                 "item.year str\n"
                 "rows.u u32 user >user\nrows.i u32 item >item\n"
                 "rows.rating f32 rating\n"
                 "user b\nuser a\nuser 7\nuser c\n"
                 "item y|Y|2\nitem x|X|1\nitem z|Z|3\nitem w||\n"
                 "rows 3|1|5\nrows 1|3|4\n");
    expect_index(color, &opts,
                 "user.u str user\nitem.i str item\nitem.color str\n"
                 "item.title str label\nitem.year str\n"
                 "rows.u u32 user >user\nrows.i u32 item >item\n"
                 "rows.rating f32 rating\n"
                 "user b\nuser a\nuser 7\nuser c\n"
                 "item y||Y|2\nitem x||X|1\nitem z||Z|3\nitem w|blue|W|\n"
                 "rows 3|1|5\nrows 1|3|4\n");
    forget(&k);
}

/* By bytes, by small number, by code of a dictionary. */
static void test_fixed(void **state)
{
    static const struct file f[] = {
        {"r.csv", "u,i,r\nc,x,5\na,w,4\n7,z,3\n07,z,3\nd,q,2\nb,y,1\n"},
        {NULL, NULL}};
    static const struct file numbers[] = {{"r.csv", "u,i,r\n8,z,5\n7,x,4\n"},
                                          {NULL, NULL}};
    static const struct file titles[] = {
        {"r.csv", "u,i,r\na,1,5\nb,2,4\na,1,3\nb,2,3\n"},
        {"items.csv", "i,title,year\n1,y,5\n2,new,6\n"},
        {NULL, NULL}};
    struct known k;

    (void)state;
    know(&k, old);
    const struct cf_index_opts opts = {.vocab = &k.v, .fixed = true};
    expect_index(f, &opts,
                 "user.u str user\nitem.i str item\nitem.title str label\n"
                 "item.year str\n"
                 "rows.u u32 user >user\nrows.i u32 item >item\n"
                 "rows.rating f32 rating\n"
                 "user b\nuser a\nuser 7\nitem y|Y|2\nitem x|X|1\nitem z|Z|3\n"
                 "rows 2|2|3\nrows 0|0|1\n");
    expect_index(numbers, &opts,
                 "user.u str user\nitem.i str item\nitem.title str label\n"
                 "item.year str\n"
                 "rows.u u32 user >user\nrows.i u32 item >item\n"
                 "rows.rating f32 rating\n"
                 "user b\nuser a\nuser 7\nitem y|Y|2\nitem x|X|1\nitem z|Z|3\n"
                 "rows 2|1|4\n");
    const struct cf_index_opts by_title = {
        .vocab = &k.v, .fixed = true, .item = "title", .rating = "r"};
    expect_index(titles, &by_title,
                 "user.u str user\nitem.title str item\nitem.year str\n"
                 "rows.u u32 user >user\nrows.title u32 item >item\n"
                 "rows.rating f32 rating\n"
                 "user b\nuser a\nuser 7\nitem y|2\nitem x|1\nitem z|3\n"
                 "rows 1|0|5\nrows 1|0|3\n");
    forget(&k);
}

/* Of a vocabulary, all stay, whatever becomes of their rows. */
static void test_core(void **state)
{
    static const struct file f[] = {
        {"r.csv", "u,i,r\nd,x,5\nc,x,5\nc,w,4\na,w,4\na,x,3\nb,q,1\n"},
        {NULL, NULL}};
    struct known k;

    (void)state;
    know(&k, old);
    const struct cf_index_opts opts = {
        .vocab = &k.v, .min_user = 2, .min_item = 2};
    expect_index(f, &opts,
                 "user.u str user\nitem.i str item\nitem.title str label\n"
                 "item.year str\n"
                 "rows.u u32 user >user\nrows.i u32 item >item\n"
                 "rows.rating f32 rating\n"
                 "user b\nuser a\nuser 7\nuser c\n"
                 "item y|Y|2\nitem x|X|1\nitem z|Z|3\nitem w||\n"
                 "rows 3|1|5\nrows 3|3|4\nrows 1|3|4\nrows 1|1|3\n");
    forget(&k);
}

/* It travels even if no row came. */
static void test_no_rows(void **state)
{
    static const struct file f[] = {{"r.csv", "u,i,r\n"}, {NULL, NULL}};
    static const struct file few[] = {
        {"r.csv", "u,i,r\nb,y,1\n"}, {"i.csv", "i,title\ny,Y\n"}, {NULL, NULL}};
    struct known k;

    (void)state;
    know(&k, few);
    struct cf_index_opts opts = {.vocab = &k.v};
    expect_index(f, &opts, HEAD "user b\nitem y|Y\n");
    opts.dup = CF_DUP_LAST;
    expect_index(f, &opts, HEAD "user b\nitem y|Y\n");
    forget(&k);
}

static void test_errors(void **state)
{
    static const char *const u[] = {"a", "a"}, *const i[] = {"x", "y"};
    const struct cf_index_opts fixed = {.fixed = true};
    struct made_reader in;
    struct cf_vocab v;
    struct cf_err err;
    struct known k;
    struct made m;
    size_t n;

    (void)state;
    expect_index_error(old, &fixed, CF_EUSAGE, "--fixed needs --vocab");

    made_init(&m, CF_RATINGS);
    made_part(&m, "user");
    made_column(&m, "u", CF_STR, CF_USER);
    made_part(&m, "item");
    made_column(&m, "i", CF_STR, CF_ITEM);
    made_begin(&m, NULL);
    made_put(&m, "user", 2, u);
    made_put(&m, "item", 2, i);
    char *p = made_finish(&m, &n);
    know_bytes(&k, p, n);
    const struct cf_index_opts opts = {.vocab = &k.v};
    expect_index_error(old, &opts, CF_EDATA,
                       "test.cf: user 'a' is there twice");
    forget(&k);

    made_init(&m, CF_RATINGS);
    made_part(&m, "user");
    made_column(&m, "u", CF_U32, CF_USER);
    made_begin(&m, NULL);
    p = made_finish(&m, &n);
    made_read(&in, p, n);
    assert_int_equal(cf_vocab_read(&v, in.r, &err), CF_EDATA);
    assert_string_equal(err.msg, "test.cf: column 'u' of user is not bytes");
    cf_vocab_free(&v);
    made_read_close(&in);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append),  cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_fixed),   cmocka_unit_test(test_core),
        cmocka_unit_test(test_no_rows), cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
