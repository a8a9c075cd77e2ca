/* init.c - the model that cf-train --init starts from. */
#include "init.h"

#include <inttypes.h>

int cf_init_open(struct cf_cli *c, struct cf_init *i, const char *path)
{
    i->path = path;
    if (!path)
        return 0;
    int code = cf_cli_model(c, path, "--init", &i->model, &i->history);
    if (code || i->samples || cf_model_is_dot(&i->model))
        return code;
    return cf_fail(&c->err, CF_EDATA,
                   "%s: a model of solver %s, which is more than vectors and "
                   "biases: no solver can start from it",
                   path, i->model.solver);
}

int cf_init_factors(struct cf_cli *c, const struct cf_init *i, uint64_t k)
{
    if (!cf_init_model(i) || i->model.k == k)
        return 0;
    return cf_fail(&c->err, CF_EUSAGE,
                   "%s has %" PRIu32 " factors, not %" PRIu64
                   " (leave out -k to start from it)",
                   i->path, i->model.k, k);
}

static void note_frozen(struct cf_cli *c, const struct cf_origin *o)
{
    bool users = o->freeze == CF_FREEZE_USERS;
    uint64_t n = users ? o->new_users : o->new_items;

    if (o->freeze != CF_FREEZE_NONE && n > 0)
        cf_cli_note(c,
                    "%" PRIu64 " new %s%s cannot be learnt with --freeze %s: "
                    "predicted by the mean bias",
                    n, users ? "user" : "item", cf_s(n),
                    users ? "users" : "items");
}

/* What the stream does not have. */
static void note_others(struct cf_cli *c, const struct cf_init *i,
                        const struct cf_model *m)
{
    uint64_t users = i->model.user.n + i->origin.new_users - m->user.n;
    uint64_t items = i->model.item.n + i->origin.new_items - m->item.n;

    if (users + items > 0)
        cf_cli_note(c,
                    "kept as they are, because the stream does not have them: "
                    "%" PRIu64 " user%s and %" PRIu64 " item%s",
                    users, cf_s(users), items, cf_s(items));
}

int cf_init_start(struct cf_cli *c, struct cf_init *i, const struct cf_model *m,
                  enum cf_freeze freeze)
{
    const struct cf_origin *o = &i->origin;

    if (!cf_init_model(i))
        return 0;
    int code = cf_origin_open(&i->origin, &i->model, freeze, m, &c->err);
    if (code)
        return code;
    cf_cli_note(c,
                "starting from %s: %" PRIu64 " of %" PRIu64
                " user%s and %" PRIu64 " of %" PRIu64 " item%s are new to it",
                i->path, o->new_users, m->user.n, cf_s(m->user.n), o->new_items,
                m->item.n, cf_s(m->item.n));
    note_others(c, i, m);
    note_frozen(c, o);
    return 0;
}

int cf_init_join(struct cf_cli *c, const struct cf_init *i, struct cf_model *m,
                 bool seen)
{
    return cf_init_model(i) ? cf_origin_join(&i->origin, m, seen, &c->err) : 0;
}

const struct cf_model *cf_init_model(const struct cf_init *i)
{
    return i->path && !i->samples ? &i->model : NULL;
}

void cf_init_close(struct cf_init *i)
{
    cf_origin_free(&i->origin);
    cf_model_free(&i->model);
    cf_schema_free(&i->history);
}
