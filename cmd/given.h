/* given.h - option --ratings: users who are folded into a model by ratings that
 * are given beside it. */
#ifndef CF_CMD_GIVEN_H
#define CF_CMD_GIVEN_H

#include "base/par.h"
#include "cli.h"
#include "data/given.h"

/* Zeroed: nothing is given. */
struct cf_given_cli {
    const char *path;
    bool has_l2;
    double l2;
    const char *user, *item, *rating; /* names of columns, or NULL */
    uint32_t *row; /* of each user of ratings in the model; owned */
    struct cf_given ratings;
};

/* Options --ratings and --l2 of a program. */
struct cf_opt cf_given_opt(struct cf_given_cli *g);
struct cf_opt cf_given_l2(struct cf_given_cli *g);
/* CF_EUSAGE if --l2 has nothing to act on, or standard input is to be more than
 * one thing: other is what else is read, or NULL. */
int cf_given_check(struct cf_cli *c, const struct cf_given_cli *g,
                   const char *model, const char *other);
/* Reads the ratings, if there are any, and folds their users into m. */
int cf_given_fold(struct cf_cli *c, struct cf_given_cli *g, struct cf_model *m,
                  struct cf_pool *pool);
void cf_given_close(struct cf_given_cli *g);

#endif
