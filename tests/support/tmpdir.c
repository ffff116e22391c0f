/*
 * tmpdir.c - a folder for one test, gone when it ends.
 */
#include "core/base.h"

#include "tests/support/tmpdir.h"

#include <check.h>
#include <dirent.h>
#include <unistd.h>

static char folder[512];

const char *tmpdir_make(void)
{
    const char *base = getenv("TMPDIR");

    snprintf(folder, sizeof(folder), "%s/muster-test-XXXXXX",
             base && base[0] ? base : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    return folder;
}

const char *tmpdir_path(const char *name)
{
    static char out[8][800];
    static size_t at;

    at = (at + 1) % COUNT_OF(out);
    snprintf(out[at], sizeof(out[at]), "%s/%s", folder, name);
    return out[at];
}

const char *tmpdir_file(const char *name, const char *text)
{
    const char *path = tmpdir_path(name);
    FILE *f = fopen(path, "wb");

    ck_assert_ptr_nonnull(f);
    ck_assert_int_ge(fputs(text, f), 0);
    ck_assert_int_eq(fclose(f), 0);
    return path;
}

static void empty(const char *dir, int depth)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    char path[1200];

    if (!d)
        return;
    while ((e = readdir(d))) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
        if (unlink(path) != 0 && depth < 2)
            empty(path, depth + 1);
    }
    closedir(d);
    rmdir(dir);
}

void tmpdir_remove(void)
{
    if (folder[0])
        empty(folder, 0);
    folder[0] = '\0';
}
