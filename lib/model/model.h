/* model.h - the embedding model: a vector and a bias for each user and each
 * item, a mean, a link.
 *
 *   z(u, i) = mean + user_bias[u] + item_bias[i]
 *             + user_factors[u] . item_factors[i]
 *   prediction = link(z), see math/link.h
 *
 * A user or item without a training row (count 0), or that the model has never
 * seen (CF_NONE), is predicted with the mean bias of its kind, over training
 * rows; a user also with the mean factors, an item with none. Of solver gibbs
 * it is the mean of the prior, or what attributes make of it.
 *
 * A model with weights from items to items (solver ease) adds to z
 *
 *   sum over the items j that u has seen of item_weights[j][i]
 *
 * A model of stars (solver gibbs, probit) has cut points: z and its samples are
 * what stands behind a rating, which is the number of cut points below it plus
 * noise; what is predicted is the mean of that, see struct cf_stars.
 *
 * A model with layers (solver nn) has no mean and no biases; z is what its
 * layers make of the sum of both vectors, see model/mlp.h, and an item that is
 * not known has the mean vector, too. */
#ifndef CF_MODEL_MODEL_H
#define CF_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/csr.h"
#include "data/store.h"
#include "math/loss.h"
#include "model/chain.h"
#include "model/mlp.h"

/* Factors at most where a square of them must fit in memory. */
enum { CF_SQUARE_MOST = 8192 };

/* One side of the model: users or items. */
struct cf_side {
    uint64_t n;
    float *factors;      /* (n, k), row-major */
    float *bias;         /* (n) */
    uint32_t *count;     /* (n) training rows of each, 2^32-1 at most */
    float cold_bias;     /* mean bias over training rows */
    float *cold_factors; /* (k) those of a row that is not known */
    float *noise;     /* (n) with samples: the variance of ratings, but for the
                         model's noise and the other side's */
    float cold_noise; /* that of a row that is not known */
    float *sample_bias;      /* (n, samples) biases of the samples */
    float *cold_sample_bias; /* (samples) */
    float *star_sd;          /* (n, samples) with stars: factors of the standard
                                deviation; NULL: they are 1 */
    float *cold_star_sd;     /* (samples) */
    bool drawn; /* a row without a training row has a vector and a bias, too:
                   of its attributes */
    struct cf_schema dict_schema; /* kind CF_MODEL, one part */
    struct cf_store dict; /* column 0 the external id; attributes after it */
};

/* Rows of days, or of what users have for one. */
struct cf_context_rows {
    float *factors;     /* (n, factors of a sample * samples) */
    float *bias;        /* (n) */
    float *sample_bias; /* (n, samples) */
};

/* What there is of the day of a rating (solver gibbs). The factors and the bias
 * of a user are those of its mean day m, the mean over its training rows, so
 * that z is right for who does not know the day; on day t, z has more by
 *
 *   t.bias - m.bias
 *   + (user_factors - m.factors + item_factors) . (t.factors - m.factors) */
struct cf_days {
    uint64_t n;                  /* 0: no days */
    int64_t *day;                /* (n) since 1970, ascending */
    uint32_t *count;             /* (n) training rows */
    struct cf_context_rows row;  /* of days */
    uint64_t users;              /* that have a mean day; others have cold */
    struct cf_context_rows user; /* their mean days */
    struct cf_context_rows cold; /* one row: the mean over all training rows */
};

/* When each user has sessions: runs of its training rows with no longer gap
 * between them. */
struct cf_spans {
    uint64_t users;
    uint64_t *start;       /* (users + 1) those of user u are start[u] ..
                              start[u + 1] - 1, by time */
    int64_t *first, *last; /* times of each */
};

/* What there is of the session of a rating (solver gibbs): an offset that z is
 * higher by. Sessions are of CF_SESSION_LEVELS kinds, with longer and longer
 * gaps, each in one of the next kind; those known are of the first kind.
 * A rating near the known session s, by more than gap[l - 1] and gap[l] seconds
 * at most, is of place s * CF_SESSION_LEVELS + l: what is known of it is the
 * session of kind l that s is in. */
