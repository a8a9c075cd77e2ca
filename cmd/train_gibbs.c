/* train_gibbs.c - the options of cf-train for a solver that samples. */
#include <inttypes.h>

#include "fit/gibbs.h"
#include "train_opts.h"

/* Numbers in a row of the model, which is one frame of a stream. */
enum { ROW_MOST = CF_FRAME_MAX / 4 };

int cf_train_gibbs(struct cf_cli *c, const struct cf_train_opts *o,
                   struct cf_gibbs_opts *g)
{
    const struct cf_solver *s = cf_train_solver(o);

    *g = (struct cf_gibbs_opts){.k = o->has_factors ? (uint32_t)o->factors
                                                    : s->k,
                                .burn_in = (uint32_t)o->burn_in,
                                .samples = (uint32_t)o->samples,
                                .keep = cf_train_kept(o),
                                .wishart = o->prior == 1,
                                .probit = o->likelihood == 1,
                                .noise = o->noise == 1,
                                .implicit = {o->implicit & 1, o->implicit & 2},
                                .days = o->time == 1,
                                .sessions = o->time == 2,
                                .attributes = o->attributes};
    if (!cf_solver_takes(s, "samples"))
        return 0;
    if (g->wishart && (o->implicit || o->attributes))
        return cf_cli_wrong(c, "prior",
                            "wishart does not go with --implicit and "
                            "--attributes");
    if (g->probit && o->has_range)
        return cf_cli_wrong(c, "y-range",
                            "with --likelihood probit the range is that of the "
                            "ratings");
    if (g->k > CF_GIBBS_FACTORS)
        return cf_cli_wrong(c, "factors", "solver gibbs takes 128 at most");
    if ((uint64_t)g->k * g->keep > ROW_MOST)
        return cf_cli_wrong(c, "keep-samples",
                            "more than 1048576 numbers for each row");
    return 0;
}

void cf_train_gibbs_note(struct cf_cli *c, const struct cf_train_opts *o,
                         const struct cf_model *m)
{
    static const char *const units[] = {"kB", "MB", "GB"};
    /* With days a user has two rows, see model.h. */
    double rows =
               (double)m->user.n * (o->time == 1 ? 2 : 1) + (double)m->item.n,
           numbers = rows * m->k;
    uint32_t kept = cf_train_kept(o);
    bool own = o->likelihood == 1 && o->noise == 1;

    if (!cf_solver_takes(cf_train_solver(o), "samples"))
        return;
    /* Of a probit each sample's noise scales, too. */
    numbers += own ? ((double)m->user.n + (double)m->item.n) * kept : 0;
    double size = 4 * numbers / 1e3;
    size_t unit = 0;

    for (; size >= 1e3 && unit < 2; unit++)
        size /= 1e3;
    cf_cli_note(c,
                "the model will hold the factors of %" PRIu32 " of %" PRIu64
                " sample%s, %.3g %s",
                kept, o->samples, cf_s(o->samples), size, units[unit]);
    /* How many there are is known when all rows are. */
    if (o->time == 2)
        cf_cli_note(c, "and sessions, %u bytes at most for each",
                    16 + 28 * CF_SESSION_LEVELS);
}

void cf_train_gibbs_end(struct cf_cli *c, const struct cf_model *m)
{
    const struct cf_sessions *s = &m->sessions;

    if (m->days.n > 0)
        cf_cli_note(c, "the ratings are of %" PRIu64 " day%s", m->days.n,
                    cf_s(m->days.n));
    if (s->n > 0)
        cf_cli_note(c,
                    "the ratings are of %" PRIu64 " session%s with gaps of at "
                    "most %" PRId64 " seconds",
                    s->n, cf_s(s->n), s->gap[0]);
}
