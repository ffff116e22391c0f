/*
 * random_mac.c - Macs by chance.
 */
#include "core/base.h"

#include "tests/analyze/second/random_mac.h"
#include "tests/analyze/small_store.h"

#define DAY 86400

uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static unsigned below(uint64_t *s, size_t n)
{
    return (unsigned)(random_next(s) % n);
}

static bool chance(uint64_t *s, unsigned percent)
{
    return below(s, 100) < percent;
}

/* ------------------------------------------------------------------ values */

static const char *const systems[] = {
    "10.12.6", "10.13",  "10.13.6", "10.14.6", "10.15",  "10.15.7",
    "11.0",    "11.0.1", "11.4",    "11.5",    "11.5.2", "12.0.1",
    "12.7.6",  "13.2.1", "13.3",    "13.3.1",  "14.0",   "14.6.1",
    "15.0",    "15.6.1", "26",      "26.0",    "26.0.1", "26.1"};
static const char *const names[] = {
    "ada", "Ben",        "cleo",  "IT-Admin", "dana",   "svc_backup",
    "eve", "_spotlight", "Guest", "root",     "daemon", "nobody"};
static const char *const texts[] = {"ada", "Ben", "IT-Admin", "North", "ghost"};
static const int uids[] = {501, 502, 503, 500, 499, 88, 0, 1001};

static int64_t any_time(uint64_t *s)
{
    static const int days[] = {0,  0,  1,  1,  3,  7,  7,   10,
                               14, 14, 30, 30, 60, 60, 100, 700};
    int64_t age = (int64_t)days[below(s, COUNT_OF(days))] * DAY;

    if (chance(s, 4))
        return 0; /* never */
    return RANDOM_AS_OF - age + (int64_t)below(s, 3) - 1;
}

static struct random_value any_value(uint64_t *s, const struct fact *f,
                                     const int64_t *instants)
{
    struct random_value v = {true, 0, NULL};
    size_t n = 0;

    switch (f->type) {
    case FACT_BOOL:
        v.number = below(s, 2);
        break;
    case FACT_ENUM:
        while (f->words[n])
            n++;
        v.text = f->words[below(s, n)];
        break;
    case FACT_COUNT:
        v.number = strcmp(f->name, "uid") == 0 ? uids[below(s, COUNT_OF(uids))]
                                               : (int)below(s, 3);
        break;
    case FACT_VERSION:
        v.text = systems[below(s, COUNT_OF(systems))];
        break;
    case FACT_TIME:
        v.number = chance(s, 70) ? instants[below(s, 4)] : any_time(s);
        break;
    case FACT_TEXT:
        v.text = texts[below(s, COUNT_OF(texts))];
        break;
    }
    return v;
}

/* What a healthy Mac says; facts that are not here are unknown on it. */
struct healthy {
    const char *fact;
    int64_t number;
    const char *text;
};

static const struct healthy good_device[] = {
    {"chip", 0, "apple"},
    {"os_version", 0, "15.6.1"},
    {"mdm_enrolled", 1, NULL},
    {"enrollment_type", 0, "ade"},
    {"user_approved", 1, NULL},
    {"supervised", 1, NULL},
    {"in_abm", 1, NULL},
    {"bootstrap_supported", 1, NULL},
    {"bootstrap_escrowed_device", 1, NULL},
    {"bootstrap_escrowed_server", 1, NULL},
    {"bootstrap_record", 1, NULL},
    {"bootstrap_auth", 0, "allowed"},
    {"eacs_preflight", 0, "success"},
    {"filevault", 0, "on"},
    {"recovery_key_present", 1, NULL},
    {"recovery_key_escrowed", 1, NULL},
    {"recovery_key_validity", 0, "valid"},
    {"recovery_lock", 0, NULL},
    {"firmware_password", 0, NULL},
    {"auto_login", 0, NULL},
    {"accounts_listed", 1, NULL},
    {"last_checkin", RANDOM_AS_OF - 7200, NULL},
    {"last_boot", RANDOM_AS_OF - (int64_t)5 * DAY, NULL},
};

