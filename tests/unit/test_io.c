/* test_io.c - files: reading, and writing that is whole or not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "temp.h"

static struct cf_err err;

/* The mode of new files is of the test, not of who runs it. */
static int enter(void **state)
{
    umask(022);
    return temp_enter(state);
}

static void check_file(const char *name, const char *text)
{
    struct cf_in in;
    char *p;
    size_t n;
    assert_int_equal(cf_in_open(&in, name, &err), 0);
    assert_int_equal(cf_in_slurp(&in, 1000, &p, &n, &err), 0);
    assert_int_equal(n, strlen(text));
    assert_memory_equal(p, text, n);
    free(p);
    cf_in_close(&in);
}

static int files(void)
{
    int n = -2; /* . and .. */
    DIR *d = opendir(".");
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static mode_t mode_of(const char *name)
{
    struct stat st;
    assert_int_equal(stat(name, &st), 0);
    return st.st_mode & 07777;
}

/* ---- input ---- */

static void test_read_file(void **state)
{
    (void)state;
    struct cf_in in;
    char p[8];
    size_t got;

    temp_put("f", "0123456789");
    assert_int_equal(cf_in_open(&in, "f", &err), 0);
    assert_string_equal(in.name, "f");
    assert_true(in.regular);
    assert_int_equal(in.size, 10);
    assert_int_equal(cf_in_read(&in, p, 7, &got, &err), 0);
    assert_int_equal(got, 7);
    assert_int_equal(cf_in_read(&in, p, 7, &got, &err), 0);
    assert_int_equal(got, 3);
    assert_memory_equal(p, "789", 3);
    assert_int_equal(in.off, 10);
    assert_int_equal(cf_in_read(&in, p, 7, &got, &err), 0);
    assert_int_equal(got, 0);
    cf_in_close(&in);
    cf_in_close(&in);
}

static void test_read_wrong(void **state)
{
    (void)state;
    struct cf_in in;

    assert_int_equal(cf_in_open(&in, "none.csv", &err), CF_EIO);
    assert_string_equal(err.msg, "none.csv: no such file or directory");
    assert_int_equal(cf_in_open(&in, ".", &err), CF_EIO);
    assert_string_equal(err.msg, ".: is a directory");
    assert_int_equal(cf_in_open(&in, "", &err), CF_EIO);
    temp_put("f", "");
    assert_int_equal(cf_in_open(&in, "f/g", &err), CF_EIO);
    assert_string_equal(err.msg, "f/g: not a directory");
    in = (struct cf_in){0};
    cf_in_close(&in);
}

static void test_read_mem(void **state)
{
    (void)state;
    struct cf_in in;
    char p[8];
    size_t got;

    assert_int_equal(cf_in_mem(&in, "<mem>", "abcde", 5, &err), 0);
    assert_int_equal(in.size, 5);
    assert_int_equal(cf_in_read(&in, p, 3, &got, &err), 0);
    assert_int_equal(got, 3);
    assert_int_equal(cf_in_read(&in, p, 3, &got, &err), 0);
    assert_int_equal(got, 2);
    assert_memory_equal(p, "dec", 3);
    assert_int_equal(cf_in_read(&in, p, 3, &got, &err), 0);
    assert_int_equal(got, 0);
    cf_in_close(&in);

    assert_int_equal(cf_in_mem(&in, "<mem>", NULL, 0, &err), 0);
    assert_int_equal(cf_in_read(&in, p, 3, &got, &err), 0);
    assert_int_equal(got, 0);
    cf_in_close(&in);
}

/* What is left when some of it was read, with a limit at, above and below. */
/* A byte that was looked at is read all the same. */
static void test_peek(void **state)
{
    (void)state;
    struct cf_in in;
    char all[8];
    size_t got;
    int next;

    assert_int_equal(cf_in_mem(&in, "mem",
                               "\x81"
                               "b",
                               2, &err),
                     0);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(cf_in_peek(&in, &next, &err), 0);
        assert_int_equal(next, 0x81);
        assert_int_equal(in.off, 0);
    }
    for (size_t n = 0; n < 2; n += got) {
        assert_int_equal(cf_in_read(&in, all + n, sizeof all - n, &got, &err),
                         0);
        assert_true(got > 0);
    }
    assert_memory_equal(all,
                        "\x81"
                        "b",
                        2);
    assert_int_equal(in.off, 2);
    assert_int_equal(cf_in_peek(&in, &next, &err), 0);
    assert_int_equal(next, -1);
    assert_int_equal(cf_in_read(&in, all, sizeof all, &got, &err), 0);
    assert_int_equal(got, 0);
    cf_in_close(&in);
}

