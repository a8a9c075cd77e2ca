/* test_rank.c - rankings by blocks against scoring and sorting everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/rank.h"
#include "little.h"
#include "made.h"
#include "model/cosine.h"

enum { ROWS = 600, K = 70, LISTED = 48 };

/* Targets and queries in the making. */
static float factors[ROWS * K], bias[ROWS], query[CF_RANK_BATCH * K];
static double length[ROWS];
static uint32_t id[ROWS], skip[CF_RANK_BATCH][ROWS];
static bool skipped[CF_RANK_BATCH][ROWS];
static struct cf_targets t;
static struct cf_query q[CF_RANK_BATCH];

/* How numbers are made of a draw from (-1, 1). */
typedef float fill_fn(float x, uint64_t i);

static float plain(float x, uint64_t i)
{
    (void)i;
    return x;
}

/* Rows of all lengths. */
static float tailed(float x, uint64_t i)
{
    return x * expf(-(float)(i / K % 97) / 10);
}

/* -1, 0, 1: ties without end, and exact products. */
static float whole(float x, uint64_t i)
{
    (void)i;
    return roundf(x * 1.2F);
}

static float zero(float x, uint64_t i)
{
    (void)x;
    (void)i;
    return 0;
}

static float large(float x, uint64_t i)
{
    (void)i;
    return x * 1e19F;
}

static float tiny(float x, uint64_t i)
{
    (void)i;
    return x * 1e-21F;
}

/* Every row five times. */
static float again(float x, uint64_t i)
{
    (void)x;
    return little_draw(77, i / K / 5 * K + i % K);
}

/* Every row has the same numbers in another order; added up, they differ in
 * their last bits alone, and otherwise by blocks than one after the other. */
static float rotated(float x, uint64_t i)
{
    (void)x;
    return little_draw(78, (i + i / K * 13) % K);
}

struct shape {
    uint32_t rows, k;
    size_t nq, n;
    bool cosine;
};

static void make(const struct shape *s, fill_fn *fill, float bias_scale)
{
    memset(&t, 0, sizeof t);
    for (uint64_t i = 0; i < (uint64_t)s->rows * s->k; i++)
        factors[i] = fill(little_draw(1, i), i * K / s->k);
    for (uint64_t i = 0; i < s->nq * s->k; i++)
        query[i] = fill == rotated ? 1 : fill(little_draw(2, i), i * K / s->k);
    for (uint32_t i = 0; i < s->rows; i++) {
        bias[i] = bias_scale * little_draw(3, i);
        length[i] = cf_rank_length(factors + (size_t)i * s->k, s->k);
        if (i % 11 != 3 && (!s->cosine || length[i] > 0))
            id[t.nid++] = i;
    }
    t.factors = factors;
    t.bias = bias;
    t.length = s->cosine ? length : NULL;
    t.n = s->rows;
    t.k = s->k;
    t.id = id;
}

/* Query j skips a share of the rows that differs; one skips all. */
static void ask(const struct shape *s)
{
    for (uint32_t j = 0; j < s->nq; j++) {
        q[j] = (struct cf_query){.factors = query + (size_t)j * s->k,
                                 .base = little_draw(4, j),
                                 .skip = skip[j]};
        q[j].length = cf_rank_length(q[j].factors, s->k);
        for (uint32_t i = 0; i < s->rows; i++) {
            skipped[j][i] = j == 5 || (i * 7 + j) % 13 < j % 5;
            if (skipped[j][i])
                skip[j][q[j].nskip++] = i;
        }
    }
}

static float score(uint32_t j, uint32_t row)
{
    float dot =
        cf_vec_scalar.dot(q[j].factors, factors + (size_t)row * t.k, t.k);

    return t.length ? cf_cosine(dot, q[j].length, length[row])
                    : (q[j].base + bias[row]) + dot;
}

static int order(const void *a, const void *b)
{
    const struct cf_scored *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->id < y->id ? -1 : 1;
}

static size_t without_nan(struct cf_scored *v, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (!isnan(v[i].score))
            v[kept++] = v[i];
    return kept;
}

