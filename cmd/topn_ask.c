/* topn_ask.c - who cf-topn makes lists for. */
#include "topn_ask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "data/distinct.h"

/* ---- options ---- */

bool cf_topn_ask_live(const struct cf_cli *c, const struct cf_topn_ask *a,
                      const struct cf_given_cli *g)
{
    return !a->all && !a->shard && !a->from && !g->path && c->args.n == 0;
}

static int parse_shard(struct cf_cli *c, const char *text, uint64_t *i,
                       uint64_t *n)
{
    const char *slash = text ? strchr(text, '/') : NULL;

    *i = *n = 1;
    if (!text)
        return 0;
    if (!slash ||
        cf_parse_u64((struct cf_str){text, (size_t)(slash - text)}, i) ||
        cf_parse_u64(cf_cstr(slash + 1), n) || *i < 1 || *i > *n)
        return cf_cli_wrong(c, "shard",
                            "I/N is wanted, shard I of N, from 1/N to N/N");
    return 0;
}

int cf_topn_ask_check(struct cf_cli *c, const struct cf_topn_ask *a,
                      const struct cf_given_cli *g, enum cf_topn_what what)
{
    const char *everybody = a->shard ? "--shard" : a->all ? "--all" : NULL;
    uint64_t i, n;

    if (everybody && c->args.n > 0)
        return cf_fail(&c->err, CF_EUSAGE,
                       "%s is about everybody; leave out '%s'", everybody,
                       c->args.operand[0]);
    if (a->from && (everybody || c->args.n > 0))
        return cf_fail(&c->err, CF_EUSAGE,
                       "--for says who is asked for; leave out '%s'",
                       everybody ? everybody : c->args.operand[0]);
    if (a->group && (everybody || a->from || what != CF_TOPN_ITEMS))
        return cf_fail(&c->err, CF_EUSAGE,
                       "--group is for users who are named: USER,USER ...");
    if (cf_topn_ask_live(c, a, g) && isatty(STDIN_FILENO))
        return cf_fail(
            &c->err, CF_EUSAGE, "nobody to list for: name %s, or use --all",
            what == CF_TOPN_ITEMS ? "users by id" : "items by id or title");
    return parse_shard(c, a->shard, &i, &n);
}

/* ---- names ---- */

/* Takes the first name off a group's. */
static struct cf_str first_name(struct cf_str *group)
{
    const char *comma = memchr(group->p, ',', group->n);
    struct cf_str id = {group->p,
                        comma ? (size_t)(comma - group->p) : group->n};

    group->p = comma ? comma + 1 : NULL;
    group->n -= id.n + (comma != NULL);
    return id;
}

int cf_topn_ask_names(struct cf_cli *c, struct cf_topn_ask *a,
                      const struct cf_given_cli *g, enum cf_topn_what what)
{
    if (what != CF_TOPN_ITEMS || g->path)
        return 0;
    for (size_t i = 0; i < c->args.n; i++) {
        struct cf_str left = cf_cstr(c->args.operand[i]);
        while (left.p) {
            struct cf_str id = a->group ? first_name(&left) : left;
            if (!a->group)
                left.p = NULL;
            if (!cf_grow(&a->names, &a->names_cap, a->nnames + 1,
                         sizeof *a->names))
                return cf_nomem(&c->err, "users");
            a->names[a->nnames++] = id;
        }
    }
    return 0;
}

/* ---- one of them ---- */

const char *cf_topn_unknown(enum cf_topn_what what)
{
    return what == CF_TOPN_USERS ? "who would like it" : "what is like it";
}

static const struct cf_side *side_of(const struct cf_topn_ask *a)
{
    return a->what == CF_TOPN_ITEMS ? &a->m->user : &a->m->item;
}

