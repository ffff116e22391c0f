/*
 * cases_store.c - cases as Macs of a store in memory.
 *
 * Each has an import of its own, so that a key that is absent is a fact that
 * nothing carries.
 */
#include "core/base.h"

#include "analyze/cases_part.h"
#include "analyze/derive.h"
#include "core/db.h"
#include "core/facts.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/when.h"

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

int case_store_open(struct case_store *s, struct err *err)
{
    *s = (struct case_store){0};
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

void case_store_close(struct case_store *s)
{
    sqlite3_finalize(s->import);
    sqlite3_finalize(s->device);
    sqlite3_finalize(s->row);
    sqlite3_finalize(s->account);
    sqlite3_finalize(s->custom);
    db_close(s->db);
}

/* A JSON value as the cell of a canonical file. */
const char *case_cell(const json_t *v, char *buf, size_t size)
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
    const char *cell = case_cell(v, buf, sizeof(buf));
    enum fact_read how = fact_parse(
        f, cell, strlen(cell), one->as_of + (int64_t)31 * WHEN_DAY, &value);

    if (how == FACT_REFUSED)
        case_complain(r, one, f->name, "%s: \"%s\" is no value of this fact",
                      f->name, cell);
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
        case_complain(r, one, key, "there is no fact \"%s\"%s%s%s", key,
                      near ? "; did you mean \"" : "", near ? near : "",
                      near ? "\"?" : "");
        return;
    }
}

/* Custom facts of the case, as ingest would keep them. */
static int store_customs(struct case_store *s, const struct one_case *one,
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
                                json_string(case_cell(v, buf, sizeof(buf))));
    }
    text = json_object_size(out) ? json_dumps(out, JSON_COMPACT) : NULL;
    if (text)
        sqlite3_bind_text(s->row, 5, text, -1, SQLITE_TRANSIENT);
    free(text);
    json_decref(out);
    return rc;
}

static int store_accounts(struct runner *r, struct case_store *s,
                          struct one_case *one, json_t *accounts, int64_t *mask,
                          struct err *err)
{
    json_t *account;
    size_t i;

    json_array_foreach(accounts, i, account)
    {
        check_facts(r, one, FACT_ACCOUNT, account);
        if (!case_string(account, "account")) {
            case_complain(r, one, "accounts",
                          "accounts: one has no \"account\"");
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

int case_store_add(struct runner *r, struct case_store *s, struct one_case *one,
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

int case_store_policy(sqlite3 *db, const struct one_case *one, struct err *err)
{
    json_t *accounts = json_object_get(one->object, "accounts"), *account;
    size_t i, k;

    json_array_foreach(accounts, i, account)
    {
        const char *name = case_string(account, "account");

        for (k = 0; name && k < COUNT_OF(policy_facts); k++) {
            const json_t *v = json_object_get(account, policy_facts[k]);

            if (v &&
                set_policy_fact(db, one, policy_facts[k], name, v, err) < 0)
                return -1;
        }
    }
    return 0;
}
