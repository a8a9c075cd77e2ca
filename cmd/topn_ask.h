/* topn_ask.h - who cf-topn makes lists for. */
#ifndef CF_CMD_TOPN_ASK_H
#define CF_CMD_TOPN_ASK_H

#include "cli.h"
#include "eval/topn_stream.h"
#include "given.h"
#include "model/lookup.h"

/* Starts zeroed, but for the options. */
struct cf_topn_ask {
    /* Options. */
    bool all, group;
    const char *from; /* the stream of --for */
    const char *shard;
    /* What comes of them. */
    struct cf_str *names; /* (nnames) users, or NULL: all are needed */
    size_t nnames, names_cap;
    struct cf_cli *c;
    const struct cf_model *m;
    enum cf_topn_what what;
    bool ratings; /* users are added by their ratings */
    struct cf_lookup lookup;
    struct cf_dict ids;         /* of the stream */
    struct cf_ask *ask;         /* (n) */
    struct cf_group **group_of; /* (ngroups), if they are groups; owned */
    size_t n, ngroups, ask_cap, group_cap;
    struct cf_buf input; /* of standard input */
    size_t used;         /* bytes of it that are answered */
    bool ended;
    struct cf_out *out;
    struct cf_topn_live live; /* zeros: they are known beforehand */
};

/* CF_EUSAGE: who is asked for is not clear. */
int cf_topn_ask_check(struct cf_cli *c, const struct cf_topn_ask *a,
                      const struct cf_given_cli *g, enum cf_topn_what what);
/* What the model does not know of an item without a training row. */
const char *cf_topn_unknown(enum cf_topn_what what);
/* Is standard input read, line after line? */
bool cf_topn_ask_live(const struct cf_cli *c, const struct cf_topn_ask *a,
                      const struct cf_given_cli *g);
/* The users that the model must have, in a->names, if not all are needed. */
int cf_topn_ask_names(struct cf_cli *c, struct cf_topn_ask *a,
                      const struct cf_given_cli *g, enum cf_topn_what what);
/* Finds them, and tells the job. out: flushed when a line is answered. */
int cf_topn_ask_find(struct cf_topn_ask *a, const struct cf_given_cli *g,
                     struct cf_topn_job *job, struct cf_out *out);
void cf_topn_ask_close(struct cf_topn_ask *a);

#endif
