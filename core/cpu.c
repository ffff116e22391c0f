/*
 * cpu.c - how much computing was done.
 */
#include "core/base.h"

#include "core/cpu.h"

#include <sys/resource.h>

double cpu_seconds(void)
{
    struct rusage used;

    if (getrusage(RUSAGE_SELF, &used) < 0)
        return 0;
    return (double)used.ru_utime.tv_sec + (double)used.ru_utime.tv_usec / 1e6;
}
