/* gibbs_impl.h - the sampler from the inside: its state, and the steps of a
 * sweep. What is drawn from what is in gibbs.c. */
#ifndef CF_FIT_GIBBS_IMPL_H
#define CF_FIT_GIBBS_IMPL_H

#include "data/whole.h"
#include "fit/learn.h"
#include "fit/traits.h"
#include "math/draws.h"
#include "math/gauss.h"

enum {
    CF_GIBBS_USERS,
    CF_GIBBS_ITEMS,
    CF_GIBBS_SIDES,
    CF_GIBBS_DAYS = CF_GIBBS_SIDES,
    CF_GIBBS_MODES,
    CF_GIBBS_NU = 60,        /* values that nu may have */
    CF_GIBBS_CHUNK = 64,     /* ratings of a row at a time */
    CF_GIBBS_SESSIONS = 8192 /* of a task */
};

/* Traits of a mode's rows, see traits.h, and their weights. */
struct cf_gibbs_side {
    size_t n;        /* traits */
    size_t live;     /* rows, see cf_gibbs_live */
    uint32_t groups; /* of them */
    uint64_t *start; /* (n + 1) entries of trait f */
    uint64_t *end;   /* (n) of those whose rows are live */
    uint32_t *row;   /* of each entry */
    float *x;        /* and how much of the trait it has */
    uint32_t *group; /* (n) */
    size_t *size;    /* (groups) traits that live rows have */
    float *squares;  /* (n) sum of squares of x, of live rows */
    float *b;        /* (n, CF_GAUSS_WIDE(d)) weights */
    float *lam;      /* (groups, d) their prior precision */
    float *mean;     /* (rows, CF_GAUSS_WIDE(d)) prior means less mu of rows */
    float *weight;   /* (rows) scratch */
    /* What the last draw of each row came from; NULL: not needed. */
    float *a; /* (live, d, CF_GAUSS_WIDE(d)) Z'Z */
    float *g; /* (live, CF_GAUSS_WIDE(d)) Z't */
};

/* Users, items or days. A row is a bias and k factors: d = k + 1
 * numbers. */
struct cf_gibbs_mode {
    size_t n;
    uint64_t *start; /* (n + 1) ratings of row r: start[r] .. start[r+1] - 1 */
    /* (ratings) the rows of each in the modes cf_gibbs_other names, as many as
       there are others. */
    uint32_t *other[CF_GIBBS_MODES - 1];
    uint32_t *at; /* (ratings) its place among the users' ratings */
    float *y;     /* (ratings) the rating, less the mean, by the unit */
    float *w;     /* (n, CF_GAUSS_WIDE(d)) the rows */
    double *mu;   /* (d) their prior mean */
    double *lam;  /* (d, d) and precision; all of it with Wishart, else the
                     diagonal alone */
    struct cf_gibbs_side *side; /* NULL: all rows have the same prior mean */
    float *prec;                /* (CF_GAUSS_TRI(d)) lam as kernels want it */
    float *pull;                /* (d) lam mu */
    float *left; /* (n) squared residuals of a row, weighted by the other mode's
                    noise scales */
    float *root; /* (n) square roots of the noise scales; NULL: they are 1 */
    double nu;   /* of their prior */
    double *bias;  /* (n) sum of kept rows' biases */
    double cold;   /* and of their prior mean */
    double *noise; /* (n) and of 1 / scale; NULL without root */
};

/* The days of ratings. Who does not know the day of a pair is to have the mean
 * day of its user. */
struct cf_gibbs_days {
    int64_t *day;    /* (days) since 1970, ascending */
    uint32_t *code;  /* (ratings) of the training rows, until sorted */
    uint32_t *valid; /* (valid rows) or CF_NONE */
    /* The days that user u has ratings of, once each, are row[start[u]] ..
       row[start[u + 1] - 1], each with its share of these ratings; there is one
       user more, who has all ratings. */
    uint64_t *start;
    uint32_t *row;
    float *share;
    float *mean; /* (users + 1, CF_GAUSS_WIDE(d)) means of these rows, of the
                    last one for a user without a rating */
};

/* Sessions of a kind, see gibbs_sessions.c, by user and time. */
struct cf_gibbs_level {
    size_t n;
    uint32_t *up;  /* (n) which one of the next kind it is in; of the last: 0 */
    float *x;      /* (n) offsets */
    double *w, *r; /* (n) what ratings say of them */
    double *sum, *squares; /* (n) of x less the user's mean, of samples */
};

