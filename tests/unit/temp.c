/* temp.c - a directory of its own for each test, and commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "temp.h"

extern char **environ;

int temp_enter(void **state)
{
    char dir[] = "/tmp/cf-test-XXXXXX";
    *state = mkdtemp(dir) && chdir(dir) == 0 ? strdup(dir) : NULL;
    return *state ? 0 : -1;
}

int temp_leave(void **state)
{
    char script[64];
    snprintf(script, sizeof script, "rm -rf %s", (const char *)*state);
    free(*state);
    return chdir("/") == 0 && temp_run(script) == 0 ? 0 : -1;
}

void temp_put(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

int temp_run(const char *script)
{
    char sh[] = "sh", dash_c[] = "-c", *copy = strdup(script);
    char *argv[] = {sh, dash_c, copy, NULL};
    pid_t pid;
    int status = -1;

    assert_non_null(copy);
    assert_int_equal(posix_spawnp(&pid, sh, NULL, NULL, argv, environ), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    free(copy);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
