/*
 * recall.c - what was found for the same values before.
 */
#include "core/base.h"

#include "analyze/recall.h"

#define VALUES_MOST 254 /* of one column */
#define VALUE_SLOTS 512 /* a power of two */
#define VALUE_BITS 9
#define TEXT_MOST 64
#define SLOTS_FIRST 64

static const uint64_t golden = 0x9E3779B97F4A7C15;

/* ------------------------------------------------------------------ values */

struct value {
    int type;
    int len;
    int64_t number;
    const char *text; /* not terminated */
};

static uint64_t hash_bytes(const char *s, int n)
{
    uint64_t h = 0xCBF29CE484222325;
    int i;

    for (i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 0x100000001B3;
    return h;
}

static bool same(const struct value *a, const struct value *b)
{
    if (a->type != b->type || a->number != b->number || a->len != b->len)
        return false;
    return a->type != SQLITE_TEXT ||
           memcmp(a->text, b->text, (size_t)a->len) == 0;
}

/* Whether it is a plain value; the text is still SQLite's. */
static bool read_value(sqlite3_value *from, struct value *v)
{
    *v = (struct value){.type = sqlite3_value_type(from)};
    switch (v->type) {
    case SQLITE_NULL:
        return true;
    case SQLITE_INTEGER:
        v->number = sqlite3_value_int64(from);
        return true;
    case SQLITE_TEXT:
        v->text = (const char *)sqlite3_value_text(from);
        v->len = sqlite3_value_bytes(from);
        return v->text && v->len <= TEXT_MOST;
    default:
        return false;
    }
}

bool values_full(const struct values *v)
{
    return v->count >= VALUES_MOST;
}

static bool make_room(struct values *v)
{
    size_t cap = v->count ? 2 * v->count : 8;
    struct value *items;

    if (!v->slots)
        v->slots = calloc(VALUE_SLOTS, 1);
    if (!v->slots || values_full(v))
        return false;
    if (v->count & (v->count - 1) || (v->count && v->count < 8))
        return true; /* doubled at powers of two, from 8 */
    items = realloc(v->items, cap * sizeof(*items));
    if (items)
        v->items = items;
    return items;
}

static uint8_t add_value(struct values *v, const struct value *new, size_t slot)
{
    struct value *to;
    const char *text = NULL;

    if (!make_room(v))
        return 0;
    if (new->type == SQLITE_TEXT)
        text = arena_copy(&v->texts, new->text, (size_t) new->len);
    if (v->texts.failed)
        return 0;
    to = &v->items[v->count++];
    *to = *new;
    to->text = text;
    return v->slots[slot] = (uint8_t)v->count;
}

/* Most are truths: the place of one, or -1. */
static int truth_place(const struct value *value)
{
    if (value->type == SQLITE_NULL)
        return 0;
    if (value->type == SQLITE_INTEGER && (value->number & ~(int64_t)1) == 0)
        return 1 + (int)value->number;
    return -1;
}

static uint8_t find_or_add(struct values *v, const struct value *value)
{
    uint64_t hash;
    size_t slot;

    hash = value->type == SQLITE_TEXT ? hash_bytes(value->text, value->len)
                                      : (uint64_t)value->number;
    slot =
        (size_t)((hash + (uint64_t)value->type) * golden >> (64 - VALUE_BITS));
    for (; v->slots && v->slots[slot]; slot = (slot + 1) % VALUE_SLOTS)
        if (same(&v->items[v->slots[slot] - 1], value))
            return v->slots[slot];
    return add_value(v, value, slot);
}

uint8_t value_number(struct values *v, sqlite3_value *from)
{
    struct value value;
    int truth;

    if (!read_value(from, &value))
        return 0;
    truth = truth_place(&value);
    if (truth < 0)
        return find_or_add(v, &value);
    if (!v->truths[truth])
        v->truths[truth] = find_or_add(v, &value);
    return v->truths[truth];
}

void values_free(struct values *v)
{
    free(v->items);
    free(v->slots);
    arena_free(&v->texts);
    *v = (struct values){.count = 0};
}

/* -------------------------------------------------------------------- keys */

static size_t slot_of(const struct recall *r, const union recall_key *key)
{
    uint64_t h = (key->halves[0] * golden) ^ key->halves[1];

    h = (h ^ (h >> 29)) * golden;
    return (size_t)(h >> 32) & (r->slots - 1);
}

static bool keys_equal(const union recall_key *a, const union recall_key *b)
{
    return a->halves[0] == b->halves[0] && a->halves[1] == b->halves[1];
}

/* The slot of the key, or the free one where it would be. */
static size_t seek(const struct recall *r, const union recall_key *key)
{
    size_t slot = slot_of(r, key);

    while (r->kept[slot] != UINT32_MAX && !keys_equal(&r->keys[slot], key))
        slot = (slot + 1) & (r->slots - 1);
    return slot;
}

uint32_t recall_find(const struct recall *r, const union recall_key *key)
{
    return r->slots ? r->kept[seek(r, key)] : UINT32_MAX;
}

static bool grow(struct recall *r)
{
    struct recall wider = {.slots = r->slots ? 2 * r->slots : SLOTS_FIRST};
    size_t i;

    wider.keys = calloc(wider.slots, sizeof(*wider.keys));
    wider.kept = malloc(wider.slots * sizeof(*wider.kept));
    if (!wider.keys || !wider.kept) {
        recall_free(&wider);
        return false;
    }
    memset(wider.kept, 0xFF, wider.slots * sizeof(*wider.kept));
    for (i = 0; i < r->slots; i++)
        if (r->kept[i] != UINT32_MAX)
            recall_keep(&wider, &r->keys[i], r->kept[i]);
    recall_free(r);
    *r = wider;
    return true;
}

bool recall_full(const struct recall *r)
{
    return r->count >= RECALL_MOST;
}

void recall_keep(struct recall *r, const union recall_key *key, uint32_t what)
{
    size_t slot;

    if (recall_full(r) || (2 * r->count >= r->slots && !grow(r)))
        return;
    slot = seek(r, key);
    r->keys[slot] = *key;
    r->kept[slot] = what;
    r->count++;
}

void recall_free(struct recall *r)
{
    free(r->keys);
    free(r->kept);
    *r = (struct recall){NULL, NULL, 0, 0};
}
