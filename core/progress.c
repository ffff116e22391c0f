/*
 * progress.c - one line on a terminal that says how far a file is read.
 */
#include "core/base.h"

#include "core/progress.h"
#include "core/text.h"

#include <unistd.h>

bool progress_possible(bool wanted)
{
    const char *term = getenv("TERM");

    return wanted && isatty(STDERR_FILENO) && !getenv("CI") &&
           !(term && strcmp(term, "dumb") == 0);
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void progress_start(struct progress *p, bool on, const char *label,
                    int64_t total)
{
    const char *slash = strrchr(label, '/');

    *p = (struct progress){on, slash ? slash + 1 : label, total, 0};
}

void progress_update(struct progress *p, int64_t bytes, int64_t records,
                     int64_t rejected)
{
    int64_t now;

    if (!p->on)
        return;
    now = now_ms();
    if (now - p->drawn_ms < 100)
        return;
    p->drawn_ms = now;
    fputs("\r\033[K", stderr);
    text_print_safe(p->label, stderr);
    fprintf(stderr, ": %.1f", (double)bytes / 1e6);
    if (p->total > 0)
        fprintf(stderr, " of %.1f", (double)p->total / 1e6);
    fprintf(stderr, " MB, %lld records, %lld rejected", (long long)records,
            (long long)rejected);
    fflush(stderr);
}

void progress_end(struct progress *p)
{
    if (p->on && p->drawn_ms)
        fputs("\r\033[K", stderr);
    p->on = false;
}
