/* file_read.c - a model from a stream. */
#include "model/file_impl.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/file_parts.h"
#include "model/id_index.h"

const struct cf_side_names cf_user_names = {"user",
                                            "user_factors",
                                            "user_bias",
                                            "user_count",
                                            "user_cold_factors",
                                            "user_noise",
                                            "user_sample_bias",
                                            "user_cold_sample_bias"};
const struct cf_side_names cf_item_names = {"item",
                                            "item_factors",
                                            "item_bias",
                                            "item_count",
                                            "item_cold_factors",
                                            "item_noise",
                                            "item_sample_bias",
                                            "item_cold_sample_bias"};

struct cf_layer_names cf_layer_names(uint32_t i)
{
    struct cf_layer_names n;

    snprintf(n.weight, sizeof n.weight, "layer%" PRIu32 "_weight", i + 1);
    snprintf(n.bias, sizeof n.bias, "layer%" PRIu32 "_bias", i + 1);
    return n;
}

static int read_side(const struct cf_parts *in, const struct cf_side_names *n,
                     const struct cf_pick *pick, uint32_t k,
                     struct cf_side *side)
{
    int part = cf_schema_find_part(in->s, n->dict);
    uint64_t rows = cf_map_rows(in->map, (uint32_t)part);
    struct cf_want w = {n->factors, "factors", CF_F32, k, rows};

    int rc = cf_parts_reals(in, &w, pick, side->factors);
    w = (struct cf_want){n->bias, "bias", CF_F32, 1, rows};
    if (!rc)
        rc = cf_parts_reals(in, &w, pick, side->bias);
    w = (struct cf_want){n->count, "count", CF_U32, 1, rows};
    if (!rc)
        rc = cf_parts_array(in, &w, pick, side->count);
    w = (struct cf_want){n->cold, "factors", CF_F32, k, 1};
    /* A model of the time before they were kept has none: zeros. */
    if (rc || cf_schema_find_part(in->s, n->cold) < 0)
        return rc;
    return cf_parts_reals(in, &w, NULL, side->cold_factors);
}

/* A layer that takes `inputs` numbers; its outputs are the rows of its parts,
 * one if it is the last. */
static int read_layer(const struct cf_parts *in, uint32_t i, uint32_t inputs,
                      bool last, struct cf_mlp *mlp)
{
    const struct cf_layer_names n = cf_layer_names(i);
    struct cf_want w = {n.weight, "weight", CF_F32, inputs, CF_ROWS_UNKNOWN};

    int part = cf_parts_find(in, &w);
    if (part < 0)
        return CF_ESTREAM;
    w.rows = cf_map_rows(in->map, (uint32_t)part);
    if (w.rows < 1 || w.rows > (last ? 1 : CF_MLP_WIDTH))
        return cf_parts_unsound(in, n.weight);
    int rc = cf_mlp_add(mlp, inputs, (uint32_t)w.rows, in->err);
    if (!rc)
        rc = cf_parts_reals(in, &w, NULL, mlp->layer[i].weight);
    w = (struct cf_want){n.bias, "bias", CF_F32, 1, w.rows};
    return rc ? rc : cf_parts_reals(in, &w, NULL, mlp->layer[i].bias);
}

static int read_layers(const struct cf_parts *in, struct cf_model *m)
{
    const struct cf_fact *layers = cf_schema_fact(in->s, "layers", CF_FACT_INT);

    if (!layers)
        return 0;
    if (layers->i < 1 || layers->i > CF_MLP_LAYERS || m->k > CF_MLP_WIDTH)
        return cf_parts_unsound(in, "layers");
    uint32_t n = (uint32_t)layers->i, inputs = m->k;
    int rc = 0;
    for (uint32_t i = 0; !rc && i < n; i++) {
        rc = read_layer(in, i, inputs, i + 1 == n, &m->mlp);
        if (!rc)
            inputs = m->mlp.layer[i].out;
    }
    return rc;
}

