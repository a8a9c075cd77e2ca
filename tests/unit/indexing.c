/* indexing.c - CSV files indexed, for tests. */
#include "indexing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

char *index_files(const struct file *f, const struct cf_index_opts *opts,
                  size_t *n, char why[256])
{
    char *table = merged(f, n, why);

    if (!table)
        fail_msg("%zu: %s", *n, why);
    char *p = indexed(table, n, opts, why);
    free(table);
    return p;
}

void expect_index(const struct file *f, const struct cf_index_opts *opts,
                  const char *want)
{
    char why[256];
    size_t n;
    char *p = index_files(f, opts, &n, why);

    if (!p)
        fail_msg("%zu: %s", n, why);
    char *got = dump(p, n);
    assert_string_equal(got, want);
    free(got);
    free(p);
}

void expect_index_error(const struct file *f, const struct cf_index_opts *opts,
                        enum cf_code code, const char *want)
{
    char why[256];
    size_t n;
    char *p = index_files(f, opts, &n, why);

    assert_null(p);
    assert_string_equal(why, want);
    assert_int_equal(n, code);
}
