/* test_export.c - the bytes of each format, as its own page describes them:
 * numpy.lib.format; github.com/huggingface/safetensors; corpus-texmex.irisa.fr;
 * COPY, "Text Format" in the manual of PostgreSQL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "little.h"
#include "made.h"
#include "model/export.h"
#include "model/file.h"
#include "temp.h"
#include "ten.h"

#define ONE "\0\0\x80\x3f"       /* 1 as a float32 */
#define HALF "\0\0\0\x3f"        /* 0.5 */
#define MINUS2 "\0\0\0\xc0"      /* -2 */
#define FOUR "\0\0\x80\x40"      /* 4 */
#define SIXTH "\xab\xaa\x2a\x3e" /* 1 / 6, of which text has 9 digits */

/* Users 1: (1, 0.5), bias 4; items of these ids: (-2, 1/6), bias 0.5, and all
 * after the first zeros. */
static void make(struct cf_model *m, const struct cf_str *id, uint32_t n)
{
    struct cf_err err;

    little_model(m, 2, (struct little_ids){1, 1}, (struct little_ids){n, 1});
    cf_store_clear(&m->item.dict);
    for (uint32_t i = 0; i < n; i++)
        must(cf_store_add_strs(&m->item.dict, &id[i], &err), &err);
    m->solver = strdup("none");
    assert_non_null(m->solver);
    m->user.factors[0] = 1;
    m->user.factors[1] = 0.5F;
    m->user.bias[0] = 4;
    m->item.factors[0] = -2;
    m->item.factors[1] = 1 / 6.0F;
    m->item.bias[0] = 0.5F;
    m->lo = 0.5F;
    m->hi = 5;
}

/* The model as a stream, and the stream exported, through files. */
static void write_model(const struct cf_str *id, uint32_t n)
{
    struct cf_model m;
    struct cf_schema s;
    struct cf_writer *w;
    struct cf_out *out;
    struct cf_err err;

    make(&m, id, n);
    must(cf_model_schema(&m, false, &s, &err), &err);
    must(cf_out_open(&out, "model", &err), &err);
    must(cf_writer_open(&w, &s, out, NULL, &err), &err);
    must(cf_model_write(&m, &s, w, &err), &err);
    must(cf_writer_finish(w, &err), &err);
    must(cf_out_commit(out, &err), &err);
    cf_writer_close(w);
    cf_out_close(out);
    cf_schema_free(&s);
    cf_model_free(&m);
}

static int write_export(const struct cf_export_opts *o)
{
    struct cf_export_opts how = *o;
    struct cf_export_report r;
    struct cf_in in = {0};
    struct cf_out *out;
    struct cf_err err;

    must(cf_pool_open(&how.pool, 2, &err), &err);
    must(cf_in_open(&in, "model", &err), &err);
    must(cf_out_open(&out, "out", &err), &err);
    int rc = cf_export(&in, &how, out, &r, &err);
    if (!rc)
        must(cf_out_commit(out, &err), &err);
    cf_out_close(out);
    cf_in_close(&in);
    cf_pool_close(how.pool);
    if (!rc && o->items)
        assert_int_equal(r.items.untrained, r.items.rows);
    return rc;
}

static int export(const struct cf_str *id, uint32_t n,
                  const struct cf_export_opts *o, char *got, size_t *size)
{
    write_model(id, n);
    int rc = write_export(o);
    if (rc)
        return rc;
    FILE *f = fopen("out", "rb");
    assert_non_null(f);
    *size = fread(got, 1, 4095, f);
    fclose(f);
    return 0;
}

/* Of a model of one item, "7". */
static void expect_bytes(const struct cf_export_opts *o, const char *want,
                         size_t n)
{
    const struct cf_str id = cf_cstr("7");
    char got[4096];
    size_t size = 0;

    assert_int_equal(export(&id, 1, o, got, &size), 0);
    assert_int_equal(size, n);
    assert_memory_equal(got, want, n);
}

/* A string literal with NULs in it. */
#define EXPECT(o, want) expect_bytes(&(o), want, sizeof(want) - 1)

