/* score_open.c - which columns are scored, and the schema of the scores. */
#include "eval/score_impl.h"

#include <string.h>

#include "base/mem.h"

/* ---- the schema ---- */

static int add_real(struct cf_schema *s, const char *name, enum cf_role role,
                    struct cf_err *err)
{
    char copy[8];
    struct cf_column c = {
        .name = copy, .type = CF_F32, .width = 1, .role = role, .dict = -1};

    memcpy(copy, name, strlen(name) + 1);
    return cf_schema_column(s, &c, err);
}

/* The dictionary of a table's end: the ids. */
static int ids_part(struct cf_score *x, const struct cf_score_end *e,
                    struct cf_err *err)
{
    const struct cf_column *key = cf_field_column(x->in, x->part, &e->ids.key);
    struct cf_column c = {.name = key->name,
                          .type = CF_STR,
                          .width = 1,
                          .role = e->role,
                          .dict = -1};
    int rc = cf_schema_part(&x->out, e->part, CF_ROWS_UNKNOWN, err);
    return rc ? rc : cf_schema_column(&x->out, &c, err);
}

static int dict_part(struct cf_score *x, const struct cf_score_end *e,
                     struct cf_err *err)
{
    if (x->in->kind == CF_TABLE)
        return ids_part(x, e, err);
    const struct cf_part *p = &x->in->part[e->from];
    for (uint32_t i = p->col; i < p->col + p->ncol; i++)
        if (x->in->column[i].dict >= 0)
            return cf_fail(
                err, CF_EDATA, "%s: column '%s' of %s is codes of another part",
                cf_reader_name(x->r), x->in->column[i].name, p->name);
    return cf_schema_copy_part(&x->out, e->part, p->rows, x->in, e->from, err);
}

static int code_column(struct cf_score *x, const struct cf_score_end *e,
                       struct cf_err *err)
{
    const struct cf_column *old =
        x->in->kind == CF_TABLE
            ? cf_field_column(x->in, x->part, &e->ids.key)
            : &x->in->column[x->in->part[x->part].col + e->col];
    struct cf_column c = {.name = old->name,
                          .type = CF_U32,
                          .width = 1,
                          .role = e->role,
                          .dict = cf_schema_find_part(&x->out, e->part)};
    return cf_schema_column(&x->out, &c, err);
}

static int make_schema(struct cf_score *x, struct cf_err *err)
{
    cf_schema_init(&x->out, CF_SCORES);
    int rc = cf_schema_history(&x->out, x->in, err);
    if (!rc)
        rc = dict_part(x, &x->user, err);
    if (!rc)
        rc = dict_part(x, &x->item, err);
    if (!rc)
        rc = cf_known_part(&x->out, err);
    if (!rc)
        rc = cf_schema_part(&x->out, "rows", x->in->part[x->part].rows, err);
    if (!rc)
        rc = code_column(x, &x->user, err);
    if (!rc)
        rc = code_column(x, &x->item, err);
    if (!rc && (x->rating >= 0 || x->has_field))
        rc = add_real(&x->out, "rating", CF_RATING, err);
    if (!rc)
        rc = add_real(&x->out, "score", CF_SCORE, err);
    if (!rc)
        rc = cf_score_spread_columns(x, err);
    return rc ? rc : cf_known_column(&x->out, err);
}

/* ---- opening ---- */

/* Room for the days and sessions of rows that have a time. */
static int open_times(struct cf_score *x, struct cf_err *err)
{
    bool days = x->m->days.n > 0, sessions = x->m->sessions.n > 0;

    if ((!days && !sessions) || (x->time < 0 && !x->has_when))
        return 0;
    x->seconds = cf_alloc(CF_FRAME_ROWS, sizeof *x->seconds);
    if (days)
        x->day = cf_alloc(CF_FRAME_ROWS, sizeof *x->day);
    if (sessions)
        x->session = cf_alloc(CF_FRAME_ROWS, sizeof *x->session);
    return x->seconds && (x->day || !days) && (x->session || !sessions)
               ? 0
               : cf_nomem(err, "frame");
}

static int open_ratings(struct cf_score *x, struct cf_err *err)
{
    struct cf_rating_columns c;
    int rc = cf_rating_columns(x->in, x->part, cf_reader_name(x->r), &c, err);

    if (rc)
        return rc;
    x->user.from = c.user_part;
    x->item.from = c.item_part;
    x->user.col = c.user;
    x->item.col = c.item;
    x->rating = c.rating;
    x->time = c.time;
    rc = open_times(x, err);
    return rc ? rc : make_schema(x, err);
}

static int no_field(const struct cf_score *x, const char *name,
                    const char *what, struct cf_err *err)
{
    struct cf_buf names = {0};

    cf_field_names(x->in, x->part, &names);
    cf_buf_putc(&names, '\0');
    int rc = names.failed
                 ? cf_nomem(err, "message")
                 : cf_fail(err, CF_EUSAGE,
                           "%s: no column '%s'; name the %s with --%s; "
                           "there are %s",
                           cf_reader_name(x->r), name, what, what, names.p);
    cf_buf_free(&names);
    return rc;
}

