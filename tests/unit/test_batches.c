/* test_batches.c - batches to a stream and back, what is refused, one part of
 * the split. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "data/part.h"
#include "ten.h"

static struct cf_err err;

/* ---- to a stream and back ---- */

static char *ten_batches(size_t *n)
{
    struct made_reader in;
    struct cf_ratings r;
    struct cf_feed *f;
    struct made m;
    char *p;

    ten_read(&r, &in, &p);
    must(cf_feed_memory(&f, &r, &ten_opts, &err), &err);
    made_init(&m, CF_BATCHES);
    must(cf_batches_schema(&m.schema, cf_reader_schema(in.r), f, &err), &err);
    made_begin(&m, NULL);
    must(cf_batches_write(f, &m.schema, m.writer, &err), &err);
    cf_feed_close(f);
    cf_ratings_free(&r);
    made_read_close(&in);
    free(p);
    return made_finish(&m, n);
}

static void test_round_trip(void **state)
{
    (void)state;
    struct cf_store users, items;
    struct made_reader in;
    struct cf_feed *f;
    size_t n;
    char *p = ten_batches(&n);

    made_read(&in, p, n);
    must(cf_feed_stream(&f, in.r, &users, &items, &err), &err);
    expect_plan(f);
    assert_int_equal(users.rows, 3);
    assert_true(cf_str_eq(cf_store_str(&users, 0, 2), cf_cstr("u3")));
    assert_int_equal(items.rows, 4);
    assert_true(cf_str_eq(cf_store_str(&items, 1, 0), cf_cstr("Seven")));
    expect_ten(f);
    cf_feed_close(f);
    cf_store_free(&users);
    cf_store_free(&items);
    made_read_close(&in);
    free(p);
}

static void test_batches_schema(void **state)
{
    (void)state;
    struct made_reader in;
    size_t n;
    char *p = ten_batches(&n);

    made_read(&in, p, n);
    const struct cf_schema *s = cf_reader_schema(in.r);
    static const char *const parts[] = {"user", "item", "train", "valid",
                                        "epochs"};
    static const uint64_t rows[] = {3, 4, 18, 2, 2};
    assert_int_equal(s->nparts, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(s->part[i].name, parts[i]);
        assert_int_equal(s->part[i].rows, rows[i]);
    }
    /* In the order of the ratings, what cf does not know of left out. */
    assert_int_equal(s->part[2].ncol, 4);
    const struct cf_column *c = &s->column[s->part[2].col];
    assert_string_equal(c[0].name, "when");
    assert_string_equal(c[1].name, "film");
    assert_string_equal(c[2].name, "who");
    assert_string_equal(c[3].name, "stars");
    assert_true(c[1].dict == 1 && c[2].dict == 0);
    made_read_close(&in);
    free(p);
}

/* ---- streams of batches that are refused ---- */

struct batches {
    int64_t batch, epochs, rows, lo;
    double hi;
    /* A letter a block: T two training rows, N one with a rating of 9, V a
     * validation row, E an epoch, U a user. */
    const char *blocks;
};

static char *spell(const struct batches *o, size_t *n)
{
    struct made m;
    uint32_t epoch = 0;

    made_init(&m, CF_BATCHES);
    user_parts(&m);
    for (int i = 0; i < 2; i++) {
        made_part(&m, i ? "valid" : "train");
        made_code(&m, "who", CF_USER, "user", false);
        made_code(&m, "film", CF_ITEM, "item", false);
        made_column(&m, "stars", CF_F32, CF_RATING);
    }
    made_part(&m, "epochs");
    made_column(&m, "epoch", CF_U32, CF_NO_ROLE);
    must(cf_schema_int(&m.schema, "batch", o->batch, &err), &err);
    must(cf_schema_int(&m.schema, "epochs", o->epochs, &err), &err);
    must(cf_schema_int(&m.schema, "rows", o->rows, &err), &err);
    /* Another program may well write a whole number as an integer. */
    must(cf_schema_int(&m.schema, "rating_lo", o->lo, &err), &err);
    must(cf_schema_real(&m.schema, "rating_hi", o->hi, &err), &err);
    made_begin(&m, NULL);
    put_user(&m);
    for (const char *c = o->blocks; *c; c++) {
        if (*c == 'T')
            made_put(&m, "train", 2, CODES(0, 1), CODES(2, 3), REALS(1, 5));
        else if (*c == 'N')
            made_put(&m, "train", 1, CODES(0), CODES(2), REALS(9));
        else if (*c == 'V')
            made_put(&m, "valid", 1, CODES(0), CODES(1), REALS(9));
        else if (*c == 'U')
            made_put(&m, "user", 1, TEXTS("late"));
        else
            made_put(&m, "epochs", 1, CODES(epoch));
        epoch += *c == 'E';
    }
    return made_finish(&m, n);
}