static void test_slurp(void **state)
{
    (void)state;
    struct cf_in in;
    char *p, first;
    size_t n;

    temp_put("f", "0123456789");
    for (size_t max = 0; max < 12; max++) {
        assert_int_equal(cf_in_open(&in, "f", &err), 0);
        assert_int_equal(cf_in_read(&in, &first, 1, &n, &err), 0);
        int code = cf_in_slurp(&in, max, &p, &n, &err);
        assert_int_equal(code, max < 9 ? CF_EMEM : 0);
        if (code == 0) {
            assert_int_equal(n, 9);
            assert_memory_equal(p, "123456789", 9);
            assert_int_equal((uintptr_t)p % 64, 0);
            free(p);
        }
        cf_in_close(&in);
    }
    assert_int_equal(cf_in_open(&in, "f", &err), 0);
    assert_int_equal(cf_in_slurp(&in, 3, &p, &n, &err), CF_EMEM);
    assert_string_equal(err.msg, "f: larger than 3 bytes");
    cf_in_close(&in);
}

struct feed {
    int fd;
    size_t total;
};

static void *feed(void *arg)
{
    struct feed *f = arg;
    for (size_t i = 0; i < f->total; i++) {
        char c = (char)(i % 251);
        if (write(f->fd, &c, 1) != 1)
            break;
        /* Now and then a pause, so that reads come up short. */
        if (i % 50000 == 0)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    close(f->fd);
    return NULL;
}

/* A pipe, whose size is not known. */
static void test_slurp_pipe(void **state)
{
    (void)state;
    int fd[2], kept = dup(STDIN_FILENO);
    struct cf_in in;
    char *p;
    size_t n;
    pthread_t thread;

    assert_int_equal(pipe(fd), 0);
    dup2(fd[0], STDIN_FILENO);
    close(fd[0]);
    struct feed f = {fd[1], 300000};
    assert_int_equal(pthread_create(&thread, NULL, feed, &f), 0);
    assert_int_equal(cf_in_open(&in, NULL, &err), 0);
    assert_string_equal(in.name, "<stdin>");
    assert_false(in.regular);
    assert_int_equal(cf_in_slurp(&in, SIZE_MAX, &p, &n, &err), 0);
    pthread_join(thread, NULL);
    assert_int_equal(n, f.total);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(p[i], (char)(i % 251));
    free(p);
    cf_in_close(&in);
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0); /* not ours to close */
    dup2(kept, STDIN_FILENO);
    close(kept);
}

/* ( read line; prog ) <f: the rest of f, and nothing to map. */
static void test_stdin_middle(void **state)
{
    (void)state;
    int kept = dup(STDIN_FILENO);
    struct cf_in in;
    char *p;
    size_t n;

    temp_put("f", "line\nrest");
    int fd = open("f", O_RDONLY);
    dup2(fd, STDIN_FILENO);
    close(fd);
    assert_int_equal(lseek(STDIN_FILENO, 5, SEEK_SET), 5);
    assert_int_equal(cf_in_open(&in, "-", &err), 0);
    assert_false(in.regular);
    assert_int_equal(cf_in_slurp(&in, 100, &p, &n, &err), 0);
    assert_int_equal(n, 4);
    assert_memory_equal(p, "rest", 4);
    free(p);
    cf_in_close(&in);
    dup2(kept, STDIN_FILENO);
    close(kept);
}

/* A program started with standard input closed. */
static void test_stdin_closed(void **state)
{
    (void)state;
    int kept = dup(STDIN_FILENO);
    struct cf_in in;
    struct cf_out *out;

    close(STDIN_FILENO);
    int code = cf_in_open(&in, "-", &err);
    temp_put("f", "x");
    close(STDIN_FILENO);
    int code2 = cf_in_open(&in, "f", &err);
    int fd = in.fd;
    cf_in_close(&in);
    int code3 = cf_out_open(&out, "g", &err);
    cf_out_close(out);
    /* None of them has taken its place. */
    bool still = fcntl(STDIN_FILENO, F_GETFD) < 0;
    dup2(kept, STDIN_FILENO);
    close(kept);
    assert_int_equal(code, CF_EIO);
    assert_int_equal(code2, 0);
    assert_true(fd > 2);
    assert_int_equal(code3, 0);
    assert_true(still);
}

/* ---- output ---- */

static struct cf_out *open_out(const char *path)
{
    struct cf_out *out;
    int code = cf_out_open(&out, path, &err);
    if (code)
        print_error("%s\n", err.msg);
    assert_int_equal(code, 0);
    return out;
}

static void write_out(struct cf_out *out, const char *text)
{
    assert_int_equal(cf_out_write(out, text, strlen(text), &err), 0);
}

