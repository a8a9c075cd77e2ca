/* file_stars.c - what a model file has of stars. */
#include "model/file_impl.h"

/* The parts of a side, if noise has scales of its own. */
struct names {
    const char *sd, *cold;
};
static const struct names user_names = {"user_star_sd", "user_cold_star_sd"},
                          item_names = {"item_star_sd", "item_cold_star_sd"};

/* ---- writing ---- */

static int side_parts(struct cf_schema *s, const struct names *n,
                      const struct cf_side *side, uint32_t samples,
                      struct cf_err *err)
{
    const struct cf_column sd = {
        .name = "sd", .type = CF_F32, .width = samples, .dict = -1};

    if (!side->star_sd)
        return 0;
    int rc = cf_model_part(s, n->sd, side->n, &sd, err);
    return rc ? rc : cf_model_part(s, n->cold, 1, &sd, err);
}

int cf_model_star_parts(const struct cf_model *m, struct cf_schema *s,
                        struct cf_err *err)
{
    struct cf_column c = {
        .name = "value", .type = CF_F32, .width = 1, .dict = -1};

    int rc = cf_model_part(s, "star", m->stars.n, &c, err);
    c.name = "cut";
    c.width = m->samples;
    if (!rc)
        rc = cf_model_part(s, "star_cut", m->stars.n - 1, &c, err);
    c.name = "sd";
    if (!rc)
        rc = cf_model_part(s, "star_sd", 1, &c, err);
    c.name = "variance";
    if (!rc)
        rc = cf_model_part(s, "star_cold", CF_STARS_COLD, &c, err);
    if (!rc)
        rc = side_parts(s, &user_names, &m->user, m->samples, err);
    return rc ? rc : side_parts(s, &item_names, &m->item, m->samples, err);
}

static int write_side(const struct cf_schema *s, const struct names *n,
                      const struct cf_side *side, size_t row,
                      struct cf_writer *w, struct cf_err *err)
{
    const struct cf_model_array sd = {n->sd, side->star_sd, side->n, row},
                                cold = {n->cold, side->cold_star_sd, 1, row};

    if (!side->star_sd)
        return 0;
    int rc = cf_model_write_array(&sd, s, w, err);
    return rc ? rc : cf_model_write_array(&cold, s, w, err);
}

int cf_model_write_stars(const struct cf_model *m, const struct cf_schema *s,
                         struct cf_writer *w, struct cf_err *err)
{
    const struct cf_stars *stars = &m->stars;
    size_t row = m->samples * sizeof(float);
    const struct cf_model_array all[] = {
        {"star", stars->value, stars->n, sizeof(float)},
        {"star_cut", stars->cut, stars->n - 1, row},
        {"star_sd", stars->sd, 1, row},
        {"star_cold", stars->cold, CF_STARS_COLD, row}};
    int rc = 0;

    for (size_t i = 0; !rc && i < sizeof all / sizeof *all; i++)
        rc = cf_model_write_array(&all[i], s, w, err);
    if (!rc)
        rc = write_side(s, &user_names, &m->user, row, w, err);
    return rc ? rc : write_side(s, &item_names, &m->item, row, w, err);
}

/* ---- reading ---- */

static struct cf_want want_sd(const struct cf_parts *in, const char *part,
                              const char *dict, uint32_t samples)
{
    int of = cf_schema_find_part(in->s, dict);

    return (struct cf_want){part, "sd", CF_F32, samples,
                            cf_map_rows(in->map, (uint32_t)of)};
}

static int read_sds(const struct cf_parts *in, const struct cf_want *w,
                    const struct cf_pick *pick, uint64_t rows, float *out)
{
    int rc = cf_parts_reals(in, w, pick, out);

    for (uint64_t i = 0; !rc && i < rows * w->width; i++)
        if (!(out[i] > 0))
            rc = cf_parts_unsound(in, w->part);
    return rc;
}

