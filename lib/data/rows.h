/* rows.h - indexed rows in memory, a column each: a frame in the making, or all
 * of them. */
#ifndef CF_DATA_ROWS_H
#define CF_DATA_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "stream/writer.h"

/* Starts zeroed but for what it has. */
struct cf_rows {
    bool has_rating, has_time, has_part;
    size_t n, cap;
    uint32_t *user, *item; /* a row whose user is CF_NONE is gone */
    float *rating;         /* NULL if there is none */
    int64_t *time;         /* NULL if there is none */
    uint8_t *part;         /* of a split; NULL if there is none */
};

/* Room for so many rows. */
int cf_rows_room(struct cf_rows *r, size_t n, struct cf_err *err);
/* Appends rows i .. i+n-1 of another with the same columns. */
int cf_rows_append(struct cf_rows *r, const struct cf_rows *from, size_t i,
                   size_t n, struct cf_err *err);
/* Moves row i to place `to`, which is not after it. */
void cf_rows_move(struct cf_rows *r, size_t to, size_t i);
/* Writes rows i .. i+n-1 as a frame of a part with the columns user, item,
 * rating, time and part; those that it has. */
int cf_rows_write(const struct cf_rows *r, size_t i, size_t n,
                  struct cf_writer *w, uint32_t part, struct cf_err *err);
void cf_rows_free(struct cf_rows *r);

#endif
