/* test_csv.c - rows, line numbers and errors of CSV text, however it
 * arrives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/rng.h"
#include "data/csv.h"
#include "made.h"

/* All that a reader says of a text: "LINE[field|field]" for header and rows,
 * then "!message" if there was an error. To be freed. */
static char *read_all(struct cf_in *in)
{
    struct cf_buf out = {0};
    struct cf_err err;
    struct cf_csv *c;
    int rc = cf_csv_open(&c, in, NULL, &err);
    const struct cf_csv_row *row = rc ? NULL : cf_csv_header(c);

    while (!rc && row) {
        cf_buf_printf(&out, "%d[", (int)row->line);
        for (size_t i = 0; i < row->n; i++) {
            cf_buf_puts(&out, i ? "|" : "");
            cf_buf_str(&out, row->field[i]);
        }
        cf_buf_putc(&out, ']');
        rc = cf_csv_next(c, &row, &err);
    }
    if (rc) {
        assert_int_equal(rc, err.code);
        cf_buf_printf(&out, "!%s", err.msg);
    }
    cf_buf_putc(&out, '\0');
    assert_false(out.failed);
    cf_csv_close(c);
    return out.p;
}

static char *read_text(const char *p, size_t n)
{
    struct cf_err err;
    struct cf_in in;

    must(cf_in_mem(&in, "x.csv", p, n, &err), &err);
    char *got = read_all(&in);
    cf_in_close(&in);
    return got;
}

/* The same, but each byte comes in a read of its own. */
static char *read_bytes(const char *p, size_t n)
{
    struct cf_in in = {0};
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(send(pair[0], p + i, 1, 0), 1);
    close(pair[0]);
    in.fd = pair[1];
    in.name = strdup("x.csv");
    char *got = read_all(&in);
    cf_in_close(&in);
    return got;
}

static void expect(const char *text, size_t n, const char *want)
{
    char *got = read_text(text, n);
    assert_string_equal(got, want);
    free(got);
    got = read_bytes(text, n);
    assert_string_equal(got, want);
    free(got);
}

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
           "!x.csv:1: field 1: not UTF-8 (byte 1 of the line)");
    EXPECT("a\n\xef\xbb\xbf\n", "1[a]2[\xef\xbb\xbf]");
}

static void test_header_errors(void **state)
{
    (void)state;
    EXPECT("", "!x.csv: empty, expected a header row");
    EXPECT("\n\r\n", "!x.csv: empty, expected a header row");
    EXPECT("a,,b\n", "!x.csv:1: column 2 has no name");
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
           "1[a|b]2[1|2]!x.csv:3: field 2: not UTF-8 (byte 6 of the line)");
    EXPECT("a,b\n\"x\r\ny\xed\xa0\x80\",2\n",
           "1[a|b]!x.csv:3: field 1: not UTF-8 (byte 2 of the line)");
    EXPECT("a,b\n1,\xe2\x82",
           "1[a|b]!x.csv:2: field 2: not UTF-8 (byte 3 of the line)");
    EXPECT("a,b\n1\n2,\xff\n", "1[a|b]!x.csv:2: 1 field, expected 2");
    EXPECT("a,b\n\xff\0\n",
           "1[a|b]!x.csv:2: field 1: not UTF-8 (byte 1 of the line)");
    EXPECT("\xef\xbb\xbf\xff\n",
           "!x.csv:1: field 1: not UTF-8 (byte 4 of the line)");
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
        cmocka_unit_test(test_long_fields),
        cmocka_unit_test(test_many_columns),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
