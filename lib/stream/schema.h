/* schema.h - what a stream says of itself in its header: kind, parts, columns,
 * facts and the history of the data. man/cf-stream.5 is the normative page. */
#ifndef CF_STREAM_SCHEMA_H
#define CF_STREAM_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum {
    CF_FORMAT = 1,             /* version of the format */
    CF_HEADER_MAX = 64 * 1024, /* bytes of a header */
    CF_FRAME_MAX = 4 << 20,    /* bytes of a frame */
    CF_FRAME_ROWS = 64 * 1024, /* rows of a usual frame; a reader takes up
                                  to CF_FRAME_ROWS_MAX */
    CF_FRAME_ROWS_MAX = 1 << 20,
    CF_COLUMNS_MAX = 1024, /* columns of all parts together */
    CF_PAD_MAX = 63,       /* nil values in a row between frames */
    CF_TEXT_MAX = 4095     /* bytes of a name or of a fact's text */
};

#define CF_ROWS_UNKNOWN UINT64_MAX
/* A code in a column with a dictionary that stands for "none". */
#define CF_NONE UINT32_MAX

enum cf_kind {
    CF_TABLE,
    CF_RATINGS,
    CF_BATCHES,
    CF_MODEL,
    CF_SCORES,
    CF_TOPN,
    CF_CURVE,
    CF_CHECKPOINT,
    CF_METRICS,
    CF_KINDS
};

enum cf_type {
    CF_U8,
    CF_U32,
    CF_U64,
    CF_I64,
    CF_F32,
    CF_F64,
    CF_STR, /* bytes */
    CF_RUN, /* u64 that mostly counts up by one, kept as runs */
    CF_TYPES
};

/* The part that a column plays. */
enum cf_role {
    CF_NO_ROLE,
    CF_USER,
    CF_ITEM,
    CF_RATING,
    CF_TIME,
    CF_LABEL, /* the name to show for an id */
    CF_LINE,  /* line of the source file; not shown as data */
    CF_SCORE,
    CF_RANK,
    CF_KNOWN, /* which of user and item the model knows */
    CF_SPLIT, /* 0: to train, 1: to validate, 2: to test */
    CF_ROLES
};

struct cf_column {
    char *name;    /* UTF-8 */
    uint32_t part; /* index of the part it belongs to */
    enum cf_type type;
    uint32_t width; /* values a row, 1 unless it is a matrix; 1 for CF_STR and
                       CF_RUN */
    enum cf_role role;
    int32_t dict; /* U8 or U32 codes are row numbers of this part; or -1 */
    bool none;    /* with dict: CF_NONE (U8: 255) may stand for no row */
    char *on;     /* with dict in a table: the column that was the key of the
                     join; or NULL */
};

/* A part is a table of its own: the rows, a dictionary, an array of a model.
 * Its columns stand together in the schema. */
struct cf_part {
    char *name;
    uint64_t rows;      /* CF_ROWS_UNKNOWN until the end */
    uint32_t col, ncol; /* its columns are column[col .. col + ncol - 1] */
};

enum cf_fact_type { CF_FACT_INT, CF_FACT_REAL, CF_FACT_TEXT };

/* A named scalar of the whole stream: batch size, link, solver ... */
struct cf_fact {
    char *name;
    enum cf_fact_type type;
    int64_t i;
    double r;
    char *text;
};

/* A program that the data went through. */
struct cf_step {
    char *program, *version;
    struct cf_strs args;
    bool has_seed, has_time;
    uint64_t seed;
    int64_t time; /* seconds since 1970 */
};

struct cf_schema {
    enum cf_kind kind;
    struct cf_part *part;
    size_t nparts;
    struct cf_column *column;
    size_t ncolumns;
    struct cf_fact *fact;
    size_t nfacts;
    struct cf_step *step; /* oldest first */
    size_t nsteps;
};

const char *cf_kind_name(enum cf_kind kind);
const char *cf_type_name(enum cf_type type);
const char *cf_role_name(enum cf_role role); /* "" for none */
/* The value for a name, or the number of values (CF_KINDS ...) if unknown. */
enum cf_kind cf_kind_find(struct cf_str name);
enum cf_type cf_type_find(struct cf_str name);
enum cf_role cf_role_find(struct cf_str name);
/* Bytes of one value; 0 for CF_STR and CF_RUN. */
size_t cf_type_size(enum cf_type type);

/* Building: all copy their strings and can only fail for lack of memory
 * (CF_EMEM), but for names: CF_EDATA if a name is empty, not UTF-8, twice in a
 * part, or, for a part, "toc" or "end". A part's columns follow it at once. */
void cf_schema_init(struct cf_schema *s, enum cf_kind kind);
int cf_schema_part(struct cf_schema *s, const char *name, uint64_t rows,
                   struct cf_err *err);
/* Adds a column to the last part; c->name and c->on are copied, c->part is
 * ignored. */
int cf_schema_column(struct cf_schema *s, const struct cf_column *c,
                     struct cf_err *err);
/* One of single values, without role or dictionary. */
int cf_schema_plain(struct cf_schema *s, const char *name, enum cf_type type,
                    struct cf_err *err);
int cf_schema_int(struct cf_schema *s, const char *name, int64_t v,
                  struct cf_err *err);
int cf_schema_real(struct cf_schema *s, const char *name, double v,
                   struct cf_err *err);
int cf_schema_text(struct cf_schema *s, const char *name, const char *v,
                   struct cf_err *err);
/* Adds a part with all columns of part `part` of another schema; their dict
 * stays the number that it is. */
int cf_schema_copy_part(struct cf_schema *s, const char *name, uint64_t rows,
                        const struct cf_schema *from, uint32_t part,
                        struct cf_err *err);
int cf_schema_copy_fact(struct cf_schema *s, const struct cf_fact *f,
                        struct cf_err *err);
/* Copies the history of from to the end of s's. */
int cf_schema_history(struct cf_schema *s, const struct cf_schema *from,
                      struct cf_err *err);
int cf_schema_step(struct cf_schema *s, const struct cf_step *step,
                   struct cf_err *err);
void cf_schema_free(struct cf_schema *s);

/* Looking: index, or -1. */
int cf_schema_find_part(const struct cf_schema *s, const char *name);
/* A column of a part by role or by name: its index in column[], so its place
 * in a block's chunks is that less part[part].col. */
int cf_schema_find_role(const struct cf_schema *s, uint32_t part,
                        enum cf_role role);
int cf_schema_find_column(const struct cf_schema *s, uint32_t part,
                          const char *name);
/* The fact of that name and type, or NULL. */
const struct cf_fact *cf_schema_fact(const struct cf_schema *s,
                                     const char *name, enum cf_fact_type type);

#endif
