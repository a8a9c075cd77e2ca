/* look.h - what cf-cat does with streams whose rows it does not show. */
#ifndef CF_CMD_LOOK_H
#define CF_CMD_LOOK_H

#include <stdbool.h>

#include "cli.h"

/* Reads every operand to its end, which checks it; then writes, if asked to,
 * their histories. */
int cf_look(struct cf_cli *c, struct cf_sink *out, bool history);

#endif