static int read_weights(const struct cf_parts *in, struct cf_model *m)
{
    const struct cf_want w = {CF_ITEM_WEIGHTS, "weights", CF_F32,
                              (uint32_t)m->item.n, m->item.n};
    size_t n;

    if (cf_schema_find_part(in->s, CF_ITEM_WEIGHTS) < 0)
        return 0;
    if (cf_parts_find(in, &w) < 0)
        return CF_ESTREAM;
    if (cf_mul((size_t)m->item.n, (size_t)m->item.n, &n))
        m->item_weights = cf_alloc(n, sizeof *m->item_weights);
    if (!m->item_weights)
        return cf_nomem(in->err, CF_ITEM_WEIGHTS);
    return cf_parts_reals(in, &w, NULL, m->item_weights);
}

/* ---- epochs and facts ---- */

static int read_epochs(const struct cf_parts *in, struct cf_model *m)
{
    struct cf_want w = {"epochs", "epoch", CF_U32, 1, CF_ROWS_UNKNOWN};
    int part = cf_parts_find(in, &w);

    if (part < 0)
        return CF_ESTREAM;
    int train = cf_schema_find_column(in->s, (uint32_t)part, "train_loss");
    int valid = cf_schema_find_column(in->s, (uint32_t)part, "valid_loss");
    if (train < 0 || valid < 0 || in->s->column[train].type != CF_F64 ||
        in->s->column[valid].type != CF_F64)
        return cf_parts_unsound(in, "epochs");
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

/* Models did not always tell, and a later version may know others. */
static enum cf_loss read_loss(const struct cf_parts *in)
{
    const struct cf_fact *loss = cf_schema_fact(in->s, "loss", CF_FACT_TEXT);

    if (loss && !strcmp(loss->text, cf_loss_names[CF_LOSS_MSE]))
        return CF_LOSS_MSE;
    if (loss && !strcmp(loss->text, cf_loss_names[CF_LOSS_BCE]))
        return CF_LOSS_BCE;
    return CF_LOSS_UNKNOWN;
}

/* Is it one of stars, by its link? */
static bool has_stars(const struct cf_parts *in)
{
    const struct cf_fact *link = cf_schema_fact(in->s, "link", CF_FACT_TEXT);

    return link && strcmp(link->text, CF_STARS_LINK) == 0;
}

static int read_facts(const struct cf_parts *in, struct cf_model *m)
{
    const struct cf_fact *solver =
        cf_schema_fact(in->s, "solver", CF_FACT_TEXT);
    const struct cf_fact *link = cf_schema_fact(in->s, "link", CF_FACT_TEXT);
    const struct cf_fact *kept = cf_schema_fact(in->s, "kept", CF_FACT_INT);
    const char *const names[] = {"mean", "lo", "hi", "user_cold", "item_cold"};
    double v[5];

    for (size_t i = 0; i < 5; i++) {
        const struct cf_fact *f = cf_schema_fact(in->s, names[i], CF_FACT_REAL);
        if (!f || !isfinite((float)f->r))
            return cf_parts_unsound(in, names[i]);
        v[i] = f->r;
    }
    if (!solver || !link)
        return cf_parts_unsound(in, "no solver or no link");
    m->has_kept = kept && kept->i >= 0 && kept->i <= UINT32_MAX;
    m->kept = m->has_kept ? (uint32_t)kept->i : 0;
    m->user.drawn = cf_schema_fact(in->s, "user_drawn", CF_FACT_INT) != NULL;
    m->item.drawn = cf_schema_fact(in->s, "item_drawn", CF_FACT_INT) != NULL;
    if (!strcmp(link->text, cf_link_names[CF_LINK_SIGMOID]))
        m->link = CF_LINK_SIGMOID;
    else if (strcmp(link->text, cf_link_names[CF_LINK_IDENTITY]) != 0 &&
             !has_stars(in))
        return cf_parts_unsound(in, "a link that this version does not know");
    m->loss = read_loss(in);
    m->mean = v[0];
    m->lo = (float)v[1];
    m->hi = (float)v[2];
    if (!(m->lo < m->hi))
        return cf_parts_unsound(in, "lo is not below hi");
    m->user.cold_bias = (float)v[3];
    m->item.cold_bias = (float)v[4];
    free(m->solver);
    m->solver = strdup(solver->text);
    return m->solver ? 0 : cf_nomem(in->err, "model");
}

/* ---- the whole ---- */

/* Rows of the arrays are looked at before memory is taken for them. */
static int check_factors(const struct cf_parts *in,
                         const struct cf_side_names *n, uint32_t k)
{
    int dict = cf_schema_find_part(in->s, n->dict);
    const struct cf_want w = {n->factors, "factors", CF_F32, k,
                              cf_map_rows(in->map, (uint32_t)dict)};

    return cf_parts_find(in, &w) < 0 ? CF_ESTREAM : 0;
}

/* Sizes and dictionaries, then room for the rest. */
static int read_frame(const struct cf_model_source *src, struct cf_model *m)
{
    const struct cf_parts *in = &src->parts;
    const struct cf_fact *k = cf_schema_fact(in->s, "k", CF_FACT_INT);
    struct cf_store users = {0}, items = {0};

    if (!k || k->i < 1 || k->i > CF_FRAME_MAX)
        return cf_parts_unsound(in, "k");
    int rc = cf_parts_dict(in, "user", src->users, &users);
    if (!rc)
        rc = cf_parts_dict(in, "item", NULL, &items);
    if (!rc)
        rc = check_factors(in, &cf_user_names, (uint32_t)k->i);
    if (!rc)
        rc = check_factors(in, &cf_item_names, (uint32_t)k->i);
    if (!rc)
        rc = cf_model_room(m, (uint32_t)k->i, in->s,
                           (uint32_t)cf_schema_find_part(in->s, "user"), &users,
                           (uint32_t)cf_schema_find_part(in->s, "item"), &items,
                           in->err);
    cf_store_free(&users);
    cf_store_free(&items);
    return rc;
}

static int read_parts(const struct cf_model_source *src, struct cf_model *m)
{
    const struct cf_parts *in = &src->parts;

    int rc = read_frame(src, m);
    if (!rc)
        rc = read_facts(in, m);
    if (!rc)
        rc = read_side(in, &cf_user_names, src->users, m->k, &m->user);
    if (!rc)
        rc = read_side(in, &cf_item_names, NULL, m->k, &m->item);
    if (!rc)
        rc = cf_model_read_samples(src, m);
    if (!rc)
        rc = cf_model_read_contexts(src, m);
    if (!rc && has_stars(in))
        rc = cf_model_read_stars(src, m);
    if (!rc)
        rc = read_layers(in, m);
    if (!rc)
        rc = read_weights(in, m);
    if (!rc)
        rc = cf_model_read_seen(src, m);
    if (!rc)
        rc = read_epochs(in, m);
    return rc ? rc : cf_model_read_chain(src, m);
}

/* The users with those ids, or all if the file has no index. */
static int read_users(const struct cf_model_source *src,
                      const struct cf_users_wanted *ids, struct cf_model *m)
{
    struct cf_model_source some = *src;
    struct cf_pick pick = {0};
    uint32_t *row = NULL;
    int rc = cf_id_index_find(&src->parts, ids->id, ids->n, &row, &pick.n);

    pick.row = row;
    if (row)
        some.users = &pick;
    if (!rc)
        rc = read_parts(&some, m);
    free(row);
    return rc;
}

int cf_model_read_users(struct cf_model *m, struct cf_schema *s,
                        struct cf_in *in, const struct cf_users_wanted *ids,
                        struct cf_err *err)
{
    struct cf_map *map = NULL;

    memset(m, 0, sizeof *m);
    cf_schema_init(s, CF_MODEL);
    int rc = cf_map_open(&map, in, err);
    if (!rc) {
        struct cf_model_source src = {.parts = {map, cf_map_schema(map), err}};
        rc = ids ? read_users(&src, ids, m) : read_parts(&src, m);
        if (!rc)
            rc = cf_schema_history(s, src.parts.s, err);
    }
    cf_map_close(map);
    if (rc) {
        cf_model_free(m);
        cf_schema_free(s);
    }
    return rc;
}

int cf_model_read(struct cf_model *m, struct cf_schema *s, struct cf_in *in,
                  struct cf_err *err)
{
    return cf_model_read_users(m, s, in, NULL, err);
}
