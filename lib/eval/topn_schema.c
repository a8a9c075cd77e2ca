/* topn_schema.c - what a stream of lists is made of. */
#include <stdio.h>

#include "eval/known.h"
#include "eval/topn_frame.h"

const char *cf_topn_who(const struct cf_topn_job *j)
{
    return j->opts.what == CF_TOPN_SIMILAR ? "query"
           : j->opts.what == CF_TOPN_USERS ? "item"
                                           : "user";
}

const char *cf_topn_listed(const struct cf_topn_job *j)
{
    return j->opts.what == CF_TOPN_USERS ? "user" : "item";
}

/* The ids of a side as a part. */
static int ids_part(struct cf_schema *s, const char *part,
                    const struct cf_side *side, struct cf_err *err)
{
    int rc = cf_schema_part(s, part, CF_ROWS_UNKNOWN, err);
    return rc ? rc : cf_schema_column(s, &side->dict_schema.column[0], err);
}

/* Items or users with their attributes as a part. */
static int side_part(struct cf_schema *s, const char *part,
                     const struct cf_side *side, struct cf_err *err)
{
    return cf_schema_copy_part(s, part, CF_ROWS_UNKNOWN, &side->dict_schema, 0,
                               err);
}

static const char *id_name(const struct cf_side *side)
{
    return side->dict_schema.column[0].name;
}

static int add(struct cf_schema *s, const char *name, const char *dict,
               struct cf_column column, struct cf_err *err)
{
    char own[4096];

    snprintf(own, sizeof own, "%s", name);
    column.name = own;
    column.width = 1;
    column.dict = dict ? cf_schema_find_part(s, dict) : -1;
    return cf_schema_column(s, &column, err);
}

static int rows_part(struct cf_schema *s, const struct cf_topn_job *j,
                     struct cf_err *err)
{
    bool similar = j->opts.what == CF_TOPN_SIMILAR,
         users = j->opts.what == CF_TOPN_USERS;
    const struct cf_column code = {.type = CF_U32}, real = {.type = CF_F32};
    struct cf_column who = code, rank = code, listed = code,
                     score = {.type = CF_F32, .role = CF_SCORE};

    who.role = similar ? CF_NO_ROLE : users ? CF_ITEM : CF_USER;
    rank.role = CF_RANK;
    listed.role = users ? CF_USER : CF_ITEM;
    int rc = cf_schema_part(s, "rows", CF_ROWS_UNKNOWN, err);
    if (!rc)
        rc = add(s,
                 similar ? "query" : id_name(users ? &j->m->item : &j->m->user),
                 cf_topn_who(j), who, err);
    if (!rc)
        rc = add(s, "rank", NULL, rank, err);
    if (!rc)
        rc = add(s, id_name(users ? &j->m->user : &j->m->item),
                 cf_topn_listed(j), listed, err);
    if (!rc)
        rc = add(s, "score", NULL, score, err);
    if (!rc && !similar)
        rc = cf_known_column(s, err);
    if (!rc && j->opts.rank)
        rc = add(s, "mean", NULL, real, err);
    if (!rc && j->opts.rank)
        rc = add(s, "sd", NULL, real, err);
    return rc;
}

static int why_part(struct cf_schema *s, const struct cf_topn_job *j,
                    struct cf_err *err)
{
    const struct cf_column code = {.type = CF_U32}, share = {.type = CF_F32};

    int rc = cf_schema_part(s, "why", CF_ROWS_UNKNOWN, err);
    if (!rc)
        rc = add(s, id_name(&j->m->user), "user", code, err);
    if (!rc)
        rc = add(s, id_name(&j->m->item), "item", code, err);
    if (!rc)
        rc = add(s, "because", "item", code, err);
    return rc ? rc : add(s, "share", NULL, share, err);
}

int cf_topn_schema(struct cf_schema *s, const struct cf_topn_job *j,
                   struct cf_err *err)
{
    const struct cf_model *m = j->m;
    bool users = j->opts.what == CF_TOPN_USERS;

    cf_schema_init(s, CF_TOPN);
    int rc = j->opts.what == CF_TOPN_ITEMS
                 ? ids_part(s, "user", &m->user, err)
                 : side_part(s, cf_topn_who(j), &m->item, err);
    if (!rc)
        rc = side_part(s, cf_topn_listed(j), users ? &m->user : &m->item, err);
    if (!rc && j->opts.what != CF_TOPN_SIMILAR)
        rc = cf_known_part(s, err);
    if (!rc)
        rc = rows_part(s, j, err);
    return rc || !j->opts.why ? rc : why_part(s, j, err);
}
