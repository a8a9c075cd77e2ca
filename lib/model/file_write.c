/* file_write.c - a model as a stream. */
#include "model/file_impl.h"

#include <string.h>

#include "base/num.h"
#include "model/id_index.h"

enum { BLOCK_BYTES = 1 << 20, EPOCHS = 1024 /* of a block */ };

/* ---- the schema ---- */

int cf_model_part(struct cf_schema *s, const char *part, uint64_t rows,
                  const struct cf_column *c, struct cf_err *err)
{
    int rc = cf_schema_part(s, part, rows, err);
    return rc ? rc : cf_schema_column(s, c, err);
}

static int side_parts(struct cf_schema *s, const struct cf_side_names *n,
                      const struct cf_side *side, uint32_t k,
                      struct cf_err *err)
{
    struct cf_column c = {
        .name = "factors", .type = CF_F32, .width = k, .dict = -1};

    int rc = cf_model_part(s, n->factors, side->n, &c, err);
    if (!rc)
        rc = cf_model_part(s, n->cold, 1, &c, err);
    c.name = "bias";
    c.width = 1;
    if (!rc)
        rc = cf_model_part(s, n->bias, side->n, &c, err);
    c.name = "count";
    c.type = CF_U32;
    if (!rc)
        rc = cf_model_part(s, n->count, side->n, &c, err);
    return rc;
}

static int sample_parts(struct cf_schema *s, const struct cf_side_names *n,
                        const struct cf_side *side, uint32_t samples,
                        struct cf_err *err)
{
    struct cf_column c = {
        .name = "variance", .type = CF_F32, .width = 1, .dict = -1};

    int rc = cf_model_part(s, n->noise, side->n, &c, err);
    c.name = "bias";
    c.width = samples;
    if (!rc)
        rc = cf_model_part(s, n->sample_bias, side->n, &c, err);
    return rc ? rc : cf_model_part(s, n->cold_sample_bias, 1, &c, err);
}

static int layer_parts(struct cf_schema *s, const struct cf_model *m,
                       struct cf_err *err)
{
    struct cf_column c = {.type = CF_F32, .dict = -1};
    int rc = 0;

    for (uint32_t i = 0; !rc && i < m->mlp.n; i++) {
        const struct cf_mlp_layer *l = &m->mlp.layer[i];
        const struct cf_layer_names n = cf_layer_names(i);
        c.name = "weight";
        c.width = l->in;
        rc = cf_model_part(s, n.weight, l->out, &c, err);
        c.name = "bias";
        c.width = 1;
        if (!rc)
            rc = cf_model_part(s, n.bias, l->out, &c, err);
    }
    return rc;
}

static int weight_part(struct cf_schema *s, uint64_t items, struct cf_err *err)
{
    const struct cf_column c = {.name = "weights",
                                .type = CF_F32,
                                .width = (uint32_t)items,
                                .dict = -1};
    return cf_model_part(s, CF_ITEM_WEIGHTS, items, &c, err);
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

    int rc = cf_model_part(s, "seen_start", m->user.n + 1, &start, err);
    if (!rc)
        rc =
            cf_model_part(s, "seen_item", m->seen_start[m->user.n], &item, err);
    return rc;
}

static int epoch_part(const struct cf_model *m, bool seconds,
                      struct cf_schema *s, struct cf_err *err)
{
    struct cf_column c = {
        .name = "epoch", .type = CF_U32, .width = 1, .dict = -1};
    static const char *const reals[] = {"train_loss", "valid_loss", "seconds"};

    int rc = cf_model_part(s, "epochs", m->nepochs, &c, err);
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

static int add_sample_facts(const struct cf_model *m, struct cf_schema *s,
                            struct cf_err *err)
{
    int rc = cf_schema_int(s, "samples", m->samples, err);

