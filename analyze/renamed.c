/*
 * renamed.c - clients that go by another name now.
 */
#include "core/base.h"

#include "analyze/renamed.h"
#include "core/db.h"

/* The client ?1 becomes ?2; what only goes has no ?2, and no use for it. */
static const char *const join_sql[] = {
    "UPDATE finding SET client_id = ?2 WHERE client_id = ?1",
    "UPDATE device_result SET client_id = ?2 WHERE client_id = ?1",
    "INSERT INTO tally SELECT period_id, ?2, rule_no, result, severity, count,"
    " waived FROM tally WHERE client_id = ?1"
    " ON CONFLICT DO UPDATE SET count = count + excluded.count,"
    " waived = waived + excluded.waived",
    "DELETE FROM tally WHERE client_id = ?1",
    "INSERT INTO gap SELECT period_id, ?2, rule_no, fact, devices FROM gap"
    " WHERE client_id = ?1"
    " ON CONFLICT DO UPDATE SET devices = devices + excluded.devices",
    "DELETE FROM gap WHERE client_id = ?1",
    "DELETE FROM client WHERE client_id = ?1"};

static int run_with(sqlite3 *db, const char *sql, int64_t from, int64_t to,
                    struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (db_prepare(db, sql, &st, err) == 0) {
        sqlite3_bind_int64(st, 1, from);
        sqlite3_bind_int64(st, 2, to);
        rc = db_run(st, err);
    }
    sqlite3_finalize(st);
    return rc;
}

static int join(sqlite3 *db, int64_t from, int64_t to, struct err *err)
{
    size_t i;

    for (i = 0; i < COUNT_OF(join_sql); i++)
        if (run_with(db, join_sql[i], from, to, err) < 0)
            return -1;
    return 0;
}

static int rename_client(sqlite3 *db, int64_t id, const char *name,
                         struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (db_prepare(db, "UPDATE client SET name = :name WHERE client_id = :id",
                   &st, err) == 0 &&
        db_bind_text(st, ":name", name, err) == 0 &&
        db_bind_int(st, ":id", id, err) == 0)
        rc = db_run(st, err);
    sqlite3_finalize(st);
    return rc;
}

/* The id of a client of this name: 1 with *id, 0 for none, or -1. */
static int find_client(sqlite3 *db, const char *name, int64_t *id,
                       struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(db, "SELECT client_id FROM client WHERE name = :name", &st,
                   err) == 0 &&
        db_bind_text(st, ":name", name, err) == 0 &&
        (step = db_step(st, err)) == 1)
        *id = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return step;
}

/* The first row (id, name) whose name is an alias of *name: 1, 0 for none, or
 * -1. *name is the configuration's own. */
static int next_alias(sqlite3 *db, const char *sql, const struct config *config,
                      int64_t *id, const char **name, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1) {
        *name = config_client_name(config, db_text(st, 1));
        if (strcmp(*name, db_text(st, 1)) != 0) {
            *id = sqlite3_column_int64(st, 0);
            break;
        }
    }
    sqlite3_finalize(st);
    return step;
}

/* What people wrote beside findings of the old name. */
static int rename_work(sqlite3 *db, const struct config *config,
                       struct err *err)
{
    static const char aliases[] =
        "SELECT min(rowid), client FROM work GROUP BY client ORDER BY client";
    sqlite3_stmt *st = NULL;
    const char *name = NULL;
    int64_t id = 0;
    int found;

    if (db_prepare(db,
                   "UPDATE OR REPLACE work SET client = ?2 WHERE client ="
                   " (SELECT client FROM work WHERE rowid = ?1)",
                   &st, err) < 0)
        return -1;
    while ((found = next_alias(db, aliases, config, &id, &name, err)) == 1) {
        sqlite3_bind_int64(st, 1, id);
        sqlite3_bind_text(st, 2, name, -1, SQLITE_STATIC);
        if (db_run(st, err) < 0)
            break;
    }
    sqlite3_finalize(st);
    return found == 0 ? 0 : -1;
}

int renamed_clients(sqlite3 *db, const struct config *config, struct err *err)
{
    static const char clients[] =
        "SELECT client_id, name FROM client ORDER BY client_id";
    const char *name = NULL;
    int64_t id = 0, other = 0;
    int found, taken;

    if (!config)
        return 0;
    while ((found = next_alias(db, clients, config, &id, &name, err)) == 1) {
        taken = find_client(db, name, &other, err);
        if (taken < 0 || (taken ? join(db, id, other, err) < 0
                                : rename_client(db, id, name, err) < 0))
            return -1;
    }
    return found < 0 ? -1 : rename_work(db, config, err);
}
