/* lookup.c - from ids and names to rows. */
#include "model/lookup.h"

#include <string.h>

#include "model/name.h"

enum { SHOWN = 5 }; /* suggestions at most */

static int find_label(const struct cf_schema *s)
{
    for (size_t i = 0; i < s->ncolumns; i++)
        if (s->column[i].role == CF_LABEL && s->column[i].type == CF_STR)
            return (int)i;
    return -1;
}

int cf_lookup_open(struct cf_lookup *l, const struct cf_side *side,
                   struct cf_err *err)
{
    int rc = 0;

    l->side = side;
    l->label = find_label(&side->dict_schema);
    cf_dict_init(&l->ids, cf_dict_seed());
    for (uint64_t row = 0; !rc && row < side->n; row++) {
        struct cf_str id = cf_store_str(&side->dict, 0, row);
        uint32_t number;
        bool fresh = true;
        rc = cf_dict_add(&l->ids, id, &number, &fresh, err);
        if (!rc && !fresh)
            rc = cf_fail(err, CF_EDATA, "the model has the id '%.*s' twice",
                         (int)id.n, id.p);
    }
    return rc;
}

uint32_t cf_lookup_id(const struct cf_lookup *l, struct cf_str id)
{
    return cf_dict_find(&l->ids, id);
}

void cf_lookup_free(struct cf_lookup *l)
{
    cf_dict_free(&l->ids);
}

/* What a person would call the row. */
static struct cf_str name_of(const struct cf_lookup *l, uint64_t row)
{
    size_t col = l->label < 0 ? 0 : (size_t)l->label;
    return cf_store_str(&l->side->dict, col, row);
}

/* ---- suggestions ---- */

struct near {
    uint64_t row[SHOWN];
    size_t far[SHOWN];
    size_t n;
};

/* Keeps the nearest ones sorted, equal ones by row. */
static void keep(struct near *s, uint64_t row, size_t far)
{
    size_t i = s->n;

    while (i > 0 && s->far[i - 1] > far)
        i--;
    if (far == SIZE_MAX || i == SHOWN)
        return;
    if (s->n < SHOWN)
        s->n++;
    for (size_t j = s->n - 1; j > i; j--) {
        s->row[j] = s->row[j - 1];
        s->far[j] = s->far[j - 1];
    }
    s->row[i] = row;
    s->far[i] = far;
}

/* Others that are less near are not shown. */
static size_t limit(const struct near *s)
{
    size_t below = s->n ? s->far[0] + 2 : SIZE_MAX;
    return s->n == SHOWN && s->far[SHOWN - 1] < below ? s->far[SHOWN - 1]
                                                      : below;
}

static int find_near(const struct cf_lookup *l, struct cf_str text,
                     struct near *s, struct cf_err *err)
{
    struct cf_name typed = {.title = 0}, label = {.title = 0};

    cf_name_set(&typed, text);
    bool failed = typed.text.failed;
    for (uint64_t row = 0; !failed && row < l->side->n; row++) {
        cf_name_set(&label, name_of(l, row));
        failed = label.text.failed;
        if (!failed)
            keep(s, row, cf_name_far(&label, &typed, limit(s)));
    }
    cf_name_free(&typed);
    cf_name_free(&label);
    while (s->n > 1 && s->far[s->n - 1] > s->far[0] + 1)
        s->n--;
    return failed ? cf_nomem(err, "names") : 0;
}

static void put_name(const struct cf_lookup *l, uint64_t row, bool name,
                     struct cf_buf *out)
{
    cf_buf_str(out, cf_store_str(&l->side->dict, 0, row));
    if (!name || l->label < 0)
        return;
    cf_buf_puts(out, " (");
    cf_buf_str(out, name_of(l, row));
    cf_buf_puts(out, ")");
}

static void put_names(const struct cf_lookup *l, const struct near *s,
                      bool names, struct cf_buf *out)
{
    for (size_t i = 0; i < s->n; i++) {
        cf_buf_puts(out, i ? ", " : "");
        put_name(l, s->row[i], names, out);
    }
    cf_buf_putc(out, '\0');
}

static int not_found(const struct cf_lookup *l, struct cf_str text,
                     const char *what, struct cf_err *err)
{
    struct cf_buf list = {0};
    struct near s = {.n = 0};

    int rc = find_near(l, text, &s, err);
    if (rc)
        return rc;
    put_names(l, &s, true, &list);
    if (list.failed)
        rc = cf_nomem(err, "message");
    else
        rc = cf_fail(err, CF_EDATA, "no %s '%.*s' in the model%s%s%s", what,
                     (int)text.n, text.p, s.n ? "; did you mean " : "", list.p,
                     s.n ? "?" : "");
    cf_buf_free(&list);
    return rc;
}

static int several(const struct cf_lookup *l, const struct near *s,
                   uint64_t count, const char *what, struct cf_err *err)
{
    struct cf_buf list = {0};
    struct cf_str name = name_of(l, s->row[0]);
    int rc;

    put_names(l, s, false, &list);
    if (list.failed)
        rc = cf_nomem(err, "message");
    else
        rc = cf_fail(err, CF_EDATA,
                     "%llu %ss are called '%.*s'; ask by id: %s%s",
                     (unsigned long long)count, what, (int)name.n, name.p,
                     list.p, count > s->n ? ", ..." : "");
    cf_buf_free(&list);
    return rc;
}

int cf_lookup_any(const struct cf_lookup *l, struct cf_str text,
                  const char *what, uint32_t *row, struct cf_err *err)
{
    struct near found = {.n = 0};
    uint64_t count = 0;

    *row = cf_lookup_id(l, text);
    if (*row != CF_NONE)
        return 0;
    for (uint64_t i = 0; l->label >= 0 && i < l->side->n; i++)
        if (cf_str_eq(name_of(l, i), text)) {
            keep(&found, i, 0);
            count++;
        }
    if (count == 0)
        return not_found(l, text, what, err);
    if (count > 1)
        return several(l, &found, count, what, err);
    *row = (uint32_t)found.row[0];
    return 0;
}
