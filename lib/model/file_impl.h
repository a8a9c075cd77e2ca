/* file_impl.h - what writing and reading a model must agree on. */
#ifndef CF_MODEL_FILE_IMPL_H
#define CF_MODEL_FILE_IMPL_H

#include "model/file.h"
#include "model/file_parts.h"

/* The parts of a side. */
struct cf_side_names {
    const char *dict, *factors, *bias, *count, *cold;
    const char *noise, *sample_bias, *cold_sample_bias; /* with samples */
};
extern const struct cf_side_names cf_user_names, cf_item_names;

/* The parts of a layer. */
struct cf_layer_names {
    char weight[24], bias[24];
};
/* Of number i from 0; the factors are before the first. */
struct cf_layer_names cf_layer_names(uint32_t i);

/* The part with weights from items to items. */
#define CF_ITEM_WEIGHTS "item_weights"

/* What is read: all of the model, or of its users only some. */
struct cf_model_source {
    struct cf_parts parts;
    const struct cf_pick *users; /* NULL: all */
};
/* Days and sessions, if the model has some: the parts of the schema, and what
 * is in them. */
int cf_model_context_parts(const struct cf_model *m, struct cf_schema *s,
                           struct cf_err *err);
int cf_model_write_contexts(const struct cf_model *m, const struct cf_schema *s,
                            struct cf_writer *w, struct cf_err *err);
int cf_model_read_contexts(const struct cf_model_source *src,
                           struct cf_model *m);
/* Stars likewise; the link of such a model is of this name, which programs that
 * know nothing of them refuse. */
#define CF_STARS_LINK "probit"
int cf_model_star_parts(const struct cf_model *m, struct cf_schema *s,
                        struct cf_err *err);
int cf_model_write_stars(const struct cf_model *m, const struct cf_schema *s,
                         struct cf_writer *w, struct cf_err *err);
int cf_model_read_stars(const struct cf_model_source *src, struct cf_model *m);
/* The same of the chain of samples. */
int cf_model_chain_parts(const struct cf_model *m, struct cf_schema *s,
                         struct cf_err *err);
int cf_model_write_chain(const struct cf_model *m, const struct cf_schema *s,
                         struct cf_writer *w, struct cf_err *err);
/* After samples and epochs. */
int cf_model_read_chain(const struct cf_model_source *src, struct cf_model *m);
/* A part of one column. */
int cf_model_part(struct cf_schema *s, const char *part, uint64_t rows,
                  const struct cf_column *c, struct cf_err *err);
/* rows of row_size bytes each as blocks of the part of that name. */
struct cf_model_array {
    const char *part;
    const void *data;
    uint64_t rows;
    size_t row_size;
};
int cf_model_write_array(const struct cf_model_array *a,
                         const struct cf_schema *s, struct cf_writer *w,
                         struct cf_err *err);

/* What there is of samples, if the model has some. */
int cf_model_read_samples(const struct cf_model_source *src,
                          struct cf_model *m);
/* The seen items of the users of m, which are those of the source. */
int cf_model_read_seen(const struct cf_model_source *src, struct cf_model *m);

#endif
