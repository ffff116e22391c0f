/*
 * small_store.h - a store in memory for the tests of the analysis stage.
 */
#ifndef MUSTER_TESTS_SMALL_STORE_H
#define MUSTER_TESTS_SMALL_STORE_H

#include "core/base.h"

#include "core/db.h"
#include "core/resource.h"

#include <check.h>

#define STORE_ALL ((int64_t)0x3fffffffffffffff) /* carries every fact */
#define STORE_NONE INT64_MIN                    /* no time */

static inline sqlite3 *store_new(void)
{
    struct err err = {0};
    sqlite3 *db = db_open(":memory:", DB_CREATE, 0,
                          resource_text("ingest/schema.sql"), &err);

    ck_assert_msg(db != NULL, "%s", err.text);
    return db;
}

static inline void store_sql(sqlite3 *db, const char *fmt, ...)
    PRINTF_LIKE(2, 3);

static inline void store_sql(sqlite3 *db, const char *fmt, ...)
{
    struct err err = {0};
    char sql[4096];
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(sql, sizeof(sql), fmt, args);
    va_end(args);
    ck_assert_int_lt(n, (int)sizeof(sql));
    ck_assert_msg(db_script(db, sql, &err) == 0, "%s: %s", err.text, sql);
}

/* An import of a period; "complete" is accounts or none. */
static inline int64_t store_import(sqlite3 *db, const char *period,
                                   const char *client, const char *source,
                                   const char *complete, int64_t collected)
{
    char time[32] = "NULL";

    if (collected != STORE_NONE)
        snprintf(time, sizeof(time), "%lld", (long long)collected);
    store_sql(db,
              "INSERT INTO import (period, client, source, source_title,"
              " server, file, bytes, sha256, mapping_digest, format, notes,"
              " standing, complete, collected, records, accepted, rejected,"
              " left_out, devices, accounts, carries_device, carries_listed,"
              " carries_account, in_order) VALUES ('%s', '%s', '%s', 'Test',"
              " '', 'f', 0, 'x', 'm', 'csv', '', 0, '%s', %s, 0, 0, 0, 0, 0,"
              " 0, %lld, 0, %lld, 0)",
              period, client, source, complete, time, (long long)STORE_ALL,
              (long long)STORE_ALL);
    return sqlite3_last_insert_rowid(db);
}

/* The counts of an import, once its rows are there. */
static inline void store_settle(sqlite3 *db)
{
    store_sql(db,
              "UPDATE import SET devices = (SELECT count(*) FROM device_row r"
              " WHERE r.import_id = import.import_id), accounts = (SELECT"
              " count(*) FROM account_row r WHERE r.import_id ="
              " import.import_id)");
}

static inline int64_t store_mac(sqlite3 *db, const char *serial)
{
    store_sql(db, "INSERT INTO device (serial) VALUES ('%s')", serial);
    return sqlite3_last_insert_rowid(db);
}

/* The first column of the first row as text; "" for NULL or no row. */
static inline const char *store_text(sqlite3 *db, const char *sql)
{
    static char out[8][512];
    static size_t at;
    struct err err = {0};
    sqlite3_stmt *st = NULL;

    at = (at + 1) % 8;
    out[at][0] = '\0';
    ck_assert_msg(db_prepare(db, sql, &st, &err) == 0, "%s: %s", err.text, sql);
    if (db_step(st, &err) == 1)
        snprintf(out[at], sizeof(out[at]), "%s", db_text(st, 0));
    ck_assert_int_eq(err.code, ERR_NONE);
    sqlite3_finalize(st);
    return out[at];
}

#endif
