/*
 * secrets.c - knowing a secret when one comes by.
 *
 * The scan for key shapes runs over every text of a file, so it starts from
 * the dashes, which most texts do not have. Typographic dashes and lower case
 * are what mail programs and word processors make of a key.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/secrets.h"

static bool alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z');
}

static bool all_alnum(const char *s, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (!alnum(s[i]))
            return false;
    return true;
}

/* Groups of "sizes", joined by '-', ending where "s" ends a run of letters and
 * digits; "first" bytes of the first group stand before the first dash. */
static bool groups(const char *start, const char *end, const int *sizes,
                   size_t count)
{
    const char *p = start;
    size_t i;

    for (i = 0; i < count; i++) {
        if (end - p < sizes[i] || !all_alnum(p, (size_t)sizes[i]))
            return false;
        p += sizes[i];
        if (i + 1 < count) {
            if (p == end || *p != '-')
                return false;
            p++;
        }
    }
    return p == end || !alnum(*p);
}

/* "p" is the first dash of the text's right end. */
static bool dashes_at(const char *p, const char *end, int a, int b, int c,
                      int d)
{
    return end - p > d && p[a] == '-' && p[b] == '-' && p[c] == '-' &&
           p[d] == '-';
}

static bool key_at(const char *s, const char *dash, const char *end)
{
    static const int recovery[] = {4, 4, 4, 4, 4, 4};
    static const int bypass[] = {5, 5, 4, 4, 4, 4};

    if (dash - s >= 4 && dashes_at(dash, end, 5, 10, 15, 20))
        return groups(dash - 4, end, recovery, 6) &&
               (dash - s == 4 || !alnum(dash[-5]));
    if (dash - s >= 5 && dashes_at(dash, end, 6, 11, 16, 21))
        return groups(dash - 5, end, bypass, 6) &&
               (dash - s == 5 || !alnum(dash[-6]));
    return false;
}

static bool dashed_key(const char *s, size_t n)
{
    const char *end = s + n, *p = s;

    while (end - p >= 25 && (p = memchr(p, '-', (size_t)(end - p))) != NULL) {
        if (end - p >= 24 && key_at(s, p, end))
            return true;
        p++;
    }
    return false;
}

