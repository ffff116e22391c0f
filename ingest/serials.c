/*
 * serials.c - the dictionary of serial numbers.
 *
 * An open-addressing table of (tag, id) pairs over an arena of texts: about 40
 * bytes a Mac. Exports name a Mac many times in a row, so the last serial is
 * remembered and costs one comparison.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/facts.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "ingest/serials.h"

struct slot {
    uint32_t tag; /* upper bits of the hash */
    uint32_t id;  /* 0: free */
};

struct serials {
    struct slot *slots;
    size_t mask; /* slots - 1 */
    size_t used;
    uint32_t
        *at; /* by id: offset in "text" of length byte and serial; 0 none */
    size_t at_cap;
    struct strbuf text;
    uint32_t top;           /* the highest id given */
    uint32_t saved;         /* ids up to here are in the store */
    char last[SERIAL_MOST]; /* as spelled in the file */
    size_t last_len;
    uint32_t last_id;
};

static uint64_t hash(const char *s, size_t n)
{
    uint64_t h = 0x9E3779B97F4A7C15u ^ n, w;

    for (; n >= 8; n -= 8, s += 8) {
        memcpy(&w, s, 8);
        h = (h ^ w) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    w = 0;
    if (n)
        memcpy(&w, s, n);
    h = (h ^ w) * 0xff51afd7ed558ccdu;
    h ^= h >> 29;
    h *= 0x9E3779B97F4A7C15u;
    return h ^ h >> 32;
}

static bool is_text(const struct serials *d, uint32_t id, const char *s,
                    size_t n)
{
    const char *t = d->text.data + d->at[id];

    return (unsigned char)t[0] == n && memcmp(t + 1, s, n) == 0;
}

/* The slot of a text, or the free one where it belongs. */
static struct slot *find(struct serials *d, uint64_t h, const char *s, size_t n)
{
    size_t i = (size_t)h & d->mask;
    uint32_t tag = (uint32_t)(h >> 32);

    while (d->slots[i].id != 0 &&
           !(d->slots[i].tag == tag && is_text(d, d->slots[i].id, s, n)))
        i = (i + 1) & d->mask;
    return &d->slots[i];
}

static int rehash(struct serials *d, size_t slots, struct err *err)
{
    struct slot *fresh = calloc(slots, sizeof(*fresh));
    uint32_t id;

    if (!fresh)
        return err_nomem(err);
    free(d->slots);
    d->slots = fresh;
    d->mask = slots - 1;
    for (id = 1; id <= d->top; id++) {
        const char *t;
        uint64_t h;

        if (d->at[id] == 0)
            continue;
        t = d->text.data + d->at[id];
        h = hash(t + 1, (unsigned char)t[0]);
        *find(d, h, t + 1, (unsigned char)t[0]) =
            (struct slot){(uint32_t)(h >> 32), id};
    }
    return 0;
}

static int room(struct serials *d, uint32_t id, struct err *err)
{
    size_t cap = d->at_cap;
    uint32_t *p;

    if (d->used * 10 >= d->mask * 7 && rehash(d, (d->mask + 1) * 2, err) < 0)
        return -1;
    if (id < cap)
        return 0;
    while (cap <= id)
        cap *= 2;
    p = realloc(d->at, cap * sizeof(*p));
    if (!p)
        return err_nomem(err);
    memset(p + d->at_cap, 0, (cap - d->at_cap) * sizeof(*p));
    d->at = p;
    d->at_cap = cap;
    return 0;
}

/* "slot" is where it belongs, if the caller has looked already. */
static int put(struct serials *d, uint32_t id, const char *s, size_t n,
               uint64_t h, struct slot *slot, struct err *err)
{
    size_t offset, mask = d->mask;

    if (room(d, id, err) < 0)
        return -1;
    offset = d->text.len;
    strbuf_addc(&d->text, (char)n);
    strbuf_add(&d->text, s, n);
    if (!strbuf_ok(&d->text) || offset > UINT32_MAX)
        return err_nomem(err);
    d->at[id] = (uint32_t)offset;
    if (!slot || mask != d->mask)
        slot = find(d, h, s, n);
    *slot = (struct slot){(uint32_t)(h >> 32), id};
    d->used++;
    if (id > d->top)
        d->top = id;
    return 0;
}

static int clear(struct serials *d, struct err *err)
{
    free(d->slots);
    free(d->at);
    d->slots = NULL;
    d->at = NULL;
    strbuf_reset(&d->text);
    strbuf_addc(&d->text, '\0'); /* no text has offset 0 */
    d->used = 0;
    d->top = d->saved = d->last_id = 0;
    d->slots = calloc(1024, sizeof(*d->slots));
    d->at = calloc(1024, sizeof(*d->at));
    d->mask = 1023;
    d->at_cap = 1024;
    if (!d->slots || !d->at)
        return err_nomem(err);
    return 0;
}

int serials_expect(struct serials *d, int64_t count, struct err *err)
{
    size_t slots = d->mask + 1, most = (size_t)1 << 22;

    while (slots < most && (int64_t)slots * 7 / 10 < count)
        slots *= 2;
    return slots > d->mask + 1 ? rehash(d, slots, err) : 0;
}

struct serials *serials_new(struct err *err)
{
    struct serials *d = calloc(1, sizeof(*d));

    if (!d)
        err_nomem(err);
    else if (clear(d, err) == 0)
        return d;
    serials_free(d);
    return NULL;
}

void serials_free(struct serials *d)
{
    if (!d)
        return;
    free(d->slots);
    free(d->at);
    strbuf_free(&d->text);
    free(d);
}

int serials_load(struct serials *d, sqlite3 *db, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (clear(d, err) < 0 ||
        db_prepare(db, "SELECT device_id, serial FROM device", &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1) {
        int64_t id = sqlite3_column_int64(st, 0);
        const char *s = db_text(st, 1);
        size_t n = strlen(s);

        if (id <= 0 || id >= UINT32_MAX || n > SERIAL_MOST) {
            step = err_set(err, ERR_FAIL, "the store holds an odd serial");
            break;
        }
        if (put(d, (uint32_t)id, s, n, hash(s, n), NULL, err) < 0) {
            step = -1;
            break;
        }
    }
    sqlite3_finalize(st);
    d->saved = d->top;
    return step < 0 ? -1 : 0;
}

/* A quick yes for what serials look like; the full check for the rest. */
static bool usable(const char *s, size_t n)
{
    bool digit = false, other = false;
    size_t i;

    for (i = 0; i < n; i++) {
        if ((unsigned char)s[i] <= ' ' || s[i] == 0x7f)
            return false;
        digit = digit || (s[i] >= '0' && s[i] <= '9');
        other = other || s[i] != s[0];
    }
    if (n >= 8 && digit && other)
        return true;
    return !serial_is_placeholder(s, n);
}

static void remember(struct serials *d, const char *s, size_t n, uint32_t id)
{
    memcpy(d->last, s, n);
    d->last_len = n;
    d->last_id = id;
}

/* Without blanks, and without what spreadsheets put around a text that is to
 * stay one: '0123, ="0123". */
static void strip(const char **s, size_t *n)
{
    while (*n && (ascii_isspace(**s) || **s == '\'')) {
        (*s)++;
        (*n)--;
    }
    while (*n && ascii_isspace((*s)[*n - 1]))
        (*n)--;
    if (*n > 3 && (*s)[0] == '=' && (*s)[1] == '"' && (*s)[*n - 1] == '"') {
        *s += 2;
        *n -= 3;
    }
}

int64_t serials_id(struct serials *d, const char *s, size_t n, struct err *err)
{
    char key[SERIAL_MOST];
    struct slot *slot;
    uint64_t h;
    uint32_t id;
    size_t i;

    if (d->last_id && n == d->last_len && memcmp(s, d->last, n) == 0)
        return d->last_id;
    strip(&s, &n);
    if (n == 0 || n > SERIAL_MOST)
        return 0;
    for (i = 0; i < n; i++)
        key[i] = ascii_upper(s[i]);
    /* files about accounts mostly follow the order of the devices */
    for (id = d->last_id + 1; id <= d->last_id + 2 && id <= d->top; id++) {
        if (d->at[id] && is_text(d, id, key, n)) {
            remember(d, s, n, id);
            return id;
        }
    }
    h = hash(key, n);
    slot = find(d, h, key, n);
    if (slot->id == 0) {
        if (!usable(key, n))
            return 0;
        if (d->top >= UINT32_MAX - 1)
            return err_set(err, ERR_FAIL, "too many devices");
        if (put(d, d->top + 1, key, n, h, slot, err) < 0)
            return -1;
        remember(d, s, n, d->top);
        return d->top;
    }
    remember(d, s, n, slot->id);
    return slot->id;
}

/* The Macs to be stored, as rows of the feed. */
struct saving {
    const struct serials *d;
    uint32_t id;
};

static int next_new(void *ctx, struct err *err)
{
    struct saving *s = ctx;

    (void)err;
    do
        s->id++;
    while (s->id <= s->d->top && s->d->at[s->id] == 0);
    return s->id <= s->d->top;
}

static void give_new(void *ctx, sqlite3_context *out, int column)
{
    const struct saving *s = ctx;
    const char *t = s->d->text.data + s->d->at[s->id];

    if (column == 0)
        sqlite3_result_int64(out, s->id);
    else
        sqlite3_result_text(out, t + 1, (unsigned char)t[0], SQLITE_STATIC);
}

int serials_save(struct serials *d, sqlite3 *db, struct feed_slot *slot,
                 struct err *err)
{
    struct saving s = {d, d->saved};
    struct feed feed = {.ctx = &s, .next = next_new, .column = give_new};
    sqlite3_stmt *st = NULL;
    int rc;

    if (d->saved == d->top)
        return 0;
    rc = db_prepare(db,
                    "INSERT INTO device(device_id, serial)"
                    " SELECT c0, c1 FROM feed",
                    &st, err);
    if (rc == 0)
        rc = feed_run(db, st, slot, &feed, err);
    sqlite3_finalize(st);
    if (rc == 0)
        d->saved = d->top;
    return rc;
}

int serials_forget(struct serials *d, struct err *err)
{
    size_t lost = 0;
    uint32_t id;

    for (id = d->saved + 1; id <= d->top; id++) {
        lost += d->at[id] != 0;
        d->at[id] = 0;
    }
    d->top = d->saved;
    d->used -= lost;
    d->last_id = 0;
    return lost ? rehash(d, d->mask + 1, err) : 0;
}
