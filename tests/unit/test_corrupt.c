/* test_corrupt.c - a damaged stream is an error or means the same.
 *
 * The streams are the golden files of every kind, see tests/data/golden. A
 * damaged one is read through the sequential reader and, if it is a model,
 * through the map of a regular file too. */
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
#include "corrupt.h"
#include "stream/frame.h"
#include "stream/map.h"
#include "stream/reader.h"

/* What a stream means, as one number: its header and the bytes of every
 * chunk, in order. */
static uint64_t mean_block(uint64_t sum, const struct cf_schema *s,
                           const struct cf_block *b)
{
    sum = cf_sum(&b->part, sizeof b->part, sum);
    sum = cf_sum(&b->first, sizeof b->first, sum);
    for (uint32_t i = 0; i < s->part[b->part].ncol; i++) {
        const struct cf_chunk *c = &b->chunk[i];
        sum = cf_sum(&c->layout, sizeof c->layout, sum);
        sum = cf_sum(&c->scale, sizeof c->scale, sum);
        sum = cf_sum(c->data, c->size, sum);
        if (c->text_size)
            sum = cf_sum(c->text, c->text_size, sum);
    }
    return sum;
}

static uint64_t mean_header(const struct cf_schema *s)
{
    struct cf_buf b = {0};
    struct cf_err err;
    uint64_t sum;

    assert_int_equal(cf_header_pack(s, &b, &sum, &err), 0);
    cf_buf_free(&b);
    return sum;
}

static int by_reader(const char *p, size_t n, uint64_t *sum)
{
    struct cf_in in = {.fd = -1};
    struct cf_reader *r = NULL;
    const struct cf_block *b = NULL;
    struct cf_err err = {0};

    *sum = 0;
    int rc = cf_in_mem(&in, "test", p, n, &err);
    if (!rc)
        rc = cf_reader_open(&r, &in, &err);
    if (!rc)
        *sum = mean_header(cf_reader_schema(r));
    do {
        if (!rc)
            rc = cf_reader_next(r, &b, &err);
        if (!rc && b)
            *sum = mean_block(*sum, cf_reader_schema(r), b);
    } while (!rc && b);
    cf_reader_close(r);
    cf_in_close(&in);
    return rc;
}

static int by_map(int fd, const char *p, size_t n, uint64_t *sum)
{
    char name[] = "test";
    struct cf_in in = {.fd = fd, .name = name, .regular = true, .size = n};
    struct cf_map *m = NULL;
    const struct cf_block *b;
    struct cf_err err = {0};

    assert_int_equal(ftruncate(fd, (off_t)n), 0);
    assert_int_equal(pwrite(fd, p, n, 0), (ssize_t)n);
    int rc = cf_map_open(&m, &in, &err);
    if (!rc)
        *sum = mean_header(cf_map_schema(m));
    for (uint32_t part = 0; !rc && part < cf_map_schema(m)->nparts; part++)
        for (uint32_t i = 0; !rc && i < cf_map_blocks(m, part); i++) {
            rc = cf_map_block(m, part, i, &b, &err);
            if (!rc)
                *sum = mean_block(*sum, cf_map_schema(m), b);
        }
    cf_map_close(m);
    return rc;
}

struct count {
    const char *name;
    bool model;
    int fd;
    uint64_t by_reader, by_map; /* what the sound stream means */
    long errors, same, wrong;
};

static void judge(struct count *c, const char *what, int rc, bool same)
{
    if (rc == CF_ESTREAM) {
        c->errors++;
    } else if (rc == 0 && same) {
        c->same++;
    } else {
        c->wrong++;
        print_error("%s: %s: code %d\n", c->name, what, rc);
    }
}

static void check(void *ctx, const char *what, const char *p, size_t n)
{
    struct count *c = ctx;
    uint64_t sum;

    int rc = by_reader(p, n, &sum);
    judge(c, what, rc, sum == c->by_reader);
    if (c->model && n > 0) {
        rc = by_map(c->fd, p, n, &sum);
        judge(c, what, rc, sum == c->by_map);
    }
}

static char *load(const char *kind, const char *suffix, size_t *n)
{
    struct cf_err err;
    struct cf_in in;
    char path[256], *p = NULL;

    snprintf(path, sizeof path, "tests/data/golden/%s%s.cf", kind, suffix);
    if (cf_in_open(&in, path, &err) || cf_in_slurp(&in, 1 << 20, &p, n, &err))
        fail_msg("%s", err.msg);
    cf_in_close(&in);
    return p;
}

static void matrix(const char *kind)
{
    struct count c = {.name = kind,
                      .model = !strcmp(kind, "model") || !strcmp(kind, "nn") ||
                               !strcmp(kind, "stars") ||
                               !strcmp(kind, "days") ||
                               !strcmp(kind, "sessions")};
    struct pieces s, o;
    FILE *tmp = tmpfile();
    size_t n = 0, m = 0;
    char *p = load(kind, "", &n), *q = load(kind, "-2", &m);

    assert_non_null(tmp);
    c.fd = fileno(tmp);
    assert_int_equal(by_reader(p, n, &c.by_reader), 0);
    if (c.model)
        assert_int_equal(by_map(c.fd, p, n, &c.by_map), 0);
    assert_true(pieces_find(&s, p, n));
    assert_true(pieces_find(&o, q, m));
    damage_all(&s, &o, check, &c);
    print_message("%s: %ld errors, %ld the same, %ld silently wrong\n", kind,
                  c.errors, c.same, c.wrong);
    fclose(tmp);
    free(p);
    free(q);
    assert_int_equal(c.wrong, 0);
    assert_true(c.errors > 10 * (long)n);
}

static void test_kind(void **state)
{
    matrix(*state);
}

int main(void)
{
    static char table[] = "table", ratings[] = "ratings", batches[] = "batches",
                model[] = "model", nn[] = "nn", stars[] = "stars",
                days[] = "days", sessions[] = "sessions", scores[] = "scores",
                topn[] = "topn", curve[] = "curve", checkpoint[] = "checkpoint";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_kind, table),
        cmocka_unit_test_prestate(test_kind, ratings),
        cmocka_unit_test_prestate(test_kind, batches),
        cmocka_unit_test_prestate(test_kind, model),
        cmocka_unit_test_prestate(test_kind, nn),
        cmocka_unit_test_prestate(test_kind, days),
        cmocka_unit_test_prestate(test_kind, sessions),
        cmocka_unit_test_prestate(test_kind, stars),
        cmocka_unit_test_prestate(test_kind, scores),
        cmocka_unit_test_prestate(test_kind, topn),
        cmocka_unit_test_prestate(test_kind, curve),
        cmocka_unit_test_prestate(test_kind, checkpoint),
    };
    return cmocka_run_group_tests_name("corrupt", tests, NULL, NULL);
}
