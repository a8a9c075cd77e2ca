/* export_binary.c - vectors as the bytes of float32s, little-endian like all
 * that cf runs on. */
#include "model/export_impl.h"

#include <inttypes.h>
#include <string.h>

#include "base/num.h"
#include "model/file_impl.h"

static int write_row(const struct cf_vectors *v, uint64_t row,
                     struct cf_out *out, struct cf_err *err)
{
    const float *factors = v->side->factors + row * v->k;
    float last = cf_vectors_last(v, row);
    int rc = cf_out_write(out, factors, v->k * sizeof *factors, err);

    if (!rc && v->dims > v->k)
        rc = cf_out_write(out, &last, sizeof last, err);
    return rc;
}

/* All vectors, one after the other. */
static int write_rows(const struct cf_vectors *v, struct cf_out *out,
                      struct cf_err *err)
{
    size_t n = v->side->n * v->k;
    int rc = 0;

    if (v->dims == v->k)
        return cf_out_write(out, v->side->factors, n * sizeof(float), err);
    for (uint64_t i = 0; !rc && i < v->side->n; i++)
        rc = write_row(v, i, out, err);
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

int cf_export_npy(const struct cf_vectors *v, struct cf_out *out,
                  struct cf_err *err)
{
    enum { LENGTH = 8 /* its place */, BEFORE = 10, ALIGN = 64 };
    struct cf_buf head = {0};

    cf_buf_add(&head, "\x93NUMPY\x01\x00\0\0", BEFORE);
    cf_buf_printf(&head,
                  "{'descr': '<f4', 'fortran_order': False, "
                  "'shape': (%" PRIu64 ", %" PRIu32 "), }",
                  v->side->n, v->dims);
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

int cf_export_fvecs(const struct cf_vectors *v, struct cf_out *out,
                    struct cf_err *err)
{
    int rc = 0;

    for (uint64_t i = 0; !rc && i < v->side->n; i++) {
        rc = cf_out_write(out, &v->dims, sizeof v->dims, err);
        if (!rc)
            rc = write_row(v, i, out, err);
    }
    return rc;
}

/* ---- safetensors: github.com/huggingface/safetensors ---- */

/* What makes predictions of products, as texts: no other values are allowed. */
static void put_metadata(const struct cf_model *m, struct cf_buf *head)
{
    char mean[CF_NUM_MAX], lo[CF_NUM_MAX], hi[CF_NUM_MAX];

    cf_format_f64(m->mean, mean);
    cf_format_f32(m->lo, lo);
    cf_format_f32(m->hi, hi);
    cf_buf_printf(head,
                  "{\"__metadata__\":{\"link\":\"%s\",\"mean\":\"%s\","
                  "\"lo\":\"%s\",\"hi\":\"%s\"}",
                  cf_link_names[m->link], mean, lo, hi);
}

/* A tensor of rows of dims values (0: a vector) from byte *at on. */
static void put_tensor(const struct cf_vectors *v, const char *name,
                       uint32_t dims, uint64_t *at, struct cf_buf *head)
{
    uint64_t end = *at + v->side->n * (dims ? dims : 1) * sizeof(float);

    cf_buf_printf(head, ",\"%s_%s\":{\"dtype\":\"F32\",\"shape\":[%" PRIu64,
                  v->what, name, v->side->n);
    if (dims)
        cf_buf_printf(head, ",%" PRIu32, dims);
    cf_buf_printf(head, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}", *at,
                  end);
    *at = end;
}

static int write_head(struct cf_buf *head, struct cf_out *out,
                      struct cf_err *err)
{
    cf_buf_puts(head, "}");
    pad(head, 0, sizeof(uint64_t));
    uint64_t n = head->n;
    int rc = cf_out_write(out, &n, sizeof n, err);
    return rc ? rc : write_text(head, out, err);
}

int cf_export_safetensors(const struct cf_model *m,
                          const struct cf_export_opts *o, struct cf_out *out,
                          struct cf_err *err)
{
    const bool wanted[] = {o->users, o->items};
    struct cf_vectors v[] = {cf_vectors_of(m, true, o->fold),
                             cf_vectors_of(m, false, o->fold)};
    struct cf_buf head = {0};
    uint64_t at = 0;

    put_metadata(m, &head);
    for (size_t i = 0; i < 2; i++)
        if (wanted[i]) {
            put_tensor(&v[i], "factors", v[i].dims, &at, &head);
            put_tensor(&v[i], "bias", 0, &at, &head);
        }
    int rc = write_head(&head, out, err);
    for (size_t i = 0; !rc && i < 2; i++)
        if (wanted[i]) {
            const struct cf_side *side = v[i].side;
            rc = write_rows(&v[i], out, err);
            if (!rc)
                rc =
                    cf_out_write(out, side->bias, side->n * sizeof(float), err);
        }
    cf_buf_free(&head);
    return rc;
}
