/* test_opt.c - the command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "temp.h"

#define N(array) (sizeof(array) / sizeof *(array))

static struct {
    uint64_t seed, batch;
    double rate;
    const char *output;
    int part;
    bool quiet, verbose, seeded;
    struct cf_strs with;
    double range[2];
} o;

static const char *const parts[] = {"train", "valid", NULL};

/* clang-format off */
static const struct cf_opt table[] = {
    {"seed", 0, CF_OPT_UINT, &o.seed, "N", "seed of all that is random",
     0, 0, NULL, &o.seeded, false},
    {"batch", 'b', CF_OPT_UINT, &o.batch, "N", "rows of a mini-batch",
     1, 1e9, NULL, NULL, false},
    {"rate", 'r', CF_OPT_REAL, &o.rate, "X", "learning rate",
     0, 0.5, NULL, NULL, false},
    {"output", 'o', CF_OPT_STR, &o.output, "FILE",
     "write there, and only when all of it is there, so that whoever reads it "
     "sees the old file or the new", 0, 0, NULL, NULL, true},
    {"part", 'p', CF_OPT_CHOICE, &o.part, "PART", "which part",
     0, 0, parts, NULL, false},
    {"with", 'w', CF_OPT_LIST, &o.with, "NAME", "a column to keep",
     0, 0, NULL, NULL, false},
    {"y-range-of-predicted", 0, CF_OPT_RANGE, o.range, "LO,HI",
     "range of ratings", 0, 0, NULL, NULL, false},
    {"quiet", 'q', CF_OPT_FLAG, &o.quiet, NULL, "say nothing",
     0, 0, NULL, NULL, true},
    {"verbose", 'v', CF_OPT_FLAG, &o.verbose, NULL, "say more",
     0, 0, NULL, NULL, false},
};
/* clang-format on */

static const struct cf_cmd cmd = {"cf-try", "FILE [FILE ...]",
                                  "does nothing with files", table, N(table)};

static struct cf_args args;
static struct cf_err err;

static int set_defaults(void **state)
{
    (void)state;
    memset(&o, 0, sizeof o);
    o.seed = 42;
    o.batch = 64;
    o.rate = 5e-3;
    return 0;
}

static int clean(void **state)
{
    (void)state;
    cf_strs_free(&o.with);
    cf_args_free(&args);
    return 0;
}

/* Parses words that are separated by one blank each. */
static int parse(const char *line)
{
    static char text[500];
    char *argv[50] = {"cf-try"};
    int argc = 1;

    cf_args_free(&args);
    snprintf(text, sizeof text, "%s", line);
    for (char *p = text; *line && p; argc++) {
        argv[argc] = p;
        p = strchr(p, ' ');
        if (p)
            *p++ = '\0';
    }
    return cf_opt_parse(&cmd, argc, argv, &args, &err);
}

static void check_list(size_t n, char *const *v, const char *want)
{
    struct cf_buf b = {0};
    for (size_t i = 0; i < n; i++)
        cf_buf_printf(&b, "%s%s", i ? " " : "", v[i]);
    cf_buf_putc(&b, '\0');
    assert_string_equal(b.p, want);
    cf_buf_free(&b);
}

static void check_operands(const char *want)
{
    check_list(args.n, args.operand, want);
}

static void check_history(const char *want)
{
    check_list(args.history.n, args.history.v, want);
}

static void test_none(void **state)
{
    (void)state;
    assert_int_equal(parse(""), 0);
    assert_int_equal(args.n, 0);
    assert_int_equal(args.history.n, 0);
    assert_int_equal(o.seed, 42);
    assert_false(o.seeded);
}

