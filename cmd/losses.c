/* losses.c - the loss of every mini-batch as tab-separated text. */
#include "losses.h"

#include <inttypes.h>
#include <string.h>

#include "base/num.h"
#include "base/path.h"
#include "signals.h"

int cf_losses_open(struct cf_cli *c, struct cf_losses *l, const char *path)
{
    static const char head[] = "step\tloss\n";

    l->c = c;
    if (!path)
        return 0;
    if (!strcmp(path, c->output ? c->output : "-") ||
        (c->output && cf_path_same(path, c->output)))
        return cf_fail(&c->err, CF_EUSAGE,
                       "--losses and the model would both go to %s",
                       strcmp(path, "-") ? path : "standard output");
    int code = cf_out_open(&l->sink.out, path, &c->err);
    if (code)
        return code;
    l->sink.slot = cf_signals_add(cf_out_temp(l->sink.out));
    return cf_out_write(l->sink.out, head, strlen(head), &c->err);
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