static const struct healthy good_account[] = {
    {"kind", 0, "local"},
    {"role", 0, "primary"},
    {"created_by", 0, "setup_assistant"},
    {"admin", 1, NULL},
    {"hidden", 0, NULL},
    {"disabled", 0, NULL},
    {"person_status", 0, "active"},
    {"secure_token", 1, NULL},
    {"crypto_user", 1, NULL},
    {"volume_owner", 1, NULL},
    {"filevault_user", 1, NULL},
    {"password_known_by", 0, "user"},
    {"last_login", RANDOM_AS_OF - DAY, NULL},
};

static void make_healthy(struct random_value *v, enum fact_scope scope,
                         const struct healthy *good, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        int at = fact_index(scope, good[i].fact);

        ck_assert_int_ge(at, 0);
        v[at] = (struct random_value){true, good[i].number, good[i].text};
    }
}

/* ------------------------------------------------------------------- a Mac */

enum state { HEALTHY, SPOILED, ANYTHING };

/* Keys are not by chance. */
static bool is_key(const struct fact *f)
{
    return f->merge == MERGE_KEY;
}

static void spoil(uint64_t *s, struct random_value *v, enum fact_scope scope,
                  const int64_t *instants, enum state state)
{
    size_t i, n;
    const struct fact *facts = fact_table(scope, &n);
    unsigned unknown = below(s, 3) * 12;
    unsigned spoiled = state == ANYTHING ? 100 : scope == FACT_DEVICE ? 7 : 12;

    for (i = 0; i < n; i++) {
        if (is_key(&facts[i]) || !chance(s, spoiled))
            continue;
        v[i] = any_value(s, &facts[i], instants);
        if (chance(s, state == ANYTHING ? unknown : 20))
            v[i] = (struct random_value){false, 0, NULL};
    }
}

static void make_account(uint64_t *s, struct random_value *v, const char *name,
                         size_t nth, const int64_t *instants, enum state state)
{
    static const char *const token[] = {"secure_token", "crypto_user",
                                        "volume_owner", "filevault_user"};
    bool without = chance(s, 25), known = chance(s, 70);
    size_t i;

    make_healthy(v, FACT_ACCOUNT, good_account, COUNT_OF(good_account));
    v[fact_index(FACT_ACCOUNT, "account")] =
        (struct random_value){true, 0, name};
    v[fact_index(FACT_ACCOUNT, "uid")] =
        (struct random_value){true, (int64_t)(501 + nth), NULL};
    v[fact_index(FACT_ACCOUNT, "admin")].number = nth == 0;
    for (i = 0; without && i < COUNT_OF(token); i++)
        v[fact_index(FACT_ACCOUNT, token[i])] =
            (struct random_value){known, 0, NULL};
    if (chance(s, 25)) { /* a reset, before or after something */
        v[fact_index(FACT_ACCOUNT, "password_reset_at")] =
            (struct random_value){true, instants[below(s, 4)], NULL};
        v[fact_index(FACT_ACCOUNT, "password_reset_by")] =
            (struct random_value){true, 0, chance(s, 70) ? "mdm" : "laps"};
        v[fact_index(FACT_ACCOUNT, "last_login")].number =
            instants[below(s, 4)];
    }
    if (state != HEALTHY && chance(s, 60))
        spoil(s, v, FACT_ACCOUNT, instants, chance(s, 50) ? SPOILED : state);
}

static void make_accounts(uint64_t *s, struct random_mac *m,
                          const int64_t *instants, enum state state)
{
    size_t count = below(s, RANDOM_ACCOUNTS), first = 0, i;
    bool used[COUNT_OF(names)] = {false};

    for (i = 0; i < count; i++) {
        do /* names of system accounts are rare */
            first = chance(s, 90) ? below(s, 7) : below(s, COUNT_OF(names));
        while (used[first]);
        used[first] = true;
        make_account(s, m->accounts[i], names[first], i, instants, state);
    }
    m->account_count = count;
}

