/* intake.c - rows and their parts, block by block. */
#include "data/intake.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/pairset.h"

static int find_mark(struct cf_intake *x, const struct cf_schema *s,
                     struct cf_err *err)
{
    int i = cf_schema_find_role(s, x->rows_part, CF_SPLIT);

    x->mark = -1;
    if (i < 0)
        return 0;
    const struct cf_column *c = &s->column[i];
    if (c->type != CF_U8 || c->width != 1 || c->dict >= 0)
        return cf_fail(err, CF_EDATA, "%s: the split column of %s is not u8",
                       cf_reader_name(x->r), s->part[x->rows_part].name);
    x->mark = (int32_t)((uint32_t)i - s->part[x->rows_part].col);
    return 0;
}

/* What the split comes to for this stream. */
static int settle(struct cf_intake *x, struct cf_err *err)
{
    struct cf_split *s = &x->split;
    bool must = s->how == CF_SPLIT_AFTER || s->how == CF_SPLIT_LATE;

    if (s->how == CF_SPLIT_USUAL)
        s->how = x->mark >= 0 ? CF_SPLIT_MARK : CF_SPLIT_SHARE;
    if (must && x->cols.time < 0)
        return cf_fail(err, CF_EUSAGE,
                       "%s: its rows have no time to split by (cf-index "
                       "--time names the column)",
                       cf_reader_name(x->r));
    return 0;
}

int cf_intake_open(struct cf_intake *x, struct cf_reader *r,
                   const struct cf_split *split, struct cf_err *err)
{
    const struct cf_schema *s = cf_reader_schema(r);
    const char *name = cf_reader_name(r);

    memset(x, 0, sizeof *x);
    x->r = r;
    x->split = *split;
    int rc = cf_expect_kind(s, CF_RATINGS, name, err);
    if (!rc)
        rc = cf_expect_part(s, "rows", name, &x->rows_part, err);
    if (!rc)
        rc = cf_rating_columns(s, x->rows_part, name, &x->cols, err);
    if (!rc)
        rc = find_mark(x, s, err);
    return rc ? rc : settle(x, err);
}

static int check_marks(const struct cf_intake *x, const uint8_t *mark,
                       struct cf_err *err)
{
    for (uint32_t i = 0; i < x->block->rows; i++)
        if (mark[i] >= CF_PARTS)
            return cf_fail(err, CF_EDATA,
                           "%s: the split column of row %" PRIu64
                           " is %d, not 0, 1 or 2",
                           cf_reader_name(x->r), x->first + i + 1, mark[i]);
    return 0;
}

static int take_rows(struct cf_intake *x, struct cf_err *err)
{
    const struct cf_block *b = x->block;
    struct cf_split_rows in = {.first = b->first, .rows = &x->buf};

    x->first = b->first;
    x->buf.n = 0;
    int rc = cf_ratings_add(&x->buf, b, &x->cols, cf_reader_name(x->r), err);
    if (!rc && !cf_grow(&x->part, &x->part_cap, b->rows, 1))
        rc = cf_nomem(err, "frame");
    if (!rc && x->split.how == CF_SPLIT_MARK) {
        in.mark = (const uint8_t *)b->chunk[x->mark].data;
        rc = check_marks(x, in.mark, err);
    }
    if (!rc)
        cf_split_block(&x->split, &in, x->part);
    return rc;
}

/* Given rows are found by the ids of this stream. */
static int take_ids(struct cf_intake *x, struct cf_err *err)
{
    struct cf_pairset *g = x->split.given;
    int rc = 0;

    if (g && x->block->part == x->cols.user_part)
        rc = cf_pairset_users(g, x->block, err);
    if (g && !rc && x->block->part == x->cols.item_part)
        rc = cf_pairset_items(g, x->block, err);
    return rc;
}

int cf_intake_next(struct cf_intake *x, struct cf_err *err)
{
    int rc = cf_reader_next(x->r, &x->block, err);

    if (rc || !x->block)
        return rc;
    x->rows = x->block->part == x->rows_part;
    return x->rows ? take_rows(x, err) : take_ids(x, err);
}

struct cf_rec cf_intake_row(const struct cf_intake *x, size_t i)
{
    const struct cf_ratings *r = &x->buf;
    return (struct cf_rec){.id = x->first + i,
                           .time = r->time ? r->time[i] : 0,
                           .user = r->user[i],
                           .item = r->item[i],
                           .rating = r->rating[i],
                           .part = x->part[i]};
}

void cf_intake_close(struct cf_intake *x)
{
    cf_ratings_free(&x->buf);
    free(x->part);
    memset(x, 0, sizeof *x);
}
