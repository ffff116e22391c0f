/*
 * base.h - the standard headers, a few attributes, and what is forbidden.
 *
 * Included first by every source file. Functions that overflow, depend on the
 * locale or hide a failure are turned into compile errors by macro (and not by
 * #pragma poison, which also trips over the headers of libraries).
 */
#ifndef MUSTER_BASE_H
#define MUSTER_BASE_H

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

#if defined(__GNUC__)
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define PRINTF_VA(fmt) __attribute__((format(printf, fmt, 0)))
#define MUST_CHECK __attribute__((warn_unused_result))
#else
#define PRINTF_LIKE(fmt, args)
#define PRINTF_VA(fmt)
#define MUST_CHECK
#endif

/* some are macros already, where the headers check buffers */
#undef strcpy
#undef strcat
#undef strncpy
#undef sprintf
#undef strtok
#undef atoi
#undef atol
#undef localtime
#undef gmtime
#undef ctime
#undef system
#undef popen
#define FORBIDDEN(f) sorry_##f##_is_forbidden
#define strcpy(a, b) FORBIDDEN(strcpy)
#define strcat(a, b) FORBIDDEN(strcat)
#define strncpy(a, b, n) FORBIDDEN(strncpy)
#define sprintf(...) FORBIDDEN(sprintf)
#define strtok(a, b) FORBIDDEN(strtok)
#define atoi(a) FORBIDDEN(atoi)
#define atol(a) FORBIDDEN(atol)
#define localtime(a) FORBIDDEN(localtime)
#define gmtime(a) FORBIDDEN(gmtime)
#define ctime(a) FORBIDDEN(ctime)
#define system(a) FORBIDDEN(system)
#define popen(a, b) FORBIDDEN(popen)

#endif
