/* given.c - option --ratings. */
#include "given.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/fold.h"

struct cf_opt cf_given_opt(struct cf_given_cli *g)
{
    return (struct cf_opt){.name = "ratings",
                           .type = CF_OPT_STR,
                           .dst = &g->path,
                           .arg = "FILE",
                           .help = "fold in new users by their ratings: CSV "
                                   "text, a table or ratings"};
}

struct cf_opt cf_given_l2(struct cf_given_cli *g)
{
    return (struct cf_opt){
        .name = "l2",
        .type = CF_OPT_REAL,
        .dst = &g->l2,
        .arg = "X",
        .help = "hold new users near the mean one by X; by the model's users "
                "if not given",
        .min = 1e-9,
        .max = 1e9,
        .given = &g->has_l2};
}

static bool is_stdin(const char *path)
{
    return path && !strcmp(path, "-");
}

int cf_given_check(struct cf_cli *c, const struct cf_given_cli *g,
                   const char *model, const char *other)
{
    if (!g->path && g->has_l2)
        return cf_fail(&c->err, CF_EUSAGE, "--l2 needs --ratings");
    int code = cf_cli_once(c, model, "model", g->path, "ratings");
    if (!code)
        code = cf_cli_once(c, g->path, "ratings", other, "pairs");
    return code ? code : cf_cli_once(c, model, "model", other, "pairs");
}

/* ---- what is told ---- */

static const char *name_of(const struct cf_given_cli *g)
{
    return is_stdin(g->path) ? "<stdin>" : g->path;
}

static void report_known(struct cf_cli *c, const struct cf_fold_report *r,
                         uint64_t n, const char *what)
{
    if (n > 0)
        cf_cli_note(c, "%" PRIu64 " of %" PRIu64 " user%s %s in the model: %s",
                    n, r->users, cf_s(r->users), n == 1 ? "is" : "are", what);
}

static void report_users(struct cf_cli *c, const struct cf_given_cli *g,
                         const struct cf_fold_report *r)
{
    if (r->rows == 0)
        cf_cli_note(c, "%s: no ratings", name_of(g));
    else if (g->ratings.one && c->verbose)
        cf_cli_note(c, "%s: no user column, so all is of one user, '%s'",
                    name_of(g), CF_GIVEN_ONE);
    report_known(c, r, r->known - r->unlisted,
                 "other ratings that it has of them count too");
    report_known(c, r, r->unlisted,
                 "these ratings count beside what it has learnt of them, for "
                 "it has no list of what they rated");
}

static void report(struct cf_cli *c, const struct cf_given_cli *g,
                   const struct cf_model *m, const struct cf_fold_report *r)
{
    report_users(c, g, r);
    if (r->no_item > 0)
        cf_cli_note(c,
                    "%s: %" PRIu64 " of %" PRIu64 " rating%s left out: the "
                    "model does not know the item",
                    name_of(g), r->no_item, r->rows, cf_s(r->rows));
    if (r->rows > r->no_item && (r->lowest < m->lo || r->highest > m->hi))
        cf_cli_note(c,
                    "%s: ratings go from %g to %g, the model's from %g to %g: "
                    "is it another scale?",
                    name_of(g), (double)r->lowest, (double)r->highest,
                    (double)m->lo, (double)m->hi);
}

/* ---- the work ---- */

static int read_ratings(struct cf_cli *c, struct cf_given_cli *g,
                        const struct cf_model *m)
{
    const struct cf_given_opts how = {
        .user = g->user,
        .item = g->item,
        .rating = g->rating,
        .model_user = m->user.dict_schema.column[0].name,
        .model_item = m->item.dict_schema.column[0].name};
    struct cf_in in = {0};

    int code = cf_cli_open(c, &in, g->path);
    if (!code)
        code = cf_given_read(&g->ratings, &in, &how, &c->err);
    cf_in_close(&in);
    return code;
}

int cf_given_fold(struct cf_cli *c, struct cf_given_cli *g, struct cf_model *m,
                  struct cf_pool *pool)
{
    const struct cf_fold_opts how = {.l2 = g->has_l2 ? &g->l2 : NULL,
                                     .pool = pool};
    struct cf_fold_report r;

    if (!g->path)
        return 0;
    int code = read_ratings(c, g, m);
    if (code)
        return code;
    g->row = cf_alloc(g->ratings.users.n, sizeof *g->row);
    if (!g->row)
        return cf_nomem(&c->err, "new users");
    code = cf_fold(m, &g->ratings, &how, g->row, &r, &c->err);
    if (!code)
        report(c, g, m, &r);
    return code;
}

void cf_given_close(struct cf_given_cli *g)
{
    free(g->row);
    cf_given_free(&g->ratings);
}
