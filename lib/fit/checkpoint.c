/* checkpoint.c - the state of a run as a stream, and back. */
#include "fit/checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Numbers of a frame: 1 or 2 MiB of them. */
enum { STEP = 256 * 1024, EPOCHS_STEP = 4096, NAME_MAX_BYTES = 64 };

/* ---- the schema ---- */

static void best_name(char out[NAME_MAX_BYTES], const char *tensor)
{
    snprintf(out, NAME_MAX_BYTES, "best_%s", tensor);
}

static int add_numbers(struct cf_schema *s, const char *part,
                       const struct cf_tensor *t, struct cf_err *err)
{
    int rc = cf_schema_part(s, part, t->n, err);
    return rc ? rc
              : cf_schema_plain(s, "value", t->real ? CF_F64 : CF_F32, err);
}

static int add_epochs(struct cf_schema *s, uint32_t n, struct cf_err *err)
{
    int rc = cf_schema_part(s, "epochs", n, err);
    if (!rc)
        rc = cf_schema_plain(s, "epoch", CF_U32, err);
    if (!rc)
        rc = cf_schema_plain(s, "train_loss", CF_F64, err);
    if (!rc)
        rc = cf_schema_plain(s, "valid_loss", CF_F64, err);
    return rc ? rc : cf_schema_plain(s, "seconds", CF_F64, err);
}

static int add_facts(const struct cf_state *state, struct cf_schema *s,
                     struct cf_err *err)
{
    int rc = cf_schema_int(s, "step", (int64_t)state->step, err);
    if (!rc)
        rc = cf_schema_int(s, "epoch", state->epoch, err);
    if (!rc)
        rc = cf_schema_real(s, "smooth", state->smooth, err);
    return rc ? rc : cf_schema_int(s, "rows", (int64_t)state->rows, err);
}

int cf_checkpoint_schema(const struct cf_state *state, struct cf_schema *s,
                         struct cf_err *err)
{
    int rc = 0;

    cf_schema_init(s, CF_CHECKPOINT);
    for (size_t i = 0; !rc && i < state->ntensors; i++)
        if (!state->tensor[i].derived)
            rc = add_numbers(s, state->tensor[i].name, &state->tensor[i], err);
    for (size_t i = 0; !rc && state->best && i < state->ntensors; i++) {
        char name[NAME_MAX_BYTES];
        best_name(name, state->tensor[i].name);
        if (!state->tensor[i].state)
            rc = add_numbers(s, name, &state->tensor[i], err);
    }
    if (!rc)
        rc = add_epochs(s, state->epoch, err);
    return rc ? rc : add_facts(state, s, err);
}

/* ---- writing ---- */

/* n numbers of that size. */
static int put_numbers(struct cf_writer *w, uint32_t part, const void *v,
                       size_t n, size_t size, struct cf_err *err)
{
    const char *p = v;
    int rc = 0;

    for (size_t at = 0; !rc && at < n; at += STEP) {
        size_t some = n - at < STEP ? n - at : STEP;
        struct cf_chunk c = {.data = p + at * size, .size = some * size};
        struct cf_block b = {.part = part, .rows = (uint32_t)some, .chunk = &c};
        rc = cf_writer_put(w, &b, err);
    }
    return rc;
}

/* Some epochs column by column. */
struct columns {
    uint32_t epoch[EPOCHS_STEP];
    double train[EPOCHS_STEP], valid[EPOCHS_STEP], seconds[EPOCHS_STEP];
};

static int put_epochs(struct cf_writer *w, uint32_t part,
                      const struct cf_epoch *e, uint32_t n, struct columns *c,
                      struct cf_err *err)
{
    for (uint32_t i = 0; i < n; i++) {
        c->epoch[i] = e[i].epoch;
        c->train[i] = e[i].train_loss;
        c->valid[i] = e[i].valid_loss;
        c->seconds[i] = e[i].seconds;
    }
    const struct cf_chunk chunk[] = {
        {.data = (const char *)c->epoch, .size = n * sizeof *c->epoch},
        {.data = (const char *)c->train, .size = n * sizeof *c->train},
        {.data = (const char *)c->valid, .size = n * sizeof *c->valid},
        {.data = (const char *)c->seconds, .size = n * sizeof *c->seconds}};
    const struct cf_block b = {.part = part, .rows = n, .chunk = chunk};
    return cf_writer_put(w, &b, err);
}

static int put_all_epochs(const struct cf_state *state, struct cf_writer *w,
                          uint32_t part, struct cf_err *err)
{
    struct columns *c = cf_alloc(1, sizeof *c);
    int rc = c ? 0 : cf_nomem(err, "epochs");

    for (uint32_t at = 0; !rc && at < state->epoch; at += EPOCHS_STEP) {
        uint32_t left = state->epoch - at;
        rc = put_epochs(w, part, state->ended + at,
                        left < EPOCHS_STEP ? left : EPOCHS_STEP, c, err);
    }
    free(c);
    return rc;
}

int cf_checkpoint_write(const struct cf_state *state, const struct cf_schema *s,
                        struct cf_writer *w, struct cf_err *err)
{
    const float *best = state->best;
    uint32_t part = 0;
    int rc = 0;

    for (size_t i = 0; !rc && i < state->ntensors; i++) {
        const struct cf_tensor *t = &state->tensor[i];
        if (t->real)
            rc = put_numbers(w, part++, t->real, t->n, sizeof *t->real, err);
        else if (!t->derived)
            rc = put_numbers(w, part++, t->v, t->n, sizeof *t->v, err);
    }
    for (size_t i = 0; !rc && best && i < state->ntensors; i++) {
        if (state->tensor[i].state)
            continue;
        rc =
            put_numbers(w, part++, best, state->tensor[i].n, sizeof *best, err);
        best += state->tensor[i].n;
    }
    if (rc)
        return rc;
    return put_all_epochs(state, w, (uint32_t)s->nparts - 1, err);
}

