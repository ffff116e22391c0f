/*
 * leak_names.c - many names found in one pass over a text.
 *
 * A name is found by its rarest word: each word of the text is looked up once,
 * and only then is the whole name compared. Names and texts are folded first.
 * Bytes of UTF-8 sequences count as letters.
 */
#include "core/base.h"

#include "report/fold.h"
#include "report/leak_names.h"

#define LEAST 3        /* bytes of a name that is searched for */
#define LEAST_DIGITS 6 /* ... that is a number */
#define LONGEST 1024

struct leak_names {
    struct name *items;
    size_t count, cap, shorts, longest;
    uint32_t *by_text; /* index + 1 by hash of the whole name */
    size_t by_text_cap;
    uint32_t *by_word; /* index + 1 by hash of the anchor word */
    size_t by_word_cap;
    struct strbuf folded; /* the text at hand */
};

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static uint64_t hash(const char *p, size_t n)
{
    uint64_t h = UINT64_C(14695981039346656037);
    size_t i;

    for (i = 0; i < n; i++)
        h = (h ^ (unsigned char)p[i]) * UINT64_C(1099511628211);
    return h ^ h >> 29;
}

struct leak_names *leak_names_new(void)
{
    return calloc(1, sizeof(struct leak_names));
}

void leak_names_free(struct leak_names *n)
{
    size_t i;

    if (!n)
        return;
    for (i = 0; i < n->count; i++) {
        free(n->items[i].text);
        free(n->items[i].owners);
    }
    free(n->items);
    free(n->by_text);
    free(n->by_word);
    strbuf_free(&n->folded);
    free(n);
}

static bool too_short(const char *s, size_t len)
{
    size_t i, words = 0, digits = 0;

    for (i = 0; i < len; i++) {
        words += is_word(s[i]);
        digits += s[i] >= '0' && s[i] <= '9';
    }
    return words < LEAST || (digits == words && digits < LEAST_DIGITS);
}

/* Twice as many places for names, which are all put in again. */
static bool grow_index(struct leak_names *n)
{
    size_t cap = n->by_text_cap ? n->by_text_cap * 2 : 1024, i;
    uint32_t *p = calloc(cap, sizeof(*p));

    if (!p)
        return false;
    for (i = 0; i < n->count; i++) {
        size_t at = hash(n->items[i].text, n->items[i].len) & (cap - 1);

        while (p[at])
            at = (at + 1) & (cap - 1);
        p[at] = (uint32_t)i + 1;
    }
    free(n->by_text);
    n->by_text = p;
    n->by_text_cap = cap;
    return true;
}

/* The name with this text, made where it is new; NULL for want of memory. */
static struct name *find_or_add(struct leak_names *n, const char *s, size_t len)
{
    struct name *item;
    size_t at;

    if (n->count * 2 >= n->by_text_cap && !grow_index(n))
        return NULL;
    at = hash(s, len) & (n->by_text_cap - 1);
    for (; n->by_text[at]; at = (at + 1) & (n->by_text_cap - 1)) {
        item = &n->items[n->by_text[at] - 1];
        if (item->len == len && memcmp(item->text, s, len) == 0)
            return item;
    }
    if (n->count == n->cap) {
        size_t cap = n->cap ? n->cap * 2 : 256;

        item = realloc(n->items, cap * sizeof(*item));
        if (!item)
            return NULL;
        n->items = item;
        n->cap = cap;
    }
    item = &n->items[n->count];
    memset(item, 0, sizeof(*item));
    item->text = strdup(s);
    if (!item->text)
        return NULL;
    item->len = len;
    n->by_text[at] = (uint32_t)++n->count;
    return item;
}

bool leak_name_owned(const struct name *name, int64_t owner)
{
    size_t i;

    for (i = 0; i < name->owner_count; i++)
        if (name->owners[i] == owner)
            return true;
    return false;
}

static bool add_owner(struct name *item, int64_t owner)
{
    int64_t *owners;

    if (leak_name_owned(item, owner))
        return true;
    owners = realloc(item->owners, (item->owner_count + 1) * sizeof(*owners));
    if (!owners)
        return false;
    item->owners = owners;
    owners[item->owner_count++] = owner;
    return true;
}

bool leak_names_add(struct leak_names *n, const char *text, const char *kind,
                    int64_t owner)
{
    struct strbuf *folded = &n->folded;
    struct name *item;

    strbuf_reset(folded);
    fold_text(folded, text, strlen(text));
    if (!strbuf_ok(folded))
        return false;
    if (too_short(strbuf_str(folded), folded->len) || folded->len > LONGEST) {
        n->shorts += folded->len > 0;
        return true;
    }
    item = find_or_add(n, strbuf_str(folded), folded->len);
    if (!item)
        return false;
    if (folded->len > n->longest)
        n->longest = folded->len;
    item->kind = item->kind ? item->kind : kind;
    return add_owner(item, owner);
}

/* The next word from *at on; false at the end. */
static bool next_word(const char *s, size_t len, size_t *at, size_t *n)
{
    size_t i = *at;

    while (i < len && !is_word(s[i]))
        i++;
    *at = i;
    while (i < len && is_word(s[i]))
        i++;
    *n = i - *at;
    return *n > 0;
}

#define FREQUENCIES (1 << 18)

