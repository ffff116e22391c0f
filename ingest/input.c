/*
 * input.c - the bytes of a file as UTF-8 text.
 *
 * UTF-8, the usual case, is read straight into the caller's buffer and only
 * checked; the other encodings pass through a small buffer of raw bytes.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "core/text.h"
#include "ingest/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum encoding { ENC_UTF8, ENC_UTF16LE, ENC_UTF16BE, ENC_1252, ENC_BINARY };

#define RAW_SIZE ((size_t)32 * 1024)

struct input {
    int fd;
    char *name;
    enum encoding enc;
    bool marked;         /* had a byte order mark */
    bool ended;          /* read() has said so */
    int64_t size, bytes; /* of the file; read so far */
    int64_t lines;       /* line ends in the text handed out */
    struct sha256_ctx sha;
    unsigned char part[4]; /* a sequence cut by the end of a read */
    size_t part_len;
    struct strbuf head; /* decoded; handed out first */
    size_t head_at;
    unsigned char *raw; /* not yet decoded (not UTF-8) */
    size_t raw_len;
};

static const struct {
    const char *name;
    enum encoding enc;
} encodings[] = {{"utf-8", ENC_UTF8},       {"utf8", ENC_UTF8},
                 {"utf-16", ENC_UTF16LE},   {"utf-16le", ENC_UTF16LE},
                 {"utf-16be", ENC_UTF16BE}, {"windows-1252", ENC_1252},
                 {"cp1252", ENC_1252}};

bool input_encoding_known(const char *name)
{
    size_t i;

    for (i = 0; i < COUNT_OF(encodings); i++)
        if (ascii_casecmp(name, encodings[i].name) == 0)
            return true;
    return false;
}

static int64_t count_lines(const char *s, size_t n)
{
    const char *p = s, *end = s + n;
    int64_t lines = 0;

    while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        lines++;
        p++;
    }
    return lines;
}

/* The place of an offset in the text that is being handed out. */
static int bad_byte(const struct input *in, const char *s, size_t at,
                    struct err *err)
{
    long line = (long)(in->lines + count_lines(s, at)) + 1;
    unsigned char c = (unsigned char)s[at];

    if (c == 0)
        err_at(err, ERR_INPUT, in->name, line, 0,
               "holds a NUL byte, so it is no text in UTF-8");
    else
        err_at(err, ERR_INPUT, in->name, line, 0,
               "byte 0x%02X is not valid UTF-8", c);
    return err_hint(err, "name the encoding: --encoding windows-1252, utf-16le "
                         "or utf-16be");
}

/* Finish the sequence that the last read cut. The number of bytes it took
 * from "s", or -1. */
static int finish_part(struct input *in, const char *s, size_t n)
{
    uint32_t cp;
    int took = 0;
    size_t len;

    while (in->part_len > 0 && (size_t)took < n && in->part_len < 4) {
        in->part[in->part_len++] = (unsigned char)s[took++];
        len = utf8_decode((const char *)in->part, in->part_len, &cp);
        if (len == in->part_len)
            in->part_len = 0;
        else if (((unsigned char)s[took - 1] & 0xc0) != 0x80)
            return -1;
    }
    return in->part_len == 4 ? -1 : took;
}

static bool may_continue(const char *s, size_t n)
{
    static const unsigned char lead[] = {0xc2, 0xe0, 0xf0};
    unsigned char c = (unsigned char)s[0];
    size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2, i;

    if (c < lead[0] || c > 0xf4 || n >= need)
        return false;
    for (i = 1; i < n; i++)
        if (((unsigned char)s[i] & 0xc0) != 0x80)
            return false;
    return true;
}

/* The offset of the first byte that is not ASCII. */
static size_t skip_ascii(const char *s, size_t i, size_t n)
{
    uint64_t word;

    for (; i + 8 <= n; i += 8) {
        memcpy(&word, s + i, 8);
        if (word & 0x8080808080808080u)
            break;
    }
    while (i < n && (unsigned char)s[i] < 0x80)
        i++;
    return i;
}

static int check_text(struct input *in, const char *s, size_t n,
                      struct err *err)
{
    const char *nul = memchr(s, 0, n);
    int took = finish_part(in, s, n);
    size_t i, len;
    uint32_t cp;

