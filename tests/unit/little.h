/* little.h - small models for tests. */
#ifndef CF_TESTS_LITTLE_H
#define CF_TESTS_LITTLE_H

#include "model/file.h"

/* How many ids a side has; they are the numbers from `first` on. */
struct little_ids {
    uint32_t n, first;
};

/* A model of zeros, initialised as from a ratings stream. */
void little_model(struct cf_model *m, uint32_t k, struct little_ids users,
                  struct little_ids items);
/* Factors and biases in (-1, 1) from the seed, every count 1, range 0..5. */
void little_fill(struct cf_model *m, uint64_t seed);
/* Makes it a model with a hidden layer of LITTLE_HIDDEN, by the seed. */
enum { LITTLE_HIDDEN = 3 };
void little_layers(struct cf_model *m, uint64_t seed);
/* What reading m gives, which was written; ids as of cf_model_read_users. */
int little_again(const struct cf_model *m, const struct cf_users_wanted *ids,
                 struct cf_model *back, struct cf_err *err);
/* A uniform draw in (-1, 1). */
float little_draw(uint64_t seed, uint64_t index);

/* Fails the test unless a is within `off` of b. */
#define expect_near(a, b, off)                                                 \
    expect_near_at((double)(a), (double)(b), off, __FILE__, __LINE__)
void expect_near_at(double a, double b, double off, const char *file, int line);

/* The raw score and the prediction of a pair. */
float little_raw(const struct cf_model *m, uint32_t u, uint32_t i);
float little_predict(const struct cf_model *m, uint32_t u, uint32_t i);

#endif