enum { CF_SESSION_LEVELS = 3 };
struct cf_sessions {
    uint64_t n;   /* known; 0: none */
    int64_t *gap; /* (CF_SESSION_LEVELS) seconds, ascending */
    struct cf_spans span;
    float *offset;   /* (n, CF_SESSION_LEVELS) means, and */
    float *variance; /* (the same) variances of offsets */
    float unknown;   /* the variance of one far from all sessions known, whose
                        mean is 0 */
};

/* What ratings can be, if that is a few values (solver gibbs, probit). In
 * sample s with score z (the mean included) a rating is value[j] with the
 * chance that a normal around z, of standard deviation sd[s] times those of
 * user and item, is between cut[j - 1] and cut[j], the first and the last one
 * open; a prediction is the mean over all samples of the mean rating. Of rows
 * that are not known the variance has more: what z differs by among those that
 * are (see cf_cold_variance). */
enum { CF_STARS_MOST = 128, CF_STARS_COLD = 3 };
struct cf_stars {
    uint32_t n;   /* 0: none; else 2 or more */
    float *value; /* (n) ascending */
    float *cut;   /* (n - 1, samples) ascending along n */
    float *sd;    /* (samples) */
    float *cold;  /* (CF_STARS_COLD, samples) variance of z where the user is
                     not known, the item, both */
};

/* A line of the epoch table. */
struct cf_epoch {
    uint32_t epoch;                /* from 0 */
    double train_loss, valid_loss; /* NaN: there was none */
    double seconds;
};

struct cf_model {
    char *solver; /* name, owned */
    uint32_t k;
    struct cf_mlp mlp;   /* no layers but for solver nn */
    float *item_weights; /* (item.n, item.n), row-major; NULL but for solver
                            ease */
    /* Factors are those of so many samples of the posterior side by side, so
     * that sample s has samples * dot(its k / samples factors of both) + its
     * biases + mean; 0: there are none. */
    uint32_t samples;
    const struct cf_vec *vec; /* the best kernels, set with samples: to find out
                                 takes longer than to score a pair */
    float noise;              /* variance of a rating around a sample */
    struct cf_chain chain;    /* to go on sampling from */
    double mean;
    enum cf_link link;
    enum cf_loss loss; /* that it was trained with, and that of the epochs */
    float lo, hi;
    struct cf_side user, item;
    struct cf_days days;
    struct cf_sessions sessions;
    struct cf_stars stars;
    /* Items of the training rows of each user, ascending, once each:
     * seen_item[seen_start[u] .. seen_start[u + 1] - 1]. */
    uint64_t *seen_start; /* (user.n + 1) */
    uint32_t *seen_item;
    struct cf_epoch *epoch;
    size_t nepochs;
    bool has_kept; /* the weights are those of the best epoch, */
    uint32_t kept; /* which was this */
};

/* Room for n users and items of k factors, all zeros; dictionaries are taken
 * over from the caller's (whose structs become empty) with the schema that
 * describes them: parts upart and ipart of s. CF_EDATA if their first column
 * is not text, or one is codes of another part. Nothing to free after an error
 * but what is still the caller's. */
int cf_model_init(struct cf_model *m, uint32_t k, const struct cf_schema *s,
                  uint32_t upart, struct cf_store *users, uint32_t ipart,
                  struct cf_store *items, struct cf_err *err);
/* The same without the zeros, for who fills all arrays; cold factors are zeros
 * here, too. */
int cf_model_room(struct cf_model *m, uint32_t k, const struct cf_schema *s,
                  uint32_t upart, struct cf_store *users, uint32_t ipart,
                  struct cf_store *items, struct cf_err *err);
void cf_model_free(struct cf_model *m);
/* Room for what there is of so many samples, all zeros; k is a multiple of
 * them. */
int cf_model_add_samples(struct cf_model *m, uint32_t samples,
                         struct cf_err *err);

/* Room for n days and the mean days of all users, all zeros, after the samples.
 */
