/* fit.c - the table of solvers, and what they share. */
#include "fit/fit.h"

#include "fit/adam.h"
#include "fit/nn.h"

const struct cf_solver cf_solvers[] = {
    {"adam", "sigmoid-ranged dot and biases, one-cycle Adam on mini-batches",
     cf_fit_adam},
    {"nn", "embeddings through hidden layers, one-cycle Adam on mini-batches",
     cf_fit_nn},
    {NULL, NULL, NULL}};

uint64_t cf_fit_batches(const struct cf_plan *plan, uint64_t *left)
{
    bool one = plan->rows < plan->batch;

    *left = one ? 0 : plan->rows % plan->batch;
    return one ? 1 : plan->rows / plan->batch;
}

void cf_fit_range(float lowest, float highest, float *lo, float *hi)
{
    double span = (double)highest - (double)lowest;
    double beyond = span > 0 ? span / 10 : 0.5;

    *lo = (float)((double)lowest - beyond);
    *hi = (float)((double)highest + beyond);
}
