/* keep.h - the file of cf-train --checkpoint. */
#ifndef CF_CMD_KEEP_H
#define CF_CMD_KEEP_H

#include "cli.h"
#include "data/feed.h"
#include "fit/checkpoint.h"

struct cf_keep {
    struct cf_cli *c;
    const char *path;        /* NULL: there is none, the others do nothing */
    struct cf_schema about;  /* facts and history of this run */
    struct cf_keeper keeper; /* for the solver */
};

/* What a run depends on. */
struct cf_keep_run {
    struct cf_str options; /* what they come to, see cf_train_values */
    const struct cf_schema *input;
    const struct cf_plan *plan;
    const struct cf_model *model, *init; /* sizes and ids; init may be NULL */
    const uint64_t *seed;
};

/* k->c and k->path are set, all else zero. */
int cf_keep_open(struct cf_keep *k, double every, const struct cf_keep_run *r);
/* The keeper, or NULL. */
const struct cf_keeper *cf_keep_keeper(const struct cf_keep *k);
/* The model is safe: removes the file. */
int cf_keep_remove(const struct cf_keep *k);
void cf_keep_close(struct cf_keep *k);

#endif