int cf_model_add_days(struct cf_model *m, uint64_t n, struct cf_err *err);
/* Sets the mean day over all training rows, given days and counts. */
void cf_model_set_cold_day(struct cf_model *m);
/* A day and a place of a session, or CF_NONE, and the user and the item that
 * they are to be scored with. */
struct cf_context_pair {
    const float *x, *y; /* (k) factors of user and item */
    uint32_t day, session;
};
/* What the day adds to z; to sample s of it. */
float cf_model_day_score(const struct cf_model *m,
                         const struct cf_context_pair *p);
double cf_model_day_sample(const struct cf_model *m,
                           const struct cf_context_pair *p, size_t s);
void cf_days_free(struct cf_days *d);
/* Room for n rows of so many samples of k factors, all zeros. */
int cf_context_room(struct cf_context_rows *r, size_t n, size_t k,
                    size_t samples, struct cf_err *err);
void cf_context_free(struct cf_context_rows *r);

/* The scores, but for the mean, of samples from .. from + n - 1. */
void cf_model_sample_scores(const struct cf_model *m,
                            const struct cf_context_pair *p, size_t from,
                            size_t n, float *z);

/* Room for n stars after the samples; own: users and items have standard
 * deviations of their own. All zeros. */
int cf_model_add_stars(struct cf_model *m, uint32_t n, bool own,
                       struct cf_err *err);
/* Factors of the standard deviation of who has these factors, (samples) of
 * them; NULL: they are 1. */
const float *cf_model_star_sds(const struct cf_model *m,
                               const struct cf_side *side,
                               const float *factors);
/* The row of stars.cold for a pair of these factors; NULL: both are known. */
const float *cf_model_star_cold(const struct cf_model *m, const float *x,
                                const float *y);
/* chance[j]: that the rating of the pair is value[j]. m has stars. */
void cf_model_star_chances(const struct cf_model *m,
                           const struct cf_context_pair *p, float *chance);
/* Mean and standard deviation of a rating with these chances. */
float cf_stars_mean(const struct cf_stars *s, const float *chance);
float cf_stars_sd(const struct cf_stars *s, const float *chance);
/* The fewest stars in a row that a rating is among with a chance of share at
 * least, of equally many the likeliest: the first and the last of them. */
void cf_stars_interval(const struct cf_stars *s, const float *chance,
                       double share, float *low, float *high);
void cf_stars_free(struct cf_stars *s);
/* The day, since 1970, of seconds since then. */
int64_t cf_model_day(int64_t seconds);
/* Its place among n days, ascending; CF_NONE if it is not there. */
uint32_t cf_model_find_day(const int64_t *day, size_t n, int64_t seconds);

/* The mean day of the user with these factors: a row of what is returned. */
const struct cf_context_rows *cf_model_mean_day(const struct cf_model *m,
                                                const float *x, size_t *row);

/* Room for n sessions, all zeros but the gaps, which are those of
 * cf_session_gaps. */
int cf_model_add_sessions(struct cf_model *m, uint64_t n, struct cf_err *err);
void cf_sessions_free(struct cf_sessions *s);
extern const int64_t cf_session_gaps[CF_SESSION_LEVELS];
/* What the session adds to z; the variance of that. */
float cf_model_session_score(const struct cf_model *m,
                             const struct cf_context_pair *p);
float cf_model_session_variance(const struct cf_model *m,
                                const struct cf_context_pair *p);
int cf_spans_room(struct cf_spans *s, size_t users, size_t n,
                  struct cf_err *err);
void cf_spans_free(struct cf_spans *s);
/* The place, as above, of a time: by the nearest session of the user, the
 * earlier one if both are as near; CF_NONE: it is far from them. */
uint32_t cf_spans_find(const struct cf_spans *s, const int64_t *gap,
                       uint64_t user, int64_t seconds);

/* Which side of a pair the model knows: bit 0 the user, bit 1 the item. */
enum { CF_KNOWN_USER = 1, CF_KNOWN_ITEM = 2 };
unsigned cf_model_known(const struct cf_model *m, uint32_t u, uint32_t i);

/* Is the raw score the dot product of the factors and the biases? Else there
 * are layers between, or weights from items to items, or cut points. */
