/* init.h - the model that cf-train --init starts from. */
#ifndef CF_CMD_INIT_H
#define CF_CMD_INIT_H

#include "cli.h"

struct cf_init {
    const char *path; /* NULL: there is none, and the others do nothing */
    struct cf_model model;
    struct cf_schema history;
};

/* Start zeroed. */
int cf_init_open(struct cf_cli *c, struct cf_init *i, const char *path);
/* CF_EUSAGE if k factors were asked for and it has another number. */
int cf_init_factors(struct cf_cli *c, const struct cf_init *i, uint64_t k);
/* Says which users and items of m start from it, and which of its own are left
 * behind. */
int cf_init_note(struct cf_cli *c, const struct cf_init *i,
                 const struct cf_model *m);
/* The model, or NULL. */
const struct cf_model *cf_init_model(const struct cf_init *i);
void cf_init_close(struct cf_init *i);

#endif
