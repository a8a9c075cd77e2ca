/* test_history.c - the history of a stream as shell commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "data/history.h"
#include "made.h"

static struct cf_err err;

static void add_step(struct cf_schema *s, struct cf_step step,
                     const char *const *args, size_t n)
{
    char version[] = "1.2";

    step.version = version;
    for (size_t i = 0; i < n; i++)
        assert_true(cf_strs_add(&step.args, args[i]));
    must(cf_schema_step(s, &step, &err), &err);
    cf_strs_free(&step.args);
}

static void expect_history(struct cf_schema *s, const char *want)
{
    struct cf_buf out = {0};

    cf_history_print(s, &out);
    cf_buf_putc(&out, '\0');
    assert_false(out.failed);
    assert_string_equal(out.p, want);
    cf_buf_free(&out);
    cf_schema_free(s);
}

static void test_pipeline(void **state)
{
    static const char *const merge[] = {"a.csv", "b c.csv"};
    static const char *const train[] = {"-k", "3"};
    char cf_merge[] = "cf-merge", cf_train[] = "cf-train";
    struct cf_schema s;

    (void)state;
    cf_schema_init(&s, CF_TABLE);
    add_step(&s, (struct cf_step){.program = cf_merge}, merge, 2);
    /* date -u -d @1000000000 */
    add_step(&s,
             (struct cf_step){.program = cf_train,
                              .has_seed = true,
                              .seed = 42,
                              .has_time = true,
                              .time = 1000000000},
             train, 2);
    expect_history(&s, "cf-merge a.csv 'b c.csv' |  # version 1.2\n"
                       "cf-train -k 3  # version 1.2, seed 42, "
                       "2001-09-09T01:46:40Z\n");
}

static void test_empty(void **state)
{
    struct cf_schema s;

    (void)state;
    cf_schema_init(&s, CF_TABLE);
    expect_history(&s, "");
}

/* One word, quoted. */
static void expect_word(const char *word, const char *want)
{
    char cat[] = "cat";
    struct cf_schema s;
    struct cf_buf line = {0};

    cf_buf_printf(&line, "cat %s  # version 1.2\n", want);
    cf_buf_putc(&line, '\0');
    cf_schema_init(&s, CF_TABLE);
    add_step(&s, (struct cf_step){.program = cat}, &word, 1);
    expect_history(&s, line.p);
    cf_buf_free(&line);
}

static void test_words(void **state)
{
    (void)state;
    expect_word("plain-1.csv", "plain-1.csv");
    expect_word("", "''");
    expect_word("a b", "'a b'");
    expect_word("it's", "'it'\\''s'");
    expect_word("Am\xc3\xa9lie", "'Am\xc3\xa9lie'");
    expect_word("$HOME", "'$HOME'");
    /* Nothing that a terminal obeys. */
    expect_word("\x1b]0;title\x07", "$'\\x1b]0;title\\x07'");
    expect_word("a\nb", "$'a\\x0ab'");
    expect_word("\x7f'\\", "$'\\x7f\\'\\\\'");
    expect_word("\xc2\x9b", "$'\\xc2\\x9b'");
    expect_word("caf\xe9", "$'caf\\xe9'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pipeline),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
