/* test_show_text.c - text that is hard to show, and too much of it, byte by
 * byte. */
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

/* ---- text that is hard to show ---- */

static void put_texts(struct made *m, const struct cf_show_opts *opts,
                      uint32_t n, const char *const *text)
{
    made_init(m, CF_SCORES);
    made_part(m, "rows");
    made_column(m, "a\tb", CF_STR, CF_NO_ROLE);
    made_begin(m, opts);
    made_put(m, "rows", n, text);
}

static const char *const hard[] = {
    "", "tab\tline\nreturn\rslash\\\x01\x7f",
    "caf\xc3\xa9 \xff\xc3 \xed\xa0\x80|", /* stray bytes, a surrogate */
    "\xe2\x80\xae\xe2\x80\xac\xc2\x85\xf0\x9f\x8e\xac\"/"}; /* turns and back,
                                                               next line, a film
                                                             */

static void test_hard_jsonl(void **state)
{
    (void)state;
    struct made m;

    put_texts(&m, &(struct cf_show_opts){.format = CF_SHOW_JSONL, .head = ALL},
              4, hard);
    made_expect(&m,
                "{\"a\\tb\":\"\"}\n"
                "{\"a\\tb\":\"tab\\tline\\nreturn\\rslash\\\\\\u0001\x7f\"}\n"
                "{\"a\\tb\":\"caf\xc3\xa9 \xef\xbf\xbd\xef\xbf\xbd "
                "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|\"}\n"
                "{\"a\\tb\":"
                "\"\xe2\x80\xae\xe2\x80\xac\xc2\x85\xf0\x9f\x8e\xac\\\"/\"}\n");
}

static void test_hard_lines(void **state)
{
    (void)state;
    struct made m;
    struct cf_show_opts o = {.format = CF_SHOW_TSV, .head = ALL};

    put_texts(&m, &o, 3, hard);
    made_expect(&m, "a\\tb\n"
                    "\n"
                    "tab\\tline\\nreturn\\rslash\\\\\x01\x7f\n"
                    "caf\xc3\xa9 \xff\xc3 \xed\xa0\x80|\n");
    o.format = CF_SHOW_CSV; /* the only field: empty is quoted */
    put_texts(&m, &o, 3, TEXTS("", "a,b", "c\nd"));
    made_expect(&m, "a\tb\n\"\"\n\"a,b\"\n\"c\nd\"\n");
}

static void test_hard_people(void **state)
{
    (void)state;
    struct made m;

    put_texts(&m, &(struct cf_show_opts){.format = CF_SHOW_TABLE, .head = ALL},
              4, hard);
    made_expect(
        &m, "scores stream\n"
            "\n"
            "rows: 4 rows x 1 column\n"
            "a\\x09b\n"
            "\n"
            "tab\\x09line\\x0areturn\\x0dslash\\\\x01\\x7f\n"
            "caf\xc3\xa9 \\xff\\xc3 \\xed\\xa0\\x80|\n"
            "\\xe2\\x80\\xae\\xe2\\x80\\xac\\xc2\\x85\xf0\x9f\x8e\xac\"/\n");
}

/* ---- the screen ---- */

#define E10                                                                    \
    "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"         \
    "\xc3\xa9\xc3\xa9"
#define DOTS "\xe2\x80\xa6"

/* A cell of 50 two-byte characters: 40 if the screen is wide, fewer to fit. */
static void put_wide(struct made *m, size_t width)
{
    struct cf_show_opts o = {
        .format = CF_SHOW_TABLE, .head = ALL, .width = width};

    made_init(m, CF_SCORES);
    made_part(m, "rows");
    made_column(m, "text", CF_STR, CF_NO_ROLE);
    made_column(m, "score", CF_F32, CF_SCORE);
    made_begin(m, &o);
    made_put(m, "rows", 2, TEXTS(E10 E10 E10 E10 E10, "short"),
             REALS(1, 2.25f));
}

