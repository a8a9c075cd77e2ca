/* train_values.c - what the options of cf-train come to, given or not. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "fit/nn.h"
#include "train_opts.h"

/* Not given, these are the solver's, or those of the model to start from: what
 * counts is what they came to. */
static const char *const settled[] = {
    "factors", "epochs", "keep-samples", "loss",  "link", "lr",
    "moms",    "keep",   "l2",           "decay", "emb"};

static bool is_settled(const struct cf_opt *o)
{
    for (size_t i = 0; i < sizeof settled / sizeof *settled; i++)
        if (!strcmp(o->name, settled[i]))
            return true;
    return false;
}

/* Real numbers so that none is lost. */
static void put(const struct cf_opt *o, struct cf_buf *out)
{
    const double *r = o->dst;

    cf_buf_printf(out, "--%s ", o->name);
    switch (o->type) {
    case CF_OPT_FLAG:
        cf_buf_printf(out, "%d ", *(const bool *)o->dst);
        break;
    case CF_OPT_UINT:
        cf_buf_printf(out, "%" PRIu64 " ", *(const uint64_t *)o->dst);
        break;
    case CF_OPT_REAL:
        cf_buf_printf(out, "%a ", *r);
        break;
    case CF_OPT_STR:
        cf_buf_puts(out, *(const char *const *)o->dst);
        cf_buf_puts(out, " ");
        break;
    case CF_OPT_CHOICE:
        cf_buf_printf(out, "%d ", *(const int *)o->dst);
        break;
    case CF_OPT_RANGE:
        cf_buf_printf(out, "%a,%a ", r[0], r[1]);
        break;
    case CF_OPT_LIST:
        break; /* there is none */
    }
}

/* A number that was given, or the solver's own. */
static double own(double given, double usual)
{
    return isnan(given) && usual > 0 ? usual : given;
}

static void put_settled(const struct cf_train_opts *o,
                        const struct cf_fit_opts *how, const struct cf_model *m,
                        struct cf_buf *out)
{
    const struct cf_solver *s = cf_train_solver(o);
    const double *moms = how->schedule.moms;
    const uint32_t *emb = how->nn.emb;

    cf_buf_printf(out, "%" PRIu32 " %" PRIu32 " %" PRIu32 " %d %d %d", m->k,
                  how->epochs, cf_train_kept(o), (int)how->loss, (int)how->link,
                  how->keep_best);
    cf_buf_printf(out, " %a %a %a",
                  s->whole ? own(how->lr, s->lr) : how->schedule.max,
                  own(how->l2, s->l2), own(how->decay, s->decay));
    cf_buf_printf(out, " %a,%a,%a", moms[0], moms[1], moms[2]);
    cf_buf_printf(out, " %" PRIu32 ",%" PRIu32,
                  emb[0] ? emb[0] : cf_nn_width(m->user.n),
                  emb[1] ? emb[1] : cf_nn_width(m->item.n));
}

int cf_train_values(struct cf_cli *c, const struct cf_train_opts *o,
                    const struct cf_fit_opts *how, const struct cf_model *m,
                    struct cf_buf *out)
{
    for (size_t i = 0; i < c->cmd.nopt; i++) {
        const struct cf_opt *opt = &c->cmd.opt[i];
        if (opt->local || is_settled(opt) ||
            (opt->type == CF_OPT_STR && !*(const char *const *)opt->dst))
            continue;
        put(opt, out);
    }
    put_settled(o, how, m, out);
    return out->failed ? cf_nomem(&c->err, "options") : 0;
}
