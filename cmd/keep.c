/* keep.c - checkpoints of cf-train in a file. */
#include "keep.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/sum.h"
#include "signals.h"
#include "stream/reader.h"

/* Checksums, in the order of the facts. */
enum { OPTIONS, INPUT, FACTS };

/* ---- which run it is ---- */

static uint64_t sum_side(const struct cf_side *side, uint32_t k, uint64_t sum)
{
    sum = cf_sum(side->factors, side->n * k * sizeof *side->factors, sum);
    sum = cf_sum(side->bias, side->n * sizeof *side->bias, sum);
    return cf_sum(side->count, side->n * sizeof *side->count, sum);
}

/* Over the plan, the users and items, and the model to start from. The rows
 * themselves are summed as they are used. */
static uint64_t sum_run(const struct cf_keep_run *r)
{
    const struct cf_plan *p = r->plan;
    const uint64_t plan[] = {p->batch, p->epochs, p->rows};
    const float range[] = {p->lo, p->hi};
    uint64_t sum = cf_sum(plan, sizeof plan, 0);

    sum = cf_sum(range, sizeof range, sum);
    sum = cf_store_sum(&r->model->user.dict, r->model->user.dict.ncol, sum);
    sum = cf_store_sum(&r->model->item.dict, r->model->item.dict.ncol, sum);
    if (r->init) {
        sum = sum_side(&r->init->user, r->init->k, sum);
        sum = sum_side(&r->init->item, r->init->k, sum);
    }
    return sum;
}

/* ---- reading ---- */

static int foreign(const struct cf_keep *k, const char *what)
{
    return cf_fail(&k->c->err, CF_EDATA,
                   "%s: the checkpoint is of another run: %s (remove it to "
                   "learn anew)",
                   k->path, what);
}

static void list_args(const struct cf_strs *args, struct cf_buf *out)
{
    for (size_t i = 0; i < args->n; i++)
        cf_buf_printf(out, "%s%s", i ? " " : "", args->v[i]);
    cf_buf_puts(out, args->n ? "" : "none");
    cf_buf_putc(out, '\0');
}

static int other_options(const struct cf_keep *k, const struct cf_step *was,
                         const struct cf_step *is)
{
    struct cf_buf a = {0}, b = {0};

    list_args(&was->args, &a);
    list_args(&is->args, &b);
    int code = a.failed || b.failed
                   ? cf_nomem(&k->c->err, "message")
                   : cf_fail(&k->c->err, CF_EDATA,
                             "%s: the checkpoint is of another run: its "
                             "options were %s, now %s (remove it to learn "
                             "anew)",
                             k->path, a.p, b.p);
    cf_buf_free(&a);
    cf_buf_free(&b);
    return code;
}

/* Is a fact of the checkpoint what it is here? */
static bool same(const struct cf_keep *k, const struct cf_schema *s, size_t i)
{
    const struct cf_fact *is = &k->about.fact[i];
    const struct cf_fact *was = cf_schema_fact(s, is->name, CF_FACT_TEXT);

    return was && !strcmp(was->text, is->text);
}

static int check_run(const struct cf_keep *k, const struct cf_schema *s)
{
    const struct cf_step *is = &k->about.step[k->about.nsteps - 1];
    const struct cf_step *was = s->nsteps ? &s->step[s->nsteps - 1] : NULL;

    if (s->kind != CF_CHECKPOINT)
        return cf_fail(&k->c->err, CF_EDATA,
                       "%s: a %s stream, not a checkpoint", k->path,
                       cf_kind_name(s->kind));
    if (!was || strcmp(was->program, is->program) != 0)
        return foreign(k, "not one of cf-train");
    if (strcmp(was->version, is->version) != 0)
        return foreign(k, "of another version of cf-train");
    if (!same(k, s, OPTIONS))
        return other_options(k, was, is);
    if (!same(k, s, INPUT))
        return foreign(k, "of other users, items, ratings or --init");
    return 0;
}

