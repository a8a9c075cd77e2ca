/* frame.c - taking frames apart and checking what is in them. */
#include "stream/frame.h"

#include <string.h>

#include "base/sum.h"

enum { FRAME_FIELDS = 6, SCALE_MAX = 9 };

static int corrupt(struct cf_err *err, const char *what)
{
    return cf_fail(err, CF_ESTREAM, "corrupt: %s", what);
}

void cf_frame_scan(struct cf_scan *s)
{
    memset(s, 0, sizeof *s);
    /* Each column is at most an array of two. */
    s->max_values = FRAME_FIELDS + 1 + 3 * CF_COLUMNS_MAX;
}

uint64_t cf_sums_add(uint64_t sums, uint64_t sum)
{
    unsigned char b[8];

    cf_sum_put(sum, b);
    return cf_sum(b, sizeof b, sums);
}

static int frame_fields(const cf_node *root, struct cf_frame *f,
                        struct cf_err *err)
{
    struct cf_str sum;
    uint32_t n;

    if (!cf_node_array(root, &n) || n != FRAME_FIELDS)
        return corrupt(err, "a frame that is not an array of six");
    f->chunks = cf_node_at(root, 4);
    if (!cf_node_str(cf_node_at(root, 0), &f->tag) ||
        !cf_node_uint(cf_node_at(root, 1), &f->seq) ||
        !cf_node_uint(cf_node_at(root, 2), &f->first) ||
        !cf_node_uint(cf_node_at(root, 3), &f->rows) ||
        !cf_node_array(f->chunks, &n) ||
        !cf_node_bin(cf_node_at(root, 5), &sum) || sum.n != 8)
        return corrupt(err, "a frame with a field of the wrong type");
    f->sum = cf_sum_get((const unsigned char *)sum.p);
    return 0;
}

int cf_frame_parse(struct cf_tree **t, const char *p, size_t n, uint64_t head,
                   struct cf_frame *f, struct cf_err *err)
{
    int rc = cf_tree_parse(t, p, n, err);
    if (rc)
        return rc;
    rc = frame_fields(cf_tree_root(*t), f, err);
    if (!rc && cf_sum(p, n - CF_SUM_SIZE, head) != f->sum)
        rc = corrupt(err, "the checksum of a frame is wrong");
    if (rc) {
        cf_tree_free(*t);
        *t = NULL;
    }
    return rc;
}

/* ---- chunks ---- */

static int plain(const cf_node *v, uint64_t size, struct cf_chunk *c,
                 struct cf_err *err)
{
    struct cf_str data;

    if (!cf_node_bin(v, &data) || data.n != size)
        return corrupt(err, "a column of the wrong size");
    *c = (struct cf_chunk){CF_PLAIN, data.p, data.n, NULL, 0, 0};
    return 0;
}

/* Ends of texts: never falling, the last at the end of the text. */
static bool ends_sound(const struct cf_chunk *c, uint64_t rows)
{
    uint32_t last = 0;

    for (uint64_t i = 0; i < rows; i++) {
        uint32_t end = cf_load_u32(c->data + 4 * i);
        if (end < last)
            return false;
        last = end;
    }
    return last == c->text_size;
}

static bool runs_sound(const struct cf_chunk *c, uint64_t rows)
{
    uint64_t n = c->size / 4, last = 0;

    if (c->size % 4 != 0 || n == 0 || n > rows || c->text_size != 8 * n ||
        cf_load_u32(c->data) != 0)
        return false;
    for (uint64_t i = 1; i < n; i++) {
        uint32_t start = cf_load_u32(c->data + 4 * i);
        if (start <= last || start >= rows)
            return false;
        last = start;
    }
    return true;
}

static int pair(const cf_node *v, const cf_node **a, struct cf_str *b,
                struct cf_err *err)
{
    uint32_t n;

    if (!cf_node_array(v, &n) || n != 2 || !cf_node_bin(cf_node_at(v, 1), b))
        return corrupt(err, "a column that is not a pair");
    *a = cf_node_at(v, 0);
    return 0;
}

static int text(const cf_node *v, uint64_t rows, struct cf_chunk *c,
                struct cf_err *err)
{
    struct cf_str a, b;
    const cf_node *first;
    uint64_t scale;

    int rc = pair(v, &first, &b, err);
    if (rc)
        return rc;
    if (cf_node_uint(first, &scale)) {
        if (scale > SCALE_MAX || (b.n != 4 * rows && b.n != 8 * rows))
            return corrupt(err, "a column of numbers of the wrong size");
        *c = (struct cf_chunk){CF_EXACT, b.p, b.n, NULL, 0, (unsigned)scale};
        return 0;
    }
    if (!cf_node_bin(first, &a) || a.n != 4 * rows)
        return corrupt(err, "a column of texts of the wrong size");
    *c = (struct cf_chunk){CF_TEXT, a.p, a.n, b.p, b.n, 0};
    return ends_sound(c, rows) ? 0 : corrupt(err, "texts out of order");
}

