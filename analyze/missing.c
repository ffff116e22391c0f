/*
 * missing.c - which required facts of a Mac are not known, by name.
 *
 * Asked only for undetermined results, so one Mac at a time is read, with all
 * its accounts.
 */
#include "core/base.h"

#include "analyze/missing.h"
#include "core/db.h"
#include "core/facts.h"
#include "core/text.h"

struct account_masks {
    int64_t account_id;
    uint64_t unknown, conflict;
};

struct missing {
    sqlite3 *db;
    int64_t period_id;
    sqlite3_stmt *device, *accounts, *conflicts;
    int64_t *disputed; /* Macs with conflicts, sorted */
    size_t disputed_count;
    int64_t device_id; /* what is loaded */
    uint64_t unknown, conflict;
    bool listed;           /* the set of accounts, or of holders, is complete */
    uint64_t lists;        /* the bits of accounts_listed and holders_listed */
    uint64_t all_accounts; /* of accounts_listed */
    bool accounts_read;    /* those of the Mac, where a rule asks for them */
    struct account_masks *items;
    size_t count, cap;
};

static int prepare_device(struct missing *m, struct err *err)
{
    struct strbuf sql = {0};
    size_t i;
    int rc = -1;

    strbuf_adds(&sql, "SELECT ");
    for (i = 0; i < device_fact_count; i++) {
        const char *name = device_facts[i].name;

        strbuf_addf(&sql, "%s%s", i ? ", " : "",
                    strcmp(name, "platform") == 0 ? "NULL" : name);
    }
    strbuf_adds(&sql, " FROM device_fact JOIN device_text USING (device_id)"
                      " WHERE device_id = ?1");
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else
        rc = db_prepare(m->db, strbuf_str(&sql), &m->device, err);
    strbuf_free(&sql);
    return rc;
}

static int prepare_accounts(struct missing *m, struct err *err)
{
    struct strbuf sql = {0};
    size_t i;
    int rc = -1;

    strbuf_adds(&sql, "SELECT account_id, account");
    for (i = 0; i < account_fact_count; i++) {
        const char *name = account_facts[i].name;

        strbuf_addf(&sql, ", %s",
                    account_facts[i].merge == MERGE_KEY ? "0" : name);
    }
    strbuf_adds(&sql, " FROM account_fact WHERE device_id = ?1"
                      " AND kind IS NOT 'system' ORDER BY account_id");
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else
        rc = db_prepare(m->db, strbuf_str(&sql), &m->accounts, err);
    strbuf_free(&sql);
    return rc;
}

static int read_disputed(struct missing *m, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(m->db,
                   "SELECT DISTINCT device_id FROM conflict"
                   " WHERE period_id = ?1 ORDER BY device_id",
                   &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, m->period_id);
    while ((step = db_step(st, err)) == 1) {
        size_t n = m->disputed_count;

        if ((n & (n - 1)) == 0) { /* room is doubled at powers of two */
            int64_t *p = realloc(m->disputed, (n ? 2 * n : 1) * sizeof(*p));

            if (!p) {
                step = err_nomem(err);
                break;
            }
            m->disputed = p;
        }
        m->disputed[m->disputed_count++] = sqlite3_column_int64(st, 0);
    }
    sqlite3_finalize(st);
    return step;
}

struct missing *missing_open(sqlite3 *db, int64_t period_id, struct err *err)
{
    struct missing *m = calloc(1, sizeof(*m));

    if (!m) {
        err_nomem(err);
        return NULL;
    }
    m->db = db;
    m->period_id = period_id;
    m->all_accounts = (uint64_t)1 << fact_index(FACT_DEVICE, "accounts_listed");
    m->lists = m->all_accounts |
               (uint64_t)1 << fact_index(FACT_DEVICE, "holders_listed");
    if (read_disputed(m, err) < 0 || prepare_device(m, err) < 0 ||
        prepare_accounts(m, err) < 0 ||
        db_prepare(db,
                   "SELECT account, fact FROM conflict"
                   " WHERE period_id = ?1 AND device_id = ?2",
                   &m->conflicts, err) < 0) {
        missing_close(m);
        return NULL;
    }
    return m;
}

void missing_close(struct missing *m)
{
    if (!m)
        return;
    sqlite3_finalize(m->device);
    sqlite3_finalize(m->accounts);
    sqlite3_finalize(m->conflicts);
    free(m->disputed);
    free(m->items);
    free(m);
}

size_t missing_conflicts(struct missing *m)
{
    return m->disputed_count;
}

