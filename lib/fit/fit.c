/* fit.c - the table of solvers, and what they share. */
#include "fit/fit.h"

#include <string.h>

#include "fit/adam.h"

const struct cf_solver cf_solvers[] = {
    {"adam", "sigmoid-ranged dot and biases, one-cycle Adam on mini-batches",
     cf_fit_adam},
    {NULL, NULL, NULL}};

const struct cf_solver *cf_solver_find(const char *name)
{
    for (const struct cf_solver *s = cf_solvers; s->name; s++)
        if (!strcmp(s->name, name))
            return s;
    return NULL;
}

void cf_fit_range(float lowest, float highest, float *lo, float *hi)
{
    double span = (double)highest - (double)lowest;
    double beyond = span > 0 ? span / 10 : 0.5;

    *lo = (float)((double)lowest - beyond);
    *hi = (float)((double)highest + beyond);
}
