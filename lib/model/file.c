/* file.c - a model as a stream, and back. */
#include "model/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "stream/map.h"

enum { BLOCK_BYTES = 1 << 20 };

static const char *const link_names[] = {"identity", "sigmoid"};

/* ---- the schema ---- */

/* A part of one column. */
static int array_part(struct cf_schema *s, const char *part, uint64_t rows,
                      const struct cf_column *c, struct cf_err *err)
{
    int rc = cf_schema_part(s, part, rows, err);
    return rc ? rc : cf_schema_column(s, c, err);
}

static int dict_part(struct cf_schema *s, const char *part,
                     const struct cf_side *side, struct cf_err *err)
{
    int rc = cf_schema_part(s, part, side->n, err);

    for (size_t i = 0; !rc && i < side->dict_schema.ncolumns; i++)
        rc = cf_schema_column(s, &side->dict_schema.column[i], err);
    return rc;
}

/* The names of a side's parts. */
struct names {
    const char *dict, *factors, *bias, *count;
};
static const struct names user_names = {"user", "user_factors", "user_bias",
                                        "user_count"};
static const struct names item_names = {"item", "item_factors", "item_bias",
                                        "item_count"};

static int side_parts(struct cf_schema *s, const struct names *n,
                      const struct cf_side *side, uint32_t k,
                      struct cf_err *err)
{
    struct cf_column c = {
        .name = "factors", .type = CF_F32, .width = k, .dict = -1};

    int rc = array_part(s, n->factors, side->n, &c, err);
    c.name = "bias";
    c.width = 1;
    if (!rc)
        rc = array_part(s, n->bias, side->n, &c, err);
    c.name = "count";
    c.type = CF_U32;
    if (!rc)
        rc = array_part(s, n->count, side->n, &c, err);
    return rc;
}

static int seen_parts(const struct cf_model *m, struct cf_schema *s,
                      struct cf_err *err)
{
    struct cf_column start = {
        .name = "start", .type = CF_U64, .width = 1, .dict = -1};
    struct cf_column item = {.name = "item",
                             .type = CF_U32,
                             .width = 1,
                             .dict = cf_schema_find_part(s, "item")};

    int rc = array_part(s, "seen_start", m->user.n + 1, &start, err);
    if (!rc)
        rc = array_part(s, "seen_item", m->seen_start[m->user.n], &item, err);
    return rc;
}

static int epoch_part(const struct cf_model *m, bool seconds,
                      struct cf_schema *s, struct cf_err *err)
{
    struct cf_column c = {
        .name = "epoch", .type = CF_U32, .width = 1, .dict = -1};
    static const char *const reals[] = {"train_loss", "valid_loss", "seconds"};

    int rc = array_part(s, "epochs", m->nepochs, &c, err);
    c.type = CF_F64;
    for (size_t i = 0; !rc && i < (seconds ? 3U : 2U); i++) {
        char name[16];
        memcpy(name, reals[i], strlen(reals[i]) + 1);
        c.name = name;
        rc = cf_schema_column(s, &c, err);
    }
    return rc;
}

/* The double nearest to the shortest text of v, which reads back as v: people
 * see 0.05, not 0.05000000074505806. */
static double shortest(float v)
{
    char text[CF_NUM_MAX];
    struct cf_str s = {text, cf_format_f32(v, text)};
    double out = (double)v;

    return cf_parse_f64(s, &out) ? (double)v : out;
}

static int add_facts(const struct cf_model *m, struct cf_schema *s,
                     struct cf_err *err)
{
    const struct {
        const char *name;
        double value;
    } real[] = {{"mean", m->mean},
                {"lo", shortest(m->lo)},
                {"hi", shortest(m->hi)},
                {"user_cold", shortest(m->user.cold_bias)},
                {"item_cold", shortest(m->item.cold_bias)}};

    int rc = cf_schema_text(s, "solver", m->solver, err);
    if (!rc)
        rc = cf_schema_int(s, "k", m->k, err);
    if (!rc)
        rc = cf_schema_text(s, "link", link_names[m->link], err);
    for (size_t i = 0; !rc && i < sizeof real / sizeof *real; i++)
        rc = cf_schema_real(s, real[i].name, real[i].value, err);
    return rc;
}

int cf_model_schema(const struct cf_model *m, bool seconds, struct cf_schema *s,
                    struct cf_err *err)
{
    cf_schema_init(s, CF_MODEL);
    int rc = dict_part(s, "user", &m->user, err);
    if (!rc)
        rc = dict_part(s, "item", &m->item, err);
    if (!rc)
        rc = side_parts(s, &user_names, &m->user, m->k, err);
    if (!rc)
        rc = side_parts(s, &item_names, &m->item, m->k, err);
    if (!rc)
        rc = seen_parts(m, s, err);
    if (!rc)
        rc = epoch_part(m, seconds, s, err);
    if (!rc)
        rc = add_facts(m, s, err);
    return rc;
}

