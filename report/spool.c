/*
 * spool.c - rows put aside.
 *
 * A row is its length and its cells, each a letter and a value; a length of 0
 * ends the rows of a key. The file is unlinked as soon as it is open.
 */
#include "core/base.h"

#include "report/spool.h"

#include <fcntl.h>
#include <unistd.h>

#define HELD 262144 /* bytes that are kept in memory before a write */
#define READ 1024   /* bytes that are read at once: a row or two */

struct spool {
    int64_t least, most;
    uint64_t *offset; /* of the rows of a key, and 1; 0: it has none */
    char *held;
    size_t len, cap;
    int64_t written; /* bytes in the file */
    int fd;          /* -1: everything is held */
    int64_t key;     /* of the rows being added */
    bool any;
};

struct spool *spool_new(int64_t least, int64_t most, struct err *err)
{
    struct spool *s = calloc(1, sizeof(*s));
    size_t keys = most >= least ? (size_t)(most - least) + 1 : 0;

    if (s) {
        s->fd = -1;
        s->least = least;
        s->most = most;
        s->offset = calloc(keys + 1, sizeof(*s->offset));
    }
    if (!s || !s->offset) {
        free(s);
        err_nomem(err);
        return NULL;
    }
    return s;
}

void spool_free(struct spool *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd);
    free(s->offset);
    free(s->held);
    free(s);
}

/* Private, beside the database where the store said so, and unlinked. */
static int make_file(struct spool *s, struct err *err)
{
    const char *dir = getenv("SQLITE_TMPDIR");
    char path[PATH_MAX];

    if (!dir || !dir[0])
        dir = getenv("TMPDIR");
    if (!dir || !dir[0])
        dir = "/tmp";
    snprintf(path, sizeof(path), "%s/.muster-rows-XXXXXX", dir);
    s->fd = mkstemp(path);
    if (s->fd < 0)
        return err_errno(err, ERR_OUTPUT, path,
                         "cannot create a temporary file");
    unlink(path);
    fcntl(s->fd, F_SETFD, FD_CLOEXEC);
    return 0;
}

