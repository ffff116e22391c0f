/*
 * slots.c - what is known of each Mac before its row is written.
 *
 * Sixteen bytes a Mac: how many rows name it, whose it is, what its imports
 * carry. With them at hand a whole import is copied by one INSERT ... SELECT
 * that asks these slots by SQL functions, and no stage joins by text.
 */
#include "core/base.h"

#include "analyze/resolving.h"
#include "core/db.h"

/* -------------------------------------------------------------- the tables */

static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint64_t hash_pair(int64_t a, int64_t b)
{
    return mix((uint64_t)a ^ mix((uint64_t)b + 0x9e3779b97f4a7c15u));
}

static uint64_t hash_text(const char *s)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 0x100000001b3u;
    return mix(h);
}

static int pairs_grow(struct pairs *p)
{
    uint32_t cap = p->cap ? 2 * p->cap : 64, slots = 4 * cap, i;
    struct pair *items = realloc(p->items, cap * sizeof(*items));
    uint32_t *table;

    if (!items)
        return -1;
    p->items = items;
    p->cap = cap;
    table = calloc(slots, sizeof(*table));
    if (!table)
        return -1;
    for (i = 0; i < p->count; i++) {
        uint64_t h = hash_pair(items[i].a, items[i].b);

        while (table[h & (slots - 1)])
            h++;
        table[h & (slots - 1)] = i + 1;
    }
    free(p->table);
    p->table = table;
    p->slots = slots;
    return 0;
}

int pairs_place(struct pairs *p, int64_t a, int64_t b, uint32_t *place)
{
    uint64_t h = hash_pair(a, b);
    uint32_t at;

    if (p->count == p->cap && pairs_grow(p) < 0)
        return -1;
    for (; (at = p->table[h & (p->slots - 1)]); h++)
        if (p->items[at - 1].a == a && p->items[at - 1].b == b) {
            *place = at - 1;
            return 0;
        }
    p->items[p->count] = (struct pair){a, b};
    *place = p->count++;
    p->table[h & (p->slots - 1)] = p->count;
    return 0;
}

void pairs_free(struct pairs *p)
{
    free(p->items);
    free(p->table);
    *p = (struct pairs){0};
}

static int names_grow(struct names *n)
{
    uint32_t cap = n->cap ? 2 * n->cap : 64, slots = 4 * cap, i;
    char **items = realloc(n->items, cap * sizeof(*items));
    uint32_t *table;

    if (!items)
        return -1;
    n->items = items;
    n->cap = cap;
    table = calloc(slots, sizeof(*table));
    if (!table)
        return -1;
    for (i = 0; i < n->count; i++) {
        uint64_t h = hash_text(items[i]);

        while (table[h & (slots - 1)])
            h++;
        table[h & (slots - 1)] = i + 1;
    }
    free(n->table);
    n->table = table;
    n->slots = slots;
    return 0;
}

uint32_t names_number(struct names *n, const char *s)
{
    uint64_t h = hash_text(s);
    size_t size = strlen(s) + 1;
    uint32_t at;
    char *copy;

    if (n->count == n->cap && names_grow(n) < 0)
        return 0;
    for (; (at = n->table[h & (n->slots - 1)]); h++)
        if (strcmp(n->items[at - 1], s) == 0)
            return at;
    copy = malloc(size);
    if (!copy)
        return 0;
    memcpy(copy, s, size);
    n->items[n->count++] = copy;
    n->table[h & (n->slots - 1)] = n->count;
    return n->count;
}

const char *names_text(const struct names *n, uint32_t number)
{
    return n->items[number - 1];
}

void names_free(struct names *n)
{
    uint32_t i;

    for (i = 0; i < n->count; i++)
        free(n->items[i]);
    free(n->items);
    free(n->table);
    *n = (struct names){0};
}

int ids_add(struct ids *set, int64_t id)
{
    size_t cap = set->cap ? 2 * set->cap : 64;
    int64_t *p;

    if (set->count == set->cap) {
        p = realloc(set->items, cap * sizeof(*p));
        if (!p)
            return -1;
        set->items = p;
        set->cap = cap;
    }
    set->items[set->count++] = id;
    return 0;
}

