/* topn-product.c - the products of all users' and all items' vectors by
 * OpenBLAS, some users at a time: topn-product USERS.fvecs ITEMS.fvecs */
#include <cblas.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 1000 };

/* Rows of a file: each its length and its numbers. */
static float *load(const char *path, long *rows, int32_t *k)
{
    FILE *f = fopen(path, "rb");
    long size;
    float *v;

    if (!f || fread(k, sizeof *k, 1, f) != 1 || fseek(f, 0, SEEK_END) != 0)
        return NULL;
    size = ftell(f);
    rewind(f);
    *rows = size / (4 + 4 * *k);
    v = malloc((size_t)size);
    for (long i = 0; v && i < *rows; i++)
        if (fread(k, 4, 1, f) != 1 ||
            fread(v + i * *k, 4, (size_t)*k, f) != (size_t)*k)
            return NULL;
    fclose(f);
    return v;
}

int main(int argc, char **argv)
{
    long users, items;
    int32_t k;
    float *u = load(argc > 2 ? argv[1] : "", &users, &k);
    float *v = load(argc > 2 ? argv[2] : "", &items, &k);
    float *z = v ? malloc(sizeof *z * BATCH * (size_t)items) : NULL;

    if (!u || !z) {
        fprintf(stderr, "topn-product: cannot load the vectors\n");
        return 1;
    }
    for (long at = 0; at < users; at += BATCH) {
        int n = users - at < BATCH ? (int)(users - at) : BATCH;
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, (int)items, k,
                    1, u + at * k, k, v, k, 0, z, (int)items);
    }
    return 0;
}
