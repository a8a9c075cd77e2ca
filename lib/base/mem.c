/* mem.c - memory whose sizes are checked. */
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ALIGN = 64 }; /* a cache line, and an AVX-512 register */

bool cf_mul(size_t a, size_t b, size_t *out)
{
    if (b != 0 && a > SIZE_MAX / b)
        return false;
    *out = a * b;
    return true;
}

void *cf_alloc(size_t n, size_t size)
{
    size_t bytes;
    if (!cf_mul(n, size, &bytes))
        return NULL;
    return malloc(bytes ? bytes : 1);
}

void *cf_zalloc(size_t n, size_t size)
{
    size_t bytes;
    if (!cf_mul(n, size, &bytes))
        return NULL;
    return calloc(bytes ? bytes : 1, 1);
}

void *cf_aalloc(size_t n, size_t size)
{
    size_t bytes;
    void *p;
    if (!cf_mul(n, size, &bytes) ||
        posix_memalign(&p, ALIGN, bytes ? bytes : 1) != 0)
        return NULL;
    memset(p, 0, bytes);
    return p;
}

uint64_t cf_memory_size(void)
{
#ifdef _SC_PHYS_PAGES
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

    if (pages > 0 && size > 0)
        return (uint64_t)pages * (uint64_t)size;
#endif
    return 0;
}

bool cf_grow(void *p, size_t *cap, size_t need, size_t size)
{
    enum { FIRST = 16 };
    if (need <= *cap)
        return true;
    size_t want = *cap + *cap / 2;
    if (want < FIRST)
        want = FIRST;
    if (want < need)
        want = need;
    size_t bytes;
    if (!cf_mul(want, size, &bytes))
        return false;
    /* p points to a pointer of any type, so it is read and set as bytes. */
    void *old, *grown;
    memcpy(&old, p, sizeof old);
    grown = realloc(old, bytes);
    if (!grown)
        return false;
    memcpy(p, &grown, sizeof grown);
    *cap = want;
    return true;
}
