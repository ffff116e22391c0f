/*
 * engine.c - judging a fleet: every rule on every Mac, in batches.
 *
 * A batch is a range of device_id, and so of account_id. Each rule is stepped
 * over it once; what it says becomes a letter for each Mac, and for failures
 * and unknowns a finding. Then the batch is written, Mac by Mac.
 */
#include "core/base.h"

#include "analyze/arena.h"
#include "analyze/engine.h"
#include "analyze/history.h"
#include "analyze/judge.h"
#include "analyze/missing.h"
#include "core/db.h"
#include "core/facts.h"

#define BATCH 16384 /* Macs */
#define NO_ACCOUNT UINT32_MAX
#define WANTS_REST '?'
#define STEPS_BASE 20000 /* thousands of operations a rule may take ... */
#define STEPS_ROW 4      /* ... and this many more for each row */

/* Columns of the counts of one client and rule. */
enum count {
    COUNT_PASS,
    COUNT_STALE,
    COUNT_NOT_APPLICABLE,
    COUNT_NOT_CHECKED,
    COUNT_INFO,
    COUNT_ERROR,
    COUNT_FAIL, /* by severity */
    COUNT_UNKNOWN = COUNT_FAIL + SEVERITIES,
    COUNTS = COUNT_UNKNOWN + SEVERITIES
};

struct client {
    int64_t client_id;
    const char *name;
    int64_t freshness;            /* seconds; -1 for no limit */
    uint32_t (*counts)[COUNTS];   /* by rule */
    uint32_t (*gaps)[NEEDS_MOST]; /* by rule and required item */
    const char **severities;      /* by rule, as configured; or NULL */
    bool *disabled;               /* by rule */
};

struct mac {
    int64_t device_id;
    uint32_t client; /* place in clients */
    uint32_t carry;  /* place in classes */
    enum chip chip;
    bool stale;
    bool listed;   /* all its accounts were listed */
    bool accounts; /* has accounts, the system's apart */
};

struct account {
    int64_t account_id;
    uint32_t mac;
    uint16_t seen; /* rule number + 1 of the last rule that spoke of it */
};

struct found {
    uint32_t mac, account; /* places in the batch; NO_ACCOUNT */
    uint16_t rule;
    char letter;
    uint8_t severity;
    const char *evidence; /* NULL: the title */
    const char *remedy;   /* NULL: the first of the rule */
};

struct class_of_carried {
    struct carried carried;
    bool *not_checked; /* by rule */
};

struct engine {
    const struct engine_input *in;
    struct engine_counts *out;
    size_t rules;
    struct rule_guard guard;
    struct rule_query **queries; /* by rule; NULL: broken, or the engine's */
    uint32_t *customs;           /* by rule: needed custom facts that exist */
    uint32_t *loses;             /* by rule: capabilities */
    struct client *clients;
    size_t client_count;
    struct class_of_carried *classes; /* by carry_id - 1 */
    size_t class_count;
    struct arena names;

    struct mac *macs;
    size_t mac_count;
    struct account *accounts;
    size_t account_count, account_cap;
    char *letters;   /* by Mac and rule */
    uint8_t *unread; /* likewise: some account was not checked */
    struct found *found;
    size_t found_count, found_cap;
    struct arena arena;

    sqlite3_stmt *read_macs, *read_accounts, *account_name;
    sqlite3_stmt *add_finding, *add_result, *roles;
    struct history *history;
    struct missing *missing;
};

/* ------------------------------------------------------------------ set-up */

static const struct rule *rule_at(const struct engine *e, size_t i)
{
    return e->in->rules->rules[i];
}

static void *zeroed(size_t n, size_t size)
{
    return calloc(n ? n : 1, size);
}

static int open_rules(struct engine *e, size_t *faulty, struct err *err)
{
    size_t i;

    rule_guard_set(&e->guard, e->in->db);
    for (i = 0; i < e->rules; i++) {
        const struct rule *r = rule_at(e, i);

        if (r->broken.code != ERR_NONE || r->kind == RULE_ENGINE)
            continue;
        e->queries[i] = rule_open(&e->guard, r, err);
        if (!e->queries[i]) {
            *faulty = i;
            return err->code == ERR_CONFIG ? 1 : -1;
        }
    }
    return 0;
}

