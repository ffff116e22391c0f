/*
 * leak_text.c - a file as its reader sees it.
 */
#include "core/base.h"

#include "core/text.h"
#include "report/leak_text.h"

#include <minizip/unzip.h>

#define PIECE 262144 /* bytes of plain text that are handed on at once */

struct reading {
    const struct leak_text *to;
    struct strbuf text; /* decoded and not yet handed on, after an overlap */
    struct strbuf seen; /* the same without tags */
    struct strbuf raw;  /* read and not yet decoded */
    bool markup, in_tag, stopped;
    char tag[12];
    size_t tag_len;
    int64_t bytes;
};

/* --------------------------------------------------------------- escapes -- */

static const struct {
    const char *entity;
    char c;
} entities[] = {{"&amp;", '&'},  {"&lt;", '<'},    {"&gt;", '>'},
                {"&quot;", '"'}, {"&apos;", '\''}, {"&nbsp;", ' '}};

static uint32_t hex4(const char *p)
{
    uint32_t v = 0;
    int i;

    for (i = 0; i < 4; i++) {
        char c = ascii_lower(p[i]);

        if (c >= '0' && c <= '9')
            v = v * 16 + (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            v = v * 16 + (uint32_t)(c - 'a' + 10);
        else
            return UINT32_MAX;
    }
    return v;
}

/* "&#228;" and "&#xe4;": the bytes it takes, or 0. */
static size_t numeric_entity(const char *p, size_t n, uint32_t *cp)
{
    bool hex = n > 3 && (p[2] == 'x' || p[2] == 'X');
    size_t i, from = hex ? 3 : 2;

    *cp = 0;
    if (n < 4 || p[1] != '#')
        return 0;
    for (i = from; i < n && i < from + 7 && p[i] != ';'; i++) {
        char c = ascii_lower(p[i]);

        if (c >= '0' && c <= '9')
            *cp = *cp * (hex ? 16 : 10) + (uint32_t)(c - '0');
        else if (hex && c >= 'a' && c <= 'f')
            *cp = *cp * 16 + (uint32_t)(c - 'a' + 10);
        else
            return 0;
    }
    return i > from && i < n && p[i] == ';' ? i + 1 : 0;
}

static size_t named_entity(struct strbuf *out, const char *p, size_t n)
{
    size_t i, len;

    for (i = 0; i < COUNT_OF(entities); i++) {
        len = strlen(entities[i].entity);
        if (n >= len && memcmp(p, entities[i].entity, len) == 0) {
            strbuf_addc(out, entities[i].c);
            return len;
        }
    }
    return 0;
}

/* "\u00e4", and two of them that are one letter. */
static size_t json_letter(struct strbuf *out, const char *p, size_t n)
{
    uint32_t cp = n >= 6 && p[1] == 'u' ? hex4(p + 2) : UINT32_MAX, low;

    if (cp == UINT32_MAX)
        return 0;
    if (cp >= 0xd800 && cp < 0xdc00 && n >= 12 && p[6] == '\\' && p[7] == 'u') {
        low = hex4(p + 8);
        if (low >= 0xdc00 && low < 0xe000) {
            utf8_append(out, 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00));
            return 12;
        }
    }
    utf8_append(out, cp);
    return 6;
}

/* Undo one entity, JSON escape, doubled quote or _x0041_ at "p"; returns how
 * many bytes it took. */
static size_t decode_one(struct strbuf *out, const char *p, size_t n)
{
    uint32_t cp;
    size_t len = 0;

    if (*p == '&' && (len = named_entity(out, p, n)))
        return len;
    if (*p == '&' && (len = numeric_entity(p, n, &cp))) {
        utf8_append(out, cp);
        return len;
    }
    if (*p == '\\' && (len = json_letter(out, p, n)))
        return len;
    if (*p == '\\' && n >= 2 && (p[1] == '"' || p[1] == '\\' || p[1] == '/')) {
        strbuf_addc(out, p[1]);
        return 2;
    }
    if (*p == '\\' && n >= 2 && (p[1] == 'n' || p[1] == 't' || p[1] == 'r')) {
        strbuf_addc(out, ' ');
        return 2;
    }
    if (*p == '"' && n >= 2 && p[1] == '"') {
        strbuf_addc(out, '"');
        return 2;
    }
    if (*p == '_' && n >= 7 && p[1] == 'x' && p[6] == '_' &&
        (cp = hex4(p + 2)) != UINT32_MAX) {
        utf8_append(out, cp);
        return 7;
    }
    strbuf_addc(out, *p);
    return 1;
}

