/* vec_reg.h - registers of WIDTH floats. Included like vec_kernels.h. */
#include <string.h>

/* Registers of floats and of their bits. */
typedef float reg __attribute__((vector_size(4 * WIDTH)));
typedef int bits __attribute__((vector_size(4 * WIDTH)));

static inline reg load(const float *p)
{
    reg x;
    memcpy(&x, p, sizeof x);
    return x;
}

static inline reg all(float x)
{
    return x - (reg){0};
}

static inline void store(float *p, reg x)
{
    memcpy(p, &x, sizeof x);
}
