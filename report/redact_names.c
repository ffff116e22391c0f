/*
 * redact_names.c - the names of one Mac, found in a text and replaced.
 */
#include "core/base.h"

#include "core/text.h"
#include "report/fold.h"
#include "report/redact_names.h"

#define GENITIVE_LEAST 3 /* bytes of a name that an "s" may follow */

void redact_names_clear(struct redact_names *n)
{
    size_t i;

    for (i = 0; i < n->count; i++) {
        free(n->items[i].folded);
        free(n->items[i].alias);
    }
    n->count = 0;
}

void redact_names_free(struct redact_names *n)
{
    redact_names_clear(n);
    free(n->items);
    *n = (struct redact_names){0};
}

static bool more_room(struct redact_names *n)
{
    size_t cap = n->cap ? n->cap * 2 : 64;
    struct redact_name *p;

    if (n->count < n->cap)
        return true;
    p = realloc(n->items, cap * sizeof(*p));
    if (!p)
        return false;
    n->items = p;
    n->cap = cap;
    return true;
}

static bool add(struct redact_names *n, const char *name, size_t len,
                const char *alias, bool part)
{
    struct strbuf folded = {0};
    struct redact_name *item;

    fold_text(&folded, name, len);
    if (!more_room(n)) {
        strbuf_free(&folded);
        return false;
    }
    item = &n->items[n->count];
    *item = (struct redact_name){
        .len = folded.len, .order = n->count++, .part = part};
    item->folded = strbuf_detach(&folded);
    item->alias = strdup(alias);
    return item->folded && item->alias;
}

bool redact_names_add(struct redact_names *n, const char *name,
                      const char *alias)
{
    return !name[0] || add(n, name, strlen(name), alias, false);
}

/* ----------------------------------------------------------------- words -- */

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static bool among(const char *const *words, const char *s, size_t len)
{
    for (; *words; words++)
        if (strlen(*words) == len && memcmp(*words, s, len) == 0)
            return true;
    return false;
}

bool redact_names_machine(const char *folded, size_t len)
{
    static const char *const words[] = {
        "mac",    "macs", "macbook", "macbooks", "macmini",  "macpro",
        "imac",   "mini", "pro",     "air",      "studio",   "book",
        "laptop", "neo",  "desktop", "notebook", "computer", NULL};

    return among(words, folded, len);
}

/* What stands in names of accounts that are no person's, and between names. */
static bool says_nothing(const char *folded, size_t len)
{
    static const char *const words[] = {
        "admin", "administrator", "user", "local", "support", "service",
        "test",  "guest",         "the",  "and",   "von",     "van",
        "der",   "den",           "del",  "dos",   NULL};

    return redact_names_machine(folded, len) || among(words, folded, len);
}

static bool add_part(struct redact_names *n, const char *word, size_t len,
                     const char *alias)
{
    struct strbuf folded = {0};
    bool skip, good = true;
    size_t i;

    for (i = 0; i < len && isdigit((unsigned char)word[i]); i++)
        ;
    fold_text(&folded, word, len);
    skip = i == len || len < 2 || says_nothing(strbuf_str(&folded), folded.len);
    if (!skip)
        good = add(n, word, len, alias, true);
    strbuf_free(&folded);
    return good;
}

bool redact_names_add_parts(struct redact_names *n, const char *name,
                            const char *alias)
{
    size_t end = strcspn(name, "@"), i = 0, from;

    while (i < end) {
        while (i < end && !is_word(name[i]))
            i++;
        from = i;
        while (i < end && is_word(name[i]))
            i++;
        if (i > from && !add_part(n, name + from, i - from, alias))
            return false;
    }
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct redact_name *x = a, *y = b;

    if (x->len != y->len)
        return x->len > y->len ? -1 : 1;
    if (x->part != y->part)
        return x->part ? 1 : -1;
    return x->order < y->order ? -1 : 1;
}

