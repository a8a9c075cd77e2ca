/* checkpoint.h - all that a run is at a moment between two steps, or sweeps:
 * written as a stream of kind checkpoint, and read back. */
#ifndef CF_FIT_CHECKPOINT_H
#define CF_FIT_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "stream/reader.h"
#include "stream/writer.h"

/* Numbers that are learnt, or that are kept beside them; borrowed. */
struct cf_tensor {
    char name[CF_CHAIN_NAME];
    float *v;     /* either these */
    double *real; /* or these, of state alone */
    size_t n;
    size_t row, used; /* rows of so many numbers, of which so many count, the
                         others being 0; row 0: all count */
    bool state;       /* the optimiser's or the sampler's, not a weight */
    bool derived;     /* a weight that follows from state: not written */
};

struct cf_state {
    const struct cf_tensor *tensor;
    size_t ntensors;
    float *best;   /* weights of the best epoch, tensor by tensor; NULL: none */
    uint64_t step; /* steps taken */
    uint32_t epoch;         /* epochs that ended */
    double smooth;          /* average of losses, not debiased */
    uint64_t rows;          /* checksum of the rows so far, or of all */
    struct cf_epoch *ended; /* (epoch) */
};

/* Parts: one for each tensor that is not derived, "best_" and its name for the
 * best weights, and "epochs" as in a model; facts: step, epoch, smooth, rows.
 * The caller may add facts and history. s is to be freed after an error, too.
 */
int cf_checkpoint_schema(const struct cf_state *state, struct cf_schema *s,
                         struct cf_err *err);
/* The caller finishes w. */
int cf_checkpoint_write(const struct cf_state *state, const struct cf_schema *s,
                        struct cf_writer *w, struct cf_err *err);

/* Reads all of r: into the tensors, which must be as many, of the same names
 * and sizes; best and ended are allocated, and freed by the caller, after an
 * error, too. has_best: there must be best weights once an epoch ended.
 * CF_EDATA if it is a checkpoint of something else. */
int cf_checkpoint_read(struct cf_state *state, bool has_best,
                       struct cf_reader *r, struct cf_err *err);

/* Where checkpoints are kept. */
struct cf_keeper {
    void *ctx;
    const char *name; /* for messages */
    double every;     /* seconds between two, 0: as many as can be */
    /* Reads the last one, see cf_checkpoint_read; *found is false if there is
     * none. */
    int (*load)(void *ctx, struct cf_state *state, bool has_best, bool *found,
                struct cf_err *err);
    int (*save)(void *ctx, const struct cf_state *state, struct cf_err *err);
};

#endif
