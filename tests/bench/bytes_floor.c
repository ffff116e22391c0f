/*
 * bytes_floor.c - what it costs in C to write the bytes of a report.
 *
 *     bytes_floor OUTDIR FILE...
 *
 * Writes each file again into OUTDIR as a writer has to that escapes: piece
 * by piece, every byte looked at once for the characters that CSV, HTML and
 * JSON must treat, through a buffer of 256 KiB. Nothing is read from a
 * database and nothing is decided: no writer of the same bytes does less.
 *
 * Exit status: 0, 1 a file could not be read or written, 2 usage.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct buffer {
    FILE *f;
    size_t n;
    char bytes[1 << 18];
};

static _Noreturn void fail(const char *what, const char *name)
{
    fprintf(stderr, "bytes_floor: cannot %s %s\n", what, name);
    exit(1);
}

static void put(struct buffer *b, const char *s, size_t n, const char *name)
{
    if (b->n + n > sizeof b->bytes) {
        if (fwrite(b->bytes, 1, b->n, b->f) != b->n)
            fail("write", name);
        b->n = 0;
    }
    if (n > sizeof b->bytes) {
        if (fwrite(s, 1, n, b->f) != n)
            fail("write", name);
        return;
    }
    memcpy(b->bytes + b->n, s, n);
    b->n += n;
}

/* One piece at a time, each ending with a character an escaper stops at. */
static void write_again(struct buffer *b, const char *s, size_t n,
                        const char *name)
{
    static const char special[] = ",\"'<>&\\\r\n";
    bool stop[256] = {false};
    size_t i, from = 0;

    for (i = 0; special[i]; i++)
        stop[(unsigned char)special[i]] = true;
    for (i = 0; i < n; i++) {
        if (!stop[(unsigned char)s[i]])
            continue;
        put(b, s + from, i + 1 - from, name);
        from = i + 1;
    }
    put(b, s + from, n - from, name);
}

static char *read_whole(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    long size;
    char *s;

    if (!f || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0)
        fail("read", path);
    rewind(f);
    s = malloc((size_t)size + 1);
    if (!s || fread(s, 1, (size_t)size, f) != (size_t)size)
        fail("read", path);
    fclose(f);
    *n = (size_t)size;
    return s;
}

static void copy(const char *dir, const char *path)
{
    static struct buffer b;
    const char *name = strrchr(path, '/');
    char target[4096], *s;
    size_t n;
    int len;

    name = name ? name + 1 : path;
    len = snprintf(target, sizeof target, "%s/%s", dir, name);
    if (len < 0 || (size_t)len >= sizeof target)
        fail("name", path);
    s = read_whole(path, &n);
    b.f = fopen(target, "wb");
    b.n = 0;
    if (!b.f)
        fail("write", target);
    write_again(&b, s, n, target);
    if (fwrite(b.bytes, 1, b.n, b.f) != b.n || fclose(b.f) != 0)
        fail("write", target);
    free(s);
}

int main(int argc, char **argv)
{
    int i;

    if (argc < 3) {
        fputs("usage: bytes_floor OUTDIR FILE...\n", stderr);
        return 2;
    }
    for (i = 2; i < argc; i++)
        copy(argv[1], argv[i]);
    return 0;
}
