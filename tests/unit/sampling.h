/* sampling.h - runs of solver gibbs on many ratings. */
#ifndef CF_TESTS_SAMPLING_H
#define CF_TESTS_SAMPLING_H

#include "fit/gibbs_impl.h"
#include "training.h"

/* Factors, and sweeps before the first sample. */
enum { SAMPLING_K = 5, SAMPLING_BURN_IN = 5 };

/* The training of training_many, without times, with so many samples, all kept,
 * and m initialised for it. */
struct training sampling_usual(struct cf_model *m, uint32_t samples);

/* The prediction of row r, at its time or without one. */
float sampling_predict(const struct cf_model *m, const struct cf_ratings *rows,
                       uint64_t r, bool timed);
/* Mean squared error over t's validation rows; at their times if they have
 * some. */
double sampling_valid(const struct cf_model *m, const struct training *t);
/* The prediction of a user in eight is the same with and without a time, that
 * of others mostly not. */
void sampling_expect_untimed(const struct cf_model *m,
                             const struct cf_ratings *rows);

/* Trains with all kernels and several numbers of threads; each time `expect`
 * gets the model and the first one. */
void sampling_each(struct training (*usual)(struct cf_model *m),
                   void (*expect)(const struct cf_model *m,
                                  const struct cf_model *want));

/* Draws sessions, if there are some, from their prior; and six numbers of them,
 * or none. */
void sampling_prior_sessions(struct cf_gibbs *g, struct cf_draws *d);
void sampling_probe_sessions(const struct cf_gibbs *g, double *f);

#endif