/* ---------------------------------------------------------------- markup -- */

static bool special(char c)
{
    return c == '&' || c == '\\' || c == '"' || c == '_' || c == '<' ||
           c == '>';
}

/* Elements inside a line of text, of pages and of workbooks: what stands
 * before and after them may be one word. Others part words. */
static bool is_inline(const char *tag)
{
    static const char *const tags[] = {
        "a",   "abbr",  "b",     "bdi",    "bdo",    "code",   "em",
        "i",   "kbd",   "mark",  "s",      "small",  "span",   "strong",
        "sub", "sup",   "u",     "wbr",    "r",      "rPr",    "t",
        "sz",  "rFont", "color", "family", "scheme", "charset"};
    size_t i;

    for (i = 0; i < COUNT_OF(tags); i++)
        if (strcmp(tags[i], tag) == 0)
            return true;
    return false;
}

/* Runs of blanks are one blank, as a reader sees them. */
static void add_seen(struct reading *p, const char *s, size_t n)
{
    size_t i = 0, from;

    while (i < n) {
        from = i;
        while (i < n && !ascii_isspace(s[i]))
            i++;
        strbuf_add(&p->seen, s + from, i - from);
        if (i == n)
            return;
        while (i < n && ascii_isspace(s[i]))
            i++;
        if (p->seen.len && p->seen.data[p->seen.len - 1] != ' ')
            strbuf_addc(&p->seen, ' ');
    }
}

/* The name of the tag being read, its first letters. */
static void note_tag(struct reading *p, const char *s, size_t n)
{
    size_t i;

    for (i = 0; i < n && p->tag_len + 1 < sizeof(p->tag); i++) {
        if (s[i] == '/' && p->tag_len == 0)
            continue; /* of a closing tag */
        if (ascii_isspace(s[i]) || s[i] == '/') {
            p->tag[p->tag_len] = '\0';
            p->tag_len = sizeof(p->tag);
            return;
        }
        p->tag[p->tag_len++] = s[i];
        p->tag[p->tag_len] = '\0';
    }
}

/* The last bytes of p->text, as they are seen. */
static void see(struct reading *p, size_t from)
{
    const char *s = strbuf_str(&p->text) + from;
    size_t n = p->text.len - from;

    if (!p->markup || !strbuf_ok(&p->text))
        return;
    if (p->in_tag)
        note_tag(p, s, n);
    else
        add_seen(p, s, n);
}

/* A tag begins or ends at "c" of the undecoded text. */
static void turn(struct reading *p, char c)
{
    strbuf_addc(&p->text, c);
    if (c == '<') {
        p->in_tag = true;
        p->tag_len = 0;
        p->tag[0] = '\0';
    } else if (p->in_tag) {
        p->in_tag = false;
        if (p->markup && !is_inline(p->tag))
            add_seen(p, " ", 1);
    }
}

/* Decode what begins at "s"; returns the bytes that it takes. */
static size_t decode_at(struct reading *p, const char *s, size_t n)
{
    size_t before = p->text.len, len;

    if (*s == '<' || *s == '>') {
        turn(p, *s);
        return 1;
    }
    len = decode_one(&p->text, s, n);
    see(p, before);
    return len;
}

static void copy_plain(struct reading *p, const char *s, size_t n)
{
    size_t before = p->text.len;

    strbuf_add(&p->text, s, n);
    see(p, before);
}