/* What is not carried is not known. */
static uint64_t carry(uint64_t *s, struct random_value *v, size_t n)
{
    uint64_t mask = 0;
    size_t i;

    for (i = 0; i < n; i++)
        mask |= (uint64_t)!chance(s, 12) << i;
    for (i = 0; v && i < n; i++)
        if (!(mask >> i & 1))
            v[i].known = false;
    return mask;
}

/* One Mac in three lacks columns, in one of eight ways: sources are few. */
static void make_carried(uint64_t *s, struct random_mac *m, uint64_t seed)
{
    uint64_t way = seed * 8 + below(s, 8), same = way;
    int name = fact_index(FACT_ACCOUNT, "account");
    size_t i;

    m->device_carried = m->account_carried = STORE_ALL;
    if (!chance(s, 33))
        return;
    m->device_carried = carry(&way, m->device, device_fact_count);
    same = way;
    m->account_carried = carry(&way, NULL, account_fact_count);
    for (i = 0; i < m->account_count; i++) {
        uint64_t again = same;

        carry(&again, m->accounts[i], account_fact_count);
        m->accounts[i][name].known = true;
    }
}

void random_mac(struct random_mac *m, uint64_t seed, uint64_t i)
{
    uint64_t s = seed * UINT64_C(1000003) + i;
    enum state state = HEALTHY;
    int64_t instants[4];
    size_t k;

    *m = (struct random_mac){0};
    snprintf(m->serial, sizeof(m->serial), "C02R%06uQ", (unsigned)i);
    for (k = 0; k < COUNT_OF(instants); k++)
        instants[k] = any_time(&s);
    if (chance(&s, 75))
        state = chance(&s, 60) ? SPOILED : ANYTHING;
    make_healthy(m->device, FACT_DEVICE, good_device, COUNT_OF(good_device));
    if (state != HEALTHY)
        spoil(&s, m->device, FACT_DEVICE, instants, state);
    if (chance(&s, 50)) /* together more often than not */
        m->device[fact_index(FACT_DEVICE, "bootstrap_escrowed_server")] =
            m->device[fact_index(FACT_DEVICE, "bootstrap_escrowed_device")];
    make_accounts(&s, m, instants, state);
    make_carried(&s, m, seed);
}

/* ------------------------------------------------------- as others take it */

void random_second(const struct random_mac *m, struct second_device *d)
{
    size_t i, k;

    second_init(d, RANDOM_AS_OF);
    for (i = 0; i < device_fact_count; i++) {
        const struct random_value *v = &m->device[i];

        if (m->device_carried >> i & 1)
            second_set(d, device_facts[i].name, v->known, v->number, v->text);
    }
    d->account_carried = m->account_carried;
    for (k = 0; k < m->account_count; k++) {
        struct second_account *a = second_add_account(d);

        for (i = 0; i < account_fact_count; i++) {
            const struct random_value *v = &m->accounts[k][i];

            if (v->known)
                second_set_account(d, a, account_facts[i].name, true, v->number,
                                   v->text);
        }
    }
}

static void bind(sqlite3_stmt *st, int at, const struct random_value *v)
{
    if (!v->known)
        sqlite3_bind_null(st, at);
    else if (v->text)
        sqlite3_bind_text(st, at, v->text, -1, SQLITE_STATIC);
    else
        sqlite3_bind_int64(st, at, v->number);
}

/* Known facts as one row, after these columns. */
static void insert(sqlite3 *db, const char *table, const char *columns,
                   const char *values, enum fact_scope scope,
                   const struct random_value *v)
{
    size_t i, n;
    const struct fact *facts = fact_table(scope, &n);
    struct strbuf sql = {0}, marks = {0};
    struct err err = {0};
    sqlite3_stmt *st = NULL;
    int at = 0;

    strbuf_addf(&sql, "INSERT INTO %s (%s", table, columns);
    for (i = 0; i < n; i++)
        if (v[i].known) {
            strbuf_addf(&sql, ", %s", facts[i].name);
            strbuf_adds(&marks, ", ?");
        }
    strbuf_addf(&sql, ") VALUES (%s%s)", values, strbuf_str(&marks));
    if (db_prepare(db, strbuf_str(&sql), &st, &err) < 0)
        ck_abort_msg("%s", err.text); /* an assertion each costs too much */
    for (i = 0; i < n; i++)
        if (v[i].known)
            bind(st, ++at, &v[i]);
    if (db_run(st, &err) < 0)
        ck_abort_msg("%s", err.text);
    sqlite3_finalize(st);
    strbuf_free(&sql);
    strbuf_free(&marks);
}

