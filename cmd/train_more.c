/* train_more.c - cf-train -s gibbs --init: samples of a model go on. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "train_opts.h"

/* Options that samples of one model must share; the last one is text. Not
 * given with --init, they are those of the model. */
static const char *const shared[] = {"seed", "prior",    "likelihood", "noise",
                                     "time", "implicit", "attributes"};
enum { SHARED = sizeof shared / sizeof *shared };

static const struct cf_opt *find(const struct cf_cli *c, const char *name)
{
    const struct cf_opt *o = c->cmd.opt;

    while (strcmp(o->name, name) != 0)
        o++;
    return o;
}

/* The value of a number, a choice or a text; NULL: none. */
static const char *value_of(const struct cf_opt *o, char out[CF_NUM_MAX])
{
    if (o->type == CF_OPT_CHOICE)
        return o->choices[*(const int *)o->dst];
    if (o->type == CF_OPT_STR)
        return *(const char *const *)o->dst;
    snprintf(out, CF_NUM_MAX, "%" PRIu64, *(const uint64_t *)o->dst);
    return out;
}

int cf_train_shared(struct cf_cli *c, struct cf_buf *out)
{
    char number[CF_NUM_MAX];

    for (size_t i = 0; i < SHARED; i++) {
        const char *value = value_of(find(c, shared[i]), number);
        if (value)
            cf_buf_printf(out, "%s--%s %s", i ? " " : "", shared[i], value);
    }
    cf_buf_putc(out, '\0');
    if (out->failed)
        return cf_nomem(&c->err, "options");
    return out->n <= CF_TEXT_MAX
               ? 0
               : cf_cli_wrong(c, "attributes", "too many names");
}

/* The value of an option in such a text, which ends at the next option but for
 * the last one's; n 0: it is not there. */
static struct cf_str said(const char *options, size_t i)
{
    char name[32];
    int n = snprintf(name, sizeof name, "--%s ", shared[i]);
    const char *at = strstr(options, name);

    if (!at)
        return (struct cf_str){options, 0};
    at += n;
    return (struct cf_str){at, i + 1 < SHARED ? strcspn(at, " ") : strlen(at)};
}

static bool equal(struct cf_str s, const char *text)
{
    return s.n == strlen(text) && !memcmp(s.p, text, s.n);
}

/* False: it is none of the option's values. */
static bool set(const struct cf_opt *o, struct cf_str value)
{
    if (o->type == CF_OPT_UINT)
        return !cf_parse_u64(value, o->dst);
    if (o->type == CF_OPT_STR) {
        *(const char **)o->dst = value.n > 0 ? value.p : NULL;
        return true;
    }
    if (value.n == 0) /* a model of the time before there was a choice */
        return true;
    for (int i = 0; o->choices[i]; i++)
        if (equal(value, o->choices[i])) {
            *(int *)o->dst = i;
            return true;
        }
    return false;
}

/* Given, it must be the model's; but any seed will do. */
static int take(struct cf_cli *c, const char *path, const char *options,
                size_t i)
{
    const struct cf_opt *o = find(c, shared[i]);
    const struct cf_str was = said(options, i);
    char number[CF_NUM_MAX], why[256];

    if (!*o->given)
        return set(o, was)
                   ? 0
                   : cf_fail(&c->err, CF_EDATA,
                             "%s: its samples were drawn with '%s', which this "
                             "version does not know",
                             path, options);
    if (o->type == CF_OPT_UINT || equal(was, value_of(o, number)))
        return 0;
    snprintf(why, sizeof why, "the samples of %s were drawn %s%.*s", path,
             was.n ? "with " : "without", (int)was.n, was.p);
    return cf_cli_wrong(c, shared[i], why);
}

static int check_model(struct cf_cli *c, const char *path,
                       const struct cf_model *m)
{
    if (strcmp(m->solver, "gibbs") != 0)
        return cf_fail(&c->err, CF_EDATA,
                       "%s: a model of solver %s, which has no samples to go "
                       "on from",
                       path, m->solver);
    if (m->samples == 0 || m->chain.samples == 0)
        return cf_fail(&c->err, CF_EDATA,
                       "%s does not hold the state of its sampler, so its "
                       "samples cannot go on",
                       path);
    return 0;
}

/* What of the samples, old and new, is kept: each counts as much as any other,
 * so no more than what the old ones that are there are worth. */
static uint64_t keep(const struct cf_train_opts *o, const struct cf_model *m)
{
    uint64_t most = m->samples * o->samples / m->chain.samples;

    return o->keep_samples < most ? o->keep_samples : most;
}

int cf_train_more(struct cf_cli *c, struct cf_train_opts *o,
                  const struct cf_model *m)
{
    uint32_t k = m->samples ? m->k / m->samples : m->k;
    uint64_t more = o->samples;

    int code = check_model(c, o->init, m);
    if (!code && *find(c, "burn-in")->given)
        code = cf_cli_wrong(c, "burn-in", "the model of --init is past it");
    if (!code && o->has_factors && o->factors != k)
        code = cf_fail(&c->err, CF_EUSAGE,
                       "the samples of %s have %" PRIu32 " factors, not "
                       "%" PRIu64 " (leave out -k to go on from them)",
                       o->init, k, o->factors);
    for (size_t i = 0; !code && i < SHARED; i++)
        code = take(c, o->init, m->chain.options, i);
    if (code)
        return code;
    o->has_factors = true;
    o->factors = k;
    o->burn_in = m->nepochs - m->chain.samples;
    o->samples += m->chain.samples;
    o->keep_samples = keep(o, m);
    cf_cli_note(c,
                "going on from %s: %" PRIu32 " sample%s, and %" PRIu64 " more",
                o->init, m->chain.samples, cf_s(m->chain.samples), more);
    return 0;
}
