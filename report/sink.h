/*
 * sink.h - bytes on their way into a file, through one large buffer.
 *
 * A failed write shows in ferror() of the file, which report/publish.c asks
 * for before it takes the file as written.
 */
#ifndef MUSTER_SINK_H
#define MUSTER_SINK_H

#include "core/base.h"

#include "core/err.h"

#define SINK_SIZE 65536

struct sink {
    FILE *file;
    size_t len;
    char data[SINK_SIZE];
};

/* NULL for want of memory. */
struct sink *sink_open(FILE *file, struct err *err);
/* Writes what is left and frees it; NULL is none. */
void sink_close(struct sink *s);
void sink_flush(struct sink *s);

/* The slow half of sink_add(): what does not fit. */
void sink_add_long(struct sink *s, const char *p, size_t n);

static inline void sink_add(struct sink *s, const char *p, size_t n)
{
    if (n > SINK_SIZE - s->len) {
        sink_add_long(s, p, n);
        return;
    }
    memcpy(s->data + s->len, p, n);
    s->len += n;
}

static inline void sink_addc(struct sink *s, char c)
{
    if (s->len == SINK_SIZE)
        sink_flush(s);
    s->data[s->len++] = c;
}

static inline void sink_adds(struct sink *s, const char *p)
{
    sink_add(s, p, strlen(p));
}

void sink_int(struct sink *s, int64_t v);

/* A share such as 0.9640: four decimals whatever the locale. */
void sink_share(struct sink *s, double v);

/* 2026-11-01T09:14:00Z, or "never" for 0. */
void sink_time(struct sink *s, int64_t t);

/* Text as a JSON string with its quotes; invalid UTF-8 becomes U+FFFD. */
void sink_json(struct sink *s, const char *p, size_t n);

#endif
