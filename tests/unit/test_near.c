/* test_near.c - edits between words, and what a lookup makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/near.h"
#include "little.h"
#include "made.h"
#include "model/lookup.h"

static struct cf_err err;

/* ---- edits ---- */

static void edits(const char *a, const char *b, size_t want)
{
    assert_int_equal(cf_edits(cf_cstr(a), cf_cstr(b)), want);
    assert_int_equal(cf_edits(cf_cstr(b), cf_cstr(a)), want);
}

/* The first ones are the examples of Levenshtein's distance that textbooks
 * have. */
static void test_edits(void **state)
{
    (void)state;
    edits("kitten", "sitting", 3);
    edits("saturday", "sunday", 3);
    edits("flaw", "lawn", 2);
    edits("", "", 0);
    edits("", "abc", 3);
    edits("same", "same", 0);
    edits("ab", "ba", 2);
    edits("Heat", "heat", 1);
}

static void test_edits_long(void **state)
{
    char a[CF_NEAR_MAX + 2], b[CF_NEAR_MAX + 2];

    (void)state;
    memset(a, 'a', sizeof a);
    memset(b, 'b', sizeof b);
    a[CF_NEAR_MAX] = b[CF_NEAR_MAX] = '\0';
    edits(a, b, CF_NEAR_MAX);
    edits(a, "", CF_NEAR_MAX);
    a[CF_NEAR_MAX] = 'a';
    a[CF_NEAR_MAX + 1] = '\0';
    edits(a, "a", SIZE_MAX);
}

/* ---- lookup ---- */

/* Items 1, 2, ... with these titles. */
static void titled_model(struct cf_model *m, const char *const *title, size_t n)
{
    struct made made;
    struct cf_store users, items;
    char id[2] = "1";

    made_init(&made, CF_RATINGS);
    made_part(&made, "user");
    made_column(&made, "userId", CF_STR, CF_USER);
    made_part(&made, "item");
    made_column(&made, "movieId", CF_STR, CF_ITEM);
    made_column(&made, "title", CF_STR, CF_LABEL);
    must(cf_store_init(&users, &made.schema, 0, &err), &err);
    must(cf_store_init(&items, &made.schema, 1, &err), &err);
    for (size_t i = 0; i < n; i++, id[0]++) {
        const struct cf_str row[] = {cf_cstr(id), cf_cstr(title[i])};
        must(cf_store_add_strs(&items, row, &err), &err);
    }
    must(cf_model_init(m, 1, &made.schema, 0, &users, 1, &items, &err), &err);
    cf_schema_free(&made.schema);
}

static const char *const titles[] = {"Heat (1995)", "Toy Story (1995)", "Heat",
                                     "Heat", "2"};

static void test_found(void **state)
{
    struct cf_lookup l = {0};
    struct cf_model m;
    uint32_t row;

    (void)state;
    titled_model(&m, titles, 5);
    must(cf_lookup_open(&l, &m.item, &err), &err);
    assert_int_equal(cf_lookup_id(&l, cf_cstr("3")), 2);
    assert_int_equal(cf_lookup_id(&l, cf_cstr("Heat (1995)")), CF_NONE);
    assert_int_equal(cf_lookup_id(&l, cf_cstr("9")), CF_NONE);
    must(cf_lookup_any(&l, cf_cstr("Toy Story (1995)"), "item", &row, &err),
         &err);
    assert_int_equal(row, 1);
    /* An id comes before a title. */
    must(cf_lookup_any(&l, cf_cstr("2"), "item", &row, &err), &err);
    assert_int_equal(row, 1);
    cf_lookup_free(&l);
    cf_model_free(&m);
}

static void not_found(const char *text, const char *want)
{
    struct cf_lookup l = {0};
    struct cf_model m;
    uint32_t row;

    titled_model(&m, titles, 5);
    must(cf_lookup_open(&l, &m.item, &err), &err);
    assert_int_equal(cf_lookup_any(&l, cf_cstr(text), "item", &row, &err),
                     CF_EDATA);
    assert_string_equal(err.msg, want);
    cf_lookup_free(&l);
    cf_model_free(&m);
}

static void test_not_found(void **state)
{
    (void)state;
    not_found("Heat", "2 items are called 'Heat'; ask by id: 3, 4");
    not_found("toy story", "no item 'toy story' in the model; did you mean 2 "
                           "(Toy Story (1995))?");
    not_found("Hat (1995)", "no item 'Hat (1995)' in the model; did you mean "
                            "1 (Heat (1995))?");
    not_found("Metropolis", "no item 'Metropolis' in the model");
}

static void test_twice(void **state)
{
    struct cf_lookup l = {0};
    struct cf_model m;

    (void)state;
    little_model(&m, 1, (struct little_ids){1, 1}, (struct little_ids){2, 1});
    /* Both ids are one byte long. */
    m.item.dict.col[0].text.p[1] = '1';
    assert_int_equal(cf_lookup_open(&l, &m.item, &err), CF_EDATA);
    assert_string_equal(err.msg, "the model has the id '1' twice");
    cf_lookup_free(&l);
    cf_model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits), cmocka_unit_test(test_edits_long),
        cmocka_unit_test(test_found), cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
