/* little.c - small models for tests. */
#include "little.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "made.h"

static void add_side(struct cf_schema *s, const char *name,
                     struct little_ids ids, struct cf_store *dict)
{
    char column[] = "id", id[16];
    struct cf_column c = {
        .name = column, .type = CF_STR, .width = 1, .dict = -1};
    struct cf_err err;

    must(cf_schema_part(s, name, CF_ROWS_UNKNOWN, &err), &err);
    must(cf_schema_column(s, &c, &err), &err);
    must(cf_store_init(dict, s, (uint32_t)s->nparts - 1, &err), &err);
    for (uint32_t i = 0; i < ids.n; i++) {
        snprintf(id, sizeof id, "%u", ids.first + i);
        struct cf_str v = cf_cstr(id);
        must(cf_store_add_strs(dict, &v, &err), &err);
    }
}

void little_model(struct cf_model *m, uint32_t k, struct little_ids users,
                  struct little_ids items)
{
    struct cf_schema s;
    struct cf_store u, i;
    struct cf_err err;

    cf_schema_init(&s, CF_RATINGS);
    add_side(&s, "user", users, &u);
    add_side(&s, "item", items, &i);
    must(cf_model_init(m, k, &s, 0, &u, 1, &i, &err), &err);
    cf_schema_free(&s);
}

int little_again(const struct cf_model *m, const struct cf_users_wanted *ids,
                 struct cf_model *back, struct cf_err *err)
{
    struct cf_schema s;
    struct made made;
    struct cf_in in;
    size_t n;

    made_init(&made, CF_MODEL);
    must(cf_model_schema(m, true, &made.schema, err), err);
    made_begin(&made, NULL);
    must(cf_model_write(m, &made.schema, made.writer, err), err);
    char *p = made_finish(&made, &n);
    must(cf_in_mem(&in, "m.cf", p, n, err), err);
    int rc = cf_model_read_users(back, &s, &in, ids, err);
    cf_in_close(&in);
    if (!rc)
        cf_schema_free(&s);
    free(p);
    return rc;
}

float little_draw(uint64_t seed, uint64_t index)
{
    const struct cf_rng rng = {.seed = seed, .purpose = CF_RNG_TEST};
    return (float)(2 * cf_rng_real(&rng, index) - 1);
}

static void fill_side(struct cf_side *side, uint32_t k, uint64_t seed)
{
    for (uint64_t i = 0; i < side->n * k; i++)
        side->factors[i] = little_draw(seed, i);
    for (uint64_t i = 0; i < side->n; i++) {
        side->bias[i] = little_draw(seed + 1, i);
        side->count[i] = 1;
    }
}

void little_fill(struct cf_model *m, uint64_t seed)
{
    fill_side(&m->user, m->k, seed);
    fill_side(&m->item, m->k, seed + 2);
    m->link = CF_LINK_SIGMOID;
    m->lo = 0;
    m->hi = 5;
    cf_model_set_cold(m);
}

static void fill_layer(const struct cf_mlp_layer *l, uint64_t seed)
{
    for (uint64_t i = 0; i < (uint64_t)l->in * l->out; i++)
        l->weight[i] = little_draw(seed, i);
    for (uint64_t i = 0; i < l->out; i++)
        l->bias[i] = little_draw(seed + 1, i);
}

void little_layers(struct cf_model *m, uint64_t seed)
{
    struct cf_err err;

    must(cf_mlp_add(&m->mlp, m->k, LITTLE_HIDDEN, &err), &err);
    must(cf_mlp_add(&m->mlp, LITTLE_HIDDEN, 1, &err), &err);
    fill_layer(&m->mlp.layer[0], seed);
    fill_layer(&m->mlp.layer[1], seed + 2);
    memset(m->user.bias, 0, m->user.n * sizeof *m->user.bias);
    memset(m->item.bias, 0, m->item.n * sizeof *m->item.bias);
    cf_model_set_cold(m);
}

void expect_near_at(double a, double b, double off, const char *file, int line)
{
    if (!(fabs(a - b) <= off))
        fail_msg("%s:%d: %.9g is not within %g of %.9g", file, line, a, off, b);
}

float little_raw(const struct cf_model *m, uint32_t u, uint32_t i)
{
    float z;

    cf_model_raw_pairs(m, &u, &i, 1, &z);
    return z;
}

float little_predict(const struct cf_model *m, uint32_t u, uint32_t i)
{
    float y;

    cf_model_predict_pairs(m, &u, &i, 1, &y);
    return y;
}
