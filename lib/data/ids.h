/* ids.h - users or items become dense ids in order of first sight; and what the
 * dictionary says of them. */
#ifndef CF_DATA_IDS_H
#define CF_DATA_IDS_H

#include "data/dict.h"
#include "data/features.h"
#include "data/store.h"
#include "data/table.h"
#include "data/vocab.h"

struct cf_ids {
    struct cf_field key;   /* where a row has the id */
    struct cf_field *attr; /* what else its dictionary row holds */
    size_t nattr;
    struct cf_featured *more; /* (nmore) attributes from elsewhere */
    size_t nmore, more_cap;
    const struct cf_schema *out; /* borrowed */
    uint32_t part; /* of the dictionary that is written: key, attributes, then
                      those that only a vocabulary has */
    struct cf_dict dict;
    uint32_t known; /* ids of the vocabulary, the first ones */
    bool fixed;     /* nobody else gets an id */
    uint32_t *seen; /* id + 1 of the rows of the key's dictionary, 0 if not yet
                       seen */
    size_t nseen, seen_cap;
    struct cf_store fresh; /* entries not yet written */
    struct cf_str *field;  /* an entry in the making, */
    char *scratch;         /* and room for its numbers */
};

/* Adds an attribute, before cf_ids_start. */
int cf_ids_attr(struct cf_ids *s, const struct cf_field *f, struct cf_err *err);
/* out: the schema whose part number `part` has the columns. */
int cf_ids_start(struct cf_ids *s, const struct cf_schema *out, uint32_t part,
                 struct cf_err *err);
/* Gives the ids of a vocabulary, in its order, before cf_ids_of. Attributes are
 * found by name; those that it does not have are empty. CF_EDATA for an id that
 * is there twice. */
int cf_ids_load(struct cf_ids *s, const struct cf_vocab_side *v,
                struct cf_err *err);
/* The ids of rows of a block; CF_NONE for who gets none. */
int cf_ids_of(struct cf_ids *s, const struct cf_dicts *d,
              const struct cf_slice *rows, uint32_t *id, struct cf_err *err);
/* Gives ids to all of the files in more that have none, unless it is fixed. */
int cf_ids_rest(struct cf_ids *s, struct cf_err *err);
/* Writes the entries that are new since the last time. */
int cf_ids_write(struct cf_ids *s, struct cf_writer *w, struct cf_err *err);
/* Writes n entries, which all are new: those of ids id[0..n-1]. */
int cf_ids_write_some(struct cf_ids *s, const uint32_t *id, uint32_t n,
                      struct cf_writer *w, struct cf_err *err);
void cf_ids_free(struct cf_ids *s);

#endif
