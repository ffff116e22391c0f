/*
 * engine.c - judging a fleet: every rule on every Mac, in batches.
 *
 * A batch is a range of device_id, and so of account_id. Each rule goes over
 * it once; what it says becomes a letter for each Mac, and for failures and
 * unknowns a finding. Then the batch is written, Mac by Mac.
 */
#include "core/base.h"

#include "analyze/capable.h"
#include "analyze/engine_part.h"
#include "core/cpu.h"
#include "core/db.h"
#include "core/facts.h"

/* ------------------------------------------------------------------ set-up */

const struct rule *rule_at(const struct engine *e, size_t i)
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

/* Rules that are only expressions run as one, unless that went wrong. */
static int fuse_rules(struct engine *e, struct err *err)
{
    const struct rule *const *rules =
        (const struct rule *const *)e->in->rules->rules;
    int account;
    size_t i;

    for (account = 0; account < 2 && !e->in->one_by_one; account++) {
        struct fused *f = &e->fused[account];

        f->rules = rule_fuse(&e->guard, rules, e->queries, e->rules,
                             account != 0, &f->members, &f->count, err);
        if (err->code != ERR_NONE)
            return -1;
        for (i = 0; f->rules && i < f->count; i++)
            e->together[f->members[i]] = true;
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
        "SELECT f.device_id, f.client_id, f.carry_id, f.last_checkin, f.chip,"
        " f.accounts_listed, f.os, d.filevault_on, d.bootstrap_expected,"
        " d.any_holder, d.any_token_admin, d.any_volume_owner,"
        " f.recovery_key_escrowed, f.recovery_key_validity, f.eacs_preflight,"
        " d.holders_min, d.holders_max, d.unlockers_min, d.unlockers_max,"
        " CASE f.bootstrap_auth WHEN 'allowed' THEN 1 WHEN 'disallowed' THEN 0"
        " END, f.recovery_lock, f.recovery_lock_known, f.firmware_password,"
        " f.firmware_password_known"
        "  FROM device_fact f JOIN device_derived d USING (device_id)"
        " WHERE f.device_id > ?1 ORDER BY f.device_id LIMIT ?2";
    static const char finding[] =
        "INSERT INTO finding (period_id, device_id, client_id, rule_no,"
        " account, account_id, result, severity, evidence, remedy, missing,"
        " state, first_seen) SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9,"
        " c10, c11, c12 FROM " ENGINE_FEED;
    static const char result[] =
        "INSERT INTO device_result (period_id, device_id, client_id, verdict,"
        " stale, worst, failed, unknown, notchecked, lost, perhaps_lost,"
        " next_remedy, results) SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9,"
        " c10, c11, c12 FROM " ENGINE_FEED;
    sqlite3 *db = e->in->db;

    if (feed_register(db, ENGINE_FEED, &e->slot, err) < 0 ||
        db_prepare(db, macs, &e->read_macs, err) < 0 ||
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
        db_prepare(db,
                   "SELECT any_token IS TRUE FROM device_derived"
                   " WHERE device_id = ?1",
                   &e->tokens, err) < 0 ||
        db_prepare(db, finding, &e->add_finding, err) < 0 ||
        db_prepare(db, result, &e->add_result, err) < 0)
        return -1;
    e->history = history_open(db, e->in->period, e->in->rules, err);
    e->missing = missing_open(db, e->in->period_id, err);
    return e->history && e->missing ? 0 : -1;
}

static uint8_t nature_of(const struct rule *r)
{
    int bits = 0;

    if (rule_counts(r) && !rule_is_migration(r))
        bits |= NATURE_COUNTS;
    if (rule_enters_verdict(r))
        bits |= NATURE_VERDICT;
    if (r->core)
        bits |= NATURE_CORE;
    return (uint8_t)bits;
}

static int allocate(struct engine *e, struct err *err)
{
    size_t i;

    e->rules = e->in->rules->count;
    e->queries = zeroed(e->rules, sizeof(void *));
    e->together = zeroed(e->rules, sizeof(*e->together));
    e->customs = zeroed(e->rules, sizeof(*e->customs));
    e->loses = zeroed(e->rules, sizeof(*e->loses));
    e->nature = zeroed(e->rules, sizeof(*e->nature));
    e->macs = zeroed(ENGINE_BATCH, sizeof(*e->macs));
    e->letters = zeroed(ENGINE_BATCH * (e->rules + 1), 1);
    e->unread = zeroed(ENGINE_BATCH * (e->rules + 1), 1);
    if (!e->queries || !e->together || !e->customs || !e->loses || !e->nature ||
        !e->macs || !e->letters || !e->unread)
        return err_nomem(err);
    for (i = 0; i < e->rules; i++) {
        e->loses[i] = capability_bits(rule_at(e, i)->loses);
        e->nature[i] = nature_of(rule_at(e, i));
    }
    return 0;
}

static void engine_free(struct engine *e)
{
    size_t i;

    rule_fused_close(e->fused[0].rules);
    rule_fused_close(e->fused[1].rules);
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
    free(e->together);
    free(e->customs);
    free(e->loses);
    free(e->nature);
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
    sqlite3_finalize(e->tokens);
    sqlite3_finalize(e->add_finding);
    sqlite3_finalize(e->add_result);
    feed_forget(e->in->db, ENGINE_FEED);
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

/* -1 where it is not known. */
static int64_t number_or_unknown(sqlite3_stmt *st, int column)
{
    return sqlite3_column_type(st, column) == SQLITE_NULL
               ? -1
               : sqlite3_column_int64(st, column);
}

static void read_abilities(struct mac *m, sqlite3_stmt *st)
{
    struct capable c = {
        .chip = m->chip,
        .os = number_or_unknown(st, 6),
        .filevault_on = (int)number_or_unknown(st, 7),
        .bootstrap_expected = (int)number_or_unknown(st, 8),
        .any_holder = (int)number_or_unknown(st, 9),
        .any_token_admin = (int)number_or_unknown(st, 10),
        .any_volume_owner = (int)number_or_unknown(st, 11),
        .key_escrowed = (int)number_or_unknown(st, 12),
        .key_invalid = strcmp(db_text(st, 13), "invalid") == 0,
        .erase_tested = strcmp(db_text(st, 14), "success") == 0,
        .holders_min = number_or_unknown(st, 15),
        .holders_max = number_or_unknown(st, 16),
        .unlockers_min = number_or_unknown(st, 17),
        .unlockers_max = number_or_unknown(st, 18),
        .token_authorizes = (int)number_or_unknown(st, 19),
        .recovery_lock = (int)number_or_unknown(st, 20),
        .recovery_lock_known = (int)number_or_unknown(st, 21),
        .firmware_password = (int)number_or_unknown(st, 22),
        .firmware_password_known = (int)number_or_unknown(st, 23),
    };

    capable_by_facts(&c, &m->lost, &m->perhaps);
}

static int read_macs(struct engine *e, int64_t after, struct err *err)
{
    sqlite3_stmt *st = e->read_macs;
    int step;

    e->mac_count = 0;
    sqlite3_bind_int64(st, 1, after);
    sqlite3_bind_int64(st, 2, ENGINE_BATCH);
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
        read_abilities(m, st);
        if (m->stale)
            e->out->not_reporting++;
    }
    sqlite3_reset(st);
    return step;
}

static int add_account(struct engine *e, int64_t id, uint32_t mac,
                       struct err *err)
{
    size_t cap = e->account_cap ? 2 * e->account_cap : ENGINE_BATCH * 4;
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

/* ----------------------------------------------------------------- running */

static int run_batch(struct engine *e, size_t *faulty, struct err *err)
{
    sqlite3 *db = e->in->db;
    struct err late = {0};
    double before = cpu_seconds();
    int rc;

    e->found_count = 0;
    arena_reset(&e->arena);
    memset(e->letters, 0, e->mac_count * e->rules);
    memset(e->unread, 0, e->mac_count * e->rules);
    if (db_script(db, "PRAGMA query_only=ON", err) < 0)
        return -1;
    rc = engine_run_rules(e, faulty, err);
    if (db_script(db, "PRAGMA query_only=OFF", rc ? &late : err) < 0)
        return -1;
    e->out->rules_seconds += cpu_seconds() - before;
    if (rc)
        return rc;
    return engine_make_rules(e, err) < 0 ? -1 : engine_write_batch(e, err);
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
    return engine_write_counts(e, err);
}

int engine_run(const struct engine_input *in, struct engine_counts *out,
               size_t *faulty, struct err *err)
{
    struct engine e = {.in = in, .out = out};
    double before = cpu_seconds();
    int rc = -1;

    *out = (struct engine_counts){0};
    if (allocate(&e, err) == 0 && find_customs(&e, err) == 0) {
        rc = open_rules(&e, faulty, err);
        if (rc == 0 && (fuse_rules(&e, err) < 0 || read_classes(&e, err) < 0 ||
                        read_clients(&e, err) < 0 || prepare_all(&e, err) < 0))
            rc = -1;
        out->rules_seconds = cpu_seconds() - before;
        if (rc == 0)
            rc = run_all(&e, faulty, err);
    }
    engine_free(&e);
    return rc;
}
