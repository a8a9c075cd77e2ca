/* topn.c - ranking, exact: every item is scored. */
#include "eval/topn.h"

#include "model/cosine.h"

size_t cf_topn_user(const struct cf_model *m, uint32_t u,
                    const struct cf_topn_opts *o, float *scratch,
                    struct cf_scored *out)
{
    bool known = cf_model_known(m, u, CF_NONE) & CF_KNOWN_USER;
    uint64_t seen = 0, seen_end = 0;
    struct cf_top top;

    cf_model_raw_items(m, u, o->vec, scratch);
    if (known && !o->keep_seen) {
        seen = m->seen_start[u];
        seen_end = m->seen_start[u + 1];
    }
    cf_top_init(&top, out, o->n);
    for (uint32_t i = 0; i < m->item.n; i++) {
        if (seen < seen_end && m->seen_item[seen] == i)
            seen++;
        else if (m->item.count[i] > 0)
            cf_top_add(&top, scratch[i], i);
    }
    cf_top_sort(&top);
    for (size_t j = 0; j < top.count; j++)
        out[j].score = cf_link_apply(m->link, m->lo, m->hi, out[j].score);
    return top.count;
}

/* ---- similar items ---- */

void cf_topn_lengths(const struct cf_model *m, double *out)
{
    cf_cosine_lengths(&m->item, m->k, out);
}

/* By the weights of item i. */
static size_t weightiest(const struct cf_model *m, uint32_t i, size_t n,
                         struct cf_scored *out)
{
    const float *weight = m->item_weights + (size_t)i * m->item.n;
    struct cf_top top;

    cf_top_init(&top, out, n);
    for (uint32_t j = 0; j < m->item.n; j++)
        if (j != i && m->item.count[j] > 0)
            cf_top_add(&top, weight[j], j);
    cf_top_sort(&top);
    return top.count;
}

size_t cf_topn_similar(const struct cf_model *m, uint32_t i,
                       const struct cf_topn_opts *o, float *scratch,
                       struct cf_scored *out)
{
    struct cf_top top;

    if (m->item_weights)
        return weightiest(m, i, o->n, out);

    cf_top_init(&top, out, o->n);
    if (o->length[i] == 0)
        return 0;
    o->vec->gemv(m->item.factors, m->item.factors + (size_t)i * m->k, scratch,
                 m->item.n, m->k);
    for (uint32_t j = 0; j < m->item.n; j++) {
        if (j == i || o->length[j] == 0)
            continue;
        cf_top_add(&top, cf_cosine(scratch[j], o->length[i], o->length[j]), j);
    }
    cf_top_sort(&top);
    return top.count;
}
