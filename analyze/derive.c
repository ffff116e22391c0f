/*
 * derive.c - policy, derived facts, and the views that rules read.
 *
 * What is derived is said in analyze/posture.sql. Here are the things that it
 * cannot know: the settings in force, and which custom facts there are.
 */
#include "core/base.h"

#include "analyze/account_sum.h"
#include "analyze/derive.h"
#include "analyze/names.h"
#include "analyze/resolve.h"
#include "analyze/sql_part.h"
#include "core/db.h"
#include "core/policy.h"
#include "core/strbuf.h"
#include "core/text.h"

#define POSTURE "analyze/posture.sql"

/* ------------------------------------------------------------------ policy */

static int make_policy_table(sqlite3 *db, struct err *err)
{
    struct strbuf sql = {0};
    size_t i;
    int rc;

    strbuf_adds(&sql, "DROP TABLE IF EXISTS client_policy;"
                      "CREATE TABLE client_policy (client_id INTEGER PRIMARY "
                      "KEY, as_of INTEGER NOT NULL");
    for (i = 0; i < policy_key_count; i++)
        strbuf_addf(&sql, ", p_%s %s", policy_keys[i].name,
                    policy_keys[i].type == POLICY_TEXT ? "TEXT" : "INTEGER");
    strbuf_adds(&sql, ") STRICT");
    rc =
        strbuf_ok(&sql) ? db_script(db, strbuf_str(&sql), err) : err_nomem(err);
    strbuf_free(&sql);
    return rc;
}

static int prepare_policy(sqlite3 *db, sqlite3_stmt **st, struct err *err)
{
    struct strbuf sql = {0};
    size_t i;
    int rc;

    strbuf_adds(&sql, "INSERT INTO client_policy VALUES (?, ?");
    for (i = 0; i < policy_key_count; i++)
        strbuf_adds(&sql, ", ?");
    strbuf_adds(&sql, ")");
    rc = strbuf_ok(&sql) ? db_prepare(db, strbuf_str(&sql), st, err)
                         : err_nomem(err);
    strbuf_free(&sql);
    return rc;
}

static int write_policy(sqlite3 *db, int64_t as_of, const struct config *config,
                        struct err *err)
{
    sqlite3_stmt *clients = NULL, *add = NULL;
    int step = -1;

    if (make_policy_table(db, err) == 0 && prepare_policy(db, &add, err) == 0 &&
        db_prepare(db, "SELECT client_id, name FROM client", &clients, err) ==
            0)
        while ((step = db_step(clients, err)) == 1) {
            sqlite3_bind_int64(add, 1, sqlite3_column_int64(clients, 0));
            sqlite3_bind_int64(add, 2, as_of);
            if (config_bind_policy(config, db_text(clients, 1), add, 3) !=
                SQLITE_OK) {
                step = db_fail(db, "bind a setting", err);
                break;
            }
            if (db_run(add, err) < 0) {
                step = -1;
                break;
            }
        }
    sqlite3_finalize(clients);
    sqlite3_finalize(add);
    return step;
}

/* ------------------------------------------------------------------- views */

bool custom_name(const char *name)
{
    size_t n = strlen(name);

    return n > 2 && n < 64 && text_starts(name, "x_") &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

/* Custom columns come from device_text.custom, where imports kept them. */
static int custom_columns(sqlite3 *db, int64_t period_id,
                          const char *const *names, struct strbuf *out,
                          struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i;
    int step;

    if (db_prepare(db,
                   "SELECT DISTINCT fact FROM import_column"
                   " JOIN run_import USING (import_id)"
                   " WHERE period_id = ?1 AND use = 'custom' ORDER BY fact",
                   &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, period_id);
    while ((step = db_step(st, err)) == 1) {
        const char *name = db_text(st, 0);

        if (custom_name(name))
            strbuf_addf(out, ",\n  json_extract(t.custom, '$.%s') AS %s", name,
                        name);
    }
    sqlite3_finalize(st);
    for (i = 0; step == 0 && names && names[i]; i++) {
        char as[80];

        snprintf(as, sizeof(as), " AS %s,", names[i]);
        strbuf_adds(out, ","); /* so that the last one ends like the others */
        if (!strstr(strbuf_str(out), as)) {
            strbuf_truncate(out, out->len - 1);
            strbuf_addf(out, ",\n  NULL AS %s", names[i]);
        } else {
            strbuf_truncate(out, out->len - 1);
        }
    }
    return step < 0 ? -1 : strbuf_ok(out) ? 0 : err_nomem(err);
}

static int make_views(sqlite3 *db, int64_t period_id,
                      const char *const *customs, struct err *err)
{
    static const char mark[] = "/*custom*/";
    char *text = sql_part(POSTURE, "views", err);
    const char *from = text, *to;
    struct strbuf sql = {0}, columns = {0};
    int rc = -1;

    if (!text || custom_columns(db, period_id, customs, &columns, err) < 0)
        goto out;
    strbuf_adds(&sql, "DROP VIEW IF EXISTS temp.account_posture;"
                      "DROP VIEW IF EXISTS temp.device_posture;"
                      "DROP VIEW IF EXISTS temp.account_base;");
    for (; (to = strstr(from, mark)); from = to + strlen(mark)) {
        strbuf_add(&sql, from, (size_t)(to - from));
        strbuf_adds(&sql, strbuf_str(&columns));
    }
    strbuf_adds(&sql, from);
    rc =
        strbuf_ok(&sql) ? db_script(db, strbuf_str(&sql), err) : err_nomem(err);
out:
    strbuf_free(&sql);
    strbuf_free(&columns);
    free(text);
    return rc;
}

/* The accounts are read along with the Macs: account_sum.h. */
int derive_fill(sqlite3 *db, struct err *err)
{
    char *accounts = sql_run_part(db, POSTURE, "tables", err) == 0
                         ? sql_part(POSTURE, "accounts", err)
                         : NULL;
    char *conditions = accounts ? sql_part(POSTURE, "conditions", err) : NULL;
    struct account_sum *sums =
        conditions ? account_sum_open(db, accounts, conditions, err) : NULL;
    int rc = sums ? sql_run_part(db, POSTURE, "derive", err) : -1;

    account_sum_close(sums);
    free(accounts);
    free(conditions);
    return rc;
}

int derive(sqlite3 *db, int64_t period_id, int64_t as_of,
           const struct config *config, const char *const *customs,
           struct err *err)
{
    if (write_policy(db, as_of, config, err) < 0 ||
        names_apply(db, config, period_id, err) < 0 ||
        make_views(db, period_id, customs, err) < 0)
        return -1;
    return derive_fill(db, err);
}

int posture_views(sqlite3 *db, int64_t *period_id, struct err *err)
{
    int64_t tables;

    if (db_number(db,
                  "SELECT count(*) FROM sqlite_schema WHERE name IN"
                  " ('device_fact', 'account_fact', 'client_policy',"
                  " 'device_derived')",
                  0, &tables, err) < 0)
        return -1;
    if (tables < 4)
        return 0;
    if (db_number(db,
                  "SELECT period_id FROM run WHERE as_of ="
                  " (SELECT max(as_of) FROM client_policy)"
                  " ORDER BY period DESC LIMIT 1",
                  0, period_id, err) < 0)
        return -1;
    if (*period_id == 0)
        return 0;
    return make_views(db, *period_id, NULL, err) < 0 ? -1 : 1;
}
