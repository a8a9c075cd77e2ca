/* checkpoint.h - all that a run of the mini-batch loop is, at a moment between
 * two steps: written as a stream of kind checkpoint, and read back. */
#ifndef CF_FIT_CHECKPOINT_H
#define CF_FIT_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "stream/reader.h"
#include "stream/writer.h"

/* Numbers that are learnt, or that the optimiser keeps beside them. */
struct cf_tensor {
    const char *name;
    float *v; /* borrowed */
    size_t n;
    bool state; /* the optimiser's, not a weight */
};

struct cf_state {
    const struct cf_tensor *tensor;
    size_t ntensors;
    float *best;   /* weights of the best epoch, tensor by tensor; NULL: none */
    uint64_t step; /* steps taken */
    uint32_t epoch;         /* epochs that ended */
    double smooth;          /* average of losses, not debiased */
    uint64_t rows;          /* checksum of the rows so far */
    struct cf_epoch *ended; /* (epoch) */
};

/* Parts: one for each tensor, "best_" and its name for the best weights, and
 * "epochs" as in a model; facts: step, epoch, smooth, rows. The caller may add
 * facts and history. s is to be freed after an error, too. */
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
