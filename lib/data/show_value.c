/* show_value.c - a value of a column, from a block or a dictionary. */
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "data/show_impl.h"

static void from_chunk(struct cf_value *v, const struct cf_chunk *c,
                       uint32_t rows, uint32_t row, char *scratch)
{
    if (v->type == CF_STR) {
        v->str = cf_chunk_str(c, rows, row, scratch);
    } else if (v->type == CF_RUN) {
        uint64_t n = cf_chunk_run(c, row);
        memcpy(scratch, &n, sizeof n);
        v->p = scratch;
    } else {
        v->p = c->data + c->size / rows * row;
    }
}

static void from_store(struct cf_value *v, const struct cf_store *st,
                       const struct cf_field *at, uint32_t code)
{
    if (v->type == CF_STR)
        v->str = cf_store_str(st, at->dcol, code);
    else
        v->p = cf_store_at(st, at->dcol, code);
}

/* A code that no dictionary is shown for is a number, or nothing. */
static bool is_no_code(const struct cf_column *c, const struct cf_value *v)
{
    if (c->dict < 0 || !c->none)
        return false;
    return c->type == CF_U8 ? (unsigned char)*v->p == UINT8_MAX
                            : cf_load_u32(v->p) == CF_NONE;
}

void cf_value_of(const struct cf_shown *c, const struct cf_dicts *d,
                 const struct cf_block *b, uint32_t row, char *scratch,
                 struct cf_value *v)
{
    const struct cf_chunk *chunk = &b->chunk[c->at.col];

    *v = (struct cf_value){.type = c->column->type, .width = c->column->width};

    if (c->at.dict < 0) {
        from_chunk(v, chunk, b->rows, row, scratch);
    } else {
        uint32_t code = cf_chunk_code(chunk, b->rows, row);
        v->none = code == CF_NONE;
        if (!v->none)
            from_store(v, &d->store[c->at.dict], &c->at, code);
    }
    v->none = v->none || is_no_code(c->column, v);
    if (v->type == CF_RUN)
        v->type = CF_U64;
}

static struct cf_str print_unsigned(uint64_t v, char *out)
{
    return (struct cf_str){out, cf_format_exact(v, 0, out)};
}

static struct cf_str print_signed(int64_t v, char *out)
{
    uint64_t size = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

    out[0] = '-';
    return (struct cf_str){out,
                           cf_format_exact(size, 0, out + (v < 0)) + (v < 0)};
}

struct cf_str cf_value_number(const struct cf_value *v, uint32_t i, char *out)
{
    const char *p = v->p + cf_type_size(v->type) * i;

    switch (v->type) {
    case CF_U8:
        return print_unsigned((unsigned char)*p, out);
    case CF_U32:
        return print_unsigned(cf_load_u32(p), out);
    case CF_I64:
        return print_signed((int64_t)cf_load_u64(p), out);
    case CF_F32:
        return (struct cf_str){out, cf_format_f32(cf_load_f32(p), out)};
    case CF_F64:
        return (struct cf_str){out, cf_format_f64(cf_load_f64(p), out)};
    default:
        return print_unsigned(cf_load_u64(p), out);
    }
}

bool cf_value_finite(const struct cf_value *v, uint32_t i)
{
    const char *p = v->p + cf_type_size(v->type) * i;

    if (v->type == CF_F32)
        return isfinite(cf_load_f32(p));
    return v->type != CF_F64 || isfinite(cf_load_f64(p));
}
