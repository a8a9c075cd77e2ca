/* index_features.c - option --features of cf-index. */
#include "index_features.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"

static int check(struct cf_cli *c, const struct cf_features_cli *f,
                 const char *vocab)
{
    int code = 0;

    for (size_t i = 0; !code && i < f->path.n; i++) {
        const char *path = f->path.v[i];
        code = cf_cli_once(c, cf_cli_operand(c), "table", path, "features");
        if (!code)
            code = cf_cli_once(c, vocab, "vocabulary", path, "features");
        for (size_t j = 0; !code && j < i; j++)
            code =
                cf_cli_once(c, f->path.v[j], "features", path, "features, too");
    }
    return code;
}

int cf_features_load(struct cf_cli *c, struct cf_features_cli *f,
                     const char *vocab, struct cf_index_opts *o)
{
    int code = check(c, f, vocab);

    if (code || f->path.n == 0)
        return code;
    f->file = cf_zalloc(f->path.n, sizeof *f->file);
    if (!f->file)
        return cf_nomem(&c->err, "features");
    for (size_t i = 0; !code && i < f->path.n; i++) {
        struct cf_in in = {0};
        code = cf_cli_open(c, &in, f->path.v[i]);
        if (!code)
            code = cf_features_read(&f->file[i], &in, &c->err);
        cf_in_close(&in);
    }
    o->features = f->file;
    o->nfeatures = f->path.n;
    return code;
}

static void tell_side(struct cf_cli *c, const struct cf_featured *v, size_t n,
                      const char *what)
{
    for (size_t i = 0; i < n; i++) {
        const char *name = v[i].f->name;
        uint64_t all = v[i].ids.n;
        if (v[i].left_out > 0)
            cf_cli_note(c,
                        "%s: %" PRIu64 " of %" PRIu64 " %s%s left out: not in "
                        "the vocabulary",
                        name, v[i].left_out, all, what, cf_s(all));
        if (all == 0)
            cf_cli_note(c, "%s: no rows", name);
        else if (v[i].known == 0)
            cf_cli_note(c,
                        "%s: none of its %" PRIu64 " %s%s is in the rows: are "
                        "their ids written alike?",
                        name, all, what, cf_s(all));
        else if (c->verbose)
            cf_cli_note(c,
                        "%s: %" PRIu64 " %s%s, %" PRIu64 " of them without a "
                        "row",
                        name, all, what, cf_s(all), all - v[i].known);
    }
}

void cf_features_tell(struct cf_cli *c, const struct cf_index_report *r)
{
    tell_side(c, r->user_features, r->nuser_features, "user");
    tell_side(c, r->item_features, r->nitem_features, "item");
}

void cf_features_close(struct cf_features_cli *f)
{
    for (size_t i = 0; f->file && i < f->path.n; i++)
        cf_features_free(&f->file[i]);
    free(f->file);
    cf_strs_free(&f->path);
}
