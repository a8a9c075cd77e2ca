/* init.c - the model that cf-train --init starts from. */
#include "init.h"

#include <inttypes.h>

#include "model/lookup.h"

int cf_init_open(struct cf_cli *c, struct cf_init *i, const char *path)
{
    i->path = path;
    return path ? cf_cli_model(c, path, "--init", &i->model, &i->history) : 0;
}

int cf_init_factors(struct cf_cli *c, const struct cf_init *i, uint64_t k)
{
    if (!i->path || i->model.k == k)
        return 0;
    return cf_fail(&c->err, CF_EUSAGE,
                   "%s has %" PRIu32 " factors, not %" PRIu64
                   " (leave out -k to start from it)",
                   i->path, i->model.k, k);
}

/* Rows of `to` whose id `from` has. */
static int count_known(struct cf_cli *c, const struct cf_side *from,
                       const struct cf_side *to, uint64_t *n)
{
    struct cf_lookup ids;
    int code = cf_lookup_open(&ids, from, &c->err);

    *n = 0;
    for (uint64_t row = 0; !code && row < to->n; row++)
        *n += cf_lookup_id(&ids, cf_store_str(&to->dict, 0, row)) != CF_NONE;
    cf_lookup_free(&ids);
    return code;
}

int cf_init_note(struct cf_cli *c, const struct cf_init *i,
                 const struct cf_model *m)
{
    uint64_t users, items;

    if (!i->path)
        return 0;
    int code = count_known(c, &i->model.user, &m->user, &users);
    if (!code)
        code = count_known(c, &i->model.item, &m->item, &items);
    if (code)
        return code;
    cf_cli_note(c,
                "starting from %s: it knows %" PRIu64 " of %" PRIu64
                " user%s and %" PRIu64 " of %" PRIu64 " item%s",
                i->path, users, m->user.n, cf_s(m->user.n), items, m->item.n,
                cf_s(m->item.n));
    if (users < i->model.user.n || items < i->model.item.n)
        cf_cli_note(c,
                    "left behind, because these ratings do not have them: "
                    "%" PRIu64 " of its users, %" PRIu64 " of its items",
                    i->model.user.n - users, i->model.item.n - items);
    return 0;
}

const struct cf_model *cf_init_model(const struct cf_init *i)
{
    return i->path ? &i->model : NULL;
}

void cf_init_close(struct cf_init *i)
{
    cf_model_free(&i->model);
    cf_schema_free(&i->history);
}
