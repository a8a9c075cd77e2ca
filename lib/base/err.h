/* err.h - errors as values: a code, which is also the exit status, and a line
 * of text that names file, line and field.
 *
 * A function that can fail takes a struct cf_err * as its last parameter and
 * returns 0 or the code it stored there. Only cmd/ prints or exits. */
#ifndef CF_BASE_ERR_H
#define CF_BASE_ERR_H

enum cf_code {
    CF_OK = 0,
    CF_EDATA = 1,    /* bad input data */
    CF_EUSAGE = 2,   /* wrong options or operands */
    CF_ESTREAM = 3,  /* a stream that is truncated or corrupt */
    CF_EIO = 4,      /* a read or write failed */
    CF_EMEM = 5,     /* out of memory or over a limit */
    CF_EDIVERGED = 6 /* training left the finite numbers */
};

struct cf_err {
    enum cf_code code;
    char msg[1024];
};

#if defined(__GNUC__)
#define CF_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define CF_PRINTF(fmt, args)
#endif

/* Stores code and message (cut to fit, control characters as '?'), returns
 * code. */
int cf_fail(struct cf_err *err, enum cf_code code, const char *fmt, ...)
    CF_PRINTF(3, 4);

/* CF_EIO with the message, ": " and the system's words for errnum. */
int cf_fail_os(struct cf_err *err, int errnum, const char *fmt, ...)
    CF_PRINTF(3, 4);

/* CF_EMEM with "out of memory (WHAT)". */
int cf_nomem(struct cf_err *err, const char *what);

/* Puts "PREFIX: " before the message, keeps the code and returns it. */
int cf_wrap(struct cf_err *err, const char *prefix);

#ifdef __clang_analyzer__
/* It looks at one file at a time, and would think that these may return 0. */
#define cf_fail(err, code, ...)                                                \
    ((void)(cf_fail)(err, code, __VA_ARGS__), (int)(code))
#define cf_fail_os(err, errnum, ...)                                           \
    ((void)(cf_fail_os)(err, errnum, __VA_ARGS__), CF_EIO)
#define cf_nomem(err, what) ((void)(cf_nomem)(err, what), CF_EMEM)
#define cf_wrap(err, prefix) ((void)(cf_wrap)(err, prefix), CF_EDATA)
#endif

#endif
