/*
 * csv.c - the rows of a query as CSV.
 */
#include "core/base.h"

#include "core/text.h"
#include "report/csv.h"
#include "report/rows.h"

#define BOM "\xef\xbb\xbf"

/* What a byte asks for. */
enum {
    QUOTES = 1, /* a cell that holds it is quoted */
    LOOK = 2    /* it may be, or begin, a control character or a line break */
};

static const unsigned char asks[256] = {
    [0x00] = LOOK,  [0x01] = LOOK,          [0x02] = LOOK,
    [0x03] = LOOK,  [0x04] = LOOK,          [0x05] = LOOK,
    [0x06] = LOOK,  [0x07] = LOOK,          [0x08] = LOOK,
    ['\t'] = LOOK,  ['\n'] = LOOK | QUOTES, [0x0b] = LOOK,
    [0x0c] = LOOK,  ['\r'] = LOOK | QUOTES, [0x0e] = LOOK,
    [0x0f] = LOOK,  [0x10] = LOOK,          [0x11] = LOOK,
    [0x12] = LOOK,  [0x13] = LOOK,          [0x14] = LOOK,
    [0x15] = LOOK,  [0x16] = LOOK,          [0x17] = LOOK,
    [0x18] = LOOK,  [0x19] = LOOK,          [0x1a] = LOOK,
    [0x1b] = LOOK,  [0x1c] = LOOK,          [0x1d] = LOOK,
    [0x1e] = LOOK,  [0x1f] = LOOK,          ['"'] = QUOTES,
    [','] = QUOTES, [0x7f] = LOOK,          [0xc2] = LOOK};

/* What all bytes of a cell ask for together. */
static unsigned look(const char *p, size_t n)
{
    unsigned all = 0;
    size_t i;

    for (i = 0; i < n; i++)
        all |= asks[(unsigned char)p[i]];
    return all;
}

/* What a spreadsheet takes for the start of a formula or a command. */
static bool is_trigger(const char *p, size_t n)
{
    if (n == 0)
        return false;
    switch (p[0]) {
    case '=':
    case '+':
    case '-':
    case '@':
    case '\t':
    case '\r':
    case '\n':
    case '|':
    case '%':
        return true;
    case '\xef': /* full width = + - @ */
        return n >= 3 && p[1] == '\xbc' &&
               (p[2] == '\x9d' || p[2] == '\x8b' || p[2] == '\x8d' ||
                p[2] == '\xa0');
    default:
        return false;
    }
}

/* Blanks that some readers drop from the front of a cell. */
static bool is_blank(uint32_t cp)
{
    return cp == ' ' || cp == 0xa0 || cp == 0x1680 || cp == 0x180e ||
           (cp >= 0x2000 && cp <= 0x200f) || cp == 0x202f || cp == 0x205f ||
           cp == 0x2060 || cp == 0x3000 || cp == 0xfeff;
}

/* A cell that begins with apostrophes of its own in front of a formula gets
 * one more, so that taking one away is always right. */
bool csv_risky(const char *p, size_t n)
{
    uint32_t cp;
    size_t step;

    while (n && *p == '\'') {
        p++;
        n--;
    }
    if (is_trigger(p, n))
        return true;
    while (n && (*p == ' ' || (unsigned char)*p >= 0x80)) {
        step = utf8_decode(p, n, &cp);
        if (step == 0 || !is_blank(cp))
            break;
        p += step;
        n -= step;
    }
    return is_trigger(p, n);
}

/* Letters and digits need no second look. */
static bool plainly_safe(const char *p, size_t n)
{
    unsigned char c = n ? (unsigned char)p[0] : 'a';

    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z');
}

static void cell(struct sink *s, const char *p, size_t n, unsigned all)
{
    const char *end = p + n, *q;

    if (!(all & QUOTES) && (n == 0 || (p[0] != ' ' && p[n - 1] != ' '))) {
        sink_add(s, p, n);
        return;
    }
    sink_addc(s, '"');
    while ((q = memchr(p, '"', (size_t)(end - p)))) {
        sink_add(s, p, (size_t)(q - p) + 1);
        sink_addc(s, '"');
        p = q + 1;
    }
    sink_add(s, p, (size_t)(end - p));
    sink_addc(s, '"');
}

void csv_cell(struct sink *s, const char *p, size_t n)
{
    cell(s, p, n, look(p, n));
}

/* The bytes of a control character that a terminal obeys, or 0. */
static size_t control(const char *p, size_t n, unsigned *cp)
{
    unsigned char c = (unsigned char)p[0],
                  next = n > 1 ? (unsigned char)p[1] : 0;

    *cp = c;
    if (c < 0x20 ? c != '\t' && c != '\n' && c != '\r' : c == 0x7f)
        return 1;
    *cp = next;
    return c == 0xc2 && next >= 0x80 && next < 0xa0 ? 2 : 0;
}

int csv_guard(struct strbuf *b, const char *p, size_t n)
{
    bool start = true; /* of a line: some readers split there */
    int count = 0;
    size_t i = 0, step;
    unsigned cp;

    while (i < n) {
        if (start && (i == 0 || (p[i] != '\n' && p[i] != '\r')) &&
            csv_risky(p + i, n - i)) {
            strbuf_addc(b, '\'');
            count++;
        }
        step = control(p + i, n - i, &cp);
        if (step) {
            strbuf_addf(b, "\\u{%04X}", cp);
            count++;
            i += step;
            start = false;
            continue;
        }
        start = p[i] == '\n' || p[i] == '\r';
        strbuf_addc(b, p[i++]);
    }
    return count;
}

