/* file.h - a model as a stream and back. Parts: user and item (dictionaries),
 * user_factors, item_factors, user_cold_factors, item_cold_factors, user_bias,
 * item_bias, user_count, item_count, seen_start, seen_item, user_index, epochs;
 * facts: solver, k, mean, link, lo, hi, user_cold, item_cold, perhaps loss and
 * kept; with layers also the parts layer1_weight, layer1_bias, layer2_weight
 * ... and the fact layers; with weights from items to items also the part
 * item_weights; of samples, see there, and chain.h. man/cf-stream.5 is
 * normative. */
#ifndef CF_MODEL_FILE_H
#define CF_MODEL_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/io.h"
#include "model/model.h"
#include "stream/schema.h"
#include "stream/writer.h"

/* The schema that m is written with, history not included. seconds: whether
 * the epochs carry their time (bytes then differ from run to run). s is to be
 * freed after an error, too. */
int cf_model_schema(const struct cf_model *m, bool seconds, struct cf_schema *s,
                    struct cf_err *err);
/* Writes all parts; the writer was opened with that schema. The caller
 * finishes it. */
int cf_model_write(const struct cf_model *m, const struct cf_schema *s,
                   struct cf_writer *w, struct cf_err *err);

/* Reads a model whole, into memory of its own; s gets the history it came
 * with and nothing else. m and s need no free after an error. Anything
 * inconsistent is CF_ESTREAM; a stream of another kind is CF_EDATA. */
int cf_model_read(struct cf_model *m, struct cf_schema *s, struct cf_in *in,
                  struct cf_err *err);

/* The same, but of the users only those with the given ids, each once, in that
 * order, and no sessions; ids that there are not are left out. From a regular
 * file nothing else of the users is read, so that it takes no longer with many.
 * A file without an index of ids is read whole; ids NULL: so is any. */
struct cf_users_wanted {
    const struct cf_str *id;
    size_t n;
};
int cf_model_read_users(struct cf_model *m, struct cf_schema *s,
                        struct cf_in *in, const struct cf_users_wanted *ids,
                        struct cf_err *err);

#endif