struct cf_gibbs_sessions {
    struct cf_gibbs_level level[CF_SESSION_LEVELS];
    double lam[CF_SESSION_LEVELS];
    double apart[CF_SESSION_LEVELS]; /* sum of 1 / lam of samples */
    double *part;                    /* sums over CF_GIBBS_SESSIONS each */
    struct cf_spans span;            /* of those of kind 0 */
    uint32_t *of;    /* (ratings) of kind 0, of the training rows; once sorted,
                        of the users' ratings */
    float *y;        /* (ratings) y of the users' ratings with offsets in it */
    float *mean;     /* (users) mean offset of a user's ratings */
    uint32_t *valid; /* (valid rows) places, see model.h, or CF_NONE */
};

/* Rows up to the last one with a rating. What comes after them, of a catalogue
 * say, depends on all else and nothing on it: it is drawn when it is asked for,
 * and left out of sums, for draws of many such rows hardly move. */
static inline size_t cf_gibbs_live(const struct cf_gibbs_mode *m)
{
    size_t n = m->n;

    while (n > 0 && m->start[n - 1] == m->start[n])
        n--;
    return n;
}

/* A worker's own. */
struct cf_gibbs_scratch {
    float *z, *a, *sums, *s, *pull, *eps, *x;
    uint32_t *bits;
};

struct cf_gibbs {
    struct cf_gibbs_opts o;
    uint64_t seed;
    uint32_t sweep;
    size_t d, ratings;
    struct cf_gibbs_mode mode[CF_GIBBS_MODES];
    size_t modes; /* CF_GIBBS_SIDES, with days one more */
    struct cf_gibbs_days days;
    struct cf_gibbs_sessions *sessions; /* NULL: none */
    struct cf_gibbs_probit *probit; /* NULL: ratings are normal themselves */
    double mean, unit;  /* rating = mean + unit (b_u + b_i + p_u . p_i ...) */
    double alpha;       /* precision of a rating, in units */
    double loss;        /* mean squared error of the state; NaN: not known */
    double shape, rate; /* of the Gamma priors of lam and alpha */
    double freedom;     /* of the Wishart prior of lam */
    double nu[CF_GIBBS_NU], lgamma_nu[CF_GIBBS_NU]; /* of nu / 2 */
    const struct cf_gauss *gauss;
    struct cf_pool *pool; /* or NULL */
    struct cf_gibbs_scratch *scratch;
    size_t workers;
    /* ---- what is kept ---- */
    struct cf_model *m; /* before the first sample is kept */
    uint32_t kept;      /* samples so far */
    uint32_t before;    /* of these, of the model to go on from */
    uint64_t given;     /* checksum of what is sampled given */
    double variance;    /* sum of their 1 / alpha */
    const struct cf_ratings *valid;
    double *forecast; /* (valid rows) sum of predictions, in units; NULL if
                         there are none */
};

/* ---- gibbs.c ---- */

/* Sweep number g->sweep. */
int cf_gibbs_sweep(struct cf_gibbs *g, struct cf_err *err);

/* ---- gibbs_state.c ---- */

/* Sizes, rows by mode, and a state to start from, drawn at random. w is only
 * read. g is to be closed after an error, too. */
int cf_gibbs_open(struct cf_gibbs *g, const struct cf_whole *w, size_t users,
                  size_t items, const struct cf_fit_opts *o,
                  struct cf_err *err);
void cf_gibbs_close(struct cf_gibbs *g);
/* Draws of this sweep. */
struct cf_rng cf_gibbs_rng(const struct cf_gibbs *g, enum cf_purpose purpose);

/* The mode that m->other[i] of a mode m has rows of: all but m, in order. */
size_t cf_gibbs_other(size_t mode, size_t i);

/* ---- gibbs_fit.c ---- */

/* n ratings of a user, at most CF_GIBBS_CHUNK, from the users' rating number at
 * on. */
struct cf_gibbs_some {
    size_t user;
    uint64_t at;
    size_t n;
};
/* What these are around, but for their sessions, and roots of the product of
 * their noise scales. */
struct cf_gibbs_fit {
    float *f, *root; /* (CF_GIBBS_CHUNK) */
};
/* s->a and s->z are spoilt. */
void cf_gibbs_fit(const struct cf_gibbs *g, const struct cf_gibbs_some *r,
                  const struct cf_gibbs_scratch *s, struct cf_gibbs_fit *out);
