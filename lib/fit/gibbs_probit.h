/* gibbs_probit.h - stars from the inside, for gibbs_probit*.c. */
#ifndef CF_FIT_GIBBS_PROBIT_H
#define CF_FIT_GIBBS_PROBIT_H

#include "fit/gibbs_impl.h"
#include "math/probit.h"

/* Ratings of a part. */
enum { CF_GIBBS_PART = 1024 };

/* Ratings of a star that are gone through together. */
struct cf_gibbs_part {
    uint32_t star, n;
    uint64_t from;
};

struct cf_gibbs_probit {
    uint32_t n; /* stars */
    float value[CF_STARS_MOST];
    double cut[CF_STARS_MOST + 1];     /* in units */
    uint32_t fixed[2];                 /* cuts that stay */
    double lowest, highest;            /* ends of where a cut may be */
    uint64_t start[CF_STARS_MOST + 1]; /* ratings of star j: start[j] .. */
    uint32_t *place; /* (ratings) of each of the users' ratings, by star */
    float *f;        /* (ratings) what it is around, then y */
    float *root;     /* (ratings) of both noise scales; NULL: 1 */
    struct cf_gibbs_part *part;
    size_t first[CF_STARS_MOST + 1]; /* of star j: part[first[j]] .. */
    double *sum;                     /* (parts) logarithms of chances */
    double chance[CF_STARS_MOST];    /* of all ratings of a star */
    double step[CF_STARS_MOST];      /* of cut j */
    float cold[CF_GIBBS_SIDES];      /* root of who is not known */
    double *moment; /* (CF_GIBBS_SIDES, 2, d) variances and mean squares */
    double cold_variance[CF_STARS_COLD]; /* as of struct cf_stars, in units */
    const struct cf_probit *kernel;
};

/* Sorts the ratings again, whose stars the y of the users' mode are. */
void cf_gibbs_probit_sort(struct cf_gibbs *g);

#endif