static void test_width(void **state)
{
    (void)state;
    struct made m;

    put_wide(&m, 80);
    made_expect(&m,
                "scores stream\n"
                "\n"
                "rows: 2 rows x 2 columns\n"
                "text                                      score\n" E10 E10 E10
                "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                "\xc3\xa9\xc3\xa9\xc3\xa9" DOTS "      1\n"
                "short                                      2.25\n");
    put_wide(&m, 20);
    made_expect(&m,
                "scores stream\n"
                "\n"
                "rows: 2 rows x 2 columns\n"
                "text           score\n" E10 "\xc3\xa9\xc3\xa9" DOTS "      1\n"
                "short           2.25\n");
    put_wide(&m, 18); /* 12 is the least: the score is left out */
    made_expect(&m,
                "scores stream\n"
                "\n"
                "rows: 2 rows x 2 columns\n"
                "text          " DOTS "\n" E10 "\xc3\xa9" DOTS "  " DOTS "\n"
                "short         " DOTS "\n");
}

/* ---- more rows than are kept ---- */

static void test_many_rows(void **state)
{
    (void)state;
    enum { N = 2500 };
    static uint32_t a[N], b[N];
    struct made m;
    struct cf_show_opts o = {.format = CF_SHOW_TABLE, .head = 2400};
    char line[64];
    size_t n, at = 0;

    for (uint32_t i = 0; i < N; i++)
        a[i] = b[i] = i;
    made_init(&m, CF_MODEL);
    made_part(&m, "first");
    made_column(&m, "a", CF_U32, CF_NO_ROLE);
    made_part(&m, "second");
    made_column(&m, "b", CF_U32, CF_NO_ROLE);
    m.schema.part[1].rows = 2;
    made_begin(&m, &o);
    made_put(&m, "first", 1200, a);
    made_put(&m, "second", 2, b);
    made_put(&m, "first", 1300, a + 1200);
    char *p = made_finish(&m, &n);
    const char *head = "model stream\n\nfirst: 1 column\n  a\n";
    assert_memory_equal(p, head, strlen(head));
    at = strlen(head);
    for (uint32_t i = 0; i < 2400; i++) {
        int len = snprintf(line, sizeof line, "%s%3u\n",
                           i == 1200 ? "\nfirst: continued\n" : "", i);
        assert_memory_equal(p + at, line, (size_t)len);
        at += (size_t)len;
    }
    assert_string_equal(p + at, "...\nfirst: 2,500 rows\n\n"
                                "second: 2 rows x 1 column\nb\n0\n1\n");
    free(p);
}

/* ---- what cannot be shown ---- */

static void test_no_part(void **state)
{
    (void)state;
    struct cf_err err;
    struct cf_schema s;
    struct cf_show *v;
    struct cf_show_opts o = {.format = CF_SHOW_CSV, .head = ALL};

    cf_schema_init(&s, CF_MODEL);
    must(cf_schema_part(&s, "user", 0, &err), &err);
    must(cf_schema_part(&s, "item", 0, &err), &err);
    must(cf_show_open(&v, NULL, &o, &err), &err);
    const struct cf_tap *tap = cf_show_tap(v);
    assert_int_equal(tap->head(tap->ctx, &s, &err), CF_EUSAGE);
    assert_string_equal(err.msg,
                        "a model stream has no part 'rows', only user, item");
    cf_show_close(v);
    o.part = "films";
    o.format = CF_SHOW_TABLE;
    must(cf_show_open(&v, NULL, &o, &err), &err);
    tap = cf_show_tap(v);
    assert_int_equal(tap->head(tap->ctx, &s, &err), CF_EUSAGE);
    assert_string_equal(err.msg,
                        "a model stream has no part 'films', only user, item");
    cf_show_close(v);
    cf_schema_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hard_jsonl),  cmocka_unit_test(test_hard_lines),
        cmocka_unit_test(test_hard_people), cmocka_unit_test(test_width),
        cmocka_unit_test(test_many_rows),   cmocka_unit_test(test_no_part),
    };
    return cmocka_run_group_tests_name("show_text", tests, NULL, NULL);
}