/* Some in a row: from number `from` to that before `to`. */
struct cf_gibbs_range {
    size_t from, to;
};
/* Calls set with ranges of the users' ratings, which are to get their y there;
 * then gives it to the other modes. */
typedef void cf_gibbs_set_fn(struct cf_gibbs *g, struct cf_gibbs_range r);
void cf_gibbs_set_ratings(struct cf_gibbs *g, cf_gibbs_set_fn *set);

/* ---- gibbs_days.c ---- */

/* Tells the days of the ratings, which have times, and makes a mode of them;
 * after cf_gibbs_open knows the sizes. */
int cf_gibbs_days_open(struct cf_gibbs *g, const struct cf_whole *w,
                       struct cf_err *err);
/* Once the ratings are sorted: the shares of their days. */
int cf_gibbs_shares(struct cf_gibbs *g, struct cf_err *err);
void cf_gibbs_days_close(struct cf_gibbs_days *x);
/* Sets the mean days, if there are some. */
void cf_gibbs_means(struct cf_gibbs *g);
/* That of a user, or, of their number, for one that is not known. */
const float *cf_gibbs_mean_day(const struct cf_gibbs *g, size_t user);

/* ---- gibbs_sessions_open.c ---- */

/* Tells the sessions of the ratings, which have times; after cf_gibbs_open
 * knows the sizes. */
int cf_gibbs_sessions_open(struct cf_gibbs *g, const struct cf_whole *w,
                           struct cf_err *err);
/* The users' ratings have their y, and are of rows at[]. */
int cf_gibbs_sessions_sort(struct cf_gibbs *g, const uint32_t *at,
                           struct cf_err *err);
void cf_gibbs_sessions_close(struct cf_gibbs_sessions *x);

/* ---- gibbs_sessions.c ---- */

/* Sets y of all modes to that of the sessions less their offsets. */
void cf_gibbs_take_offsets(struct cf_gibbs *g);
/* That of some of the users' ratings alone. */
void cf_gibbs_less_offsets(struct cf_gibbs *g, struct cf_gibbs_range r);
/* Draws the offsets given all rows, then their precisions. */
void cf_gibbs_sessions_draw(struct cf_gibbs *g);
/* The offset of a user's place, see model.h; of CF_NONE the mean one. */
float cf_gibbs_offset(const struct cf_gibbs *g, size_t user, uint32_t place);
/* The variance of a rating's offset around that: of its sessions of shorter
 * kinds, which are not known. */
double cf_gibbs_offset_variance(const struct cf_gibbs *g, uint32_t place);
/* Adds the offsets to what is kept; makes the model that. */
void cf_gibbs_keep_sessions(struct cf_gibbs *g);
void cf_gibbs_publish_sessions(struct cf_gibbs *g);

/* ---- gibbs_keep_days.c ---- */

/* Adds the biases of days to what is kept. */
void cf_gibbs_sum_days(struct cf_gibbs *g);
/* Takes the days, and the users' mean days, as sample number `slot` of those
 * that the model has. */
void cf_gibbs_keep_days(struct cf_gibbs *g, uint32_t slot);
void cf_gibbs_publish_days(struct cf_gibbs *g);

/* ---- gibbs_probit.c ---- */

/* Tells the stars of the ratings r, after they are sorted and before the first
 * sweep. CF_EDATA if there are too many or too few. */
int cf_gibbs_probit_open(struct cf_gibbs *g, const struct cf_ratings *r,
                         const struct cf_vec *vec, struct cf_err *err);
void cf_gibbs_probit_close(struct cf_gibbs_probit *p);
/* Draws the cuts and what stands behind the ratings, as y of all modes, of
 * which offsets of sessions are taken, and, with these, of the sessions. */
int cf_gibbs_probit_draw(struct cf_gibbs *g, struct cf_err *err);
/* Is alpha drawn? */
bool cf_gibbs_has_noise(const struct cf_gibbs *g);
/* Sets the noise scales of who is not known, and what that adds to the variance
 * of scores, for what follows. */
void cf_gibbs_cold_noise(struct cf_gibbs *g);
/* The mean rating, in units, of a pair with score f, around which what its
 * noise is around has this variance, besides that of who is not known. */
double cf_gibbs_mean_star(const struct cf_gibbs *g, size_t user, size_t item,
                          double f, double variance);
