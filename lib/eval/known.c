/* known.c - the dictionary of what a model knows of a pair. */
#include "eval/known.h"

#include <string.h>

int cf_known_part(struct cf_schema *s, struct cf_err *err)
{
    char name[] = "known";
    const struct cf_column c = {
        .name = name, .type = CF_STR, .width = 1, .dict = -1};
    int rc = cf_schema_part(s, c.name, 4, err);
    return rc ? rc : cf_schema_column(s, &c, err);
}

int cf_known_column(struct cf_schema *s, struct cf_err *err)
{
    char name[] = "known";
    const struct cf_column c = {.name = name,
                                .type = CF_U8,
                                .width = 1,
                                .role = CF_KNOWN,
                                .dict = cf_schema_find_part(s, "known")};
    return cf_schema_column(s, &c, err);
}

int cf_known_write(const struct cf_schema *s, struct cf_writer *w,
                   struct cf_err *err)
{
    static const char words[] = "noneuseritemboth";
    static const uint32_t ends[] = {4, 8, 12, 16};
    const struct cf_chunk c = {.layout = CF_TEXT,
                               .data = (const char *)ends,
                               .size = sizeof ends,
                               .text = words,
                               .text_size = sizeof words - 1};
    const struct cf_block b = {.part =
                                   (uint32_t)cf_schema_find_part(s, "known"),
                               .rows = 4,
                               .chunk = &c};
    return cf_writer_put(w, &b, err);
}
