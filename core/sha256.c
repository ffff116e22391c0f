/*
 * sha256.c - digests of files and texts, in hexadecimal (by Nettle).
 */
#include "core/base.h"

#include "core/sha256.h"

void sha256_hex(struct sha256_ctx *ctx, char out[SHA256_HEX])
{
    static const char digit[] = "0123456789abcdef";
    uint8_t raw[SHA256_DIGEST_SIZE];
    size_t i;

    sha256_digest(ctx, sizeof(raw), raw);
    for (i = 0; i < sizeof(raw); i++) {
        out[2 * i] = digit[raw[i] >> 4];
        out[2 * i + 1] = digit[raw[i] & 15];
    }
    out[2 * sizeof(raw)] = '\0';
}

void sha256_text(const void *data, size_t n, char out[SHA256_HEX])
{
    struct sha256_ctx ctx;

    sha256_init(&ctx);
    sha256_update(&ctx, n, data);
    sha256_hex(&ctx, out);
}

int sha256_file(const char *path, enum err_code code, char out[SHA256_HEX],
                int64_t *bytes, struct err *err)
{
    struct sha256_ctx ctx;
    unsigned char buf[65536];
    FILE *f = fopen(path, "rb");
    size_t n;

    if (!f)
        return err_errno(err, code, path, "cannot open");
    sha256_init(&ctx);
    *bytes = 0;
    while ((n = fread(buf, 1, sizeof(buf), f)) > 0) {
        sha256_update(&ctx, n, buf);
        *bytes += (int64_t)n;
    }
    if (ferror(f)) {
        err_errno(err, code, path, "cannot read");
        fclose(f);
        return -1;
    }
    fclose(f);
    sha256_hex(&ctx, out);
    return 0;
}
