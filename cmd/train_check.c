/* train_check.c - do the options of cf-train go together, and what do they mean
 * for the solver? */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/path.h"
#include "train_opts.h"

/* ---- momentum ---- */

static bool parse_mom(const char *p, size_t n, double *out)
{
    return !cf_parse_f64((struct cf_str){p, n}, out) && *out >= 0 && *out < 1;
}

/* "0.9", "0.95,0.85" or "0.95,0.85,0.95"; returns how many, 0: none of these.
 */
static size_t parse_moms(const char *text, double out[3])
{
    size_t n = 0;

    for (const char *p = text;; p++) {
        const char *comma = strchr(p, ',');
        size_t len = comma ? (size_t)(comma - p) : strlen(p);
        if (n == 3 || !parse_mom(p, len, &out[n]))
            return 0;
        n++;
        p += len;
        if (!comma)
            return n;
    }
}

static int set_moms(struct cf_cli *c, const struct cf_train_opts *o,
                    double moms[3])
{
    size_t n = parse_moms(o->moms, moms);

    if (n == 0)
        return cf_cli_wrong(c, "moms",
                            "not one, two or three numbers from 0 to below 1");
    if (o->schedule != CF_ONE_CYCLE) {
        if (o->has_moms && n > 1)
            return cf_cli_wrong(c, "moms",
                                "this schedule has only one momentum");
        if (!o->has_moms)
            moms[0] = CF_FLAT_MOMENTUM;
        n = 1;
    }
    if (n < 2)
        moms[1] = moms[0];
    if (n < 3)
        moms[2] = moms[0];
    return 0;
}

/* ---- what goes with what ---- */

/* "adam, nn": who has the option. */
static void list_solvers(const char *option, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (const struct cf_solver *s = cf_solvers; s->name && n < size; s++)
        if (cf_solver_takes(s, option))
            n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "",
                                  s->name);
}

/* Options that some solvers have, and this one has not. */
static int check_solver(struct cf_cli *c, const struct cf_train_opts *o)
{
    const struct cf_solver *s = cf_train_solver(o);
    char others[128], why[256];

    for (size_t i = 0; i < c->cmd.nopt; i++) {
        const struct cf_opt *opt = &c->cmd.opt[i];
        if (!opt->given || !*opt->given || cf_solver_takes(s, opt->name))
            continue;
        list_solvers(opt->name, others, sizeof others);
        if (!others[0])
            continue;
        snprintf(why, sizeof why, "solver %s has no such option (only %s)",
                 s->name, others);
        return cf_cli_wrong(c, opt->name, why);
    }
    return 0;
}

static int check_range(struct cf_cli *c, const struct cf_train_opts *o)
{
    float from = (float)o->range[0], to = (float)o->range[1];

    if (!o->has_range)
        return 0;
    if (!(from < to && isfinite(to - from)))
        return cf_cli_wrong(c, "y-range", "no range of 32-bit numbers");
    if (o->loss == CF_LOSS_BCE && (from != 0 || to != 1))
        return cf_cli_wrong(c, "y-range", "with --loss bce the range is 0,1");
    return 0;
}

/* What the search for a learning rate would have no use for. */
static int check_find(struct cf_cli *c, const struct cf_train_opts *o)
{
    const struct {
        bool given;
        const char *name;
    } idle[] = {{o->has_lr, "lr"},
                {o->has_schedule, "schedule"},
                {o->has_moms, "moms"},
                {o->has_epochs, "epochs"},
                {o->has_patience, "patience"},
                {o->has_keep, "keep"},
                {o->no_seen, "no-seen"},
                {o->checkpoint != NULL, "checkpoint"}};

    for (size_t i = 0; o->lr_find && i < sizeof idle / sizeof *idle; i++)
        if (idle[i].given)
            return cf_cli_wrong(c, idle[i].name,
                                "means nothing with --lr-find");
    return 0;
}

