/*
 * map_cell.c - one cell as one value.
 *
 * The words of the mapping come first, then what every source understands. A
 * cell that is there and fits neither is refused: counted, named, unknown.
 */
#include "core/base.h"

#include "core/text.h"
#include "core/when.h"
#include "ingest/chip.h"
#include "ingest/mapping.h"
#include "ingest/secrets.h"
#include "ingest/slice.h"

static bool fits(const char *pattern, struct slice t)
{
    char text[256];

    if (!strchr(pattern, '*'))
        return strlen(pattern) == t.n && ascii_ncasecmp(pattern, t.s, t.n) == 0;
    if (t.n >= sizeof(text))
        return false;
    memcpy(text, t.s, t.n);
    text[t.n] = '\0';
    return text_glob(pattern, text);
}

/* The mapping's own word for the cell; NULL where it has none. */
static const struct word *find_word(const struct column_spec *spec,
                                    struct slice t)
{
    size_t i;

    for (i = 0; i < spec->word_count; i++)
        if (fits(spec->words[i].pattern, t))
            return &spec->words[i];
    return NULL;
}

/* Does the name of a group end at "at"? "[a, b]", "a;b", one a line. A bracket
 * within is part of a name. */
static bool group_edge(struct slice t, size_t at)
{
    if (at >= t.n || strchr(",;|\n\r", t.s[at]) != NULL)
        return true;
    return t.s[at] == '[' ? at == 0 : t.s[at] == ']' && at == t.n - 1;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A group by its whole name, which may have commas and brackets in it. */
static bool has_group(struct slice t, const char *name)
{
    size_t n = strlen(name), i, before, after;

    for (i = 0; i + n <= t.n; i++) {
        if (ascii_ncasecmp(t.s + i, name, n) != 0)
            continue;
        for (before = i; before > 0 && blank(t.s[before - 1]); before--)
            ;
        for (after = i + n; after < t.n && blank(t.s[after]); after++)
            ;
        if ((before == 0 || group_edge(t, before - 1)) && group_edge(t, after))
            return true;
    }
    return false;
}

/* A group by a pattern: names are taken apart at every mark. */
static bool has_group_like(struct slice t, const char *pattern)
{
    size_t i = 0, n;

    while (i < t.n) {
        for (n = 0; !group_edge(t, i + n); n++)
            ;
        if (n && fits(pattern, slice_trim((struct slice){t.s + i, n})))
            return true;
        i += n + 1;
    }
    return false;
}

/* The first word that is one of the groups. Not to be in a group says
 * nothing: the list may be cut, or the group be made later. */
static const struct word *find_group(const struct column_spec *spec,
                                     struct slice t)
{
    size_t i;

    for (i = 0; i < spec->word_count; i++)
        if (strchr(spec->words[i].pattern, '*')
                ? has_group_like(t, spec->words[i].pattern)
                : has_group(t, spec->words[i].pattern))
            return &spec->words[i];
    return NULL;
}

/* Marks that logs put in front of a line. */
static struct slice without_bullet(struct slice t)
{
    static const char bullet[] = "\xe2\x80\xa2";

    for (t = slice_trim(t); t.n >= 3 && memcmp(t.s, bullet, 3) == 0;
         t = slice_trim(t)) {
        t.s += 3;
        t.n -= 3;
    }
    return t;
}

/* The first line of a cell that fits; of a long line the beginning decides. */
static bool find_line(const char *pattern, const struct map_cell *c,
                      struct map_cell *out)
{
    size_t i, start = 0;

    for (i = 0; c->n > 0 && i <= c->n; i++) {
        struct slice t;

        if (i < c->n && c->s[i] != '\n' && c->s[i] != '\r')
            continue;
        t = without_bullet((struct slice){c->s + start, i - start});
        start = i + 1;
        if (t.n == 0 ||
            !fits(pattern, (struct slice){t.s, t.n < 200 ? t.n : 200}))
            continue;
        *out = (struct map_cell){t.s, (uint32_t)t.n, CELL_TEXT};
        return true;
    }
    return false;
}

struct map_cell map_line(const struct column_spec *spec,
                         const struct map_cell *c)
{
    struct map_cell line = {c->s, 0, c->kind};
    size_t i;

    if (spec->line_count == 0)
        return *c;
    for (i = 0; i < spec->line_count; i++)
        if (find_line(spec->lines[i], c, &line))
            break;
    return line;
}

bool map_names_word(const struct column_spec *spec, const struct map_cell *c)
{
    return find_word(spec, slice_trim((struct slice){c->s, c->n})) != NULL;
}

static int two(const char *s)
{
    if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
        return -1;
    return (s[0] - '0') * 10 + (s[1] - '0');
}

/* The canonical form, 2026-11-01T09:14:00Z, without detours. */
static bool canonical_time(struct slice t, int64_t *out)
{
    int y1, y2, mo, d, h, mi, s;

    if (t.n != 20 || t.s[4] != '-' || t.s[7] != '-' || t.s[10] != 'T' ||
        t.s[13] != ':' || t.s[16] != ':' || t.s[19] != 'Z')
        return false;
    y1 = two(t.s);
    y2 = two(t.s + 2);
    mo = two(t.s + 5);
    d = two(t.s + 8);
    h = two(t.s + 11);
    mi = two(t.s + 14);
    s = two(t.s + 17);
    if (y1 < 0 || y2 < 0 || mo < 1 || mo > 12 || d < 1 ||
        d > (mo == 2                                     ? 28
             : mo == 4 || mo == 6 || mo == 9 || mo == 11 ? 30
                                                         : 31) ||
        h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59)
        return false;
    *out = when_days(y1 * 100 + y2, mo, d) * WHEN_DAY + h * 3600 + mi * 60 + s;
    return true;
}

static enum got as_time(const struct map *m, const struct column_spec *spec,
                        const struct fact *f, struct slice t,
                        struct fact_value *out)
{
    bool read = spec->date ? when_parse_as(spec->date, t.s, t.n, &out->number)
                           : canonical_time(t, &out->number) ||
                                 when_parse_ordered(m->options.dates, t.s, t.n,
                                                    &out->number);

    if (read) {
        out->type = FACT_TIME;
        out->known = when_plausible(out->number, m->options.latest);
        return out->known ? GOT_KNOWN : GOT_REFUSED;
    }
    return fact_parse(f, t.s, t.n, m->options.latest, out) == FACT_KNOWN
               ? GOT_KNOWN
               : GOT_REFUSED;
}

/* The dotted number in "macOS 12.0.1 (21A559)" or "14.4.1 (23E224)". */
static bool version_in(struct slice *t)
{
    size_t i, start, dots;

    for (i = 0; i < t->n; i++) {
        if (t->s[i] < '0' || t->s[i] > '9' ||
            (i > 0 && isalnum((unsigned char)t->s[i - 1]) &&
             ascii_lower(t->s[i - 1]) != 'v'))
            continue;
        start = i;
        dots = 0;
        while (i < t->n && ((t->s[i] >= '0' && t->s[i] <= '9') ||
                            (t->s[i] == '.' && i + 1 < t->n &&
                             t->s[i + 1] >= '0' && t->s[i + 1] <= '9'))) {
            dots += t->s[i] == '.';
            i++;
        }
        if (i < t->n && isalnum((unsigned char)t->s[i]))
            continue;
        if (dots == 0 && i - start > 2)
            continue;
        *t = (struct slice){t->s + start, i - start};
        return true;
    }
    return false;
}

static enum got as_version(struct slice t, struct fact_value *out)
{
    if (version_number(t.s, t.n) < 0 && !version_in(&t))
        return GOT_REFUSED;
    *out = (struct fact_value){FACT_VERSION, true, 0, t.s, t.n};
    return GOT_KNOWN;
}

static enum got as_text(struct slice t, struct fact_value *out)
{
    *out = (struct fact_value){FACT_TEXT, true, 0, t.s, t.n};
    return GOT_KNOWN;
}

/* 101506 is 10.15.6. */
static enum got packed_version(struct map *m, struct slice t,
                               struct fact_value *out)
{
    int64_t v = 0;
    size_t i;

    if (t.n < 5 || t.n > 6)
        return as_version(t, out);
    for (i = 0; i < t.n; i++) {
        if (t.s[i] < '0' || t.s[i] > '9')
            return as_version(t, out);
        v = v * 10 + (t.s[i] - '0');
    }
    snprintf(m->packed, sizeof(m->packed), "%d.%d.%d", (int)(v / 10000),
             (int)(v / 100 % 100), (int)(v % 100));
    return as_version((struct slice){m->packed, strlen(m->packed)}, out);
}

static enum got as_chip(enum reading reading, struct slice t,
                        struct fact_value *out)
{
    const char *chip = reading == READ_MODEL ? chip_of_model(t.s, t.n)
                                             : chip_of_processor(t.s, t.n);

    if (!chip)
        return GOT_UNKNOWN;
    *out = (struct fact_value){FACT_ENUM, true, 0, chip, strlen(chip)};
    return GOT_KNOWN;
}

/* "14.4.1 (23E224)": what stands in the brackets. */
static enum got bracketed(struct slice t, struct fact_value *out)
{
    const char *open = memchr(t.s, '(', t.n), *close;

    if (!open)
        return GOT_UNKNOWN;
    close = memchr(open, ')', (size_t)(t.s + t.n - open));
    if (!close || close == open + 1)
        return GOT_UNKNOWN;
    return as_text((struct slice){open + 1, (size_t)(close - open - 1)}, out);
}

static enum got yes(bool v, struct fact_value *out)
{
    *out = (struct fact_value){FACT_BOOL, true, v, NULL, 0};
    return GOT_KNOWN;
}

static int ascii_hex(char c)
{
    const char *digits = "0123456789abcdef", *at;

    at = c ? strchr(digits, ascii_lower(c)) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* The character that "\\u2019" at the front of "t" spells, 0 for none; of one
 * beyond 16 bits both halves. Controls stay spelled out. */
static uint32_t spelled(struct slice t, size_t *taken)
{
    uint32_t cp[2] = {0, 0};
    size_t half, i;

    for (half = 0; half < 2; half++) {
        const char *p = t.s + half * 6;

        if (t.n < half * 6 + 6 || p[0] != '\\' || p[1] != 'u')
            break;
        for (i = 2; i < 6 && ascii_hex(p[i]) >= 0; i++)
            cp[half] = cp[half] * 16 + (uint32_t)ascii_hex(p[i]);
        if (i < 6)
            return 0;
        if (half == 0 && (cp[0] < 0xd800 || cp[0] > 0xdbff)) {
            *taken = 6;
            return cp[0] < ' ' || (cp[0] >= 0x7f && cp[0] < 0xa0) ||
                           (cp[0] >= 0xdc00 && cp[0] <= 0xdfff)
                       ? 0
                       : cp[0];
        }
    }
    if (half < 2 || cp[1] < 0xdc00 || cp[1] > 0xdfff)
        return 0;
    *taken = 12;
    return 0x10000 + ((cp[0] - 0xd800) << 10) + (cp[1] - 0xdc00);
}

/* A text that was escaped twice, as it was meant; too long a one as it is. */
static enum got unescaped(struct map *m, struct slice t, struct fact_value *out)
{
    struct strbuf plain = {0};
    size_t i = 0, taken = 0;
    uint32_t cp;
    char *to = m->plain + m->plain_len;

    while (i < t.n) {
        cp = spelled((struct slice){t.s + i, t.n - i}, &taken);
        if (cp)
            utf8_append(&plain, cp);
        else
            strbuf_addc(&plain, t.s[i]);
        i += cp ? taken : 1;
    }
    if (strbuf_ok(&plain) && plain.len < t.n &&
        plain.len <= sizeof(m->plain) - m->plain_len) {
        memcpy(to, plain.data, plain.len);
        m->plain_len += plain.len;
        t = (struct slice){to, plain.len};
    }
    strbuf_free(&plain);
    return as_text(t, out);
}

/* "1/1", "0/1": encrypted volumes of volumes. Some is not all: unknown. */
static enum got counted(const struct fact *f, struct slice t,
                        struct fact_value *out)
{
    const char *slash = memchr(t.s, '/', t.n), *p;
    int64_t a = 0, b = 0;

    if (!slash || slash == t.s || slash + 1 == t.s + t.n || t.n > 12)
        return GOT_REFUSED;
    for (p = t.s; p < t.s + t.n; p++) {
        if (p == slash)
            continue;
        if (*p < '0' || *p > '9')
            return GOT_REFUSED;
        if (p < slash)
            a = a * 10 + (*p - '0');
        else
            b = b * 10 + (*p - '0');
    }
    if (b == 0 || (a != 0 && a != b))
        return GOT_UNKNOWN;
    return fact_parse(f, a ? "on" : "off", a ? 2 : 3, 0, out) == FACT_KNOWN
               ? GOT_KNOWN
               : GOT_REFUSED;
}

/* https://mdm.example.com/path?token=... gives mdm.example.com */
static enum got host_of(struct slice t, struct fact_value *out)
{
    size_t i, start = 0;

    for (i = 0; i + 3 <= t.n; i++)
        if (memcmp(t.s + i, "://", 3) == 0) {
            start = i + 3;
            break;
        }
    for (i = start; i < t.n; i++)
        if (strchr("/?#", t.s[i]))
            break;
    if (i == start)
        return GOT_REFUSED;
    return as_text((struct slice){t.s + start, i - start}, out);
}

/* Hosts are known by a name or by a UUID, as the site chose: only the UUID is
 * one. */
static enum got uuid_of(struct slice t, struct fact_value *out)
{
    size_t i;

    if (t.n != 36)
        return GOT_UNKNOWN;
    for (i = 0; i < t.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? t.s[i] != '-' : !strchr("0123456789abcdefABCDEF", t.s[i]))
            return GOT_UNKNOWN;
    }
    return as_text(t, out);
}

/* An id as the name of what it stands for, or is below. */
static enum got named(const struct map *m, const struct column_spec *spec,
                      struct slice t, struct fact_value *out)
{
    bool above = false;
    const char *root =
        id_names_root(m->options.names, spec->kind, t.s, t.n, &above);
    const char *name =
        spec->reading == READ_ROOT ? root
        : above ? id_names_find(m->options.names, spec->kind, t.s, t.n)
                : NULL;

    return name ? as_text((struct slice){name, strlen(name)}, out)
                : GOT_UNKNOWN;
}

static bool says_nothing(struct slice t)
{
    static const char *const words[] = {
        "null", "none", "n/a", "not present", "not available", "unknown", "-"};
    size_t i;

    for (i = 0; i < COUNT_OF(words); i++)
        if (fits(words[i], t))
            return true;
    return false;
}

/* There is a secret, or a word that says whether there is one. */
static enum got present(struct slice t, struct fact_value *out)
{
    int word = fact_bool_word(t.s, t.n);

    if (word >= 0)
        return yes(word, out);
    if (says_nothing(t))
        return GOT_UNKNOWN;
    return yes(true, out);
}

static enum got plain(const struct map *m, const struct column_spec *spec,
                      const struct fact *f, struct slice t,
                      struct fact_value *out)
{
    int word;

    switch (f->type) {
    case FACT_TEXT:
        return as_text(t, out);
    case FACT_BOOL:
        word = fact_bool_word(t.s, t.n);
        return word < 0 ? GOT_REFUSED : yes(word, out);
    case FACT_VERSION:
        return as_version(t, out);
    case FACT_TIME:
        return as_time(m, spec, f, t, out);
    default:
        return fact_parse(f, t.s, t.n, 0, out) == FACT_KNOWN ? GOT_KNOWN
                                                             : GOT_REFUSED;
    }
}

static enum got by_reading(struct map *m, const struct column_spec *spec,
                           const struct fact *f, struct slice t,
                           struct fact_value *out)
{
    switch (spec->reading) {
    case READ_MODEL:
    case READ_PROCESSOR:
        return as_chip(spec->reading, t, out);
    case READ_BUILD:
        return bracketed(t, out);
    case READ_PACKED:
        return packed_version(m, t, out);
    case READ_PRESENT:
        return present(t, out);
    case READ_COUNTED:
        return counted(f, t, out);
    case READ_HOST:
        return host_of(t, out);
    case READ_UUID:
        return uuid_of(t, out);
    case READ_ESCAPED:
        return unescaped(m, t, out);
    case READ_ROOT:
    case READ_LEAF:
        return named(m, spec, t, out);
    default:
        return plain(m, spec, f, t, out);
    }
}

static enum got by_word(const struct word *w, const struct fact *f,
                        struct fact_value *out)
{
    if (w->kind == WORD_UNKNOWN)
        return GOT_UNKNOWN;
    if (w->kind == WORD_NEVER) {
        *out = (struct fact_value){FACT_TIME, true, 0, NULL, 0};
        return GOT_KNOWN;
    }
    return fact_parse(f, w->value, strlen(w->value), 0, out) == FACT_KNOWN
               ? GOT_KNOWN
               : GOT_REFUSED;
}

/* A key in a yes-or-no column says that there is one; elsewhere it says
 * nothing that may be kept. */
static enum got secret(const struct column_spec *spec, const struct fact *f,
                       struct slice t, struct fact_value *out)
{
    if (f->type != FACT_BOOL)
        return GOT_SECRET;
    (void)spec, (void)t;
    yes(true, out);
    return GOT_SECRET;
}

enum got map_read_cell(struct map *m, const struct column_spec *spec,
                       const struct fact *f, const struct map_cell *c,
                       struct fact_value *out)
{
    struct map_cell line = map_line(spec, c);
    struct slice t = slice_trim((struct slice){line.s, line.n});
    const struct word *w;

    if (t.n == 0) {
        if (c->kind != CELL_NONE && spec->empty_is_no && f->type == FACT_BOOL)
            return yes(false, out);
        return GOT_EMPTY;
    }
    if (t.n >= 20 && secret_shape(t.s, t.n))
        return secret(spec, f, t, out);
    if (spec->reading == READ_GROUPS) {
        w = find_group(spec, t);
        return w ? by_word(w, f, out) : GOT_UNKNOWN;
    }
    if (spec->word_count && (w = find_word(spec, t)) != NULL)
        return by_word(w, f, out);
    if (spec->use == USE_SECRET)
        return present(t, out);
    return by_reading(m, spec, f, t, out);
}

static bool quick_word(const struct map *m, struct target *t,
                       const struct map_cell *c, struct fact_value *out)
{
    if (c->n == t->word_len && memcmp(c->s, t->word, c->n) == 0) {
        *out = (struct fact_value){FACT_ENUM, true, 0, t->word, c->n};
        return true;
    }
    (void)m;
    if (fact_parse(t->f, c->s, c->n, 0, out) != FACT_KNOWN ||
        out->len != c->n || memcmp(out->text, c->s, c->n) != 0)
        return false;
    t->word = out->text;
    t->word_len = out->len;
    return true;
}

static bool quick_text(const struct map_cell *c)
{
    return c->s[0] > ' ' && c->s[c->n - 1] > ' ' &&
           (c->n < 20 || !secret_shape(c->s, c->n));
}

bool map_quick_cell(const struct map *m, struct target *t,
                    const struct map_cell *c, struct fact_value *out)
{
    switch (t->f->type) {
    case FACT_BOOL:
        if (c->n == 4 && memcmp(c->s, "true", 4) == 0)
            return yes(true, out) == GOT_KNOWN;
        return c->n == 5 && memcmp(c->s, "false", 5) == 0 &&
               yes(false, out) == GOT_KNOWN;
    case FACT_ENUM:
        return quick_word(m, t, c, out);
    case FACT_TIME:
        *out = (struct fact_value){.type = FACT_TIME, .known = true};
        return canonical_time((struct slice){c->s, c->n}, &out->number) &&
               when_plausible(out->number, m->options.latest);
    case FACT_TEXT:
        return quick_text(c) &&
               as_text((struct slice){c->s, c->n}, out) == GOT_KNOWN;
    case FACT_VERSION:
        if (version_number(c->s, c->n) < 0)
            return false;
        return as_version((struct slice){c->s, c->n}, out) == GOT_KNOWN;
    case FACT_COUNT:
        return c->s[0] != '0' &&
               fact_parse(t->f, c->s, c->n, 0, out) == FACT_KNOWN;
    }
    return false;
}

bool map_is_canonical(const struct fact *f, const struct fact_value *v,
                      const struct map_cell *c)
{
    switch (f->type) {
    case FACT_BOOL:
        return v->number ? c->n == 4 && memcmp(c->s, "true", 4) == 0
                         : c->n == 5 && memcmp(c->s, "false", 5) == 0;
    case FACT_ENUM:
        return c->n == v->len && memcmp(c->s, v->text, v->len) == 0;
    case FACT_TIME:
        if (v->number == 0)
            return c->n == 5 && memcmp(c->s, "never", 5) == 0;
        return c->n == 20 && c->s[19] == 'Z' && c->s[10] == 'T';
    case FACT_COUNT:
        return c->n < 2 || c->s[0] != '0';
    default:
        return v->len == c->n;
    }
}

bool map_same_value(const struct fact_value *a, const struct fact_value *b)
{
    if (a->text || b->text)
        return a->len == b->len && a->text && b->text &&
               memcmp(a->text, b->text, a->len) == 0;
    return a->number == b->number;
}
