/* side.h - what cf-cat does with the users or the items of a model: shows them
 * as text, or exports their vectors. */
#ifndef CF_CMD_SIDE_H
#define CF_CMD_SIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli.h"
#include "model/export.h"

struct cf_side_opts {
    bool users, items;
    bool factors;
    uint64_t pca;
    bool has_pca;
    const char *near;    /* an id or a name, or NULL */
    struct cf_strs only; /* ids or names */
    uint64_t least;      /* training rows */
    const char *sort;
    bool reverse;
    int export; /* enum cf_export, or -1 */
    bool fold;
};

/* Is a side of a model asked for? */
bool cf_side_asked(const struct cf_side_opts *o);
/* CF_EUSAGE for what does not go together. text: one of the options --to,
 * --head and --part that was given, or NULL. Fills in which sides are exported.
 */
int cf_side_check(struct cf_cli *c, struct cf_side_opts *o, const char *text);
/* Reads the model and writes what is asked for to out, which it commits; how is
 * for text. */
int cf_side(struct cf_cli *c, const struct cf_side_opts *o,
            const struct cf_show_opts *how, struct cf_sink *out);

#endif
