/* mem.c - memory whose sizes are checked. */
#ifdef __linux__
#define _DEFAULT_SOURCE /* madvise */
#endif
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    ALIGN = 64,    /* a cache line, and an AVX-512 register */
    HUGE = 2 << 20 /* a huge page of x86-64 */
};

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

/* Whole huge pages only: what is beside the memory is not ours. That the system
 * has none is no error. */
static void in_huge_pages(void *p, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    (void)madvise(p, bytes - bytes % HUGE, MADV_HUGEPAGE);
#else
    (void)p;
    (void)bytes;
#endif
}

void *cf_room(size_t n, size_t size)
{
    size_t bytes;
    void *p;
    if (!cf_mul(n, size, &bytes))
        return NULL;
    bool huge = bytes >= HUGE;
    if (posix_memalign(&p, huge ? HUGE : ALIGN, bytes ? bytes : 1) != 0)
        return NULL;
    if (huge)
        in_huge_pages(p, bytes);
    return p;
}

void *cf_aalloc(size_t n, size_t size)
{
    void *p = cf_room(n, size);
    if (p)
        memset(p, 0, n * size);
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
