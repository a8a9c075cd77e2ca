/* cosine.h - how much alike rows of one side of a model are. */
#ifndef CF_MODEL_COSINE_H
#define CF_MODEL_COSINE_H

#include "math/vec.h"
#include "model/model.h"

/* The lengths of the factors of each row of a side, (n, k); 0 for rows without
 * a training row. out has room for side->n. */
void cf_cosine_lengths(const struct cf_side *side, uint32_t k, double *out);
/* The cosine of two rows by the dot product and the lengths of their factors,
 * not 0; NaN if the dot product was too large for a float. */
float cf_cosine(float dot, double length1, double length2);
/* The cosine of each row with row `of`, NaN where either has length 0 or
 * there is none. out has room for side->n. */
int cf_cosines(const struct cf_side *side, uint32_t k, uint32_t of,
               const struct cf_vec *vec, float *out, struct cf_err *err);

#endif
