/* test_packed.c - inputs that are packed, or in another character set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/io.h"
#include "temp.h"

static struct cf_err err;

/* ---- packing, by the libraries' other halves ---- */

static void gzip_head(struct cf_buf *out, const char *p, size_t n,
                      gz_header *head)
{
    enum { GZIP_ONLY = 16 };
    z_stream z = {0};
    assert_int_equal(
        deflateInit2(&z, 9, Z_DEFLATED, GZIP_ONLY + 15, 9, Z_DEFAULT_STRATEGY),
        Z_OK);
    assert_int_equal(deflateSetHeader(&z, head), Z_OK);
    assert_true(cf_buf_room(out, deflateBound(&z, n)));
    z.next_in = (Bytef *)p;
    z.avail_in = (uInt)n;
    z.next_out = (Bytef *)out->p + out->n;
    z.avail_out = (uInt)(out->cap - out->n);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->n += z.total_out;
    deflateEnd(&z);
}

static void gzip_text(struct cf_buf *out, const char *p, size_t n)
{
    gz_header head = {.os = 3};
    gzip_head(out, p, n, &head);
}

/* With a checksum, as zstd(1) does, and a window of 2^log bytes. */
static void zstd_log(struct cf_buf *out, const char *p, size_t n, int log)
{
    ZSTD_CCtx *c = ZSTD_createCCtx();
    ZSTD_inBuffer src = {p, n, 0};
    assert_non_null(c);
    ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, log);
    assert_true(cf_buf_room(out, ZSTD_compressBound(n) + 64));
    ZSTD_outBuffer dst = {out->p, out->cap, out->n};
    assert_int_equal(ZSTD_compressStream2(c, &dst, &src, ZSTD_e_end), 0);
    out->n = dst.pos;
    ZSTD_freeCCtx(c);
}

static void zstd_text(struct cf_buf *out, const char *p, size_t n)
{
    zstd_log(out, p, n, 20);
}

typedef void pack(struct cf_buf *out, const char *p, size_t n);
static pack *const packs[] = {gzip_text, zstd_text};
static const char *const kinds[] = {"gzip", "zstd"};

/* ---- reading ---- */

static void put(const char *p, size_t n)
{
    int fd = open("f", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, p, n), n);
    close(fd);
}

/* Reads in pieces of step bytes what is left of in. */
static int read_all(struct cf_in *in, size_t step, struct cf_buf *out)
{
    size_t got = 1;
    int code = 0;
    while (!code && got > 0) {
        assert_true(cf_buf_room(out, step));
        code = cf_in_read(in, out->p + out->n, step, &got, &err);
        assert_true(got <= step);
        out->n += got;
    }
    assert_int_equal(in->off, out->n);
    return code;
}

/* Reads a file of p[0..n-1]. */
static int read_file(const char *p, size_t n, size_t step, struct cf_buf *out)
{
    struct cf_in in;
    put(p, n);
    out->n = 0;
    int code = cf_in_open(&in, "f", &err);
    if (!code)
        code = read_all(&in, step, out);
    if (!code)
        assert_int_equal(in.raw, n);
    cf_in_close(&in);
    return code;
}

struct feed {
    int fd;
    const char *p;
    size_t n, step;
};

static void *feed(void *ctx)
{
    struct feed *f = ctx;
    for (size_t i = 0; i < f->n; i += f->step) {
        size_t n = f->n - i < f->step ? f->n - i : f->step;
        if (write(f->fd, f->p + i, n) != (ssize_t)n)
            break;
    }
    close(f->fd);
    return NULL;
}

/* Reads them from a pipe that is written in pieces of step bytes. */
static int read_pipe(const char *p, size_t n, size_t step, struct cf_buf *out)
{
    struct cf_in in = {0};
    int fd[2];
    pthread_t t;
    assert_int_equal(pipe(fd), 0);
    struct feed f = {fd[1], p, n, step};
    assert_int_equal(pthread_create(&t, NULL, feed, &f), 0);
    in.fd = fd[0];
    in.name = strdup("pipe");
    out->n = 0;
    int code = read_all(&in, step, out);
    cf_in_close(&in);
    pthread_join(t, NULL);
    return code;
}