/* ---- writing ---- */

/* rows of row_size bytes each as blocks of the part of that name. */
static int write_array(const struct cf_schema *s, const char *part,
                       const void *data, uint64_t rows, size_t row_size,
                       struct cf_writer *w, struct cf_err *err)
{
    uint64_t step = BLOCK_BYTES / row_size ? BLOCK_BYTES / row_size : 1;
    int rc = 0;

    for (uint64_t at = 0; !rc && at < rows; at += step) {
        uint64_t n = rows - at < step ? rows - at : step;
        struct cf_chunk c = {.layout = CF_PLAIN,
                             .data = (const char *)data + at * row_size,
                             .size = (size_t)n * row_size};
        struct cf_block b = {.part = (uint32_t)cf_schema_find_part(s, part),
                             .rows = (uint32_t)n,
                             .chunk = &c};
        rc = cf_writer_put(w, &b, err);
    }
    return rc;
}

static int write_side(const struct cf_schema *s, const struct names *n,
                      const struct cf_side *side, uint32_t k,
                      struct cf_writer *w, struct cf_err *err)
{
    int rc = write_array(s, n->factors, side->factors, side->n,
                         k * sizeof(float), w, err);
    if (!rc)
        rc =
            write_array(s, n->bias, side->bias, side->n, sizeof(float), w, err);
    if (!rc)
        rc = write_array(s, n->count, side->count, side->n, sizeof(uint32_t), w,
                         err);
    return rc;
}

static int write_epochs(const struct cf_model *m, const struct cf_schema *s,
                        struct cf_writer *w, struct cf_err *err)
{
    int part = cf_schema_find_part(s, "epochs");
    int rc = 0;

    for (size_t i = 0; !rc && i < m->nepochs; i++) {
        const struct cf_epoch *e = &m->epoch[i];
        struct cf_chunk c[4] = {
            {.data = (const char *)&e->epoch, .size = sizeof e->epoch},
            {.data = (const char *)&e->train_loss, .size = sizeof(double)},
            {.data = (const char *)&e->valid_loss, .size = sizeof(double)},
            {.data = (const char *)&e->seconds, .size = sizeof(double)}};
        struct cf_block b = {.part = (uint32_t)part, .rows = 1, .chunk = c};
        rc = cf_writer_put(w, &b, err);
    }
    return rc;
}

int cf_model_write(const struct cf_model *m, const struct cf_schema *s,
                   struct cf_writer *w, struct cf_err *err)
{
    uint32_t user = (uint32_t)cf_schema_find_part(s, "user");
    uint32_t item = (uint32_t)cf_schema_find_part(s, "item");

    int rc = cf_store_write(&m->user.dict, 0, m->user.n, w, user, err);
    if (!rc)
        rc = cf_store_write(&m->item.dict, 0, m->item.n, w, item, err);
    if (!rc)
        rc = write_side(s, &user_names, &m->user, m->k, w, err);
    if (!rc)
        rc = write_side(s, &item_names, &m->item, m->k, w, err);
    if (!rc)
        rc = write_array(s, "seen_start", m->seen_start, m->user.n + 1,
                         sizeof(uint64_t), w, err);
    if (!rc)
        rc = write_array(s, "seen_item", m->seen_item, m->seen_start[m->user.n],
                         sizeof(uint32_t), w, err);
    return rc ? rc : write_epochs(m, s, w, err);
}

/* ---- reading ---- */

struct in {
    struct cf_map *map;
    const struct cf_schema *s;
    struct cf_err *err;
};

static int unsound(const struct in *in, const char *what)
{
    return cf_fail(in->err, CF_ESTREAM, "%s: not a sound model: %s",
                   cf_map_name(in->map), what);
}

/* The part of that name, or -1 with an error if its first column is not of
 * that name, type and width, or its rows are not as many. */
struct want {
    const char *part, *column;
    enum cf_type type;
    uint32_t width;
    uint64_t rows; /* CF_ROWS_UNKNOWN: any */
};

static int find_array(const struct in *in, const struct want *w)
{
    int part = cf_schema_find_part(in->s, w->part);
    const struct cf_column *c =
        part < 0 ? NULL : &in->s->column[in->s->part[part].col];

    if (!c || strcmp(c->name, w->column) != 0 || c->type != w->type ||
        c->width != w->width ||
        (w->rows != CF_ROWS_UNKNOWN &&
         cf_map_rows(in->map, (uint32_t)part) != w->rows)) {
        unsound(in, w->part);
        return -1;
    }
    return part;
}