int csv_guarded(struct sink *s, const char *p, size_t n)
{
    unsigned all = look(p, n);
    struct strbuf b = {0};
    int count;

    if (!(all & LOOK) && (plainly_safe(p, n) || !csv_risky(p, n))) {
        cell(s, p, n, all);
        return 0;
    }
    count = csv_guard(&b, p, n);
    if (strbuf_ok(&b))
        csv_cell(s, strbuf_str(&b), b.len);
    else
        count = -1;
    strbuf_free(&b);
    return count;
}

/* The control character that "\u{001B}" stands for, or 0. */
static unsigned shown(const char *p, size_t n)
{
    unsigned cp = 0;
    char text[9];

    if (n < 8 || sscanf(p, "\\u{%4X}", &cp) != 1)
        return 0;
    snprintf(text, sizeof(text), "\\u{%04X}", cp & 0xffff);
    return memcmp(p, text, 8) == 0 && (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
               ? cp
               : 0;
}

void csv_unguard(struct strbuf *out, const char *p, size_t n)
{
    size_t i = 0;
    bool start = true;
    unsigned cp;

    for (; i < n; i++) {
        if (start && p[i] == '\'' && csv_risky(p + i + 1, n - i - 1)) {
            start = false;
            continue;
        }
        start = p[i] == '\n' || p[i] == '\r';
        cp = p[i] == '\\' ? shown(p + i, n - i) : 0;
        if (cp) {
            utf8_append(out, cp);
            i += 7;
        } else {
            strbuf_addc(out, p[i]);
        }
    }
}

static void write_header(struct sink *s, const struct rows *rows)
{
    size_t i;

    for (i = 0; i < rows_width(rows); i++) {
        if (i)
            sink_addc(s, ',');
        csv_cell(s, rows_name(rows, i), strlen(rows_name(rows, i)));
    }
    sink_add(s, "\r\n", 2);
}

/* False for want of memory. */
static bool write_text(struct sink *s, const struct cell *c, bool raw,
                       struct output *out)
{
    int guarded = 0;

    if (c->plain)
        sink_add(s, c->text, c->len);
    else if (raw)
        csv_cell(s, c->text, c->len);
    else
        guarded = csv_guarded(s, c->text, c->len);
    if (guarded > 0)
        out->guarded += guarded;
    return guarded >= 0;
}

static bool write_cell(struct sink *s, const struct cell *c, bool raw,
                       struct output *out)
{
    switch (c->kind) {
    case CELL_EMPTY:
        break;
    case CELL_TEXT:
        return write_text(s, c, raw, out);
    case CELL_INT:
        sink_int(s, c->number);
        break;
    case CELL_SHARE:
        sink_share(s, c->share);
        break;
    case CELL_TIME:
        sink_time(s, c->number);
        break;
    case CELL_BOOL:
        sink_adds(s, c->number ? "true" : "false");
        break;
    }
    return true;
}

static int write_rows(struct sink *s, struct rows *rows, bool raw,
                      struct output *out, struct err *err)
{
    size_t i, n = rows_width(rows);
    int step;

    out->rows = 0;
    while ((step = rows_next(rows, err)) == 1) {
        const struct cell *cells = rows_cells(rows);

        for (i = 0; i < n; i++) {
            if (i)
                sink_addc(s, ',');
            if (!write_cell(s, &cells[i], raw, out))
                return err_nomem(err);
        }
        sink_add(s, "\r\n", 2);
        out->rows++;
    }
    return step;
}

int csv_write(const struct report *r, const struct writer *w,
              struct output *out, struct err *err)
{
    struct sink *s = sink_open(out->file, err);
    struct rows *rows = rows_open(r, w->query, err);
    int rc = -1;

    if (s && rows) {
        if (r->options->csv_bom)
            sink_adds(s, BOM);
        write_header(s, rows);
        rc = write_rows(s, rows, r->options->csv_raw, out, err);
    }
    rows_close(rows);
    sink_close(s);
    return rc;
}

/* Lines that end among these bytes; "quote" is whether they begin, and then
 * whether they end, within quotes. */
static int64_t lines_in(const char *p, size_t n, bool *quote)
{
    const char *end = p + n;
    int64_t lines = 0;

    while (p < end) {
        const char *q = memchr(p, '"', (size_t)(end - p));
        const char *to = q ? q : end;

        while (!*quote && (p = memchr(p, '\n', (size_t)(to - p)))) {
            lines++;
            p++;
        }
        if (!q)
            break;
        *quote = !*quote;
        p = q + 1;
    }
    return lines;
}

int csv_recount(const char *path, struct output *found, struct err *err)
{
    FILE *f = fopen(path, "rb");
    bool quote = false;
    int64_t lines = 0;
    char buf[65536];
    size_t n;
    int rc = 0;

    if (!f)
        return err_errno(err, ERR_OUTPUT, path, "cannot read back");
    while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
        lines += lines_in(buf, n, &quote);
    if (ferror(f))
        rc = err_errno(err, ERR_OUTPUT, path, "cannot read back");
    else if (quote)
        rc = err_at(err, ERR_OUTPUT, path, 0, 0, "a quoted cell has no end");
    fclose(f);
    found->rows = lines - 1; /* the header */
    return rc;
}