static void test_write_new(void **state)
{
    (void)state;
    struct cf_out *out = open_out("new");
    write_out(out, "some ");
    write_out(out, "text");
    assert_memory_equal(cf_out_temp(out), ".new.", 5);
    assert_int_equal(access("new", F_OK), -1); /* not before it is whole */
    assert_int_equal(access(cf_out_temp(out), F_OK), 0);
    assert_int_equal(cf_out_commit(out, &err), 0);
    assert_null(cf_out_temp(out));
    cf_out_close(out);
    check_file("new", "some text");
    assert_int_equal(mode_of("new"), 0644);
    assert_int_equal(files(), 1);
}

static void test_write_old(void **state)
{
    (void)state;
    temp_put("old", "before");
    assert_int_equal(chmod("old", 0600), 0);
    struct cf_out *out = open_out("old");
    write_out(out, "after");
    assert_int_equal(cf_out_flush(out, &err), 0);
    check_file("old", "before");
    assert_int_equal(cf_out_commit(out, &err), 0);
    cf_out_close(out);
    check_file("old", "after");
    assert_int_equal(mode_of("old"), 0600);
    assert_int_equal(files(), 1);
}

static void test_write_given_up(void **state)
{
    (void)state;
    temp_put("old", "before");
    struct cf_out *out = open_out("old");
    write_out(out, "half");
    assert_int_equal(cf_out_flush(out, &err), 0);
    cf_out_close(out);
    check_file("old", "before");
    assert_int_equal(files(), 1);
    out = open_out("new");
    cf_out_close(out);
    assert_int_equal(files(), 1);
    cf_out_close(NULL);
}

static void test_write_umask(void **state)
{
    (void)state;
    umask(077);
    struct cf_out *out = open_out("new");
    assert_int_equal(cf_out_commit(out, &err), 0);
    cf_out_close(out);
    assert_int_equal(mode_of("new"), 0600);
    assert_int_equal(umask(022), 077); /* it is as it was */
}

/* Around the size of the buffer, and far above it. */
static void test_write_sizes(void **state)
{
    (void)state;
    enum { BIG = 1000000, BUFFER = 256 * 1024 };
    static const size_t sizes[] = {1,          BUFFER - 1, 0,   BUFFER,
                                   BUFFER + 1, 5,          BIG, 1};
    static char data[BIG];
    struct cf_in in;
    char *p;
    size_t n, total = 0;

    struct cf_out *out = open_out("f");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t j = 0; j < sizes[i]; j++)
            data[j] = (char)((total + j) % 251);
        assert_int_equal(cf_out_write(out, data, sizes[i], &err), 0);
        total += sizes[i];
    }
    assert_int_equal(cf_out_commit(out, &err), 0);
    cf_out_close(out);
    assert_int_equal(cf_in_open(&in, "f", &err), 0);
    assert_int_equal(cf_in_slurp(&in, SIZE_MAX, &p, &n, &err), 0);
    assert_int_equal(n, total);
    for (size_t i = 0; i < n; i++)
        if (p[i] != (char)(i % 251))
            fail_msg("byte %zu differs", i);
    free(p);
    cf_in_close(&in);
}

static void test_write_link(void **state)
{
    (void)state;
    struct stat st;
    assert_int_equal(mkdir("d", 0755), 0);
    temp_put("d/real", "before");
    assert_int_equal(symlink("d/real", "link"), 0);
    struct cf_out *out = open_out("link");
    write_out(out, "after");
    assert_int_equal(cf_out_commit(out, &err), 0);
    cf_out_close(out);
    check_file("d/real", "after");
    assert_int_equal(lstat("link", &st), 0);
    assert_true(S_ISLNK(st.st_mode));

    assert_int_equal(symlink("nowhere", "broken"), 0);
    assert_int_equal(cf_out_open(&out, "broken", &err), CF_EIO);
    assert_null(out);
}

static void *drain(void *arg)
{
    FILE *f = fopen("fifo", "r");
    if (f && !fgets(arg, 10, f))
        *(char *)arg = '\0';
    if (f)
        fclose(f);
    return NULL;
}

static void test_write_fifo(void **state)
{
    (void)state;
    char text[10] = "";
    pthread_t thread;

    assert_int_equal(mkfifo("fifo", 0644), 0);
    assert_int_equal(pthread_create(&thread, NULL, drain, text), 0);
    struct cf_out *out = open_out("fifo");
    assert_null(cf_out_temp(out));
    write_out(out, "through");
    assert_int_equal(cf_out_commit(out, &err), 0);
    cf_out_close(out);
    pthread_join(thread, NULL);
    assert_string_equal(text, "through");
    assert_int_equal(files(), 1);
}

