/* tok_tables.h - the tables of tok.h. */
#ifndef CF_DATA_TOK_TABLES_H
#define CF_DATA_TOK_TABLES_H

#include "data/tok.h"

extern const struct cf_tok cf_tok_swar, cf_tok_avx2, cf_tok_avx512;

/* A bit for each of 64 bytes, the first lowest. */
struct cf_tok_bits {
    uint64_t cr, lf, other; /* other: separators and quotes */
    uint64_t high, nul;
};

#endif
