/* index_features.h - option --features of cf-index. */
#ifndef CF_CMD_INDEX_FEATURES_H
#define CF_CMD_INDEX_FEATURES_H

#include "cli.h"
#include "data/index.h"

/* Starts zeroed. */
struct cf_features_cli {
    struct cf_strs path;
    struct cf_features *file; /* (path.n) */
};

/* Reads all files, and tells the options of them. vocab: another input, or
 * NULL. */
int cf_features_load(struct cf_cli *c, struct cf_features_cli *f,
                     const char *vocab, struct cf_index_opts *o);
/* Tells how they and the rows went together. */
void cf_features_tell(struct cf_cli *c, const struct cf_index_report *r);
void cf_features_close(struct cf_features_cli *f);

#endif