/* Every way to give a value. */
static void test_forms(void **state)
{
    (void)state;
    static const char *const lines[] = {"-b 7", "-b7", "--batch 7", "--batch=7",
                                        "-b 9 --batch=7"};
    for (size_t i = 0; i < N(lines); i++) {
        o.batch = 0;
        assert_int_equal(parse(lines[i]), 0);
        assert_int_equal(o.batch, 7);
        assert_int_equal(args.n, 0);
    }
    assert_int_equal(parse("-qvb8 -o-"), 0);
    assert_true(o.quiet && o.verbose);
    assert_int_equal(o.batch, 8);
    assert_string_equal(o.output, "-");
    assert_int_equal(parse("-qo q"), 0);
    assert_string_equal(o.output, "q");
    assert_int_equal(parse("--output="), 0);
    assert_string_equal(o.output, "");
    assert_int_equal(parse("--output=a=b"), 0);
    assert_string_equal(o.output, "a=b");
    assert_int_equal(parse("--output --seed"), 0);
    assert_string_equal(o.output, "--seed");
}

static void test_types(void **state)
{
    (void)state;
    assert_int_equal(parse("--seed=18446744073709551615 -r 0.25 -p valid "
                           "-w a --with b --y-range-of-predicted=-1,5.5"),
                     0);
    assert_true(o.seed == UINT64_MAX);
    assert_true(o.seeded);
    assert_true(o.rate == 0.25);
    assert_int_equal(o.part, 1);
    check_list(o.with.n, o.with.v, "a b");
    assert_true(o.range[0] == -1 && o.range[1] == 5.5);
    assert_int_equal(parse("-r 0 -b 1"), 0); /* the bounds are within */
    assert_int_equal(parse("-r 0.5 -b 1000000000"), 0);
}

static void test_operands(void **state)
{
    (void)state;
    assert_int_equal(parse("a -q b - -b 3 c"), 0);
    check_operands("a b - c");
    assert_int_equal(parse("a -- -q -- --seed"), 0);
    check_operands("a -q -- --seed");
}

static void test_history(void **state)
{
    (void)state;
    assert_int_equal(parse("a.csv -qvb7 -o out --part=train b.csv -w x"), 0);
    check_history("--verbose --batch 7 --part train --with x a.csv b.csv");
}

static void test_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *line, *message;
    } c[] = {
        {"--sede 1", "unknown option --sede (did you mean --seed?)"},
        {"--sead=1", "unknown option --sead (did you mean --seed?)"},
        {"--out f", "unknown option --out (did you mean --output?)"},
        {"--verbos", "unknown option --verbos (did you mean --verbose?)"},
        {"--colour", "unknown option --colour"},
        {"--=x", "unknown option --"},
        {"-x", "unknown option -x"},
        {"-qx", "unknown option -x"},
        {"--seed", "option --seed needs a value: --seed N"},
        {"-qo", "option --output needs a value: --output FILE"},
        {"--quiet=1", "option --quiet takes no value"},
        {"--quiet=", "option --quiet takes no value"},
        {"--batch x", "option --batch: 'x' is not a whole number"},
        {"--batch=", "option --batch: '' is empty"},
        {"-b 0", "option --batch: 0 is below 1"},
        {"-b 2000000000", "option --batch: 2000000000 is above 1000000000"},
        {"--seed -1", "option --seed: '-1' is below 0"},
        {"-r 1,5", "option --rate: '1,5' is not a number"},
        {"-r nan", "option --rate: 'nan' is not a number"},
        {"-r 0.6", "option --rate: 0.6 is above 0.5"},
        {"-r-1", "option --rate: -1 is below 0"},
        {"-p test", "option --part: 'test' is not one of train, valid"},
    };
    for (size_t i = 0; i < N(c); i++) {
        assert_int_equal(parse(c[i].line), CF_EUSAGE);
        assert_string_equal(err.msg, c[i].message);
        assert_null(args.operand);
    }
}

static void test_wrong_range(void **state)
{
    (void)state;
    static const char *const wrong[] = {"5",     "5,1", "1,1", "1,",   ",1",
                                        "1,2,3", "a,b", "",    "nan,1"};
    for (size_t i = 0; i < N(wrong); i++) {
        char line[100], message[200];
        snprintf(line, sizeof line, "--y-range-of-predicted=%s", wrong[i]);
        snprintf(message, sizeof message,
                 "option --y-range-of-predicted: '%s' is not two numbers "
                 "LO,HI with LO below HI",
                 wrong[i]);
        assert_int_equal(parse(line), CF_EUSAGE);
        assert_string_equal(err.msg, message);
    }
}