/* Which needed custom facts some import of the period keeps. */
static int find_customs(struct engine *e, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i, k;
    int step;

    if (db_prepare(e->in->db,
                   "SELECT DISTINCT fact FROM import_column"
                   " JOIN run_import USING (import_id)"
                   " WHERE period_id = ?1 AND use = 'custom'",
                   &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, e->in->period_id);
    while ((step = db_step(st, err)) == 1)
        for (i = 0; i < e->rules; i++)
            for (k = 0; k < rule_at(e, i)->need_count; k++)
                if (strcmp(rule_at(e, i)->needs[k].text, db_text(st, 0)) == 0)
                    e->customs[i] |= (uint32_t)1 << k;
    sqlite3_finalize(st);
    return step;
}

static int read_classes(struct engine *e, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t n;
    size_t i, k;
    int step;

    if (db_number(e->in->db,
                  "SELECT coalesce(max(carry_id), 0) FROM carry_class", 0, &n,
                  err) < 0)
        return -1;
    e->class_count = (size_t)n;
    e->classes = zeroed(e->class_count, sizeof(*e->classes));
    if (!e->classes)
        return err_nomem(err);
    if (db_prepare(e->in->db,
                   "SELECT carry_id, device_mask, account_mask"
                   " FROM carry_class",
                   &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1) {
        struct class_of_carried *c;

        i = (size_t)sqlite3_column_int64(st, 0) - 1;
        c = &e->classes[i];
        c->carried.device = (uint64_t)sqlite3_column_int64(st, 1);
        c->carried.account = (uint64_t)sqlite3_column_int64(st, 2);
        c->not_checked = zeroed(e->rules, sizeof(*c->not_checked));
        if (!c->not_checked) {
            step = err_nomem(err);
            break;
        }
        for (k = 0; k < e->rules; k++)
            c->not_checked[k] =
                rule_not_checked(rule_at(e, k), c->carried, e->customs[k]);
    }
    sqlite3_finalize(st);
    return step;
}

static int read_client(struct engine *e, struct client *c, sqlite3_stmt *st,
                       struct err *err)
{
    const char *name = db_text(st, 1);
    size_t i;

    c->client_id = sqlite3_column_int64(st, 0);
    c->name = arena_copy(&e->names, name, strlen(name));
    c->freshness = sqlite3_column_type(st, 2) == SQLITE_NULL
                       ? -1
                       : sqlite3_column_int64(st, 2) * 86400;
    c->counts = zeroed(e->rules, sizeof(*c->counts));
    c->gaps = zeroed(e->rules, sizeof(*c->gaps));
    c->severities = zeroed(e->rules, sizeof(*c->severities));
    c->disabled = zeroed(e->rules, sizeof(*c->disabled));
    if (!c->name || !c->counts || !c->gaps || !c->severities || !c->disabled)
        return err_nomem(err);
    for (i = 0; i < e->rules; i++) {
        const char *id = rule_at(e, i)->id;

        c->severities[i] = config_severity(e->in->config, c->name, id);
        c->disabled[i] =
            config_names_rule(e->in->config, c->name, "disabled", id);
    }
    return 0;
}

static int read_clients(struct engine *e, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t n;
    int step;

    if (db_number(e->in->db,
                  "SELECT count(DISTINCT client_id) FROM device_fact", 0, &n,
                  err) < 0)
        return -1;
    e->clients = zeroed((size_t)n, sizeof(*e->clients));
    if (!e->clients)
        return err_nomem(err);
    if (db_prepare(e->in->db,
                   "SELECT c.client_id, c.name, p.p_freshness_days"
                   " FROM client c LEFT JOIN client_policy p USING (client_id)"
                   " WHERE c.client_id IN (SELECT client_id FROM device_fact)"
                   " ORDER BY c.client_id",
                   &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1)
        if (read_client(e, &e->clients[e->client_count++], st, err) < 0) {
            step = -1;
            break;
        }
    sqlite3_finalize(st);
    return step;
}

static int prepare_all(struct engine *e, struct err *err)
{
    static const char macs[] =
        "SELECT device_id, client_id, carry_id, last_checkin, chip,"
        " accounts_listed"
        "  FROM device_fact WHERE device_id > ?1 ORDER BY device_id LIMIT ?2";
    static const char finding[] =
        "INSERT INTO finding (period_id, device_id, client_id, rule_no,"
        " account, account_id, result, severity, evidence, remedy, missing,"
        " state, first_seen) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)";
    static const char result[] =
        "INSERT INTO device_result (period_id, device_id, client_id, verdict,"
        " stale, worst, failed, unknown, notchecked, lost, perhaps_lost,"
        " next_remedy, results) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)";
    sqlite3 *db = e->in->db;

    if (db_prepare(db, macs, &e->read_macs, err) < 0 ||
        db_prepare(db,
                   "SELECT account_id, device_id FROM account_fact"
                   " WHERE account_id > ?1 AND kind IS NOT 'system'"
                   " ORDER BY account_id",
                   &e->read_accounts, err) < 0 ||
        db_prepare(db, "SELECT account FROM account_fact WHERE account_id = ?1",
                   &e->account_name, err) < 0 ||
        db_prepare(db,
                   "SELECT role = 'primary' FROM account_fact"
                   " WHERE account_id = ?1",
                   &e->roles, err) < 0 ||
        db_prepare(db, finding, &e->add_finding, err) < 0 ||
        db_prepare(db, result, &e->add_result, err) < 0)
        return -1;
    e->history = history_open(db, e->in->period, e->in->rules, err);
    e->missing = missing_open(db, e->in->period_id, err);
    return e->history && e->missing ? 0 : -1;
}

static int allocate(struct engine *e, struct err *err)
{
    size_t i;

    e->rules = e->in->rules->count;
    e->queries = zeroed(e->rules, sizeof(*e->queries));
    e->customs = zeroed(e->rules, sizeof(*e->customs));
    e->loses = zeroed(e->rules, sizeof(*e->loses));
    e->macs = zeroed(BATCH, sizeof(*e->macs));
    e->letters = zeroed(BATCH * (e->rules + 1), 1);
    e->unread = zeroed(BATCH * (e->rules + 1), 1);
    if (!e->queries || !e->customs || !e->loses || !e->macs || !e->letters ||
        !e->unread)
        return err_nomem(err);
    for (i = 0; i < e->rules; i++)
        e->loses[i] = capability_bits(rule_at(e, i)->loses);
    return 0;
}

static void engine_free(struct engine *e)
{
    size_t i;

    for (i = 0; e->queries && i < e->rules; i++)
        rule_close(e->queries[i]);
    rule_guard_end(&e->guard);
    for (i = 0; i < e->client_count; i++) {
        free(e->clients[i].counts);
        free(e->clients[i].gaps);
        free(e->clients[i].severities);
        free(e->clients[i].disabled);
    }
    for (i = 0; e->classes && i < e->class_count; i++)
        free(e->classes[i].not_checked);
    free(e->queries);
    free(e->customs);
    free(e->loses);
    free(e->clients);
    free(e->classes);
    free(e->macs);
    free(e->accounts);
    free(e->letters);
    free(e->unread);
    free(e->found);
    arena_free(&e->arena);
    arena_free(&e->names);
    sqlite3_finalize(e->read_macs);
    sqlite3_finalize(e->read_accounts);
    sqlite3_finalize(e->account_name);
    sqlite3_finalize(e->roles);
    sqlite3_finalize(e->add_finding);
    sqlite3_finalize(e->add_result);
    history_close(e->history);
    missing_close(e->missing);
}

/* ------------------------------------------------------------------- batch */

static uint32_t client_place(const struct engine *e, int64_t client_id)
{
    size_t low = 0, high = e->client_count;

    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;

        if (e->clients[middle].client_id <= client_id)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

/* Not reporting: last seen before the limit, or asked for and not known. */
static bool is_stale(const struct engine *e, const struct mac *m, bool known,
                     int64_t last_checkin)
{
    int bit = fact_index(FACT_DEVICE, "last_checkin");
    int64_t limit = e->clients[m->client].freshness;

    if (!known)
        return (e->classes[m->carry].carried.device >> bit) & 1;
    return limit >= 0 && last_checkin < e->in->as_of - limit;
}

static int read_macs(struct engine *e, int64_t after, struct err *err)
{
    sqlite3_stmt *st = e->read_macs;
    int step;

    e->mac_count = 0;
    sqlite3_bind_int64(st, 1, after);
    sqlite3_bind_int64(st, 2, BATCH);
    while ((step = db_step(st, err)) == 1) {
        struct mac *m = &e->macs[e->mac_count++];

        *m = (struct mac){
            .device_id = sqlite3_column_int64(st, 0),
            .client = client_place(e, sqlite3_column_int64(st, 1)),
            .carry = (uint32_t)sqlite3_column_int64(st, 2) - 1,
            .chip = chip_read((const char *)sqlite3_column_text(st, 4)),
            .listed = sqlite3_column_int(st, 5) != 0,
        };
        m->stale = is_stale(e, m, sqlite3_column_type(st, 3) != SQLITE_NULL,
                            sqlite3_column_int64(st, 3));
        if (m->stale)
            e->out->not_reporting++;
    }
    sqlite3_reset(st);
    return step;
}

static int add_account(struct engine *e, int64_t id, uint32_t mac,
                       struct err *err)
{
    size_t cap = e->account_cap ? 2 * e->account_cap : BATCH * 4;
    struct account *p;

    if (e->account_count == e->account_cap) {
        p = realloc(e->accounts, cap * sizeof(*p));
        if (!p)
            return err_nomem(err);
        e->accounts = p;
        e->account_cap = cap;
    }
    e->accounts[e->account_count++] = (struct account){id, mac, 0};
    e->macs[mac].accounts = true;
    return 0;
}

/* Accounts ascend with their Macs, so those of a batch are the next ones. */
static int read_accounts(struct engine *e, int64_t *last, struct err *err)
{
    int64_t end = e->macs[e->mac_count - 1].device_id;
    sqlite3_stmt *st = e->read_accounts;
    uint32_t mac = 0;
    int step;

    e->account_count = 0;
    sqlite3_bind_int64(st, 1, *last);
    while ((step = db_step(st, err)) == 1) {
        int64_t device = sqlite3_column_int64(st, 1);

        if (device > end) {
            step = 0;
            break;
        }
        while (e->macs[mac].device_id < device)
            mac++;
        *last = sqlite3_column_int64(st, 0);
        if (add_account(e, *last, mac, err) < 0) {
            step = -1;
            break;
        }
    }
    sqlite3_reset(st);
    return step;
}

/* ------------------------------------------------------- one rule's rows */

struct pass {
    struct engine *e;
    size_t rule;
    size_t next; /* where the next row is expected */
    size_t rows;
    char letter; /* 0: as the row says */
};

static int twice(struct pass *p, const char *what, struct err *err)
{
    const struct rule *r = rule_at(p->e, p->rule);

    return err_at(err, ERR_CONFIG, r->file, r->sql_line, 0,
                  "yields %s more than once, or that is not there", what);
}

static int note(struct engine *e, size_t rule, uint32_t mac, uint32_t account,
                char letter, const struct rule_row *row, enum severity sev,
                struct err *err)
{
    size_t cap = e->found_cap ? 2 * e->found_cap : 4096;
    struct found *f;

    if (e->found_count == e->found_cap) {
        f = realloc(e->found, cap * sizeof(*f));
        if (!f)
            return err_nomem(err);
        e->found = f;
        e->found_cap = cap;
    }
    f = &e->found[e->found_count++];
    *f = (struct found){.mac = mac,
                        .account = account,
                        .rule = (uint16_t)rule,
                        .letter = letter,
                        .severity = (uint8_t)sev};
    if (row->evidence)
        f->evidence =
            arena_copy(&e->arena, row->evidence, strlen(row->evidence));
    if (row->remedy)
        f->remedy = arena_copy(&e->arena, row->remedy, strlen(row->remedy));
    return e->arena.failed ? err_nomem(err) : 0;
}

/* Count a result, and keep it where it is a finding. Returns its letter; 0 for
 * want of memory, WANTS_REST where the row has to come again. */
static char take_result(struct pass *p, uint32_t mac, uint32_t account,
                        const struct rule_row *row, struct err *err)
{
    struct engine *e = p->e;
    const struct rule *r = rule_at(e, p->rule);
    const struct mac *m = &e->macs[mac];
    struct client *c = &e->clients[m->client];
    uint32_t *counts = c->counts[p->rule];
    char letter = rule_result(row, e->classes[m->carry].not_checked[p->rule]);
    enum severity sev;

    if (c->disabled[p->rule])
        letter = RESULT_NOT_APPLICABLE;
    if (r->kind == RULE_REPORT_ONLY && letter == RESULT_FAIL)
        letter = RESULT_INFO;
    switch (letter) {
    case RESULT_PASS:
        counts[m->stale ? COUNT_STALE : COUNT_PASS]++;
        return letter;
    case RESULT_NOT_APPLICABLE:
        counts[COUNT_NOT_APPLICABLE]++;
        return letter;
    case RESULT_NOT_CHECKED:
        counts[COUNT_NOT_CHECKED]++;
        return letter;
    case RESULT_INFO:
        counts[COUNT_INFO]++;
        return letter;
    default:
        break;
    }
    if (!row->whole && r->kind != RULE_REPORT_ONLY)
        return WANTS_REST;
    sev = judged_severity(r, row, letter, c->severities[p->rule]);
    counts[(letter == RESULT_FAIL ? COUNT_FAIL : COUNT_UNKNOWN) + (int)sev]++;
    if (r->kind == RULE_REPORT_ONLY)
        return letter;
    return note(e, p->rule, mac, account, letter, row, sev, err) < 0 ? 0
                                                                     : letter;
}

static int compare_mac(const void *key, const void *item)
{
    const int64_t *id = key;
    const struct mac *m = item;

    return *id < m->device_id ? -1 : *id > m->device_id;
}

static int device_row(void *ctx, const struct rule_row *row, struct err *err)
{
    struct pass *p = ctx;
    struct engine *e = p->e;
    const struct mac *m = &e->macs[p->next];
    char *letter;

    if (p->next >= e->mac_count || m->device_id != row->id)
        m = bsearch(&row->id, e->macs, e->mac_count, sizeof(*m), compare_mac);
    if (!m)
        return twice(p, "a Mac", err);
    p->next = (size_t)(m - e->macs) + 1;
    letter = &e->letters[(size_t)(m - e->macs) * e->rules + p->rule];
    if (*letter)
        return twice(p, "a Mac", err);
    *letter = take_result(p, (uint32_t)(m - e->macs), NO_ACCOUNT, row, err);
    if (*letter == WANTS_REST) {
        *letter = 0;
        p->next--;
        return 1;
    }
    p->rows++;
    if (*letter == RESULT_NOT_CHECKED)
        e->unread[(size_t)(m - e->macs) * e->rules + p->rule] = 1;
    return *letter ? 0 : -1;
}

static int compare_account(const void *key, const void *item)
{
    const int64_t *id = key;
    const struct account *a = item;

    return *id < a->account_id ? -1 : *id > a->account_id;
}

static int account_row(void *ctx, const struct rule_row *row, struct err *err)
{
    struct pass *p = ctx;
    struct engine *e = p->e;
    struct account *a = &e->accounts[p->next];
    size_t place;
    char letter;

    if (p->next >= e->account_count || a->account_id != row->id)
        a = bsearch(&row->id, e->accounts, e->account_count, sizeof(*a),
                    compare_account);
    if (!a || a->seen == p->rule + 1)
        return twice(p, "an account", err);
    letter = take_result(p, a->mac, (uint32_t)(a - e->accounts), row, err);
    if (letter == WANTS_REST)
        return 1;
    if (!letter)
        return -1;
    p->next = (size_t)(a - e->accounts) + 1;
    p->rows++;
    a->seen = (uint16_t)(p->rule + 1);
    place = (size_t)a->mac * e->rules + p->rule;
    e->letters[place] = worse_letter(e->letters[place], letter);
    if (letter == RESULT_NOT_CHECKED)
        e->unread[place] = 1;
    return 0;
}

/* Macs without accounts: nothing to judge, or the accounts were not read. */
static void without_accounts(struct engine *e, size_t rule)
{
    size_t i;

    for (i = 0; i < e->mac_count; i++) {
        size_t place = i * e->rules + rule;

        if (e->letters[place])
            continue;
        e->letters[place] =
            e->macs[i].listed || e->clients[e->macs[i].client].disabled[rule]
                ? RESULT_NOT_APPLICABLE
                : RESULT_NOT_CHECKED;
        if (e->letters[place] == RESULT_NOT_CHECKED)
            e->unread[place] = 1;
    }
}

static void mark_error(struct engine *e, size_t rule)
{
    size_t i;

    for (i = 0; i < e->mac_count; i++) {
        e->letters[i * e->rules + rule] = RESULT_ERROR;
        if (!rule_at(e, rule)->account_scope)
            e->clients[e->macs[i].client].counts[rule][COUNT_ERROR]++;
    }
    for (i = 0; rule_at(e, rule)->account_scope && i < e->account_count; i++)
        e->clients[e->macs[e->accounts[i].mac].client]
            .counts[rule][COUNT_ERROR]++;
}

static int run_rule(struct engine *e, size_t rule, struct err *err)
{
    const struct rule *r = rule_at(e, rule);
    struct pass p = {.e = e, .rule = rule};
    size_t expected = r->account_scope ? e->account_count : e->mac_count;
    int64_t low = 1, high = 0;

    if (r->account_scope && e->account_count) {
        low = e->accounts[0].account_id;
        high = e->accounts[e->account_count - 1].account_id;
    } else if (!r->account_scope) {
        low = e->macs[0].device_id;
        high = e->macs[e->mac_count - 1].device_id;
    }
    if (rule_run(e->queries[rule], low, high,
                 STEPS_BASE + STEPS_ROW * (int64_t)expected,
                 r->account_scope ? account_row : device_row, &p, err) < 0)
        return -1;
    if (p.rows != expected)
        return err_at(err, ERR_CONFIG, r->file, r->sql_line, 0,
                      "leaves out %s; a rule speaks of each exactly once",
                      r->account_scope ? "accounts" : "Macs");
    if (r->account_scope)
        without_accounts(e, rule);
    return 0;
}

/* --------------------------------------------------- rules the engine makes */

static size_t rule_number(const struct engine *e, const char *id)
{
    size_t i;

    for (i = 0; i < e->rules; i++)
        if (strcmp(rule_at(e, i)->id, id) == 0)
            break;
    return i;
}

static bool is_open(const struct engine *e, size_t mac)
{
    const char *letters = &e->letters[mac * e->rules];
    size_t i;

    for (i = 0; i < e->rules; i++)
        if (rule_counts(rule_at(e, i)) && !rule_is_migration(rule_at(e, i)) &&
            (letters[i] == RESULT_UNKNOWN || e->unread[mac * e->rules + i]))
            return true;
    return false;
}

static void give(struct engine *e, size_t rule, size_t mac, bool fires)
{
    uint32_t *counts = e->clients[e->macs[mac].client].counts[rule];

    e->letters[mac * e->rules + rule] = fires ? RESULT_INFO : RESULT_PASS;
    counts[fires ? COUNT_INFO : COUNT_PASS]++;
}

/* ST-14: the main user has no token while others do. It rests on ST-10, and on
 * ST-01 to ST-04 where they fail for a primary account. */
static int main_user_without(struct engine *e, bool *fires, struct err *err)
{
    static const char *const about[] = {"ST-01", "ST-02", "ST-03", "ST-04",
                                        "ST-10"};
    size_t i, k;
    int step;

    for (i = 0; i < e->found_count; i++) {
        const struct found *f = &e->found[i];
        const char *id = rule_at(e, f->rule)->id;

        for (k = 0; k < COUNT_OF(about) && strcmp(about[k], id) != 0; k++)
            ;
        if (f->letter != RESULT_FAIL || k == COUNT_OF(about))
            continue;
        if (f->account == NO_ACCOUNT) {
            fires[f->mac] = true;
            continue;
        }
        sqlite3_bind_int64(e->roles, 1, e->accounts[f->account].account_id);
        step = db_step(e->roles, err);
        if (step == 1 && sqlite3_column_int(e->roles, 0))
            fires[f->mac] = true;
        sqlite3_reset(e->roles);
        if (step < 0)
            return -1;
    }
    return 0;
}

static int others_hold(struct engine *e, bool *fires, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i;
    int rc = db_prepare(e->in->db,
                        "SELECT any_token IS TRUE FROM device_derived"
                        " WHERE device_id = ?1",
                        &st, err);

    for (i = 0; i < e->mac_count && rc == 0; i++) {
        if (!fires[i])
            continue;
        sqlite3_bind_int64(st, 1, e->macs[i].device_id);
        if (db_step(st, err) < 0)
            rc = -1;
        else
            fires[i] = sqlite3_column_int(st, 0) != 0;
        sqlite3_reset(st);
    }
    sqlite3_finalize(st);
    return rc;
}

static int make_engine_rules(struct engine *e, struct err *err)
{
    size_t missing = rule_number(e, "DATA-01");
    size_t conflicts = rule_number(e, "DATA-03");
    size_t user = rule_number(e, "ST-14"), i;
    bool *fires = zeroed(e->mac_count, sizeof(*fires));
    int rc = 0;

    if (!fires)
        return err_nomem(err);
    if (user < e->rules)
        rc = main_user_without(e, fires, err);
    if (user < e->rules && rc == 0)
        rc = others_hold(e, fires, err);
    for (i = 0; i < e->mac_count && rc == 0; i++) {
        if (user < e->rules && rule_at(e, user)->kind == RULE_ENGINE)
            give(e, user, i, fires[i]);
        if (conflicts < e->rules && rule_at(e, conflicts)->kind == RULE_ENGINE)
            give(e, conflicts, i,
                 missing_has_conflict(e->missing, e->macs[i].device_id));
        if (missing < e->rules && rule_at(e, missing)->kind == RULE_ENGINE)
            give(e, missing, i, is_open(e, i));
    }
    free(fires);
    return rc;
}

/* ----------------------------------------------------------------- writing */

static int compare_found(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    if (x->mac != y->mac)
        return x->mac < y->mac ? -1 : 1;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    return x->account < y->account ? -1 : x->account > y->account;
}

static const char *name_of(struct engine *e, const struct found *f,
                           struct err *err)
{
    if (f->account == NO_ACCOUNT)
        return "";
    sqlite3_bind_int64(e->account_name, 1, e->accounts[f->account].account_id);
    if (db_step(e->account_name, err) < 0)
        return NULL;
    return db_text(e->account_name, 0); /* until the next reset */
}

static void bind_or_null(sqlite3_stmt *st, int at, const char *s)
{
    if (s)
        sqlite3_bind_text(st, at, s, -1, SQLITE_STATIC);
    else
        sqlite3_bind_null(st, at);
}

static int write_finding(struct engine *e, const struct found *f,
                         struct strbuf *words, struct err *err)
{
    const struct rule *r = rule_at(e, f->rule);
    const struct mac *m = &e->macs[f->mac];
    const char *account, *state;
    sqlite3_stmt *st = e->add_finding;
    int64_t id =
        f->account == NO_ACCOUNT ? 0 : e->accounts[f->account].account_id;
    int64_t first_seen;
    char remedy[32];
    int rc;

    sqlite3_reset(e->account_name);
    account = name_of(e, f, err);
    strbuf_reset(words);
    if (!account || history_state(e->history, m->device_id, f->rule, account,
                                  e->in->as_of, &state, &first_seen, err) < 0)
        return -1;
    if (f->letter == RESULT_UNKNOWN &&
        missing_facts(e->missing, r, m->device_id, id, words, err) < 0)
        return -1;
    rule_first_remedy(r, remedy, sizeof(remedy));
    sqlite3_bind_int64(st, 1, e->in->period_id);
    sqlite3_bind_int64(st, 2, m->device_id);
    sqlite3_bind_int64(st, 3, e->clients[m->client].client_id);
    sqlite3_bind_int(st, 4, f->rule);
    sqlite3_bind_text(st, 5, account, -1, SQLITE_STATIC);
    if (id)
        sqlite3_bind_int64(st, 6, id);
    sqlite3_bind_text(st, 7, result_name(f->letter), -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 8, severity_word((enum severity)f->severity), -1,
                      SQLITE_STATIC);
    bind_or_null(st, 9, f->evidence);
    bind_or_null(st, 10, f->remedy ? f->remedy : remedy);
    sqlite3_bind_text(st, 11, strbuf_str(words), -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 12, state, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 13, first_seen);
    rc = db_run(st, err);
    sqlite3_reset(e->account_name);
    return rc;
}

/* What becomes of one Mac. */
struct summary {
    struct verdict_facts facts;
    enum severity worst;
    int failed, unknown, not_checked;
    uint32_t lost, perhaps;
    const struct found *next; /* the finding to begin with */
};

/* A fail before an unknown, the graver before the lighter, then as sorted. */
static bool comes_first(const struct found *f, const struct found *than)
{
    if (!than)
        return true;
    if (f->letter != than->letter)
        return f->letter == RESULT_FAIL;
    return f->severity > than->severity;
}

static void add_found(const struct engine *e, struct summary *s,
                      const struct found *f)
{
    const struct rule *r = rule_at(e, f->rule);
    enum severity sev = (enum severity)f->severity;
    bool fail = f->letter == RESULT_FAIL;
    enum severity *worst = fail ? &s->facts.failed : &s->facts.unknown;

    if (!rule_counts(r))
        return;
    if (fail)
        e->out->failed[sev]++;
    if (rule_is_migration(r))
        return;
    if (fail && severity_worse(sev, s->worst))
        s->worst = sev;
    if (rule_enters_verdict(r) && severity_worse(sev, *worst))
        *worst = sev;
    if (comes_first(f, s->next))
        s->next = f;
}

static void add_letters(struct engine *e, struct summary *s, size_t mac)
{
    const char *letters = &e->letters[mac * e->rules];
    const struct mac *m = &e->macs[mac];
    struct client *c = &e->clients[m->client];
    size_t i, k;

    for (i = 0; i < e->rules; i++) {
        const struct rule *r = rule_at(e, i);
        uint32_t none = 0;

        for (k = 0; e->unread[mac * e->rules + i] && k < r->need_count; k++)
            if (!need_carried(&r->needs[k], e->classes[m->carry].carried,
                              (e->customs[i] >> k) & 1))
                c->gaps[i][k]++;
        if (r->core &&
            (letters[i] == RESULT_NOT_CHECKED || letters[i] == RESULT_ERROR))
            s->facts.core_not_checked = true;
        if (!rule_counts(r) || rule_is_migration(r))
            continue;
        s->failed += letters[i] == RESULT_FAIL;
        s->unknown += letters[i] == RESULT_UNKNOWN;
        s->not_checked += letters[i] == RESULT_NOT_CHECKED;
        if (letters[i] == RESULT_FAIL)
            capability_loss(r, e->loses[i], m->chip, &s->lost, &s->perhaps);
        else if (letters[i] == RESULT_UNKNOWN)
            capability_loss(r, e->loses[i], m->chip, &s->perhaps, &none);
        if (letters[i] == RESULT_UNKNOWN)
            s->perhaps |= none;
    }
    s->perhaps &= ~s->lost;
}

static void count_verdict(struct engine_counts *out, const char *verdict)
{
    const struct {
        const char *word;
        int64_t *count;
    } table[] = {{"at-risk", &out->at_risk},
                 {"undetermined", &out->undetermined},
                 {"attention", &out->attention},
                 {"partial", &out->partial},
                 {"clean", &out->clean}};
    size_t i;

    for (i = 0; i < COUNT_OF(table); i++)
        if (strcmp(table[i].word, verdict) == 0)
            (*table[i].count)++;
}

static int write_result(struct engine *e, size_t mac, const struct summary *s,
                        struct err *err)
{
    const struct mac *m = &e->macs[mac];
    const char *verdict = verdict_of(&s->facts);
    sqlite3_stmt *st = e->add_result;
    char lost[128], perhaps[128], remedy[32] = "";

    capability_words(s->lost, lost, sizeof(lost));
    capability_words(s->perhaps, perhaps, sizeof(perhaps));
    if (s->next && s->next->remedy)
        snprintf(remedy, sizeof(remedy), "%s", s->next->remedy);
    else if (s->next)
        rule_first_remedy(rule_at(e, s->next->rule), remedy, sizeof(remedy));
    count_verdict(e->out, verdict);
    sqlite3_bind_int64(st, 1, e->in->period_id);
    sqlite3_bind_int64(st, 2, m->device_id);
    sqlite3_bind_int64(st, 3, e->clients[m->client].client_id);
    sqlite3_bind_text(st, 4, verdict, -1, SQLITE_STATIC);
    sqlite3_bind_int(st, 5, m->stale);
    sqlite3_bind_text(st, 6, severity_word(s->worst), -1, SQLITE_STATIC);
    sqlite3_bind_int(st, 7, s->failed);
    sqlite3_bind_int(st, 8, s->unknown);
    sqlite3_bind_int(st, 9, s->not_checked);
    sqlite3_bind_text(st, 10, lost, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 11, perhaps, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 12, remedy, -1, SQLITE_STATIC);
    sqlite3_bind_blob(st, 13, &e->letters[mac * e->rules], (int)e->rules,
                      SQLITE_STATIC);
    return db_run(st, err);
}

static int write_batch(struct engine *e, struct err *err)
{
    struct strbuf words = {0};
    size_t mac, at = 0;
    int rc = 0;

    if (e->found_count)
        qsort(e->found, e->found_count, sizeof(*e->found), compare_found);
    for (mac = 0; mac < e->mac_count && rc == 0; mac++) {
        struct summary s = {.facts = {.stale = e->macs[mac].stale,
                                      .failed = SEV_NONE,
                                      .unknown = SEV_NONE},
                            .worst = SEV_NONE};

        for (; rc == 0 && at < e->found_count && e->found[at].mac == mac;
             at++) {
            add_found(e, &s, &e->found[at]);
            rc = write_finding(e, &e->found[at], &words, err);
        }
        if (rc == 0) {
            add_letters(e, &s, mac);
            rc = write_result(e, mac, &s, err);
        }
    }
    strbuf_free(&words);
    return rc;
}

/* ------------------------------------------------------------------- counts */

static int write_tally(struct engine *e, sqlite3_stmt *st,
                       const struct client *c, size_t rule, enum count column,
                       struct err *err)
{
    static const char *const words[] = {"pass",          "stale",
                                        "notapplicable", "notchecked",
                                        "informational", "error"};
    uint32_t n = c->counts[rule][column];
    const char *word, *severity = "";

    if (n == 0)
        return 0;
    if (column >= COUNT_UNKNOWN) {
        word = "unknown";
        severity = severity_word((enum severity)(column - COUNT_UNKNOWN));
    } else if (column >= COUNT_FAIL) {
        word = "fail";
        severity = severity_word((enum severity)(column - COUNT_FAIL));
    } else {
        word = words[column];
    }
    sqlite3_bind_int64(st, 1, e->in->period_id);
    sqlite3_bind_int64(st, 2, c->client_id);
    sqlite3_bind_int64(st, 3, (int64_t)rule);
    sqlite3_bind_text(st, 4, word, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 5, severity, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 6, n);
    return db_run(st, err);
}

static int write_gap(struct engine *e, sqlite3_stmt *st, const struct client *c,
                     size_t rule, size_t need, struct err *err)
{
    if (c->gaps[rule][need] == 0)
        return 0;
    sqlite3_bind_int64(st, 1, e->in->period_id);
    sqlite3_bind_int64(st, 2, c->client_id);
    sqlite3_bind_int64(st, 3, (int64_t)rule);
    sqlite3_bind_text(st, 4, rule_at(e, rule)->needs[need].text, -1,
                      SQLITE_STATIC);
    sqlite3_bind_int64(st, 5, c->gaps[rule][need]);
    return db_run(st, err);
}

static int write_counts(struct engine *e, struct err *err)
{
    sqlite3_stmt *tally = NULL, *gap = NULL;
    size_t c, rule, i;
    int rc = -1;

    if (db_prepare(e->in->db,
                   "INSERT INTO tally (period_id, client_id, rule_no, result,"
                   " severity, count) VALUES (?, ?, ?, ?, ?, ?)",
                   &tally, err) < 0 ||
        db_prepare(e->in->db, "INSERT INTO gap VALUES (?, ?, ?, ?, ?)", &gap,
                   err) < 0)
        goto out;
    for (c = 0; c < e->client_count; c++)
        for (rule = 0; rule < e->rules; rule++) {
            for (i = 0; i < COUNTS; i++)
                if (write_tally(e, tally, &e->clients[c], rule, (enum count)i,
                                err) < 0)
                    goto out;
            for (i = 0; i < rule_at(e, rule)->need_count; i++)
                if (write_gap(e, gap, &e->clients[c], rule, i, err) < 0)
                    goto out;
        }
    rc = 0;
out:
    sqlite3_finalize(tally);
    sqlite3_finalize(gap);
    return rc;
}

/* ----------------------------------------------------------------- running */

/* 0; 1 where a rule is at fault; -1. */
static int run_rules(struct engine *e, size_t *faulty, struct err *err)
{
    size_t i;

    for (i = 0; i < e->rules; i++) {
        if (rule_at(e, i)->broken.code != ERR_NONE) {
            mark_error(e, i);
        } else if (e->queries[i] && run_rule(e, i, err) < 0) {
            *faulty = i;
            return err->code == ERR_CONFIG ? 1 : -1;
        }
    }
    return 0;
}

static int run_batch(struct engine *e, size_t *faulty, struct err *err)
{
    sqlite3 *db = e->in->db;
    struct err late = {0};
    int rc;

    e->found_count = 0;
    arena_reset(&e->arena);
    memset(e->letters, 0, e->mac_count * e->rules);
    memset(e->unread, 0, e->mac_count * e->rules);
    if (db_script(db, "PRAGMA query_only=ON", err) < 0)
        return -1;
    rc = run_rules(e, faulty, err);
    if (db_script(db, "PRAGMA query_only=OFF", rc ? &late : err) < 0)
        return -1;
    if (rc)
        return rc;
    return make_engine_rules(e, err) < 0 ? -1 : write_batch(e, err);
}

static int run_all(struct engine *e, size_t *faulty, struct err *err)
{
    int64_t after = 0, last_account = 0;
    int rc;

    for (;;) {
        if (read_macs(e, after, err) < 0)
            return -1;
        if (e->mac_count == 0)
            break;
        if (read_accounts(e, &last_account, err) < 0)
            return -1;
        e->out->devices += (int64_t)e->mac_count;
        e->out->accounts += (int64_t)e->account_count;
        rc = run_batch(e, faulty, err);
        if (rc)
            return rc;
        after = e->macs[e->mac_count - 1].device_id;
    }
    return write_counts(e, err);
}

int engine_run(const struct engine_input *in, struct engine_counts *out,
               size_t *faulty, struct err *err)
{
    struct engine e = {.in = in, .out = out};
    int rc = -1;

    *out = (struct engine_counts){0};
    if (allocate(&e, err) == 0 && find_customs(&e, err) == 0) {
        rc = open_rules(&e, faulty, err);
        if (rc == 0 && (read_classes(&e, err) < 0 ||
                        read_clients(&e, err) < 0 || prepare_all(&e, err) < 0))
            rc = -1;
        if (rc == 0)
            rc = run_all(&e, faulty, err);
    }
    engine_free(&e);
    return rc;
}