/* Copies column col of a part to out, which has room for all rows. */
static int copy_column(const struct in *in, uint32_t part, uint32_t col,
                       void *out)
{
    char *to = out;

    for (uint32_t i = 0; i < cf_map_blocks(in->map, part); i++) {
        const struct cf_block *b;
        int rc = cf_map_block(in->map, part, i, &b, in->err);
        if (rc)
            return rc;
        memcpy(to, b->chunk[col].data, b->chunk[col].size);
        to += b->chunk[col].size;
    }
    return 0;
}

static int read_array(const struct in *in, const struct want *w, void *out)
{
    int part = find_array(in, w);
    return part < 0 ? CF_ESTREAM : copy_column(in, (uint32_t)part, 0, out);
}

static int read_side(const struct in *in, const struct names *n, uint32_t k,
                     struct cf_side *side)
{
    struct want w = {n->factors, "factors", CF_F32, k, side->n};

    int rc = read_array(in, &w, side->factors);
    w = (struct want){n->bias, "bias", CF_F32, 1, side->n};
    if (!rc)
        rc = read_array(in, &w, side->bias);
    w = (struct want){n->count, "count", CF_U32, 1, side->n};
    return rc ? rc : read_array(in, &w, side->count);
}

static int read_dict(const struct in *in, const char *name, struct cf_store *st)
{
    int part = cf_schema_find_part(in->s, name);

    if (part < 0 || in->s->column[in->s->part[part].col].type != CF_STR)
        return unsound(in, name);
    int rc = cf_store_init(st, in->s, (uint32_t)part, in->err);
    for (uint32_t i = 0; !rc && i < cf_map_blocks(in->map, (uint32_t)part);
         i++) {
        const struct cf_block *b;
        rc = cf_map_block(in->map, (uint32_t)part, i, &b, in->err);
        if (!rc)
            rc = cf_store_add(st, b, in->err);
    }
    return rc;
}

static bool starts_sound(const struct cf_model *m, uint64_t n)
{
    for (uint64_t u = 0; u < m->user.n; u++)
        if (m->seen_start[u] > m->seen_start[u + 1])
            return false;
    return m->seen_start[0] == 0 && m->seen_start[m->user.n] == n;
}

static int read_seen(const struct in *in, struct cf_model *m)
{
    struct want start = {"seen_start", "start", CF_U64, 1, m->user.n + 1};
    struct want item = {"seen_item", "item", CF_U32, 1, CF_ROWS_UNKNOWN};

    int part = find_array(in, &item);
    if (part < 0)
        return CF_ESTREAM;
    uint64_t n = cf_map_rows(in->map, (uint32_t)part);
    free(m->seen_start);
    free(m->seen_item);
    m->seen_start = cf_alloc(m->user.n + 1, sizeof *m->seen_start);
    m->seen_item = cf_alloc(n, sizeof *m->seen_item);
    if (!m->seen_start || !m->seen_item)
        return cf_nomem(in->err, "seen items");
    int rc = read_array(in, &start, m->seen_start);
    if (!rc)
        rc = copy_column(in, (uint32_t)part, 0, m->seen_item);
    if (!rc && !starts_sound(m, n))
        rc = unsound(in, "seen_start");
    /* Codes are below the number of items because the column says so. */
    if (!rc && in->s->column[in->s->part[part].col].dict !=
                   cf_schema_find_part(in->s, "item"))
        rc = unsound(in, "seen_item");
    return rc;
}

static int read_epochs(const struct in *in, struct cf_model *m)
{
    struct want w = {"epochs", "epoch", CF_U32, 1, CF_ROWS_UNKNOWN};
    int part = find_array(in, &w);

    if (part < 0)
        return CF_ESTREAM;
    int train = cf_schema_find_column(in->s, (uint32_t)part, "train_loss");
    int valid = cf_schema_find_column(in->s, (uint32_t)part, "valid_loss");
    if (train < 0 || valid < 0 || in->s->column[train].type != CF_F64 ||
        in->s->column[valid].type != CF_F64)
        return unsound(in, "epochs");
    uint32_t col = in->s->part[part].col, t = (uint32_t)train - col,
             v = (uint32_t)valid - col;
    uint64_t n = cf_map_rows(in->map, (uint32_t)part);
    m->epoch = cf_zalloc(n, sizeof *m->epoch);
    if (!m->epoch)
        return cf_nomem(in->err, "epochs");
    for (uint32_t i = 0; i < cf_map_blocks(in->map, (uint32_t)part); i++) {
        const struct cf_block *b;
        int rc = cf_map_block(in->map, (uint32_t)part, i, &b, in->err);
        if (rc)
            return rc;
        for (uint32_t r = 0; r < b->rows; r++)
            m->epoch[m->nepochs++] = (struct cf_epoch){
                .epoch = cf_load_u32(b->chunk[0].data + 4 * (size_t)r),
                .train_loss = cf_load_f64(b->chunk[t].data + 8 * (size_t)r),
                .valid_loss = cf_load_f64(b->chunk[v].data + 8 * (size_t)r)};
    }
    return 0;
}