/* A name that is longer than any option has no neighbour, and no place. */
static void test_long_unknown(void **state)
{
    (void)state;
    char line[300] = "--";
    memset(line + 2, 'x', sizeof line - 3);
    line[sizeof line - 1] = '\0';
    assert_int_equal(parse(line), CF_EUSAGE);
}

static void test_help(void **state)
{
    (void)state;
    struct cf_buf b = {0};
    o.part = 1;
    o.range[1] = 5.5;
    cf_opt_help(&cmd, &b);
    cf_buf_putc(&b, '\0');
    assert_string_equal(
        b.p,
        "usage: cf-try [option ...] FILE [FILE ...]\n"
        "does nothing with files\n"
        "\n"
        "options:\n"
        "      --seed N       seed of all that is random [42]\n"
        "  -b, --batch N      rows of a mini-batch [64]\n"
        "  -r, --rate X       learning rate [0.005]\n"
        "  -o, --output FILE  write there, and only when all of it is there, so"
        " that\n"
        "                     whoever reads it sees the old file or the new\n"
        "  -p, --part PART    which part: train, valid [valid]\n"
        "  -w, --with NAME    a column to keep\n"
        "      --y-range-of-predicted LO,HI\n"
        "                     range of ratings [0,5.5]\n"
        "  -q, --quiet        say nothing\n"
        "  -v, --verbose      say more\n");
    cf_buf_free(&b);
}

/* What has no default shows none; what has one shows that of now. */
static void test_help_defaults(void **state)
{
    (void)state;
    struct cf_buf b = {0};
    o.part = -1;
    o.rate = NAN;
    o.output = "out.cf";
    assert_true(cf_strs_add(&o.with, "x") && cf_strs_add(&o.with, "y"));
    cf_opt_help(&cmd, &b);
    cf_buf_putc(&b, '\0');
    assert_non_null(strstr(b.p, "learning rate\n"));
    assert_non_null(strstr(b.p, "or the new [out.cf]\n"));
    assert_non_null(strstr(b.p, "a column to keep [x, y]\n"));
    assert_non_null(strstr(b.p, "range of ratings\n"));
    assert_non_null(strstr(b.p, "which part: train, valid\n"));
    cf_buf_free(&b);
}

/* What bash, with the script in "completion", offers for the last word. */
static void check_complete(const char *words, const char *want)
{
    char line[300], got[200] = "";
    snprintf(line, sizeof line,
             ". ./completion\nCOMP_WORDS=(%s)\n"
             "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
             "_cf_try\necho \"${COMPREPLY[*]}\"\n",
             words);
    temp_put("script", line);
    assert_int_equal(temp_run("bash script >got 2>&1"), 0);
    FILE *f = fopen("got", "r");
    assert_non_null(f);
    assert_non_null(fgets(got, sizeof got, f));
    fclose(f);
    got[strcspn(got, "\n")] = '\0';
    assert_string_equal(got, want);
}

static void test_complete(void **state)
{
    (void)state;
    struct cf_buf b = {0};
    cf_opt_complete(&cmd, &b);
    cf_buf_putc(&b, '\0');
    assert_non_null(strstr(b.p, "complete -o default -F _cf_try cf-try\n"));
    temp_put("completion", b.p);
    cf_buf_free(&b);
    if (temp_run("bash -c : 2>/dev/null") != 0)
        skip();
    check_complete("cf-try --s", "--seed");
    check_complete("cf-try --v", "--verbose");
    check_complete("cf-try f --part ''", "train valid");
    check_complete("cf-try -p v", "valid");
    check_complete("cf-try --part =", "train valid");
    check_complete("cf-try --part = t", "train");
    check_complete("cf-try x", "");
    check_complete("cf-try --output x", "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_defaults, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_none),          TEST(test_forms),        TEST(test_types),
        TEST(test_operands),      TEST(test_history),      TEST(test_wrong),
        TEST(test_wrong_range),   TEST(test_long_unknown), TEST(test_help),
        TEST(test_help_defaults), TEST(test_complete),
    };
    return cmocka_run_group_tests(tests, temp_enter, temp_leave);
}
