/* topn_rules.c - what cf-topn may list. */
#include "topn_rules.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "eval/rules.h"

static int read_ids(struct cf_cli *c, const struct cf_topn_rules *r,
                    const struct cf_lookup *l, const char *path,
                    const char *what)
{
    struct cf_rules_lines lines;
    struct cf_in in = {0};

    int code = cf_cli_open(c, &in, path);
    if (!code)
        code = cf_rules_ids(l, &in, path == r->candidates, r->barred, &lines,
                            &c->err);
    if (!code && lines.unknown > 0)
        cf_cli_note(c, "%s: %" PRIu64 " of %" PRIu64 " %s%s not in the model",
                    in.name, lines.unknown, lines.n, what, cf_s(lines.n));
    cf_in_close(&in);
    return code;
}

static int read_lists(struct cf_cli *c, const struct cf_topn_rules *r,
                      const struct cf_side *side, const char *what)
{
    struct cf_lookup l = {0};

    if (!r->candidates && !r->exclude)
        return 0;
    int code = cf_lookup_open(&l, side, &c->err);
    if (!code && r->candidates)
        code = read_ids(c, r, &l, r->candidates, what);
    if (!code && r->exclude)
        code = read_ids(c, r, &l, r->exclude, what);
    cf_lookup_free(&l);
    return code;
}

int cf_topn_rules_apply(struct cf_cli *c, struct cf_topn_rules *r,
                        const struct cf_side *side, const char *what)
{
    if (!r->candidates && !r->exclude && r->where.n == 0 && r->least == 0)
        return 0;
    r->barred = cf_zalloc(side->n, sizeof *r->barred);
    if (!r->barred)
        return cf_nomem(&c->err, "rules");
    int code = read_lists(c, r, side, what);
    for (size_t i = 0; !code && i < r->where.n; i++)
        code = cf_rules_where(side, r->where.v[i], r->barred, &c->err);
    if (!code)
        cf_rules_count(side, r->least, r->barred);
    return code;
}

void cf_topn_rules_close(struct cf_topn_rules *r)
{
    cf_strs_free(&r->where);
    free(r->barred);
}