bool cf_model_is_dot(const struct cf_model *m);

/* Does it hold who rated what? Not if it was made without, or of no row. */
bool cf_model_has_seen(const struct cf_model *m);

/* The raw score z of n pairs; u or i may be CF_NONE. */
void cf_model_raw_pairs(const struct cf_model *m, const uint32_t *u,
                        const uint32_t *i, size_t n, float *z);
/* The predictions, in [lo, hi]. */
void cf_model_predict_pairs(const struct cf_model *m, const uint32_t *u,
                            const uint32_t *i, size_t n, float *y);
/* What a user or an item is predicted with: of one not known, what its kind
 * has for that. */
struct cf_rep {
    const float *factors; /* (k), of the model */
    float bias;
    bool known;
};
struct cf_rep cf_model_user_rep(const struct cf_model *m, uint32_t u);
struct cf_rep cf_model_item_rep(const struct cf_model *m, uint32_t i);
/* The place of a user's time among the sessions, or CF_NONE. */
uint32_t cf_model_find_session(const struct cf_model *m, struct cf_rep user,
                               int64_t seconds);
/* Pair j is of user[u[j]] and item[i[j]]. */
struct cf_rep_pairs {
    const struct cf_rep *user, *item;
    const uint32_t *u, *i;
    size_t n;
    /* (n) places among the days and the sessions of the model, or CF_NONE;
       NULL: none. */
    const uint32_t *day, *session;
};
/* Where pair j, of these factors, is in time. */
struct cf_context_pair cf_pair_context(const struct cf_rep_pairs *p,
                                       const float *x, const float *y,
                                       size_t j);
/* The predictions of cf_model_predict_pairs, to the bit, and what
 * cf_model_known says of each. */
void cf_model_predict_reps(const struct cf_model *m,
                           const struct cf_rep_pairs *p, float *y,
                           unsigned char *known);

/* The standard deviations of the pairs' ratings: of samples around their mean,
 * and of ratings around a sample. m has samples. */
void cf_model_sd_reps(const struct cf_model *m, const struct cf_rep_pairs *p,
                      float *sd);

/* The variance that a pair's score has beside that because the row of its user
 * or item, or of both, is not known: that of the samples' biases among rows
 * with training rows, and of products of their vectors with those of the other
 * side's rows; what is in either part counts once: var(p . q) = sum of var(p)
 * E(q^2) + var(q) E(p^2) - var(p) var(q). m has samples and no stars. */
struct cf_cold_variance {
    double user, item, both;
};
struct cf_cold_variance cf_model_cold_variance(const struct cf_model *m);

/* Raw scores of user u, or of one not known, with every item, those without a
 * training row as if they had some; z has room for item.n. */
void cf_model_raw_items(const struct cf_model *m, uint32_t u,
                        const struct cf_vec *vec, float *z);
/* Sets cold_bias and cold_factors of both sides from counts, biases and
 * factors. */
void cf_model_set_cold(struct cf_model *m);

/* Adds rows to the counts of their users and items. */
void cf_model_count(struct cf_model *m, const uint32_t *user,
                    const uint32_t *item, size_t n);

/* Gathers (user, item) pairs of training rows and turns them into seen_* and
 * the counts. */
struct cf_seen {
    uint32_t *user, *item;
    size_t n, cap_user, cap_item;
};
int cf_seen_add(struct cf_seen *s, const uint32_t *user, const uint32_t *item,
                size_t n, struct cf_err *err);
/* Fills m->seen_* and both counts (a pair twice counts twice, is seen once).
 * s is empty after it. */
int cf_seen_store(struct cf_seen *s, struct cf_model *m, struct cf_err *err);
/* Fills m->seen_* alone. */
int cf_seen_list(struct cf_seen *s, struct cf_model *m, struct cf_err *err);
/* Makes rows by user, their entries in any order, perhaps more than once, the
 * seen items; starts and columns are taken over. */
void cf_seen_take(struct cf_model *m, struct cf_csr *by_user);
void cf_seen_free(struct cf_seen *s);

#endif
