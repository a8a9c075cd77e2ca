/* sgd_scalar.c - the steps as plain loops: the reference, and the kernel for
 * processors that no other one is for. */
#include "math/sgd_tables.h"

static float moved(const struct cf_sgd *s, float step, float own, float other)
{
    float w = step * other + s->keep * own;
    return s->nonneg && w < 0 ? 0 : w;
}

static void one_step(const struct cf_sgd *s, const struct cf_sgd_row *row,
                     double *loss)
{
    float *p = s->user + (size_t)row->user * s->width;
    float *q = s->item + (size_t)row->item * s->width;
    float *bu = &s->user_bias[row->user], *bi = &s->item_bias[row->item];

    float dot = cf_vec_scalar.dot(p, q, s->width);
    float e = cf_sgd_error(s->bce, s->mean + *bu + *bi, dot, row->rating, loss);
    *bu = s->bias_keep * *bu + s->bias_rate * e;
    *bi = s->bias_keep * *bi + s->bias_rate * e;
    for (size_t f = 0; f < s->width; f++) {
        float old = p[f];
        p[f] = moved(s, s->rate * e, old, q[f]);
        q[f] = moved(s, s->rate * e, q[f], old);
    }
}

double cf_sgd_scalar(const struct cf_sgd *s, const struct cf_sgd_row *row,
                     size_t n)
{
    size_t half = cf_sgd_half(row, n);
    double loss[2] = {0};

    for (size_t i = 0; i < half; i++) {
        one_step(s, row + i, &loss[0]);
        one_step(s, row + half + i, &loss[1]);
    }
    for (size_t i = 2 * half; i < n; i++)
        one_step(s, row + i, &loss[1]);
    return loss[0] + loss[1];
}
