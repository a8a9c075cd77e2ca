/* fit.c - the table of solvers, and what they share. */
#include "fit/fit.h"

#include <math.h>
#include <string.h>

#include "fit/adam.h"
#include "fit/als.h"
#include "fit/bias.h"
#include "fit/bpr.h"
#include "fit/ease.h"
#include "fit/gibbs.h"
#include "fit/ials.h"
#include "fit/nn.h"
#include "fit/pop.h"
#include "fit/sgd.h"

#define KEEPS "checkpoint checkpoint-every "
#define MINI_BATCH                                                             \
    " epochs batch lr schedule moms beta2 eps wd clip loss link y-range "      \
    "patience keep lr-find losses " KEEPS

const struct cf_solver cf_solvers[] = {
    {.name = "adam",
     .summary = "sigmoid-ranged dot and biases, one-cycle Adam on mini-batches",
     .fit = cf_fit_adam,
     .takes = MINI_BATCH "factors no-bias init freeze ",
     .k = 50,
     .epochs = 5,
     .link = CF_LINK_SIGMOID},
    {.name = "nn",
     .summary =
         "embeddings through hidden layers, one-cycle Adam on mini-batches",
     .fit = cf_fit_nn,
     .takes = MINI_BATCH "layers emb dropout emb-dropout ",
     .k = 50,
     .epochs = 5,
     .link = CF_LINK_SIGMOID,
     .layers = true},
    {.name = "sgd",
     .summary = "dot, mean and biases, stochastic gradients, fast",
     .fit = cf_fit_sgd,
     .takes = " epochs factors lr decay l2 nonneg loss no-bias y-range init "
              "patience keep " KEEPS,
     .k = 32,
     .epochs = 20,
     .decay = CF_SGD_DECAY,
     .link = CF_LINK_IDENTITY,
     .whole = true},
    {.name = "als",
     .summary = "dot and biases, alternating least squares on all ratings",
     .fit = cf_fit_als,
     .takes =
         " epochs factors no-bias y-range l2 patience keep init freeze " KEEPS,
     .k = 50,
     .epochs = 10,
     .link = CF_LINK_IDENTITY,
     .whole = true},
    {.name = "ials",
     .summary = "implicit feedback, alternating least squares on all pairs",
     .fit = cf_fit_ials,
     .takes = " epochs factors l2 alpha0 alpha nu steps patience keep init "
              "freeze " KEEPS,
     .k = 64,
     .epochs = 10,
     .link = CF_LINK_IDENTITY,
     .implicit = true,
     .whole = true},
    {.name = "gibbs",
     .summary = "Bayesian factorization: the mean over sampled models",
     .fit = cf_fit_gibbs,
     .takes = " factors y-range burn-in samples keep-samples prior noise "
              "likelihood implicit attributes time init " KEEPS,
     .k = 10,
     .epochs = CF_GIBBS_BURN_IN + CF_GIBBS_SAMPLES,
     .link = CF_LINK_IDENTITY,
     .whole = true},
    {.name = "bpr",
     .summary = "seen items before others, by sampled pairs, for top-N",
     .fit = cf_fit_bpr,
     .takes = " factors epochs lr l2 candidates no-bias patience keep " KEEPS,
     .k = 64,
     .epochs = 60,
     .lr = CF_BPR_LR,
     .l2 = CF_BPR_L2,
     .link = CF_LINK_SIGMOID,
     .implicit = true,
     .whole = true},
    {.name = "ease",
     .summary = "weights from items to items, in closed form, for top-N",
     .fit = cf_fit_ease,
     .takes = " l2 ",
     .k = 1,
     .memory = cf_ease_memory,
     .implicit = true,
     .by_seen = true,
     .whole = true},
    {.name = "bias",
     .summary = "the mean and damped biases: what ratings are without taste",
     .fit = cf_fit_bias,
     .takes = " epochs l2 y-range patience keep ",
     .k = 1,
     .epochs = 10,
     .whole = true},
    {.name = "pop",
     .summary = "popularity: how many rows an item has",
     .fit = cf_fit_pop,
     .takes = " ",
     .k = 1,
     .implicit = true,
     .whole = true},
    {.name = NULL}};

bool cf_solver_takes(const struct cf_solver *s, const char *option)
{
    size_t n = strlen(option);

    for (const char *p = s->takes; (p = strstr(p, option)) != NULL; p += n)
        if (p > s->takes && p[-1] == ' ' && p[n] == ' ')
            return true;
    return false;
}

struct cf_fit_opts cf_fit_usual(void)
{
    return (struct cf_fit_opts){.k = 50,
                                .wd = 0.1,
                                .beta2 = 0.99,
                                .eps = 1e-5,
                                .schedule = {.course = CF_ONE_CYCLE,
                                             .max = 5e-3,
                                             .moms = {.95, .85, .95}},
                                .loss = CF_LOSS_MSE,
                                .link = CF_LINK_SIGMOID,
                                .seed = 42,
                                .gibbs = {.burn_in = CF_GIBBS_BURN_IN,
                                          .samples = CF_GIBBS_SAMPLES,
                                          .keep = CF_GIBBS_KEEP,
                                          .noise = true},
                                .lr = (double)NAN,
                                .l2 = (double)NAN,
                                .decay = (double)NAN,
                                .ials = cf_ials_usual(),
                                .candidates = 4};
}

uint64_t cf_fit_batches(const struct cf_plan *plan, uint64_t *left)
{
    bool one = plan->rows < plan->batch;

    *left = one ? 0 : plan->rows % plan->batch;
    return one ? 1 : plan->rows / plan->batch;
}

void cf_fit_range(enum cf_link link, float lowest, float highest, float *lo,
                  float *hi)
{
    double span = (double)highest - (double)lowest;
    double beyond = span > 0 ? span / 10 : 0.5;

    if (link == CF_LINK_IDENTITY && span > 0)
        beyond = 0;
    *lo = (float)((double)lowest - beyond);
    *hi = (float)((double)highest + beyond);
}
