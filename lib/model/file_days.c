/* file_days.c - what a model file has of days. */
#include "model/file_impl.h"

/* The parts of rows. */
struct names {
    const char *factors, *bias, *sample_bias;
};
static const struct names day_names = {"day_factors", "day_bias",
                                       "day_sample_bias"},
                          user_names = {"user_day_factors", "user_day_bias",
                                        "user_day_sample_bias"};

static int row_parts(const struct cf_model *m, const struct names *n,
                     uint64_t rows, struct cf_schema *s, struct cf_err *err)
{
    struct cf_column c = {
        .name = "factors", .type = CF_F32, .width = m->k, .dict = -1};

    int rc = cf_model_part(s, n->factors, rows, &c, err);
    c.name = "bias";
    c.width = 1;
    if (!rc)
        rc = cf_model_part(s, n->bias, rows, &c, err);
    c.width = m->samples;
    return rc ? rc : cf_model_part(s, n->sample_bias, rows, &c, err);
}

int cf_model_day_parts(const struct cf_model *m, struct cf_schema *s,
                       struct cf_err *err)
{
    const struct cf_column
        day = {.name = "day", .type = CF_I64, .width = 1, .dict = -1},
        count = {.name = "count", .type = CF_U32, .width = 1, .dict = -1};

    int rc = cf_model_part(s, "day", m->days.n, &day, err);
    if (!rc)
        rc = cf_model_part(s, "day_count", m->days.n, &count, err);
    if (!rc)
        rc = row_parts(m, &day_names, m->days.n, s, err);
    return rc ? rc : row_parts(m, &user_names, m->days.users, s, err);
}

int cf_model_write_days(const struct cf_model *m, const struct cf_schema *s,
                        struct cf_writer *w, struct cf_err *err)
{
    const struct cf_days *d = &m->days;
    const size_t k = m->k * sizeof(float), biases = m->samples * sizeof(float);
    const struct cf_model_array all[] = {
        {"day", d->day, d->n, sizeof *d->day},
        {"day_count", d->count, d->n, sizeof *d->count},
        {day_names.factors, d->row.factors, d->n, k},
        {day_names.bias, d->row.bias, d->n, sizeof(float)},
        {day_names.sample_bias, d->row.sample_bias, d->n, biases},
        {user_names.factors, d->user.factors, d->users, k},
        {user_names.bias, d->user.bias, d->users, sizeof(float)},
        {user_names.sample_bias, d->user.sample_bias, d->users, biases}};
    int rc = 0;

    for (size_t i = 0; !rc && i < sizeof all / sizeof *all; i++)
        rc = cf_model_write_array(&all[i], s, w, err);
    return rc;
}

/* ---- reading ---- */

/* Where rows are to be read from. */
struct wants {
    struct cf_want factors, bias, sample_bias;
};

static struct wants wants(const struct cf_model *m, const struct names *n,
                          uint64_t rows)
{
    return (struct wants){{n->factors, "factors", CF_F32, m->k, rows},
                          {n->bias, "bias", CF_F32, 1, rows},
                          {n->sample_bias, "bias", CF_F32, m->samples, rows}};
}

static bool there(const struct cf_parts *in, const struct wants *w)
{
    return cf_parts_find(in, &w->factors) >= 0 &&
           cf_parts_find(in, &w->bias) >= 0 &&
           cf_parts_find(in, &w->sample_bias) >= 0;
}

static int read_rows(const struct cf_parts *in, const struct wants *w,
                     const struct cf_pick *pick, struct cf_day_rows *to)
{
    int rc = cf_parts_reals(in, &w->factors, pick, to->factors);
    if (!rc)
        rc = cf_parts_reals(in, &w->bias, pick, to->bias);
    return rc ? rc : cf_parts_reals(in, &w->sample_bias, pick, to->sample_bias);
}

static int check_order(const struct cf_parts *in, const struct cf_days *d)
{
    for (uint64_t i = 1; i < d->n; i++)
        if (d->day[i] <= d->day[i - 1])
            return cf_parts_unsound(in, "day");
    return 0;
}

int cf_model_read_days(const struct cf_model_source *src, struct cf_model *m)
{
    const struct cf_parts *in = &src->parts;
    const struct cf_want day = {"day", "day", CF_I64, 1, CF_ROWS_UNKNOWN};
    struct cf_days *d = &m->days;

    if (cf_schema_find_part(in->s, "day") < 0)
        return 0;
    int part = cf_parts_find(in, &day),
        users = cf_schema_find_part(in->s, "user");
    if (part < 0)
        return CF_ESTREAM;
    uint64_t n = cf_map_rows(in->map, (uint32_t)part);
    const struct cf_want count = {"day_count", "count", CF_U32, 1, n};
    const struct wants rows = wants(m, &day_names, n),
                       of_users = wants(m, &user_names,
                                        cf_map_rows(in->map, (uint32_t)users));
    /* The parts are looked at before memory is taken for them. */
    if (!there(in, &rows) || !there(in, &of_users))
        return CF_ESTREAM;
    int rc = cf_model_add_days(m, n, in->err);
    if (!rc)
        rc = cf_parts_array(in, &day, NULL, d->day);
    if (!rc)
        rc = cf_parts_array(in, &count, NULL, d->count);
    if (!rc)
        rc = read_rows(in, &rows, NULL, &d->row);
    if (!rc)
        rc = read_rows(in, &of_users, src->users, &d->user);
    if (!rc)
        cf_model_set_cold_day(m);
    return rc ? rc : check_order(in, d);
}