static void test_write_wrong(void **state)
{
    (void)state;
    struct cf_out *out;
    char longer[400];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    temp_put("f", "");
    assert_int_equal(mkdir("d", 0755), 0);
    static const char *const paths[] = {"none/f", "f/g", "none/", ""};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_int_equal(cf_out_open(&out, paths[i], &err), CF_EIO);
        assert_null(out);
    }
    assert_int_equal(cf_out_open(&out, longer, &err), CF_EIO);
    assert_int_equal(cf_out_open(&out, "d", &err), CF_EIO);
    assert_string_equal(err.msg, "cannot write d: is a directory");
    assert_int_equal(files(), 2);

    /* A name that is just short enough has room for no more. */
    longer[255] = '\0';
    out = open_out(longer);
    assert_int_equal(cf_out_commit(out, &err), 0);
    cf_out_close(out);
    assert_int_equal(access(longer, F_OK), 0);
}

static void test_write_forbidden(void **state)
{
    (void)state;
    struct cf_out *out;
    uid_t me = geteuid();
    temp_put("f", "kept");
    assert_int_equal(chmod("f", 0444), 0);
    assert_int_equal(chmod(".", 0777), 0);
    if (me == 0) /* whom nothing is forbidden */
        assert_int_equal(seteuid(65534), 0);
    int code = cf_out_open(&out, "f", &err);
    assert_int_equal(seteuid(me), 0);
    assert_int_equal(code, CF_EIO);
    assert_string_equal(err.msg, "cannot write f: permission denied");
}

static void test_disk_full(void **state)
{
    (void)state;
    struct cf_out *out;
    if (access("/dev/full", W_OK) != 0)
        skip();
    out = open_out("/dev/full");
    write_out(out, "text");
    assert_int_equal(cf_out_commit(out, &err), CF_EIO);
    assert_string_equal(err.msg,
                        "cannot write /dev/full: no space left on device");
    cf_out_close(out);

    /* A failed write is not forgotten. */
    out = open_out("/dev/full");
    write_out(out, "text");
    assert_int_equal(cf_out_flush(out, &err), CF_EIO);
    assert_int_equal(cf_out_flush(out, &err), CF_EIO);
    assert_int_equal(cf_out_commit(out, &err), CF_EIO);
    cf_out_close(out);
}

/* Does work(path) with standard output on path, or closed; returns its code. */
static int on_stdout(const char *path, int flags)
{
    struct cf_out *out;
    fflush(stdout);
    int kept = dup(STDOUT_FILENO), code;
    close(STDOUT_FILENO);
    if (path && open(path, flags, 0644) != STDOUT_FILENO)
        abort();
    code = cf_out_open(&out, NULL, &err);
    if (!code)
        code = cf_out_write(out, "text", 4, &err);
    if (!code)
        code = cf_out_commit(out, &err);
    cf_out_close(out);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    return code;
}

static void test_stdout(void **state)
{
    (void)state;
    assert_int_equal(on_stdout("f", O_WRONLY | O_CREAT), 0);
    check_file("f", "text");
    assert_int_equal(on_stdout(NULL, 0), CF_EIO);
    assert_string_equal(err.msg, "cannot write <stdout>: bad file descriptor");
    assert_int_equal(on_stdout("f", O_RDONLY), CF_EIO);
    assert_string_equal(err.msg, "cannot write <stdout>: bad file descriptor");
    if (access("/dev/full", W_OK) == 0) {
        assert_int_equal(on_stdout("/dev/full", O_WRONLY), CF_EIO);
        assert_string_equal(err.msg,
                            "cannot write <stdout>: no space left on device");
    }
}

/* -o /dev/stdout into a pipe: its real path is no path at all. */
static void test_dev_stdout(void **state)
{
    (void)state;
    int fd[2], kept = dup(STDOUT_FILENO);
    char text[5] = "";
    struct cf_out *out;
    if (access("/dev/stdout", F_OK) != 0)
        skip();
    assert_int_equal(pipe(fd), 0);
    fflush(stdout);
    dup2(fd[1], STDOUT_FILENO);
    close(fd[1]);
    int code = cf_out_open(&out, "/dev/stdout", &err);
    if (!code)
        code = cf_out_write(out, "text", 4, &err);
    if (!code)
        code = cf_out_commit(out, &err);
    cf_out_close(out);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    assert_int_equal(code, 0);
    assert_int_equal(read(fd[0], text, 5), 4);
    assert_memory_equal(text, "text", 4);
    close(fd[0]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter, temp_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_read_file),       TEST(test_read_wrong),
        TEST(test_read_mem),        TEST(test_peek),
        TEST(test_slurp),           TEST(test_slurp_pipe),
        TEST(test_stdin_middle),    TEST(test_stdin_closed),
        TEST(test_write_new),       TEST(test_write_old),
        TEST(test_write_given_up),  TEST(test_write_umask),
        TEST(test_write_sizes),     TEST(test_write_link),
        TEST(test_write_fifo),      TEST(test_write_wrong),
        TEST(test_write_forbidden), TEST(test_disk_full),
        TEST(test_stdout),          TEST(test_dev_stdout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