static void assert_holds(const struct cf_buf *b, const char *p, size_t n)
{
    assert_int_equal(b->n, n);
    assert_memory_equal(b->p, p, n);
}

/* Text that neither packs to nothing nor fits a layer's buffer. */
enum { LONG = 300 * 1000 };

static char *long_text(void)
{
    char *p = malloc(LONG);
    uint32_t x = 1;
    assert_non_null(p);
    for (size_t i = 0; i < LONG; i++) {
        x = x * 1664525 + 1013904223;
        p[i] = i % 3 ? (char)('0' + (x >> 24) % 10) : '\n';
    }
    return p;
}

/* ---- the tests ---- */

static void test_unpack(void **state)
{
    (void)state;
    char *text = long_text();
    struct cf_buf packed = {0}, out = {0};
    for (int k = 0; k < 2; k++) {
        packed.n = 0;
        packs[k](&packed, text, LONG);
        static const size_t steps[] = {1, 3, 4096, 1 << 20};
        for (int i = 0; i < 4; i++) {
            assert_int_equal(read_file(packed.p, packed.n, steps[i], &out), 0);
            assert_holds(&out, text, LONG);
            assert_int_equal(read_pipe(packed.p, packed.n, steps[i], &out), 0);
            assert_holds(&out, text, LONG);
        }
    }
    cf_buf_free(&packed);
    cf_buf_free(&out);
    free(text);
}

static void test_not_to_map(void **state)
{
    (void)state;
    struct cf_buf packed = {0};
    struct cf_in in;
    char *p;
    size_t n;
    for (int k = 0; k < 2; k++) {
        packed.n = 0;
        packs[k](&packed, "u,i\n1,2\n", 8);
        put(packed.p, packed.n);
        assert_int_equal(cf_in_open(&in, "f", &err), 0);
        assert_false(in.regular);
        assert_int_equal(in.size, packed.n);
        assert_int_equal(cf_in_slurp(&in, 8, &p, &n, &err), 0);
        assert_int_equal(n, 8);
        assert_memory_equal(p, "u,i\n1,2\n", 8);
        free(p);
        cf_in_close(&in);
        assert_int_equal(cf_in_open(&in, "f", &err), 0);
        assert_int_equal(cf_in_slurp(&in, 7, &p, &n, &err), CF_EMEM);
        cf_in_close(&in);
    }
    cf_buf_free(&packed);
}

/* Members, an empty one too, are one input; a cut between two of them is not
 * seen, as gzip(1) and zstd(1) do not see it. */
static void test_concatenated(void **state)
{
    (void)state;
    struct cf_buf packed = {0}, out = {0};
    for (int k = 0; k < 2; k++) {
        packed.n = 0;
        packs[k](&packed, "u,i\n", 4);
        packs[k](&packed, "", 0);
        packs[k](&packed, "1,2\n", 4);
        for (size_t step = 1; step < 100; step += 98) {
            assert_int_equal(read_pipe(packed.p, packed.n, step, &out), 0);
            assert_holds(&out, "u,i\n1,2\n", 8);
        }
    }
    cf_buf_free(&packed);
    cf_buf_free(&out);
}

static void test_truncated(void **state)
{
    (void)state;
    static const char text[] = "user,item,rating\n1,2,3\n1,3,4\n2,2,5\n2,4,4\n";
    struct cf_buf packed = {0}, out = {0};
    for (int k = 0; k < 2; k++) {
        packed.n = 0;
        packs[k](&packed, text, sizeof text - 1);
        for (size_t n = 2; n < packed.n; n++) {
            char want[64];
            snprintf(want, sizeof want, "f: truncated %s data", kinds[k]);
            assert_int_equal(read_file(packed.p, n, 4096, &out), CF_ESTREAM);
            assert_string_equal(err.msg, want);
            assert_int_equal(read_pipe(packed.p, n, 1, &out), CF_ESTREAM);
        }
        /* One byte is no sign of anything. */
        assert_int_equal(read_file(packed.p, 1, 4096, &out), 0);
        assert_holds(&out, packed.p, 1);
    }
    cf_buf_free(&packed);
    cf_buf_free(&out);
}

