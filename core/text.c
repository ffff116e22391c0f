/*
 * text.c - UTF-8, comparison without ASCII case, and text made harmless.
 */
#include "core/base.h"

#include "core/text.h"

#include <utf8proc.h>

size_t utf8_decode(const char *str, size_t n, uint32_t *cp)
{
    const unsigned char *s = (const unsigned char *)str;
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len, i;
    uint32_t c;

    if (n == 0)
        return 0;
    if (s[0] < 0x80) {
        *cp = s[0];
        return 1;
    }
    if ((s[0] & 0xe0) == 0xc0) {
        len = 2;
        c = s[0] & 0x1fu;
    } else if ((s[0] & 0xf0) == 0xe0) {
        len = 3;
        c = s[0] & 0x0fu;
    } else if ((s[0] & 0xf8) == 0xf0) {
        len = 4;
        c = s[0] & 0x07u;
    } else {
        return 0;
    }
    if (n < len)
        return 0;
    for (i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *cp = c;
    return len;
}

void utf8_append(struct strbuf *b, uint32_t cp)
{
    char out[4];
    size_t n;

    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        cp = 0xfffd;
    if (cp < 0x80) {
        out[0] = (char)cp;
        n = 1;
    } else if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        n = 2;
    } else if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        n = 3;
    } else {
        out[0] = (char)(0xf0 | cp >> 18);
        out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
        out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[3] = (char)(0x80 | (cp & 0x3f));
        n = 4;
    }
    strbuf_add(b, out, n);
}

size_t utf8_check(const char *s, size_t n)
{
    size_t i = 0, len;
    uint32_t cp;

    while (i < n) {
        if ((unsigned char)s[i] < 0x80) {
            i++;
            continue;
        }
        len = utf8_decode(s + i, n - i, &cp);
        if (len == 0)
            return i;
        i += len;
    }
    return n;
}

size_t utf8_length(const char *s, size_t n)
{
    size_t i, count = 0;

    for (i = 0; i < n; i++)
        if (((unsigned char)s[i] & 0xc0) != 0x80)
            count++;
    return count;
}

void utf8_trim_tail(char *s)
{
    size_t n = strlen(s), at = n;
    uint32_t cp;

    while (at > 0 && n - at < 4 && ((unsigned char)s[at - 1] & 0xc0) == 0x80)
        at--;
    if (at > 0 && (unsigned char)s[at - 1] >= 0x80) {
        at--;
        if (utf8_decode(s + at, n - at, &cp) != n - at)
            s[at] = '\0';
    }
}

char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

char ascii_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

bool ascii_isspace(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

int ascii_casecmp(const char *a, const char *b)
{
    return ascii_ncasecmp(a, b, SIZE_MAX);
}

int ascii_ncasecmp(const char *a, const char *b, size_t n)
{
    unsigned char x, y;

    for (; n > 0; n--, a++, b++) {
        x = (unsigned char)ascii_lower(*a);
        y = (unsigned char)ascii_lower(*b);
        if (x != y)
            return x < y ? -1 : 1;
        if (x == 0)
            break;
    }
    return 0;
}

bool text_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);

    return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

bool text_glob(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;

    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
        } else if (ascii_lower(*pattern) == ascii_lower(*text)) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