static int compare_ids(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

void ids_sort(struct ids *set)
{
    if (set->count)
        qsort(set->items, set->count, sizeof(*set->items), compare_ids);
}

bool ids_has(const struct ids *set, int64_t id)
{
    return set->count && bsearch(&id, set->items, set->count,
                                 sizeof(*set->items), compare_ids);
}

/* --------------------------------------------------------------- the slots */

int slots_make(struct resolve *r, struct err *err)
{
    uint32_t zero;

    if (db_number(r->db, "SELECT coalesce(max(device_id), 0) + 1 FROM device",
                  1, &r->slot_count, err) < 0)
        return -1;
    if (r->slot_count > UINT32_MAX / 2)
        return err_set(err, ERR_FAIL, "too many Macs in one store");
    r->slots = calloc((size_t)r->slot_count, sizeof(*r->slots));
    if (!r->slots || pairs_place(&r->carry, 0, 0, &zero) < 0 ||
        pairs_place(&r->owner, 0, 0, &zero) < 0)
        return err_nomem(err);
    return 0;
}

struct slot *slot_of(struct resolve *r, int64_t device_id)
{
    if (device_id <= 0 || device_id >= r->slot_count)
        return NULL;
    return &r->slots[device_id];
}

bool slots_any(const struct resolve *r, uint8_t flag)
{
    int64_t d;

    for (d = 1; d < r->slot_count; d++)
        if (r->slots[d].flags & flag)
            return true;
    return false;
}

/* The imports that reported a Mac carry these facts besides. */
static int add_carried(struct resolve *r, struct slot *s, int64_t device,
                       int64_t account, struct err *err)
{
    struct pair was = r->carry.items[s->carry];

    if ((was.a | device) == was.a && (was.b | account) == was.b)
        return 0;
    if (pairs_place(&r->carry, was.a | device, was.b | account, &s->carry) < 0)
        return err_nomem(err);
    return 0;
}

/* A name on one level: two different ones there are a conflict. */
static int add_owner(struct resolve *r, struct slot *s, int level,
                     uint32_t client, struct err *err)
{
    struct pair was = r->owner.items[s->client];
    uint32_t now[OWNER_LEVELS] = {
        (uint32_t)was.a, (uint32_t)((uint64_t)was.a >> 32), (uint32_t)was.b};

    if (client == 0 || now[level] == client || now[level] == OWNER_CONFLICT)
        return 0;
    now[level] = now[level] ? OWNER_CONFLICT : client;
    if (pairs_place(&r->owner, (int64_t)(now[0] | (uint64_t)now[1] << 32),
                    now[2], &s->client) < 0)
        return err_nomem(err);
    return 0;
}

/* The first level that says anything: a client, OWNER_CONFLICT, or 0. */
static uint32_t owner_of(const struct resolve *r, const struct slot *s,
                         int *level)
{
    struct pair o = r->owner.items[s->client];
    uint32_t now[OWNER_LEVELS] = {
        (uint32_t)o.a, (uint32_t)((uint64_t)o.a >> 32), (uint32_t)o.b};
    int i;

    for (i = 0; i < OWNER_LEVELS - 1 && !now[i]; i++)
        ;
    if (level)
        *level = i;
    return now[i];
}

int64_t slot_client(const struct resolve *r, const struct slot *s)
{
    uint32_t owner = owner_of(r, s, NULL);

    return r->client_ids[owner == OWNER_CONFLICT ? 0 : owner];
}

static int scan_device_row(struct resolve *r, const struct part *p,
                           sqlite3_stmt *st, int64_t *last, struct err *err)
{
    int64_t device = sqlite3_column_int64(st, 0);
    struct slot *s = slot_of(r, device);
    const char *client = db_text(st, 2);
    uint32_t number = 0;

    if (!s || ids_has(&r->dropped[ROW_DEVICE], sqlite3_column_int64(st, 1)))
        return 0;
    if (device < *last)
        r->ascending = false;
    *last = device;
    s->flags |= SLOT_EXISTS;
    s->rows = s->rows ? 2 : 1;
    if (s->rows == 2 || sqlite3_column_int(st, 4)) /* several, or joined */
        s->flags |= SLOT_MULTI;
    if (sqlite3_column_int(st, 3)) { /* the record listed accounts */
        if (p->complete)
            s->flags |= SLOT_ALL_ACCOUNTS;
        if (add_carried(r, s, 0, p->carries_account, err) < 0)
            return -1;
    }
    if (client[0]) {
        number =
            names_number(&r->clients, config_client_name(r->config, client));
        if (!number)
            return err_nomem(err);
    }
    if (add_owner(r, s, p->standing ? OWNER_LOOKUP : OWNER_FILE, number, err) <
            0 ||
        add_owner(r, s, OWNER_OPTION, p->client, err) < 0)
        return -1;
    return add_carried(r, s, p->carries_device, p->carries_listed, err);
}

static int scan_devices(struct resolve *r, struct err *err)
{
    struct strbuf sql = {0};
    sqlite3_stmt *st = NULL;
    int64_t last = 0;
    int rc = -1, step;
    size_t i;

    r->ascending = true;
    strbuf_adds(&sql, "SELECT ");
    row_device(r, ROW_DEVICE, &sql);
    strbuf_adds(&sql, ", d.row_id, d.client, d.reports, d.device_id IS NULL");
    row_from_one(r, ROW_DEVICE, &sql);
    if (!strbuf_ok(&sql)) {
        err_nomem(err);
        goto out;
    }
    if (db_prepare(r->db, strbuf_str(&sql), &st, err) < 0)
        goto out;
    for (i = 0; i < r->part_count; i++) {
        if (row_bind(st, &r->parts[i], ROW_DEVICE, err) < 0)
            goto out;
        while ((step = db_step(st, err)) == 1)
            if (scan_device_row(r, &r->parts[i], st, &last, err) < 0)
                goto out;
        sqlite3_reset(st);
        if (step < 0)
            goto out;
    }
    rc = 0;
out:
    sqlite3_finalize(st);
    strbuf_free(&sql);
    return rc;
}

/* For accounts.c: a row of "p" names an account of the Mac. */
int slot_reported(struct resolve *r, struct slot *s, const struct part *p,
                  struct err *err)
{
    s->flags |= SLOT_EXISTS;
    if (p->complete)
        s->flags |= SLOT_ALL_ACCOUNTS;
    if (add_owner(r, s, OWNER_OPTION, p->client, err) < 0)
        return -1;
    return add_carried(r, s, 0, p->carries_account, err);
}

int slots_scan(struct resolve *r, struct err *err)
{
    return scan_devices(r, err) < 0 ? -1 : accounts_scan(r, err);
}

int slot_listed(struct resolve *r, struct slot *s, int flag, int said)
{
    if (!s || !(s->flags & flag))
        return said;
    if (said != 0)
        return 1;
    s->flags |= SLOT_DENIED;
    r->list_conflict = true;
    return -1;
}

/* ----------------------------------------------------------- their clients */

static int client_id_of(sqlite3_stmt *add, sqlite3_stmt *get, const char *name,
                        int64_t *id, struct err *err)
{
    sqlite3_bind_text(add, 1, name, -1, SQLITE_STATIC);
    if (db_run(add, err) < 0)
        return -1;
    sqlite3_bind_text(get, 1, name, -1, SQLITE_STATIC);
    if (db_step(get, err) != 1)
        return err_set(err, ERR_FAIL, "a client is missing");
    *id = sqlite3_column_int64(get, 0);
    sqlite3_reset(get);
    return 0;
}

int slots_clients(struct resolve *r, struct err *err)
{
    sqlite3_stmt *add = NULL, *get = NULL;
    bool *used = calloc(r->clients.count + 1, sizeof(*used));
    int64_t d;
    uint32_t i;
    int rc = -1;

    r->client_ids = calloc(r->clients.count + 1, sizeof(*r->client_ids));
    if (!used || !r->client_ids) {
        err_nomem(err);
        goto out;
    }
    if (db_prepare(r->db, "INSERT OR IGNORE INTO client (name) VALUES (?1)",
                   &add, err) < 0 ||
        db_prepare(r->db, "SELECT client_id FROM client WHERE name = ?1", &get,
                   err) < 0)
        goto out;
    for (d = 1; d < r->slot_count; d++) {
        uint32_t owner = owner_of(r, &r->slots[d], NULL);

        if (owner == OWNER_CONFLICT)
            r->owner_conflict = true;
        if (r->slots[d].flags & SLOT_EXISTS)
            used[owner == OWNER_CONFLICT ? 0 : owner] = true;
    }
    for (i = 0; i <= r->clients.count; i++)
        if (used[i] &&
            client_id_of(add, get,
                         i ? names_text(&r->clients, i) : "unassigned",
                         &r->client_ids[i], err) < 0)
            goto out;
    rc = 0;
out:
    sqlite3_finalize(add);
    sqlite3_finalize(get);
    free(used);
    return rc;
}

/* ------------------------------------------------------------ SQL functions */

static struct slot *argument(sqlite3_context *ctx, sqlite3_value *v)
{
    return slot_of(sqlite3_user_data(ctx), sqlite3_value_int64(v));
}

static void fn_client(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct slot *s = argument(ctx, v[0]);

    (void)argc;
    if (s)
        sqlite3_result_int64(ctx, slot_client(sqlite3_user_data(ctx), s));
}

static void fn_carry(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct slot *s = argument(ctx, v[0]);

    (void)argc;
    if (s)
        sqlite3_result_int64(ctx, (int64_t)s->carry + 1);
}

/* One device row, and no other of it is left out. */
static void fn_single(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct slot *s = argument(ctx, v[0]);

    (void)argc;
    sqlite3_result_int(ctx, s && s->rows == 1 && !(s->flags & SLOT_MULTI));
}

static void fn_multi(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct slot *s = argument(ctx, v[0]);

    (void)argc;
    sqlite3_result_int(ctx, s && (s->flags & SLOT_MULTI));
}

static void result_listed(sqlite3_context *ctx, sqlite3_value **v, int flag)
{
    struct resolve *r = sqlite3_user_data(ctx);
    int said =
        sqlite3_value_type(v[1]) == SQLITE_NULL ? -1 : sqlite3_value_int(v[1]);

    said = slot_listed(r, slot_of(r, sqlite3_value_int64(v[0])), flag, said);
    if (said >= 0)
        sqlite3_result_int(ctx, said);
}

static void fn_accounts(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    (void)argc;
    result_listed(ctx, v, SLOT_ALL_ACCOUNTS);
}

static void fn_holders(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    (void)argc;
    result_listed(ctx, v, SLOT_ALL_HOLDERS);
}

static void fn_complex(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct slot *s = argument(ctx, v[0]);

    (void)argc;
    sqlite3_result_int(ctx, s && (s->flags & SLOT_COMPLEX));
}

static void fn_denied(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct slot *s = argument(ctx, v[0]);

    (void)argc;
    sqlite3_result_int(ctx, s && (s->flags & SLOT_DENIED));
}

/* The level on which names of the Mac's client disagree, else NULL. */
static void fn_disputed(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct slot *s = argument(ctx, v[0]);
    int level;

    (void)argc;
    if (s && owner_of(sqlite3_user_data(ctx), s, &level) == OWNER_CONFLICT)
        sqlite3_result_int(ctx, level);
}

/* The account_id of a row of r->copied; NULL where it needs merging. */
static void fn_account(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct resolve *r = sqlite3_user_data(ctx);
    struct slot *s = slot_of(r, sqlite3_value_int64(v[0]));
    int64_t place;

    (void)argc;
    if (!s || (s->flags & SLOT_COMPLEX))
        return;
    place = sqlite3_value_int64(v[1]) - r->copied->rows[ROW_ACCOUNT].low;
    sqlite3_result_int64(ctx, (int64_t)s->base + r->copied->ranks[place]);
}

static const struct {
    const char *name;
    int arguments;
    void (*fn)(sqlite3_context *, int, sqlite3_value **);
} functions[] = {
    {"slot_client", 1, fn_client},     {"slot_carry", 1, fn_carry},
    {"slot_single", 1, fn_single},     {"slot_multi", 1, fn_multi},
    {"slot_accounts", 2, fn_accounts}, {"slot_holders", 2, fn_holders},
    {"slot_complex", 1, fn_complex},   {"slot_denied", 1, fn_denied},
    {"slot_disputed", 1, fn_disputed}, {"slot_account", 2, fn_account},
};

int slots_functions(struct resolve *r, struct err *err)
{
    const int flags = SQLITE_UTF8 | SQLITE_DIRECTONLY;
    size_t i;

    for (i = 0; i < COUNT_OF(functions); i++)
        if (sqlite3_create_function(r->db, functions[i].name,
                                    functions[i].arguments, flags, r,
                                    functions[i].fn, NULL, NULL) != SQLITE_OK)
            return db_fail(r->db, "register a function", err);
    return 0;
}

void slots_functions_end(struct resolve *r)
{
    size_t i;

    for (i = 0; i < COUNT_OF(functions); i++)
        sqlite3_create_function(r->db, functions[i].name,
                                functions[i].arguments, SQLITE_UTF8, NULL, NULL,
                                NULL, NULL);
}
