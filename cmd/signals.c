/* signals.c - a program that is ended by a signal leaves no temporary file. */
#include "signals.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* A handler sees nothing but static state. A name is changed only while it is
 * not armed. */
enum { PATH_SIZE = 4096, SLOTS = 2 };
static char doomed[SLOTS][PATH_SIZE];
static volatile sig_atomic_t armed[SLOTS];

static void on_signal(int sig)
{
    for (int i = 0; i < SLOTS; i++)
        if (armed[i])
            unlink(doomed[i]);
    /* The default action is back (SA_RESETHAND) and follows at return. */
    raise(sig);
}

void cf_signals_catch(void)
{
    static const int sigs[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE};
    struct sigaction act = {.sa_handler = on_signal,
                            .sa_flags = (int)SA_RESETHAND},
                     old;

    /* A write beyond the limit for files fails and is told, like any other. */
    signal(SIGXFSZ, SIG_IGN);
    sigemptyset(&act.sa_mask);
    for (size_t i = 0; i < sizeof sigs / sizeof *sigs; i++)
        /* What is ignored (nohup) stays ignored. */
        if (sigaction(sigs[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(sigs[i], &act, NULL);
}

int cf_signals_add(const char *path)
{
    for (int i = 0; path && i < SLOTS; i++) {
        if (armed[i] || strlen(path) >= sizeof doomed[i])
            continue;
        memcpy(doomed[i], path, strlen(path) + 1);
        armed[i] = 1;
        return i;
    }
    return CF_NO_SLOT;
}

void cf_signals_drop(int slot)
{
    if (slot != CF_NO_SLOT)
        armed[slot] = 0;
}