/* The import of a source whose files have these columns. */
static int64_t import_of(sqlite3 *db, const struct random_mac *m,
                         const char *source)
{
    char sql[400];
    const char *found;

    snprintf(sql, sizeof(sql),
             "SELECT import_id FROM import WHERE source = '%s' AND"
             " carries_device = %lld AND carries_account = %lld",
             source, (long long)m->device_carried,
             (long long)m->account_carried);
    found = store_text(db, sql);
    if (found[0])
        return strtoll(found, NULL, 10);
    store_sql(db, "CREATE INDEX IF NOT EXISTS by_serial ON device (serial);"
                  "CREATE INDEX IF NOT EXISTS by_carried ON import"
                  " (carries_device, carries_account)");
    store_import(db, "p", "", source, "none", RANDOM_AS_OF);
    store_sql(db,
              "UPDATE import SET carries_device = %lld, carries_account ="
              " %lld WHERE import_id = %lld",
              (long long)m->device_carried, (long long)m->account_carried,
              (long long)sqlite3_last_insert_rowid(db));
    return strtoll(store_text(db, sql), NULL, 10);
}

void random_store(sqlite3 *db, const struct random_mac *m, const char *source)
{
    int64_t import = import_of(db, m, source), device;
    int at = fact_index(FACT_ACCOUNT, "observed_at");
    char sql[120], values[120];
    size_t i;

    snprintf(sql, sizeof(sql),
             "SELECT device_id FROM device WHERE serial ="
             " '%s'",
             m->serial);
    device = strtoll(store_text(db, sql), NULL, 10);
    if (!device)
        device = store_mac(db, m->serial);
    snprintf(values, sizeof(values), "%lld, 1, %lld, 1", (long long)import,
             (long long)device);
    insert(db, "device_row", "import_id, line, device_id, reports", values,
           FACT_DEVICE, m->device);
    for (i = 0; i < m->account_count; i++) {
        const struct random_value *seen = &m->accounts[i][at];

        snprintf(values, sizeof(values), "%lld, 1, %lld, %s", (long long)import,
                 (long long)device, "NULL");
        if (seen->known)
            snprintf(values, sizeof(values), "%lld, 1, %lld, %lld",
                     (long long)import, (long long)device,
                     (long long)seen->number);
        insert(db, "account_row", "import_id, line, device_id, read_at", values,
               FACT_ACCOUNT, m->accounts[i]);
    }
}

static void print_facts(struct strbuf *out, enum fact_scope scope,
                        const struct random_value *v, uint64_t carried)
{
    size_t i, n;
    const struct fact *facts = fact_table(scope, &n);

    for (i = 0; i < n; i++) {
        char value[64];

        if (v[i].known) {
            fact_format(&facts[i], v[i].number, v[i].text, value,
                        sizeof(value));
            strbuf_addf(out, " %s=%s", facts[i].name, value);
        } else if (!(carried >> i & 1)) {
            strbuf_addf(out, " (no %s)", facts[i].name);
        }
    }
    strbuf_addc(out, '\n');
}

void random_print(const struct random_mac *m, struct strbuf *out)
{
    size_t i;

    strbuf_addf(out, "Mac %s:", m->serial);
    print_facts(out, FACT_DEVICE, m->device, m->device_carried);
    for (i = 0; i < m->account_count; i++) {
        strbuf_adds(out, "  account:");
        print_facts(out, FACT_ACCOUNT, m->accounts[i], m->account_carried);
    }
}
