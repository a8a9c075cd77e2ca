/* ridge_impl.h - what the two ways to solve a regression share. */
#ifndef CF_MATH_RIDGE_IMPL_H
#define CF_MATH_RIDGE_IMPL_H

#include "math/ridge.h"

enum {
    CF_RIDGE_BLOCK = 128,   /* rows that are gathered at a time */
    CF_RIDGE_NEAR = 1 << 16 /* numbers that stay in a cache from pass to pass */
};

#endif
