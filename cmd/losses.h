/* losses.h - the file of cf-train --losses: a line for each mini-batch. */
#ifndef CF_CMD_LOSSES_H
#define CF_CMD_LOSSES_H

#include <stdint.h>

#include "cli.h"

struct cf_losses {
    struct cf_sink sink;
    struct cf_cli *c;
    int code; /* of the first failure; its message is in c->err */
};

/* Opens the file and writes the names of the columns; path NULL: no file, and
 * the others do nothing; init: the path of --init, or NULL. Start zeroed. */
int cf_losses_open(struct cf_cli *c, struct cf_losses *l, const char *path,
                   const char *init);
void cf_losses_add(struct cf_losses *l, uint64_t step, double loss);
/* Commits, or says what failed. */
int cf_losses_finish(struct cf_losses *l);
void cf_losses_close(struct cf_losses *l);

#endif