static const struct cf_export_opts
    npy = {.format = CF_EXPORT_NPY, .items = true},
    npy_users = {.format = CF_EXPORT_NPY, .users = true, .fold = true},
    fvecs = {.format = CF_EXPORT_FVECS, .items = true, .fold = true},
    both = {.format = CF_EXPORT_SAFETENSORS, .users = true, .items = true},
    folded = {.format = CF_EXPORT_SAFETENSORS, .items = true, .fold = true},
    word2vec = {.format = CF_EXPORT_WORD2VEC, .items = true},
    pgvector = {.format = CF_EXPORT_PGVECTOR, .items = true},
    csv = {.format = CF_EXPORT_CSV, .items = true, .fold = true};

#define NPY "\x93NUMPY\x01\0\x76\0{'descr': '<f4', 'fortran_order': False, "
#define BLANKS "                                                          "

static void test_binary(void **state)
{
    (void)state;
    EXPECT(npy, NPY "'shape': (1, 2), }" BLANKS "\n" MINUS2 SIXTH);
    EXPECT(npy_users, NPY "'shape': (1, 3), }" BLANKS "\n" ONE HALF ONE);
    EXPECT(fvecs, "\x03\0\0\0" MINUS2 SIXTH HALF);
}

#define META_OPEN                                                              \
    "{\"__metadata__\":{\"link\":\"identity\",\"mean\":\"0\",\"lo\":\"0.5\","  \
    "\"hi\":\"5\""
#define META META_OPEN "}"
#define META_FOLDED META_OPEN ",\"fold_bias\":\"1\"}"
#define TENSOR(name, shape, offsets)                                           \
    ",\"" name "\":{\"dtype\":\"F32\",\"shape\":[" shape                       \
    "],\"data_offsets\":[" offsets "]}"

static void test_safetensors(void **state)
{
    (void)state;
    EXPECT(
        folded,
        "\xd8\0\0\0\0\0\0\0" META_FOLDED TENSOR("item_factors", "1,3", "0,12")
            TENSOR("item_bias", "1", "12,16") "}   " MINUS2 SIXTH HALF HALF);
    EXPECT(both,
           "\x48\x01\0\0\0\0\0\0" META TENSOR("user_factors", "1,2", "0,8")
               TENSOR("user_bias", "1", "8,12")
                   TENSOR("item_factors", "1,2", "12,20")
                       TENSOR("item_bias", "1",
                              "20,24") "}  " ONE HALF FOUR MINUS2 SIXTH HALF);
}

static void test_text(void **state)
{
    (void)state;
    EXPECT(word2vec, "1 2\n7 -2 0.16666667\n");
    EXPECT(pgvector, "7\t[-2,0.16666667]\n");
    EXPECT(csv, "id,bias,f0,f1,f2\n7,0.5,-2,0.16666667,0.5\n");
}

/* ---- ids ---- */

static void expect_id(const struct cf_export_opts *o, struct cf_str id,
                      const char *want)
{
    char got[4096], line[256];
    size_t size = 0;

    assert_int_equal(export(&id, 1, o, got, &size), 0);
    got[size] = '\0';
    const char *at = strrchr(got, o->format == CF_EXPORT_PGVECTOR ? '\t' : '-');
    const char *from = o->format == CF_EXPORT_PGVECTOR ? got : got + 4;
    assert_non_null(at);
    snprintf(line, sizeof line, "%.*s", (int)(at - from), from);
    assert_string_equal(line, want);
}

static void test_words(void **state)
{
    static const char *const pair[][2] = {
        {"Heat (1995)", "Heat%20(1995) "},
        {"100%", "100%25 "},
        {"a\tb\nc\rd\x7f\x01", "a%09b%0Ac%0Dd%7F%01 "},
        {"Am\xc3\xa9lie", "Am\xc3\xa9lie "},
        {"\xc2\xa0\xc2\x85\xc2\xa1", "%C2%A0%C2%85\xc2\xa1 "},
        {"\xe2\x80\x80\xe2\x80\x8a\xe2\x80\x8b",
         "%E2%80%80%E2%80%8A\xe2\x80\x8b "},
        {"\xe3\x80\x80\xe1\x9a\x80\xe2\x80\xa8",
         "%E3%80%80%E1%9A%80%E2%80%A8 "},
        {"\xff\xc3", "%FF%C3 "}};
    (void)state;

    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++)
        expect_id(&word2vec, cf_cstr(pair[i][0]), pair[i][1]);
    expect_id(&word2vec, (struct cf_str){"a\0b", 3}, "a%00b ");
}

