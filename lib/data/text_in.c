/* text_in.c - CSV text as a table. */
#include "data/text_in.h"

#include <stddef.h>

#include "data/merge.h"
#include "stream/writer.h"

bool cf_is_stream(int first)
{
    return first >= 0 && (first & 0xf0) == 0x80;
}

static int end_table(void *ctx, struct cf_err *err)
{
    (void)ctx;
    (void)err;
    return 0;
}

int cf_text_in(struct cf_in *in, const struct cf_text_taker *to,
               struct cf_err *err)
{
    const struct cf_tap tap = {to->ctx, to->head, to->block, end_table};
    struct cf_writer *w = NULL;
    struct cf_merge *m;

    int rc = cf_merge_open(&m, in, 1, NULL, err);
    if (rc)
        return rc;
    rc = cf_writer_open(&w, cf_merge_schema(m), NULL, &tap, err);
    if (!rc)
        rc = cf_merge_run(m, w, err);
    cf_writer_close(w);
    to->gone(to->ctx);
    cf_merge_close(m);
    return rc;
}
