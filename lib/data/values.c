/* values.c - values of a block, a column at a time. */
#include "data/values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "data/rec.h"
#include "data/when.h"

static struct cf_str value(const struct cf_values *v, const struct cf_field *f,
                           uint32_t i, char *scratch)
{
    return cf_field_str(v->d, v->rows->block, f, v->rows->from + i, scratch);
}

static const char *name_of(const struct cf_values *v, const struct cf_field *f)
{
    return cf_field_column(v->d->schema, v->rows->block->part, f)->name;
}

/* ---- values that are none ---- */

/* Where row i came from, to be freed; NULL when memory ended. */
static char *place_of(const struct cf_values *v, uint32_t i)
{
    struct cf_buf place = {0};

    cf_row_place(v->d->schema, v->rows->block, v->rows->from + i, v->name,
                 &place);
    if (!place.failed)
        return place.p;
    cf_buf_free(&place);
    return NULL;
}

static int fail_value(const struct cf_values *v, const struct cf_field *f,
                      uint32_t i, const char *why, struct cf_err *err)
{
    char scratch[CF_NUM_MAX], *place = place_of(v, i);
    struct cf_str s = value(v, f, i, scratch);

    if (!place)
        return cf_nomem(err, "message");
    cf_fail(err, CF_EDATA, "%s: %s: '%.*s' is %s", place, name_of(v, f),
            s.n < 64 ? (int)s.n : 64, s.p, why);
    free(place);
    return CF_EDATA;
}

static struct cf_skip *find_skip(struct cf_skips *s, const char *column,
                                 const char *why)
{
    for (size_t i = 0; i < s->n; i++)
        if (!strcmp(s->v[i].column, column) && !strcmp(s->v[i].why, why))
            return &s->v[i];
    return NULL;
}

static int bad_value(const struct cf_values *v, const struct cf_field *f,
                     uint32_t i, const char *why, struct cf_err *err)
{
    if (!v->drop)
        return fail_value(v, f, i, why, err);
    struct cf_skips *s = v->skips;
    struct cf_skip *skip = find_skip(s, name_of(v, f), why);
    if (!skip) {
        char *place = place_of(v, i);
        if (!place || !cf_grow(&s->v, &s->cap, s->n + 1, sizeof *s->v)) {
            free(place);
            return cf_nomem(err, "rows left out");
        }
        skip = &s->v[s->n++];
        *skip = (struct cf_skip){name_of(v, f), why, 0, place};
    }
    skip->rows++;
    v->drop[i] = true;
    return 0;
}

void cf_skips_free(struct cf_skips *s)
{
    for (size_t i = 0; i < s->n; i++)
        free(s->v[i].first);
    free(s->v);
    memset(s, 0, sizeof *s);
}

/* ---- values ---- */

static uint32_t exact_u32(const char *p, uint32_t i)
{
    uint32_t v;
    memcpy(&v, p + sizeof v * i, sizeof v);
    return v;
}

/* The values of the slice, if they are exact numbers; or NULL. */
static const char *exact(const struct cf_values *v, const struct cf_field *f)
{
    if (!cf_field_exact(v->rows->block, f))
        return NULL;
    return v->rows->block->chunk[f->col].data + 4 * (size_t)v->rows->from;
}

/* Value and power of ten are exact in a double, so the quotient is what
 * cf_parse_f64 makes of the text. That the float then rounds a second time is
 * the same on both ways, so the layout does not show. */
static void exact_f32(const char *p, unsigned scale, uint32_t n, float *out)
{
    double unit = 1;

    for (; scale > 0; scale--)
        unit *= 10;
    for (uint32_t i = 0; i < n; i++)
        out[i] = (float)(exact_u32(p, i) / unit);
}

int cf_values_f32(const struct cf_values *v, const struct cf_field *f,
                  float *out, struct cf_err *err)
{
    const char *p = exact(v, f);
    char scratch[CF_NUM_MAX];
    double real;
    int rc = 0;

    if (p) {
        exact_f32(p, v->rows->block->chunk[f->col].scale, v->rows->n, out);
        return 0;
    }
    for (uint32_t i = 0; !rc && i < v->rows->n; i++) {
        const char *why = cf_parse_f64(value(v, f, i, scratch), &real);
        out[i] = why ? 0 : (float)real;
        if (!isfinite(out[i]))
            why = "too large";
        if (why)
            rc = bad_value(v, f, i, why, err);
    }
    return rc;
}

int cf_values_when(const struct cf_values *v, const struct cf_field *f,
                   int64_t *out, struct cf_err *err)
{
    const char *p = exact(v, f);
    char scratch[CF_NUM_MAX];
    int rc = 0;

    if (p && v->rows->block->chunk[f->col].scale == 0) {
        for (uint32_t i = 0; i < v->rows->n; i++)
            out[i] = exact_u32(p, i);
        return 0;
    }
    for (uint32_t i = 0; !rc && i < v->rows->n; i++) {
        out[i] = 0;
        if (v->drop && v->drop[i])
            continue;
        struct cf_str text = value(v, f, i, scratch);
        bool none = v->may_lack && text.n == 0;
        const char *why = none ? NULL : cf_parse_when(text, &out[i]);
        if (none)
            out[i] = INT64_MIN;
        if (why)
            rc = bad_value(v, f, i, why, err);
    }
    return rc;
}

/* Letters of either case are alike. */
static bool same_word(struct cf_str s, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i < n && s.n == n; i++) {
        char c = s.p[i];
        if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != word[i])
            return false;
    }
    return s.n == n;
}

static const char *parse_part(struct cf_str s, uint8_t *out)
{
    static const struct {
        const char *word;
        uint8_t part;
    } known[] = {{"0", CF_TRAIN},     {"1", CF_VALID},   {"train", CF_TRAIN},
                 {"valid", CF_VALID}, {"test", CF_TEST}, {"false", CF_TRAIN},
                 {"true", CF_VALID}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (same_word(s, known[i].word)) {
            *out = known[i].part;
            return NULL;
        }
    return "none of 0, 1, false, true, train, valid and test";
}

int cf_values_part(const struct cf_values *v, const struct cf_field *f,
                   uint8_t *out, struct cf_err *err)
{
    char scratch[CF_NUM_MAX];
    int rc = 0;

    for (uint32_t i = 0; !rc && i < v->rows->n; i++) {
        out[i] = CF_TRAIN;
        if (v->drop && v->drop[i])
            continue;
        const char *why = parse_part(value(v, f, i, scratch), &out[i]);
        if (why)
            rc = bad_value(v, f, i, why, err);
    }
    return rc;
}