static int read_side(const struct cf_parts *in, const struct names *n,
                     const struct cf_pick *pick, const struct cf_want *sd,
                     struct cf_side *side)
{
    const struct cf_want cold = {n->cold, "sd", CF_F32, sd->width, 1};

    int rc = read_sds(in, sd, pick, side->n, side->star_sd);
    return rc ? rc : read_sds(in, &cold, NULL, 1, side->cold_star_sd);
}

/* Do stars, and the cuts of each sample, ascend? */
static int check_order(const struct cf_parts *in, const struct cf_model *m)
{
    const struct cf_stars *s = &m->stars;
    size_t cuts = ((size_t)s->n - 1) * m->samples;

    for (uint32_t j = 1; j < s->n; j++)
        if (!(s->value[j - 1] < s->value[j]))
            return cf_parts_unsound(in, "star");
    for (size_t i = m->samples; i < cuts; i++)
        if (!(s->cut[i - m->samples] <= s->cut[i]))
            return cf_parts_unsound(in, "star_cut");
    return 0;
}

/* An older model has none: zeros. */
static int read_cold(const struct cf_parts *in, struct cf_model *m)
{
    const struct cf_want w = {"star_cold", "variance", CF_F32, m->samples,
                              CF_STARS_COLD};
    size_t n = (size_t)m->samples * CF_STARS_COLD;

    if (cf_schema_find_part(in->s, w.part) < 0)
        return 0;
    int rc = cf_parts_reals(in, &w, NULL, m->stars.cold);
    for (size_t i = 0; !rc && i < n; i++)
        if (m->stars.cold[i] < 0)
            rc = cf_parts_unsound(in, w.part);
    return rc;
}

/* Given room. */
static int read_all(const struct cf_model_source *src, struct cf_model *m,
                    const struct cf_want sd[2])
{
    const struct cf_parts *in = &src->parts;
    struct cf_stars *s = &m->stars;
    const struct cf_want value = {"star", "value", CF_F32, 1, s->n},
                         cut = {"star_cut", "cut", CF_F32, m->samples,
                                s->n - 1},
                         one = {"star_sd", "sd", CF_F32, m->samples, 1};

    int rc = cf_parts_reals(in, &value, NULL, s->value);
    if (!rc)
        rc = cf_parts_reals(in, &cut, NULL, s->cut);
    if (!rc)
        rc = read_sds(in, &one, NULL, 1, s->sd);
    if (!rc)
        rc = read_cold(in, m);
    if (!rc && m->user.star_sd)
        rc = read_side(in, &user_names, src->users, &sd[0], &m->user);
    if (!rc && m->item.star_sd)
        rc = read_side(in, &item_names, NULL, &sd[1], &m->item);
    return rc ? rc : check_order(in, m);
}

int cf_model_read_stars(const struct cf_model_source *src, struct cf_model *m)
{
    const struct cf_parts *in = &src->parts;
    const struct cf_want value = {"star", "value", CF_F32, 1, CF_ROWS_UNKNOWN};

    int part = cf_parts_find(in, &value);
    if (part < 0)
        return CF_ESTREAM;
    uint64_t n = cf_map_rows(in->map, (uint32_t)part);
    if (n < 2 || n > CF_STARS_MOST || m->samples == 0)
        return cf_parts_unsound(in, "star");
    const struct cf_want cut = {"star_cut", "cut", CF_F32, m->samples, n - 1},
                         sd[2] = {
                             want_sd(in, user_names.sd, "user", m->samples),
                             want_sd(in, item_names.sd, "item", m->samples)};
    bool own = cf_schema_find_part(in->s, user_names.sd) >= 0;
    /* The parts are looked at before memory is taken for them. */
    if (cf_parts_find(in, &cut) < 0 || (own && (cf_parts_find(in, &sd[0]) < 0 ||
                                                cf_parts_find(in, &sd[1]) < 0)))
        return CF_ESTREAM;
    int rc = cf_model_add_stars(m, (uint32_t)n, own, in->err);
    return rc ? rc : read_all(src, m, sd);
}