/* Dashes of every kind, and blanks around one, as '-'. */
static void plain_dashes(struct strbuf *b, const char *s, size_t n)
{
    size_t i = 0, len;
    uint32_t cp;

    while (i < n) {
        len = utf8_decode(s + i, n - i, &cp);
        if (len == 0) {
            len = 1;
            cp = ' ';
        }
        i += len;
        if ((cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212 || cp == 0xfe58 ||
            cp == 0xfe63 || cp == 0xff0d || cp == '-') {
            while (b->len > 0 && ascii_isspace(b->data[b->len - 1]))
                strbuf_truncate(b, b->len - 1);
            strbuf_addc(b, '-');
            while (i < n && ascii_isspace(s[i]))
                i++;
        } else if (cp != 0x200b && cp != 0xad) {
            strbuf_addc(b, cp < 0x80 ? (char)cp : '?');
        }
    }
}

static bool odd_dashes(const char *s, size_t n)
{
    struct strbuf b = {0};
    bool found;

    plain_dashes(&b, s, n);
    found = !strbuf_ok(&b) || dashed_key(strbuf_str(&b), b.len);
    strbuf_free(&b);
    return found;
}

static bool contains(const char *s, size_t n, const char *word)
{
    size_t len = strlen(word);
    const char *p = s, *end = s + n;

    while ((size_t)(end - p) >= len &&
           (p = memchr(p, word[0], (size_t)(end - p) - len + 1)) != NULL) {
        if (memcmp(p, word, len) == 0)
            return true;
        p++;
    }
    return false;
}

/* eyJ... . eyJ... . signature */
static bool web_token(const char *s, size_t n)
{
    const char *p = s, *end = s + n, *dot;

    if (!memchr(s, '.', n))
        return false;
    while (end - p >= 20 && (p = memchr(p, 'e', (size_t)(end - p))) != NULL) {
        if (end - p >= 20 && memcmp(p, "eyJ", 3) == 0) {
            dot = memchr(p, '.', (size_t)(end - p));
            if (dot && end - dot > 4 &&
                memchr(dot + 1, '.', (size_t)(end - dot - 1)))
                return true;
        }
        p++;
    }
    return false;
}

/* AKIA and sixteen more of A-Z 0-9. */
static bool cloud_key(const char *s, size_t n)
{
    const char *p = s, *end = s + n;
    size_t k;

    while (end - p >= 20 &&
           (p = memchr(p, 'A', (size_t)(end - p) - 19)) != NULL) {
        for (k = 4; k < 20; k++)
            if (!alnum(p[k]) || ascii_upper(p[k]) != p[k])
                break;
        if (k == 20 && memcmp(p, "AKIA", 4) == 0)
            return true;
        p++;
    }
    return false;
}

/* 8640BFE9-F36D-0FDC-493D-DCE0978A7B53: common, and where its dashes are no
 * key can be. */
static bool is_uuid(const char *s, size_t n)
{
    return n == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' &&
           s[23] == '-' && s[3] != '-' && s[28] != '-';
}

bool secret_shape(const char *s, size_t n)
{
    size_t i;

    if (n < 20 || is_uuid(s, n))
        return false;
    if (n >= 29 && dashed_key(s, n))
        return true;
    for (i = 0; i < n; i++)
        if ((unsigned char)s[i] >= 0x80 || s[i] == ' ')
            break;
    if (i < n && n >= 29 && odd_dashes(s, n))
        return true;
    return contains(s, n, "-----BEGIN") || web_token(s, n) || cloud_key(s, n);
}

/* "name" holds "word" that starts and ends at the edge of a word. */
static bool has_word(const char *name, const char *word)
{
    size_t len = strlen(word);
    const char *p;

    for (p = name; *p; p++) {
        if (ascii_ncasecmp(p, word, len) != 0)
            continue;
        if ((p == name || !alnum(p[-1]) ||
             (p[-1] >= 'a' && p[-1] <= 'z' && p[0] >= 'A' && p[0] <= 'Z')) &&
            (!alnum(p[len]) || (p[len] >= 'A' && p[len] <= 'Z')))
            return true;
    }
    return false;
}

static bool has_part(const char *name, const char *part)
{
    for (; *name; name++)
        if (ascii_ncasecmp(name, part, strlen(part)) == 0)
            return true;
    return false;
}

/* Words that speak about a secret and are none. */
static bool about_it(const char *name)
{
    static const char *const parts[] = {
        "escrowed", "exists",   "present", "enabled",  "status", "valid",
        "type",     "expir",    "changed", "age",      "policy", "last set",
        "lastset",  "last_set", "known",   "required", "date",   "sync",
        "days",     "lifetime", "server",  "rotat",    "reset",  "allowed",
        "exported", "_at"};
    size_t i;

    for (i = 0; i < COUNT_OF(parts); i++)
        if (has_part(name, parts[i]))
            return true;
    return false;
}

bool secret_name(const char *name)
{
    static const char *const parts[] = {
        "passw",         "passphrase",    "passcode",     "recovery key",
        "recovery_key",  "recoverykey",   "recovery-key", "bypass",
        "private key",   "private_key",   "privatekey",   "api key",
        "api_key",       "apikey",        "unlock token", "unlocktoken",
        "unlock_token",  "push magic",    "pushmagic",    "bearer",
        "shadowhash",    "kerberoskeys",  "unlock code",  "lock code",
        "filevault key", "filevault_key", "filevaultkey"};
    static const char *const words[] = {"pin",  "prk",  "secret",
                                        "hint", "albc", "secrets"};
    size_t i;

    for (i = 0; i < COUNT_OF(parts); i++)
        if (has_part(name, parts[i]))
            return !about_it(name);
    for (i = 0; i < COUNT_OF(words); i++)
        if (has_word(name, words[i]))
            return !about_it(name);
    return false;
}

void secret_clean(struct strbuf *b, const char *s, size_t n)
{
    if (secret_shape(s, n))
        strbuf_adds(b, SECRET_WORD);
    else
        strbuf_add(b, s, n);
}