/* A changed bit is an error, or makes no difference (a header has room for a
 * time and a system), or the data are packed no more. */
static void test_corrupt(void **state)
{
    (void)state;
    static const char text[] = "user,item,rating\n1,2,3\n1,3,4\n2,2,5\n2,4,4\n";
    struct cf_buf packed = {0}, out = {0};
    for (int k = 0; k < 2; k++) {
        packed.n = 0;
        packs[k](&packed, text, sizeof text - 1);
        size_t same = 0;
        for (size_t bit = 32; bit < 8 * packed.n; bit++) {
            packed.p[bit / 8] ^= (char)(1 << bit % 8);
            if (read_file(packed.p, packed.n, 4096, &out) == 0) {
                assert_holds(&out, text, sizeof text - 1);
                same++;
            }
            packed.p[bit / 8] ^= (char)(1 << bit % 8);
        }
        assert_true(same <= 48);
    }
    cf_buf_free(&packed);
    cf_buf_free(&out);
}

static void test_trailing(void **state)
{
    (void)state;
    static const char *const more[] = {"u,i\n1,2\n", "\0\0\0\0\0\0\0\0",
                                       "\x1f\x8c\x08\0\0\0\0\0"};
    struct cf_buf packed = {0}, out = {0};
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < 3; i++)
            for (size_t n = 1; n <= 8; n++) {
                packed.n = 0;
                packs[k](&packed, "u,i\n", 4);
                cf_buf_add(&packed, more[i], n);
                assert_int_equal(read_file(packed.p, packed.n, 99, &out),
                                 CF_ESTREAM);
            }
    assert_string_equal(err.msg, "f: bytes after the end of the zstd data");
    cf_buf_free(&packed);
    cf_buf_free(&out);
}

static void test_window(void **state)
{
    (void)state;
    struct cf_buf packed = {0}, out = {0};
    char *text = long_text();
    zstd_log(&packed, text, 8, 27);
    assert_int_equal(read_file(packed.p, packed.n, 99, &out), 0);
    assert_holds(&out, text, 8);
    /* A frame whose header asks for 256 MiB (RFC 8878, 3.1.1.1.2: exponent
     * 18 above 2^10), and holds nothing. */
    static const char big[] = "\x28\xb5\x2f\xfd\x00\x90\x01\x00\x00";
    assert_int_equal(read_file(big, 9, 99, &out), CF_EMEM);
    assert_string_equal(err.msg,
                        "f: zstd data that need more than 128 MiB to unpack");
    static const char fits[] = "\x28\xb5\x2f\xfd\x00\x88\x01\x00\x00";
    assert_int_equal(read_file(fits, 9, 99, &out), 0);
    assert_int_equal(out.n, 0);
    cf_buf_free(&packed);
    cf_buf_free(&out);
    free(text);
}

/* All that a header can have: a name, as gzip(1) writes it, an extra field, as
 * bgzip(1) does, a comment, a checksum. */
static void test_long_header(void **state)
{
    (void)state;
    unsigned char extra[] = "BC\2\0\0\0", name[] = "u.csv", comment[] = "of";
    gz_header head = {.extra = extra,
                      .extra_len = 6,
                      .name = name,
                      .comment = comment,
                      .hcrc = 1};
    struct cf_buf packed = {0}, out = {0};
    gzip_head(&packed, "u,i\n", 4, &head);
    gzip_head(&packed, "1,2\n", 4, &head);
    for (size_t step = 1; step < 100; step++) {
        assert_int_equal(read_pipe(packed.p, packed.n, step, &out), 0);
        assert_holds(&out, "u,i\n1,2\n", 8);
    }
    for (size_t n = 2; n < 30; n++)
        assert_int_equal(read_file(packed.p, n, 99, &out), CF_ESTREAM);
    cf_buf_free(&packed);
    cf_buf_free(&out);
}

