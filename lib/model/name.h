/* name.h - names as people type them, and how far they are from those of a
 * model: "the matrix" is "Matrix, The (1999)". */
#ifndef CF_MODEL_NAME_H
#define CF_MODEL_NAME_H

#include "base/buf.h"

/* A name without case, accents and its article. */
struct cf_name {
    struct cf_buf text;
    size_t title;        /* of its bytes: those before " (1999)" */
    const char *article; /* "the", or NULL */
};

/* n starts zeroed, and can be set again. n->text.failed: no memory. */
void cf_name_set(struct cf_name *n, struct cf_str s);
/* How far a label is from what was typed, which may lack what is in
 * parentheses: 0 for the same, 1 for all but the article, 2 if it begins so, 3
 * if it has it inside, more for edits; SIZE_MAX if it is too far, or not below
 * `below`, which is found out faster. */
size_t cf_name_far(const struct cf_name *label, const struct cf_name *typed,
                   size_t below);
void cf_name_free(struct cf_name *n);

#endif
