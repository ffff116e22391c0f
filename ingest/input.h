/*
 * input.h - the bytes of a file as UTF-8 text, and what they were before.
 *
 * Files are read once, front to back, in memory that does not grow. A byte
 * order mark is dropped; UTF-16 and Windows-1252 are decoded; text that is not
 * what it says it is, NUL bytes and archives are refused with the place. The
 * digest is over the bytes as they were read.
 */
#ifndef MUSTER_INPUT_H
#define MUSTER_INPUT_H

#include "core/err.h"
#include "core/sha256.h"

struct input;

#define INPUT_HEAD ((size_t)256 * 1024)

/*
 * Open "path" ("-" is standard input). "name" is what messages call it.
 * "encoding" is NULL (by byte order mark, else UTF-8), "utf-8", "utf-16",
 * "utf-16le", "utf-16be" or "windows-1252". Returns NULL with *err set; the
 * caller frees with input_close().
 */
struct input *input_open(const char *path, const char *name,
                         const char *encoding, struct err *err);
void input_close(struct input *in); /* NULL is fine */

/*
 * The first INPUT_HEAD bytes of decoded text (fewer where the file is
 * shorter), without consuming them. Valid until input_close().
 */
const char *input_head(const struct input *in, size_t *n);

/* The next bytes, at most "n" (which is at least 4096); 0 at the end. */
int input_read(struct input *in, char *buf, size_t n, size_t *got,
               struct err *err) MUST_CHECK;

/* The whole of a small file, as it is (binary property lists); the caller
 * frees. Above "limit" bytes it is an error. */
char *input_all(struct input *in, size_t limit, size_t *n, struct err *err);

const char *input_name(const struct input *in);
/* "utf-8", "utf-8 with byte order mark", "utf-16le", ..., "binary" */
const char *input_encoding(const struct input *in);
bool input_is_binary(const struct input *in); /* a binary property list */
int64_t input_size(const struct input *in);   /* 0 where unknown */
int64_t input_bytes(const struct input *in);  /* read so far */
void input_digest(struct input *in, char out[SHA256_HEX]); /* at the end */

/* Whether the name is one that "encoding" above takes. */
bool input_encoding_known(const char *name);

#endif
