/* init.h - the model that cf-train --init starts from. */
#ifndef CF_CMD_INIT_H
#define CF_CMD_INIT_H

#include "cli.h"
#include "fit/origin.h"

struct cf_init {
    const char *path; /* NULL: there is none, and the others do nothing */
    struct cf_model model;
    struct cf_schema history;
    struct cf_origin origin;
    bool samples; /* they go on, see train_more.c: there is no origin, and but
                     for opening and closing nothing is done here */
};

/* Start zeroed, but for samples. */
int cf_init_open(struct cf_cli *c, struct cf_init *i, const char *path);
/* CF_EUSAGE if k factors were asked for and it has another number. */
int cf_init_factors(struct cf_cli *c, const struct cf_init *i, uint64_t k);
/* Finds the users and items of m in it, and says which start from it. */
int cf_init_start(struct cf_cli *c, struct cf_init *i, const struct cf_model *m,
                  enum cf_freeze freeze);
/* Makes of m the union of both. */
int cf_init_join(struct cf_cli *c, const struct cf_init *i, struct cf_model *m,
                 bool seen);
/* The model whose weights training starts from, or NULL. */
const struct cf_model *cf_init_model(const struct cf_init *i);
void cf_init_close(struct cf_init *i);

#endif