/* ---- reading ---- */

static int foreign(const struct cf_reader *r, const char *what,
                   struct cf_err *err)
{
    return cf_fail(err, CF_EDATA, "%s: the checkpoint is of another run: %s",
                   cf_reader_name(r), what);
}

/* The facts that cf_checkpoint_schema gives. */
static int read_facts(struct cf_state *state, const struct cf_reader *r,
                      struct cf_err *err)
{
    const struct cf_schema *s = cf_reader_schema(r);
    const struct cf_fact *step = cf_schema_fact(s, "step", CF_FACT_INT);
    const struct cf_fact *epoch = cf_schema_fact(s, "epoch", CF_FACT_INT);
    const struct cf_fact *smooth = cf_schema_fact(s, "smooth", CF_FACT_REAL);
    const struct cf_fact *rows = cf_schema_fact(s, "rows", CF_FACT_INT);

    if (!step || step->i < 0 || !epoch || epoch->i < 0 ||
        epoch->i > UINT32_MAX || !smooth || !rows)
        return foreign(r, "it does not say where it stands", err);
    state->step = (uint64_t)step->i;
    state->epoch = (uint32_t)epoch->i;
    state->smooth = smooth->r;
    state->rows = (uint64_t)rows->i;
    return 0;
}

/* Are the parts those of the schema that we would write? */
static bool same_parts(const struct cf_schema *a, const struct cf_schema *b)
{
    bool same = a->nparts == b->nparts && a->ncolumns == b->ncolumns;

    for (size_t i = 0; same && i < a->nparts; i++)
        same = !strcmp(a->part[i].name, b->part[i].name) &&
               a->part[i].rows == b->part[i].rows;
    for (size_t i = 0; same && i < a->ncolumns; i++)
        same = a->column[i].type == b->column[i].type &&
               a->column[i].part == b->column[i].part &&
               a->column[i].width == 1;
    return same;
}

static int check_parts(const struct cf_state *state, const struct cf_reader *r,
                       struct cf_err *err)
{
    struct cf_schema want;
    int rc = cf_checkpoint_schema(state, &want, err);

    if (!rc && !same_parts(&want, cf_reader_schema(r)))
        rc = foreign(r, "its arrays have other names or sizes", err);
    cf_schema_free(&want);
    return rc;
}

/* Sizes are those of the checked schema, so what a tensor needs is what it
 * has. */
static int make_room(struct cf_state *state, bool has_best, struct cf_err *err)
{
    size_t weights = 0;

    for (size_t i = 0; i < state->ntensors; i++)
        weights += state->tensor[i].state ? 0 : state->tensor[i].n;
    if (has_best && state->epoch > 0) {
        state->best = cf_alloc(weights, sizeof *state->best);
        if (!state->best)
            return cf_nomem(err, "best weights");
    }
    return 0;
}

static void take_epochs(struct cf_state *state, const struct cf_block *b)
{
    for (uint32_t i = 0; i < b->rows; i++)
        state->ended[b->first + i] = (struct cf_epoch){
            .epoch = cf_load_u32(b->chunk[0].data + 4 * (size_t)i),
            .train_loss = cf_load_f64(b->chunk[1].data + 8 * (size_t)i),
            .valid_loss = cf_load_f64(b->chunk[2].data + 8 * (size_t)i),
            .seconds = cf_load_f64(b->chunk[3].data + 8 * (size_t)i)};
}

/* Where the numbers of a part go. */
static void *numbers_of(const struct cf_state *state, uint32_t part)
{
    float *best = state->best;

    for (size_t i = 0; i < state->ntensors; i++) {
        const struct cf_tensor *t = &state->tensor[i];
        if (!t->derived && part-- == 0)
            return t->real ? (void *)t->real : (void *)t->v;
    }
    for (size_t i = 0; i < state->ntensors; i++) {
        if (state->tensor[i].state)
            continue;
        if (part-- == 0)
            break;
        best += state->tensor[i].n;
    }
    return best;
}

static int take_block(struct cf_state *state, const struct cf_reader *r,
                      const struct cf_block *b, size_t *cap, struct cf_err *err)
{
    const struct cf_schema *s = cf_reader_schema(r);
    uint64_t end = b->first + b->rows;

    if (end > s->part[b->part].rows)
        return foreign(r, "more rows than it says", err);
    if (b->part + 1 < s->nparts) {
        char *to = numbers_of(state, b->part);
        memcpy(to + b->first * (b->chunk[0].size / b->rows), b->chunk[0].data,
               b->chunk[0].size);
        return 0;
    }
    if (!cf_grow(&state->ended, cap, (size_t)end, sizeof *state->ended))
        return cf_nomem(err, "epochs");
    take_epochs(state, b);
    return 0;
}

int cf_checkpoint_read(struct cf_state *state, bool has_best,
                       struct cf_reader *r, struct cf_err *err)
{
    const struct cf_block *b;
    size_t cap = 0;

    int rc = read_facts(state, r, err);
    if (!rc)
        rc = make_room(state, has_best, err);
    if (!rc)
        rc = check_parts(state, r, err);
    while (!rc && !(rc = cf_reader_next(r, &b, err)) && b)
        rc = take_block(state, r, b, &cap, err);
    return rc;
}
