/*
 * base64.c - bytes that travel as text, by Nettle.
 */
#include "core/base.h"

#include "ingest/base64.h"

#include <nettle/base64.h>

char *base64_decode(const char *s, size_t n, size_t *len)
{
    struct base64_decode_ctx ctx;
    uint8_t *out = malloc(BASE64_DECODE_LENGTH(n) + 1);

    if (!out)
        return NULL;
    nettle_base64_decode_init(&ctx);
    if (!nettle_base64_decode_update(&ctx, len, out, n, s) ||
        !nettle_base64_decode_final(&ctx)) {
        free(out);
        return NULL;
    }
    return (char *)out;
}
