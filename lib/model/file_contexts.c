/* file_contexts.c - what a model file has of days and sessions. */
#include <math.h>
#include <string.h>

#include "model/file_impl.h"

/* A part of one column, and where it is in memory. */
struct array {
    struct cf_want want;
    void *data;
};

enum { ROW_ARRAYS = 3, DAYS = 2 + ROW_ARRAYS, SESSIONS = 6 };

static void day_arrays(const struct cf_model *m, uint64_t n,
                       struct array out[DAYS])
{
    const struct cf_days *d = &m->days;
    const struct array all[DAYS] = {
        {{"day", "day", CF_I64, 1, n}, d->day},
        {{"day_count", "count", CF_U32, 1, n}, d->count},
        {{"day_factors", "factors", CF_F32, m->k, n}, d->row.factors},
        {{"day_bias", "bias", CF_F32, 1, n}, d->row.bias},
        {{"day_sample_bias", "bias", CF_F32, m->samples, n},
         d->row.sample_bias}};

    memcpy(out, all, sizeof all);
}

/* The mean days of users. */
static void user_arrays(const struct cf_model *m, uint64_t n,
                        struct array out[ROW_ARRAYS])
{
    const struct cf_context_rows *r = &m->days.user;
    const struct array all[ROW_ARRAYS] = {
        {{"user_day_factors", "factors", CF_F32, m->k, n}, r->factors},
        {{"user_day_bias", "bias", CF_F32, 1, n}, r->bias},
        {{"user_day_sample_bias", "bias", CF_F32, m->samples, n},
         r->sample_bias}};

    memcpy(out, all, sizeof all);
}

static void session_arrays(const struct cf_model *m, uint64_t n,
                           struct array out[SESSIONS])
{
    const struct cf_sessions *s = &m->sessions;
    const struct array all[SESSIONS] = {
        {{"session_gap", "seconds", CF_I64, 1, CF_SESSION_LEVELS}, s->gap},
        {{"session_start", "start", CF_U64, 1, m->user.n + 1}, s->span.start},
        {{"session_first", "time", CF_I64, 1, n}, s->span.first},
        {{"session_last", "time", CF_I64, 1, n}, s->span.last},
        {{"session_offset", "offset", CF_F32, CF_SESSION_LEVELS, n}, s->offset},
        {{"session_variance", "variance", CF_F32, CF_SESSION_LEVELS, n},
         s->variance}};

    memcpy(out, all, sizeof all);
}

/* ---- writing ---- */

/* All that m has; returns how many. */
static size_t arrays(const struct cf_model *m,
                     struct array out[DAYS + ROW_ARRAYS + SESSIONS])
{
    size_t n = 0;

    if (m->days.n > 0) {
        day_arrays(m, m->days.n, out);
        user_arrays(m, m->days.users, out + DAYS);
        n = DAYS + ROW_ARRAYS;
    }
    if (m->sessions.n > 0) {
        session_arrays(m, m->sessions.n, out + n);
        n += SESSIONS;
    }
    return n;
}

int cf_model_context_parts(const struct cf_model *m, struct cf_schema *s,
                           struct cf_err *err)
{
    struct array all[DAYS + ROW_ARRAYS + SESSIONS];
    size_t n = arrays(m, all);
    int rc = 0;

    for (size_t i = 0; !rc && i < n; i++) {
        const struct cf_want *w = &all[i].want;
        char name[16];
        struct cf_column c = {
            .name = name, .type = w->type, .width = w->width, .dict = -1};
        memcpy(name, w->column, strlen(w->column) + 1);
        rc = cf_model_part(s, w->part, w->rows, &c, err);
    }
    return rc;
}

int cf_model_write_contexts(const struct cf_model *m, const struct cf_schema *s,
                            struct cf_writer *w, struct cf_err *err)
{
    struct array all[DAYS + ROW_ARRAYS + SESSIONS];
    size_t n = arrays(m, all);
    int rc = 0;

    for (size_t i = 0; !rc && i < n; i++) {
        const struct cf_want *want = &all[i].want;
        const struct cf_model_array a = {want->part, all[i].data, want->rows,
                                         want->width *
                                             cf_type_size(want->type)};
        rc = cf_model_write_array(&a, s, w, err);
    }
    return rc;
}

/* ---- reading ---- */

/* Parts are looked at before memory is taken for them. */
static bool there(const struct cf_parts *in, const struct array *a, size_t n)
{
    bool all = true;

    for (size_t i = 0; all && i < n; i++)
        all = cf_parts_find(in, &a[i].want) >= 0;
    return all;
}