static int check_checkpoint(struct cf_cli *c, const struct cf_train_opts *o)
{
    if (!o->checkpoint)
        return o->has_every
                   ? cf_cli_wrong(c, "checkpoint-every", "needs --checkpoint")
                   : 0;
    if (!strcmp(o->checkpoint, "-"))
        return cf_cli_wrong(c, "checkpoint",
                            "a checkpoint is a file, not a pipe");
    if (c->output && cf_path_same(o->checkpoint, c->output))
        return cf_cli_wrong(c, "checkpoint",
                            "the model would go to the same file");
    if (o->losses)
        return cf_cli_wrong(c, "losses",
                            "not with --checkpoint, which does not keep them");
    return 0;
}

int cf_train_check(struct cf_cli *c, const struct cf_train_opts *o)
{
    struct cf_nn_opts nn;
    struct cf_gibbs_opts gibbs;
    double moms[3];

    int code = check_solver(c, o);
    if (!code)
        code = set_moms(c, o, moms);
    if (!code && o->no_seen && cf_train_solver(o)->by_seen)
        code = cf_cli_wrong(c, "no-seen",
                            "this solver predicts by who rated what");
    if (!code)
        code = check_range(c, o);
    if (!code && o->loss == CF_LOSS_BCE && o->has_link &&
        o->link != CF_LINK_SIGMOID)
        code = cf_cli_wrong(c, "link", "--loss bce needs the sigmoid");
    if (!code && o->freeze != CF_FREEZE_NONE && !o->init)
        code = cf_cli_wrong(c, "freeze", "needs --init");
    if (!code)
        code = cf_train_nn(c, o, &nn);
    if (!code)
        code = cf_train_gibbs(c, o, &gibbs);
    if (!code)
        code = check_find(c, o);
    if (!code)
        code = cf_cli_once(c, o->init, "--init", cf_cli_operand(c), "ratings");
    return code ? code : check_checkpoint(c, o);
}

int cf_train_fit_opts(struct cf_cli *c, const struct cf_train_opts *o,
                      const struct cf_model *old, struct cf_fit_opts *how)
{
    const struct cf_solver *s = cf_train_solver(o);
    bool old_loss = old && cf_solver_takes(s, "loss") && !o->has_loss &&
                    old->loss != CF_LOSS_UNKNOWN;
    enum cf_loss loss = old_loss ? old->loss : (enum cf_loss)o->loss;
    bool old_link = old && cf_solver_takes(s, "link") && !o->has_link &&
                    loss == CF_LOSS_MSE;
    enum cf_link own = loss == CF_LOSS_BCE ? CF_LINK_SIGMOID : s->link;

    *how = (struct cf_fit_opts){
        .wd = o->wd,
        .beta2 = o->beta2,
        .eps = o->eps,
        .clip = o->has_clip ? o->clip : 0,
        .schedule = {.course = (enum cf_course)o->schedule, .max = o->lr},
        .loss = loss,
        .link = old_link      ? old->link
                : o->has_link ? (enum cf_link)o->link
                              : own,
        .no_bias = o->no_bias,
        .no_seen = o->no_seen,
        .has_range = o->has_range,
        .lo = o->range[0],
        .hi = o->range[1],
        .seed = o->seed,
        .patience = (uint32_t)o->patience,
        .keep_best = o->has_keep ? o->keep == 1 : o->has_patience,
        .epochs = cf_train_epochs(o),
        .lr = o->has_lr ? o->lr : (double)NAN,
        .l2 = o->has_l2 ? o->l2 : (double)NAN,
        .decay = o->decay,
        .nonneg = o->nonneg,
        .ials = {o->alpha0, o->alpha, o->nu, (uint32_t)o->steps},
        .candidates = (uint32_t)o->candidates};
    if (loss == CF_LOSS_BCE && how->link != CF_LINK_SIGMOID)
        return cf_cli_wrong(c, "link",
                            "the loss is that of --init, bce, which "
                            "needs the sigmoid");
    int code = set_moms(c, o, how->schedule.moms);
    if (!code)
        code = cf_train_nn(c, o, &how->nn);
    if (!code)
        code = cf_train_gibbs(c, o, &how->gibbs);
    return code ? code : cf_cli_kernel(c, &how->vec);
}
