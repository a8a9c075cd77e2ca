/* topn_stream.h - the work of cf-topn: ranked lists as a stream. */
#ifndef CF_EVAL_TOPN_STREAM_H
#define CF_EVAL_TOPN_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/par.h"
#include "eval/topn.h"
#include "stream/schema.h"
#include "stream/writer.h"

/* Somebody who is asked for: a user, or an item for its like. */
struct cf_ask {
    uint32_t row;       /* in the model, or CF_NONE (users only) */
    struct cf_str name; /* the id; used if row is CF_NONE */
};

struct cf_topn_job {
    const struct cf_model *m;
    struct cf_topn_opts opts;
    bool similar;             /* items like an item, not items for a user */
    const struct cf_ask *ask; /* NULL: all, in the order of the model */
    size_t n;                 /* of ask */
    struct cf_pool *pool;
    void (*done)(void *ctx, uint64_t lists); /* told of progress */
    void *ctx;
};

struct cf_topn_report {
    uint64_t lists;
    uint64_t none;  /* asked for, but not made, because the model does not know
                       what the item is like */
    uint64_t cold;  /* for users that the model knows nothing about */
    uint64_t fewer; /* with less than n items, because there are no more */
};

/* The schema: a dictionary of who is asked for ("user", the ids; or "query",
 * items with their attributes), "item" (with their attributes), for users
 * "known" (none, user, item, both), and "rows": who, rank from 1 (CF_RANK),
 * item, CF_SCORE, for users CF_KNOWN. Without history. To be freed after an
 * error, too. */
int cf_topn_schema(struct cf_schema *s, const struct cf_topn_job *j,
                   struct cf_err *err);
/* Writes the lists in the order asked for, dictionary entries before their
 * first use. The caller finishes w. */
int cf_topn_write(const struct cf_topn_job *j, const struct cf_schema *s,
                  struct cf_writer *w, struct cf_topn_report *r,
                  struct cf_err *err);

#endif