    if (!rc && m->sessions.n > 0)
        rc = cf_schema_real(s, "session_unknown", shortest(m->sessions.unknown),
                            err);
    if (!rc)
        rc = cf_schema_real(s, "noise", shortest(m->noise), err);
    if (!rc)
        rc = cf_schema_real(s, "user_cold_noise", shortest(m->user.cold_noise),
                            err);
    return rc ? rc
              : cf_schema_real(s, "item_cold_noise",
                               shortest(m->item.cold_noise), err);
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
        rc = cf_schema_text(
            s, "link", m->stars.n > 0 ? CF_STARS_LINK : cf_link_names[m->link],
            err);
    if (!rc && cf_loss_names[m->loss])
        rc = cf_schema_text(s, "loss", cf_loss_names[m->loss], err);
    for (size_t i = 0; !rc && i < sizeof real / sizeof *real; i++)
        rc = cf_schema_real(s, real[i].name, real[i].value, err);
    if (!rc && m->mlp.n > 0)
        rc = cf_schema_int(s, "layers", m->mlp.n, err);
    if (!rc && m->has_kept)
        rc = cf_schema_int(s, "kept", m->kept, err);
    if (!rc && m->samples)
        rc = add_sample_facts(m, s, err);
    if (!rc && m->user.drawn)
        rc = cf_schema_int(s, "user_drawn", 1, err);
    if (!rc && m->item.drawn)
        rc = cf_schema_int(s, "item_drawn", 1, err);
    return rc;
}

int cf_model_schema(const struct cf_model *m, bool seconds, struct cf_schema *s,
                    struct cf_err *err)
{
    cf_schema_init(s, CF_MODEL);
    int rc =
        cf_schema_copy_part(s, "user", m->user.n, &m->user.dict_schema, 0, err);
    if (!rc)
        rc = cf_schema_copy_part(s, "item", m->item.n, &m->item.dict_schema, 0,
                                 err);
    if (!rc)
        rc = side_parts(s, &cf_user_names, &m->user, m->k, err);
    if (!rc)
        rc = side_parts(s, &cf_item_names, &m->item, m->k, err);
    if (!rc && m->samples)
        rc = sample_parts(s, &cf_user_names, &m->user, m->samples, err);
    if (!rc && m->samples)
        rc = sample_parts(s, &cf_item_names, &m->item, m->samples, err);
    if (!rc)
        rc = cf_model_context_parts(m, s, err);
    if (!rc && m->stars.n > 0)
        rc = cf_model_star_parts(m, s, err);
    if (!rc)
        rc = layer_parts(s, m, err);
    if (!rc && m->item_weights)
        rc = weight_part(s, m->item.n, err);
    if (!rc)
        rc = seen_parts(m, s, err);
    if (!rc)
        rc = cf_id_index_schema(s, m->user.n, err);
    if (!rc)
        rc = epoch_part(m, seconds, s, err);
    if (!rc)
        rc = add_facts(m, s, err);
    if (!rc && m->chain.samples > 0)
        rc = cf_model_chain_parts(m, s, err);
    return rc;
}

/* ---- writing ---- */

/* rows of row_size bytes each as blocks of the part of that name. */
static int write_array(const struct cf_schema *s, const char *part,
                       const void *data, uint64_t rows, size_t row_size,
                       struct cf_writer *w, struct cf_err *err)
{
    uint64_t step = row_size < BLOCK_BYTES ? BLOCK_BYTES / row_size : 1;
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

int cf_model_write_array(const struct cf_model_array *a,
                         const struct cf_schema *s, struct cf_writer *w,
                         struct cf_err *err)
{
    return write_array(s, a->part, a->data, a->rows, a->row_size, w, err);
}

static int write_side(const struct cf_schema *s, const struct cf_side_names *n,
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
    if (!rc)
        rc = write_array(s, n->cold, side->cold_factors, 1, k * sizeof(float),
                         w, err);
    return rc;
}

static int write_samples(const struct cf_schema *s,
                         const struct cf_side_names *n,
                         const struct cf_side *side, uint32_t samples,
                         struct cf_writer *w, struct cf_err *err)
{
    size_t size = samples * sizeof(float);

