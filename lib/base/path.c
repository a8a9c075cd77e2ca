/* path.c - names of files. */
#include "base/path.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool same_inode(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The directory that a path is in. */
static bool look_at_directory(const char *path, struct stat *st)
{
    char *dir = strdup(path);

    if (!dir)
        return false;
    dir[last_name(path) - path] = '\0';
    bool there = stat(*dir ? dir : ".", st) == 0;
    free(dir);
    return there;
}

bool cf_path_same(const char *a, const char *b)
{
    struct stat sa, sb;

    if (stat(a, &sa) == 0 && stat(b, &sb) == 0)
        return same_inode(&sa, &sb) && !S_ISCHR(sa.st_mode);
    return !strcmp(last_name(a), last_name(b)) && look_at_directory(a, &sa) &&
           look_at_directory(b, &sb) && same_inode(&sa, &sb);
}
