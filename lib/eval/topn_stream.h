/* topn_stream.h - the work of cf-topn: ranked lists as a stream. */
#ifndef CF_EVAL_TOPN_STREAM_H
#define CF_EVAL_TOPN_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/topn.h"
#include "stream/schema.h"
#include "stream/writer.h"

/* Whoever asks as time goes by. */
struct cf_topn_live {
    /* Gives the next ones, which are valid until it is called again; *n 0 at
     * the end. */
    int (*next)(void *ctx, const struct cf_ask **ask, size_t *n,
                struct cf_err *err);
    /* Called when their lists are written. */
    int (*answered)(void *ctx, struct cf_err *err);
    void *ctx;
};

struct cf_topn_job {
    const struct cf_model *m;
    struct cf_topn_opts opts;
    const struct cf_topn_live *live; /* or NULL: */
    const struct cf_ask *ask;        /* (n), or NULL: */
    size_t n;
    uint64_t from, to; /* rows from .. to-1 of the model */
    void (*done)(void *ctx, uint64_t lists); /* told of progress */
    void *ctx;
};

struct cf_topn_report {
    uint64_t lists;
    uint64_t none;  /* asked for, but not made, because the model does not know
                       what the item is like */
    uint64_t cold;  /* for users that the model knows nothing about */
    uint64_t fewer; /* with less than n rows, because no more may be listed */
    uint64_t listable; /* rows that may be, at most */
};

/* The schema: a dictionary of who is asked for ("user", the ids; or "item", or
 * "query", with their attributes) and of what is listed ("item", "user", with
 * their attributes), but for similar items "known" (none, user, item, both),
 * and "rows": who, rank from 1 (CF_RANK), what is listed, CF_SCORE, CF_KNOWN.
 * With reasons, part "why": who, the item listed, "because" (an item that the
 * user has), "share" (of the absolute parts of all, see topn_why.c). Without
 * history. To be freed after an error, too. */
int cf_topn_schema(struct cf_schema *s, const struct cf_topn_job *j,
                   struct cf_err *err);
/* Writes the lists in the order asked for, dictionary entries before their
 * first use. Who asks live gets frames for each list, and a nil after them;
 * else frames are full, lists are made while others are written, and memory
 * depends neither on how many are asked for nor on how long the lists are. The
 * caller finishes w. */
int cf_topn_write(const struct cf_topn_job *j, const struct cf_schema *s,
                  struct cf_writer *w, struct cf_topn_report *r,
                  struct cf_err *err);

#endif
