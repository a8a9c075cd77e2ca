/* test_stream.c - msgpack scan, header, writer and reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/sum.h"
#include "stream/frame.h"
#include "stream/map.h"
#include "stream/reader.h"
#include "stream/writer.h"

static struct cf_err err;

/* ---- scan: the encodings are those of the msgpack specification ---- */

static enum cf_scanned scan(const char *p, size_t n, size_t max, size_t *pos)
{
    struct cf_scan s = {0};
    const char *why;
    size_t need;

    enum cf_scanned rc = cf_scan(&s, p, n, max, &need, &why);
    *pos = rc == CF_SCAN_MORE ? need : s.pos;
    return rc;
}

#define SCAN(bytes, max, pos) scan(bytes, sizeof(bytes) - 1, max, pos)

static void test_scan_sound(void **state)
{
    (void)state;
    size_t n;

    assert_int_equal(SCAN("\x05", 100, &n), CF_SCAN_DONE);
    assert_int_equal(n, 1);
    assert_int_equal(SCAN("\x93\x01\xa2hi\xc4\x01xyz", 100, &n), CF_SCAN_DONE);
    assert_int_equal(n, 8); /* what follows is not of the value */
    assert_int_equal(SCAN("\x82\xa1"
                          "a\x01\xa1"
                          "b\x90",
                          100, &n),
                     CF_SCAN_DONE);
    assert_int_equal(SCAN("\xcb\x3f\xf0\0\0\0\0\0\0", 100, &n), CF_SCAN_DONE);
    assert_int_equal(SCAN("\xd0\xdf", 100, &n), CF_SCAN_DONE); /* -33 */
}

static void test_scan_more(void **state)
{
    (void)state;
    size_t n;

    assert_int_equal(SCAN("", 100, &n), CF_SCAN_MORE);
    assert_int_equal(n, 1);
    assert_int_equal(SCAN("\xc6\x00\x01\x00", 1 << 20, &n), CF_SCAN_MORE);
    assert_int_equal(n, 5);
    assert_int_equal(SCAN("\xc6\x00\x01\x00\x00", 1 << 20, &n), CF_SCAN_MORE);
    assert_int_equal(n, 5 + 65536);
}

