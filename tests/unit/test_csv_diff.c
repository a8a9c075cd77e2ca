/* test_csv_diff.c - random texts: every tokenizer, libcsv alone and a plain
 * automaton written for this test say the same, whatever the size of the buffer
 * and of the reads. CF_FULL=1: 200,000 texts. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "csv_text.h"
#include "data/tok.h"

static const char *const names[] = {"x", "y", "z"};

/* ---- the automaton ---- */

enum state { AT_START, PLAIN, INSIDE, CLOSED };

struct naive {
    const struct cf_csv_opts *opts;
    struct cf_buf *out;
    uint64_t line, row_line, field_line, ragged;
    size_t line_at;
    size_t width; /* of the header, once known */
    enum state state;
    struct cf_buf row; /* fields so far, each after a bar */
    size_t nfields;
    bool failed;
};

static void fail_at(struct naive *a, uint64_t line, const char *what)
{
    cf_buf_printf(a->out, "!x.csv:%" PRIu64 ": field %zu: %s", line,
                  a->nfields + 1, what);
    a->failed = true;
}

static void end_field(struct naive *a)
{
    a->nfields++;
    cf_buf_putc(&a->row, '|');
    a->state = AT_START;
    a->field_line = a->line;
}

static void end_row(struct naive *a)
{
    end_field(a);
    if (a->nfields == a->width)
        cf_buf_printf(a->out, "%" PRIu64 "[%.*s]", a->row_line,
                      (int)a->row.n - 1, a->row.p);
    else if (a->opts->skip_ragged)
        a->ragged++;
    else {
        cf_buf_printf(a->out, "!x.csv:%" PRIu64 ": %zu field%s, expected %zu",
                      a->row_line, a->nfields, a->nfields == 1 ? "" : "s",
                      a->width);
        a->failed = true;
    }
    a->row.n = a->nfields = 0;
}

/* One byte that is no line end outside quotes and no separator. */
static void take(struct naive *a, char c)
{
    if (a->state == INSIDE && c == '"') {
        a->state = CLOSED;
    } else if (a->state == CLOSED && c == '"') {
        cf_buf_putc(&a->row, c);
        a->state = INSIDE;
    } else if (a->state == CLOSED) {
        fail_at(a, a->line, "text after the closing quote");
    } else if (a->state == PLAIN && c == '"') {
        fail_at(a, a->line, "quote inside a field without quotes");
    } else if (a->state == AT_START && c == '"') {
        a->state = INSIDE;
    } else {
        cf_buf_putc(&a->row, c);
        if (a->state == AT_START)
            a->state = PLAIN;
    }
}

static bool bad(struct naive *a, const char *p, size_t n, size_t at)
{
    bool follows = ((unsigned char)p[at] & 0xc0) == 0x80;
    const char *what = NULL;
    char text[96];

    if (p[at] == '\0')
        what = "NUL byte";
    else if (follows ? at == 0 || (unsigned char)p[at - 1] < 0x80
                     : !cf_utf8_len((struct cf_str){p + at, n - at}))
        what = "not UTF-8";
    if (!what)
        return false;
    snprintf(text, sizeof text, "%s (byte %zu of the line%s)", what,
             at - a->line_at + 1,
             p[at] ? "; cf-merge --from takes other text" : "");
    fail_at(a, a->line, text);
    return true;
}

/* Takes what is at p[at]; returns how many bytes. */
static size_t step(struct naive *a, const char *p, size_t n, size_t at)
{
    size_t gap = strlen(a->opts->delim), used = 1;
    bool blank = a->nfields == 0 && a->state == AT_START;

    if (bad(a, p, n, at))
        return 1;
    if (blank) {
        a->row_line = a->field_line = a->line;
    }
    if (p[at] == '\r' || p[at] == '\n') {
        used += p[at] == '\r' && at + 1 < n && p[at + 1] == '\n';
        if (a->state == INSIDE)
            cf_buf_add(&a->row, p + at, used);
        else if (!blank)
            end_row(a);
        a->line++;
        a->line_at = at + used;
    } else if (a->state != INSIDE && n - at >= gap &&
               memcmp(p + at, a->opts->delim, gap) == 0) {
        used = gap;
        end_field(a);
    } else {
        take(a, p[at]);
    }
    return used;
}

static void naive(struct cf_buf *out, const char *p, size_t n,
                  const struct cf_csv_opts *opts)
{
    struct naive a = {.opts = opts, .out = out, .line = 1};
    size_t at = n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    a.width = opts->nnames;
    cf_buf_puts(out, "0[");
    for (size_t i = 0; i < 3 && i < a.width; i++) {
        cf_buf_puts(out, i ? "|" : "");
        cf_buf_puts(out, names[i]);
    }
    cf_buf_puts(out, "]");
    while (!a.failed && at < n)
        at += step(&a, p, n, at);
    if (!a.failed && a.state == INSIDE)
        fail_at(&a, a.field_line, "quote is never closed");
    else if (!a.failed && (a.nfields || a.state != AT_START))
        end_row(&a);
    if (!a.failed && a.ragged)
        cf_buf_printf(out, "-%" PRIu64, a.ragged);
    cf_buf_free(&a.row);
}

/* ---- random texts ---- */

struct draws {
    struct cf_rng rng;
    uint64_t n;
};

static size_t below(struct draws *d, size_t n)
{
    return (size_t)cf_rng_below(&d->rng, d->n++, n);
}

