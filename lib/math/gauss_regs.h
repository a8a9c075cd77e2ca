/* gauss_regs.h - registers, and 16 lanes of them; the part of gauss_kernels.h
 * and probit_kernels.h that all kernels are made of. Included there alone. */
#include "math/vec_reg.h"

typedef uint32_t words __attribute__((vector_size(4 * WIDTH)));
typedef float quarter __attribute__((vector_size(16)));

enum { LANES = CF_GAUSS_LANES, REGS = LANES / WIDTH, AHEAD = 16 };

static inline reg choose(bits which, reg yes, reg no)
{
    return (reg)(((bits)yes & which) | ((bits)no & ~which));
}

static inline reg polynomial(const float *terms, int n, reg x)
{
    reg y = all(terms[0]);

    for (int i = 1; i < n; i++)
        y = y * x + terms[i];
    return y;
}

static inline reg logarithm(reg x)
{
    bits e = ((bits)x - CF_ROOT_HALF) >> 23;
    reg m = (reg)((bits)x - e * (1 << 23)) - 1;
    reg z = m * m, y = polynomial(cf_log_terms, CF_LOG_TERMS, m);
    return __builtin_convertvector(e, reg) * 0.693147180559945F +
           (m + (y * m * z - .5F * z));
}

/* 16 lanes. */
struct lanes {
    reg r[REGS];
};

static inline struct lanes take(const float *p)
{
    struct lanes x;
    for (size_t r = 0; r < REGS; r++)
        x.r[r] = load(p + r * WIDTH);
    return x;
}

static inline void put(float *p, struct lanes x)
{
    for (size_t r = 0; r < REGS; r++)
        store(p + r * WIDTH, x.r[r]);
}

/* The sum of all of them, by halves: of four quarters, then in the last one. */
static inline float sum_lanes(struct lanes x)
{
    float lane[4];
    quarter q[4];

    memcpy(q, &x, sizeof q);
    q[0] = (q[0] + q[2]) + (q[1] + q[3]);
    memcpy(lane, q, sizeof lane);
    return (lane[0] + lane[2]) + (lane[1] + lane[3]);
}
