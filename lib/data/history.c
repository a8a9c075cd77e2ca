/* history.c - the history of a stream as a pipeline. */
#include "data/history.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

/* A control byte, or the first byte of a control character of UTF-8 (U+0080 to
 * U+009F). */
static bool is_control(const unsigned char *s)
{
    return *s < ' ' || *s == 0x7f ||
           (*s == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0);
}

/* Would a terminal take it for more than text? */
static bool is_text(const char *word)
{
    if (!cf_str_utf8(cf_cstr(word)))
        return false;
    for (; *word; word++)
        if (is_control((const unsigned char *)word))
            return false;
    return true;
}

/* $'...', which bash reads: bytes that are not plain ASCII as numbers. */
static void put_bytes(struct cf_buf *out, const char *s)
{
    cf_buf_puts(out, "$'");
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < ' ' || c >= 0x7f) {
            cf_buf_printf(out, "\\x%02x", c);
            continue;
        }
        if (c == '\'' || c == '\\')
            cf_buf_putc(out, '\\');
        cf_buf_putc(out, *s);
    }
    cf_buf_putc(out, '\'');
}

static void put_quoted(struct cf_buf *out, const char *s)
{
    cf_buf_putc(out, '\'');
    for (; *s; s++)
        if (*s == '\'')
            cf_buf_puts(out, "'\\''");
        else
            cf_buf_putc(out, *s);
    cf_buf_putc(out, '\'');
}

/* A word for the shell: as it is if nothing in it means something there. */
static void put_word(struct cf_buf *out, const char *s)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789%+,-./:=@_";

    if (*s && s[strspn(s, plain)] == '\0')
        cf_buf_puts(out, s);
    else if (is_text(s))
        put_quoted(out, s);
    else
        put_bytes(out, s);
}

/* 2026-11-25T08:44:00Z */
static void put_time(struct cf_buf *out, int64_t t)
{
    char text[32];
    struct tm tm;
    time_t seconds = (time_t)t;

    if (gmtime_r(&seconds, &tm) &&
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
        cf_buf_printf(out, ", %s", text);
    else
        cf_buf_printf(out, ", time %" PRId64, t);
}

static void put_step(struct cf_buf *out, const struct cf_step *step, bool last)
{
    put_word(out, step->program);
    for (size_t i = 0; i < step->args.n; i++) {
        cf_buf_putc(out, ' ');
        put_word(out, step->args.v[i]);
    }
    cf_buf_puts(out, last ? "  # version " : " |  # version ");
    put_word(out, step->version);
    if (step->has_seed)
        cf_buf_printf(out, ", seed %" PRIu64, step->seed);
    if (step->has_time)
        put_time(out, step->time);
    cf_buf_putc(out, '\n');
}

void cf_history_print(const struct cf_schema *s, struct cf_buf *out)
{
    for (size_t i = 0; i < s->nsteps; i++)
        put_step(out, &s->step[i], i + 1 == s->nsteps);
}