/* Longer pieces are rare, and what is an error rarer. */
static const char *const piece[] = {
    ",",  ",",  ",",   ";",    ";",   "::",   ":",           "a",   "1",
    "07", " ",  "\n",  "\n",   "\r",  "\r\n", "\xc3\xa9",    "x.y", "9",
    "\n", "a,", ",\n", "aaaa", "b,c", "1;2",  "\xe2\x82\xac"};
static const char *const quoted[] = {"\"a\"",  "\"\"",     "\"a,b\"",
                                     "\"\n\"", "\"\r\n\"", "\"x\"\"y\"",
                                     "\"::\"", "\"",       "\"\r\""};
static const char *const odd[] = {"\xe9", "\xff", "\xe2\x82", "\xef\xbb\xbf"};

#define PICK(d, list) (list)[below(d, sizeof(list) / sizeof *(list))]

/* A text of so many pieces; shift: one in so many is a quoted field. */
static void make_text(struct draws *d, struct cf_buf *text)
{
    size_t n = below(d, below(d, 4) ? 30 : 120);
    size_t quotes = below(d, 3) ? 40 : 4;

    text->n = 0;
    for (size_t i = 0; i < n; i++) {
        if (below(d, 400) == 0)
            cf_buf_puts(text, PICK(d, odd));
        else if (below(d, 1000) == 0)
            cf_buf_putc(text, '\0');
        else if (below(d, quotes) == 0)
            cf_buf_puts(text, PICK(d, quoted));
        else
            cf_buf_puts(text, PICK(d, piece));
    }
    cf_buf_putc(text, '\0');
    text->n--;
}

static void compare(struct cf_buf *got, const struct cf_buf *want,
                    const struct cf_buf *text, const struct cf_csv_opts *opts)
{
    assert_false(got->failed);
    if (got->n != want->n || memcmp(got->p, want->p, want->n) != 0) {
        for (size_t i = 0; i < text->n; i++)
            print_error("\\x%02x", (unsigned char)text->p[i]);
        print_error("\nseparator %s, reader %s, room %zu\n%.*s\n%.*s\n",
                    opts->delim, opts->reader, opts->room, (int)got->n, got->p,
                    (int)want->n, want->p);
        fail_msg("they differ");
    }
    got->n = 0;
}

static void check_text(struct draws *d, const struct cf_buf *text, bool reads)
{
    static const char *const reader[] = {"libcsv", "swar", "avx2", "avx512"};
    static const char *const delim[] = {",", ",", ";", "::", " ", "a,"};
    static const size_t room[] = {64, 65, 71, 100, 1000};
    struct cf_csv_opts opts = {.delim = PICK(d, delim),
                               .names = names,
                               .nnames = 1 + below(d, 3),
                               .skip_ragged = below(d, 2) != 0};
    struct cf_buf want = {0}, got = {0};

    naive(&want, text->p, text->n, &opts);
    for (size_t i = 0; i < sizeof reader / sizeof *reader; i++) {
        if (i && !cf_tok_find(reader[i]))
            continue;
        opts.reader = reader[i];
        opts.room = PICK(d, room);
        csv_text_mem(&got, text->p, text->n, &opts, below(d, 5));
        compare(&got, &want, text, &opts);
    }
    if (reads && text->n < 200) {
        csv_text_bytes(&got, text->p, text->n, &opts);
        compare(&got, &want, text, &opts);
    }
    cf_buf_free(&want);
    cf_buf_free(&got);
}

static void test_random_texts(void **state)
{
    struct draws d = {{7, CF_RNG_TEST, 0}, 0};
    int n = getenv("CF_FULL") ? 200000 : 15000;
    struct cf_buf text = {0};

    (void)state;
    for (int i = 0; i < n; i++) {
        make_text(&d, &text);
        /* A byte from 80 to 8f at the start would be a stream's. */
        if (((unsigned char)text.p[0] & 0xf0) != 0x80)
            check_text(&d, &text, i % 16 == 0);
    }
    cf_buf_free(&text);
}

/* Every tokenizer marks what a loop over the bytes does. */
static void test_marks(void **state)
{
    static const char *const name[] = {"swar", "avx2", "avx512"};
    static const char set[] = ",,;\"\r\r\n\nax\0\x80\xff,";
    struct draws d = {{8, CF_RNG_TEST, 0}, 0};
    uint32_t mark[400 + CF_TOK_SLACK];
    char p[400];

    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct cf_tok_text t = {p, below(&d, 70), 0, ',', below(&d, 2) != 0};
        t.to = t.from + below(&d, sizeof p - 70);
        for (size_t i = 0; i < sizeof p; i++)
            p[i] = below(&d, 3) ? 'x' : set[below(&d, sizeof set - 1)];
        for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
            const struct cf_tok *tok = cf_tok_find(name[k]);
            struct cf_tok_seen seen;
            if (!tok)
                continue;
            size_t n = tok->mark(&t, mark, &seen), want = 0;
            bool high = false, nul = false, cr = t.after_cr;
            for (size_t i = t.from; i < t.to; i++) {
                bool is = p[i] == ',' || p[i] == '"' || p[i] == '\r' ||
                          (p[i] == '\n' && !cr);
                if (is) {
                    assert_true(want < n);
                    assert_int_equal(mark[want++], i);
                }
                cr = p[i] == '\r';
                high |= (unsigned char)p[i] >= 0x80;
                nul |= p[i] == '\0';
            }
            assert_int_equal(n, want);
            assert_int_equal(seen.high, high);
            assert_int_equal(seen.nul, nul);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_texts),
        cmocka_unit_test(test_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
