/* test_csv.c - rows, line numbers and errors of CSV text, however it
 * arrives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "csv_text.h"
#include "made.h"

static char *read_text(const char *p, size_t n)
{
    struct cf_buf out = {0};

    csv_text_mem(&out, p, n, NULL, 0);
    cf_buf_putc(&out, '\0');
    assert_false(out.failed);
    return out.p;
}

static void expect_by(const struct cf_csv_opts *opts, const char *text,
                      size_t n, const char *want)
{
    struct cf_buf got = {0};

    csv_text_mem(&got, text, n, opts, 0);
    cf_buf_putc(&got, '\0');
    assert_string_equal(got.p, want);
    got.n = 0;
    csv_text_bytes(&got, text, n, opts);
    cf_buf_putc(&got, '\0');
    assert_string_equal(got.p, want);
    cf_buf_free(&got);
}

static void expect(const char *text, size_t n, const char *want)
{
    expect_by(NULL, text, n, want);
}

#define EXPECT_BY(opts, text, want)                                            \
    expect_by(opts, text, sizeof(text) - 1, want)
#define EXPECT(text, want) expect(text, sizeof(text) - 1, want)

static void test_rows(void **state)
{
    (void)state;
    EXPECT("a,b\n1,2\n3,4\n", "1[a|b]2[1|2]3[3|4]");
    EXPECT("a,b\n1,2\n3,4", "1[a|b]2[1|2]3[3|4]");
    EXPECT("a,b\n", "1[a|b]");
    EXPECT("a,b", "1[a|b]");
    EXPECT("a\n1\n", "1[a]2[1]");
    EXPECT("a,b\n,\n\"\",x\n,", "1[a|b]2[|]3[|x]4[|]");
    EXPECT("a,b\n1,\"x\"", "1[a|b]2[1|x]");
    EXPECT("a\n\"\"\n", "1[a]2[]");
}

static void test_line_ends(void **state)
{
    (void)state;
    EXPECT("a,b\r\n1,2\r\n3,4\r\n", "1[a|b]2[1|2]3[3|4]");
    EXPECT("a,b\r1,2\r3,4\r", "1[a|b]2[1|2]3[3|4]");
    EXPECT("a,b\r\n\r\n1,2\n\n\r3,4", "1[a|b]3[1|2]6[3|4]");
    EXPECT("\n\na,b\n1,2\n", "3[a|b]4[1|2]");
    EXPECT("a,b\n\r\n\r\n1,2\r", "1[a|b]4[1|2]");
}

static void test_quotes(void **state)
{
    (void)state;
    EXPECT("a,b\n\"1,5\",\"say \"\"hi\"\"\"\n", "1[a|b]2[1,5|say \"hi\"]");
    EXPECT("\"a\",\"b\"\n\"\"\"\",2\n", "1[a|b]2[\"|2]");
    /* Lines are those of an editor: the ones inside fields count. */
    EXPECT("a,b\n\"1\n1\",\"2\r\n2\"\n3,\"4\r\"\r\n5,6",
           "1[a|b]2[1\n1|2\r\n2]5[3|4\r]7[5|6]");
    EXPECT("\"a\n\",b\n1,2\n", "1[a\n|b]3[1|2]");
}

/* Ids are bytes: users.md row 7. */
static void test_bytes_stay(void **state)
{
    (void)state;
    EXPECT("a,b\n007,1e5\nNaN,\n 1 ,\t2\t\n\"  \",1180591620717411303424\n",
           "1[a|b]2[007|1e5]3[NaN|]4[ 1 |\t2\t]"
           "5[  |1180591620717411303424]");
    EXPECT("a,b\n\xc3\xa9,\xf0\x9f\x8e\xac\n",
           "1[a|b]2[\xc3\xa9|\xf0\x9f\x8e\xac]");
}

static void test_byte_order_mark(void **state)
{
    (void)state;
    EXPECT("\xef\xbb\xbf"
           "a,b\n1,2\n",
           "1[a|b]2[1|2]");
    EXPECT("\xef\xbb\xbf\"a\",b\n1,2\n", "1[a|b]2[1|2]");
    EXPECT("\xef\xbb\xbf", "!x.csv: empty, expected a header row");
    EXPECT("\xef\xbb"
           "a,b\n1,2\n",
           "!x.csv:1: field 1: not UTF-8 (byte 1 of the line; "
           "cf-merge --from takes other text)");
    EXPECT("a\n\xef\xbb\xbf\n", "1[a]2[\xef\xbb\xbf]");
}

