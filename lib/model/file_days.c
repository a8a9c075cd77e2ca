/* file_days.c - what a model file has of days. */
#include "model/file_impl.h"

#define DAY "day"
#define FACTORS "day_factors"
#define BIAS "day_bias"
#define SAMPLE_BIAS "day_sample_bias"

int cf_model_day_parts(const struct cf_model *m, struct cf_schema *s,
                       struct cf_err *err)
{
    const struct cf_column day = {
        .name = "day", .type = CF_I64, .width = 1, .dict = -1};
    struct cf_column c = {
        .name = "factors", .type = CF_F32, .width = m->k, .dict = -1};

    int rc = cf_model_part(s, DAY, m->days.n, &day, err);
    if (!rc)
        rc = cf_model_part(s, FACTORS, m->days.n, &c, err);
    c.name = "bias";
    c.width = 1;
    if (!rc)
        rc = cf_model_part(s, BIAS, m->days.n, &c, err);
    c.width = m->samples;
    return rc ? rc : cf_model_part(s, SAMPLE_BIAS, m->days.n, &c, err);
}

int cf_model_write_days(const struct cf_model *m, const struct cf_schema *s,
                        struct cf_writer *w, struct cf_err *err)
{
    const struct cf_days *d = &m->days;
    const struct cf_model_array all[] = {
        {DAY, d->day, d->n, sizeof *d->day},
        {FACTORS, d->factors, d->n, m->k * sizeof *d->factors},
        {BIAS, d->bias, d->n, sizeof *d->bias},
        {SAMPLE_BIAS, d->sample_bias, d->n,
         m->samples * sizeof *d->sample_bias}};
    int rc = 0;

    for (size_t i = 0; !rc && i < sizeof all / sizeof *all; i++)
        rc = cf_model_write_array(&all[i], s, w, err);
    return rc;
}

static int check_order(const struct cf_parts *in, const struct cf_days *d)
{
    for (uint64_t i = 1; i < d->n; i++)
        if (d->day[i] <= d->day[i - 1])
            return cf_parts_unsound(in, DAY);
    return 0;
}

int cf_model_read_days(const struct cf_model_source *src, struct cf_model *m)
{
    const struct cf_parts *in = &src->parts;
    struct cf_want day = {DAY, "day", CF_I64, 1, CF_ROWS_UNKNOWN};
    struct cf_days *d = &m->days;

    if (cf_schema_find_part(in->s, DAY) < 0)
        return 0;
    int part = cf_parts_find(in, &day);
    if (part < 0)
        return CF_ESTREAM;
    uint64_t n = cf_map_rows(in->map, (uint32_t)part);
    const struct cf_want factors = {FACTORS, "factors", CF_F32, m->k, n},
                         bias = {BIAS, "bias", CF_F32, 1, n},
                         samples = {SAMPLE_BIAS, "bias", CF_F32, m->samples, n};
    /* The parts are looked at before memory is taken for them. */
    if (cf_parts_find(in, &factors) < 0 || cf_parts_find(in, &bias) < 0 ||
        cf_parts_find(in, &samples) < 0)
        return CF_ESTREAM;
    int rc = cf_model_add_days(m, n, in->err);
    if (!rc)
        rc = cf_parts_array(in, &day, NULL, d->day);
    if (!rc)
        rc = cf_parts_reals(in, &factors, NULL, d->factors);
    if (!rc)
        rc = cf_parts_reals(in, &bias, NULL, d->bias);
    if (!rc)
        rc = cf_parts_reals(in, &samples, NULL, d->sample_bias);
    return rc ? rc : check_order(in, d);
}
