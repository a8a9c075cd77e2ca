/* ten.h - ten ratings that several tests use, as a stream and as a feed. */
#ifndef CF_TESTS_TEN_H
#define CF_TESTS_TEN_H

#include "data/feed.h"
#include "made.h"

/* Rows of columns, for made_put. */
#define TEXTS(...) ((const char *const[]){__VA_ARGS__})
#define CODES(...) ((const uint32_t[]){__VA_ARGS__})
#define REALS(...) ((const float[]){__VA_ARGS__})

enum { TEN = 10 };
extern const uint32_t user_of[TEN], item_of[TEN];
extern const float rating_of[TEN];
extern const int64_t time_of[TEN];
/* Columns that cf knows nothing of: text, exact numbers, a run. */
extern const char *const note_of[TEN], *const price_of[TEN];
extern const uint64_t line_of[TEN];

/* The dictionaries "user" and "films". */
void user_parts(struct made *m);
void put_user(struct made *m);
/* The whole stream, and what is read of it. */
char *ten_rows(size_t *n);
void ten_read(struct cf_ratings *r, struct made_reader *in, char **p);

/* A feed of them, and what it must give: in Philox4x32-10 written anew in
 * Python from the paper (tests/py/philox.py), with the draws that base/rng.h
 * and data/order.h describe, row 5 is for validation, and these are the orders
 * of the others. */
extern const struct cf_feed_opts ten_opts;
void expect_plan(const struct cf_feed *f);
void expect_event(struct cf_feed *f, enum cf_event want,
                  struct cf_feed_rows *rows);
void expect_ten(struct cf_feed *f);

#endif
