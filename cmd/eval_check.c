/* eval_check.c - what the options of cf-eval mean together. */
#include "eval.h"

#include <string.h>

#include "base/num.h"

enum { CUT_MAX = 1000000 };

/* "5,10,20" */
static int parse_cutoffs(struct cf_eval *e)
{
    const char *text = e->o->cutoffs;
    size_t n = 0;

    for (const char *at = text;; at++) {
        const char *comma = strchr(at, ',');
        size_t len = comma ? (size_t)(comma - at) : strlen(at);
        uint64_t k;
        if (n == CF_CUTS_MAX)
            return cf_cli_wrong(e->c, "cutoffs", "more than 32 numbers");
        if (cf_parse_u64((struct cf_str){at, len}, &k) || k < 1 || k > CUT_MAX)
            return cf_fail(&e->c->err, CF_EUSAGE,
                           "option --cutoffs: '%s' is no list of lengths from "
                           "1 to %d, such as 5,10,20",
                           text, CUT_MAX);
        if (n > 0 && k <= e->k[n - 1])
            return cf_cli_wrong(e->c, "cutoffs", "the numbers do not ascend");
        e->k[n++] = k;
        if (!comma)
            break;
        at = comma;
    }
    e->nk = n;
    return 0;
}

/* Standard input is but one of the inputs. */
static int check_inputs(struct cf_eval *e)
{
    const struct cf_eval_opts *o = e->o;
    const struct {
        const char *path, *as;
    } in[] = {
        {o->held, "held-out pairs"},
        {o->candidates, "candidates"},
        {o->train, "training data"},
        {o->model, "model"},
        {cf_cli_operand(e->c), "what is judged"},
        {e->c->args.n > 1 ? e->c->args.operand[1] : NULL,
         "what it is compared with"}};
    int code = 0;

    if (e->c->args.n > 2)
        return cf_fail(&e->c->err, CF_EUSAGE,
                       "one is judged, or two are compared, but '%s' is a "
                       "third one",
                       e->c->args.operand[2]);
    for (size_t i = 0; !code && i < sizeof in / sizeof *in; i++)
        for (size_t j = 0; !code && j < i; j++)
            code =
                cf_cli_once(e->c, in[j].path, in[j].as, in[i].path, in[i].as);
    return code;
}

/* The first option that only rankings have, or NULL. */
static const char *ranking_option(const struct cf_eval_opts *o)
{
    return o->has_cutoffs  ? "cutoffs"
           : o->candidates ? "candidates"
           : o->has_least  ? "min-rating"
           : o->names.rank ? "rank"
                           : NULL;
}

int cf_eval_check(struct cf_eval *e)
{
    const struct cf_eval_opts *o = e->o;
    const char *ranking = ranking_option(o);
    struct cf_err *err = &e->c->err;

    e->ranking = !o->errors && (o->held || ranking);
    if (o->errors && ranking)
        return cf_fail(err, CF_EUSAGE,
                       "--errors is about ratings, --%s about lists; leave one "
                       "out",
                       ranking);
    if (e->ranking && !o->held && !o->has_least)
        return cf_fail(err, CF_EUSAGE,
                       "which items are relevant? name what was held out with "
                       "--held-out, or with --min-rating the rating from which "
                       "on a scored pair is");
    if (e->ranking && o->drawn)
        return cf_cli_wrong(e->c, "resample",
                            "a ranking is a mean over users, so users are "
                            "drawn");
    int code = parse_cutoffs(e);
    return code ? code : check_inputs(e);
}