/* Characters that change what a reader of a terminal or a log sees. */
static bool acts(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0x61c ||
           (cp >= 0x200e && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
           (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff || cp == 0xfffe ||
           cp == 0xffff;
}

void text_escape(struct strbuf *b, const char *s, size_t n)
{
    size_t i = 0, len;
    uint32_t cp;

    while (i < n) {
        len = utf8_decode(s + i, n - i, &cp);
        if (len == 0) {
            strbuf_addf(b, "\\x%02X", (unsigned char)s[i]);
            len = 1;
        } else if (acts(cp)) {
            strbuf_addf(b, cp < 0x100 ? "\\x%02X" : "\\u{%04X}", (unsigned)cp);
        } else {
            strbuf_add(b, s + i, len);
        }
        i += len;
    }
}

void text_print_safe(const char *s, FILE *out)
{
    struct strbuf b = {0};

    text_escape(&b, s, strlen(s));
    fputs(strbuf_str(&b), out);
    strbuf_free(&b);
}

size_t text_columns(const char *s, size_t n)
{
    size_t columns = 0, len;
    uint32_t cp;
    int width;

    for (; n; s += len, n -= len) {
        len = utf8_decode(s, n, &cp);
        if (len == 0) { /* shown as one mark */
            len = 1;
            columns++;
            continue;
        }
        width = utf8proc_charwidth((utf8proc_int32_t)cp);
        columns += width > 0 ? (size_t)width : 0;
    }
    return columns;
}

size_t text_prefix(const char *s, size_t n, size_t columns)
{
    size_t end = 0, next;

    do {
        next = end;
        if (next < n)
            next++;
        while (next < n && ((unsigned char)s[next] & 0xc0) == 0x80)
            next++;
        if (end > 0 && text_columns(s, next) > columns)
            break;
        end = next;
    } while (end < n);
    return end;
}

void text_wrap(const char *text, size_t column, size_t indent, FILE *out)
{
    struct strbuf safe = {0};
    const char *s;
    size_t n, width;
    bool first = true;

    text_escape(&safe, text, strlen(text));
    for (s = strbuf_str(&safe); *s; s += n + strspn(s + n, " ")) {
        n = strcspn(s, " ");
        width = text_columns(s, n);
        if (width > 79 - indent) { /* a word that fits no line is cut */
            n = text_prefix(s, n, 79 - (first ? column : indent));
            width = text_columns(s, n);
        }
        if (!first && column + 1 + width > 79) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        fprintf(out, "%s%.*s", first ? "" : " ", (int)n, s);
        column += width + !first;
        first = false;
    }
    fputc('\n', out);
    strbuf_free(&safe);
}

/* The base letter of Latin letters with marks, or 0: enough that "Müller" and
 * "Zürich" stay readable in a file name. */
static char base_letter(uint32_t cp)
{
    static const char latin1[] =
        "aaaaaaaceeeeiiiidnooooo-ouuuuytsaaaaaaaceeeeiiiidnooooo-ouuuuyty";
    static const char extended[] =
        "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllllllln"
        "nnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    if (cp >= 0xc0 && cp <= 0xff)
        return latin1[cp - 0xc0];
    if (cp >= 0x100 && cp < 0x100 + sizeof(extended) - 1)
        return extended[cp - 0x100];
    return 0;
}

static bool reserved_name(const char *s)
{
    static const char *const names[] = {"con", "prn", "aux", "nul"};
    size_t i;

    for (i = 0; i < COUNT_OF(names); i++)
        if (strcmp(s, names[i]) == 0)
            return true;
    return strlen(s) == 4 && (text_starts(s, "com") || text_starts(s, "lpt")) &&
           s[3] >= '0' && s[3] <= '9';
}

void text_slug(struct strbuf *b, const char *s)
{
    size_t n = strlen(s), i = 0, start = b->len, len;
    bool dash = false;
    uint32_t cp;
    char c;

    while (i < n && b->len - start < 60) {
        len = utf8_decode(s + i, n - i, &cp);
        if (len == 0) {
            len = 1;
            cp = 0;
        }
        i += len;
        if (cp >= 0x300 && cp < 0x370) /* a mark of the letter before it */
            continue;
        c = cp < 0x80 ? ascii_lower((char)cp) : base_letter(cp);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            if (dash && b->len - start == 59)
                break;
            if (dash && b->len > start)
                strbuf_addc(b, '-');
            strbuf_addc(b, c);
            dash = false;
        } else {
            dash = true;
        }
    }
    if (b->len == start)
        strbuf_addc(b, 'x');
    if (reserved_name(strbuf_str(b) + start))
        strbuf_addc(b, '-');
}

const char *text_int(int64_t n, char out[TEXT_INT])
{
    uint64_t u = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    size_t at = TEXT_INT - 1;

    out[at] = '\0';
    do
        out[--at] = (char)('0' + u % 10);
    while (u /= 10);
    if (n < 0)
        out[--at] = '-';
    return out + at;
}

int text_distance(const char *a, const char *b)
{
    enum { MOST = 64 };
    size_t n = strlen(a), m = strlen(b), i, j;
    int d[MOST + 1][MOST + 1];

    if (n > MOST || m > MOST)
        return 99;
    for (i = 0; i <= n; i++)
        d[i][0] = (int)i;
    for (j = 0; j <= m; j++)
        d[0][j] = (int)j;
    for (i = 1; i <= n; i++) {
        for (j = 1; j <= m; j++) {
            bool same = ascii_lower(a[i - 1]) == ascii_lower(b[j - 1]);
            int best = d[i - 1][j - 1] + !same;

            if (d[i - 1][j] + 1 < best)
                best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best)
                best = d[i][j - 1] + 1;
            if (i > 1 && j > 1 &&
                ascii_lower(a[i - 1]) == ascii_lower(b[j - 2]) &&
                ascii_lower(a[i - 2]) == ascii_lower(b[j - 1]) &&
                d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[n][m];
}

const char *text_nearest(const char *word, const char *const *words, size_t n)
{
    const char *best = NULL;
    int least = 3, distance;
    size_t i, len = strlen(word);

    for (i = 0; i < n; i++) {
        distance = text_distance(word, words[i]);
        if (distance < least && (size_t)distance * 3 <= len + 1) {
            least = distance;
            best = words[i];
        }
    }
    return best;
}

/* What "name", between & and ;, stands for; 0 for nothing. */
static uint32_t entity(const char *name, size_t n)
{
    static const struct {
        const char *name;
        char stands;
    } named[] = {
        {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    const char *digits = "0123456789abcdef", *at;
    uint32_t cp = 0, base = 10;
    size_t i;

    for (i = 0; i < COUNT_OF(named); i++)
        if (strlen(named[i].name) == n && memcmp(named[i].name, name, n) == 0)
            return (unsigned char)named[i].stands;
    if (n < 2 || name[0] != '#')
        return 0;
    i = 1;
    if (ascii_lower(name[1]) == 'x') {
        base = 16;
        i = 2;
    }
    for (; i < n && cp < 0x110000; i++) {
        at = name[i] ? strchr(digits, ascii_lower(name[i])) : NULL;
        if (!at || (uint32_t)(at - digits) >= base)
            return 0;
        cp = cp * base + (uint32_t)(at - digits);
    }
    return cp < ' ' || (cp >= 0x7f && cp < 0xa0) || cp > 0x10ffff ? 0 : cp;
}

void text_entities(struct strbuf *b, const char *s, size_t n)
{
    size_t i, len;
    uint32_t cp;

    for (i = 0; i < n; i += len) {
        const char *end = NULL;

        len = 1;
        if (s[i] == '&')
            end = memchr(s + i, ';', n - i < 12 ? n - i : 12);
        cp = end ? entity(s + i + 1, (size_t)(end - s) - i - 1) : 0;
        if (cp) {
            len = (size_t)(end - s) - i + 1;
            utf8_append(b, cp);
        } else {
            strbuf_addc(b, s[i]);
        }
    }
}
