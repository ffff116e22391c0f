/*
 * sha256.h - digests of files and texts, in hexadecimal.
 */
#ifndef MUSTER_SHA256_H
#define MUSTER_SHA256_H

#include "core/err.h"

#include <nettle/sha2.h>

#define SHA256_HEX 65 /* with the terminator */

/* Streaming: sha256_init() and sha256_update() are Nettle's own
 * (nettle_sha256_init, nettle_sha256_update); this ends one as text. */
void sha256_hex(struct sha256_ctx *ctx, char out[SHA256_HEX]);

void sha256_text(const void *data, size_t n, char out[SHA256_HEX]);

/* Digest and size of a file; -1 with err (code "code") where unreadable. */
int sha256_file(const char *path, enum err_code code, char out[SHA256_HEX],
                int64_t *bytes, struct err *err) MUST_CHECK;

#endif