/* Write what is held. */
static int flush(struct spool *s, struct err *err)
{
    size_t done = 0;

    if (s->fd < 0 && make_file(s, err) < 0)
        return -1;
    while (done < s->len) {
        ssize_t n = write(s->fd, s->held + done, s->len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_errno(err, ERR_OUTPUT, "",
                             "cannot write a temporary file");
        done += (size_t)n;
    }
    s->written += (int64_t)s->len;
    s->len = 0;
    return 0;
}

/* Room for "n" more bytes; NULL for want of memory. */
static char *room(struct spool *s, size_t n)
{
    size_t cap = s->cap ? s->cap : HELD + READ;
    char *p;

    if (s->len + n <= s->cap)
        return s->held + s->len;
    while (cap < s->len + n)
        cap *= 2;
    p = realloc(s->held, cap);
    if (!p)
        return NULL;
    s->held = p;
    s->cap = cap;
    return p + s->len;
}

static size_t cell_size(const struct cell *c)
{
    switch (c->kind) {
    case CELL_EMPTY:
        return 1;
    case CELL_TEXT:
        return 1 + sizeof(uint32_t) + c->len + 1;
    case CELL_INT:
    case CELL_TIME:
    case CELL_BOOL:
    case CELL_SHARE:
        break;
    }
    return 1 + sizeof(int64_t);
}

static char *put_cell(char *p, const struct cell *c)
{
    uint32_t len = (uint32_t)c->len;

    *p++ = (char)c->kind;
    switch (c->kind) {
    case CELL_EMPTY:
        return p;
    case CELL_TEXT:
        memcpy(p, &len, sizeof(len));
        p += sizeof(len);
        memcpy(p, c->text, c->len);
        p += c->len;
        *p++ = '\0';
        return p;
    case CELL_SHARE:
        memcpy(p, &c->share, sizeof(c->share));
        break;
    case CELL_INT:
    case CELL_TIME:
    case CELL_BOOL:
        memcpy(p, &c->number, sizeof(c->number));
        break;
    }
    return p + sizeof(int64_t);
}

static int end_key(struct spool *s, struct err *err)
{
    static const uint32_t none = 0;
    char *p;

    if (!s->any)
        return 0;
    p = room(s, sizeof(none));
    if (!p)
        return err_nomem(err);
    memcpy(p, &none, sizeof(none));
    s->len += sizeof(none);
    return s->len >= HELD ? flush(s, err) : 0;
}

static int begin_key(struct spool *s, int64_t key, struct err *err)
{
    if (end_key(s, err) < 0)
        return -1;
    if (key < s->least || key > s->most || s->offset[key - s->least])
        return err_set(err, ERR_FAIL,
                       "rows came in an order that is not "
                       "theirs");
    s->offset[key - s->least] = (uint64_t)s->written + s->len + 1;
    s->key = key;
    s->any = true;
    return 0;
}

int spool_add(struct spool *s, int64_t key, const struct cell *cells, size_t n,
              struct err *err)
{
    uint32_t size = 0;
    size_t i;
    char *p;

    if ((!s->any || key != s->key) && begin_key(s, key, err) < 0)
        return -1;
    for (i = 0; i < n; i++)
        size += (uint32_t)cell_size(&cells[i]);
    p = room(s, sizeof(size) + size);
    if (!p)
        return err_nomem(err);
    memcpy(p, &size, sizeof(size));
    p += sizeof(size);
    for (i = 0; i < n; i++)
        p = put_cell(p, &cells[i]);
    s->len += sizeof(size) + size;
    return 0;
}

int spool_end(struct spool *s, struct err *err)
{
    if (end_key(s, err) < 0)
        return -1;
    s->any = false;
    if (s->fd < 0)
        return 0;
    if (flush(s, err) < 0)
        return -1;
    free(s->held);
    s->held = NULL;
    s->cap = 0;
    return 0;
}

void spool_reader_free(struct spool_reader *r)
{
    free(r->buf);
    r->buf = NULL;
}

/* Have "n" bytes at hand from r->at on; false at the end of the file. */
static bool fill(struct spool_reader *r, size_t n)
{
    struct spool *s = r->spool;

    if (r->len - r->at >= n)
        return true;
    if (r->at > 0) { /* what was taken is not needed any more */
        memmove(r->buf, r->buf + r->at, r->len - r->at);
        r->len -= r->at;
        r->at = 0;
    }
    while (r->len - r->at < n) {
        size_t want = n - (r->len - r->at);
        ssize_t got;

        want = want < READ ? READ : want;
        if (r->len + want > r->cap) {
            char *p = realloc(r->buf, r->len + want);

            if (!p)
                return false;
            r->buf = p;
            r->cap = r->len + want;
        }
        if (s->fd >= 0) {
            got = pread(s->fd, r->buf + r->len, want, r->offset);
            if (got < 0 && errno == EINTR)
                continue;
        } else {
            got = (ssize_t)((int64_t)s->len - r->offset);
            got = got > (ssize_t)want ? (ssize_t)want : got;
            if (got > 0)
                memcpy(r->buf + r->len, s->held + r->offset, (size_t)got);
        }
        if (got <= 0)
            return false;
        r->len += (size_t)got;
        r->offset += got;
    }
    return true;
}

int spool_seek(struct spool_reader *r, int64_t key, struct err *err)
{
    struct spool *s = r->spool;
    uint64_t offset;

    (void)err;
    offset = key >= s->least && key <= s->most ? s->offset[key - s->least] : 0;
    r->len = r->at = 0;
    r->offset = offset ? (int64_t)offset - 1 : -1;
    return 0;
}

static const char *take_cell(const char *p, struct cell *c)
{
    uint32_t len;

    c->kind = (enum cell_kind) * p++;
    c->text = NULL;
    c->len = 0;
    c->number = 0;
    c->plain = false;
    switch (c->kind) {
    case CELL_EMPTY:
        return p;
    case CELL_TEXT:
        memcpy(&len, p, sizeof(len));
        p += sizeof(len);
        c->text = p;
        c->len = len;
        return p + len + 1;
    case CELL_SHARE:
        memcpy(&c->share, p, sizeof(c->share));
        break;
    case CELL_INT:
    case CELL_TIME:
    case CELL_BOOL:
        memcpy(&c->number, p, sizeof(c->number));
        break;
    }
    return p + sizeof(int64_t);
}

int spool_next(struct spool_reader *r, struct cell *cells, size_t n,
               struct err *err)
{
    const char *p;
    uint32_t size;
    size_t i;

    if (r->offset < 0 && r->len == 0) /* a key without rows */
        return 0;
    if (!fill(r, sizeof(size)))
        return err_set(err, ERR_FAIL, "cannot read a temporary file");
    memcpy(&size, r->buf + r->at, sizeof(size));
    if (size == 0)
        return 0;
    if (!fill(r, sizeof(size) + size))
        return err_set(err, ERR_FAIL, "cannot read a temporary file");
    p = r->buf + r->at + sizeof(size);
    r->at += sizeof(size) + size;
    for (i = 0; i < n; i++)
        p = take_cell(p, &cells[i]);
    return 1;
}
