/* size.h - an amount of memory as people write it. */
#ifndef CF_CMD_SIZE_H
#define CF_CMD_SIZE_H

#include "cli.h"

/* "64M", "2g", "1000000": bytes, in powers of 1024. Below least is
 * CF_EUSAGE. */
int cf_size_parse(struct cf_cli *c, const char *option, const char *text,
                  uint64_t least, uint64_t *out);

#endif
