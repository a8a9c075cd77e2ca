/* resume.c - checkpoints of the loop of mini-batches, and of that of sweeps. To
 * go on from one, the rows up to it are taken from the feed once more and not
 * learnt from: the feed is then where it was, and a checksum tells whether they
 * are the same rows. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/progress.h"
#include "base/sum.h"
#include "fit/learn_impl.h"

/* The table of epochs as it was; who was best follows from it. */
static int take_epochs(struct cf_learner *l, const struct cf_state *state,
                       struct cf_err *err)
{
    int rc = 0;

    free(l->m->epoch);
    l->m->epoch = state->ended;
    l->m->nepochs = 0;
    l->cap_epoch = state->epoch;
    for (uint32_t i = 0; !rc && i < state->epoch; i++) {
        l->m->nepochs = i + 1;
        rc = cf_best_judge(l, err);
    }
    return rc;
}

int cf_resume_start(struct cf_learner *l, struct cf_err *err)
{
    const struct cf_keeper *k = l->o->keeper;
    struct cf_state state = {.tensor = l->net->tensor,
                             .ntensors = l->net->ntensors};

    l->saved = cf_now();
    if (!k)
        return 0;
    int rc = k->load(k->ctx, &state, l->o->keep_best, &l->replay, err);
    l->best.weights = state.best;
    if (rc || !l->replay) {
        free(state.ended);
        return rc;
    }
    l->replay_step = state.step;
    l->replay_epoch = state.epoch;
    l->replay_rows = state.rows;
    l->smooth = state.smooth;
    return take_epochs(l, &state, err);
}

void cf_resume_rows(struct cf_learner *l, const struct cf_feed_rows *rows,
                    size_t at, size_t n)
{
    if (!l->o->keeper)
        return;
    for (size_t r = at; r < at + n; r++) {
        const struct {
            uint32_t user, item;
            float rating;
        } row = {rows->user[r], rows->item[r], rows->rating[r]};
        l->rows = cf_sum(&row, sizeof row, l->rows);
    }
}

static int other_rows(const struct cf_learner *l, const char *what,
                      struct cf_err *err)
{
    return cf_fail(err, CF_EDATA,
                   "%s: the checkpoint is of another run: its first %" PRIu64
                   " %s had %s",
                   l->o->keeper->name,
                   l->replay_step > 0 ? l->replay_step : l->replay_epoch,
                   l->replay_step > 0 ? "batches" : "epochs", what);
}

int cf_resume_short(const struct cf_learner *l, struct cf_err *err)
{
    return other_rows(l, "more rows", err);
}

int cf_resume_arrive(struct cf_learner *l, struct cf_err *err)
{
    if (l->epoch < l->replay_epoch || l->step < l->replay_step)
        return 0;
    l->replay = false;
    l->saved = cf_now();
    if (l->epoch == l->replay_epoch && l->step == l->replay_step &&
        l->rows == l->replay_rows)
        return 0;
    return other_rows(l, "other rows", err);
}

int cf_resume_save(struct cf_learner *l, struct cf_err *err)
{
    const struct cf_keeper *k = l->o->keeper;

    if (!k || (k->every > 0 && cf_now() - l->saved < k->every))
        return 0;
    const struct cf_state state = {.tensor = l->net->tensor,
                                   .ntensors = l->net->ntensors,
                                   .best = l->best.weights,
                                   .step = l->step,
                                   .epoch = l->epoch,
                                   .smooth = l->smooth,
                                   .rows = l->rows,
                                   .ended = l->m->epoch};
    int rc = k->save(k->ctx, &state, err);
    l->saved = cf_now();
    return rc;
}