/* pzstd(1) begins with a frame that is to be skipped. */
static void test_skipped_frame(void **state)
{
    (void)state;
    struct cf_buf packed = {0}, out = {0};
    cf_buf_add(&packed, "\x50\x2a\x4d\x18\x04\0\0\0abcd", 12);
    zstd_text(&packed, "u,i\n", 4);
    assert_int_equal(read_pipe(packed.p, packed.n, 1, &out), 0);
    assert_holds(&out, "u,i\n", 4);
    assert_int_equal(read_file(packed.p, packed.n, 99, &out), 0);
    assert_holds(&out, "u,i\n", 4);
    cf_buf_free(&packed);
    cf_buf_free(&out);
}

/* What only begins like packed data comes out as it is. */
static void test_plain(void **state)
{
    (void)state;
    static const char *const text[] = {"",    "(",       "(a)\n", "P",
                                       "P*M", "P*M,i\n", "u,i\n", "u"};
    struct cf_buf out = {0};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        for (size_t step = 1; step < 7; step++) {
            size_t n = strlen(text[i]);
            assert_int_equal(read_file(text[i], n, step, &out), 0);
            assert_holds(&out, text[i], n);
            assert_int_equal(read_pipe(text[i], n, step, &out), 0);
            assert_holds(&out, text[i], n);
        }
    cf_buf_free(&out);
}

static void saw(void *ctx, uint64_t raw)
{
    *(uint64_t *)ctx = raw;
}

static void test_progress_of_the_file(void **state)
{
    (void)state;
    char *text = long_text();
    struct cf_buf packed = {0}, out = {0};
    struct cf_in in;
    uint64_t seen = 0;
    gzip_text(&packed, text, LONG);
    put(packed.p, packed.n);
    assert_int_equal(cf_in_open(&in, "f", &err), 0);
    in.watch = saw;
    in.watch_ctx = &seen;
    assert_int_equal(read_all(&in, 4096, &out), 0);
    assert_int_equal(seen, packed.n);
    assert_int_equal(in.raw, packed.n);
    assert_int_equal(in.off, LONG);
    cf_in_close(&in);
    cf_buf_free(&packed);
    cf_buf_free(&out);
    free(text);
}

/* ---- character sets ---- */

static int read_as(const char *set, const char *p, size_t n, size_t step,
                   struct cf_buf *out)
{
    struct cf_in in;
    put(p, n);
    out->n = 0;
    assert_int_equal(cf_in_open(&in, "f", &err), 0);
    int code = cf_in_charset(&in, set, &err);
    assert_true(code || !in.regular);
    if (!code)
        code = read_all(&in, step, out);
    cf_in_close(&in);
    return code;
}

static void assert_as(const char *set, const char *p, size_t n,
                      const char *utf8)
{
    struct cf_buf out = {0};
    for (size_t step = 1; step < 100; step += 33) {
        assert_int_equal(read_as(set, p, n, step, &out), 0);
        assert_holds(&out, utf8, strlen(utf8));
    }
    cf_buf_free(&out);
}

/* The bytes of these are in the Unicode tables of each set. */
static void test_charset(void **state)
{
    (void)state;
    assert_as("latin1", "caf\xe9\n", 5, "caf\xc3\xa9\n");
    assert_as("ISO-8859-15", "\xa4", 1, "\xe2\x82\xac");
    assert_as("CP1252", "\x80,\x93", 3, "\xe2\x82\xac,\xe2\x80\x9c");
    assert_as("SHIFT_JIS", "\x83\x65", 2, "\xe3\x83\x86");
    assert_as("UTF-16LE", "u\0\xe9\0\n\0", 6, "u\xc3\xa9\n");
    assert_as("UTF-8", "caf\xc3\xa9", 5, "caf\xc3\xa9");
    assert_as("latin1", "", 0, "");
}

