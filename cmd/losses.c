/* losses.c - the loss of every mini-batch as tab-separated text. */
#include "losses.h"

#include <inttypes.h>
#include <string.h>

#include "base/num.h"
#include "base/path.h"

/* The losses would go where something else is. */
static int check_path(struct cf_cli *c, const char *path, const char *init)
{
    const char *out = c->output ? c->output : "-";
    const char *in = c->args.n ? c->args.operand[0] : NULL;
    bool piped = !strcmp(out, "-");

    if ((piped && !strcmp(path, "-")) ||
        cf_path_same(path, piped ? "/dev/stdout" : out))
        return cf_fail(&c->err, CF_EUSAGE,
                       "--losses and the model would both go to %s",
                       piped ? "standard output" : path);
    if ((in && cf_path_same(path, in)) || (init && cf_path_same(path, init)))
        return cf_fail(&c->err, CF_EUSAGE,
                       "--losses would replace %s, which is read", path);
    return 0;
}

int cf_losses_open(struct cf_cli *c, struct cf_losses *l, const char *path,
                   const char *init)
{
    static const char head[] = "step\tloss\n";

    l->c = c;
    if (!path)
        return 0;
    int code = check_path(c, path, init);
    if (!code)
        code = cf_sink_open_path(c, &l->sink, path);
    return code ? code : cf_out_write(l->sink.out, head, strlen(head), &c->err);
}

void cf_losses_add(struct cf_losses *l, uint64_t step, double loss)
{
    char line[2 * CF_NUM_MAX + 2];
    size_t n;

    if (!l->sink.out || l->code)
        return;
    n = cf_format_exact(step, 0, line);
    line[n++] = '\t';
    n += cf_format_f64(loss, line + n);
    line[n++] = '\n';
    l->code = cf_out_write(l->sink.out, line, n, &l->c->err);
}

int cf_losses_finish(struct cf_losses *l)
{
    if (!l->sink.out || l->code)
        return l->code;
    return cf_sink_commit(l->c, &l->sink);
}

void cf_losses_close(struct cf_losses *l)
{
    cf_sink_close(&l->sink);
}