    if (nul)
        return bad_byte(in, s, (size_t)(nul - s), err);
    if (took < 0)
        return bad_byte(in, s, 0, err);
    for (i = skip_ascii(s, (size_t)took, n); i < n; i = skip_ascii(s, i, n)) {
        len = utf8_decode(s + i, n - i, &cp);
        if (len == 0 && may_continue(s + i, n - i)) {
            in->part_len = n - i;
            memcpy(in->part, s + i, n - i);
            return 0;
        }
        if (len == 0)
            return bad_byte(in, s, i, err);
        i += len;
    }
    return 0;
}

/* Raw bytes, digested. */
static int read_raw(struct input *in, void *buf, size_t n, size_t *got,
                    struct err *err)
{
    ssize_t r;

    *got = 0;
    if (in->ended)
        return 0;
    do
        r = read(in->fd, buf, n);
    while (r < 0 && errno == EINTR);
    if (r < 0)
        return err_errno(err, ERR_INPUT, in->name, "cannot read");
    if (r == 0)
        in->ended = true;
    nettle_sha256_update(&in->sha, (size_t)r, buf);
    in->bytes += r;
    *got = (size_t)r;
    return 0;
}

static int read_utf8(struct input *in, char *buf, size_t n, size_t *got,
                     struct err *err)
{
    if (read_raw(in, buf, n, got, err) < 0)
        return -1;
    if (*got == 0 && in->part_len > 0)
        return err_at(err, ERR_INPUT, in->name, (long)in->lines + 1, 0,
                      "ends inside a character; the file is cut off");
    if (check_text(in, buf, *got, err) < 0)
        return -1;
    in->lines += count_lines(buf, *got);
    return 0;
}

/* 0x80 to 0x9f of Windows-1252; 0 is not assigned. */
static const uint16_t high_1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
    0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

/* One character from raw bytes: its length, 0 where more are needed, -1. */
static int decode(enum encoding enc, const unsigned char *s, size_t n,
                  uint32_t *cp)
{
    uint32_t a, b;
    size_t hi = enc == ENC_UTF16BE ? 0 : 1;

    if (enc == ENC_1252) {
        *cp = s[0] >= 0x80 && s[0] < 0xa0 ? high_1252[s[0] - 0x80] : s[0];
        return *cp ? 1 : -1;
    }
    if (n < 2)
        return 0;
    a = (uint32_t)s[hi] << 8 | s[1 - hi];
    if (a == 0 || (a >= 0xdc00 && a <= 0xdfff))
        return -1;
    *cp = a;
    if (a < 0xd800 || a > 0xdbff)
        return 2;
    if (n < 4)
        return 0;
    b = (uint32_t)s[2 + hi] << 8 | s[3 - hi];
    if (b < 0xdc00 || b > 0xdfff)
        return -1;
    *cp = 0x10000 + ((a - 0xd800) << 10) + (b - 0xdc00);
    return 4;
}

/* Decode what fits into "buf" (a character takes at most four bytes). */
static int decode_some(struct input *in, char *buf, size_t n, size_t *got,
                       struct err *err)
{
    struct strbuf one = {0};
    size_t at = 0;
    uint32_t cp;
    int len;

    *got = 0;
    while (at < in->raw_len && *got + 4 <= n) {
        len = decode(in->enc, in->raw + at, in->raw_len - at, &cp);
        if (len < 0) {
            strbuf_free(&one);
            return err_at(err, ERR_INPUT, in->name, (long)in->lines + 1, 0,
                          "byte 0x%02X does not fit the encoding %s",
                          in->raw[at], input_encoding(in));
        }
        if (len == 0)
            break;
        if (cp < 0x80) {
            buf[(*got)++] = (char)cp;
            in->lines += cp == '\n';
        } else {
            strbuf_reset(&one);
            utf8_append(&one, cp);
            memcpy(buf + *got, strbuf_str(&one), one.len);
            *got += one.len;
        }
        at += (size_t)len;
    }
    strbuf_free(&one);
    in->raw_len -= at;
    memmove(in->raw, in->raw + at, in->raw_len);
    return 0;
}

static int read_decoded(struct input *in, char *buf, size_t n, size_t *got,
                        struct err *err)
{
    size_t more = 0;

