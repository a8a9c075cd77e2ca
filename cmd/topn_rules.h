/* topn_rules.h - what cf-topn may list. */
#ifndef CF_CMD_TOPN_RULES_H
#define CF_CMD_TOPN_RULES_H

#include "cli.h"

/* Starts zeroed, but for the options. */
struct cf_topn_rules {
    const char *candidates, *exclude; /* files, or NULL */
    struct cf_strs where;
    uint64_t least; /* training rows */
    bool has_least;
    bool *barred; /* NULL: there are no rules */
};

/* Applies them to a side of a model, "item" or "user". */
int cf_topn_rules_apply(struct cf_cli *c, struct cf_topn_rules *r,
                        const struct cf_side *side, const char *what);
void cf_topn_rules_close(struct cf_topn_rules *r);

#endif
