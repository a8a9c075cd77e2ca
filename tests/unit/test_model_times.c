/* test_model_times.c - days and sessions of a model as a stream and back, and
 * those that are not sound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "little.h"
#include "made.h"
#include "model/file.h"

enum {
    USERS = 3,
    K = 4,
    SAMPLES = 2,
    DAYS = 3,
    SESSIONS = 4,
    PLACES = SESSIONS * CF_SESSION_LEVELS
};

static struct cf_err err;

static void fill(struct cf_context_rows *r, size_t n, size_t k, size_t samples)
{
    for (size_t i = 0; i < n * k; i++)
        r->factors[i] = little_draw(k, i);
    for (size_t i = 0; i < n; i++)
        r->bias[i] = little_draw(7, i);
    for (size_t i = 0; i < n * samples; i++)
        r->sample_bias[i] = little_draw(8, i);
}

/* Of users 0 and 2, one of them over the first midnight of 1970. */
static void sound_model(struct cf_model *m, bool sessions)
{
    static const int64_t day[] = {-1, 0, 20000},
                         first[] = {-200, -100, 100, 500},
                         last[] = {-181, 1, 130, 500};
    static const uint64_t start[] = {0, 3, 3, 4};

    little_model(m, K, (struct little_ids){USERS, 1},
                 (struct little_ids){2, 1});
    little_fill(m, 1);
    m->solver = strdup("gibbs");
    must(cf_model_add_samples(m, SAMPLES, &err), &err);
    must(cf_model_add_days(m, DAYS, &err), &err);
    memcpy(m->days.day, day, sizeof day);
    fill(&m->days.row, DAYS, K, SAMPLES);
    fill(&m->days.user, USERS, K, SAMPLES);
    if (!sessions)
        return;
    must(cf_model_add_sessions(m, SESSIONS, &err), &err);
    memcpy(m->sessions.span.start, start, sizeof start);
    memcpy(m->sessions.span.first, first, sizeof first);
    memcpy(m->sessions.span.last, last, sizeof last);
    for (size_t i = 0; i < PLACES; i++) {
        m->sessions.offset[i] = little_draw(5, i);
        m->sessions.variance[i] = (float)i / 4;
    }
    m->sessions.unknown = 2.5F;
}

static void expect_rows(const struct cf_context_rows *a,
                        const struct cf_context_rows *b, size_t n, size_t k,
                        size_t samples)
{
    assert_memory_equal(a->factors, b->factors, n * k * sizeof(float));
    assert_memory_equal(a->bias, b->bias, n * sizeof(float));
    assert_memory_equal(a->sample_bias, b->sample_bias,
                        n * samples * sizeof(float));
}

static void test_sound(void **state)
{
    (void)state;
    for (int sessions = 0; sessions < 2; sessions++) {
        struct cf_model m, back;
        sound_model(&m, sessions);
        must(little_again(&m, NULL, &back, &err), &err);
        assert_int_equal(back.days.n, DAYS);
        assert_memory_equal(back.days.day, m.days.day, DAYS * sizeof(int64_t));
        expect_rows(&back.days.row, &m.days.row, DAYS, K, SAMPLES);
        expect_rows(&back.days.user, &m.days.user, USERS, K, SAMPLES);
        const struct cf_sessions *a = &back.sessions, *b = &m.sessions;
        assert_int_equal(a->n, sessions ? SESSIONS : 0);
        if (sessions) {
            assert_int_equal(cf_spans_find(&a->span, a->gap, 0, -1), 3);
            assert_int_equal(cf_spans_find(&a->span, a->gap, 2, 440), 10);
            assert_memory_equal(a->gap, b->gap,
                                CF_SESSION_LEVELS * sizeof *a->gap);
            assert_memory_equal(a->offset, b->offset, PLACES * sizeof(float));
            assert_memory_equal(a->variance, b->variance,
                                PLACES * sizeof(float));
            assert_true(a->unknown == 2.5F);
        }
        cf_model_free(&m);
        cf_model_free(&back);
    }
}