static int runs(const cf_node *v, uint64_t rows, struct cf_chunk *c,
                struct cf_err *err)
{
    struct cf_str a, b;
    const cf_node *first;

    int rc = pair(v, &first, &b, err);
    if (rc)
        return rc;
    if (!cf_node_bin(first, &a))
        return corrupt(err, "runs of the wrong type");
    *c = (struct cf_chunk){CF_RUNS, a.p, a.n, b.p, b.n, 0};
    return runs_sound(c, rows) ? 0 : corrupt(err, "runs out of order");
}

/* Are n codes of 4 bytes below count? Four at a time, the whole lot. */
static bool all_below(const char *p, size_t n, uint32_t count)
{
    typedef uint32_t four __attribute__((vector_size(16)));
    enum { STEP = 16 };
    four v[STEP / 4], above = {0};
    uint32_t code;
    bool below = true;
    size_t i = 0;

    for (; i + STEP <= n; i += STEP) {
        memcpy(v, p + sizeof code * i, sizeof v);
        for (size_t r = 0; r < STEP / 4; r++)
            above |= (four)(v[r] >= count);
    }
    for (; i < n; i++) {
        memcpy(&code, p + sizeof code * i, sizeof code);
        below = below && code < count;
    }
    return below && !(above[0] | above[1] | above[2] | above[3]);
}

static uint8_t highest(const char *p, size_t n)
{
    uint8_t most = 0;

    for (size_t i = 0; i < n; i++) {
        uint8_t v = (uint8_t)p[i];
        most = v > most ? v : most;
    }
    return most;
}

bool cf_codes_sound(const struct cf_column *col, const struct cf_chunk *c,
                    uint32_t rows, uint64_t count)
{
    uint32_t most = count < CF_NONE ? (uint32_t)count : CF_NONE;
    bool wide = c->size == 4 * (size_t)rows, sound = true;

    if (wide ? all_below(c->data, rows, most)
             : highest(c->data, rows) < (most < UINT8_MAX ? most : UINT8_MAX))
        return true;
    for (uint32_t i = 0; sound && i < rows; i++) {
        uint32_t code = cf_chunk_code(c, rows, i);
        sound = code < count || (code == CF_NONE && col->none);
    }
    return sound;
}

int cf_frame_chunks(const struct cf_schema *s, uint32_t part,
                    const struct cf_frame *f, const uint64_t *counts,
                    struct cf_chunk *chunk, struct cf_err *err)
{
    const struct cf_column *col = &s->column[s->part[part].col];
    uint32_t n = s->part[part].ncol, have;
    int rc = 0;

    if (f->rows == 0 || f->rows > CF_FRAME_ROWS_MAX)
        return corrupt(err, "a frame without rows, or with too many");
    if (!cf_node_array(f->chunks, &have) || have != n)
        return corrupt(err, "a frame with a wrong number of columns");
    for (uint32_t i = 0; !rc && i < n; i++) {
        const cf_node *v = cf_node_at(f->chunks, i);
        if (col[i].type == CF_STR)
            rc = text(v, f->rows, &chunk[i], err);
        else if (col[i].type == CF_RUN)
            rc = runs(v, f->rows, &chunk[i], err);
        else
            rc = plain(v, f->rows * col[i].width * cf_type_size(col[i].type),
                       &chunk[i], err);
        if (!rc && col[i].dict >= 0 &&
            !cf_codes_sound(&col[i], &chunk[i], (uint32_t)f->rows,
                            counts[col[i].dict]))
            rc = corrupt(err, "a code that its dictionary does not have");
    }
    return rc;
}

/* ---- the end of a stream and the table of contents ---- */

static char *put(char *p, uint64_t v, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        p[i] = (char)(unsigned char)(v >> (8 * i));
    return p + n;
}

void cf_end_put(const struct cf_end *e, char out[CF_END_SIZE])
{
    out = put(out, e->frames, 8);
    out = put(out, e->rows, 8);
    out = put(out, e->toc, 8);
    out = put(out, e->at, 8);
    put(out, e->sums, 8);
}

void cf_end_get(const char in[CF_END_SIZE], struct cf_end *e)
{
    e->frames = cf_load_u64(in);
    e->rows = cf_load_u64(in + 8);
    e->toc = cf_load_u64(in + 16);
    e->at = cf_load_u64(in + 24);
    e->sums = cf_load_u64(in + 32);
}

void cf_toc_put(const struct cf_toc_entry *e, char out[CF_TOC_ENTRY])
{
    out = put(out, e->part, 4);
    out = put(out, e->rows, 4);
    out = put(out, e->first, 8);
    out = put(out, e->at, 8);
    out = put(out, e->size, 8);
    put(out, e->sum, 8);
}

void cf_toc_get(const char in[CF_TOC_ENTRY], struct cf_toc_entry *e)
{
    e->part = cf_load_u32(in);
    e->rows = cf_load_u32(in + 4);
    e->first = cf_load_u64(in + 8);
    e->at = cf_load_u64(in + 16);
    e->size = cf_load_u64(in + 24);
    e->sum = cf_load_u64(in + 32);
}
