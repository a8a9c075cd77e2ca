/* train_nn.c - the options of cf-train for a solver with hidden layers. */
#include <string.h>

#include "base/num.h"
#include "train_opts.h"

/* Numbers of 1 to CF_MLP_WIDTH, divided by commas; returns how many, 0 if it is
 * anything else or more than most. */
static uint32_t parse_widths(const char *text, uint32_t *out, uint32_t most)
{
    uint32_t n = 0;

    for (const char *p = text;; p++) {
        const char *comma = strchr(p, ',');
        size_t len = comma ? (size_t)(comma - p) : strlen(p);
        uint64_t width;
        if (n == most || cf_parse_u64((struct cf_str){p, len}, &width) ||
            width < 1 || width > CF_MLP_WIDTH)
            return 0;
        out[n++] = (uint32_t)width;
        p += len;
        if (!comma)
            return n;
    }
}

int cf_train_nn(struct cf_cli *c, const struct cf_train_opts *o,
                struct cf_nn_opts *nn)
{
    *nn = (struct cf_nn_opts){.dropout = o->dropout,
                              .emb_dropout = o->emb_dropout};
    if (!cf_train_solver(o)->layers)
        return 0;
    nn->nlayers = parse_widths(o->layers, nn->layer, CF_MLP_LAYERS);
    if (nn->nlayers == 0)
        return cf_cli_wrong(c, "layers",
                            "not one to eight numbers from 1 to 1024");
    if (o->emb && parse_widths(o->emb, nn->emb, 2) != 2)
        return cf_cli_wrong(c, "emb", "not two numbers from 1 to 1024");
    return 0;
}
