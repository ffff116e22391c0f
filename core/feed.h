/*
 * feed.h - rows for "INSERT ... SELECT ... FROM".
 *
 * One statement for many rows is much cheaper than one a row, so the rows that
 * a function yields are offered to SQLite as a table with columns c0, c1, ...
 * It can be read once, front to back.
 */
#ifndef MUSTER_CORE_FEED_H
#define MUSTER_CORE_FEED_H

#include "core/err.h"

#include <sqlite3.h>

#define FEED_COLUMNS 100

struct feed {
    void *ctx;
    /* The next row: 1, 0 at the end, -1 with *err. */
    int (*next)(void *ctx, struct err *err);
    /* Hand one value of the current row to sqlite3_result_...(). */
    void (*column)(void *ctx, sqlite3_context *out, int column);
    struct err err; /* what next() said */
};

/* What the table reads from; the connection's owner sets it before a run. */
struct feed_slot {
    struct feed *feed;
};

/* Make a table of that name known to a connection; "slot" must outlive the
 * connection, or feed_forget(). */
int feed_register(sqlite3 *db, const char *name, struct feed_slot *slot,
                  struct err *err) MUST_CHECK;
void feed_forget(sqlite3 *db, const char *name);

/* Run a statement that reads the feed. An error of the feed's own comes first.
 */
int feed_run(sqlite3 *db, sqlite3_stmt *st, struct feed_slot *slot,
             struct feed *feed, struct err *err) MUST_CHECK;

#endif
