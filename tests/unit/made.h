/* made.h - a small stream that a test spells out, as bytes or as text. */
#ifndef CF_TESTS_MADE_H
#define CF_TESTS_MADE_H

#include "data/show.h"
#include "stream/reader.h"
#include "stream/writer.h"

/* Fails the test unless rc is 0. */
void must(int rc, const struct cf_err *err);

/* Everything here fails the test when something goes wrong. */
struct made {
    struct cf_schema schema;
    struct cf_out *out;
    struct cf_show *show;
    struct cf_writer *writer;
    char path[32];
};

/* A schema in the making; the columns go to the last part. */
void made_init(struct made *m, enum cf_kind kind);
void made_part(struct made *m, const char *name);
void made_column(struct made *m, const char *name, enum cf_type type,
                 enum cf_role role);
void made_matrix(struct made *m, const char *name, enum cf_type type,
                 uint32_t width);
/* u32 codes of a part, named already; `none` if they may be. */
void made_code(struct made *m, const char *name, enum cf_role role,
               const char *dict, bool none);

/* Opens the writer: of a stream, or with opts of the text that shows it. */
void made_begin(struct made *m, const struct cf_show_opts *opts);
/* Opens the text alone; who writes to cf_show_tap(m->show) is the test's. */
void made_text(struct made *m, const struct cf_show_opts *opts);
/* A block; for each column a pointer to its rows: of type const char *const *
 * (CF_STR), const uint64_t * (CF_RUN), or to the values. */
void made_put(struct made *m, const char *part, uint32_t rows, ...);
/* Ends the stream, frees all, and gives the bytes, with a NUL after them, to be
 * freed. */
char *made_finish(struct made *m, size_t *n);
/* Ends the text and compares it. */
void made_expect(struct made *m, const char *want);

/* A reader of bytes. */
struct made_reader {
    struct cf_in in;
    struct cf_reader *r;
};
void made_read(struct made_reader *m, const char *p, size_t n);
void made_read_close(struct made_reader *m);

#endif