static int read_facts(const struct in *in, struct cf_model *m)
{
    const struct cf_fact *solver =
        cf_schema_fact(in->s, "solver", CF_FACT_TEXT);
    const struct cf_fact *link = cf_schema_fact(in->s, "link", CF_FACT_TEXT);
    const char *const names[] = {"mean", "lo", "hi", "user_cold", "item_cold"};
    double v[5];

    for (size_t i = 0; i < 5; i++) {
        const struct cf_fact *f = cf_schema_fact(in->s, names[i], CF_FACT_REAL);
        if (!f || !isfinite(f->r))
            return unsound(in, names[i]);
        v[i] = f->r;
    }
    if (!solver || !link)
        return unsound(in, "no solver or no link");
    if (!strcmp(link->text, link_names[CF_LINK_SIGMOID]))
        m->link = CF_LINK_SIGMOID;
    else if (strcmp(link->text, link_names[CF_LINK_IDENTITY]) != 0)
        return unsound(in, "a link that this version does not know");
    m->mean = v[0];
    m->lo = (float)v[1];
    m->hi = (float)v[2];
    m->user.cold_bias = (float)v[3];
    m->item.cold_bias = (float)v[4];
    free(m->solver);
    m->solver = strdup(solver->text);
    return m->solver ? 0 : cf_nomem(in->err, "model");
}

/* Sizes and dictionaries, then room for the rest. */
static int read_frame(const struct in *in, struct cf_model *m)
{
    const struct cf_fact *k = cf_schema_fact(in->s, "k", CF_FACT_INT);
    struct cf_store users = {0}, items = {0};
    struct want uf = {"user_factors", "factors", CF_F32, 0, CF_ROWS_UNKNOWN};

    if (!k || k->i < 1 || k->i > CF_FRAME_MAX)
        return unsound(in, "k");
    uf.width = (uint32_t)k->i;
    if (find_array(in, &uf) < 0)
        return CF_ESTREAM;
    int rc = read_dict(in, "user", &users);
    if (!rc)
        rc = read_dict(in, "item", &items);
    /* Rows of the arrays are looked at before memory is taken for them. */
    struct want wu = {"user_factors", "factors", CF_F32, uf.width, users.rows};
    struct want wi = {"item_factors", "factors", CF_F32, uf.width, items.rows};
    if (!rc && (find_array(in, &wu) < 0 || find_array(in, &wi) < 0))
        rc = CF_ESTREAM;
    if (!rc)
        rc = cf_model_init(m, uf.width, in->s,
                           (uint32_t)cf_schema_find_part(in->s, "user"), &users,
                           (uint32_t)cf_schema_find_part(in->s, "item"), &items,
                           in->err);
    cf_store_free(&users);
    cf_store_free(&items);
    return rc;
}

static int read_parts(const struct in *in, struct cf_model *m)
{
    int rc = read_frame(in, m);
    if (!rc)
        rc = read_facts(in, m);
    if (!rc)
        rc = read_side(in, &user_names, m->k, &m->user);
    if (!rc)
        rc = read_side(in, &item_names, m->k, &m->item);
    if (!rc)
        rc = read_seen(in, m);
    return rc ? rc : read_epochs(in, m);
}

int cf_model_read(struct cf_model *m, struct cf_schema *s, struct cf_in *in,
                  struct cf_err *err)
{
    struct cf_map *map = NULL;

    memset(m, 0, sizeof *m);
    cf_schema_init(s, CF_MODEL);
    int rc = cf_map_open(&map, in, err);
    if (!rc) {
        struct in src = {map, cf_map_schema(map), err};
        rc = read_parts(&src, m);
        if (!rc)
            rc = cf_schema_history(s, src.s, err);
    }
    cf_map_close(map);
    if (rc) {
        cf_model_free(m);
        cf_schema_free(s);
    }
    return rc;
}