/* Reads it all; the code of the first error. */
static int eat(const struct batches *o)
{
    enum cf_event event = CF_FEED_TRAIN;
    struct cf_store users, items;
    struct made_reader in;
    struct cf_feed *f;
    struct cf_feed_rows rows;
    size_t n;
    char *p = spell(o, &n);

    made_read(&in, p, n);
    int rc = cf_feed_stream(&f, in.r, &users, &items, &err);
    while (!rc && event != CF_FEED_END)
        rc = cf_feed_next(f, &event, &rows, &err);
    cf_feed_close(f);
    cf_store_free(&users);
    cf_store_free(&items);
    made_read_close(&in);
    free(p);
    return rc;
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        struct batches o;
        const char *message;
    } t[] = {
        {{0, 1, 2, 1, 5, "TE"},
         "the fact 'batch' is not an integer from 1 to 4294967295"},
        {{2, -1, 2, 1, 5, "TE"},
         "the fact 'epochs' is not an integer from 1 to 4294967295"},
        {{2, 1, 0, 1, 5, "TE"},
         "the fact 'rows' is not an integer from 1 to 9223372036854775807"},
        {{2, 1, 2, 1, INFINITY, "TE"},
         "the fact 'rating_hi' is not a finite number"},
        {{2, 1, 2, 5, 1, "TE"}, "the fact 'rating_lo' is above 'rating_hi'"},
        {{2, 1, 2, 1, 5, "TTE"},
         "more training rows than the fact 'rows' in epoch 1 of 1"},
        {{2, 1, 4, 1, 5, "TE"},
         "fewer training rows than the fact 'rows' in epoch 1 of 1"},
        {{2, 1, 4, 1, 5, "TVTE"},
         "fewer training rows than the fact 'rows' in epoch 1 of 1"},
        {{2, 2, 2, 1, 5, "TVETVT"},
         "training rows after validation rows in epoch 2 of 2"},
        {{2, 2, 2, 1, 5, "TVE"}, "the stream ends in epoch 2 of 2"},
        {{2, 2, 2, 1, 5, "TVETV"}, "the stream ends in epoch 2 of 2"},
        {{2, 1, 2, 1, 5, ""}, "the stream ends in epoch 1 of 1"},
        {{2, 1, 2, 1, 5, "TETE"}, "rows after the last epoch"},
        {{2, 1, 2, 1, 5, "TUE"},
         "a user or item after the first row in epoch 1 of 1"},
        {{2, 1, 1, 1, 5, "NE"},
         "a training rating outside of 'rating_lo' and "
         "'rating_hi' in epoch 1 of 1"},
        {{2, 2, 2, 1, 5, "TeTE"},
         "a wrong number of the epoch in epoch 2 of 2"},
    };
    char want[256];

    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        assert_int_equal(eat(&t[i].o), CF_EDATA);
        snprintf(want, sizeof want, "test.cf: %s", t[i].message);
        assert_string_equal(err.msg, want);
    }
    /* Validation ratings need not be in the range; there may be none. */
    must(eat(&(struct batches){2, 2, 2, 1, 5, "TVETE"}), &err);
}

/* ---- one part of the split ---- */

static char *ten_part(bool valid, size_t *n)
{
    const struct cf_split split = {
        .how = CF_SPLIT_SHARE, .seed = 42, .share = .3};
    struct cf_part_opts o = {.part = valid ? CF_VALID : CF_TRAIN};
    struct cf_tally tally = {0};
    struct cf_intake x;
    struct made_reader in;
    struct made m;
    char *p = ten_rows(n);

    made_read(&in, p, *n);
    made_init(&m, CF_RATINGS);
    must(cf_part_schema(&m.schema, in.r, &err), &err);
    made_begin(&m, NULL);
    must(cf_intake_open(&x, in.r, &split, &err), &err);
    must(cf_part_write(&x, &o, &tally, m.writer, &err), &err);
    assert_int_equal(tally.rows[CF_TRAIN], 9);
    assert_int_equal(tally.rows[CF_VALID], 1);
    assert_true(tally.lo == .5f && tally.hi == 5);
    cf_tally_free(&tally);
    cf_intake_close(&x);
    made_read_close(&in);
    free(p);
    return made_finish(&m, n);
}

/* Row i of a block is row number `row`, in all columns. */
static void expect_row(const struct cf_block *b, uint32_t i, uint32_t row)
{
    const struct cf_chunk *c = b->chunk;
    const size_t at = i;
    char scratch[CF_NUM_MAX];

    assert_true(cf_str_eq(cf_chunk_str(&c[0], b->rows, i, scratch),
                          cf_cstr(note_of[row])));
    assert_int_equal((int64_t)cf_load_u64(c[1].data + 8 * at), time_of[row]);
    assert_int_equal(cf_chunk_code(&c[2], b->rows, i), item_of[row]);
    assert_int_equal(cf_chunk_code(&c[3], b->rows, i), user_of[row]);
    assert_true(cf_load_f32(c[4].data + 4 * at) == rating_of[row]);
    assert_true(cf_str_eq(cf_chunk_str(&c[5], b->rows, i, scratch),
                          cf_cstr(price_of[row])));
    assert_int_equal(cf_chunk_run(&c[6], i), line_of[row]);
}

/* The rows in the stream are rows want[0..n-1]. */
static void expect_part(const char *p, size_t size, const uint32_t *want,
                        size_t n)
{
    const struct cf_block *b;
    struct made_reader in;
    size_t seen = 0;

    made_read(&in, p, size);
    while (cf_reader_next(in.r, &b, &err) == 0 && b) {
        for (uint32_t i = 0; b->part == 2 && i < b->rows; i++) {
            expect_row(b, i, seen < n ? want[seen] : 0);
            seen++;
        }
    }
    assert_null(b);
    assert_int_equal(seen, n);
    assert_int_equal(cf_reader_rows(in.r, 0), 3);
    assert_int_equal(cf_reader_rows(in.r, 1), 4);
    made_read_close(&in);
}

static void test_part(void **state)
{
    (void)state;
    size_t n;
    char *p = ten_part(false, &n);

    expect_part(p, n, CODES(0, 1, 2, 3, 4, 6, 7, 8, 9), 9);
    free(p);
    p = ten_part(true, &n);
    expect_part(p, n, CODES(5), 1);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_batches_schema),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_part),
    };
    return cmocka_run_group_tests_name("batches", tests, NULL, NULL);
}
