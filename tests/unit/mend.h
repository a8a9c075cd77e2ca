/* mend.h - the checksums of a forged stream. */
#ifndef CF_TESTS_MEND_H
#define CF_TESTS_MEND_H

#include <stddef.h>

/* Puts right, as far as p[0..n-1] is a stream at all, the checksums of header
 * and frames, and what the table of contents and the end say of where frames
 * are. */
void mend(char *p, size_t n);

#endif
