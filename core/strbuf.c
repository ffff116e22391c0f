/*
 * strbuf.c - a growing string that is always terminated.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "core/text.h"

/* Room for "n" more bytes and the terminator; false after any failure. */
static bool reserve(struct strbuf *b, size_t n)
{
    size_t cap = b->cap ? b->cap : 64;
    char *p;

    if (b->failed)
        return false;
    if (n > SIZE_MAX / 4 - b->len) {
        b->failed = true;
        return false;
    }
    if (b->len + n + 1 <= b->cap)
        return true;
    while (cap < b->len + n + 1)
        cap *= 2;
    p = realloc(b->data, cap);
    if (!p) {
        b->failed = true;
        return false;
    }
    b->data = p;
    b->cap = cap;
    return true;
}

void strbuf_add(struct strbuf *b, const char *s, size_t n)
{
    if (!reserve(b, n))
        return;
    if (n)
        memcpy(b->data + b->len, s, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void strbuf_adds(struct strbuf *b, const char *s)
{
    strbuf_add(b, s, strlen(s));
}

void strbuf_addc(struct strbuf *b, char c)
{
    strbuf_add(b, &c, 1);
}

void strbuf_addi(struct strbuf *b, int64_t n)
{
    char digits[TEXT_INT];

    strbuf_adds(b, text_int(n, digits));
}

/* Into the room there is; only what does not fit is written a second time. */
void strbuf_addf(struct strbuf *b, const char *fmt, ...)
{
    size_t room = b->failed || !b->data ? 0 : b->cap - b->len;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(room ? b->data + b->len : NULL, room, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n >= room) {
        if (room)
            b->data[b->len] = '\0';
        if (!reserve(b, (size_t)n))
            return;
        va_start(ap, fmt);
        n = vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
        va_end(ap);
    }
    if (n < 0)
        b->failed = true;
    else
        b->len += (size_t)n;
}

void strbuf_reset(struct strbuf *b)
{
    strbuf_truncate(b, 0);
}

void strbuf_truncate(struct strbuf *b, size_t len)
{
    if (len > b->len || !b->data)
        return;
    b->len = len;
    b->data[len] = '\0';
}

const char *strbuf_str(const struct strbuf *b)
{
    return b->data ? b->data : "";
}

bool strbuf_ok(const struct strbuf *b)
{
    return !b->failed;
}

char *strbuf_detach(struct strbuf *b)
{
    char *p;

    if (!reserve(b, 0)) {
        strbuf_free(b);
        return NULL;
    }
    p = b->data;
    p[b->len] = '\0';
    *b = (struct strbuf){0};
    return p;
}

void strbuf_free(struct strbuf *b)
{
    free(b->data);
    *b = (struct strbuf){0};
}
