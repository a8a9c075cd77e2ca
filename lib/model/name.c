/* name.c - how far names are from those of a model. */
#include "model/name.h"

#include <stdint.h>
#include <string.h>

#include "base/letters.h"
#include "base/near.h"

static const char *const articles[] = {"the", "a",  "an", "la",  "le",
                                       "les", "el", "il", "los", "las"};

/* ---- what is compared ---- */

static void cut(struct cf_name *n, size_t from, size_t bytes)
{
    char *p = n->text.p;

    memmove(p + from, p + from + bytes, n->text.n - from - bytes);
    n->text.n -= bytes;
    n->title -= bytes;
}

/* Is it "the matrix", or "matrix, the"? Takes it away. */
static bool cut_article(struct cf_name *n, const char *article)
{
    const char *p = n->text.p;
    size_t len = strlen(article);

    if (n->title > len + 1 && memcmp(p, article, len) == 0 && p[len] == ' ') {
        cut(n, 0, len + 1);
        return true;
    }
    if (n->title <= len + 2)
        return false;
    size_t at = n->title - len - 2;
    if (memcmp(p + at, ", ", 2) != 0 || memcmp(p + at + 2, article, len) != 0)
        return false;
    cut(n, at, len + 2);
    return true;
}

/* Where " (" is for the first time. */
static size_t title_end(const struct cf_buf *text)
{
    for (size_t i = 1; i + 1 < text->n; i++)
        if (text->p[i] == ' ' && text->p[i + 1] == '(')
            return i;
    return text->n;
}

void cf_name_set(struct cf_name *n, struct cf_str s)
{
    enum { ARTICLES = sizeof articles / sizeof *articles };

    n->text.n = 0;
    n->article = NULL;
    cf_letters(&n->text, s);
    if (n->text.failed)
        return;
    n->title = title_end(&n->text);
    for (size_t i = 0; !n->article && i < ARTICLES; i++)
        if (cut_article(n, articles[i]))
            n->article = articles[i];
}

void cf_name_free(struct cf_name *n)
{
    cf_buf_free(&n->text);
}

/* ---- how far ---- */

/* EDITED: and two for each edit after the first. */
enum { SAME, ARTICLE, BEGINS, INSIDE, EDITED };

/* The label has what was typed in it, or SIZE_MAX. */
static size_t far_whole(const struct cf_name *label,
                        const struct cf_name *typed)
{
    struct cf_str text = cf_buf_view(&label->text);
    size_t n = typed->text.n;

    if (n > text.n)
        return SIZE_MAX;
    if (memcmp(text.p, typed->text.p, n) == 0) {
        if (n == text.n || n == label->title)
            return label->article == typed->article ? SAME : ARTICLE;
        return BEGINS;
    }
    for (size_t at = 1; at + n <= text.n; at++) {
        const char *p =
            memchr(text.p + at, *typed->text.p, text.n - n - at + 1);
        if (!p)
            break;
        if (memcmp(p, typed->text.p, n) == 0)
            return INSIDE;
        at = (size_t)(p - text.p);
    }
    return SIZE_MAX;
}

/* Edits of what was typed that may be mistakes. */
static size_t edits_of(size_t bytes)
{
    enum { MOST = 6 };
    return bytes < (size_t)4 * MOST ? bytes / 4 : MOST;
}

/* The label, its title, or its first letters are at most that many edits
 * away. */
static size_t far_edited(const struct cf_name *label,
                         const struct cf_name *typed, size_t most)
{
    size_t row[CF_NEAR_MAX + 1], best = SIZE_MAX, n = typed->text.n;
    struct cf_str text = cf_buf_view(&label->text);

    if (text.n + most < n)
        return SIZE_MAX;
    if (text.n > n + most) /* more of it would be more edits */
        text.n = n + most;
    if (!cf_edits_each(cf_buf_view(&typed->text), text, most, row))
        return SIZE_MAX;
    for (size_t j = 0; j <= text.n; j++) {
        bool whole = j == label->text.n || j == label->title;
        size_t far = EDITED + 2 * (row[j] - 1) + !whole;
        if (row[j] <= edits_of(n) + whole && far < best)
            best = far;
    }
    return best;
}

size_t cf_name_far(const struct cf_name *label, const struct cf_name *typed,
                   size_t below)
{
    size_t most = 1 + edits_of(typed->text.n);

    if (typed->text.n == 0)
        return SIZE_MAX;
    size_t far = far_whole(label, typed);
    if (far == SIZE_MAX && below > EDITED) {
        size_t wanted = (below - 1 - EDITED) / 2 + 1;
        far = far_edited(label, typed, wanted < most ? wanted : most);
    }
    return far < below ? far : SIZE_MAX;
}
