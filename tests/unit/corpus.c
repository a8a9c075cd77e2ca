/* corpus.c - the inputs of a fuzz target, given to it again. */
#include "corpus.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "made.h"

static void replay_file(const char *path,
                        int (*target)(const uint8_t *data, size_t n))
{
    struct cf_err err;
    struct cf_in in;
    char *p;
    size_t n;

    must(cf_in_open(&in, path, &err), &err);
    must(cf_in_slurp(&in, 1 << 24, &p, &n, &err), &err);
    assert_int_equal(target((const uint8_t *)p, n), 0);
    free(p);
    cf_in_close(&in);
}

void corpus_replay(const char *name,
                   int (*target)(const uint8_t *data, size_t n))
{
    char folder[128], path[512];
    const struct dirent *e;
    int files = 0;

    snprintf(folder, sizeof folder, "tests/fuzz/corpus/%s", name);
    DIR *d = opendir(folder);
    assert_non_null(d);
    while ((e = readdir(d)) != NULL) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        replay_file(path, target);
        files++;
    }
    closedir(d);
    assert_true(files > 0);
}