/* How often each word occurs, roughly: words may share a counter. */
static void count_words(const struct leak_names *n, uint32_t *counts)
{
    size_t i, at, len;

    for (i = 0; i < n->count; i++) {
        const struct name *item = &n->items[i];

        for (at = 0; next_word(item->text, item->len, &at, &len); at += len)
            counts[hash(item->text + at, len) & (FREQUENCIES - 1)]++;
    }
}

static void choose_anchor(struct name *item, const uint32_t *counts)
{
    uint32_t best = UINT32_MAX;
    size_t at, len;

    for (at = 0; next_word(item->text, item->len, &at, &len); at += len) {
        uint32_t c = counts[hash(item->text + at, len) & (FREQUENCIES - 1)];

        if (c < best || (c == best && len > item->word)) {
            best = c;
            item->anchor = at;
            item->word = len;
        }
    }
}

bool leak_names_ready(struct leak_names *n)
{
    uint32_t *counts = calloc(FREQUENCIES, sizeof(*counts));
    size_t i, cap = 1024;

    while (cap < n->count * 2)
        cap *= 2;
    n->by_word = calloc(cap, sizeof(*n->by_word));
    n->by_word_cap = cap;
    if (!counts || !n->by_word) {
        free(counts);
        return false;
    }
    count_words(n, counts);
    for (i = 0; i < n->count; i++) {
        struct name *item = &n->items[i];
        size_t at;

        choose_anchor(item, counts);
        at = hash(item->text + item->anchor, item->word) & (cap - 1);
        item->next = n->by_word[at];
        n->by_word[at] = (uint32_t)i + 1;
    }
    free(counts);
    return true;
}

size_t leak_names_count(const struct leak_names *n)
{
    return n->count;
}

size_t leak_names_short(const struct leak_names *n)
{
    return n->shorts;
}

size_t leak_names_longest(const struct leak_names *n)
{
    return n->longest;
}

struct name *leak_names_at(struct leak_names *n, size_t i)
{
    return &n->items[i];
}

/* Whether the name whose anchor is the word at "at" stands there. */
static bool stands(const struct name *item, const char *text, size_t len,
                   size_t at)
{
    size_t from, to;

    if (at < item->anchor)
        return false;
    from = at - item->anchor;
    to = from + item->len;
    if (to > len || memcmp(text + from, item->text, item->len) != 0)
        return false;
    if (from > 0 && is_word(text[from]) && is_word(text[from - 1]))
        return false;
    return to == len || !is_word(text[to - 1]) || !is_word(text[to]);
}

/* Where a name that was found stands in the folded text. */
typedef bool found_fn(void *ctx, struct name *name, size_t at);

static bool find_folded(struct leak_names *n, const char *text, size_t len,
                        found_fn *fn, void *ctx)
{
    size_t at, word;

    for (at = 0; next_word(text, len, &at, &word); at += word) {
        uint32_t i = n->by_word[hash(text + at, word) & (n->by_word_cap - 1)];

        for (; i; i = n->items[i - 1].next) {
            struct name *item = &n->items[i - 1];

            if (item->word == word && stands(item, text, len, at) &&
                !fn(ctx, item, at - item->anchor))
                return false;
        }
    }
    return true;
}

struct call {
    leak_names_fn *fn;
    void *ctx;
};

static bool pass_on(void *ctx, struct name *name, size_t at)
{
    const struct call *c = ctx;

    (void)at;
    return c->fn(c->ctx, name);
}

bool leak_names_find(struct leak_names *n, const char *text, size_t len,
                     leak_names_fn *fn, void *ctx)
{
    struct call call = {.fn = fn, .ctx = ctx};

    strbuf_reset(&n->folded);
    fold_text(&n->folded, text, len);
    return strbuf_ok(&n->folded) && find_folded(n, strbuf_str(&n->folded),
                                                n->folded.len, pass_on, &call);
}

bool leak_names_failed(const struct leak_names *n)
{
    return !strbuf_ok(&n->folded);
}

/* ----------------------------------------------------------------- places --
 */

struct place {
    const struct name *name;
    size_t from, to;
};

struct places {
    struct place *items;
    size_t count;
    size_t *origin; /* of each folded byte, and of the end */
    bool failed;
};

static bool keep_place(void *ctx, struct name *name, size_t at)
{
    struct places *p = ctx;
    struct place *items = realloc(p->items, (p->count + 1) * sizeof(*p->items));

    p->failed = !items;
    if (!items)
        return false;
    p->items = items;
    items[p->count++] = (struct place){
        .name = name, .from = p->origin[at], .to = p->origin[at + name->len]};
    return true;
}

static int place_cmp(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to > y->to ? -1 : x->to < y->to;
}

bool leak_names_places(struct leak_names *n, const char *text, size_t len,
                       leak_place_fn *fn, void *ctx)
{
    struct places p = {.items = NULL};
    struct strbuf folded = {0};
    bool go = fold_noting(&folded, text, len, &p.origin) &&
              find_folded(n, strbuf_str(&folded), folded.len, keep_place, &p);
    size_t i;

    if (go && p.count)
        qsort(p.items, p.count, sizeof(*p.items), place_cmp);
    for (i = 0; go && i < p.count; i++)
        go = fn(ctx, p.items[i].name, p.items[i].from, p.items[i].to);
    free(p.items);
    free(p.origin);
    strbuf_free(&folded);
    return go;
}
