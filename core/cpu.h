/*
 * cpu.h - how much computing was done, for those who measure.
 *
 * Told on a terminal when asked for, and never a part of a result.
 */
#ifndef MUSTER_CPU_H
#define MUSTER_CPU_H

/* Seconds of user CPU time of this process so far; it only grows. */
double cpu_seconds(void);

#endif