static int find_item(struct cf_topn_ask *a, struct cf_ask *ask)
{
    struct cf_err *err = &a->c->err;

    if (a->from) {
        ask->row = cf_lookup_id(&a->lookup, ask->name);
        return 0;
    }
    int code = cf_lookup_any(&a->lookup, ask->name, "item", &ask->row, err);
    if (code == CF_EDATA && a->live.ctx) {
        cf_cli_error(a->c, err);
        ask->row = CF_NONE;
        return 0;
    }
    if (code || a->live.ctx || a->m->item.count[ask->row] > 0 ||
        a->m->item.drawn)
        return code;
    return cf_fail(err, CF_EDATA,
                   "item '%.*s' has no training row, so the model does not "
                   "know %s",
                   (int)ask->name.n, ask->name.p, cf_topn_unknown(a->what));
}

static uint32_t find_user(struct cf_topn_ask *a, struct cf_str name)
{
    uint32_t row = cf_lookup_id(&a->lookup, name);

    if (row == CF_NONE && !a->from)
        cf_cli_note(a->c, "no user '%.*s' in the model%s", (int)name.n, name.p,
                    a->ratings ? " or the ratings" : "");
    return row;
}

static int find_group(struct cf_topn_ask *a, struct cf_ask *ask)
{
    struct cf_str left = ask->name;
    uint32_t *row = cf_alloc(left.n + 1, sizeof *row);
    size_t n = 0;

    if (!row)
        return cf_nomem(&a->c->err, "group");
    while (left.p) {
        row[n] = find_user(a, first_name(&left));
        n += row[n] != CF_NONE;
    }
    struct cf_group **g = &a->group_of[a->ngroups++];
    int code = cf_group_make(g, a->m, row, n, &a->c->err);
    ask->row = CF_NONE;
    ask->group = *g;
    free(row);
    return code;
}

/* ---- some of them ---- */

static int room(struct cf_topn_ask *a, size_t n)
{
    if (!cf_grow(&a->ask, &a->ask_cap, n, sizeof *a->ask) ||
        (a->group && !cf_grow(&a->group_of, &a->group_cap, n, sizeof(void *))))
        return cf_nomem(&a->c->err, "users");
    return 0;
}

static void forget(struct cf_topn_ask *a)
{
    for (size_t i = 0; i < a->ngroups; i++)
        cf_group_free(a->group_of[i]);
    a->n = a->ngroups = 0;
}

/* Adds the one of that name; there is room. */
static int add(struct cf_topn_ask *a, struct cf_str name)
{
    struct cf_ask *ask = &a->ask[a->n++];

    *ask = (struct cf_ask){.name = name, .row = CF_NONE};
    if (a->group)
        return find_group(a, ask);
    if (a->what != CF_TOPN_ITEMS)
        return find_item(a, ask);
    ask->row = find_user(a, name);
    return 0;
}

static int named(struct cf_topn_ask *a)
{
    int code = room(a, a->c->args.n);

    for (size_t i = 0; !code && i < a->c->args.n; i++)
        code = add(a, cf_cstr(a->c->args.operand[i]));
    return code;
}

/* Who has given ratings. */
static int given(struct cf_topn_ask *a, const struct cf_given_cli *g)
{
    int code = room(a, g->ratings.users.n);

    for (size_t i = 0; !code && i < g->ratings.users.n; i++)
        a->ask[a->n++] = (struct cf_ask){.row = g->row[i]};
    return code;
}

static int of_stream(struct cf_topn_ask *a, const char *column)
{
    const unsigned kinds = CF_KIND(CF_RATINGS) | CF_KIND(CF_TABLE) |
                           CF_KIND(CF_SCORES) | CF_KIND(CF_TOPN);
    bool users = a->what == CF_TOPN_ITEMS;
    struct cf_source s = {0};

    cf_dict_init(&a->ids, cf_dict_seed());
    int code = cf_source_open(a->c, &s, a->from, kinds);
    if (!code)
        code = cf_distinct(&a->ids, s.reader, users ? CF_USER : CF_ITEM,
                           column ? column
                                  : side_of(a)->dict_schema.column[0].name,
                           &a->c->err);
    cf_source_close(&s);
    if (!code)
        code = room(a, a->ids.n);
    for (uint32_t i = 0; !code && i < a->ids.n; i++)
        code = add(a, cf_dict_key(&a->ids, i));
    return code;
}