static void test_charset_long(void **state)
{
    (void)state;
    struct cf_buf text = {0}, utf8 = {0}, out = {0}, packed = {0};
    for (int i = 0; i < 100000; i++) {
        cf_buf_putc(&text, i % 10 ? '\xe4' : '\n');
        cf_buf_puts(&utf8, i % 10 ? "\xc3\xa4" : "\n");
    }
    assert_int_equal(read_as("latin1", text.p, text.n, 4096, &out), 0);
    assert_holds(&out, utf8.p, utf8.n);
    /* Unpacked first, from a file and from a pipe. */
    gzip_text(&packed, text.p, text.n);
    assert_int_equal(read_as("latin1", packed.p, packed.n, 4096, &out), 0);
    assert_holds(&out, utf8.p, utf8.n);
    cf_buf_free(&text);
    cf_buf_free(&utf8);
    cf_buf_free(&out);
    cf_buf_free(&packed);
}

static void test_charset_of_a_pipe(void **state)
{
    (void)state;
    struct cf_buf packed = {0}, out = {0};
    struct cf_in in = {0};
    int fd[2];
    zstd_text(&packed, "\xe9\n", 2);
    assert_int_equal(pipe(fd), 0);
    assert_int_equal(write(fd[1], packed.p, packed.n), packed.n);
    close(fd[1]);
    in.fd = fd[0];
    in.name = strdup("pipe");
    assert_int_equal(cf_in_charset(&in, "latin1", &err), 0);
    assert_int_equal(read_all(&in, 10, &out), 0);
    assert_holds(&out, "\xc3\xa9\n", 3);
    cf_in_close(&in);
    cf_buf_free(&packed);
    cf_buf_free(&out);
}

/* Line and byte, whatever ends the lines, after all that was good. */
static void test_charset_wrong(void **state)
{
    (void)state;
    struct cf_buf out = {0};
    for (size_t step = 1; step < 100; step += 33) {
        assert_int_equal(
            read_as("UTF-8", "a\r\nb\rc\n\nx\xff\n", 11, step, &out), CF_EDATA);
        assert_string_equal(err.msg, "f:5: byte 10 (0xff) is not UTF-8");
        assert_holds(&out, "a\r\nb\rc\n\nx", 9);
        assert_int_equal(read_as("CP1252", "\x81", 1, step, &out), CF_EDATA);
        assert_string_equal(err.msg, "f:1: byte 1 (0x81) is not CP1252");
        assert_int_equal(read_as("UTF-8", "a\n\xc3", 3, step, &out), CF_EDATA);
        assert_string_equal(err.msg, "f:2: byte 3 (0xc3) is not UTF-8: the "
                                     "input ends within a character");
    }
    cf_buf_free(&out);
}

static void test_charset_unknown(void **state)
{
    (void)state;
    struct cf_buf out = {0};
    static const char *const names[] = {"klingon", "", "latin1//IGNORE", "/"};
    for (int i = 0; i < 4; i++)
        assert_int_equal(read_as(names[i], "a", 1, 9, &out), CF_EUSAGE);
    assert_int_equal(read_as("klingon", "a", 1, 9, &out), CF_EUSAGE);
    assert_string_equal(err.msg, "unknown character set 'klingon'");
    cf_buf_free(&out);
}

#define IN_TEMP(f) cmocka_unit_test_setup_teardown(f, temp_enter, temp_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMP(test_unpack),
        IN_TEMP(test_not_to_map),
        IN_TEMP(test_concatenated),
        IN_TEMP(test_truncated),
        IN_TEMP(test_corrupt),
        IN_TEMP(test_trailing),
        IN_TEMP(test_window),
        IN_TEMP(test_long_header),
        IN_TEMP(test_skipped_frame),
        IN_TEMP(test_plain),
        IN_TEMP(test_progress_of_the_file),
        IN_TEMP(test_charset),
        IN_TEMP(test_charset_long),
        IN_TEMP(test_charset_of_a_pipe),
        IN_TEMP(test_charset_wrong),
        IN_TEMP(test_charset_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
