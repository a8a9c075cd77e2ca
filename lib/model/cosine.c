/* cosine.c - how much alike rows of one side of a model are. */
#include "model/cosine.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

void cf_cosine_lengths(const struct cf_side *side, uint32_t k, double *out)
{
    for (uint64_t i = 0; i < side->n; i++) {
        const float *x = side->factors + i * k;
        double sum = 0;
        for (size_t f = 0; side->count[i] > 0 && f < k; f++)
            sum += (double)x[f] * (double)x[f];
        out[i] = sqrt(sum);
    }
}

float cf_cosine(float dot, double length1, double length2)
{
    if (!isfinite(dot))
        return NAN;
    double cosine = (double)dot / (length1 * length2);
    return (float)fmax(-1, fmin(cosine, 1));
}

int cf_cosines(const struct cf_side *side, uint32_t k, uint32_t of,
               const struct cf_vec *vec, float *out, struct cf_err *err)
{
    double *length = cf_alloc(side->n, sizeof *length);

    if (!length)
        return cf_nomem(err, "lengths");
    cf_cosine_lengths(side, k, length);
    vec->gemv(side->factors, side->factors + (size_t)of * k, out, side->n, k);
    for (uint64_t i = 0; i < side->n; i++)
        out[i] = length[of] > 0 && length[i] > 0
                     ? cf_cosine(out[i], length[of], length[i])
                     : NAN;
    free(length);
    return 0;
}
