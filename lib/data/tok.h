/* tok.h - where fields and rows of text may end: the positions of separators,
 * quotes and line ends, 64 bytes at a time. */
#ifndef CF_DATA_TOK_H
#define CF_DATA_TOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* p[from..to-1] is looked at; positions count from p. */
struct cf_tok_text {
    const char *p;
    size_t from, to;
    char sep;      /* the separator, or the first byte of it */
    bool after_cr; /* a CR stood before p[from] */
};

/* Whether the text has bytes that are no ASCII, or NUL. */
struct cf_tok_seen {
    bool high, nul;
};

/* More than the text has bytes is what mark must have room for. */
enum { CF_TOK_SLACK = 64 };

struct cf_tok {
    const char *name;
    /* Stores the position of every sep, quote, CR, and LF but one right after
     * a CR, in order; returns how many. */
    size_t (*mark)(const struct cf_tok_text *t, uint32_t *mark,
                   struct cf_tok_seen *seen);
};

/* The fastest that this processor runs. */
const struct cf_tok *cf_tok_best(void);
/* "swar" (always there), "avx2", "avx512"; NULL if the processor or the name
 * is none. */
const struct cf_tok *cf_tok_find(const char *name);

#endif
