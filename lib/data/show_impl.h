/* show_impl.h - the pieces of show: which columns are seen, a value of one,
 * its text in each format, the table for people. */
#ifndef CF_DATA_SHOW_IMPL_H
#define CF_DATA_SHOW_IMPL_H

#include "base/num.h"
#include "data/show.h"
#include "data/table.h"
#include "data/twins.h"

/* ---- the columns of a part as they are seen (show_view.c) ---- */

/* A column of the part, or of the dictionary that it points into. */
struct cf_shown {
    struct cf_field at;
    const struct cf_column *column; /* whose values are shown */
    char *name;                     /* unique in the view; owned */
    bool own;                       /* it is the name of a column of the part */
    bool label; /* of the id in column id_dcol of the dictionary */
    uint32_t id_dcol;
};

struct cf_view {
    const struct cf_schema *schema; /* borrowed */
    uint32_t part;
    struct cf_shown *col;
    size_t n, cap;
};

/* For people, a code is the id and its label; for programs, the id and, after
 * the other columns, all that the dictionary has. Rows of a table stream are
 * for both what the join of its files would be. */
int cf_view_init(struct cf_view *v, const struct cf_schema *s, uint32_t part,
                 bool people, struct cf_err *err);
void cf_view_free(struct cf_view *v);

/* ---- a value (show_value.c) ---- */

struct cf_value {
    enum cf_type type; /* CF_STR, or a type of numbers */
    uint32_t width;    /* so many of them */
    bool none;         /* a code that stands for no row */
    struct cf_str str; /* CF_STR */
    const char *p;     /* numbers */
};

/* *v is what column c of a block's row holds. It lives as long as the block,
 * the dictionaries and scratch (CF_NUM_MAX bytes). */
void cf_value_of(const struct cf_shown *c, const struct cf_dicts *d,
                 const struct cf_block *b, uint32_t row, char *scratch,
                 struct cf_value *v);
/* Number i of a value as text; out has room for CF_NUM_MAX bytes. */
struct cf_str cf_value_number(const struct cf_value *v, uint32_t i, char *out);
bool cf_value_finite(const struct cf_value *v, uint32_t i);

/* ---- text in each format (show_text.c) ---- */

/* A JSON string; bytes that are not UTF-8 become U+FFFD. */
void cf_text_json(struct cf_buf *out, struct cf_str s);
/* Tab, line feed, carriage return and backslash become \t \n \r \\. */
void cf_text_tsv(struct cf_buf *out, struct cf_str s);
/* Harmless on a terminal: controls and bytes that are not UTF-8 become \xNN. */
void cf_text_plain(struct cf_buf *out, struct cf_str s);
/* Characters of well-formed UTF-8. */
size_t cf_text_length(struct cf_str s);
/* At most n > 0 characters of it, the last one an ellipsis if some are lost. */
void cf_text_cut(struct cf_buf *out, struct cf_str s, size_t n);

/* ---- lines for programs (show_line.c) ---- */

/* The line of column names; nothing for CF_SHOW_JSONL. */
void cf_line_head(struct cf_buf *out, const struct cf_view *v,
                  enum cf_format format);
void cf_line_row(struct cf_buf *out, const struct cf_view *v,
                 const struct cf_dicts *d, const struct cf_block *b,
                 uint32_t row, enum cf_format format);

/* ---- a table for people (show_panel.c) ---- */

/* A label that several ids have is followed by the id in brackets, as far as
 * the dictionary is known by then. The first rows of a part are kept, because
 * they decide how wide its columns are; if more than a few screenfuls are
 * wanted, the rest is shown as it comes. When memory ends, text or out says so.
 */
struct cf_panel {
    const struct cf_show_opts *opts; /* borrowed; NULL: not to be seen */
    struct cf_view view;
    uint64_t head;      /* rows to show; 0: the shape alone */
    uint64_t rows;      /* so far */
    struct cf_buf text; /* of the cells that are kept, the names first */
    size_t *end;        /* of each cell in text */
    size_t cells, cap;
    struct cf_twins *twins; /* of each column that is a label */
    size_t *width;          /* of each column */
    bool *right;            /* numbers are set to the right */
    size_t visible;         /* columns that fit the screen */
    bool open;              /* heading and kept rows are out */
};

int cf_panel_init(struct cf_panel *p, const struct cf_schema *s, uint32_t part,
                  const struct cf_show_opts *opts, struct cf_err *err);
/* Takes the next row. out gets what is to be seen now. */
void cf_panel_row(struct cf_panel *p, const struct cf_dicts *d,
                  const struct cf_block *b, uint32_t row, struct cf_buf *out);
/* A line that says that rows of an open panel go on, after those of another. */
void cf_panel_resume(const struct cf_panel *p, struct cf_buf *out);
/* What is still to be seen. */
void cf_panel_end(struct cf_panel *p, struct cf_buf *out);
void cf_panel_free(struct cf_panel *p);

#endif
