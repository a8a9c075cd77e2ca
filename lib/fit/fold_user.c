/* fold_user.c - a few steps of Gauss and Newton, each halved until it helps. */
#include "fit/fold_user.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/cholesky.h"

enum { STEPS = 30, HALVES = 20 };

/* Steps end when one lowers the sum by less than this share. */
#define ENOUGH 1e-8

int cf_folder_init(struct cf_folder *f, const struct cf_model *m,
                   const struct cf_prior *prior, struct cf_err *err)
{
    size_t n = prior->n;

    *f = (struct cf_folder){.m = m, .prior = prior};
    f->mean = cf_alloc(n, sizeof *f->mean);
    f->x = cf_alloc(n, sizeof *f->x);
    f->g = cf_alloc(n, sizeof *f->g);
    f->next = cf_alloc(n, sizeof *f->next);
    /* There is a penalty of this size, so n * n does not wrap. */
    f->penalty = cf_alloc(n * n, sizeof *f->penalty);
    f->a = cf_alloc(n * n, sizeof *f->a);
    return f->mean && f->x && f->g && f->next && f->penalty && f->a
               ? 0
               : cf_nomem(err, "new users");
}

void cf_folder_free(struct cf_folder *f)
{
    free(f->mean);
    free(f->penalty);
    free(f->x);
    free(f->g);
    free(f->next);
    free(f->a);
    memset(f, 0, sizeof *f);
}

/* ---- one rating ---- */

/* Loads x; what weights w predict, and its derivative by the raw score. */
static double predict(struct cf_folder *f, uint32_t item, const double *w,
                      double *slope)
{
    const struct cf_model *m = f->m;
    const float *q = m->item.factors + (size_t)item * m->k;
    double lo = (double)m->lo, range = (double)m->hi - lo;
    double z = m->mean + (double)m->item.bias[item] + w[m->k];

    for (size_t i = 0; i < m->k; i++) {
        f->x[i] = (double)q[i];
        z += f->x[i] * w[i];
    }
    f->x[m->k] = 1;
    *slope = 1;
    if (m->link == CF_LINK_IDENTITY)
        return z;
    double s = (double)cf_sigmoid((float)z);
    *slope = range * s * (1 - s);
    return lo + range * s;
}

/* Adds slope^2 x x' to the lower triangle of a. */
static void add_square(const struct cf_folder *f, double slope, double *a)
{
    size_t n = f->prior->n;

    for (size_t i = 0; i < n; i++) {
        double c = slope * slope * f->x[i];
        for (size_t j = 0; j <= i; j++)
            a[i * n + j] += c * f->x[j];
    }
}

/* ---- all of a user's ---- */

/* out = penalty (w - mean); returns (w - mean)' penalty (w - mean). */
static double pull(const struct cf_folder *f, const double *w, double *out)
{
    size_t n = f->prior->n;
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        double by_row = 0;
        for (size_t j = 0; j < n; j++)
            by_row += f->penalty[j <= i ? i * n + j : j * n + i] *
                      (w[j] - f->mean[j]);
        out[i] = by_row;
        sum += by_row * (w[i] - f->mean[i]);
    }
    return sum;
}

/* What is minimised. */
static double cost(struct cf_folder *f, const struct cf_rated *r, size_t n,
                   const double *w)
{
    double sum = pull(f, w, f->x), slope;

    for (size_t i = 0; i < n; i++) {
        double off = predict(f, r[i].item, w, &slope) - (double)r[i].rating;
        sum += off * off;
    }
    return sum;
}

/* g becomes the step from w. */
static bool find_step(struct cf_folder *f, const struct cf_rated *r, size_t n,
                      const double *w)
{
    size_t all = f->prior->n;
    double slope;

    memcpy(f->a, f->penalty, all * all * sizeof *f->a);
    pull(f, w, f->g);
    for (size_t i = 0; i < n; i++) {
        double off = predict(f, r[i].item, w, &slope) - (double)r[i].rating;
        for (size_t j = 0; j < all; j++)
            f->g[j] += slope * off * f->x[j];
        add_square(f, slope, f->a);
    }
    if (!cf_cholesky(f->a, all))
        return false;
    cf_cholesky_solve(f->a, all, f->g);
    return true;
}

/* Goes along the step from w as far as it helps; the cost there. */
static double take_step(struct cf_folder *f, const struct cf_rated *r, size_t n,
                        double *w, double before)
{
    size_t all = f->prior->n;

    for (int i = 0; i < HALVES; i++) {
        for (size_t j = 0; j < all; j++)
            f->next[j] = w[j] - f->g[j];
        double now = cost(f, r, n, f->next);
        if (now < before) {
            memcpy(w, f->next, all * sizeof *w);
            return now;
        }
        for (size_t j = 0; j < all; j++)
            f->g[j] /= 2;
    }
    return before;
}

/* ---- who it is ---- */

static void start_new(struct cf_folder *f)
{
    size_t n = f->prior->n;

    memcpy(f->mean, f->prior->mean, n * sizeof *f->mean);
    memcpy(f->penalty, f->prior->penalty, n * n * sizeof *f->penalty);
}

/* Somebody whom the model knows: the weights that it has, held by the ratings
 * that they came from, those that are given anew left out. How an old rating
 * turned out does not matter for how firmly it holds. If none is left, nothing
 * holds them; but if the model has no list of them, none can be told to be
 * given anew, and the spread of users alone holds them. */
static void start_known(struct cf_folder *f, uint32_t u,
                        const struct cf_rated *r, size_t n)
{
    const struct cf_model *m = f->m;
    size_t at = 0, left = 0;
    double slope;

    for (size_t i = 0; i < m->k; i++)
        f->mean[i] = (double)m->user.factors[(size_t)u * m->k + i];
    f->mean[m->k] = (double)m->user.bias[u];
    for (uint64_t i = m->seen_start[u]; i < m->seen_start[u + 1]; i++) {
        uint32_t item = m->seen_item[i];
        while (at < n && r[at].item < item)
            at++;
        if (at < n && r[at].item == item)
            continue;
        predict(f, item, f->mean, &slope);
        add_square(f, slope, f->penalty);
        left++;
    }
    if (left == 0 && m->seen_start[u] < m->seen_start[u + 1])
        start_new(f);
}

void cf_fold_user(struct cf_folder *f, uint32_t u, const struct cf_rated *r,
                  size_t n, double *w)
{
    size_t all = f->prior->n;

    start_new(f);
    if (u != CF_NONE)
        start_known(f, u, r, n);
    memcpy(w, f->mean, all * sizeof *w);
    double now = cost(f, r, n, w);
    for (int i = 0; i < STEPS && find_step(f, r, n, w); i++) {
        double before = now;
        now = take_step(f, r, n, w, before);
        if (!(before - now > ENOUGH * before))
            break;
    }
}
