/* fuzz_csv.c - fuzzing the CSV reader: the first byte chooses the layout, the
 * second the size of the buffer, the rest is the text. Every tokenizer must say
 * what libcsv alone says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/csv_text.h"
#include "data/tok.h"

enum { MOST = 1 << 14, ROOM = 4 * MOST };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The byte's digits: the separator, the header, what a ragged row is. */
static void choose(unsigned byte, struct cf_csv_opts *o)
{
    static const char *const delim[] = {NULL, ",", "\t", "::", "a,"};
    static const char *const names[] = {"x", "y", "z"};

    o->delim = delim[byte % 5];
    byte /= 5;
    o->nnames = byte % 4;
    o->names = o->nnames ? names : NULL;
    byte /= 4;
    o->no_header = byte & 1;
    o->skip_ragged = byte & 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const reader[] = {"swar", "avx2", "avx512"};
    struct cf_csv_opts o = {.reader = "libcsv", .room = ROOM};
    struct cf_buf want = {0}, got = {0};

    if (n < 2 || n > MOST)
        return 0;
    const char *p = (const char *)data + 2;
    choose(data[0], &o);
    csv_text_mem(&want, p, n - 2, &o, 0);
    for (size_t i = 0; i < sizeof reader / sizeof *reader; i++) {
        if (!cf_tok_find(reader[i]))
            continue;
        o.reader = reader[i];
        /* What is sniffed is the buffer's beginning. */
        o.room = o.delim ? 64 + data[1] % 16U : ROOM;
        csv_text_mem(&got, p, n - 2, &o, data[1] / 16U);
        if (got.n != want.n || memcmp(got.p, want.p, want.n)) {
            fprintf(stderr, "fuzz_csv: %s says\n%.*s\nlibcsv says\n%.*s\n",
                    reader[i], (int)got.n, got.p, (int)want.n, want.p);
            abort();
        }
        got.n = 0;
    }
    cf_buf_free(&want);
    cf_buf_free(&got);
    return 0;
}