static void test_header_errors(void **state)
{
    (void)state;
    EXPECT("", "!x.csv: empty, expected a header row");
    EXPECT("\n\r\n", "!x.csv: empty, expected a header row");
    EXPECT("2,,b\n", "!x.csv:1: column '2' appears twice");
    EXPECT("\na,b,a\n", "!x.csv:2: column 'a' appears twice");
}

/* The rows before the error come first. */
static void test_row_errors(void **state)
{
    (void)state;
    EXPECT("a,b\n1,2\n3\n4,5\n", "1[a|b]2[1|2]!x.csv:3: 1 field, expected 2");
    EXPECT("a,b\n1,2,3\n", "1[a|b]!x.csv:2: 3 fields, expected 2");
    EXPECT("a,b\n1,2\n3", "1[a|b]2[1|2]!x.csv:3: 1 field, expected 2");
    EXPECT("a,b\n\n\"x\ny\"\n", "1[a|b]!x.csv:3: 1 field, expected 2");
    EXPECT("a,b\n1,2\n3,x\"y\n4,5\n",
           "1[a|b]2[1|2]!x.csv:3: field 2: quote inside a field without "
           "quotes");
    EXPECT("a,b\n \"1\",2\n",
           "1[a|b]!x.csv:2: field 1: quote inside a field without quotes");
    EXPECT("a,b\n1,2\n\"3\" ,4\n",
           "1[a|b]2[1|2]!x.csv:3: field 1: text after the closing quote");
    EXPECT("a,b\n1,\"x\r\n\ny\"z\n",
           "1[a|b]!x.csv:4: field 2: text after the closing quote");
    EXPECT("a,b\n1,2\n3,\"x\n4,5\n6,7\n",
           "1[a|b]2[1|2]!x.csv:3: field 2: quote is never closed");
    EXPECT("a,b\n\"1\n1\",\"\n\n",
           "1[a|b]!x.csv:3: field 2: quote is never closed");
    EXPECT("a,b\n1,2\n3,x\0y\n",
           "1[a|b]2[1|2]!x.csv:3: field 2: NUL byte (byte 4 of the line)");
    EXPECT("a,b\n1,\"\n\0\"\n",
           "1[a|b]!x.csv:3: field 2: NUL byte (byte 1 of the line)");
    EXPECT("a,\"b", "!x.csv:1: field 2: quote is never closed");
}

/* Well-formed: table 3-7 of the Unicode standard. What comes first counts. */
static void test_not_utf8(void **state)
{
    (void)state;
    EXPECT("a,b\n1,2\nx,caf\xe9\n",
           "1[a|b]2[1|2]!x.csv:3: field 2: not UTF-8 (byte 6 of the line; "
           "cf-merge --from takes other text)");
    EXPECT("a,b\n\"x\r\ny\xed\xa0\x80\",2\n",
           "1[a|b]!x.csv:3: field 1: not UTF-8 (byte 2 of the line; "
           "cf-merge --from takes other text)");
    EXPECT("a,b\n1,\xe2\x82",
           "1[a|b]!x.csv:2: field 2: not UTF-8 (byte 3 of the line; "
           "cf-merge --from takes other text)");
    EXPECT("a,b\n1\n2,\xff\n", "1[a|b]!x.csv:2: 1 field, expected 2");
    EXPECT("a,b\n\xff\0\n",
           "1[a|b]!x.csv:2: field 1: not UTF-8 (byte 1 of the line; "
           "cf-merge --from takes other text)");
    EXPECT("\xef\xbb\xbf\xff\n",
           "!x.csv:1: field 1: not UTF-8 (byte 4 of the line; "
           "cf-merge --from takes other text)");
}

static void test_separators(void **state)
{
    const struct cf_csv_opts semicolon = {.delim = ";"}, blank = {.delim = " "},
                             colons = {.delim = "::"},
                             odd = {.delim = "\xc2\xa6"};

    (void)state;
    EXPECT_BY(&semicolon, "a,b;c\n1,2;\"3;4\"\n", "1[a,b|c]2[1,2|3;4]");
    EXPECT_BY(&blank, "a b\n1  \n", "1[a|b]!x.csv:2: 3 fields, expected 2");
    EXPECT_BY(&colons, "a::b\n1:::2\n\"3::\"::4:\n:::\n",
              "1[a|b]2[1|:2]3[3::|4:]4[|:]");
    EXPECT_BY(&colons, "a::b\n\"1\":2\n",
              "1[a|b]!x.csv:2: field 1: text after the closing quote");
    EXPECT_BY(&odd,
              "a\xc2\xa6"
              "b\n1\xc2\xa6\"\"\"\"\n",
              "1[a|b]2[1|\"]");
}

