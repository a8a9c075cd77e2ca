/* vec_gemm.h - gemm of vec.h in registers. Included like vec_kernels.h, and
 * once more with fused additions: add_product(sum, a, b) is sum + a b either
 * way. */
/* ---- gemm: C in tiles of ROWS x COLS registers ---- */

enum {
    ROWS = 6,
    SOME = 4, /* rows, when fewer than ROWS are left */
    COLS = 2,
    DEEP = 128, /* rows of B that the edge copies at a time */
    STEP_COLS = COLS * WIDTH
};

/* rows and cols are constants where this is called. */
static inline void tile(const struct cf_gemm *g, size_t rows, size_t cols)
{
    reg sum[ROWS][COLS];

    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            sum[i][j] = load(g->c + i * g->c_row + j * WIDTH);
    for (size_t p = 0; p < g->k; p++) {
        const float *a = g->a + p * g->a_col;
        reg b[COLS];
        for (size_t j = 0; j < cols; j++)
            b[j] = load(g->b + p * g->b_row + j * WIDTH);
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < cols; j++)
                sum[i][j] = add_product(sum[i][j], a[i * g->a_row], b[j]);
    }
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            store(g->c + i * g->c_row + j * WIDTH, sum[i][j]);
}

/* All rows of C, `cols` registers of its columns. */
static inline void panel(const struct cf_gemm *g, size_t cols)
{
    struct cf_gemm t = *g;
    size_t i = 0;

    for (; i + ROWS <= g->m; i += ROWS) {
        tile(&t, ROWS, cols);
        t.a += ROWS * g->a_row;
        t.c += ROWS * g->c_row;
    }
    for (; i + SOME <= g->m; i += SOME) {
        tile(&t, SOME, cols);
        t.a += SOME * g->a_row;
        t.c += SOME * g->c_row;
    }
    for (; i < g->m; i++) {
        tile(&t, 1, cols);
        t.a += g->a_row;
        t.c += g->c_row;
    }
}

/* Columns fewer than a register holds, by way of copies. */
static void edge(const struct cf_gemm *g, size_t cols)
{
    float b[DEEP * WIDTH] = {0}, c[WIDTH] = {0};
    struct cf_gemm t = *g;

    t.b = b;
    t.b_row = WIDTH;
    t.c = c;
    for (size_t p = 0; p < g->k; p += DEEP) {
        t.k = g->k - p < DEEP ? g->k - p : DEEP;
        /* It is not 0, as p < g->k; cppcheck does not see that. */
        // cppcheck-suppress knownConditionTrueFalse
        for (size_t q = 0; q < t.k; q++)
            memcpy(b + q * WIDTH, g->b + (p + q) * g->b_row,
                   cols * sizeof(float));
        for (size_t i = 0; i < g->m; i++) {
            t.a = g->a + i * g->a_row + p * g->a_col;
            memcpy(c, g->c + i * g->c_row, cols * sizeof(float));
            tile(&t, 1, 1);
            memcpy(g->c + i * g->c_row, c, cols * sizeof(float));
        }
    }
}

static void gemm(const struct cf_gemm *g)
{
    struct cf_gemm t = *g;
    size_t j = 0;

    for (; j + STEP_COLS <= g->n; j += STEP_COLS) {
        panel(&t, COLS);
        t.b += STEP_COLS;
        t.c += STEP_COLS;
    }
    for (; j + WIDTH <= g->n; j += WIDTH) {
        panel(&t, 1);
        t.b += WIDTH;
        t.c += WIDTH;
    }
    if (j < g->n)
        edge(&t, g->n - j);
}
