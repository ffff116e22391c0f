/*
 * strbuf.h - a growing string that is always terminated.
 *
 * Starts as {0}. Growing can fail only for want of memory, which is remembered
 * in "failed": build the whole text, then ask once with strbuf_ok(). After a
 * failure every further call is a no-op. The owner calls strbuf_free().
 */
#ifndef MUSTER_STRBUF_H
#define MUSTER_STRBUF_H

#include "core/base.h"

struct strbuf {
    char *data; /* NULL until the first byte; else NUL-terminated */
    size_t len;
    size_t cap;
    bool failed;
};

void strbuf_add(struct strbuf *b, const char *s, size_t n);
void strbuf_adds(struct strbuf *b, const char *s);
void strbuf_addc(struct strbuf *b, char c);
void strbuf_addi(struct strbuf *b, int64_t n); /* in decimal */
void strbuf_addf(struct strbuf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Forget the text, keep the memory. */
void strbuf_reset(struct strbuf *b);
void strbuf_truncate(struct strbuf *b, size_t len);

/* The text; "" where nothing was added. Borrowed until the next change. */
const char *strbuf_str(const struct strbuf *b);

/* True where every addition so far succeeded. */
bool strbuf_ok(const struct strbuf *b);

/* Hand the text to the caller, who frees it; NULL after a failure. */
char *strbuf_detach(struct strbuf *b);

void strbuf_free(struct strbuf *b);

#endif
