/* fuzz_join.c - fuzzing the join: the first byte chooses options, the rest is
 * CSV files with a line "====" between them. What comes out must be a sound
 * stream in which no row is lost or made up, or an error with a message. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/merge.h"
#include "stream/reader.h"

enum { FILES = 3, SIZE_MAX_IN = 1 << 13 };

static const char mark[] = "\n====\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool right, const char *what)
{
    if (right)
        return;
    fprintf(stderr, "fuzz_join: %s\n", what);
    abort();
}

static const uint8_t *find_mark(const uint8_t *p, size_t n)
{
    for (; n >= strlen(mark); p++, n--)
        if (!memcmp(p, mark, strlen(mark)))
            return p;
    return NULL;
}

static size_t split(const uint8_t *p, size_t n, struct cf_in *in)
{
    static const char *const name[FILES] = {"r.csv", "d.csv", "e.csv"};
    struct cf_err err;
    size_t files = 0;
    const uint8_t *end;

    do {
        end = files + 1 < FILES ? find_mark(p, n) : NULL;
        size_t size = end ? (size_t)(end - p) : n;
        check(!cf_in_mem(&in[files], name[files], p, size, &err), "memory");
        files++;
        if (end) {
            n -= size + strlen(mark);
            p = end + strlen(mark);
        }
    } while (end);
    return files;
}

/* Each row of the first file is there, or counted as left out. */
static void check_counts(const struct cf_merge_report *r,
                         const struct cf_merge_opts *o)
{
    uint64_t rows = r->file[0].rows, unmatched = 0;

    for (size_t i = 1; i < r->nfiles; i++) {
        check(r->file[i].unmatched <= rows, "more unmatched than rows");
        check(r->file[i].again <= r->file[i].rows, "more again than rows");
        unmatched += r->file[i].unmatched;
    }
    if (o->missing == CF_MISSING_FAIL)
        check(unmatched == 0, "unmatched rows passed");
    if (o->missing == CF_MISSING_KEEP)
        unmatched = 0;
    check(r->written + unmatched >= rows, "rows lost");
    if (o->dup != CF_KEY_ALL)
        check(r->written <= rows, "rows multiplied");
    if (o->dup != CF_KEY_ALL && r->nfiles <= 2)
        check(r->written + unmatched == rows, "rows miscounted");
}

static void read_back(const char *path, const struct cf_merge_report *report)
{
    struct cf_in in;
    struct cf_reader *r;
    struct cf_err err;
    const struct cf_block *b;

    check(!cf_in_open(&in, path, &err), "open");
    if (cf_reader_open(&r, &in, &err))
        check(false, err.msg);
    do
        if (cf_reader_next(r, &b, &err))
            check(false, err.msg);
    while (b);
    int rows = cf_schema_find_part(cf_reader_schema(r), "rows");
    check(rows >= 0, "no rows");
    check(cf_reader_rows(r, (uint32_t)rows) == report->written,
          "rows written and read differ");
    cf_reader_close(r);
    cf_in_close(&in);
}

static void run(struct cf_merge *m, const struct cf_merge_opts *o)
{
    char path[64];
    struct cf_out *out;
    struct cf_writer *w;
    struct cf_err err;

    snprintf(path, sizeof path, "/tmp/cf-fuzz-join-%d", (int)getpid());
    check(!cf_out_open(&out, path, &err), "output");
    check(!cf_writer_open(&w, cf_merge_schema(m), out, NULL, &err), "writer");
    if (cf_merge_run(m, w, &err)) {
        check(err.code == CF_EDATA && err.msg[0], "an error without a reason");
    } else {
        check(!cf_writer_finish(w, &err), "finish");
        check(!cf_out_flush(out, &err), "flush");
        check_counts(cf_merge_report(m), o);
        read_back(cf_out_temp(out), cf_merge_report(m));
    }
    cf_writer_close(w);
    cf_out_close(out);
}

/* The byte's digits: --dup, --missing, --ragged, --on, -d, --no-header. */
static void choose(unsigned byte, struct cf_merge_opts *o,
                   struct cf_csv_opts *csv, size_t n)
{
    static char *const on[] = {"k=i"};

    o->dup = (enum cf_key_dup)(byte % 4);
    byte /= 4;
    o->missing = (enum cf_missing)(byte % 3);
    byte /= 3;
    if (byte & 1)
        o->on = (struct cf_on){on, 1};
    for (size_t i = 0; i < n; i++) {
        csv[i].delim = byte & 2 ? "," : byte & 4 ? "::" : NULL;
        csv[i].skip_ragged = byte & 8;
        csv[i].no_header = byte & 16;
    }
    o->csv = csv;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct cf_in in[FILES];
    struct cf_csv_opts csv[FILES] = {{0}};
    struct cf_merge_opts o = {0};
    struct cf_merge *m;
    struct cf_err err;

    if (n == 0 || n > SIZE_MAX_IN)
        return 0;
    size_t files = split(data + 1, n - 1, in);
    choose(data[0], &o, csv, files);
    if (cf_merge_open(&m, in, files, &o, &err))
        check(err.code >= CF_EDATA && err.msg[0], "an error without a reason");
    else
        run(m, &o);
    cf_merge_close(m);
    for (size_t i = 0; i < files; i++)
        cf_in_close(&in[i]);
    return 0;
}
