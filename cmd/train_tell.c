/* train_tell.c - an epoch a line. Of a sampler, roots of mean squares, which
 * are what people know, by the number of samples. */
#include "train_tell.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { LINES = 26 /* for a table of many epochs */ };

void cf_tell_start(struct cf_tell *t, struct cf_cli *c,
                   const struct cf_train_opts *o)
{
    const struct cf_solver *s = cf_train_solver(o);

    *t = (struct cf_tell){.c = c,
                          .samples = cf_solver_takes(s, "samples"),
                          .epochs = cf_train_epochs(o),
                          .burn_in = o->burn_in};
    t->some = s->whole && t->epochs > (uint64_t)2 * LINES;
}

/* A loss, or "-" for none. */
static const char *loss_text(double loss, char *out, size_t size)
{
    if (isnan(loss))
        return "-";
    snprintf(out, size, fabs(loss) < 1e6 ? "%.6f" : "%.6g", loss);
    return out;
}

/* ---- of a sampler ---- */

static void put_seconds(struct cf_buf *out, double seconds)
{
    const double few = 10;

    if (seconds < few)
        cf_buf_printf(out, "%.2f s", seconds);
    else
        cf_put_time(out, seconds);
}

/* Samples from one line to the next: 1, 2 or 5 with zeros. */
static uint64_t line_step(uint64_t samples)
{
    uint64_t step = 1;

    while (step * LINES < samples) {
        if (step * 2 * LINES >= samples)
            return step * 2;
        if (step * 5 * LINES >= samples)
            return step * 5;
        step *= 10;
    }
    return step;
}

/* Of many sweeps: the first one, a few of a long burn-in and its last one, the
 * first sample, some, the last one. */
static bool told_sweep(const struct cf_tell *t, uint64_t ended)
{
    uint64_t samples = ended > t->burn_in ? ended - t->burn_in : 0;

    if (!t->some || ended == 1 || ended == t->burn_in || samples == 1 ||
        ended == t->epochs)
        return true;
    if (samples > 0)
        return samples % line_step(t->epochs - t->burn_in) == 0;
    uint64_t step = line_step(t->epochs), few = line_step(4 * t->burn_in);
    return ended % (step > few ? step : few) == 0;
}

static void put_rmse(struct cf_buf *out, bool there, double loss)
{
    char text[32];

    if (there)
        cf_buf_printf(out, "  %10s", loss_text(sqrt(loss), text, sizeof text));
}

static void sweep_line(const struct cf_tell *t, const struct cf_epoch *e)
{
    uint64_t ended = (uint64_t)e->epoch + 1;
    char samples[32] = "-";
    struct cf_buf b = {0};

    if (ended > t->burn_in)
        snprintf(samples, sizeof samples, "%" PRIu64, ended - t->burn_in);
    cf_buf_printf(&b, "%-5" PRIu32 "  %7s", e->epoch, samples);
    put_rmse(&b, t->train, e->train_loss);
    put_rmse(&b, t->valid, e->valid_loss);
    cf_buf_puts(&b, "  ");
    put_seconds(&b, t->spent);
    if (ended < t->epochs) {
        cf_buf_puts(&b, ", ");
        put_seconds(&b,
                    t->spent / (double)t->told * (double)(t->epochs - ended));
        cf_buf_puts(&b, " left");
    }
    cf_buf_putc(&b, '\0');
    if (!b.failed)
        cf_cli_line(t->c, "%s", b.p);
    cf_buf_free(&b);
}

static void tell_sweep(struct cf_tell *t, const struct cf_epoch *e)
{
    if (t->told == 1) {
        t->train = !isnan(e->train_loss);
        t->valid = !isnan(e->valid_loss);
        if (t->train || t->valid)
            cf_cli_line(t->c, "sweep  samples%s%s  time",
                        t->train ? "  train RMSE" : "",
                        t->valid ? "  valid RMSE" : "");
    }
    if ((t->train || t->valid) && told_sweep(t, (uint64_t)e->epoch + 1))
        sweep_line(t, e);
}

/* ---- of all ---- */

static bool told_epoch(const struct cf_tell *t, uint64_t ended)
{
    uint64_t step = (t->epochs + LINES - 1) / LINES;

    return !t->some || ended % step == 0 || ended == t->epochs;
}

void cf_tell_epoch(struct cf_tell *t, const struct cf_epoch *e)
{
    char train[32], valid[32];

    t->told++;
    t->spent += e->seconds;
    if (t->samples) {
        tell_sweep(t, e);
        return;
    }
    if (e->epoch == 0)
        cf_cli_line(t->c, "epoch  train loss  valid loss  time");
    if (told_epoch(t, (uint64_t)e->epoch + 1))
        cf_cli_line(t->c, "%-5" PRIu32 "  %10s  %10s  %.2f s", e->epoch,
                    loss_text(e->train_loss, train, sizeof train),
                    loss_text(e->valid_loss, valid, sizeof valid), e->seconds);
}

void cf_tell_end(struct cf_tell *t)
{
    struct cf_buf b = {0};

    if (!t->samples || t->train || t->valid)
        return;
    put_seconds(&b, t->spent);
    cf_buf_putc(&b, '\0');
    if (!b.failed)
        cf_cli_note(t->c, "%" PRIu64 " sweep%s in %s", t->told, cf_s(t->told),
                    b.p);
    cf_buf_free(&b);
}
