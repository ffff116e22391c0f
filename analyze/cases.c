/*
 * cases.c - the cases that prove a rule.
 *
 * Cases that share the instant and the policy share a store: a Mac each, in
 * the order in which they are read, with an import of its own, so that a key
 * that is absent is a fact that nothing carries.
 */
#include "core/base.h"

#include "analyze/arena.h"
#include "analyze/cases.h"
#include "analyze/derive.h"
#include "analyze/judge.h"
#include "analyze/resolve.h"
#include "analyze/rule_lint.h"
#include "core/config.h"
#include "core/db.h"
#include "core/facts.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/when.h"

#include <jansson.h>

#define DEFAULT_AS_OF "2026-06-30"

struct one_case {
    size_t rule;
    const char *file;
    long line;
    json_t *object;
    const char *name;
    int64_t as_of;
    char *group;        /* as-of and policy, as text */
    int64_t device_id;  /* in the store of its group */
    bool seen, refused; /* the rule spoke of it; it could not be read */
    struct carried carried;
};

struct runner {
    const struct catalogue *c;
    cases_fn *fn;
    void *ctx;
    struct cases_count *counts;
    struct one_case *items;
    size_t count, cap;
    bool *broken; /* by rule: told already */
    struct arena arena;
};

static void complain(struct runner *r, struct one_case *one, const char *fmt,
                     ...) PRINTF_LIKE(3, 4);

/* The first complaint about a case is the one that counts. */
static void complain(struct runner *r, struct one_case *one, const char *fmt,
                     ...)
{
    char text[900], whole[1200];
    va_list args;

    if (one->refused)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    snprintf(whole, sizeof(whole), "%s: case \"%s\": %s",
             r->c->rules[one->rule]->id, one->name, text);
    r->fn(r->ctx, one->file, one->line, whole);
    r->counts[one->rule].failed++;
    one->refused = true;
}

/* ----------------------------------------------------------------- reading */

static const char *const keys[] = {"case",     "as_of",   "policy", "device",
                                   "accounts", "account", "expect", "severity",
                                   "remedy",   "evidence"};

static const char *const results[] = {
    "pass", "fail", "unknown", "notapplicable", "notchecked", "informational"};