static int rows(const struct cf_topn_ask *a, struct cf_topn_job *job)
{
    uint64_t all = side_of(a)->n, i, n;
    int code = parse_shard(a->c, a->shard, &i, &n);

    if (code)
        return code;
    uint64_t each = all / n, rest = all % n;
    job->from = each * (i - 1) + (i - 1 < rest ? i - 1 : rest);
    job->to = job->from + each + (i - 1 < rest);
    return 0;
}

/* ---- as time goes by ---- */

/* Reads on, until there is a whole line or the end. */
static int read_line(struct cf_topn_ask *a)
{
    enum { SOME = 1 << 16, LONGEST = 1 << 20 };
    struct cf_buf *b = &a->input;

    memmove(b->p, b->p + a->used, b->n - a->used);
    b->n -= a->used;
    a->used = 0;
    for (bool whole = false; !whole && !a->ended;) {
        if (b->n > LONGEST)
            return cf_fail(&a->c->err, CF_EDATA,
                           "<stdin>: a line of more than %d bytes", LONGEST);
        if (!cf_buf_room(b, SOME))
            return cf_nomem(&a->c->err, "line");
        ssize_t got = read(STDIN_FILENO, b->p + b->n, SOME);
        if (got < 0 && errno != EINTR)
            return cf_fail_os(&a->c->err, errno, "cannot read <stdin>");
        whole = got > 0 && memchr(b->p + b->n, '\n', (size_t)got);
        b->n += got > 0 ? (size_t)got : 0;
        a->ended = got == 0;
    }
    return 0;
}

/* The next whole line; of the last one the end may be missing. */
static bool take_line(struct cf_topn_ask *a, struct cf_str *line)
{
    const char *p = a->input.p + a->used;
    size_t left = a->input.n - a->used;
    const char *stop = left ? memchr(p, '\n', left) : NULL;

    if (!stop && (!a->ended || left == 0))
        return false;
    line->p = p;
    line->n = stop ? (size_t)(stop - p) : left;
    a->used += line->n + (stop != NULL);
    if (line->n > 0 && p[line->n - 1] == '\r')
        line->n--;
    return true;
}

static int next(void *ctx, const struct cf_ask **ask, size_t *n,
                struct cf_err *err)
{
    struct cf_topn_ask *a = ctx;
    struct cf_str line;

    (void)err; /* it is a->c->err */
    forget(a);
    int code =
        cf_buf_room(&a->input, 1) ? read_line(a) : cf_nomem(&a->c->err, "line");
    while (!code && take_line(a, &line)) {
        code = room(a, a->n + 1);
        if (!code)
            code = add(a, line);
    }
    *ask = a->ask;
    *n = a->n;
    return code;
}

static int answered(void *ctx, struct cf_err *err)
{
    const struct cf_topn_ask *a = ctx;

    return cf_out_flush(a->out, err);
}

/* ---- all together ---- */

int cf_topn_ask_find(struct cf_topn_ask *a, const struct cf_given_cli *g,
                     struct cf_topn_job *job, struct cf_out *out)
{
    int code = 0;

    a->out = out;
    if (a->all || a->shard)
        return rows(a, job);
    if (!g->path || a->c->args.n > 0)
        code = cf_lookup_open(&a->lookup, side_of(a), &a->c->err);
    if (!code && cf_topn_ask_live(a->c, a, g)) {
        a->live = (struct cf_topn_live){next, answered, a};
        job->live = &a->live;
        return 0;
    }
    if (!code)
        code = a->from
                   ? of_stream(a, a->what == CF_TOPN_ITEMS ? g->user : g->item)
               : a->c->args.n > 0 ? named(a)
                                  : given(a, g);
    job->ask = a->ask;
    job->n = a->n;
    return code;
}

void cf_topn_ask_close(struct cf_topn_ask *a)
{
    forget(a);
    cf_lookup_free(&a->lookup);
    cf_dict_free(&a->ids);
    cf_buf_free(&a->input);
    free(a->names);
    free(a->ask);
    free(a->group_of);
}