/* Decode all but the last few bytes, which may be half an escape. */
static void decode(struct reading *p, bool last)
{
    const char *s = strbuf_str(&p->raw);
    size_t n = p->raw.len, i = 0, from = 0;
    size_t end = last || n < 16 ? (last ? n : 0) : n - 16;

    while (i < end) {
        if (!special(s[i])) {
            i++;
            continue;
        }
        copy_plain(p, s + from, i - from);
        i += decode_at(p, s + i, n - i);
        from = i;
    }
    if (i > from)
        copy_plain(p, s + from, i - from);
    if (i > n)
        i = n;
    if (p->raw.data)
        memmove(p->raw.data, p->raw.data + i, n - i);
    strbuf_truncate(&p->raw, n - i);
}

/* ----------------------------------------------------------------- pieces --
 */

/* Hand a text on, and keep an overlap for the next piece. */
static bool hand_on(struct reading *p, struct strbuf *text)
{
    size_t keep = p->to->overlap;

    if (!p->to->fn(p->to->ctx, strbuf_str(text), text->len))
        return false;
    if (text->len > keep) {
        memmove(text->data, text->data + text->len - keep, keep);
        strbuf_truncate(text, keep);
    }
    return true;
}

/* False to stop: nobody wants more, or memory is out. */
static bool take(struct reading *p, const char *data, size_t n, bool last)
{
    strbuf_add(&p->raw, data, n);
    p->bytes += (int64_t)n;
    if (p->raw.len < PIECE && !last)
        return true;
    decode(p, last);
    p->stopped = !strbuf_ok(&p->text) || !strbuf_ok(&p->seen) ||
                 !strbuf_ok(&p->raw) || !hand_on(p, &p->text) ||
                 (p->markup && !hand_on(p, &p->seen));
    return !p->stopped;
}

static int read_plain(struct reading *p, const char *path, struct err *err)
{
    FILE *f = fopen(path, "rb");
    char buf[65536];
    bool go = true;
    size_t n;

    if (!f)
        return err_errno(err, ERR_OUTPUT, path, "cannot read back");
    while (go && (n = fread(buf, 1, sizeof(buf), f)) > 0)
        go = take(p, buf, n, false);
    if (go && !ferror(f))
        take(p, "", 0, true);
    if (ferror(f)) {
        err_errno(err, ERR_OUTPUT, path, "cannot read back");
        fclose(f);
        return -1;
    }
    fclose(f);
    return 0;
}

static int read_member(struct reading *p, unzFile zip)
{
    char buf[65536];
    bool go = true;
    int n = -1;

    if (unzOpenCurrentFile(zip) != UNZ_OK)
        return -1;
    while (go && (n = unzReadCurrentFile(zip, buf, sizeof(buf))) > 0)
        go = take(p, buf, (size_t)n, false);
    if (go && n == 0)
        take(p, "", 0, true);
    strbuf_reset(&p->text); /* parts are apart */
    strbuf_reset(&p->seen);
    strbuf_reset(&p->raw);
    p->in_tag = false;
    return unzCloseCurrentFile(zip) == UNZ_OK || !go ? (n < 0 ? -1 : 0) : -1;
}

static int read_archive(struct reading *p, const char *path, struct err *err)
{
    unzFile zip = unzOpen64(path);
    int rc = zip ? unzGoToFirstFile(zip) : UNZ_ERRNO;

    while (rc == UNZ_OK && !p->stopped)
        rc = read_member(p, zip) < 0 ? UNZ_ERRNO : unzGoToNextFile(zip);
    if (zip)
        unzClose(zip);
    if (rc == UNZ_OK || rc == UNZ_END_OF_LIST_OF_FILE)
        return 0;
    return err_at(err, ERR_OUTPUT, path, 0, 0, "cannot be unpacked");
}

int leak_text_read(const char *path, const char *ext,
                   const struct leak_text *to, int64_t *bytes, struct err *err)
{
    bool archive = strcmp(ext, "xlsx") == 0;
    struct reading p = {.to = to,
                        .markup = archive || strcmp(ext, "html") == 0};
    int rc = archive ? read_archive(&p, path, err) : read_plain(&p, path, err);

    if (rc == 0 &&
        (!strbuf_ok(&p.text) || !strbuf_ok(&p.seen) || !strbuf_ok(&p.raw)))
        rc = err_nomem(err);
    *bytes += p.bytes;
    strbuf_free(&p.text);
    strbuf_free(&p.seen);
    strbuf_free(&p.raw);
    return rc;
}
