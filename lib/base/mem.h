/* mem.h - memory whose sizes are checked: count times size never wraps. */
#ifndef CF_BASE_MEM_H
#define CF_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *out = a * b, false if it does not fit. */
bool cf_mul(size_t a, size_t b, size_t *out);

/* n elements of size bytes each, uninitialised; never NULL for n == 0; NULL
 * when memory or the address space ends. Freed with free(). */
void *cf_alloc(size_t n, size_t size);

/* The same, zeroed. */
void *cf_zalloc(size_t n, size_t size);

/* The same as cf_alloc, but aligned to 64 bytes, and in huge pages if it is
 * large and the system has them: fewer page faults, and fewer misses of the
 * tables of pages. */
void *cf_room(size_t n, size_t size);

/* The same as cf_room, zeroed. Freed with free(). */
void *cf_aalloc(size_t n, size_t size);

/* Bytes of memory that the machine has, in use or not; 0: not known. */
uint64_t cf_memory_size(void);

/* Room for at least need elements in *p, whose capacity is *cap elements;
 * grows by half. False, with *p untouched, when memory ends. *p may be NULL
 * with *cap 0. The caller owns *p. */
bool cf_grow(void *p, size_t *cap, size_t need, size_t size);

#endif