    int rc =
        write_array(s, n->noise, side->noise, side->n, sizeof(float), w, err);
    if (!rc)
        rc = write_array(s, n->sample_bias, side->sample_bias, side->n, size, w,
                         err);
    return rc ? rc
              : write_array(s, n->cold_sample_bias, side->cold_sample_bias, 1,
                            size, w, err);
}

static int write_layers(const struct cf_schema *s, const struct cf_model *m,
                        struct cf_writer *w, struct cf_err *err)
{
    int rc = 0;

    for (uint32_t i = 0; !rc && i < m->mlp.n; i++) {
        const struct cf_mlp_layer *l = &m->mlp.layer[i];
        const struct cf_layer_names n = cf_layer_names(i);
        rc = write_array(s, n.weight, l->weight, l->out, l->in * sizeof(float),
                         w, err);
        if (!rc)
            rc = write_array(s, n.bias, l->bias, l->out, sizeof(float), w, err);
    }
    return rc;
}

/* Some epochs column by column. */
struct epochs {
    uint32_t epoch[EPOCHS];
    double train[EPOCHS], valid[EPOCHS], seconds[EPOCHS];
    uint32_t n;
};

static void take_epochs(struct epochs *to, const struct cf_epoch *from,
                        size_t left)
{
    to->n = left < EPOCHS ? (uint32_t)left : EPOCHS;
    for (uint32_t i = 0; i < to->n; i++) {
        to->epoch[i] = from[i].epoch;
        to->train[i] = from[i].train_loss;
        to->valid[i] = from[i].valid_loss;
        to->seconds[i] = from[i].seconds;
    }
}

static int write_epochs(const struct cf_model *m, const struct cf_schema *s,
                        struct cf_writer *w, struct cf_err *err)
{
    int part = cf_schema_find_part(s, "epochs");
    struct epochs e;
    int rc = 0;

    for (size_t at = 0; !rc && at < m->nepochs; at += e.n) {
        take_epochs(&e, m->epoch + at, m->nepochs - at);
        size_t size = e.n * sizeof(double);
        struct cf_chunk c[4] = {
            {.data = (char *)e.epoch, .size = e.n * sizeof *e.epoch},
            {.data = (char *)e.train, .size = size},
            {.data = (char *)e.valid, .size = size},
            {.data = (char *)e.seconds, .size = size}};
        struct cf_block b = {.part = (uint32_t)part, .rows = e.n, .chunk = c};
        rc = cf_writer_put(w, &b, err);
    }
    return rc;
}

static int write_index(const struct cf_model *m, const struct cf_schema *s,
                       struct cf_writer *w, struct cf_err *err)
{
    struct cf_id_index x;
    int rc = cf_id_index_make(&x, &m->user.dict, err);

    if (!rc)
        rc = cf_id_index_write(&x, s, w, err);
    cf_id_index_free(&x);
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
        rc = write_side(s, &cf_user_names, &m->user, m->k, w, err);
    if (!rc)
        rc = write_side(s, &cf_item_names, &m->item, m->k, w, err);
    if (!rc && m->samples)
        rc = write_samples(s, &cf_user_names, &m->user, m->samples, w, err);
    if (!rc && m->samples)
        rc = write_samples(s, &cf_item_names, &m->item, m->samples, w, err);
    if (!rc)
        rc = cf_model_write_contexts(m, s, w, err);
    if (!rc && m->stars.n > 0)
        rc = cf_model_write_stars(m, s, w, err);
    if (!rc)
        rc = write_layers(s, m, w, err);
    if (!rc && m->item_weights)
        rc = write_array(s, CF_ITEM_WEIGHTS, m->item_weights, m->item.n,
                         m->item.n * sizeof(float), w, err);
    if (!rc)
        rc = write_array(s, "seen_start", m->seen_start, m->user.n + 1,
                         sizeof(uint64_t), w, err);
    if (!rc)
        rc = write_array(s, "seen_item", m->seen_item, m->seen_start[m->user.n],
                         sizeof(uint32_t), w, err);
    if (!rc)
        rc = write_index(m, s, w, err);
    if (!rc)
        rc = write_epochs(m, s, w, err);
    return rc || m->chain.samples == 0 ? rc
                                       : cf_model_write_chain(m, s, w, err);
}
