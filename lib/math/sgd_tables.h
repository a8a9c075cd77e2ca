/* sgd_tables.h - the kernels of sgd.h, and what they share. */
#ifndef CF_MATH_SGD_TABLES_H
#define CF_MATH_SGD_TABLES_H

#include "math/loss.h"
#include "math/sgd.h"

extern cf_sgd_fn cf_sgd_scalar, cf_sgd_sse2, cf_sgd_avx2, cf_sgd_avx512;

enum { CF_SGD_STREAMS = 4 };

/* Where the rows of a call are: the next one of each stream, and the end of
 * each. */
struct cf_sgd_streams {
    const struct cf_sgd_row *at[CF_SGD_STREAMS], *end[CF_SGD_STREAMS];
    size_t turns; /* of all streams: the rows of the shortest */
};

static inline void cf_sgd_cut(struct cf_sgd_streams *s,
                              const struct cf_sgd_row *row, size_t n)
{
    size_t from = 0;

    s->turns = n;
    for (size_t i = 0; i < CF_SGD_STREAMS; i++) {
        size_t to = i + 1 < CF_SGD_STREAMS ? n / CF_SGD_STREAMS * (i + 1) : n;
        while (to > from && to < n && row[to].user == row[to - 1].user)
            to--;
        s->at[i] = row + from;
        s->end[i] = row + to;
        if (to - from < s->turns)
            s->turns = to - from;
        from = to;
    }
}

/* e of a row, and its loss, added in double. */
static inline float cf_sgd_error(const struct cf_sgd *s, bool bce,
                                 const struct cf_sgd_row *row, float dot,
                                 double *loss)
{
    const struct cf_target t = {.loss = CF_LOSS_BCE};
    float z = s->mean + s->user_bias[row->user] + s->item_bias[row->item] + dot;
    float e = row->rating - z, dz;

    if (!bce) {
        *loss += (double)e * (double)e;
        return e;
    }
    *loss += (double)cf_loss_at(&t, z, row->rating, &dz);
    return -dz;
}

/* The step of both biases. */
static inline void cf_sgd_move_biases(const struct cf_sgd *s,
                                      const struct cf_sgd_row *row, float e)
{
    float *bu = &s->user_bias[row->user], *bi = &s->item_bias[row->item];

    *bu = s->bias_keep * *bu + s->bias_rate * e;
    *bi = s->bias_keep * *bi + s->bias_rate * e;
}

#endif
