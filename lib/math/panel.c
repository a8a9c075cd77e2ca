/* panel.c - the kernels of panel.h as plain loops, and which there are. */
#include "math/panel.h"

#include <math.h>
#include <string.h>

#include "math/panel_tables.h"

static float dot(const struct cf_panel_dots *d, size_t r, size_t s, size_t l)
{
    float sum = 0;

    for (size_t f = s * d->k; f < (s + 1) * d->k; f++)
        sum += d->x[r][f] * d->y[f * CF_PANEL + l];
    return sum;
}

static void dots(const struct cf_panel_dots *d)
{
    for (size_t r = 0; r < d->rows; r++)
        for (size_t s = 0; s < d->samples; s++)
            for (size_t l = 0; l < CF_PANEL; l++)
                d->out[(r * d->samples + s) * CF_PANEL + l] = dot(d, r, s, l);
}

static float sample(const struct cf_panel_spread *p, size_t s, size_t l)
{
    size_t at = s * CF_PANEL + l;

    return p->scale * p->dot[at] + (p->x_bias[s] + p->y_bias[at]);
}

static void spread(const struct cf_panel_spread *p)
{
    float n = (float)p->samples;

    for (size_t l = 0; l < CF_PANEL; l++) {
        float sum = 0, mean = 0, squares = 0;
        for (size_t s = 0; s < p->samples; s++) {
            sum += p->dot[s * CF_PANEL + l];
            mean += sample(p, s, l);
        }
        mean /= n;
        for (size_t s = 0; s < p->samples; s++) {
            float off = sample(p, s, l) - mean;
            squares += off * off;
        }
        p->sum[l] = sum;
        p->sd[l] = sqrtf(squares / n);
    }
}

const struct cf_panel_kernels cf_panel_scalar = {"scalar", dots, spread};

const struct cf_panel_kernels *cf_panel_of(const char *name)
{
#ifdef __x86_64__
    if (!strcmp(name, "avx2") || !strcmp(name, "avx512"))
        return &cf_panel_avx2;
    if (!strcmp(name, "sse2"))
        return &cf_panel_sse2;
#endif
    (void)name;
    return &cf_panel_scalar;
}