static void test_scan_bad(void **state)
{
    (void)state;
    size_t n;
    static const struct {
        const char *p;
        size_t n;
    } bad[] = {
        {"\xc1", 1},                     /* never used */
        {"\xd4\x01\x02", 3},             /* extension */
        {"\xca\0\0\0\0", 5},             /* float 32 */
        {"\xcb\x7f\xf8\0\0\0\0\0\0", 9}, /* NaN */
        {"\xcc\x7f", 2},                 /* 127 in two bytes */
        {"\xcd\x00\xff", 3},             /* 255 in three */
        {"\xd1\xff\xff", 3},             /* -1 in three */
        {"\xd9\x05hello", 7},            /* fixstr would do */
        {"\xdc\x00\x01\x01", 4},         /* fixarray would do */
        {"\xdd\x10\x00\x00\x00", 5},     /* 2^28 values in 5 bytes */
        {"\x91\x91\x91\x91\x91\x01", 6}, /* five levels */
        {"\xdb\xff\xff\xff\xff", 5},     /* 4 GiB of text */
        {"\xdf\xff\xff\xff\xff", 5},     /* 2^32 - 1 pairs */
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (scan(bad[i].p, bad[i].n, 1 << 20, &n) != CF_SCAN_BAD)
            fail_msg("case %zu was taken", i);
    assert_int_equal(SCAN("\x91\x91\x91\x91\x01", 100, &n), CF_SCAN_DONE);
}

/* A value that arrives byte by byte gives what it gives at once. */
static void test_scan_drip(void **state)
{
    (void)state;
    static const char p[] = "\x94\xa3"
                            "abc\xcd\x12\x34\xc4\x03xyz\x82\x01\x02\x03\x04";
    struct cf_scan s = {0};
    const char *why;
    size_t need;

    for (size_t n = 0; n < sizeof p - 1; n++)
        assert_int_equal(cf_scan(&s, p, n, 100, &need, &why), CF_SCAN_MORE);
    assert_int_equal(cf_scan(&s, p, sizeof p - 1, 100, &need, &why),
                     CF_SCAN_DONE);
    assert_int_equal(s.pos, sizeof p - 1);
}

/* ---- a stream of every type of column ---- */

static void make_schema(struct cf_schema *s, enum cf_kind kind)
{
    struct cf_step step = {
        .program = "test", .version = "1", .has_seed = true, .seed = 42};
    struct cf_column c = {.name = "name",
                          .type = CF_STR,
                          .width = 1,
                          .role = CF_LABEL,
                          .dict = -1};

    cf_schema_init(s, kind);
    assert_int_equal(cf_schema_part(s, "colour", 2, &err), 0);
    assert_int_equal(cf_schema_column(s, &c, &err), 0);
    assert_int_equal(cf_schema_part(s, "rows", CF_ROWS_UNKNOWN, &err), 0);
    c = (struct cf_column){.name = "colour",
                           .type = CF_U8,
                           .width = 1,
                           .dict = 0,
                           .none = true,
                           .on = "id"};
    assert_int_equal(cf_schema_column(s, &c, &err), 0);
    c = (struct cf_column){
        .name = "id", .type = CF_STR, .width = 1, .dict = -1};
    assert_int_equal(cf_schema_column(s, &c, &err), 0);
    c = (struct cf_column){
        .name = "vector", .type = CF_F32, .width = 2, .dict = -1};
    assert_int_equal(cf_schema_column(s, &c, &err), 0);
    c = (struct cf_column){.name = "line",
                           .type = CF_RUN,
                           .width = 1,
                           .role = CF_LINE,
                           .dict = -1};
    assert_int_equal(cf_schema_column(s, &c, &err), 0);
    assert_int_equal(cf_schema_int(s, "batch", -64, &err), 0);
    assert_int_equal(cf_schema_real(s, "lo", 0.5, &err), 0);
    assert_int_equal(cf_schema_text(s, "link", "sigmoid", &err), 0);
    assert_true(cf_strs_add(&step.args, "--seed"));
    assert_true(cf_strs_add(&step.args, "\xff not UTF-8"));
    assert_int_equal(cf_schema_step(s, &step, &err), 0);
    cf_strs_free(&step.args);
}

static const uint32_t colour_ends[] = {3, 8}, id_ends[] = {1, 1, 4};
static const uint32_t exact[] = {40, 5, 4294967295};
static const uint8_t colours[] = {1, 255, 0};
static const float vectors[] = {1, 2, 3, 4, 5, 6};
static const uint32_t run_at[] = {0, 2};
static const uint64_t run_from[] = {2, 10};

#define BYTES(x) (const char *)(x), sizeof(x)

static int write_rows(struct cf_writer *w)
{
    struct cf_chunk colour = {CF_TEXT, BYTES(colour_ends), "redgreen", 8, 0};
    struct cf_chunk rows[] = {{CF_PLAIN, BYTES(colours), NULL, 0, 0},
                              {CF_TEXT, BYTES(id_ends), "a\0bc", 4, 0},
                              {CF_PLAIN, BYTES(vectors), NULL, 0, 0},
                              {CF_RUNS, BYTES(run_at), BYTES(run_from), 0}};
    struct cf_block b = {.part = 0, .rows = 2, .chunk = &colour};

    int rc = cf_writer_put(w, &b, &err);
    b = (struct cf_block){.part = 1, .rows = 3, .chunk = rows};
    if (!rc)
        rc = cf_writer_put(w, &b, &err);
    rows[1] = (struct cf_chunk){CF_EXACT, BYTES(exact), NULL, 0, 1};
    if (!rc)
        rc = cf_writer_put(w, &b, &err);
    return rc;
}

/* The bytes of a stream, through a file. */
static char *write_stream(enum cf_kind kind, size_t *n)
{
    char path[] = "/tmp/cf-test-XXXXXX", *p;
    struct cf_writer *w;
    struct cf_schema s;
    struct cf_out *out;
    struct cf_in in;

    close(mkstemp(path));
    make_schema(&s, kind);
    assert_int_equal(cf_out_open(&out, path, &err), 0);
    assert_int_equal(cf_writer_open(&w, &s, out, NULL, &err), 0);
    assert_int_equal(write_rows(w), 0);
    assert_int_equal(cf_writer_rows(w, 1), 6);
    assert_int_equal(cf_writer_finish(w, &err), 0);
    assert_int_equal(cf_out_commit(out, &err), 0);
    cf_writer_close(w);
    cf_out_close(out);
    cf_schema_free(&s);
    assert_int_equal(cf_in_open(&in, path, &err), 0);
    assert_int_equal(cf_in_slurp(&in, 1 << 20, &p, n, &err), 0);
    cf_in_close(&in);
    unlink(path);
    return p;
}

static void check_schema(const struct cf_schema *s)
{
    assert_int_equal(s->nparts, 2);
    assert_int_equal(s->ncolumns, 5);
    assert_int_equal(s->part[0].rows, 2);
    assert_true(s->part[1].rows == CF_ROWS_UNKNOWN);
    assert_int_equal(s->column[1].dict, 0);
    assert_true(s->column[1].none);
    assert_string_equal(s->column[1].on, "id");
    assert_int_equal(s->column[3].width, 2);
    assert_int_equal(s->column[0].role, CF_LABEL);
    assert_int_equal(cf_schema_fact(s, "batch", CF_FACT_INT)->i, -64);
    assert_true(cf_schema_fact(s, "lo", CF_FACT_REAL)->r == 0.5);
    assert_string_equal(cf_schema_fact(s, "link", CF_FACT_TEXT)->text,
                        "sigmoid");
    assert_int_equal(s->nsteps, 1);
    assert_true(s->step[0].has_seed && s->step[0].seed == 42);
    assert_false(s->step[0].has_time);
    assert_string_equal(s->step[0].args.v[1], "\xff not UTF-8");
}

static void assert_text(const struct cf_chunk *c, uint32_t row,
                        const char *want, size_t n)
{
    char scratch[64];
    struct cf_str s = cf_chunk_str(c, 3, row, scratch);

    assert_int_equal(s.n, n);
    assert_memory_equal(s.p, want, n);
}

static void check_rows(const struct cf_block *b, bool numbers)
{
    const struct cf_chunk *c = b->chunk;

    assert_int_equal(b->part, 1);
    assert_int_equal(b->rows, 3);
    assert_int_equal(b->first, numbers ? 3 : 0);
    assert_int_equal(cf_chunk_code(&c[0], 3, 0), 1);
    assert_true(cf_chunk_code(&c[0], 3, 1) == CF_NONE);
    assert_memory_equal(c[2].data, vectors, sizeof vectors);
    assert_int_equal(cf_chunk_run(&c[3], 0), 2);
    assert_int_equal(cf_chunk_run(&c[3], 1), 3);
    assert_int_equal(cf_chunk_run(&c[3], 2), 10);
    if (numbers) {
        assert_text(&c[1], 0, "4.0", 3);
        assert_text(&c[1], 1, "0.5", 3);
        assert_text(&c[1], 2, "429496729.5", 11);
    } else {
        assert_text(&c[1], 0, "a", 1);
        assert_text(&c[1], 1, "", 0);
        assert_text(&c[1], 2, "\0bc", 3);
    }
}

static void test_round_trip(void **state)
{
    (void)state;
    const struct cf_block *b;
    struct cf_reader *r;
    struct cf_in in;
    size_t n;
    char *p = write_stream(CF_TABLE, &n);

    assert_int_equal(cf_in_mem(&in, "mem", p, n, &err), 0);
    assert_int_equal(cf_reader_open(&r, &in, &err), 0);
    check_schema(cf_reader_schema(r));
    assert_int_equal(cf_reader_next(r, &b, &err), 0);
    assert_int_equal(b->part, 0);
    assert_int_equal(cf_reader_next(r, &b, &err), 0);
    check_rows(b, false);
    assert_int_equal(cf_reader_next(r, &b, &err), 0);
    check_rows(b, true);
    assert_int_equal(cf_reader_next(r, &b, &err), 0);
    assert_null(b);
    assert_int_equal(cf_reader_next(r, &b, &err), 0);
    assert_null(b);
    cf_reader_close(r);
    cf_in_close(&in);
    free(p);
}

/* Where the bytes what[0..len-1] first stand in p. */
static size_t place_of(const char *p, size_t n, const void *what, size_t len)
{
    for (size_t i = 0; i + len <= n; i++)
        if (!memcmp(p + i, what, len))
            return i;
    return 0;
}

/* The first chunk of a frame of a model starts at a multiple of 64; the map
 * finds its blocks. */
static void test_map(void **state)
{
    (void)state;
    const struct cf_block *b;
    struct cf_map *m;
    struct cf_in in;
    size_t n;
    char *p = write_stream(CF_MODEL, &n);

    size_t at = place_of(p, n, colours, sizeof colours);
    assert_true(at > 0 && at % 64 == 0);
    assert_int_equal(cf_in_mem(&in, "mem", p, n, &err), 0);
    assert_int_equal(cf_map_open(&m, &in, &err), 0);
    cf_in_close(&in);
    check_schema(cf_map_schema(m));
    assert_int_equal(cf_map_rows(m, 0), 2);
    assert_int_equal(cf_map_rows(m, 1), 6);
    assert_int_equal(cf_map_blocks(m, 1), 2);
    assert_int_equal(cf_map_find(m, 1, 2), 0);
    assert_int_equal(cf_map_find(m, 1, 3), 1);
    assert_int_equal(cf_map_block(m, 1, 1, &b, &err), 0);
    check_rows(b, true);

    assert_int_equal(cf_map_block(m, 1, 0, &b, &err), 0);
    check_rows(b, false);

    cf_map_close(m);
    free(p);
}

/* ---- what a writer refuses ---- */

static void test_writer_codes(void **state)
{
    (void)state;
    struct cf_writer *w;
    struct cf_schema s;
    struct cf_out *out;
    struct cf_chunk rows[] = {{CF_PLAIN, BYTES(colours), NULL, 0, 0},
                              {CF_TEXT, BYTES(id_ends), "abcd", 4, 0},
                              {CF_PLAIN, BYTES(vectors), NULL, 0, 0},
                              {CF_RUNS, BYTES(run_at), BYTES(run_from), 0}};
    struct cf_block b = {.part = 1, .rows = 3, .chunk = rows};

    make_schema(&s, CF_TABLE);
    assert_int_equal(cf_out_open(&out, "/dev/null", &err), 0);
    assert_int_equal(cf_writer_open(&w, &s, out, NULL, &err), 0);
    /* No colour has been written yet. */
    assert_int_equal(cf_writer_put(w, &b, &err), CF_EDATA);
    /* The header promises two colours. */
    assert_int_equal(cf_writer_finish(w, &err), CF_EDATA);
    cf_writer_close(w);
    cf_out_close(out);
    cf_schema_free(&s);
}

static void test_schema_names(void **state)
{
    (void)state;
    struct cf_column c = {.name = "a", .type = CF_U32, .width = 1, .dict = -1};
    struct cf_schema s;

    cf_schema_init(&s, CF_TABLE);
    assert_int_equal(cf_schema_part(&s, "end", 0, &err), CF_EDATA);
    assert_int_equal(cf_schema_part(&s, "", 0, &err), CF_EDATA);
    assert_int_equal(cf_schema_part(&s, "\xff", 0, &err), CF_EDATA);
    assert_int_equal(cf_schema_part(&s, "p", 0, &err), 0);
    assert_int_equal(cf_schema_part(&s, "p", 0, &err), CF_EDATA);
    assert_int_equal(cf_schema_column(&s, &c, &err), 0);
    assert_int_equal(cf_schema_column(&s, &c, &err), CF_EDATA);
    assert_int_equal(cf_schema_find_column(&s, 0, "a"), 0);
    assert_int_equal(cf_schema_find_column(&s, 0, "b"), -1);
    cf_schema_free(&s);
}

/* ---- what a reader refuses ---- */

static int read_all(const char *p, size_t n)
{
    const struct cf_block *b = NULL;
    struct cf_reader *r;
    struct cf_in in;

    assert_int_equal(cf_in_mem(&in, "mem", p, n, &err), 0);
    int rc = cf_reader_open(&r, &in, &err);
    do {
        if (!rc)
            rc = cf_reader_next(r, &b, &err);
    } while (!rc && b);
    cf_reader_close(r);
    cf_in_close(&in);
    return rc;
}

/* A header with the right checksum: only its content is wrong. */
static int read_header(const char *text, size_t n)
{
    char buf[512];
    unsigned char digest[8];

    memcpy(buf, text, n);
    buf[n] = (char)0xc4;
    buf[n + 1] = 8;
    cf_sum_put(cf_sum(text, n, 0), digest);
    memcpy(buf + n + 2, digest, 8);
    return read_all(buf, n + CF_SUM_SIZE);
}

#define HEADER(text, message)                                                  \
    do {                                                                       \
        assert_int_equal(read_header(text, sizeof(text) - 1), CF_ESTREAM);     \
        if (!strstr(err.msg, message))                                         \
            fail_msg("message: %s", err.msg);                                  \
    } while (0)

#define COLUMN "\xa4part\xa4rows\xa4name\xa1x"

static void test_bad_headers(void **state)
{
    (void)state;
    HEADER("\x80", "not a cf stream");
    HEADER("\x81\xa2"
           "cf\x02",
           "format version 2");
    HEADER("\x81\xa2"
           "cf\x01",
           "no kind");
    HEADER("\x82\xa2"
           "cf\x01\xa4kind\xa5magic",
           "a kind of stream");
    HEADER("\x83\xa2"
           "cf\x01\xa4kind\xa5table\xa7"
           "columns\x90",
           "no columns");
    HEADER("\x83\xa2"
           "cf\x01\xa4kind\xa5table\xa7"
           "columns\x91\x83" COLUMN "\xa4type\xa3u33",
           "a type of column");
    HEADER("\x83\xa2"
           "cf\x01\xa4kind\xa5table\xa7"
           "columns\x91\x84" COLUMN "\xa4type\xa3u32\xa4"
           "dict\xa2no",
           "a dictionary that is not there");
    HEADER("\x83\xa2"
           "cf\x01\xa4kind\xa5table\xa7"
           "columns\x91\x84" COLUMN "\xa4type\xa3str\xa5width\x02",
           "a bad width");
    HEADER("\x83\xa2"
           "cf\x01\xa4kind\xa5table\xa7"
           "columns\x92\x83" COLUMN "\xa4type\xa3u32\x83" COLUMN
           "\xa4type\xa3u32",
           "appears twice");
    HEADER("\x83\xa2"
           "cf\x01\xa2"
           "cf\x01\xa4kind\xa5table",
           "not a cf stream");
    HEADER("\x84\xa2"
           "cf\x01\xa4kind\xa5table\xa7"
           "columns\x91\x83" COLUMN "\xa4type\xa3u32\xa4rows\x81\xa1y\x01",
           "bad numbers of rows");
    HEADER("\x83\xa2"
           "cf\x01\xa4kind\xa5table\xa7"
           "columns\x92\x83" COLUMN "\xa4type\xa3run\x84\xa4part\xa1y\xa4name"
           "\xa1y\xa4type\xa2u8\xa4"
           "dict\xa4rows",
           "a dictionary with a column of runs");
    HEADER("\x83\xa2"
           "cf\x01\xa4kind\xa5table\xa7"
           "columns\x91\x84" COLUMN "\xa4type\xa3u32\xa4role\x07",
           "a bad role");
}

/* A sound header and nothing after it: the writer was stopped. */
static void test_no_end(void **state)
{
    (void)state;
    static const char p[] = "\x83\xa2"
                            "cf\x01\xa4kind\xa5table\xa7"
                            "columns\x91\x83" COLUMN "\xa4type\xa3u32";

    assert_int_equal(read_header(p, sizeof p - 1), CF_ESTREAM);
    assert_non_null(strstr(err.msg, "the stream ends early"));
    assert_int_equal(read_all("", 0), CF_ESTREAM);
    assert_non_null(strstr(err.msg, "empty"));
    assert_int_equal(read_all("userId,movieId", 14), CF_ESTREAM);
    assert_non_null(strstr(err.msg, "not a cf stream"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan_sound),
        cmocka_unit_test(test_scan_more),
        cmocka_unit_test(test_scan_bad),
        cmocka_unit_test(test_scan_drip),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_map),
        cmocka_unit_test(test_writer_codes),
        cmocka_unit_test(test_schema_names),
        cmocka_unit_test(test_bad_headers),
        cmocka_unit_test(test_no_end),
    };
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
