/* vocab.h - the users and items of another stream, whose ids are to be kept. */
#ifndef CF_DATA_VOCAB_H
#define CF_DATA_VOCAB_H

#include "data/store.h"
#include "stream/reader.h"

/* A dictionary: column 0 the id, then its attributes. */
struct cf_vocab_side {
    const struct cf_schema *schema; /* the reader's, borrowed */
    const char *name;               /* of the stream, likewise */
    uint32_t part;
    struct cf_store store;
};

struct cf_vocab {
    struct cf_vocab_side user, item;
};

/* Reads all of a stream with dictionaries "user" and "item"; CF_EDATA if it
 * has none, or a column of them is not bytes. r must outlive v. v is to be
 * freed after an error, too. */
int cf_vocab_read(struct cf_vocab *v, struct cf_reader *r, struct cf_err *err);
void cf_vocab_free(struct cf_vocab *v);

#endif