/* Whoever has no mini-batches has only whole epochs. */
static void tell(const struct cf_keep *k, const struct cf_state *state)
{
    if (state->step > 0)
        cf_cli_note(k->c,
                    "going on from %s: %" PRIu64 " batch%s and %" PRIu32
                    " whole epoch%s are learnt",
                    k->path, state->step, state->step == 1 ? "" : "es",
                    state->epoch, cf_s(state->epoch));
    else
        cf_cli_note(k->c, "going on from %s, which has %" PRIu32 " epoch%s",
                    k->path, state->epoch, cf_s(state->epoch));
    cf_cli_from(k->c, state->step > 0 ? state->step : state->epoch);
}

static int load(void *ctx, struct cf_state *state, bool has_best, bool *found,
                struct cf_err *err)
{
    const struct cf_keep *k = ctx;
    struct cf_reader *r = NULL;
    struct cf_in in = {0};

    *found = access(k->path, F_OK) == 0 || errno != ENOENT;
    if (!*found)
        return 0;
    int code = cf_in_open(&in, k->path, err);
    if (!code)
        code = cf_reader_open(&r, &in, err);
    if (!code)
        code = check_run(k, cf_reader_schema(r));
    if (!code)
        code = cf_checkpoint_read(state, has_best, r, err);
    if (!code)
        tell(k, state);
    cf_reader_close(r);
    cf_in_close(&in);
    return code;
}

/* ---- writing ---- */

static int make_schema(const struct cf_keep *k, const struct cf_state *state,
                       struct cf_schema *s)
{
    struct cf_err *err = &k->c->err;

    int code = cf_checkpoint_schema(state, s, err);
    for (size_t i = 0; !code && i < FACTS; i++)
        code = cf_schema_copy_fact(s, &k->about.fact[i], err);
    return code ? code : cf_schema_history(s, &k->about, err);
}

static int save(void *ctx, const struct cf_state *state, struct cf_err *err)
{
    const struct cf_keep *k = ctx;
    struct cf_sink sink = {.slot = CF_NO_SLOT};
    struct cf_schema s;

    int code = make_schema(k, state, &s);
    if (!code)
        code = cf_sink_open_path(k->c, &sink, k->path);
    if (!code)
        code = cf_writer_open(&sink.writer, &s, sink.out, NULL, err);
    if (!code)
        code = cf_checkpoint_write(state, &s, sink.writer, err);
    if (!code)
        code = cf_writer_finish(sink.writer, err);
    if (!code)
        code = cf_sink_commit(k->c, &sink);
    cf_sink_close(&sink);
    cf_schema_free(&s);
    return code;
}

/* ---- the whole ---- */

/* A path that cannot be written shows at once, not after a minute. */
static int try_path(const struct cf_keep *k)
{
    struct cf_sink sink = {.slot = CF_NO_SLOT};
    int code = cf_sink_open_path(k->c, &sink, k->path);

    cf_sink_close(&sink);
    return code;
}

static int put_sum(struct cf_keep *k, const char *fact, uint64_t sum)
{
    char text[17];

    snprintf(text, sizeof text, "%016" PRIx64, sum);
    return cf_schema_text(&k->about, fact, text, &k->c->err);
}

int cf_keep_open(struct cf_keep *k, double every, const struct cf_keep_run *r)
{
    if (!k->path)
        return 0;
    k->keeper = (struct cf_keeper){k, k->path, every, load, save};
    cf_schema_init(&k->about, CF_CHECKPOINT);
    int code = put_sum(k, "options", cf_sum(r->options.p, r->options.n, 0));
    if (!code)
        code = put_sum(k, "input", sum_run(r));
    if (!code)
        code = cf_schema_history(&k->about, r->input, &k->c->err);
    if (!code)
        code = cf_cli_step(k->c, &k->about, r->seed);
    return code ? code : try_path(k);
}

const struct cf_keeper *cf_keep_keeper(const struct cf_keep *k)
{
    return k->path ? &k->keeper : NULL;
}

int cf_keep_remove(const struct cf_keep *k)
{
    if (!k->path || unlink(k->path) == 0 || errno == ENOENT)
        return 0;
    return cf_fail_os(&k->c->err, errno, "cannot remove %s", k->path);
}

void cf_keep_close(struct cf_keep *k)
{
    cf_schema_free(&k->about);
}
