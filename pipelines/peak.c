/* peak.c - peak FILE COMMAND ...: runs the command and writes to FILE its peak
 * resident size in KiB and the seconds that it took. A large parent, such as an
 * interpreter, would count into the peak of what it starts; this one has almost
 * none. */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct rusage use;
    int status = 0;

    if (argc < 3)
        return 2;
    double start = now();
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    close(0);
    close(1);
    if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
        return 126;
    FILE *f = fopen(argv[1], "w");
    if (!f || fprintf(f, "%ld %.3f\n", use.ru_maxrss, now() - start) < 0 ||
        fclose(f) != 0)
        return 126;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
