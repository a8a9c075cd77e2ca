/* sink.c - the output of a filter: a stream, or text. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/num.h"
#include "signals.h"

enum { TERMINAL_WIDTH = 80 };

bool cf_sink_tty(const struct cf_cli *c)
{
    return (!c->output || !strcmp(c->output, "-")) && isatty(STDOUT_FILENO);
}

size_t cf_sink_width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    uint64_t n;

    if (columns && !cf_parse_u64(cf_cstr(columns), &n) && n > 0 && n < 10000)
        return (size_t)n;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return TERMINAL_WIDTH;
}

int cf_sink_open_path(struct cf_cli *c, struct cf_sink *s, const char *path)
{
    int code = cf_out_open(&s->out, path, &c->err);
    s->slot = code ? CF_NO_SLOT : cf_signals_add(cf_out_temp(s->out));
    return code;
}

int cf_sink_open(struct cf_cli *c, struct cf_sink *s)
{
    return cf_sink_open_path(c, s, c->output);
}

int cf_sink_begin(struct cf_cli *c, struct cf_sink *s,
                  const struct cf_schema *schema)
{
    if (!cf_sink_tty(c))
        return cf_writer_open(&s->writer, schema, s->out, NULL, &c->err);
    const struct cf_show_opts how = {.format = CF_SHOW_TABLE,
                                     .head =
                                         s->all ? CF_SHOW_ALL : CF_SHOW_USUAL,
                                     .width = cf_sink_width()};
    return cf_sink_begin_text(c, s, schema, &how);
}

int cf_sink_begin_text(struct cf_cli *c, struct cf_sink *s,
                       const struct cf_schema *schema,
                       const struct cf_show_opts *how)
{
    int code = cf_show_open(&s->show, s->out, how, &c->err);
    return code ? code
                : cf_writer_open(&s->writer, schema, NULL, cf_show_tap(s->show),
                                 &c->err);
}

int cf_sink_commit(struct cf_cli *c, struct cf_sink *s)
{
    return cf_out_commit(s->out, &c->err);
}

int cf_sink_finish(struct cf_cli *c, struct cf_sink *s)
{
    int code = cf_writer_finish(s->writer, &c->err);
    return code ? code : cf_sink_commit(c, s);
}

void cf_sink_close(struct cf_sink *s)
{
    cf_writer_close(s->writer);
    cf_show_close(s->show);
    bool open = s->out != NULL;
    /* Until it is gone, a signal must find the temporary file. */
    cf_out_close(s->out);
    if (open)
        cf_signals_drop(s->slot);
    memset(s, 0, sizeof *s);
}
