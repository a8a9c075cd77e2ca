/* vec_sigmoid.h - cf_sigmoid in registers: the operations of link.c in their
 * order, a lane for each number. Included by vec_kernels.h alone. */

/* The same number of doubles, and of the bits of doubles, as there are floats
 * in half a register. */
enum { HALF = WIDTH / 2 };
typedef float halfreg __attribute__((vector_size(4 * HALF)));
typedef int halfbits __attribute__((vector_size(4 * HALF)));
typedef double wide __attribute__((vector_size(8 * HALF)));
typedef long long widebits __attribute__((vector_size(8 * HALF)));

static inline wide choose(widebits mask, wide yes, wide no)
{
    return (wide)((mask & (widebits)yes) | (~mask & (widebits)no));
}

/* exp(x) for CF_EXP_LOW <= x <= 0; anything for a NaN. */
static inline wide exp_low(wide x)
{
    halfbits n = __builtin_convertvector(x * CF_EXP_LOG2E - 0.5, halfbits);
    wide whole = __builtin_convertvector(n, wide);
    wide r = (x - whole * CF_EXP_LN2_HIGH) - whole * CF_EXP_LN2_LOW;
    wide sum = {0};

    for (size_t i = 0; i < CF_EXP_TERMS; i++)
        sum = sum * r + cf_exp_term[i];
    widebits power = (__builtin_convertvector(n, widebits) + 1023) << 52;
    return sum * (wide)power;
}

static inline halfreg sigmoids(halfreg f)
{
    wide x = __builtin_convertvector(f, wide);
    const wide zero = {0}, low = zero + CF_EXP_LOW;
    wide y = choose(x < 0, x, -x);
    wide e = exp_low(choose(y < low, low, y));

    /* A NaN is what differs from itself. */
    // NOLINTNEXTLINE(misc-redundant-expression)
    e = choose(y != y, y, e);
    return __builtin_convertvector(choose(x < 0, e, zero + 1) / (1 + e),
                                   halfreg);
}

static void sigmoid(float *x, size_t n)
{
    size_t i = 0;
    halfreg f;

    for (; i + HALF <= n; i += HALF) {
        memcpy(&f, x + i, sizeof f);
        f = sigmoids(f);
        memcpy(x + i, &f, sizeof f);
    }
    cf_vec_scalar.sigmoid(x + i, n - i);
}
