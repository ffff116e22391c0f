/*
 * feed.c - rows for "INSERT ... SELECT ... FROM": an eponymous virtual table.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/feed.h"
#include "core/strbuf.h"

struct table {
    sqlite3_vtab base; /* first: SQLite knows it by this */
    struct feed_slot *slot;
};

struct cursor {
    sqlite3_vtab_cursor base;
    struct feed *feed;
    sqlite3_int64 row;
    bool ended;
};

static int connect(sqlite3 *db, void *aux, int argc, const char *const *argv,
                   sqlite3_vtab **out, char **message)
{
    struct strbuf sql = {0};
    struct table *t;
    int i, rc;

    (void)argc, (void)argv, (void)message;
    strbuf_adds(&sql, "CREATE TABLE feed(c0");
    for (i = 1; i < FEED_COLUMNS; i++)
        strbuf_addf(&sql, ",c%d", i);
    strbuf_adds(&sql, ")");
    rc = strbuf_ok(&sql) ? sqlite3_declare_vtab(db, strbuf_str(&sql))
                         : SQLITE_NOMEM;
    strbuf_free(&sql);
    if (rc != SQLITE_OK)
        return rc;
    t = sqlite3_malloc(sizeof(*t));
    if (!t)
        return SQLITE_NOMEM;
    memset(t, 0, sizeof(*t));
    t->slot = aux;
    *out = &t->base;
    return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *t)
{
    sqlite3_free(t);
    return SQLITE_OK;
}

static int best_index(sqlite3_vtab *t, sqlite3_index_info *info)
{
    (void)t;
    info->estimatedCost = 1e6;
    info->estimatedRows = 1000000;
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *t, sqlite3_vtab_cursor **out)
{
    struct cursor *c = sqlite3_malloc(sizeof(*c));

    (void)t;
    if (!c)
        return SQLITE_NOMEM;
    memset(c, 0, sizeof(*c));
    *out = &c->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *c)
{
    sqlite3_free(c);
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    int step = c->feed->next(c->feed->ctx, &c->feed->err);

    c->row++;
    c->ended = step != 1;
    return step < 0 ? SQLITE_ERROR : SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base, int index, const char *name,
                  int argc, sqlite3_value **argv)
{
    struct cursor *c = (struct cursor *)base;

    (void)index, (void)name, (void)argc, (void)argv;
    c->feed = ((struct table *)base->pVtab)->slot->feed;
    if (!c->feed)
        return SQLITE_ERROR; /* nobody offers rows */
    return next(base);
}

static int at_end(sqlite3_vtab_cursor *base)
{
    return ((struct cursor *)base)->ended;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *ctx, int i)
{
    struct cursor *c = (struct cursor *)base;

    c->feed->column(c->feed->ctx, ctx, i);
    return SQLITE_OK;
}

static int row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = ((struct cursor *)base)->row;
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .iVersion = 0,
    .xConnect = connect,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = at_end,
    .xColumn = column,
    .xRowid = row_id,
};

int feed_register(sqlite3 *db, const char *name, struct feed_slot *slot,
                  struct err *err)
{
    if (sqlite3_create_module(db, name, &module, slot) != SQLITE_OK)
        return db_fail(db, "offer rows", err);
    return 0;
}

void feed_forget(sqlite3 *db, const char *name)
{
    sqlite3_create_module(db, name, NULL, NULL);
}

int feed_run(sqlite3 *db, sqlite3_stmt *st, struct feed_slot *slot,
             struct feed *feed, struct err *err)
{
    int rc;

    feed->err = (struct err){0};
    slot->feed = feed;
    rc = sqlite3_step(st);
    slot->feed = NULL;
    sqlite3_reset(st);
    if (feed->err.code != ERR_NONE) {
        if (err->code == ERR_NONE)
            *err = feed->err;
        return -1;
    }
    if (rc != SQLITE_DONE)
        return db_fail(db, "store the rows", err);
    return 0;
}