    *got = 0;
    while (*got == 0) {
        if (read_raw(in, in->raw + in->raw_len, RAW_SIZE - in->raw_len, &more,
                     err) < 0)
            return -1;
        in->raw_len += more;
        if (in->raw_len == 0)
            return 0;
        if (decode_some(in, buf, n, got, err) < 0)
            return -1;
        if (*got == 0 && in->ended)
            return err_at(err, ERR_INPUT, in->name, (long)in->lines + 1, 0,
                          "ends inside a character; the file is cut off");
    }
    return 0;
}

static int read_text(struct input *in, char *buf, size_t n, size_t *got,
                     struct err *err)
{
    if (in->enc == ENC_BINARY)
        return read_raw(in, buf, n, got, err);
    if (in->enc == ENC_UTF8)
        return read_utf8(in, buf, n, got, err);
    return read_decoded(in, buf, n, got, err);
}

static int refuse_archives(const struct input *in, const unsigned char *s,
                           size_t n, struct err *err)
{
    static const struct {
        const char *magic;
        size_t n;
        const char *what, *hint;
    } kinds[] = {
        {"\x1f\x8b", 2, "is compressed by gzip", "unpack it with gunzip"},
        {"PK\x03\x04", 4, "is a ZIP archive or a workbook",
         "unpack it, or save the sheet as CSV"},
        {"BZh", 3, "is compressed by bzip2", "unpack it with bunzip2"},
        {"\xfd"
         "7zXZ",
         5, "is compressed by xz", "unpack it with unxz"},
        {"\x28\xb5\x2f\xfd", 4, "is compressed by zstd", "unpack it first"},
        {"SQLite format 3", 15, "is a database", "export its tables as CSV"},
        {"%PDF-", 5, "is a PDF document", "export the data as CSV or JSON"}};
    size_t i;

    for (i = 0; i < COUNT_OF(kinds); i++) {
        if (n >= kinds[i].n && memcmp(s, kinds[i].magic, kinds[i].n) == 0) {
            err_at(err, ERR_INPUT, in->name, 0, 0, "%s", kinds[i].what);
            return err_hint(err, "%s", kinds[i].hint);
        }
    }
    return 0;
}

/* The encoding by mark and by name; returns the bytes of the mark. */
static int find_encoding(struct input *in, const unsigned char *s, size_t n,
                         const char *asked, struct err *err)
{
    size_t i;

    in->marked = true;
    if (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
        in->enc = ENC_UTF8;
        return 3;
    }
    if (n >= 2 && s[0] == 0xff && s[1] == 0xfe) {
        in->enc = ENC_UTF16LE;
        return 2;
    }
    if (n >= 2 && s[0] == 0xfe && s[1] == 0xff) {
        in->enc = ENC_UTF16BE;
        return 2;
    }
    in->marked = false;
    if (n >= 6 && memcmp(s, "bplist", 6) == 0)
        in->enc = ENC_BINARY;
    for (i = 0; asked && i < COUNT_OF(encodings); i++)
        if (ascii_casecmp(asked, encodings[i].name) == 0)
            in->enc = encodings[i].enc;
    if (asked && ascii_casecmp(asked, "utf-16") == 0) {
        err_at(err, ERR_INPUT, in->name, 0, 0,
               "has no byte order mark, so UTF-16 could be read two ways");
        return err_hint(err, "say --encoding utf-16le or utf-16be");
    }
    return 0;
}

static int start(struct input *in, const char *encoding, struct err *err)
{
    size_t got = 0, n = 0;
    int mark;

    in->raw = malloc(RAW_SIZE + 8);
    if (!in->raw)
        return err_nomem(err);
    do {
        if (read_raw(in, in->raw + n, RAW_SIZE - n, &got, err) < 0)
            return -1;
        n += got;
    } while (got > 0 && n < 16);
    if (n == 0)
        return err_at(err, ERR_INPUT, in->name, 0, 0, "is empty");
    if (refuse_archives(in, in->raw, n, err) < 0)
        return -1;
    mark = find_encoding(in, in->raw, n, encoding, err);
    if (mark < 0)
        return -1;
    in->raw_len = n - (size_t)mark;
    memmove(in->raw, in->raw + mark, in->raw_len);
    return 0;
}