static int read_arrays(const struct cf_parts *in, const struct array *a,
                       size_t n, const struct cf_pick *pick)
{
    int rc = 0;

    for (size_t i = 0; !rc && i < n; i++)
        rc = a[i].want.type == CF_F32
                 ? cf_parts_reals(in, &a[i].want, pick, a[i].data)
                 : cf_parts_array(in, &a[i].want, pick, a[i].data);
    return rc;
}

/* The rows of a part, if it is there. */
static uint64_t rows_of(const struct cf_parts *in, const char *part)
{
    int p = cf_schema_find_part(in->s, part);

    return p < 0 ? 0 : cf_map_rows(in->map, (uint32_t)p);
}

static int check_days(const struct cf_parts *in, const struct cf_days *d)
{
    for (uint64_t i = 1; i < d->n; i++)
        if (d->day[i] <= d->day[i - 1])
            return cf_parts_unsound(in, "day");
    return 0;
}

static int read_days(const struct cf_model_source *src, struct cf_model *m)
{
    const struct cf_parts *in = &src->parts;
    uint64_t n = rows_of(in, "day"), users = rows_of(in, "user");
    struct array day[DAYS], user[ROW_ARRAYS];

    if (cf_schema_find_part(in->s, "day") < 0)
        return 0;
    day_arrays(m, n, day);
    user_arrays(m, users, user);
    if (!there(in, day, DAYS) || !there(in, user, ROW_ARRAYS))
        return CF_ESTREAM;
    int rc = cf_model_add_days(m, n, in->err);
    day_arrays(m, n, day);
    user_arrays(m, users, user);
    if (!rc)
        rc = read_arrays(in, day, DAYS, NULL);
    if (!rc)
        rc = read_arrays(in, user, ROW_ARRAYS, src->users);
    if (!rc)
        cf_model_set_cold_day(m);
    return rc ? rc : check_days(in, &m->days);
}

static bool ascends(const int64_t *gap)
{
    bool up = gap[0] >= 0;

    for (size_t l = 1; l < CF_SESSION_LEVELS; l++)
        up = up && gap[l] > gap[l - 1];
    return up;
}

/* Is session i behind that before it of the same user? */
static bool behind(const struct cf_spans *s, uint64_t i, bool first)
{
    return s->first[i] <= s->last[i] && (first || s->last[i - 1] < s->first[i]);
}

static int check_sessions(const struct cf_parts *in,
                          const struct cf_sessions *x)
{
    const struct cf_spans *s = &x->span;
    bool sound = s->start[0] == 0 && s->start[s->users] == x->n;

    if (!ascends(x->gap))
        return cf_parts_unsound(in, "session_gap");
    for (uint64_t u = 0; sound && u < s->users; u++)
        sound = s->start[u] <= s->start[u + 1] && s->start[u + 1] <= x->n;
    if (!sound)
        return cf_parts_unsound(in, "session_start");
    for (uint64_t u = 0; sound && u < s->users; u++)
        for (uint64_t i = s->start[u]; sound && i < s->start[u + 1]; i++)
            sound = behind(s, i, i == s->start[u]);
    if (!sound)
        return cf_parts_unsound(in, "session_first");
    for (uint64_t i = 0; sound && i < x->n * CF_SESSION_LEVELS; i++)
        sound = x->variance[i] >= 0;
    return sound ? 0 : cf_parts_unsound(in, "session_variance");
}

static int read_sessions(const struct cf_parts *in, struct cf_model *m)
{
    uint64_t n = rows_of(in, "session_first");
    struct array all[SESSIONS];

    session_arrays(m, n, all);
    if (!there(in, all, SESSIONS))
        return CF_ESTREAM;
    int rc = cf_model_add_sessions(m, n, in->err);
    session_arrays(m, n, all);
    if (!rc)
        rc = read_arrays(in, all, SESSIONS, NULL);
    return rc ? rc : check_sessions(in, &m->sessions);
}

int cf_model_read_contexts(const struct cf_model_source *src,
                           struct cf_model *m)
{
    const struct cf_parts *in = &src->parts;
    const struct cf_fact *f =
        cf_schema_fact(in->s, "session_unknown", CF_FACT_REAL);
    int rc = read_days(src, m);

    if (rc || !f)
        return rc;
    m->sessions.unknown = (float)f->r;
    if (m->samples == 0 || rows_of(in, "session_first") == 0 ||
        !(m->sessions.unknown >= 0 && isfinite(m->sessions.unknown)))
        return cf_parts_unsound(in, "session_unknown");
    /* Who reads some users has no pairs with times to score. */
    return src->users ? 0 : read_sessions(in, m);
}
