/*
 * aliases.c - rows that know an account by its number or full name.
 *
 * Some answers never say the short name: a group lists user numbers, the
 * system answers by full name, a volume knows people by UUIDs. Such a row
 * speaks of the one account of the same Mac that has that number or name,
 * in whichever file it stands. Where none has it, or several do, nobody
 * knows who is meant: the row is dropped and counted.
 */
#include "core/base.h"

#include "analyze/resolving.h"
#include "analyze/sql_part.h"
#include "core/db.h"

/* Copy rows of the period to temp.stranger: those without a short name, or the
 * others of the Macs that have some. */
static int gather(struct resolve *r, bool nameless, sqlite3_stmt *rows,
                  sqlite3_stmt *add, struct err *err)
{
    int step, i;

    while ((step = db_step(rows, err)) == 1) {
        struct slot *s = slot_of(r, sqlite3_column_int64(rows, 0));

        if (!s ||
            ids_has(&r->dropped[ROW_ACCOUNT], sqlite3_column_int64(rows, 1)))
            continue;
        sqlite3_bind_int(add, 2, nameless);
        sqlite3_bind_value(add, 1, sqlite3_column_value(rows, 0));
        for (i = 1; i < 6; i++)
            sqlite3_bind_value(add, i + 2, sqlite3_column_value(rows, i));
        if (db_run(add, err) < 0)
            return -1;
    }
    return step;
}

static int gather_all(struct resolve *r, bool nameless, struct err *err)
{
    struct strbuf sql = {0};
    sqlite3_stmt *rows = NULL, *add = NULL;
    int rc = -1;

    strbuf_adds(&sql, "SELECT ");
    row_device(r, ROW_ACCOUNT, &sql);
    strbuf_adds(&sql, " AS mac, a.row_id, a.account, a.full_name, a.uid,"
                      " a.guid");
    row_from_all(r, ROW_ACCOUNT, &sql);
    strbuf_adds(&sql, nameless ? " WHERE a.account = ''"
                               : " WHERE a.account <> '' AND mac IN"
                                 " (SELECT device_id FROM temp.stranger)");
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else if (db_prepare(r->db, strbuf_str(&sql), &rows, err) == 0 &&
             db_prepare(r->db,
                        "INSERT INTO temp.stranger"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                        &add, err) == 0)
        rc = gather(r, nameless, rows, add, err);
    sqlite3_finalize(rows);
    sqlite3_finalize(add);
    strbuf_free(&sql);
    return rc;
}

/* Rows of nobody do not count, but their Mac is there and was reported on. */
static int drop_strangers(struct resolve *r, struct err *err)
{
    static const char sql[] =
        "SELECT l.row_id, l.device_id, p.ord, l.several, i.file, a.line"
        "  FROM account_alias l JOIN account_row a USING (row_id)"
        "  JOIN import i USING (import_id)"
        "  JOIN temp.part p ON p.import_id = a.import_id"
        " WHERE l.account IS NULL ORDER BY i.file, a.line, l.row_id";
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(r->db, sql, &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1) {
        struct slot *s = slot_of(r, sqlite3_column_int64(st, 1));
        const struct part *p = &r->parts[sqlite3_column_int64(st, 2)];

        s->flags |= SLOT_COMPLEX; /* so that no row is copied unlooked at */
        if (r->counts.strangers++ == 0)
            snprintf(r->counts.stranger, sizeof(r->counts.stranger), "%s:%lld",
                     db_text(st, 4), (long long)sqlite3_column_int64(st, 5));
        r->counts.ambiguous += sqlite3_column_int(st, 3);
        if (ids_add(&r->dropped[ROW_ACCOUNT], sqlite3_column_int64(st, 0)) <
            0) {
            step = err_nomem(err);
            break;
        }
        step = slot_reported(r, s, p, err);
        if (step < 0)
            break;
    }
    sqlite3_finalize(st);
    ids_sort(&r->dropped[ROW_ACCOUNT]);
    return step;
}

int aliases_run(struct resolve *r, struct err *err)
{
    int64_t any;

    if (db_number(r->db,
                  "SELECT EXISTS (SELECT 1 FROM account_row"
                  " WHERE account = '')",
                  0, &any, err) < 0)
        return -1;
    if (!any)
        return 0;
    if (sql_run_part(r->db, "analyze/resolve.sql", "strangers", err) < 0 ||
        gather_all(r, true, err) < 0 || gather_all(r, false, err) < 0 ||
        sql_run_part(r->db, "analyze/resolve.sql", "aliases", err) < 0)
        return -1;
    r->aliased = true;
    return drop_strangers(r, err);
}
