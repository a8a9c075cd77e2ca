/* history.c - the history of a stream as a pipeline. */
#include "data/history.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

/* A word for the shell: as it is if nothing in it means something there. */
static void put_word(struct cf_buf *out, const char *s)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789%+,-./:=@_";

    if (*s && s[strspn(s, plain)] == '\0') {
        cf_buf_puts(out, s);
        return;
    }
    cf_buf_putc(out, '\'');
    for (; *s; s++)
        if (*s == '\'')
            cf_buf_puts(out, "'\\''");
        else
            cf_buf_putc(out, *s);
    cf_buf_putc(out, '\'');
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
