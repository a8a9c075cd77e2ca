/* ten.c - ten ratings, as a stream and as a feed. */
#include "ten.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct cf_err err;

const uint32_t user_of[TEN] = {0, 0, 0, 1, 1, 1, 2, 2, 2, 2};
const uint32_t item_of[TEN] = {0, 1, 2, 0, 1, 3, 0, 1, 2, 3};
const float rating_of[TEN] = {4, 3.5f, 1, 5, .5f, 2, 3, 4.5f, 2.5f, 1.5f};
const int64_t time_of[TEN] = {100, 101, 102, 103, 104, 105, 106, 107, 108, -1};
/* A column that cf knows nothing of, as text and as exact numbers. */
const char *const note_of[TEN] = {"a", "",  "bcd", "e", "f",
                                  "g", "h", "i",   "j", "k"};
const char *const price_of[TEN] = {"1.50", "2.25", "0.00", "4.10", "5.99",
                                   "6.00", "7.77", "8.80", "9.99", "10.00"};
const uint64_t line_of[TEN] = {2, 3, 4, 7, 8, 9, 10, 20, 21, 30};

void user_parts(struct made *m)
{
    made_part(m, "user");
    made_column(m, "who", CF_STR, CF_USER);
    made_part(m, "item");
    made_column(m, "film", CF_STR, CF_ITEM);
    made_column(m, "title", CF_STR, CF_LABEL);
}

void put_user(struct made *m)
{
    made_put(m, "user", 2, TEXTS("u1", "u2"));
    made_put(m, "item", 4, TEXTS("7", "8", "9", "10"),
             TEXTS("Seven", "Eight", "Nine", "Ten"));
    made_put(m, "user", 1, TEXTS("u3"));
}

char *ten_rows(size_t *n)
{
    struct made m;

    made_init(&m, CF_RATINGS);
    user_parts(&m);
    made_part(&m, "rows");
    made_column(&m, "note", CF_STR, CF_NO_ROLE);
    made_column(&m, "when", CF_I64, CF_TIME);
    made_code(&m, "film", CF_ITEM, "item", false);
    made_code(&m, "who", CF_USER, "user", false);
    made_column(&m, "stars", CF_F32, CF_RATING);
    made_column(&m, "price", CF_STR, CF_NO_ROLE);
    made_column(&m, "line", CF_RUN, CF_LINE);
    made_begin(&m, NULL);
    put_user(&m);
    made_put(&m, "rows", 6, note_of, time_of, item_of, user_of, rating_of,
             price_of, line_of);
    made_put(&m, "rows", 4, note_of + 6, time_of + 6, item_of + 6, user_of + 6,
             rating_of + 6, price_of + 6, line_of + 6);
    return made_finish(&m, n);
}

void ten_read(struct cf_ratings *r, struct made_reader *in, char **p)
{
    size_t n;
    *p = ten_rows(&n);
    made_read(in, *p, n);
    must(cf_ratings_read(r, in->r, &err), &err);
}

/* Next event of a feed, which must be as told. */
void expect_event(struct cf_feed *f, enum cf_event want,
                  struct cf_feed_rows *rows)
{
    enum cf_event event;

    must(cf_feed_next(f, &event, rows, &err), &err);
    assert_int_equal(event, want);
}

static void expect_rows(const struct cf_feed_rows *rows, const uint32_t *want,
                        size_t n)
{
    assert_int_equal(rows->n, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t row = want[i];
        assert_int_equal(rows->user[i], user_of[row]);
        assert_int_equal(rows->item[i], item_of[row]);
        assert_true(rows->rating[i] == rating_of[row]);
        assert_int_equal(rows->time[i], time_of[row]);
    }
}

const struct cf_feed_opts ten_opts = {
    .batch = 4, .epochs = 2, .valid = .3, .seed = 42};
/* The training rows of ten_opts in each epoch; row 5 is for validation. */
static const uint32_t first_epoch[] = {8, 0, 4, 2, 9, 3, 1, 7, 6};
static const uint32_t second_epoch[] = {4, 7, 9, 3, 1, 6, 0, 2, 8};

void expect_ten(struct cf_feed *f)
{
    struct cf_feed_rows rows;

    expect_event(f, CF_FEED_TRAIN, &rows);
    expect_rows(&rows, first_epoch, 9);
    expect_event(f, CF_FEED_VALID, &rows);
    expect_rows(&rows, CODES(5), 1);
    expect_event(f, CF_FEED_EPOCH, &rows);
    expect_event(f, CF_FEED_TRAIN, &rows);
    expect_rows(&rows, second_epoch, 9);
    expect_event(f, CF_FEED_VALID, &rows);
    expect_rows(&rows, CODES(5), 1);
    expect_event(f, CF_FEED_EPOCH, &rows);
    expect_event(f, CF_FEED_END, &rows);
    expect_event(f, CF_FEED_END, &rows);
}

void expect_plan(const struct cf_feed *f)
{
    const struct cf_plan *p = cf_feed_plan(f);

    assert_int_equal(p->batch, 4);
    assert_int_equal(p->epochs, 2);
    assert_int_equal(p->rows, 9);
    assert_true(p->lo == .5f && p->hi == 5);
}