static void test_copy(void **state)
{
    static const char *const pair[][2] = {
        {"a b\"'", "a b\"'"},
        {"\\N", "\\\\N"},
        {"\b\f\n\r\t\v", "\\b\\f\\n\\r\\t\\v"},
        {"", ""},
        {"Am\xc3\xa9lie", "Am\xc3\xa9lie"}};
    (void)state;

    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++)
        expect_id(&pgvector, cf_cstr(pair[i][0]), pair[i][1]);
}

/* Ids that a format cannot hold; the second row has it. */
static void test_refused(void **state)
{
    const struct cf_str empty[] = {cf_cstr("1"), cf_cstr("")},
                        bytes[] = {cf_cstr("1"), cf_cstr("a\xff")},
                        nul[] = {cf_cstr("1"), {"a\0b", 3}};
    char got[4096];
    size_t n;
    (void)state;

    assert_int_equal(export(empty, 2, &word2vec, got, &n), CF_EDATA);
    assert_int_equal(export(bytes, 2, &pgvector, got, &n), CF_EDATA);
    assert_int_equal(export(nul, 2, &pgvector, got, &n), CF_EDATA);
    assert_int_equal(export(nul, 2, &npy, got, &n), 0);
}

/* ---- models that are not sound ---- */

/* An item's factors, biases and counts, as many as said, in a file; NULL for a
 * part that is not there. */
static void write_parts(const float *factors, uint32_t biases, uint32_t counts)
{
    struct made m;
    size_t n;

    made_init(&m, CF_MODEL);
    made_part(&m, "item");
    made_column(&m, "id", CF_STR, CF_ITEM);
    if (factors) {
        made_part(&m, "item_factors");
        made_matrix(&m, "factors", CF_F32, 2);
    }
    made_part(&m, "item_bias");
    made_column(&m, "bias", CF_F32, CF_NO_ROLE);
    made_part(&m, "item_count");
    made_column(&m, "count", CF_U32, CF_NO_ROLE);
    made_begin(&m, NULL);
    made_put(&m, "item", 1, TEXTS("7"));
    if (factors)
        made_put(&m, "item_factors", 1, factors);
    made_put(&m, "item_bias", biases, REALS(0.5F, 1));
    made_put(&m, "item_count", counts, CODES(0, 0));
    char *p = made_finish(&m, &n);
    FILE *f = fopen("model", "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    fclose(f);
    free(p);
}

static void test_unsound(void **state)
{
    const float sound[] = {1, 2}, infinite[] = {1, INFINITY};
    (void)state;

    write_parts(sound, 1, 1);
    assert_int_equal(write_export(&npy), 0);
    assert_int_equal(write_export(&pgvector), 0);
    /* No link, no mean. */
    assert_int_equal(write_export(&folded), CF_ESTREAM);
    /* No users. */
    assert_int_equal(write_export(&npy_users), CF_ESTREAM);
    write_parts(NULL, 1, 1);
    assert_int_equal(write_export(&npy), CF_ESTREAM);
    write_parts(infinite, 1, 1);
    assert_int_equal(write_export(&npy), CF_ESTREAM);
    write_parts(sound, 2, 1);
    assert_int_equal(write_export(&npy), CF_ESTREAM);
    write_parts(sound, 1, 0);
    assert_int_equal(write_export(&npy), CF_ESTREAM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_binary, temp_enter, temp_leave),
        cmocka_unit_test_setup_teardown(test_safetensors, temp_enter,
                                        temp_leave),
        cmocka_unit_test_setup_teardown(test_text, temp_enter, temp_leave),
        cmocka_unit_test_setup_teardown(test_words, temp_enter, temp_leave),
        cmocka_unit_test_setup_teardown(test_copy, temp_enter, temp_leave),
        cmocka_unit_test_setup_teardown(test_refused, temp_enter, temp_leave),
        cmocka_unit_test_setup_teardown(test_unsound, temp_enter, temp_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
