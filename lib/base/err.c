/* err.c - errors as values. */
#include "base/err.h"

#undef cf_fail
#undef cf_fail_os
#undef cf_nomem
#undef cf_wrap

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A message is one line on a terminal, whatever names and fields it quotes. */
static void one_line(char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < ' ' || *s == 0x7f)
            *s = '?';
}

static void format(struct cf_err *err, const char *fmt, va_list ap)
{
    if (vsnprintf(err->msg, sizeof err->msg, fmt, ap) < 0)
        err->msg[0] = '\0';
    one_line(err->msg);
}

int cf_fail(struct cf_err *err, enum cf_code code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    format(err, fmt, ap);
    va_end(ap);
    err->code = code;
    return (int)code;
}

int cf_fail_os(struct cf_err *err, int errnum, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    format(err, fmt, ap);
    va_end(ap);

    char why[128];
    if (strerror_r(errnum, why, sizeof why) != 0)
        snprintf(why, sizeof why, "error %d", errnum);
    if (why[0] >= 'A' && why[0] <= 'Z')
        why[0] = (char)(why[0] - 'A' + 'a');
    size_t n = strlen(err->msg);
    snprintf(err->msg + n, sizeof err->msg - n, ": %s", why);
    err->code = CF_EIO;
    return CF_EIO;
}

int cf_nomem(struct cf_err *err, const char *what)
{
    return cf_fail(err, CF_EMEM, "out of memory (%s)", what);
}

int cf_wrap(struct cf_err *err, const char *prefix)
{
    char old[sizeof err->msg];
    memcpy(old, err->msg, sizeof old);
    return cf_fail(err, err->code, "%s: %s", prefix, old);
}