static void test_sniffing(void **state)
{
    (void)state;
    EXPECT("a;b\n1;2,5\n3;4,5\n", "1[a|b]2[1|2,5]3[3|4,5]");
    EXPECT("a\tb\n1\t2\n", "1[a|b]2[1|2]");
    EXPECT("a|b|c\n1|2|x,y\n", "1[a|b|c]2[1|2|x,y]");
    EXPECT("a::b\n1::x, y\n", "1[a|b]2[1|x, y]");
    EXPECT("a;\"b,c\"\n\"1\n,\";2\n", "1[a|b,c]2[1\n,|2]");
    /* Both split all rows alike: the first of them. */
    EXPECT("a;b,c\n1;2,3\n", "1[a;b|c]2[1;2|3]");
    EXPECT("a;b,c\n1;2,3\n4;5\n", "1[a|b,c]2[1|2,3]3[4|5]");
    /* None does: the first that the first row has. */
    EXPECT("a;b\n1;2;3\n", "1[a|b]!x.csv:2: 3 fields, expected 2");
    EXPECT("title\nyes; no\n", "1[title]2[yes; no]");
}

static void test_given_header(void **state)
{
    static const char *const names[] = {"x", "y"};
    static const char *const twice[] = {"x", "x"};
    const struct cf_csv_opts given = {.names = names, .nnames = 2},
                             same = {.names = twice, .nnames = 2},
                             none = {.no_header = true};

    (void)state;
    EXPECT_BY(&given, "1,2\n3,4\n", "0[x|y]1[1|2]2[3|4]");
    EXPECT_BY(&given, "", "0[x|y]");
    EXPECT_BY(&given, "1,2,3\n", "0[x|y]!x.csv:1: 3 fields, expected 2");
    EXPECT_BY(&same, "1,2\n", "!x.csv: given header: column 'x' appears twice");
    EXPECT_BY(&none, "\n1,1,\n3,4,5\n", "2[1|2|3]2[1|1|]3[3|4|5]");
    EXPECT_BY(&none, "\"1\",\"\"\n3,4\n", "1[1|2]1[1|]2[3|4]");
    EXPECT_BY(&none, "", "!x.csv: empty, expected a row");
}

static void test_skip_ragged(void **state)
{
    const struct cf_csv_opts skip = {.skip_ragged = true};

    (void)state;
    EXPECT_BY(&skip, "a,b\n1,2\n3\n4,5,6\n\n7,8\n\"9\"",
              "1[a|b]2[1|2]6[7|8]-3");
    EXPECT_BY(&skip, "a,b\n1\n3,\"4",
              "1[a|b]!x.csv:3: field 2: quote is "
              "never closed");
}

static void test_bad_separators(void **state)
{
    static const char *const bad[] = {"", "123456789", "\"", "a\n", "\xff"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct cf_csv_opts opts = {.delim = bad[i]};
        struct cf_err err;
        struct cf_csv *c;
        struct cf_in in;
        must(cf_in_mem(&in, "x.csv", "a\n", 2, &err), &err);
        assert_int_equal(cf_csv_open(&c, &in, &opts, &err), CF_EUSAGE);
        assert_null(c);
        cf_in_close(&in);
    }
}

/* A file of one field of n bytes, quoted or not, on line 2. */
static char *long_field(size_t n, bool quoted)
{
    struct cf_buf b = {0};

    cf_buf_puts(&b, "a,b\n1,");
    cf_buf_puts(&b, quoted ? "\"" : "");
    for (size_t i = 0; i < n; i++)
        cf_buf_putc(&b, quoted && i == 7 ? '\n' : 'x');
    cf_buf_puts(&b, quoted ? "\"\n" : "\n");
    char *got = read_text(b.p, b.n);
    cf_buf_free(&b);
    return got;
}

static void test_long_fields(void **state)
{
    (void)state;
    for (int quoted = 0; quoted < 2; quoted++) {
        char *got = long_field(CF_FIELD_MAX, quoted);
        assert_int_equal(strlen(got), strlen("1[a|b]2[1|]") + CF_FIELD_MAX);
        free(got);
        for (size_t more = 1; more < 200000; more = more * 7 + 1) {
            got = long_field(CF_FIELD_MAX + more, quoted);
            assert_string_equal(
                got, "1[a|b]!x.csv:2: field 2: more than 65536 bytes");
            free(got);
        }
    }
}