static size_t sort_all(uint32_t j, struct cf_scored *all)
{
    size_t n = 0;

    for (uint32_t i = 0; i < t.nid; i++)
        if (!skipped[j][id[i]])
            all[n++] = (struct cf_scored){score(j, id[i]), id[i]};
    n = without_nan(all, n);
    qsort(all, n, sizeof *all, order);
    return n;
}

/* Returns the share of products that were computed. */
static double check(const struct shape *s, const struct cf_vec *vec)
{
    static struct cf_scored got[CF_RANK_BATCH * LISTED], want[ROWS];
    size_t count[CF_RANK_BATCH];
    struct cf_rank *r;
    struct cf_err err;

    t.vec = vec;
    must(cf_rank_open(&r, &t, s->n, 1, &err), &err);
    must(cf_rank_index(r, 1, &err), &err);
    cf_rank_some(r, q, s->nq, 0, got, count);
    for (uint32_t j = 0; j < s->nq; j++) {
        size_t all = sort_all(j, want);
        assert_int_equal(count[j], all < s->n ? all : s->n);
        for (size_t i = 0; i < count[j]; i++) {
            const struct cf_scored *x = &got[j * s->n + i];
            if (x->id != want[i].id || x->score != want[i].score)
                fail_msg("query %u, rank %zu of %zu: row %u (%.9g), not %u "
                         "(%.9g); %u rows, k %u",
                         j, i, count[j], x->id, (double)x->score, want[i].id,
                         (double)want[i].score, s->rows, s->k);
        }
    }
    double share = cf_rank_share(r);
    cf_rank_close(r);
    return share;
}

static void check_tables(const struct shape *s)
{
    static const char *const tables[] = {"scalar", "sse2", "avx2", "avx512"};

    for (size_t i = 0; i < 4; i++)
        if (cf_vec_find(tables[i]))
            check(s, cf_vec_find(tables[i]));
}

static void all_shapes(fill_fn *fill, float bias_scale, bool cosine)
{
    static const uint32_t rows[] = {30, 256, 257, ROWS}, ks[] = {1, 16, 37, K};
    static const size_t nqs[] = {3, 6, 20, 61}, ns[] = {1, 7, LISTED};

    for (size_t a = 0; a < 4; a++)
        for (size_t b = 0; b < 4; b++)
            for (size_t c = 0; c < 3; c++) {
                const struct shape s = {rows[a], ks[b], nqs[(a + b + c) % 4],
                                        ns[c], cosine};
                make(&s, fill, bias_scale);
                ask(&s);
                check_tables(&s);
            }
}

static void test_scores(void **state)
{
    (void)state;
    all_shapes(plain, 0, false);
    all_shapes(plain, 1, false);
    all_shapes(tailed, .1F, false);
    all_shapes(plain, 1000, false);
}

static void test_ties(void **state)
{
    (void)state;
    all_shapes(whole, 0, false);
    all_shapes(again, 0, false);
    all_shapes(zero, 0, false);
    all_shapes(zero, 1, false);
    all_shapes(rotated, 0, false);
}

static void test_cosines(void **state)
{
    (void)state;
    all_shapes(plain, 0, true);
    all_shapes(again, 1, true);
    all_shapes(whole, 0, true);
}

/* Sums of products that are infinite, and those that have few digits. */
static void test_extremes(void **state)
{
    (void)state;
    all_shapes(large, 1, false);
    all_shapes(large, 1, true);
    all_shapes(tiny, 0, false);
    all_shapes(tiny, 0, true);
}

/* The tests above would pass if every product was computed. */
static void test_share(void **state)
{
    const struct shape s = {ROWS, K, CF_RANK_BATCH, 7, false};

    (void)state;
    make(&s, tailed, 0);
    for (uint32_t i = 0; i < ROWS; i++)
        for (uint32_t f = 0; i >= 200 && f < K; f++)
            factors[i * K + f] *= .01F;
    ask(&s);
    assert_true(check(&s, cf_vec_best()) < .8);
    make(&s, plain, 0);
    ask(&s);
    assert_true(check(&s, cf_vec_best()) > .9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores),  cmocka_unit_test(test_ties),
        cmocka_unit_test(test_cosines), cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
