/*
 * db.h - the store: opening it safely, and short ways to use SQLite.
 *
 * A store is a file of mode 0600 with our application id. Every connection
 * has trusted schema off, double-quoted strings off, no extension loading, and
 * private temporary files beside the database. REFERENCES in the schema are
 * documentation: checking them costs a look-up a row, and each file is loaded
 * in one transaction by code that knows its own ids.
 */
#ifndef MUSTER_DB_H
#define MUSTER_DB_H

#include "core/err.h"

#include <sqlite3.h>

#define DB_APPLICATION_ID 0x6d757374 /* "must" */
#define DB_SCHEMA_VERSION 5
#define DB_SCHEMA_OLDEST 3 /* that can be brought up to it */

enum db_mode {
    DB_CREATE, /* make it where it is missing */
    DB_WRITE,  /* must exist */
    DB_READ    /* must exist; nothing is written */
};

/*
 * Open the store at "path". A file of another program (application_id), of a
 * newer version (user_version) or one that is no database is refused with
 * ERR_FAIL and left as it is; one of an earlier version gets what it lacks from
 * "schema" where it is opened for writing. ":memory:" gives a private store for
 * tests. "wait_ms" is how long a locked database is waited for. The schema is
 * made by the caller's "schema" text in the same transaction as its version.
 * Returns NULL with *err set; the caller frees with db_close().
 */
sqlite3 *db_open(const char *path, enum db_mode mode, int wait_ms,
                 const char *schema, struct err *err);
void db_close(sqlite3 *db); /* NULL is fine */

/* Turn SQLite's last error into *err (busy: ERR_BUSY, a write that found no
 * room: ERR_OUTPUT); returns -1. "what" says what failed: "read findings". */
int db_fail(sqlite3 *db, const char *what, struct err *err);

/* Run a script of several statements without results. */
int db_script(sqlite3 *db, const char *sql, struct err *err) MUST_CHECK;

/* Prepare exactly one statement. */
int db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **st,
               struct err *err) MUST_CHECK;

/* Bind by name (":period"); a name the statement lacks is an error. */
int db_bind_text(sqlite3_stmt *st, const char *name, const char *value,
                 struct err *err) MUST_CHECK;
int db_bind_int(sqlite3_stmt *st, const char *name, int64_t value,
                struct err *err) MUST_CHECK;

/* Step: 1 a row, 0 done, -1 with err. */
int db_step(sqlite3_stmt *st, struct err *err) MUST_CHECK;

/* Step a statement that yields no rows, then reset it and clear bindings. */
int db_run(sqlite3_stmt *st, struct err *err) MUST_CHECK;

/* Column text, never NULL ("" for NULL); valid until the next step. */
const char *db_text(sqlite3_stmt *st, int column);

/* One number from one statement without parameters; "fallback" for no row. */
int db_number(sqlite3 *db, const char *sql, int64_t fallback, int64_t *out,
              struct err *err) MUST_CHECK;

int db_begin(sqlite3 *db, struct err *err) MUST_CHECK; /* BEGIN IMMEDIATE */
int db_commit(sqlite3 *db, struct err *err) MUST_CHECK;
void db_rollback(sqlite3 *db); /* no-op outside a transaction */

/* Page cache in KiB. Small (2048) while loading in order, larger to analyze. */
int db_cache(sqlite3 *db, int kib, struct err *err) MUST_CHECK;

/*
 * Functions for resolve.sql, posture.sql and reports: os_number(text),
 * fold(text) without ASCII case, iso(time), iso_date(time). All deterministic.
 */
int db_functions(sqlite3 *db, struct err *err) MUST_CHECK;

#endif
