/* test_near.c - edits between words, and what a lookup makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/letters.h"
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
 * have, and those with swaps of "optimal string alignment". */
static void test_edits(void **state)
{
    (void)state;
    edits("kitten", "sitting", 3);
    edits("saturday", "sunday", 3);
    edits("flaw", "lawn", 2);
    edits("", "", 0);
    edits("", "abc", 3);
    edits("same", "same", 0);
    edits("ab", "ba", 1);
    edits("ca", "abc", 3); /* no letter is edited twice: not 2 */
    edits("fictoin", "fiction", 1);
    edits("stroyteller", "storytelelr", 2);
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

static void test_edits_each(void **state)
{
    static const size_t want[] = {3, 2, 1, 0, 1, 2};
    size_t row[CF_NEAR_MAX + 1];

    (void)state;
    assert_true(cf_edits_each(cf_cstr("abc"), cf_cstr("abcde"), 0, row));
    assert_memory_equal(row, want, sizeof want);
    assert_true(cf_edits_each(cf_cstr("xbc"), cf_cstr("abcde"), 1, row));
    assert_int_equal(row[3], 1);
    assert_false(cf_edits_each(cf_cstr("xbc"), cf_cstr("abcde"), 0, row));
    assert_false(cf_edits_each(cf_cstr("wxyz"), cf_cstr("abcd"), 3, row));
}

/* ---- folding ---- */

static void folds(const char *text, const char *want)
{
    struct cf_buf out = {0};

    cf_letters(&out, cf_cstr(text));
    cf_buf_putc(&out, '\0');
    assert_false(out.failed);
    assert_string_equal(out.p, want);
    cf_buf_free(&out);
}

static void test_fold(void **state)
{
    (void)state;
    folds("Heat (1995)", "heat (1995)");
    folds("CAF\u00c9 caf\u00e9 cafe\u0301", "cafe cafe cafe");
    folds("\u00c6on \u0152uvre Stra\u00dfe \u00deor",
          "aeon oeuvre strasse thor");
    folds("\u0141\u00f3d\u017a \u017di\u017eek \u0130\u0131", "lodz zizek ii");
    folds("\u00d7 \u00f7 \u00b7", "\u00d7 \u00f7 \u00b7");
    folds("\u041c\u043e\u0441 \u6771\u4eac", "\u041c\u043e\u0441 \u6771\u4eac");
    folds("A\xc3", "a\xc3");
    folds("\xe9\xc3\x89", "\xe9"
                          "e");
}

/* All of both blocks, as unicodedata of Python 3.11 takes accents off: what
 * begins with a letter of ASCII when it is decomposed (NFKD), small. */
static void test_fold_table(void **state)
{
    static const char want[] =
        "aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii"
        ".nooooo..uuuuy.yaaaaaaccccccccdd..eeeeeeeeeegggg"
        "gggghh..iiiiiiiii.iijjkk.llllllll..nnnnnn...oooo"
        "oo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzzs";
    (void)state;
    for (unsigned i = 0; i < 0x180 - 0xc0; i++) {
        char text[] = {(char)(0xc0 | (i + 0xc0) >> 6),
                       (char)(0x80 | ((i + 0xc0) & 0x3f)), '\0'};
        struct cf_buf out = {0};
        cf_letters(&out, cf_cstr(text));
        if (want[i] != '.')
            assert_int_equal(*out.p, want[i]);
        cf_buf_free(&out);
    }
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

/* Of a model of these titles. */
static void not_found_in(const char *const *title, size_t n, const char *text,
                         const char *want)
{
    struct cf_lookup l = {0};
    struct cf_model m;
    uint32_t row;

    titled_model(&m, title, n);
    must(cf_lookup_open(&l, &m.item, &err), &err);
    assert_int_equal(cf_lookup_any(&l, cf_cstr(text), "item", &row, &err),
                     CF_EDATA);
    assert_string_equal(err.msg, want);
    cf_lookup_free(&l);
    cf_model_free(&m);
}

static void not_found(const char *text, const char *want)
{
    not_found_in(titles, 5, text, want);
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

static const char *const films[] = {
    "Toy Story (1995)",
    "Godfather, The (1972)",
    "Godfather: Part II, The (1974)",
    "Pulp Fiction (1994)",
    "Shawshank Redemption, The (1994)",
    "Matrix, The (1999)",
    "Matrix Reloaded, The (2003)",
    "Caf\u00e9 Society (2016)",
    "Mis\u00e9rables, Les (1995)",
};

/* The suggestions are these. */
static void suggests(const char *text, const char *want)
{
    struct cf_buf all = {0};

    cf_buf_printf(&all, "no item '%s' in the model%s%s%s", text,
                  *want ? "; did you mean " : "", want, *want ? "?" : "");
    assert_false(all.failed);
    not_found_in(films, sizeof films / sizeof *films, text, all.p);
    cf_buf_free(&all);
}

/* Typed with a mistake and without year or article, as people do. */
static void test_suggestions(void **state)
{
    static const char *const godfathers =
        "2 (Godfather, The (1972)), 3 (Godfather: Part II, The (1974))";
    static const char *const matrix = "6 (Matrix, The (1999))";
    static const char *const cafe = "8 (Caf\u00e9 Society (2016))";

    (void)state;
    suggests("Toy Stroy", "1 (Toy Story (1995))");
    suggests("Godfater", godfathers);
    suggests("the godfater", godfathers);
    suggests("Pulp Fictoin", "4 (Pulp Fiction (1994))");
    suggests("Shawshenk Redemption", "5 (Shawshank Redemption, The (1994))");
    suggests("The Matrix", matrix);
    suggests("The Matrix (1999)", matrix);
    suggests("Matrx, The (1999)", matrix);
    suggests("Matrix (1998)", matrix);
    suggests("matrix",
             "6 (Matrix, The (1999)), 7 (Matrix Reloaded, The (2003))");
    suggests("cafe", cafe);
    suggests("CAF\u00c9", cafe);
    suggests("cafe\u0301 socity", cafe);
    suggests("les miserables", "9 (Mis\u00e9rables, Les (1995))");
    suggests("Reloaded", "7 (Matrix Reloaded, The (2003))");
    suggests("The", godfathers);
    suggests("", "");
    suggests("Metropolis", "");
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
        cmocka_unit_test(test_edits),      cmocka_unit_test(test_edits_long),
        cmocka_unit_test(test_edits_each), cmocka_unit_test(test_fold),
        cmocka_unit_test(test_fold_table), cmocka_unit_test(test_suggestions),
        cmocka_unit_test(test_found),      cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
