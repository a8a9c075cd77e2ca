/* export_binary.c - vectors as the bytes of float32s, little-endian like all
 * that cf runs on. */
#include "model/export_impl.h"

#include <inttypes.h>
#include <string.h>

#include "base/num.h"
#include "model/file_impl.h"

/* Number i of the vectors at hand. */
static int write_row(const struct cf_vectors *v, uint64_t i, struct cf_out *out,
                     struct cf_err *err)
{
    float last = cf_vectors_last(v, v->first + i);
    int rc =
        cf_out_write(out, v->factors + i * v->k, v->k * sizeof(float), err);

    if (!rc && v->dims > v->k)
        rc = cf_out_write(out, &last, sizeof last, err);
    return rc;
}

/* Those at hand, one after the other. */
static int write_block(const struct cf_vectors *v, struct cf_out *out,
                       struct cf_err *err)
{
    int rc = 0;

    if (v->dims == v->k)
        return cf_out_write(out, v->factors, v->rows * v->k * sizeof(float),
                            err);
    for (uint64_t i = 0; !rc && i < v->rows; i++)
        rc = write_row(v, i, out, err);
    return rc;
}

static int write_rows(struct cf_vectors *v, struct cf_out *out,
                      struct cf_err *err)
{
    int rc = 0;

    for (uint32_t i = 0; !rc && i < cf_map_blocks(v->map, v->part); i++) {
        rc = cf_vectors_take(v, i, err);
        if (!rc)
            rc = write_block(v, out, err);
    }
    return rc;
}

/* Blanks until the text and `more` bytes are a multiple of unit. */
static void pad(struct cf_buf *text, size_t more, size_t unit)
{
    while ((text->n + more) % unit != 0)
        cf_buf_putc(text, ' ');
}

static int write_text(struct cf_buf *text, struct cf_out *out,
                      struct cf_err *err)
{
    return text->failed ? cf_nomem(err, "header")
                        : cf_out_write(out, text->p, text->n, err);
}

/* ---- npy: numpy.org, "numpy.lib.format" ---- */

int cf_export_npy(struct cf_vectors *v, struct cf_out *out, struct cf_err *err)
{
    enum { LENGTH = 8 /* its place */, BEFORE = 10, ALIGN = 64 };
    struct cf_buf head = {0};

    cf_buf_add(&head, "\x93NUMPY\x01\x00\0\0", BEFORE);
    cf_buf_printf(&head,
                  "{'descr': '<f4', 'fortran_order': False, "
                  "'shape': (%" PRIu64 ", %" PRIu32 "), }",
                  v->n, v->dims);
    pad(&head, 1, ALIGN);
    cf_buf_putc(&head, '\n');
    if (!head.failed) {
        head.p[LENGTH] = (char)((head.n - BEFORE) & 0xff);
        head.p[LENGTH + 1] = (char)((head.n - BEFORE) >> 8);
    }
    int rc = write_text(&head, out, err);
    cf_buf_free(&head);
    return rc ? rc : write_rows(v, out, err);
}

/* ---- fvecs: corpus-texmex.irisa.fr ---- */

static int write_fvecs(const struct cf_vectors *v, struct cf_out *out,
                       struct cf_err *err)
{
    int rc = 0;

    for (uint64_t i = 0; !rc && i < v->rows; i++) {
        rc = cf_out_write(out, &v->dims, sizeof v->dims, err);
        if (!rc)
            rc = write_row(v, i, out, err);
    }
    return rc;
}

int cf_export_fvecs(struct cf_vectors *v, struct cf_out *out,
                    struct cf_err *err)
{
    int rc = 0;

    for (uint32_t i = 0; !rc && i < cf_map_blocks(v->map, v->part); i++) {
        rc = cf_vectors_take(v, i, err);
        if (!rc)
            rc = write_fvecs(v, out, err);
    }
    return rc;
}

/* ---- safetensors: github.com/huggingface/safetensors ---- */

/* What makes predictions of products, as texts: no other values are allowed. */
static int put_metadata(const struct cf_map *map, bool fold,
                        struct cf_buf *head, struct cf_err *err)
{
    static const char *const real[] = {"mean", "lo", "hi"};
    const struct cf_schema *s = cf_map_schema(map);
    const struct cf_fact *link = cf_schema_fact(s, "link", CF_FACT_TEXT);
    char number[CF_NUM_MAX];

    if (!link || (strcmp(link->text, cf_link_names[CF_LINK_IDENTITY]) != 0 &&
                  strcmp(link->text, cf_link_names[CF_LINK_SIGMOID]) != 0))
        return cf_vectors_unsound(map, "link", err);
    cf_buf_printf(head, "{\"__metadata__\":{\"link\":\"%s\"", link->text);
    for (size_t i = 0; i < sizeof real / sizeof *real; i++) {
        const struct cf_fact *f = cf_schema_fact(s, real[i], CF_FACT_REAL);
        if (!f)
            return cf_vectors_unsound(map, real[i], err);
        cf_format_f64(f->r, number);
        cf_buf_printf(head, ",\"%s\":\"%s\"", real[i], number);
    }
    cf_buf_puts(head, fold ? ",\"fold_bias\":\"1\"}" : "}");
    return 0;
}

/* A tensor of rows of dims values (0: a vector) from byte *at on. */
static void put_tensor(const struct cf_vectors *v, const char *name,
                       uint32_t dims, uint64_t *at, struct cf_buf *head)
{
    uint64_t end = *at + v->n * (dims ? dims : 1) * sizeof(float);

    cf_buf_printf(head, ",\"%s_%s\":{\"dtype\":\"F32\",\"shape\":[%" PRIu64,
                  v->what, name, v->n);
    if (dims)
        cf_buf_printf(head, ",%" PRIu32, dims);
    cf_buf_printf(head, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}", *at,
                  end);
    *at = end;
}

/* Its length, the header. */
static int write_head(struct cf_buf *head, struct cf_out *out,
                      struct cf_err *err)
{
    cf_buf_puts(head, "}");
    pad(head, 0, sizeof(uint64_t));
    uint64_t n = head->n;
    int rc = cf_out_write(out, &n, sizeof n, err);
    return rc ? rc : write_text(head, out, err);
}

static int write_side(struct cf_vectors *v, struct cf_out *out,
                      struct cf_err *err)
{
    int rc = write_rows(v, out, err);
    return rc ? rc : cf_out_write(out, v->bias, v->n * sizeof *v->bias, err);
}

int cf_export_safetensors(struct cf_vectors v[2], const struct cf_map *map,
                          struct cf_out *out, struct cf_err *err)
{
    struct cf_buf head = {0};
    uint64_t at = 0;

    bool fold = v[0].dims > v[0].k || v[1].dims > v[1].k;
    int rc = put_metadata(map, fold, &head, err);
    for (size_t i = 0; i < 2; i++)
        if (v[i].map) {
            put_tensor(&v[i], "factors", v[i].dims, &at, &head);
            put_tensor(&v[i], "bias", 0, &at, &head);
        }
    if (!rc)
        rc = write_head(&head, out, err);
    for (size_t i = 0; !rc && i < 2; i++)
        if (v[i].map)
            rc = write_side(&v[i], out, err);
    cf_buf_free(&head);
    return rc;
}