/* Room in the model for stars; takes them as sample number `slot`. */
int cf_gibbs_add_stars(struct cf_gibbs *g, struct cf_model *m,
                       struct cf_err *err);
void cf_gibbs_keep_stars(struct cf_gibbs *g, uint32_t slot);

/* ---- gibbs_saved.c ---- */

/* Adds to a net that has the factors of both sides what else a checkpoint must
 * have. Whatever is to last from one sweep to the next belongs there. */
void cf_gibbs_list(struct cf_gibbs *g, struct cf_net *net);
/* A checksum of what samples are drawn given: users and items, by their ids
 * and, if they are used, attributes, and ratings. */
uint64_t cf_gibbs_given(const struct cf_model *m, const struct cf_ratings *r,
                        const struct cf_gibbs_opts *o);
/* Gives the model, which predicts by them, the chain of its samples. */
int cf_gibbs_save(struct cf_gibbs *g, struct cf_err *err);
/* Takes up the chain of an old model before the first sweep. CF_EDATA if it is
 * one given something else. */
int cf_gibbs_go_on(struct cf_gibbs *g, const struct cf_model *old,
                   struct cf_err *err);

/* ---- gibbs_hyper.c ---- */

/* Draws mu and lam of a mode given its rows, and sets prec and pull. */
int cf_gibbs_hyper(struct cf_gibbs *g, size_t mode, struct cf_err *err);
/* Sets prec and pull of given mu and lam. */
void cf_gibbs_prior(struct cf_gibbs *g, size_t mode);

/* ---- gibbs_rows.c ---- */

/* Draws all rows of a mode given the other's, and, if they have them, the noise
 * scales of these rows given them. */
void cf_gibbs_rows(struct cf_gibbs *g, size_t mode);
/* Regressors and targets of n ratings of a mode's row, at most CF_GIBBS_CHUNK,
 * from number `at` on, to z; see math/gauss.h. */
void cf_gibbs_gather(const struct cf_gibbs *g, size_t mode, uint64_t at,
                     size_t n, const float *y, float *z);
/* Draws alpha, but that of two stars, which is 1, and nu of both modes; right
 * after the rows of the items. Sets loss. */
void cf_gibbs_noise(struct cf_gibbs *g);

/* ---- gibbs_side.c ---- */

/* Takes traits of a mode's rows, before the first sweep. */
int cf_gibbs_side_open(struct cf_gibbs *g, size_t mode,
                       const struct cf_traits *t, struct cf_err *err);
void cf_gibbs_side_close(struct cf_gibbs_side *s);
/* Are weights drawn given the ratings in this sweep, so that side->a and
 * side->g must be what the rows are drawn from? */
bool cf_gibbs_by_ratings(const struct cf_gibbs *g, size_t mode);
/* Draws the precisions of a mode's weights given them. */
void cf_gibbs_trait_precisions(struct cf_gibbs *g, size_t mode);
/* Draws the weights of a mode's traits, after its rows, which may move. */
void cf_gibbs_traits(struct cf_gibbs *g, size_t mode);

/* ---- gibbs_keep.c ---- */

/* Row r in what is predicted without a time: factors, and the bias as the first
 * number; if r is the number of rows: the prior mean. Users have their mean day
 * or their mean offset in it. */
void cf_gibbs_kept_row(const struct cf_gibbs *g, size_t mode, size_t r,
                       float *out);

/* The samples fall into so many places, evenly spread: which is that of the
 * next one to keep, and is it the last one there? */
bool cf_gibbs_place(const struct cf_gibbs *g, uint32_t places, uint32_t *slot);
/* The first ones of these, which the model to go on from fills. */
uint32_t cf_gibbs_inherited(const struct cf_gibbs *g, uint32_t places);

/* What factors in the model are multiplied by: a dot product over all samples
 * is then a mean over them. */
float cf_gibbs_scale(const struct cf_gibbs *g);

/* Adds the state to the kept samples. */
void cf_gibbs_keep(struct cf_gibbs *g);
/* Makes the model what is kept; CF_EDIVERGED if that is not sound. */
int cf_gibbs_publish(struct cf_gibbs *g, struct cf_err *err);
/* Squared errors of the mean prediction so far, or of this state if nothing is
 * kept, over all validation rows. */
double cf_gibbs_validate(struct cf_gibbs *g);

#endif
