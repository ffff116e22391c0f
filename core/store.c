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

int command_client(sqlite3 *db, const struct options *o, struct err *err)
{
    const char *name = opt_text(o, "client");
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (!name)
        return 0;
    if (db_prepare(db,
                   "SELECT 1 FROM client WHERE fold(name) = fold(:name)"
                   " UNION ALL"
                   " SELECT 1 FROM import WHERE fold(client) = fold(:name)",
                   &st, err) == 0 &&
        db_bind_text(st, ":name", name, err) == 0)
        step = db_step(st, err);
    sqlite3_finalize(st);
    if (step != 0)
        return step < 0 ? -1 : 0;
    err_set(err, ERR_USAGE, "--client: there is no client \"%s\"", name);
    return err_hint(err, "\"muster clients list\" names those there are");
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
