/* num.h - numbers from text and to text, the same in every locale. A whole
 * field is a number or it is an error. */
#ifndef CF_BASE_NUM_H
#define CF_BASE_NUM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Each returns NULL and stores the value, or says in a few words what is wrong
 * with the text ("not a number", "above 9223372036854775807", ...). No blanks,
 * no sign but a leading '-' (or '+' for reals), no hex, no "nan", no "inf". */
const char *cf_parse_u64(struct cf_str s, uint64_t *out);
const char *cf_parse_i64(struct cf_str s, int64_t *out);
/* Decimal with optional fraction and exponent, correctly rounded. */
const char *cf_parse_f64(struct cf_str s, double *out);

/* The canonical decimal form: what printf("%llu") prints, so no sign, no
 * leading zero; and with a fraction of scale digits ("4.0": 40, scale 1;
 * scale at most 9). True only if printing (value, scale) gives the very bytes
 * of s, and value fits 32 bits. */
bool cf_parse_exact(struct cf_str s, uint32_t *value, unsigned *scale);

enum { CF_NUM_MAX = 32 };

/* The shortest decimal that reads back as the same float or double; out has
 * room for CF_NUM_MAX bytes; returns the length (no NUL needed, one is put). */
size_t cf_format_f32(float v, char *out);
size_t cf_format_f64(double v, char *out);
/* Prints value with scale digits after the point (scale 0: no point). */
size_t cf_format_exact(uint64_t value, unsigned scale, char *out);

#endif
