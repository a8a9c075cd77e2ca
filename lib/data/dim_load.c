/* dim_load.c - reads a file that is joined. The number of a key is that of its
 * first row; rows of a key that was there before are put aside, and at the end
 * they replace the first ones (--dup last) or follow all of them (all). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/dim.h"

struct load {
    struct cf_dim *d;
    enum cf_key_dup dup;
    struct cf_str *field; /* room for a row, without its key */
    uint64_t *line;       /* where each key's first row begins */
    size_t line_cap;
    struct cf_store aside;
    uint32_t *of; /* the key of each row aside */
    size_t naside, of_cap;
};

static int fail_again(const struct load *l, struct cf_str key, uint64_t line,
                      uint64_t before, struct cf_err *err)
{
    const struct cf_csv *csv = l->d->csv;

    return cf_fail(
        err, CF_EDATA,
        "%s:%" PRIu64 ": key %s=%.*s appears again (first at line %" PRIu64 ")",
        cf_csv_name(csv), line, cf_csv_header(csv)->field[l->d->own].p,
        key.n < 256 ? (int)key.n : 256, key.p, before);
}

static int set_aside(struct load *l, uint32_t id, struct cf_err *err)
{
    if (!cf_grow(&l->of, &l->of_cap, l->naside + 1, sizeof *l->of))
        return cf_nomem(err, cf_csv_name(l->d->csv));
    l->of[l->naside++] = id;
    return l->d->part < 0 ? 0 : cf_store_add_strs(&l->aside, l->field, err);
}

/* A row whose fields but the key are in l->field. */
static int add_row(struct load *l, struct cf_str key, uint64_t line,
                   struct cf_err *err)
{
    struct cf_dim *d = l->d;
    bool fresh;
    uint32_t id;

    if (!cf_grow(&l->line, &l->line_cap, (size_t)d->keys.n + 1,
                 sizeof *l->line))
        return cf_nomem(err, cf_csv_name(d->csv));
    int rc = cf_dict_add(&d->keys, key, &id, &fresh, err);
    if (rc)
        return rc;
    d->rows++;
    if (fresh) {
        l->line[id] = line;
        return d->part < 0 ? 0 : cf_store_add_strs(&d->store, l->field, err);
    }
    d->again++;
    if (l->dup == CF_KEY_FAIL)
        return fail_again(l, key, line, l->line[id], err);
    return l->dup == CF_KEY_FIRST ? 0 : set_aside(l, id, err);
}

static int load_rows(struct load *l, struct cf_err *err)
{
    struct cf_csv *csv = l->d->csv;
    const struct cf_csv_row *row;
    size_t own = l->d->own;
    int rc;

    while ((rc = cf_csv_next(csv, &row, err)) == 0 && row) {
        for (size_t i = 0, k = 0; i < row->n; i++)
            if (i != own)
                l->field[k++] = row->field[i];
        rc = add_row(l, row->field[own], row->line, err);
        if (rc)
            break;
    }
    return rc;
}

/* A store in which the last row of a key has the place of the first. */
static int replace(struct load *l, const struct cf_schema *s,
                   struct cf_err *err)
{
    struct cf_dim *d = l->d;
    struct cf_store old = d->store;
    size_t *last = cf_zalloc(d->keys.n, sizeof *last); /* aside, from 1 */
    int rc = cf_store_init(&d->store, s, (uint32_t)d->part, err);

    for (size_t i = 0; last && i < l->naside; i++)
        last[l->of[i]] = i + 1;
    for (uint32_t id = 0; !rc && last && id < d->keys.n; id++)
        rc = last[id] ? cf_store_copy(&d->store, &l->aside, last[id] - 1, err)
                      : cf_store_copy(&d->store, &old, id, err);
    if (!rc && !last)
        rc = cf_nomem(err, cf_csv_name(d->csv));
    free(last);
    cf_store_free(&old);
    return rc;
}

/* Links the rows of each key to a ring, in the order of the file. */
static int link_rows(struct load *l, struct cf_err *err)
{
    struct cf_dim *d = l->d;
    const uint32_t n = d->keys.n;

    if (l->naside >= CF_NONE - n)
        return cf_fail(err, CF_EMEM, "%s: more than %" PRIu32 " rows",
                       cf_csv_name(d->csv), CF_NONE - 1);
    d->next = cf_alloc(n + l->naside, sizeof *d->next);
    if (!d->next)
        return cf_nomem(err, cf_csv_name(d->csv));
    for (uint32_t i = 0; i < n; i++)
        d->next[i] = i;
    for (uint32_t i = (uint32_t)l->naside; i-- > 0;) {
        d->next[n + i] = d->next[l->of[i]];
        d->next[l->of[i]] = n + i;
    }
    return 0;
}

/* Puts the rows aside behind the others. */
static int append(struct load *l, struct cf_err *err)
{
    int rc = link_rows(l, err);

    for (size_t i = 0; !rc && l->d->part >= 0 && i < l->naside; i++)
        rc = cf_store_copy(&l->d->store, &l->aside, i, err);
    return rc;
}

static int settle(struct load *l, const struct cf_schema *s, struct cf_err *err)
{
    if (!l->naside)
        return 0;
    if (l->dup == CF_KEY_ALL)
        return append(l, err);
    return l->d->part < 0 ? 0 : replace(l, s, err);
}

static int init_stores(struct load *l, const struct cf_schema *s,
                       struct cf_err *err)
{
    if (l->d->part < 0)
        return 0;
    int rc = cf_store_init(&l->d->store, s, (uint32_t)l->d->part, err);
    return rc ? rc : cf_store_init(&l->aside, s, (uint32_t)l->d->part, err);
}

int cf_dim_load(struct cf_dim *d, const struct cf_schema *s,
                enum cf_key_dup dup, struct cf_err *err)
{
    struct load l = {.d = d, .dup = dup};
    l.field = cf_alloc(cf_csv_header(d->csv)->n, sizeof *l.field);
    int rc =
        l.field ? init_stores(&l, s, err) : cf_nomem(err, cf_csv_name(d->csv));

    if (!rc)
        rc = load_rows(&l, err);
    if (!rc)
        rc = settle(&l, s, err);
    free(l.field);
    free(l.line);
    free(l.of);
    cf_store_free(&l.aside);
    d->ragged = cf_csv_ragged(d->csv);
    cf_csv_close(d->csv);
    d->csv = NULL;
    return rc;
}
