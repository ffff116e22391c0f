/*
 * sink.c - bytes on their way into a file.
 */
#include "core/base.h"

#include "core/text.h"
#include "core/when.h"
#include "report/sink.h"

struct sink *sink_open(FILE *file, struct err *err)
{
    struct sink *s = malloc(sizeof(*s));

    if (!s) {
        err_nomem(err);
        return NULL;
    }
    s->file = file;
    s->len = 0;
    return s;
}

void sink_close(struct sink *s)
{
    if (s)
        sink_flush(s);
    free(s);
}

void sink_flush(struct sink *s)
{
    if (s->len)
        fwrite(s->data, 1, s->len, s->file);
    s->len = 0;
}

void sink_add_long(struct sink *s, const char *p, size_t n)
{
    sink_flush(s);
    if (n >= SINK_SIZE) {
        fwrite(p, 1, n, s->file);
        return;
    }
    memcpy(s->data, p, n);
    s->len = n;
}

void sink_int(struct sink *s, int64_t v)
{
    char digits[TEXT_INT];

    sink_adds(s, text_int(v, digits));
}

void sink_share(struct sink *s, double v)
{
    int64_t n = (int64_t)(v * 10000 + (v < 0 ? -0.5 : 0.5));
    char out[5];

    if (n < 0) {
        sink_addc(s, '-');
        n = -n;
    }
    sink_int(s, n / 10000);
    out[0] = '.';
    out[1] = (char)('0' + n / 1000 % 10);
    out[2] = (char)('0' + n / 100 % 10);
    out[3] = (char)('0' + n / 10 % 10);
    out[4] = (char)('0' + n % 10);
    sink_add(s, out, sizeof(out));
}

void sink_time(struct sink *s, int64_t t)
{
    char out[32];

    if (t == 0) {
        sink_add(s, "never", 5);
        return;
    }
    when_format(t, out, sizeof(out));
    sink_adds(s, out);
}

/* One byte that JSON wants escaped. */
static void json_escape(struct sink *s, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    char out[6] = {'\\', 'u', '0', '0', 0, 0};

    switch (c) {
    case '"':
    case '\\':
        sink_addc(s, '\\');
        sink_addc(s, (char)c);
        return;
    case '\n':
        sink_add(s, "\\n", 2);
        return;
    case '\r':
        sink_add(s, "\\r", 2);
        return;
    case '\t':
        sink_add(s, "\\t", 2);
        return;
    default:
        out[4] = hex[c >> 4];
        out[5] = hex[c & 15];
        sink_add(s, out, sizeof(out));
    }
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether JSON takes eight bytes as they are. It may say no of such as have a
 * neighbour that it does not take. */
static bool json_plain_eight(const char *p)
{
    uint64_t w, quote, slash, del;

    memcpy(&w, p, sizeof(w));
    quote = w ^ EACH('"');
    slash = w ^ EACH('\\');
    del = w ^ EACH(0x7f);
    return !((w | (w - EACH(0x20)) | (quote - EACH(1)) | (slash - EACH(1)) |
              (del - EACH(1))) &
             EACH(0x80));
}

/* Bytes from "p" that JSON takes as they are. */
static size_t json_plain(const char *p, size_t n)
{
    size_t i = 0;

    while (i + 8 <= n && json_plain_eight(p + i))
        i += 8;
    for (; i < n; i++) {
        unsigned char c = (unsigned char)p[i];

        if (c < 0x20 || c == '"' || c == '\\' || c >= 0x7f)
            break;
    }
    return i;
}

void sink_json(struct sink *s, const char *p, size_t n)
{
    size_t i = 0, step;
    uint32_t cp;

    sink_addc(s, '"');
    while (i < n) {
        step = json_plain(p + i, n - i);
        sink_add(s, p + i, step);
        i += step;
        if (i == n)
            break;
        if ((unsigned char)p[i] < 0x80) {
            json_escape(s, (unsigned char)p[i++]);
            continue;
        }
        step = utf8_decode(p + i, n - i, &cp);
        if (step == 0)
            sink_add(s, "\xef\xbf\xbd", 3);
        else
            sink_add(s, p + i, step);
        i += step ? step : 1;
    }
    sink_addc(s, '"');
}
