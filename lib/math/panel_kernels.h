/* panel_kernels.h - the kernels of panel.h in registers, written once. Included
 * by the file of each instruction set, which is compiled for it and defines
 * WIDTH (floats in a register), NAME and TABLE.
 *
 * No include guard is needed, and no other file may include it. */
#include <math.h>

#include "math/vec_reg.h"

#define UNROLL _Pragma("GCC unroll 16")

enum { REGS = CF_PANEL / WIDTH };

/* The dot products of sample s of `rows` rows. */
static inline __attribute__((always_inline)) void dots_of(
    const struct cf_panel_dots *d, size_t from, size_t rows, size_t s)
{
    reg sum[CF_PANEL_TILE][REGS] = {{{0}}};
    size_t k = d->k;
    const float *y = d->y + s * k * CF_PANEL, *x[CF_PANEL_TILE] = {NULL};

    UNROLL for (size_t r = 0; r < rows; r++) x[r] = d->x[from + r] + s * k;
    for (size_t f = 0; f < k; f++)
        UNROLL for (size_t g = 0; g < REGS; g++)
        {
            reg v = load(y + f * CF_PANEL + g * WIDTH);
            UNROLL for (size_t r = 0; r < rows; r++) sum[r][g] += x[r][f] * v;
        }
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        float *out = d->out + ((from + r) * d->samples + s) * CF_PANEL;
        UNROLL for (size_t g = 0; g < REGS; g++)
            store(out + g * WIDTH, sum[r][g]);
    }
}

static void dots(const struct cf_panel_dots *d)
{
    size_t r = 0;

    for (; r + CF_PANEL_TILE <= d->rows; r += CF_PANEL_TILE)
        for (size_t s = 0; s < d->samples; s++)
            dots_of(d, r, CF_PANEL_TILE, s);
    for (; r < d->rows; r++)
        for (size_t s = 0; s < d->samples; s++)
            dots_of(d, r, 1, s);
}

/* Samples of the lanes of register r. */
static inline reg sample(const struct cf_panel_spread *p, size_t s, size_t r)
{
    size_t at = s * CF_PANEL + r * WIDTH;

    return p->scale * load(p->dot + at) + (p->x_bias[s] + load(p->y_bias + at));
}

static void spread(const struct cf_panel_spread *p)
{
    reg sum[REGS] = {{0}}, mean[REGS] = {{0}}, squares[REGS] = {{0}};
    float n = (float)p->samples;

    for (size_t s = 0; s < p->samples; s++)
        UNROLL for (size_t r = 0; r < REGS; r++)
        {
            sum[r] += load(p->dot + s * CF_PANEL + r * WIDTH);
            mean[r] += sample(p, s, r);
        }
    UNROLL for (size_t r = 0; r < REGS; r++) mean[r] /= n;
    for (size_t s = 0; s < p->samples; s++)
        UNROLL for (size_t r = 0; r < REGS; r++)
        {
            reg off = sample(p, s, r) - mean[r];
            squares[r] += off * off;
        }
    UNROLL for (size_t r = 0; r < REGS; r++)
    {
        store(p->sum + r * WIDTH, sum[r]);
        store(p->sd + r * WIDTH, squares[r] / n);
    }
    for (size_t l = 0; l < CF_PANEL; l++)
        p->sd[l] = sqrtf(p->sd[l]);
}

const struct cf_panel_kernels TABLE = {NAME, dots, spread};