static int compare_ids(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

bool missing_has_conflict(const struct missing *m, int64_t device_id)
{
    return m->disputed_count &&
           bsearch(&device_id, m->disputed, m->disputed_count,
                   sizeof(*m->disputed), compare_ids);
}

/* Columns that are NULL, as bits of the facts they stand for. */
static uint64_t null_bits(sqlite3_stmt *st, int first, size_t n)
{
    uint64_t bits = 0;
    size_t i;

    for (i = 0; i < n; i++)
        if (sqlite3_column_type(st, first + (int)i) == SQLITE_NULL)
            bits |= (uint64_t)1 << i;
    return bits;
}

/* That a list is not complete decides as little as not knowing. */
static uint64_t open_lists(const struct missing *m)
{
    uint64_t bits = 0;
    size_t i;

    for (i = 0; i < device_fact_count; i++)
        if (((m->lists >> i) & 1) && !sqlite3_column_int(m->device, (int)i))
            bits |= (uint64_t)1 << i;
    return bits;
}

static int load_accounts(struct missing *m, struct err *err)
{
    int step;

    if (m->accounts_read)
        return 0;
    m->accounts_read = true;
    m->count = 0;
    sqlite3_bind_int64(m->accounts, 1, m->device_id);
    while ((step = db_step(m->accounts, err)) == 1) {
        size_t cap = m->cap ? 2 * m->cap : 16;

        if (m->count == m->cap) {
            struct account_masks *p = realloc(m->items, cap * sizeof(*p));

            if (!p) {
                step = err_nomem(err);
                break;
            }
            m->items = p;
            m->cap = cap;
        }
        m->items[m->count++] = (struct account_masks){
            sqlite3_column_int64(m->accounts, 0),
            null_bits(m->accounts, 2, account_fact_count), 0};
    }
    sqlite3_reset(m->accounts);
    return step;
}

static int note_conflict(struct missing *m, const char *account,
                         const char *fact, struct err *err)
{
    int bit = fact_index(account[0] ? FACT_ACCOUNT : FACT_DEVICE, fact);
    size_t i = 0;
    int step;

    if (bit < 0)
        return 0;
    if (!account[0]) {
        m->conflict |= (uint64_t)1 << bit;
        return 0;
    }
    sqlite3_bind_int64(m->accounts, 1, m->device_id);
    for (; (step = db_step(m->accounts, err)) == 1 && i < m->count; i++)
        if (ascii_casecmp(db_text(m->accounts, 1), account) == 0)
            m->items[i].conflict |= (uint64_t)1 << bit;
    sqlite3_reset(m->accounts);
    return step < 0 ? -1 : 0;
}

static int load_conflicts(struct missing *m, struct err *err)
{
    int step;

    sqlite3_bind_int64(m->conflicts, 1, m->period_id);
    sqlite3_bind_int64(m->conflicts, 2, m->device_id);
    while ((step = db_step(m->conflicts, err)) == 1)
        if (note_conflict(m, db_text(m->conflicts, 0), db_text(m->conflicts, 1),
                          err) < 0) {
            step = -1;
            break;
        }
    sqlite3_reset(m->conflicts);
    return step;
}

static int load(struct missing *m, int64_t device_id, struct err *err)
{
    int step;

    if (m->device_id == device_id)
        return 0;
    m->device_id = device_id;
    m->accounts_read = false;
    m->conflict = 0;
    sqlite3_bind_int64(m->device, 1, device_id);
    step = db_step(m->device, err);
    m->unknown =
        step == 1 ? null_bits(m->device, 0, device_fact_count) | open_lists(m)
                  : 0;
    sqlite3_reset(m->device);
    m->listed = (m->unknown & m->lists) != m->lists;
    if (step < 0)
        return -1;
    if (!missing_has_conflict(m, device_id))
        return 0;
    return load_accounts(m, err) < 0 ? -1 : load_conflicts(m, err);
}

/* Which account facts are unknown for this account, or for any of the Mac. */
static void account_bits(const struct missing *m, int64_t account_id,
                         uint64_t *unknown, uint64_t *conflict)
{
    size_t i;

    *unknown = *conflict = 0;
    for (i = 0; i < m->count; i++)
        if (account_id == 0 || m->items[i].account_id == account_id) {
            *unknown |= m->items[i].unknown;
            *conflict |= m->items[i].conflict;
        }
    if (m->count == 0 && (m->unknown & m->all_accounts)) /* else: known, none */
        *unknown = ~(uint64_t)0;
}

static void add_word(struct strbuf *out, const char *prefix, const char *word)
{
    strbuf_addf(out, "%s%s%s", out->len ? " " : "", prefix, word);
}

static void add_conflicts(struct strbuf *out, enum fact_scope scope,
                          uint64_t bits)
{
    size_t i, n;
    const struct fact *f = fact_table(scope, &n);

    for (i = 0; i < n; i++)
        if ((bits >> i) & 1)
            add_word(out, "conflict:", f[i].name);
}

int missing_facts(struct missing *m, const struct rule *r, int64_t device_id,
                  int64_t account_id, struct strbuf *out, struct err *err)
{
    uint64_t unknown = 0, conflict = 0;
    bool accounts = false;
    size_t i;

    for (i = 0; i < r->need_count; i++)
        accounts = accounts || r->needs[i].account_mask;
    if (load(m, device_id, err) < 0 || (accounts && load_accounts(m, err) < 0))
        return -1;
    if (accounts)
        account_bits(m, account_id, &unknown, &conflict);
    for (i = 0; i < r->need_count; i++) {
        const struct need *n = &r->needs[i];
        uint64_t d = n->device_mask & m->conflict;
        uint64_t a = n->account_mask & conflict;

        if ((n->device_mask & ~m->unknown) || (n->account_mask & ~unknown))
            continue;
        if (d || a) {
            add_conflicts(out, FACT_DEVICE, d);
            add_conflicts(out, FACT_ACCOUNT, a);
        } else if (!n->custom) {
            add_word(out, "", n->text);
        }
    }
    if (out->len == 0 && accounts && account_id == 0 && !m->listed)
        add_word(out, "", "accounts_listed");
    return strbuf_ok(out) ? 0 : err_nomem(err);
}
