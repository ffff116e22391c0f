/*
 * err.h - one error value, filled where the most is known about it.
 *
 * Functions that can fail return 0, or -1 with *err set. The first error
 * wins: later calls leave it alone, so cleanup code can't bury the cause.
 * Nothing below main() prints an error, and nothing below main() exits.
 */
#ifndef MUSTER_ERR_H
#define MUSTER_ERR_H

#include "core/base.h"

/* The values are the exit codes of the program. */
enum err_code {
    ERR_NONE = 0,
    ERR_FAIL = 1,   /* unexpected: memory, internal, database damaged */
    ERR_USAGE = 2,  /* the command line */
    ERR_GATE = 3,   /* a gate said no; reports were written */
    ERR_INPUT = 4,  /* a file could not be used */
    ERR_CONFIG = 5, /* configuration, rule, mapping or template is invalid */
    ERR_OUTPUT = 6, /* output could not be written, or is unsafe to release */
    ERR_BUSY = 7,   /* database busy beyond --wait */
    ERR_STALE = 8   /* newest facts older than --max-age */
};

/* Starts as {0}, which means no error. */
struct err {
    enum err_code code;
    long line;      /* 1-based; 0 when there is no line to speak of */
    long column;    /* 1-based, in characters; 0 when unknown */
    char file[256]; /* input file or rule name; "" when there is none */
    char text[512]; /* one sentence, no newline, no trailing full stop */
    char hint[256]; /* what to try next; "" when there is nothing to say */
};

/* Record an error and return -1, so callers can write "return err_set(...)". */
int err_set(struct err *err, enum err_code code, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* The same with a place. Line and column may be 0. */
int err_at(struct err *err, enum err_code code, const char *file, long line,
           long column, const char *fmt, ...) PRINTF_LIKE(6, 7);

/* Add a hint to an error that has none yet. Returns -1 like err_set(). */
int err_hint(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* "cannot open: No such file or directory", with errno's text; returns -1. */
int err_errno(struct err *err, enum err_code code, const char *file,
              const char *what);

/* Out of memory; returns -1. */
int err_nomem(struct err *err);

/*
 * Print "muster: FILE:LINE:COL: text" and the hint to "out", every byte that a
 * terminal would act on escaped.
 */
void err_print(const struct err *err, FILE *out);

#endif
