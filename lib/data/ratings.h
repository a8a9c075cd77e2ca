/* ratings.h - a ratings stream in memory: dictionaries and rows. */
#ifndef CF_DATA_RATINGS_H
#define CF_DATA_RATINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/store.h"
#include "stream/reader.h"

/* CF_EDATA if the stream is of another kind. name: the stream's, for the
 * message. */
int cf_expect_kind(const struct cf_schema *s, enum cf_kind kind,
                   const char *name, struct cf_err *err);
/* Index of the part of that name; CF_EDATA if there is none. */
int cf_expect_part(const struct cf_schema *s, const char *part,
                   const char *name, uint32_t *out, struct cf_err *err);

/* Where the usual columns of a part of rows are (index in the part), in a
 * ratings or batches stream. */
struct cf_rating_columns {
    uint32_t user, item;
    int32_t rating, time;          /* -1 if there is none */
    uint32_t user_part, item_part; /* the dictionaries */
};

/* CF_EDATA if a user or item column (u32 codes, never none, of a dictionary
 * whose first column is the id as CF_STR) is missing, or if rating (f32) or
 * time (i64) has another type. name: for the message. */
int cf_rating_columns(const struct cf_schema *s, uint32_t part,
                      const char *name, struct cf_rating_columns *out,
                      struct cf_err *err);

struct cf_ratings {
    uint64_t n;
    size_t cap; /* rows that the arrays have room for */
    uint32_t *user, *item;
    float *rating;
    int64_t *time;                /* NULL if there is none */
    struct cf_store users, items; /* dictionaries, columns as in the schema */
};

/* Reads the rest of a ratings stream, whose schema must outlive the result. A
 * rating that is not finite is CF_EDATA. Without a rating column every rating
 * is 1. r is to be freed after an error, too. */
int cf_ratings_read(struct cf_ratings *r, struct cf_reader *in,
                    struct cf_err *err);
/* Room for rows more rows; keeps no time if time is false. */
int cf_ratings_room(struct cf_ratings *r, size_t rows, bool time,
                    struct cf_err *err);
/* Appends a block's rows; name: of the stream, for the message. */
int cf_ratings_add(struct cf_ratings *r, const struct cf_block *b,
                   const struct cf_rating_columns *c, const char *name,
                   struct cf_err *err);
void cf_ratings_free(struct cf_ratings *r);

#endif