/* Finds a column of a table; what: "user". */
static int find_field(const struct cf_score *x, const char *name,
                      const char *what, struct cf_field *f, struct cf_err *err)
{
    if (!cf_field_find(x->in, x->part, name, f))
        return no_field(x, name, what, err);
    const struct cf_column *c = cf_field_column(x->in, x->part, f);
    if (c->type == CF_STR)
        return 0;
    return cf_fail(err, CF_EDATA, "%s: column '%s' is not bytes",
                   cf_reader_name(x->r), c->name);
}

static int find_ids(struct cf_score *x, struct cf_score_end *e,
                    const char *name, struct cf_err *err)
{
    const char *own = e->lookup.side->dict_schema.column[0].name;
    return find_field(x, name ? name : own, e->part, &e->ids.key, err);
}

static int find_rating(struct cf_score *x, const char *name, struct cf_err *err)
{
    struct cf_field any;

    x->has_field = name || cf_field_find(x->in, x->part, "rating", &any);
    if (!x->has_field)
        return 0;
    x->given = cf_alloc(CF_FRAME_ROWS, sizeof *x->given);
    if (!x->given)
        return cf_nomem(err, "frame");
    return find_field(x, name ? name : "rating", "rating", &x->field, err);
}

/* As find_rating, if the model has days or sessions; as cf-index does, by the
 * name "timestamp" or "time". */
static int find_time(struct cf_score *x, const char *name, struct cf_err *err)
{
    if (x->m->days.n == 0 && x->m->sessions.n == 0)
        return name ? cf_fail(err, CF_EUSAGE,
                              "option --time: the model does not know of times "
                              "(one of cf-train -s gibbs --time does)")
                    : 0;
    if (!name)
        name = cf_field_find(x->in, x->part, "timestamp", &x->when)
                   ? "timestamp"
               : cf_field_find(x->in, x->part, "time", &x->when) ? "time"
                                                                 : NULL;
    x->has_when = name != NULL;
    if (!name)
        return 0;
    int rc = find_field(x, name, "time", &x->when, err);
    return rc ? rc : open_times(x, err);
}

static int open_table(struct cf_score *x, const struct cf_score_opts *o,
                      struct cf_err *err)
{
    int rc = find_ids(x, &x->user, o->user, err);
    if (!rc)
        rc = find_ids(x, &x->item, o->item, err);
    if (!rc)
        rc = find_rating(x, o->rating, err);
    if (!rc)
        rc = find_time(x, o->time, err);
    if (!rc)
        rc = cf_dicts_init(&x->dicts, x->in, err);
    if (!rc)
        rc = make_schema(x, err);
    if (!rc)
        rc = cf_ids_start(&x->user.ids, &x->out, 0, err);
    return rc ? rc : cf_ids_start(&x->item.ids, &x->out, 1, err);
}

static int alloc_frame(struct cf_score *x, struct cf_err *err)
{
    x->user.code = cf_alloc(CF_FRAME_ROWS, sizeof *x->user.code);
    x->item.code = cf_alloc(CF_FRAME_ROWS, sizeof *x->item.code);
    x->score = cf_alloc(CF_FRAME_ROWS, sizeof *x->score);
    x->known = cf_alloc(CF_FRAME_ROWS, sizeof *x->known);
    return x->user.code && x->item.code && x->score && x->known
               ? 0
               : cf_nomem(err, "frame");
}

int cf_score_open(struct cf_score **out, struct cf_reader *r,
                  const struct cf_model *m, const struct cf_score_opts *opts,
                  struct cf_err *err)
{
    struct cf_score *x = cf_zalloc(1, sizeof *x);

    *out = x;
    if (!x)
        return cf_nomem(err, "scores");
    x->r = r;
    x->in = cf_reader_schema(r);
    x->m = m;
    x->pool = opts->pool;
    x->rating = -1;
    x->time = -1;
    x->user.part = "user";
    x->user.role = CF_USER;
    x->user.rep_of = cf_model_user_rep;
    x->item.part = "item";
    x->item.role = CF_ITEM;
    x->item.rep_of = cf_model_item_rep;
    int rc = cf_score_spread_open(x, opts, err);
    if (!rc)
        rc = cf_expect_part(x->in, "rows", cf_reader_name(r), &x->part, err);
    if (!rc)
        rc = cf_lookup_open(&x->user.lookup, &m->user, err);
    if (!rc)
        rc = cf_lookup_open(&x->item.lookup, &m->item, err);
    if (!rc)
        rc = alloc_frame(x, err);
    if (!rc && x->in->kind == CF_TABLE)
        return open_table(x, opts, err);
    if (!rc)
        rc = cf_expect_kind(x->in, CF_RATINGS, cf_reader_name(r), err);
    return rc ? rc : open_ratings(x, err);
}
