/* traits.c - dictionary columns as sparse columns of numbers. */
#include "fit/traits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "data/dict.h"

int cf_traits_group(struct cf_traits *t, size_t n, uint32_t *first,
                    struct cf_err *err)
{
    if (t->n + n >= UINT32_MAX)
        return cf_fail(err, CF_EMEM, "more than %u attributes", UINT32_MAX - 1);
    if (!cf_grow(&t->group, &t->cap_group, t->n + n, sizeof *t->group))
        return cf_nomem(err, "attributes");
    *first = (uint32_t)t->n;
    for (size_t i = 0; i < n; i++)
        t->group[t->n++] = t->groups;
    t->groups++;
    return 0;
}

int cf_traits_add(struct cf_traits *t, uint32_t trait, uint32_t row, float x,
                  struct cf_err *err)
{
    size_t n = t->entries + 1;

    if (!cf_grow(&t->trait, &t->cap_trait, n, sizeof *t->trait) ||
        !cf_grow(&t->row, &t->cap_row, n, sizeof *t->row) ||
        !cf_grow(&t->x, &t->cap_x, n, sizeof *t->x))
        return cf_nomem(err, "attributes");
    t->trait[t->entries] = trait;
    t->row[t->entries] = row;
    t->x[t->entries++] = x;
    return 0;
}

/* ---- numbers ---- */

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The column's numbers, sorted; *n is 0 if one of its values is none. */
static double *numbers(const struct cf_store *dict, size_t col, size_t *n)
{
    double *v = cf_alloc(dict->rows, sizeof *v);

    *n = 0;
    for (uint64_t r = 0; v && r < dict->rows; r++) {
        struct cf_str s = cf_store_str(dict, col, r);
        if (s.n == 0)
            continue;
        if (cf_parse_f64(s, &v[(*n)++])) {
            *n = 0;
            return v;
        }
    }
    if (v)
        qsort(v, *n, sizeof *v, ascending);
    return v;
}

static size_t distinct(const double *v, size_t n)
{
    size_t d = n > 0;

    for (size_t i = 1; i < n; i++)
        d += v[i] > v[i - 1];
    return d;
}

/* How many of the limits between bins x is at or above. */
static uint32_t bin(const double *v, size_t n, double x)
{
    uint32_t b = 0;

    for (size_t i = 1; i < CF_TRAIT_BINS; i++)
        b += x >= v[n * i / CF_TRAIT_BINS];
    return b;
}

static int add_bins(struct cf_traits *t, const struct cf_store *dict,
                    size_t col, const double *v, size_t n, struct cf_err *err)
{
    uint32_t first = 0;
    int rc = cf_traits_group(t, CF_TRAIT_BINS, &first, err);

    for (uint64_t r = 0; !rc && r < dict->rows; r++) {
        double x;
        struct cf_str s = cf_store_str(dict, col, r);
        if (s.n > 0 && !cf_parse_f64(s, &x))
            rc = cf_traits_add(t, first + bin(v, n, x), (uint32_t)r, 1, err);
    }
    return rc;
}

/* ---- words ---- */

/* The next word of *s, which goes on after it; false: there is none. Nothing
 * between two bars is no word. */
static bool next_word(struct cf_str *s, struct cf_str *word)
{
    do {
        const char *bar = s->n ? memchr(s->p, '|', s->n) : NULL;
        *word = (struct cf_str){s->p, bar ? (size_t)(bar - s->p) : s->n};
        size_t used = word->n + (bar ? 1 : 0);
        s->p += used;
        s->n -= used;
    } while (word->n == 0 && s->n > 0);
    return word->n > 0;
}

static size_t count_words(struct cf_str s)
{
    struct cf_str word;
    size_t n = 0;

    while (next_word(&s, &word))
        n++;
    return n;
}

/* The words of a row, the first of which is trait `first`. */
static int add_row(struct cf_traits *t, struct cf_dict *words, uint32_t first,
                   uint32_t row, struct cf_str s, struct cf_err *err)
{
    float x = 1 / sqrtf((float)count_words(s));
    struct cf_str word;
    int rc = 0;

    while (!rc && next_word(&s, &word)) {
        uint32_t id;
        bool fresh;
        rc = cf_dict_add(words, word, &id, &fresh, err);
        if (!rc)
            rc = cf_traits_add(t, first + id, row, x, err);
    }
    return rc;
}

static int add_words(struct cf_traits *t, const struct cf_store *dict,
                     size_t col, struct cf_err *err)
{
    struct cf_dict words;
    uint32_t first = 0;
    int rc = 0;

    cf_dict_init(&words, cf_dict_seed());
    for (uint64_t r = 0; !rc && r < dict->rows; r++)
        rc = add_row(t, &words, (uint32_t)t->n, (uint32_t)r,
                     cf_store_str(dict, col, r), err);
    if (!rc)
        rc = cf_traits_group(t, words.n, &first, err);
    cf_dict_free(&words);
    return rc;
}

int cf_traits_column(struct cf_traits *t, const struct cf_store *dict,
                     size_t col, struct cf_err *err)
{
    size_t n;
    double *v = numbers(dict, col, &n);

    if (!v)
        return cf_nomem(err, "attributes");
    int rc = distinct(v, n) > CF_TRAIT_BINS ? add_bins(t, dict, col, v, n, err)
                                            : add_words(t, dict, col, err);
    free(v);
    return rc;
}

void cf_traits_free(struct cf_traits *t)
{
    free(t->group);
    free(t->trait);
    free(t->row);
    free(t->x);
    *t = (struct cf_traits){0};
}
