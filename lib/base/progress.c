/* progress.c - what a progress line says. */
#include "base/progress.h"

#include <time.h>

double cf_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void cf_progress_start(struct cf_progress *p, const char *what, uint64_t total)
{
    double now = cf_now();
    *p = (struct cf_progress){
        .what = what, .total = total, .start = now, .last = now};
}

/* "812", "5.1 M", "20 M": two or three digits and a unit. */
static void put_count(struct cf_buf *out, double n)
{
    static const char *const unit[] = {"", " k", " M", " G", " T", " P", " E"};
    size_t i = 0;
    while (n >= 999.5 && i + 1 < sizeof unit / sizeof *unit) {
        n /= 1000;
        i++;
    }
    unsigned tenths = (unsigned)(n * 10 + 0.5);
    if (tenths < 100 && tenths % 10 != 0)
        cf_buf_printf(out, "%u.%u%s", tenths / 10, tenths % 10, unit[i]);
    else
        cf_buf_printf(out, "%u%s", (unsigned)(n + 0.5), unit[i]);
}

void cf_put_time(struct cf_buf *out, double seconds)
{
    enum { MINUTE = 60, HOUR = 3600, FAR = 1000 * HOUR };
    unsigned s = seconds < FAR ? (unsigned)(seconds + 0.5) : FAR;
    if (s < MINUTE)
        cf_buf_printf(out, "%u s", s);
    else if (s < HOUR)
        cf_buf_printf(out, "%u min %u s", s / MINUTE, s % MINUTE);
    else
        cf_buf_printf(out, "%u h %u min", s / HOUR, s % HOUR / MINUTE);
}

bool cf_progress_line(struct cf_progress *p, uint64_t done, struct cf_buf *out)
{
    double now = cf_now(), spent = now - p->start;
    if (spent < 1 || now - p->last < 0.1)
        return false;
    p->last = now;
    double rate = (double)(done - p->from) / spent;
    bool known = p->total > 0 && done <= p->total;
    put_count(out, (double)done);
    if (known) {
        cf_buf_puts(out, " of ");
        put_count(out, (double)p->total);
    }
    cf_buf_printf(out, " %s, ", p->what);
    put_count(out, rate);
    cf_buf_puts(out, "/s");
    if (known && done > p->from) {
        cf_buf_puts(out, ", ");
        cf_put_time(out, (double)(p->total - done) / rate);
        cf_buf_puts(out, " left");
    }
    return true;
}
