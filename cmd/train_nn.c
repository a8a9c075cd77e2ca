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

/* Options that only some solvers have, and this one has not. */
static int check_given(struct cf_cli *c, const struct cf_train_opts *o,
                       bool layers)
{
    const struct {
        bool given, layers;
        const char *name, *why;
    } own[] = {{o->has_layers, true, "layers", "for solver nn only"},
               {o->emb != NULL, true, "emb", "for solver nn only"},
               {o->has_dropout, true, "dropout", "for solver nn only"},
               {o->has_emb_dropout, true, "emb-dropout", "for solver nn only"},
               {o->has_factors, false, "factors",
                "solver nn has --layers and --emb instead"},
               {o->no_bias, false, "no-bias", "solver nn has no biases"},
               {o->init != NULL, false, "init",
                "solver nn cannot start from a model, only go on from its own "
                "--checkpoint"}};

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i].given && own[i].layers != layers)
            return cf_cli_wrong(c, own[i].name, own[i].why);
    return 0;
}

int cf_train_nn(struct cf_cli *c, const struct cf_train_opts *o,
                struct cf_nn_opts *nn)
{
    bool layers = cf_solvers[o->solver].layers;

    *nn = (struct cf_nn_opts){.dropout = o->dropout,
                              .emb_dropout = o->emb_dropout};
    int code = check_given(c, o, layers);
    if (code || !layers)
        return code;
    nn->nlayers = parse_widths(o->layers, nn->layer, CF_MLP_LAYERS);
    if (nn->nlayers == 0)
        return cf_cli_wrong(c, "layers",
                            "not one to eight numbers from 1 to 1024");
    if (o->emb && parse_widths(o->emb, nn->emb, 2) != 2)
        return cf_cli_wrong(c, "emb", "not two numbers from 1 to 1024");
    return 0;
}