/* Fill the head with text: what start() read, then more. */
static int fill_head(struct input *in, struct err *err)
{
    char *buf = malloc(INPUT_HEAD);
    size_t n = 0, got = 0;
    int rc = 0;

    if (!buf)
        return err_nomem(err);
    if (in->enc == ENC_UTF8 || in->enc == ENC_BINARY) {
        memcpy(buf, in->raw, in->raw_len);
        n = in->raw_len;
        in->raw_len = 0;
        if (in->enc == ENC_UTF8) {
            rc = check_text(in, buf, n, err);
            in->lines += rc == 0 ? count_lines(buf, n) : 0;
        }
    }
    while (rc == 0 && n + 4096 <= INPUT_HEAD) {
        rc = read_text(in, buf + n, INPUT_HEAD - n, &got, err);
        if (got == 0)
            break;
        n += got;
    }
    strbuf_add(&in->head, buf, n);
    free(buf);
    if (rc == 0 && !strbuf_ok(&in->head))
        rc = err_nomem(err);
    return rc;
}

static int open_file(struct input *in, const char *path, struct err *err)
{
    struct stat st;

    in->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO)
                                    : open(path, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0)
        return err_errno(err, ERR_INPUT, in->name, "cannot open");
    if (fstat(in->fd, &st) != 0)
        return err_errno(err, ERR_INPUT, in->name, "cannot read");
    if (S_ISDIR(st.st_mode))
        return err_at(err, ERR_INPUT, in->name, 0, 0, "is a folder");
    if (S_ISREG(st.st_mode))
        in->size = st.st_size;
    return 0;
}

struct input *input_open(const char *path, const char *name,
                         const char *encoding, struct err *err)
{
    struct input *in = calloc(1, sizeof(*in));

    if (!in) {
        err_nomem(err);
        return NULL;
    }
    in->fd = -1;
    in->name = strdup(name);
    nettle_sha256_init(&in->sha);
    if (!in->name)
        err_nomem(err);
    else if (encoding && !input_encoding_known(encoding))
        err_set(err, ERR_USAGE, "unknown encoding \"%s\"", encoding);
    else if (open_file(in, path, err) == 0 && start(in, encoding, err) == 0 &&
             fill_head(in, err) == 0)
        return in;
    input_close(in);
    return NULL;
}

void input_close(struct input *in)
{
    if (!in)
        return;
    if (in->fd >= 0)
        close(in->fd);
    strbuf_free(&in->head);
    free(in->raw);
    free(in->name);
    free(in);
}

const char *input_head(const struct input *in, size_t *n)
{
    *n = in->head.len;
    return strbuf_str(&in->head);
}

int input_read(struct input *in, char *buf, size_t n, size_t *got,
               struct err *err)
{
    size_t left = in->head.len - in->head_at;

    if (left == 0)
        return read_text(in, buf, n, got, err);
    *got = left < n ? left : n;
    memcpy(buf, in->head.data + in->head_at, *got);
    in->head_at += *got;
    return 0;
}

char *input_all(struct input *in, size_t limit, size_t *n, struct err *err)
{
    struct strbuf all = {0};
    char *buf = malloc(65536);
    size_t got = 1;

    while (buf && got > 0) {
        if (input_read(in, buf, 65536, &got, err) < 0)
            break;
        strbuf_add(&all, buf, got);
        if (all.len > limit) {
            err_at(err, ERR_INPUT, in->name, 0, 0,
                   "is larger than %zu MiB, the most for this format",
                   limit >> 20);
            break;
        }
    }
    free(buf);
    if (!buf || !strbuf_ok(&all))
        err_nomem(err);
    if (err->code != ERR_NONE) {
        strbuf_free(&all);
        return NULL;
    }
    *n = all.len;
    return all.len ? strbuf_detach(&all) : calloc(1, 1);
}

const char *input_name(const struct input *in)
{
    return in->name;
}

const char *input_encoding(const struct input *in)
{
    switch (in->enc) {
    case ENC_UTF16LE:
        return "utf-16le";
    case ENC_UTF16BE:
        return "utf-16be";
    case ENC_1252:
        return "windows-1252";
    case ENC_BINARY:
        return "binary";
    default:
        return in->marked ? "utf-8 with byte order mark" : "utf-8";
    }
}

bool input_is_binary(const struct input *in)
{
    return in->enc == ENC_BINARY;
}

int64_t input_size(const struct input *in)
{
    return in->size;
}

int64_t input_bytes(const struct input *in)
{
    return in->bytes;
}

void input_digest(struct input *in, char out[SHA256_HEX])
{
    sha256_hex(&in->sha, out);
}
