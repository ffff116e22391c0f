/*
 * store.c - opening the store that the command line names.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/db.h"
#include "core/resource.h"

/* Stops SQLite in the middle of a statement once a signal has come. */
static int interrupted(void *unused)
{
    (void)unused;
    return command_signal() != 0;
}

sqlite3 *command_store(const struct call *c, int mode, struct err *err)
{
    sqlite3 *db;
    int wait_ms;

    if (opt_wait(c->opt, &wait_ms, err) < 0)
        return NULL;
    db = db_open(opt_text_or(c->opt, "db", "muster.db"), (enum db_mode)mode,
                 wait_ms, resource_text("ingest/schema.sql"), err);
    if (db)
        sqlite3_progress_handler(db, 10000, interrupted, NULL);
    return db;
}