void redact_names_ready(struct redact_names *n)
{
    if (n->count)
        qsort(n->items, n->count, sizeof(*n->items), compare);
}

/* ------------------------------------------------------------------ texts --
 */

/* A text being searched, folded. */
struct search {
    const char *folded;
    size_t len;
    size_t *origin; /* of each byte, and of the end */
    bool parts;
};

/* Scripts without blanks between words: kana, Han, Hangul, Thai. */
static bool has_no_blanks(const char *p, size_t n)
{
    uint32_t cp = 0;

    return utf8_decode(p, n, &cp) > 0 &&
           ((cp >= 0x0e00 && cp <= 0x0e7f) || (cp >= 0x1100 && cp <= 0x11ff) ||
            (cp >= 0x2e80 && cp <= 0x9fff) || (cp >= 0xf900 && cp <= 0xfaff) ||
            cp >= 0x20000);
}

/* Where a character begins that ends before "at". */
static size_t before(const char *s, size_t at)
{
    while (at > 0 && ((unsigned char)s[--at] & 0xc0) == 0x80)
        ;
    return at;
}

/* Whether a word may begin, or end, at "at". */
static bool is_edge(const struct search *s, size_t at)
{
    size_t last = before(s->folded, at);

    if (at == 0 || at >= s->len)
        return true;
    if (s->origin[at] == s->origin[at - 1])
        return false; /* inside of what was one letter */
    return !is_word(s->folded[at - 1]) || !is_word(s->folded[at]) ||
           has_no_blanks(s->folded + at, s->len - at) ||
           has_no_blanks(s->folded + last, at - last);
}

/* Where the name that may stand at "at" ends; 0 for none. */
static size_t end_of(const struct search *s, const struct redact_name *name,
                     size_t at)
{
    size_t end = at + name->len;

    if ((name->part && !s->parts) || end > s->len || name->len == 0 ||
        memcmp(s->folded + at, name->folded, name->len) != 0)
        return 0;
    /* of two letters a word may be any: only one that owns something */
    if (name->part && name->len < GENITIVE_LEAST &&
        (end == s->len || s->folded[end] != '\''))
        return 0;
    if (is_edge(s, end))
        return end;
    return s->parts && name->len >= GENITIVE_LEAST && s->folded[end] == 's' &&
                   is_edge(s, end + 1)
               ? end + 1
               : 0;
}

static const struct redact_name *name_at(const struct redact_names *n,
                                         const struct search *s, size_t at,
                                         size_t *end)
{
    size_t i;

    if (!is_edge(s, at) && is_word(s->folded[at]))
        return NULL;
    for (i = 0; i < n->count; i++)
        if ((*end = end_of(s, &n->items[i], at)))
            return &n->items[i];
    return NULL;
}

static void pass(redact_rest_fn *rest, void *ctx, const char *text, size_t n,
                 struct strbuf *out)
{
    if (rest && n)
        rest(ctx, text, n, out);
    else
        strbuf_add(out, text, n);
}

void redact_names_hide(const struct redact_names *n, const char *text,
                       size_t len, bool parts, redact_rest_fn *rest, void *ctx,
                       struct strbuf *out)
{
    struct strbuf folded = {0};
    struct search s = {.parts = parts};
    size_t at = 0, end = 0, done = 0;

    if (!fold_noting(&folded, text, len, &s.origin)) {
        out->failed = true;
        strbuf_free(&folded);
        return;
    }
    s.folded = strbuf_str(&folded);
    s.len = folded.len;
    while (at < s.len) {
        const struct redact_name *name = name_at(n, &s, at, &end);

        if (!name) {
            at++;
            continue;
        }
        pass(rest, ctx, text + done, s.origin[at] - done, out);
        strbuf_adds(out, name->alias);
        at = end;
        done = s.origin[at];
    }
    pass(rest, ctx, text + done, len - done, out);
    free(s.origin);
    strbuf_free(&folded);
}