static const char *string_of(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static void check_keys(struct runner *r, struct one_case *one)
{
    const char *key, *near, *expect = string_of(one->object, "expect");
    json_t *value;
    size_t i;

    json_object_foreach(one->object, key, value)
    {
        for (i = 0; i < COUNT_OF(keys) && strcmp(keys[i], key) != 0; i++)
            ;
        if (i < COUNT_OF(keys))
            continue;
        near = text_nearest(key, keys, COUNT_OF(keys));
        complain(r, one, "unknown key \"%s\"%s%s%s", key,
                 near ? "; did you mean \"" : "", near ? near : "",
                 near ? "\"?" : "");
        return;
    }
    for (i = 0; expect && i < COUNT_OF(results); i++)
        if (strcmp(results[i], expect) == 0)
            return;
    complain(r, one, "expect: a result is wanted, found \"%s\"",
             expect ? expect : "");
}

static void read_as_of(struct runner *r, struct one_case *one)
{
    const json_t *value = json_object_get(one->object, "as_of");
    const char *text = json_string_value(value);

    if (json_is_integer(value)) {
        one->as_of = json_integer_value(value);
        return;
    }
    if (!when_parse_as_of(text ? text : DEFAULT_AS_OF, &one->as_of))
        complain(r, one, "as_of: \"%s\" is no date", text ? text : "");
}

static int add_case(struct runner *r, size_t rule, long line, json_t *object,
                    struct err *err)
{
    struct one_case *one;
    char *policy;
    struct strbuf group = {0};
    size_t cap = r->cap ? 2 * r->cap : 256;

    if (r->count == r->cap) {
        one = realloc(r->items, cap * sizeof(*one));
        if (!one) {
            json_decref(object);
            return err_nomem(err);
        }
        r->items = one;
        r->cap = cap;
    }
    one = &r->items[r->count++];
    *one = (struct one_case){.rule = rule,
                             .file = r->c->case_files[rule],
                             .line = line,
                             .object = object};
    one->name = string_of(object, "case");
    if (!one->name)
        one->name = "";
    check_keys(r, one);
    read_as_of(r, one);
    policy = json_dumps(json_object_get(object, "policy"),
                        JSON_COMPACT | JSON_SORT_KEYS);
    strbuf_addf(&group, "%020lld %s", (long long)one->as_of,
                policy ? policy : "");
    free(policy);
    one->group = strbuf_detach(&group);
    return one->group ? 0 : err_nomem(err);
}

static int read_line(struct runner *r, size_t rule, long line, const char *s,
                     size_t n, struct err *err)
{
    json_error_t fault;
    json_t *object = json_loadb(s, n, JSON_REJECT_DUPLICATES, &fault);
    char text[300];

    if (json_is_object(object))
        return add_case(r, rule, line, object, err);
    snprintf(text, sizeof(text), "%s: is no JSON object: %s",
             r->c->rules[rule]->id, object ? "another value" : fault.text);
    r->fn(r->ctx, r->c->case_files[rule], line, text);
    r->counts[rule].failed++;
    json_decref(object);
    return 0;
}

static int read_cases(struct runner *r, size_t rule, struct err *err)
{
    const char *s = r->c->cases[rule];
    long line = 1;

    for (; *s; line++) {
        size_t n = strcspn(s, "\n");

        if (strspn(s, " \t\r") < n && read_line(r, rule, line, s, n, err) < 0)
            return -1;
        s += n + (s[n] == '\n');
    }
    return 0;
}

/* ----------------------------------------------------------------- storing */

/* The store of a group, and the statements that fill it. */
struct store {
    sqlite3 *db;
    sqlite3_stmt *import, *device, *row, *account, *custom;
};

static int prepare_rows(sqlite3 *db, enum fact_scope scope, const char *head,
                        size_t extra, sqlite3_stmt **st, struct err *err)
{
    struct strbuf sql = {0};
    size_t n, i;
    const struct fact *f = fact_table(scope, &n);
    size_t skip = scope == FACT_DEVICE ? 1 : 3; /* serial, uuid, mdm_id */
    int rc = -1;

    strbuf_addf(&sql, "INSERT INTO %s", head);
    for (i = skip; i < n; i++)
        if (strcmp(f[i].name, "platform") != 0)
            strbuf_addf(&sql, ", %s", f[i].name);
    strbuf_adds(&sql, ") VALUES (?");
    for (i = skip; i < n; i++)
        if (strcmp(f[i].name, "platform") != 0)
            strbuf_adds(&sql, ", ?");
    for (i = 1; i < extra; i++)
        strbuf_adds(&sql, ", ?");
    strbuf_adds(&sql, ")");
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else
        rc = db_prepare(db, strbuf_str(&sql), st, err);
    strbuf_free(&sql);
    return rc;
}

static int store_open(struct store *s, struct err *err)
{
    *s = (struct store){0};
    s->db = db_open(":memory:", DB_CREATE, 0,
                    resource_text("ingest/schema.sql"), err);
    if (!s->db || db_begin(s->db, err) < 0 ||
        db_prepare(s->db,
                   "INSERT INTO import (import_id, period, client, source,"
                   " source_title, server, file, bytes, sha256, mapping_digest,"
                   " format, notes, standing, complete, records, accepted,"
                   " rejected, left_out, devices, accounts, carries_device,"
                   " carries_listed, carries_account, in_order)"
                   " VALUES (?1, 'case', '', 'case', '', '', '', 0, ?1, '', '',"
                   " '', 0, ?2, 1, 1, 0, 0, 1, ?3, ?4, 0, ?5, 1)",
                   &s->import, err) < 0 ||
        db_prepare(s->db, "INSERT INTO device VALUES (?1, ?2)", &s->device,
                   err) < 0 ||
        db_prepare(s->db,
                   "INSERT INTO import_column VALUES (?1, ?2, ?3, 'custom',"
                   " ?3, 1, 1)",
                   &s->custom, err) < 0 ||
        prepare_rows(s->db, FACT_DEVICE,
                     "device_row (import_id, line, device_id, reports, custom",
                     5, &s->row, err) < 0 ||
        prepare_rows(s->db, FACT_ACCOUNT,
                     "account_row (import_id, line, device_id, read_at", 4,
                     &s->account, err) < 0)
        return -1;
    return 0;
}

static void store_close(struct store *s)
{
    sqlite3_finalize(s->import);
    sqlite3_finalize(s->device);
    sqlite3_finalize(s->row);
    sqlite3_finalize(s->account);
    sqlite3_finalize(s->custom);
    db_close(s->db);
}

/* A JSON value as the cell of a canonical file. */
static const char *cell_of(const json_t *v, char *buf, size_t size)
{
    if (json_is_string(v))
        return json_string_value(v);
    if (json_is_boolean(v))
        return json_is_true(v) ? "true" : "false";
    if (json_is_integer(v))
        snprintf(buf, size, "%lld", (long long)json_integer_value(v));
    else if (json_is_real(v))
        snprintf(buf, size, "%g", json_real_value(v));
    else
        buf[0] = '\0';
    return buf;
}

static void bind_fact(struct runner *r, struct one_case *one, sqlite3_stmt *st,
                      int index, const struct fact *f, const json_t *v)
{
    struct fact_value value;
    char buf[40];
    const char *cell = cell_of(v, buf, sizeof(buf));
    enum fact_read how = fact_parse(
        f, cell, strlen(cell), one->as_of + (int64_t)31 * WHEN_DAY, &value);

    if (how == FACT_REFUSED)
        complain(r, one, "%s: \"%s\" is no value of this fact", f->name, cell);
    if (!value.known)
        sqlite3_bind_null(st, index);
    else if (value.text)
        sqlite3_bind_text(st, index, value.text, (int)value.len,
                          SQLITE_TRANSIENT);
    else
        sqlite3_bind_int64(st, index, value.number);
}

/* Bind all facts of one object from "index" on; the mask of its keys. */
static int64_t bind_facts(struct runner *r, struct one_case *one,
                          sqlite3_stmt *st, int index, enum fact_scope scope,
                          json_t *object)
{
    size_t n, i, skip = scope == FACT_DEVICE ? 1 : 3;
    const struct fact *f = fact_table(scope, &n);
    int64_t mask = 0;

    for (i = skip; i < n; i++) {
        const json_t *v = json_object_get(object, f[i].name);

        if (strcmp(f[i].name, "platform") == 0)
            continue;
        if (v)
            mask |= (int64_t)1 << i;
        bind_fact(r, one, st, index++, &f[i], v);
    }
    return mask;
}

/* What the policy says of accounts by name; a case says it of each. */
static const char *const policy_facts[] = {"break_glass", "filevault_allowed"};

static bool is_policy_fact(const char *key)
{
    size_t i;

    for (i = 0; i < COUNT_OF(policy_facts); i++)
        if (strcmp(policy_facts[i], key) == 0)
            return true;
    return false;
}

static void check_facts(struct runner *r, struct one_case *one,
                        enum fact_scope scope, json_t *object)
{
    const char *words[FACT_DEVICE_MOST], *key, *near;
    size_t n, i;
    const struct fact *f = fact_table(scope, &n);
    json_t *v;

    for (i = 0; i < n; i++)
        words[i] = f[i].name;
    json_object_foreach(object, key, v)
    {
        if (fact_index(scope, key) >= 0 ||
            (scope == FACT_DEVICE ? custom_name(key) : is_policy_fact(key)))
            continue;
        near = text_nearest(key, words, n);
        complain(r, one, "there is no fact \"%s\"%s%s%s", key,
                 near ? "; did you mean \"" : "", near ? near : "",
                 near ? "\"?" : "");
        return;
    }
}

/* Custom facts of the case, as ingest would keep them. */
static int store_customs(struct store *s, const struct one_case *one,
                         json_t *device, struct err *err)
{
    json_t *out = json_object(), *v;
    const char *key;
    char buf[40], *text;
    int position = 0, rc = 0;

    json_object_foreach(device, key, v)
    {
        if (!custom_name(key) || rc < 0)
            continue;
        sqlite3_bind_int64(s->custom, 1, one->device_id);
        sqlite3_bind_int(s->custom, 2, ++position);
        sqlite3_bind_text(s->custom, 3, key, -1, SQLITE_STATIC);
        rc = db_run(s->custom, err);
        if (!json_is_null(v))
            json_object_set_new(out, key,
                                json_string(cell_of(v, buf, sizeof(buf))));
    }
    text = json_object_size(out) ? json_dumps(out, JSON_COMPACT) : NULL;
    if (text)
        sqlite3_bind_text(s->row, 5, text, -1, SQLITE_TRANSIENT);
    free(text);
    json_decref(out);
    return rc;
}

static int store_accounts(struct runner *r, struct store *s,
                          struct one_case *one, json_t *accounts, int64_t *mask,
                          struct err *err)
{
    json_t *account;
    size_t i;

    json_array_foreach(accounts, i, account)
    {
        check_facts(r, one, FACT_ACCOUNT, account);
        if (!string_of(account, "account")) {
            complain(r, one, "accounts: one has no \"account\"");
            continue;
        }
        sqlite3_bind_int64(s->account, 1, one->device_id);
        sqlite3_bind_int64(s->account, 2, one->line);
        sqlite3_bind_int64(s->account, 3, one->device_id);
        *mask |= bind_facts(r, one, s->account, 5, FACT_ACCOUNT, account);
        if (db_run(s->account, err) < 0)
            return -1;
    }
    return 0;
}

/* The Mac of a case; its number is its place in the group. */
static int store_case(struct runner *r, struct store *s, struct one_case *one,
                      struct err *err)
{
    json_t *device = json_object_get(one->object, "device");
    json_t *accounts = json_object_get(one->object, "accounts");
    bool complete =
        json_is_array(accounts) && !json_object_get(device, "accounts_listed");
    int64_t carried, account_mask = 0;
    char serial[32];

    check_facts(r, one, FACT_DEVICE, device);
    snprintf(serial, sizeof(serial), "CASE%08lld", (long long)one->device_id);
    sqlite3_bind_int64(s->device, 1, one->device_id);
    sqlite3_bind_text(s->device, 2, serial, -1, SQLITE_STATIC);
    if (db_run(s->device, err) < 0 || store_customs(s, one, device, err) < 0)
        return -1;
    sqlite3_bind_int64(s->row, 1, one->device_id);
    sqlite3_bind_int64(s->row, 2, one->line);
    sqlite3_bind_int64(s->row, 3, one->device_id);
    sqlite3_bind_int(s->row, 4, json_is_array(accounts));
    carried = bind_facts(r, one, s->row, 6, FACT_DEVICE, device);
    if (db_run(s->row, err) < 0 ||
        store_accounts(r, s, one, accounts, &account_mask, err) < 0)
        return -1;
    sqlite3_bind_int64(s->import, 1, one->device_id);
    sqlite3_bind_text(s->import, 2, complete ? "accounts" : "none", -1,
                      SQLITE_STATIC);
    sqlite3_bind_int64(s->import, 3, (int64_t)json_array_size(accounts));
    sqlite3_bind_int64(s->import, 4, carried);
    sqlite3_bind_int64(s->import, 5, account_mask);
    return db_run(s->import, err);
}

/* Between resolve and derive: what the policy would say of the accounts. */
static int set_policy_fact(sqlite3 *db, const struct one_case *one,
                           const char *name, const char *account,
                           const json_t *value, struct err *err)
{
    sqlite3_stmt *st = NULL;
    char sql[160];
    int rc = -1;

    snprintf(sql, sizeof(sql),
             "UPDATE account_fact SET %s = ?1 WHERE device_id = ?2"
             " AND fold(account) = fold(?3)",
             name);
    if (db_prepare(db, sql, &st, err) == 0) {
        if (json_is_boolean(value))
            sqlite3_bind_int(st, 1, json_is_true(value));
        sqlite3_bind_int64(st, 2, one->device_id);
        sqlite3_bind_text(st, 3, account, -1, SQLITE_STATIC);
        rc = db_run(st, err);
    }
    sqlite3_finalize(st);
    return rc;
}

static int set_policy_facts(sqlite3 *db, const struct one_case *one,
                            struct err *err)
{
    json_t *accounts = json_object_get(one->object, "accounts"), *account;
    size_t i, k;

    json_array_foreach(accounts, i, account)
    {
        const char *name = string_of(account, "account");

        for (k = 0; name && k < COUNT_OF(policy_facts); k++) {
            const json_t *v = json_object_get(account, policy_facts[k]);

            if (v &&
                set_policy_fact(db, one, policy_facts[k], name, v, err) < 0)
                return -1;
        }
    }
    return 0;
}

/* ----------------------------------------------------------------- judging */

/* The cases of one group, while one rule is run over them. */
struct group {
    struct runner *r;
    struct one_case *items; /* item i is the Mac i + 1 */
    size_t count;
    sqlite3 *db;
    struct rule_guard guard;
    struct rule_query *query;
    size_t rule;
    sqlite3_stmt *account; /* Mac and name of an account_id */
};

static bool expects(const struct rule *r, const char *expect, char letter)
{
    if (r->kind == RULE_REPORT_ONLY && strcmp(expect, "informational") == 0)
        return letter == RESULT_FAIL;
    return strcmp(expect, result_name(letter)) == 0;
}

static bool differs(const json_t *o, const char *key, const char *found)
{
    const char *expected = string_of(o, key);

    return expected && strcmp(expected, found) != 0;
}

static void compare(struct runner *r, struct one_case *one,
                    const struct rule_row *row, char letter)
{
    const struct rule *rule = r->c->rules[one->rule];
    const char *expect = string_of(one->object, "expect");
    const char *severity =
        severity_word(judged_severity(rule, row, letter, NULL));
    const char *evidence = row->evidence ? row->evidence : rule->title;
    char remedy[32];

    if (one->refused)
        return;
    rule_first_remedy(rule, remedy, sizeof(remedy));
    if (row->remedy)
        snprintf(remedy, sizeof(remedy), "%s", row->remedy);
    if (!expects(rule, expect, letter))
        complain(r, one, "expected %s, found %s", expect, result_name(letter));
    else if (differs(one->object, "severity", severity))
        complain(r, one, "expected severity %s, found %s",
                 string_of(one->object, "severity"), severity);
    else if (differs(one->object, "remedy", remedy))
        complain(r, one, "expected remedy %s, found %s",
                 string_of(one->object, "remedy"), remedy);
    else if (differs(one->object, "evidence", evidence))
        complain(r, one, "expected evidence \"%s\", found \"%s\"",
                 string_of(one->object, "evidence"), evidence);
    else
        r->counts[one->rule].passed++;
}

/* The case that a row is about, or NULL: another rule's, another account. */
static struct one_case *case_of(struct group *g, const struct rule_row *row,
                                struct err *err)
{
    const struct rule *rule = g->r->c->rules[g->rule];
    int64_t device = row->id;
    struct one_case *one;
    const char *wanted;

    if (rule->account_scope) {
        sqlite3_reset(g->account);
        sqlite3_bind_int64(g->account, 1, row->id);
        if (db_step(g->account, err) != 1)
            return NULL;
        device = sqlite3_column_int64(g->account, 0);
    }
    if (device < 1 || device > (int64_t)g->count)
        return NULL;
    one = &g->items[device - 1];
    if (one->rule != g->rule)
        return NULL;
    wanted = string_of(one->object, "account");
    if (rule->account_scope &&
        (!wanted || ascii_casecmp(wanted, db_text(g->account, 1)) != 0))
        return NULL;
    return one;
}

static uint32_t customs_of(const struct rule *rule, const struct one_case *one)
{
    json_t *device = json_object_get(one->object, "device");
    uint32_t bits = 0;
    size_t i;

    for (i = 0; i < rule->need_count; i++)
        if (json_object_get(device, rule->needs[i].text))
            bits |= (uint32_t)1 << i;
    return bits;
}

static int take_row(void *ctx, const struct rule_row *row, struct err *err)
{
    struct group *g = ctx;
    const struct rule *rule = g->r->c->rules[g->rule];
    struct one_case *one = case_of(g, row, err);
    struct rule_row whole = *row;
    bool not_checked;

    if (!one)
        return err->code == ERR_NONE ? 0 : -1;
    if (one->seen) {
        complain(g->r, one, "the rule speaks of it twice");
        return 0;
    }
    one->seen = true;
    if (rule_ask(g->query, &whole, err) < 0)
        return -1;
    not_checked = rule_not_checked(rule, one->carried, customs_of(rule, one));
    compare(g->r, one, &whole, rule_result(row, not_checked));
    return 0;
}

static void fail_rule(struct group *g, const struct err *fault)
{
    struct runner *r = g->r;
    size_t i;
    char text[900];

    if (!r->broken[g->rule]) {
        snprintf(text, sizeof(text), "%s: %s%s%s", r->c->rules[g->rule]->id,
                 fault->text, fault->hint[0] ? "; " : "", fault->hint);
        r->fn(r->ctx, fault->file, fault->line, text);
        r->broken[g->rule] = true;
    }
    for (i = 0; i < g->count; i++)
        if (g->items[i].rule == g->rule && !g->items[i].seen &&
            !g->items[i].refused) {
            g->items[i].refused = true;
            r->counts[g->rule].failed++;
        }
}

static int run_rule(struct group *g, struct err *err)
{
    const struct rule *rule = g->r->c->rules[g->rule];
    struct err fault = {0};
    struct rule_query *q = rule_open(&g->guard, rule, &fault);
    size_t i;

    g->query = q;

    if (!q || rule_run(q, 1, INT64_MAX, 200000, take_row, g, &fault) < 0) {
        rule_close(q);
        if (fault.code != ERR_CONFIG) {
            *err = fault;
            return -1;
        }
        fail_rule(g, &fault);
        return 0;
    }
    rule_close(q);
    for (i = 0; i < g->count; i++)
        if (g->items[i].rule == g->rule && !g->items[i].seen)
            complain(g->r, &g->items[i], "%s",
                     rule->account_scope
                         ? "no account of the Mac has the name in \"account\""
                         : "the rule does not speak of the Mac");
    return 0;
}

static int read_carried(struct group *g, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(g->db,
                   "SELECT device_id, device_mask, account_mask"
                   "  FROM device_fact JOIN carry_class USING (carry_id)",
                   &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1) {
        int64_t device = sqlite3_column_int64(st, 0);

        if (device >= 1 && device <= (int64_t)g->count)
            g->items[device - 1].carried =
                (struct carried){(uint64_t)sqlite3_column_int64(st, 1),
                                 (uint64_t)sqlite3_column_int64(st, 2)};
    }
    sqlite3_finalize(st);
    return step;
}

static int judge_group(struct group *g, struct err *err)
{
    size_t i;

    if (read_carried(g, err) < 0 ||
        db_prepare(g->db,
                   "SELECT device_id, account FROM account_fact"
                   " WHERE account_id = ?1",
                   &g->account, err) < 0)
        return -1;
    rule_guard_set(&g->guard, g->db);
    for (i = 0; i < g->count; i++) {
        if (g->items[i].seen || g->items[i].refused)
            continue;
        g->rule = g->items[i].rule;
        if (run_rule(g, err) < 0)
            break;
    }
    rule_guard_end(&g->guard);
    sqlite3_finalize(g->account);
    return i < g->count ? -1 : 0;
}

/* ------------------------------------------------------------------ groups */

/* The policy of a group as a configuration. */
static struct config *policy_of(struct runner *r, struct one_case *one,
                                struct err *err)
{
    struct config *config = config_parse("case", "", err);
    json_t *policy = json_object_get(one->object, "policy"), *v;
    struct strbuf text = {0};
    struct err fault = {0};
    const char *key;
    char buf[40];

    if (!config)
        return NULL;
    json_object_foreach(policy, key, v)
    {
        strbuf_reset(&text);
        strbuf_addf(&text, "%s=%s", key, cell_of(v, buf, sizeof(buf)));
        if (config_set(config, strbuf_str(&text), &fault) < 0) {
            complain(r, one, "policy: %s", fault.text);
            break;
        }
    }
    strbuf_free(&text);
    return config;
}

struct customs {
    const char *names[64];
    size_t count;
    struct arena *arena;
};

static void add_custom(void *ctx, const char *name)
{
    struct customs *c = ctx;

    if (c->count + 1 < COUNT_OF(c->names))
        c->names[c->count++] = arena_copy(c->arena, name, strlen(name));
}

static int run_store(struct runner *r, struct store *s, struct one_case *items,
                     size_t n, struct err *err)
{
    struct group g = {.r = r, .items = items, .count = n, .db = s->db};
    struct config *config = policy_of(r, &items[0], err);
    struct customs customs = {.arena = &r->arena};
    struct resolve_counts counts;
    size_t i;
    int rc = config ? 0 : -1;

    arena_reset(&r->arena);
    for (i = 0; i < n && rc == 0; i++) {
        items[i].device_id = (int64_t)i + 1;
        rc = store_case(r, s, &items[i], err);
        if (i == 0 || items[i].rule != items[i - 1].rule)
            rule_customs(r->c->rules[items[i].rule], add_custom, &customs);
    }
    customs.names[customs.count] = NULL;
    if (rc == 0)
        rc = resolve(s->db, "case", 1, config, &counts, err);
    for (i = 0; i < n && rc == 0; i++)
        rc = set_policy_facts(s->db, &items[i], err);
    if (rc == 0 &&
        derive(s->db, 1, items[0].as_of, config, customs.names, err) < 0)
        rc = -1;
    if (rc == 0)
        rc = judge_group(&g, err);
    config_free(config);
    return rc;
}

static int run_group(struct runner *r, struct one_case *items, size_t n,
                     struct err *err)
{
    struct store s;
    int rc = store_open(&s, err);

    if (rc == 0)
        rc = run_store(r, &s, items, n, err);
    store_close(&s);
    return rc;
}

static int compare_cases(const void *a, const void *b)
{
    const struct one_case *x = a, *y = b;
    int cmp = strcmp(x->group, y->group);

    if (cmp)
        return cmp;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static int run_groups(struct runner *r, struct err *err)
{
    size_t i, n;

    if (r->count)
        qsort(r->items, r->count, sizeof(*r->items), compare_cases);
    for (i = 0; i < r->count; i += n) {
        for (n = 1; i + n < r->count &&
                    strcmp(r->items[i + n].group, r->items[i].group) == 0;
             n++)
            ;
        if (run_group(r, &r->items[i], n, err) < 0)
            return -1;
    }
    return 0;
}

int cases_run(const struct catalogue *c, size_t only, cases_fn *fn, void *ctx,
              struct cases_count *counts, struct err *err)
{
    struct runner r = {.c = c, .fn = fn, .ctx = ctx, .counts = counts};
    size_t i;
    int rc = 0;

    r.broken = calloc(c->count + 1, sizeof(*r.broken));
    if (!r.broken)
        return err_nomem(err);
    for (i = 0; i < c->count && rc == 0; i++) {
        counts[i] = (struct cases_count){0};
        if (only == SIZE_MAX || only == i)
            rc = read_cases(&r, i, err);
    }
    if (rc == 0)
        rc = run_groups(&r, err);
    for (i = 0; i < r.count; i++) {
        json_decref(r.items[i].object);
        free(r.items[i].group);
    }
    free(r.items);
    free(r.broken);
    arena_free(&r.arena);
    return rc;
}
