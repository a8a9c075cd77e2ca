/* chain.c - arrays by name. */
#include "model/chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct cf_chain_array *cf_chain_add(struct cf_chain *c, const char *name,
                                    bool real, size_t n, struct cf_err *err)
{
    struct cf_chain_array a = {.n = n};

    if (real)
        a.real = cf_alloc(n, sizeof *a.real);
    else
        a.v = cf_alloc(n, sizeof *a.v);
    if ((!a.v && !a.real) ||
        !cf_grow(&c->array, &c->cap, c->n + 1, sizeof *c->array)) {
        free(a.v);
        free(a.real);
        cf_nomem(err, "state of the sampler");
        return NULL;
    }
    snprintf(a.name, sizeof a.name, "%s", name);
    c->array[c->n] = a;
    return &c->array[c->n++];
}

const struct cf_chain_array *cf_chain_find(const struct cf_chain *c,
                                           const char *name)
{
    for (size_t i = 0; i < c->n; i++)
        if (!strcmp(c->array[i].name, name))
            return &c->array[i];
    return NULL;
}

void cf_chain_free(struct cf_chain *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->array[i].v);
        free(c->array[i].real);
    }
    free(c->array);
    free(c->options);
    memset(c, 0, sizeof *c);
}
