/* half.h - half floats (binary16 of IEEE 754) as the bits they are stored in:
 * what memory has to deliver is half of that of floats, for 11 bits instead of
 * 24. Numbers only, of less than CF_HALF_END. */
#ifndef CF_MATH_HALF_H
#define CF_MATH_HALF_H

#include <stdint.h>

/* What is below rounds to a number, not to infinity. */
#define CF_HALF_END 65520.0F

/* The nearest one, of two the even one. */
uint16_t cf_half_of(float x);
float cf_half_widen(uint16_t half);

/* The least power of two, from 2^-100 to 2^100, in which numbers of a size of
 * at most `most` are below CF_HALF_END; 1 for 0, a NaN or what is infinite. */
float cf_half_unit(double most);

#endif
