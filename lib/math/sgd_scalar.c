/* sgd_scalar.c - the steps as plain loops: the reference, and the kernel for
 * processors that no other one is for. */
#include "math/sgd_tables.h"

static float error(const struct cf_sgd *s, const struct cf_sgd_row *row,
                   double *loss)
{
    const float *p = s->user + (size_t)row->user * s->width;
    const float *q = s->item + (size_t)row->item * s->width;

    return cf_sgd_error(s, s->bce, row, cf_vec_scalar.dot(p, q, s->width),
                        loss);
}

static float moved(const struct cf_sgd *s, float step, float own, float other)
{
    float w = step * other + s->keep * own;
    return s->nonneg && w < 0 ? 0 : w;
}

static void step(const struct cf_sgd *s, const struct cf_sgd_row *row, float e)
{
    float *p = s->user + (size_t)row->user * s->width;
    float *q = s->item + (size_t)row->item * s->width;

    cf_sgd_move_biases(s, row, e);
    for (size_t f = 0; f < s->width; f++) {
        float old = p[f];
        p[f] = moved(s, s->rate * e, old, q[f]);
        q[f] = moved(s, s->rate * e, q[f], old);
    }
}

double cf_sgd_scalar(const struct cf_sgd *s, const struct cf_sgd_row *row,
                     size_t n)
{
    struct cf_sgd_streams t;
    float e[CF_SGD_STREAMS];
    double sum = 0;

    cf_sgd_cut(&t, row, n);
    for (size_t turn = 0; turn < t.turns; turn++) {
        double loss = 0;
        for (size_t i = 0; i < CF_SGD_STREAMS; i++)
            e[i] = error(s, t.at[i], &loss);
        for (size_t i = 0; i < CF_SGD_STREAMS; i++)
            step(s, t.at[i]++, e[i]);
        sum += loss;
    }
    for (size_t i = 0; i < CF_SGD_STREAMS; i++)
        for (; t.at[i] < t.end[i]; t.at[i]++)
            step(s, t.at[i], error(s, t.at[i], &sum));
    return sum;
}
