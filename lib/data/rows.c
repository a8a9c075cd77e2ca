/* rows.c - columns of indexed rows. */
#include "data/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Each array grows from the same capacity, so all have the same. */
static bool grow(void *p, size_t *cap, const struct cf_rows *r, size_t n,
                 size_t size)
{
    *cap = r->cap;
    return cf_grow(p, cap, n, size);
}

int cf_rows_room(struct cf_rows *r, size_t n, struct cf_err *err)
{
    size_t cap;

    if (n <= r->cap)
        return 0;
    if (!grow(&r->user, &cap, r, n, sizeof *r->user) ||
        !grow(&r->item, &cap, r, n, sizeof *r->item) ||
        (r->has_rating && !grow(&r->rating, &cap, r, n, sizeof *r->rating)) ||
        (r->has_time && !grow(&r->time, &cap, r, n, sizeof *r->time)) ||
        (r->has_part && !grow(&r->part, &cap, r, n, sizeof *r->part)))
        return cf_nomem(err, "rows in memory");
    r->cap = cap;
    return 0;
}

int cf_rows_append(struct cf_rows *r, const struct cf_rows *from, size_t i,
                   size_t n, struct cf_err *err)
{
    int rc = cf_rows_room(r, r->n + n, err);

    if (rc || n == 0)
        return rc;
    memcpy(r->user + r->n, from->user + i, n * sizeof *r->user);
    memcpy(r->item + r->n, from->item + i, n * sizeof *r->item);
    if (r->has_rating)
        memcpy(r->rating + r->n, from->rating + i, n * sizeof *r->rating);
    if (r->has_time)
        memcpy(r->time + r->n, from->time + i, n * sizeof *r->time);
    if (r->has_part)
        memcpy(r->part + r->n, from->part + i, n);
    r->n += n;
    return 0;
}

void cf_rows_move(struct cf_rows *r, size_t to, size_t i)
{
    r->user[to] = r->user[i];
    r->item[to] = r->item[i];
    if (r->has_rating)
        r->rating[to] = r->rating[i];
    if (r->has_time)
        r->time[to] = r->time[i];
    if (r->has_part)
        r->part[to] = r->part[i];
}

static struct cf_chunk chunk(const void *p, size_t i, size_t n, size_t size)
{
    return (struct cf_chunk){.data = (const char *)p + i * size,
                             .size = n * size};
}

int cf_rows_write(const struct cf_rows *r, size_t i, size_t n,
                  struct cf_writer *w, uint32_t part, struct cf_err *err)
{
    struct cf_chunk c[5] = {chunk(r->user, i, n, sizeof *r->user),
                            chunk(r->item, i, n, sizeof *r->item)};
    struct cf_block b = {.part = part, .rows = (uint32_t)n, .chunk = c};
    size_t k = 2;

    if (r->has_rating)
        c[k++] = chunk(r->rating, i, n, sizeof *r->rating);
    if (r->has_time)
        c[k++] = chunk(r->time, i, n, sizeof *r->time);
    if (r->has_part)
        c[k++] = chunk(r->part, i, n, sizeof *r->part);
    return cf_writer_put(w, &b, err);
}

void cf_rows_free(struct cf_rows *r)
{
    free(r->user);
    free(r->item);
    free(r->rating);
    free(r->time);
    free(r->part);
    memset(r, 0, sizeof *r);
}
