/* map.c - a model by random access: the frames that are asked for. */
#include "stream/map_impl.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/mem.h"

int cf_map_corrupt(const struct cf_map *m, const char *what, struct cf_err *err)
{
    return cf_fail(err, CF_ESTREAM, "%s: corrupt: %s", m->name, what);
}

int cf_map_value(const struct cf_map *m, struct cf_scan *scan, uint64_t at,
                 uint64_t end, size_t max, size_t *n, struct cf_err *err)
{
    const char *why;
    size_t need;

    if (at >= end || end > m->n)
        return cf_map_corrupt(m, "the file is cut short or changed", err);
    if (cf_scan(scan, m->p + at, (size_t)(end - at), max, &need, &why) !=
        CF_SCAN_DONE)
        return cf_map_corrupt(m, "the file is cut short or changed", err);
    *n = scan->pos;
    return 0;
}

bool cf_map_padding(const struct cf_map *m, uint64_t from, uint64_t to)
{
    if (to < from || to - from > CF_PAD_MAX || to > m->n)
        return false;
    for (uint64_t i = from; i < to; i++)
        if ((unsigned char)m->p[i] != 0xc0)
            return false;
    return true;
}

const struct cf_schema *cf_map_schema(const struct cf_map *m)
{
    return &m->schema;
}

const char *cf_map_name(const struct cf_map *m)
{
    return m->name;
}

uint64_t cf_map_rows(const struct cf_map *m, uint32_t part)
{
    return m->part[part].rows;
}

uint32_t cf_map_blocks(const struct cf_map *m, uint32_t part)
{
    return m->part[part].n;
}

uint32_t cf_map_find(const struct cf_map *m, uint32_t part, uint64_t row)
{
    const struct cf_map_part *p = &m->part[part];
    uint32_t lo = 0, hi = p->n;

    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (p->block[mid]->toc.first <= row)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

/* ---- a block ---- */

/* Rows of each part in the frames before e: what its codes may refer to. */
static uint64_t *rows_before(const struct cf_map *m,
                             const struct cf_map_entry *e)
{
    uint64_t *counts = cf_zalloc(m->schema.nparts, sizeof *counts);

    for (const struct cf_map_entry *i = m->entry; counts && i < e; i++)
        counts[i->toc.part] = i->toc.first + i->toc.rows;
    return counts;
}

static int check_chunks(const struct cf_map *m, struct cf_map_entry *e,
                        const struct cf_frame *f, struct cf_err *err)
{
    uint64_t *counts = rows_before(m, e);

    e->chunk = cf_alloc(m->schema.part[e->toc.part].ncol, sizeof *e->chunk);
    int rc = counts && e->chunk ? cf_frame_chunks(&m->schema, e->toc.part, f,
                                                  counts, e->chunk, err)
                                : cf_nomem(err, "block");
    free(counts);
    return rc ? cf_wrap(err, m->name) : 0;
}

/* Where the frame before ends. */
static uint64_t end_before(const struct cf_map *m, const struct cf_map_entry *e)
{
    return e == m->entry ? m->body : e[-1].toc.at + e[-1].toc.size;
}

static int check_frame(const struct cf_map *m, struct cf_map_entry *e,
                       struct cf_tree **t, struct cf_err *err)
{
    const struct cf_toc_entry *toc = &e->toc;
    struct cf_scan scan;
    struct cf_frame f;
    size_t n;

    if (!cf_map_padding(m, end_before(m, e), toc->at))
        return cf_map_corrupt(m, "bytes between frames", err);
    cf_frame_scan(&scan);
    int rc = cf_map_value(m, &scan, toc->at, toc->at + toc->size, CF_FRAME_MAX,
                          &n, err);
    if (rc)
        return rc;
    if (n != toc->size)
        return cf_map_corrupt(m, "a frame of another size than announced", err);
    rc = cf_frame_parse(t, m->p + toc->at, n, m->head, &f, err);
    if (rc)
        return cf_wrap(err, m->name);
    if (f.sum != toc->sum || f.first != toc->first || f.rows != toc->rows ||
        f.seq != (uint64_t)(e - m->entry) ||
        !cf_str_eq(f.tag, cf_cstr(m->schema.part[toc->part].name)))
        return cf_map_corrupt(m, "not the frame that was announced", err);
    return check_chunks(m, e, &f, err);
}

static int check_entry(struct cf_map *m, struct cf_map_entry *e,
                       struct cf_err *err)
{
    struct cf_tree *t = NULL;

    int rc = check_frame(m, e, &t, err);
    cf_tree_free(t); /* the chunks point into the file, not into the tree */
    if (rc) {
        free(e->chunk);
        e->chunk = NULL;
        return rc;
    }
    e->block = (struct cf_block){.part = e->toc.part,
                                 .rows = e->toc.rows,
                                 .first = e->toc.first,
                                 .chunk = e->chunk};
    atomic_store(&e->checked, true);
    return 0;
}

int cf_map_block(struct cf_map *m, uint32_t part, uint32_t n,
                 const struct cf_block **b, struct cf_err *err)
{
    struct cf_map_entry *e = m->part[part].block[n];
    int rc = 0;

    if (!atomic_load(&e->checked)) {
        pthread_mutex_lock(&m->lock);
        if (!atomic_load(&e->checked))
            rc = check_entry(m, e, err);
        pthread_mutex_unlock(&m->lock);
    }
    *b = rc ? NULL : &e->block;
    return rc;
}

void cf_map_close(struct cf_map *m)
{
    if (!m)
        return;
    for (size_t i = 0; m->part && i < m->schema.nparts; i++)
        free(m->part[i].block);
    for (size_t i = 0; m->entry && i < m->nentries; i++)
        free(m->entry[i].chunk);
    if (m->have_schema)
        cf_schema_free(&m->schema);
    if (m->mapped)
        munmap((void *)(uintptr_t)m->p, m->n);
    else
        free((void *)(uintptr_t)m->p);
    pthread_mutex_destroy(&m->lock);
    free(m->part);
    free(m->entry);
    free(m->name);
    free(m);
}
