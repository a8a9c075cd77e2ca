/* vocab.c - the dictionaries of a stream, without its rows. */
#include "data/vocab.h"

#include <string.h>

#include "data/ratings.h"

static int open_side(struct cf_vocab_side *side, const struct cf_reader *r,
                     const char *part, struct cf_err *err)
{
    side->schema = cf_reader_schema(r);
    side->name = cf_reader_name(r);
    int rc = cf_expect_part(side->schema, part, side->name, &side->part, err);
    if (rc)
        return rc;
    const struct cf_part *p = &side->schema->part[side->part];
    for (uint32_t i = 0; i < p->ncol; i++)
        if (side->schema->column[p->col + i].type != CF_STR)
            return cf_fail(err, CF_EDATA, "%s: column '%s' of %s is not bytes",
                           side->name, side->schema->column[p->col + i].name,
                           part);
    return cf_store_init(&side->store, side->schema, side->part, err);
}

int cf_vocab_read(struct cf_vocab *v, struct cf_reader *r, struct cf_err *err)
{
    const struct cf_block *b;

    memset(v, 0, sizeof *v);
    int rc = open_side(&v->user, r, "user", err);
    if (!rc)
        rc = open_side(&v->item, r, "item", err);
    while (!rc && (rc = cf_reader_next(r, &b, err)) == 0 && b) {
        if (b->part == v->user.part)
            rc = cf_store_add(&v->user.store, b, err);
        else if (b->part == v->item.part)
            rc = cf_store_add(&v->item.store, b, err);
    }
    return rc;
}

void cf_vocab_free(struct cf_vocab *v)
{
    cf_store_free(&v->user.store);
    cf_store_free(&v->item.store);
}