static void test_many_columns(void **state)
{
    struct cf_buf b = {0};

    (void)state;
    for (int i = 0; i < 1025; i++)
        cf_buf_printf(&b, "c%d,", i);
    b.p[b.n - 1] = '\n';
    char *got = read_text(b.p, b.n);
    assert_string_equal(got, "!x.csv: 1025 columns, at most 1024");
    free(got);
    /* More fields than are kept are still counted. */
    b.n = 0;
    cf_buf_puts(&b, "a,b\n");
    for (int i = 0; i < 300000; i++)
        cf_buf_puts(&b, "\"\",");
    cf_buf_putc(&b, '\n');
    got = read_text(b.p, b.n);
    assert_string_equal(got, "1[a|b]!x.csv:2: 300001 fields, expected 2");
    free(got);
    cf_buf_free(&b);
}

/* A random field: plain, or with all that must be quoted. */
static void random_field(const struct cf_rng *r, uint64_t *draw,
                         struct cf_buf *out)
{
    static const char odd[] = "ab7 ,\"\n\r\t;";
    uint64_t kind = cf_rng_below(r, (*draw)++, 40);
    uint64_t n = cf_rng_below(r, (*draw)++, kind == 0 ? 9000 : 12);

    for (uint64_t i = 0; i < n; i++)
        if (kind < 8)
            cf_buf_putc(out, odd[cf_rng_below(r, (*draw)++, sizeof odd - 1)]);
        else
            cf_buf_putc(out, 'x');
}

/* Over a megabyte of it, so that everything falls on the edge of a chunk; what
 * was written is what is read, and so are the lines. */
static void test_round_trip(void **state)
{
    const struct cf_rng r = {42, CF_RNG_TEST, 0};
    struct cf_buf text = {0}, want = {0}, field = {0};
    uint64_t draw = 0;
    int line = 2;

    (void)state;
    cf_buf_puts(&text, "a,b,c\n");
    cf_buf_puts(&want, "1[a|b|c]");
    for (int row = 0; row < 12000; row++) {
        cf_buf_printf(&want, "%d[", line);
        for (int i = 0; i < 3; i++) {
            field.n = 0;
            random_field(&r, &draw, &field);
            cf_buf_puts(&want, i ? "|" : "");
            cf_buf_str(&want, cf_buf_view(&field));
            cf_buf_puts(&text, i ? "," : "");
            cf_csv_field(&text, cf_buf_view(&field), ',');
            for (size_t k = 0; k < field.n; k++)
                line +=
                    field.p[k] == '\r' ||
                    (field.p[k] == '\n' && (k == 0 || field.p[k - 1] != '\r'));
        }
        cf_buf_puts(&text, row % 3 ? "\n" : "\r\n");
        cf_buf_puts(&want, "]");
        line++;
    }
    assert_true(text.n > 1 << 20);
    cf_buf_putc(&want, '\0');
    char *got = read_text(text.p, text.n);
    assert_int_equal(strlen(got), want.n - 1);
    assert_memory_equal(got, want.p, want.n);
    free(got);
    cf_buf_free(&text);
    cf_buf_free(&want);
    cf_buf_free(&field);
}

static void check_field(const char *s, char sep, const char *want)
{
    struct cf_buf b = {0};

    cf_csv_field(&b, cf_cstr(s), sep);
    cf_buf_putc(&b, '\0');
    assert_string_equal(b.p, want);
    cf_buf_free(&b);
}

static void test_field(void **state)
{
    (void)state;
    check_field("ab", ',', "ab");
    check_field("", ',', "");
    check_field("", '\0', "\"\"");
    check_field(" a ", ',', " a ");
    check_field("a,b", ',', "\"a,b\"");
    check_field("a,b", '\t', "a,b");
    check_field("a\tb", '\t', "\"a\tb\"");
    check_field("a\"b", ',', "\"a\"\"b\"");
    check_field("a\nb", ',', "\"a\nb\"");
    check_field("a\rb", '\0', "\"a\rb\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_bytes_stay),
        cmocka_unit_test(test_byte_order_mark),
        cmocka_unit_test(test_header_errors),
        cmocka_unit_test(test_row_errors),
        cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_separators),
        cmocka_unit_test(test_sniffing),
        cmocka_unit_test(test_given_header),
        cmocka_unit_test(test_skip_ragged),
        cmocka_unit_test(test_bad_separators),
        cmocka_unit_test(test_long_fields),
        cmocka_unit_test(test_many_columns),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