/* Who reads some users gets their mean days and no sessions. */
static void test_some_users(void **state)
{
    const struct cf_str id = {"3", 1};
    const struct cf_users_wanted ids = {&id, 1};
    struct cf_model m, back;

    (void)state;
    sound_model(&m, true);
    must(little_again(&m, &ids, &back, &err), &err);
    assert_int_equal(back.user.n, 1);
    assert_int_equal(back.days.n, DAYS);
    assert_memory_equal(back.days.user.factors,
                        m.days.user.factors + (size_t)2 * K, K * sizeof(float));
    assert_int_equal(back.sessions.n, 0);
    assert_true(back.sessions.unknown == 2.5F);
    cf_model_free(&m);
    cf_model_free(&back);
}

static void refused(struct cf_model *m, const char *why)
{
    struct cf_model back;

    assert_int_equal(little_again(m, NULL, &back, &err), CF_ESTREAM);
    if (!strstr(err.msg, why))
        fail_msg("'%s' has no '%s'", err.msg, why);
    cf_model_free(m);
}

static void test_days(void **state)
{
    struct cf_model m;

    (void)state;
    sound_model(&m, false);
    m.days.day[2] = 0;
    refused(&m, "day");
    sound_model(&m, false);
    m.days.users = 2;
    refused(&m, "user_day_factors");
    sound_model(&m, false);
    m.days.row.factors[DAYS * K - 1] = (float)NAN;
    refused(&m, "day_factors not finite");
    sound_model(&m, false);
    m.days.user.sample_bias[0] = (float)INFINITY;
    refused(&m, "user_day_sample_bias not finite");
}

/* Where the sessions of users are. */
static void test_starts(void **state)
{
    static const uint64_t wrong[][USERS + 1] = {
        {1, 3, 3, 4}, {0, 3, 2, 4}, {0, 3, 3, 3}, {0, 5, 5, 4}, {0, 3, 3, 5}};
    struct cf_model m;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        sound_model(&m, true);
        memcpy(m.sessions.span.start, wrong[i], sizeof wrong[i]);
        refused(&m, "session_start");
    }
}

/* When they are: in order, and apart. */
static void test_spans(void **state)
{
    static const struct {
        size_t at;
        int64_t first, last;
    } wrong[] = {{0, -181, -200}, {0, -200, -80}, {1, -190, -101},
                 {1, -300, -290}, {2, 1, 90},     {3, 501, 500}};
    struct cf_model m;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        sound_model(&m, true);
        m.sessions.span.first[wrong[i].at] = wrong[i].first;
        m.sessions.span.last[wrong[i].at] = wrong[i].last;
        refused(&m, "session_first");
    }
}

static void test_numbers(void **state)
{
    struct cf_model m;

    (void)state;
    sound_model(&m, true);
    m.sessions.variance[PLACES - 1] = -1;
    refused(&m, "session_variance");
    sound_model(&m, true);
    m.sessions.variance[3] = (float)NAN;
    refused(&m, "session_variance not finite");
    sound_model(&m, true);
    m.sessions.offset[0] = (float)INFINITY;
    refused(&m, "session_offset not finite");
    sound_model(&m, true);
    m.sessions.unknown = -1;
    refused(&m, "session_unknown");
    sound_model(&m, true);
    m.sessions.unknown = (float)NAN;
    refused(&m, "NaN");
}

/* Gaps ascend, and none is negative. */
static void test_gaps(void **state)
{
    static const int64_t wrong[][CF_SESSION_LEVELS] = {
        {-1, 60, 90}, {1, 1, 2}, {1, 3, 2}};
    struct cf_model m;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        sound_model(&m, true);
        memcpy(m.sessions.gap, wrong[i], sizeof wrong[i]);
        refused(&m, "session_gap");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound), cmocka_unit_test(test_some_users),
        cmocka_unit_test(test_days),  cmocka_unit_test(test_starts),
        cmocka_unit_test(test_spans), cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_gaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
