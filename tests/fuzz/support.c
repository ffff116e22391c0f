/*
 * support.c - files in memory for the readers, and the end of a run.
 */
#define _GNU_SOURCE /* memfd_create */
#include "core/base.h"

#include "core/commands.h"
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

/* The targets have no front door of their own. */
int command_signal(void)
{
    return 0;
}

void fuzz_promise(bool ok, const char *what, const char *detail)
{
    if (ok)
        return;
    fprintf(stderr, "broken promise: %s: %s\n", what, detail);
    abort();
}

const char *fuzz_file(const uint8_t *data, size_t n)
{
    static char path[64];
    static int fd = -1;

    if (fd < 0) {
        fd = memfd_create("input", 0);
        fuzz_promise(fd >= 0, "a file in memory", strerror(errno));
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    }
    fuzz_promise(ftruncate(fd, 0) == 0 && pwrite(fd, data, n, 0) == (ssize_t)n,
                 "a file in memory", strerror(errno));
    return path;
}
