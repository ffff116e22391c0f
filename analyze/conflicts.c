/*
 * conflicts.c - what sources say differently, kept value by value.
 */
#include "core/base.h"

#include "analyze/resolving.h"
#include "analyze/sql_part.h"
#include "core/db.h"

/* ---------------------------------------------------------------- of facts */

static int conflict_value(struct resolve *r, int64_t device_id,
                          const char *account, const struct fact *f,
                          const struct cell *c, const struct merge_row *row,
                          struct err *err)
{
    sqlite3_stmt *st = r->add_conflict;
    char short_value[64];

    sqlite3_bind_int64(st, 1, r->period_id);
    sqlite3_bind_int64(st, 2, device_id);
    sqlite3_bind_text(st, 3, account ? account : "", -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 4, f->name, -1, SQLITE_STATIC);
    if (c->text) {
        sqlite3_bind_text(st, 5, c->text, (int)c->len, SQLITE_STATIC);
    } else {
        fact_format(f, c->number, NULL, short_value, sizeof(short_value));
        sqlite3_bind_text(st, 5, short_value, -1, SQLITE_STATIC);
    }
    sqlite3_bind_int64(st, 6, row->import_id);
    sqlite3_bind_int64(st, 7, row->line);
    if (row->time != MERGE_NO_TIME)
        sqlite3_bind_int64(st, 8, row->time);
    r->counts.conflicts++;
    return db_run(st, err);
}

int conflict_add(struct resolve *r, int64_t device_id, const char *account,
                 const struct fact *f, size_t at, const struct merge_row *rows,
                 size_t n, struct err *err)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (merge_counts(at, rows, n, i) &&
            conflict_value(r, device_id, account, f, &rows[i].cells[at],
                           &rows[i], err) < 0)
            return -1;
    return 0;
}

/* --------------------------------------------------------- outside of facts */

/* Names of the client on the level that decides, where they disagree. */
static const char owner_conflicts[] =
    "INSERT INTO conflict SELECT :period_id, slot_device, '', 'client', name,"
    " import_id, min(line), NULL FROM (%s) WHERE name IS NOT NULL"
    " GROUP BY slot_device, name, import_id";

int conflicts_of_owners(struct resolve *r, struct err *err)
{
    struct strbuf rows = {0}, sql = {0};
    sqlite3_stmt *st = NULL;
    int rc = -1;

    strbuf_adds(&rows, "SELECT ");
    row_device(r, ROW_DEVICE, &rows);
    strbuf_adds(&rows, " AS slot_device, d.import_id, d.line,"
                       " CASE WHEN slot_disputed(");
    row_device(r, ROW_DEVICE, &rows);
    strbuf_adds(&rows, ") < 2 THEN d.client ELSE (SELECT nullif(m.client, '')"
                       " FROM import m WHERE m.import_id = d.import_id) END"
                       " AS name");
    row_from_all(r, ROW_DEVICE, &rows);
    strbuf_adds(&rows, " WHERE slot_disputed(");
    row_device(r, ROW_DEVICE, &rows);
    strbuf_adds(&rows, ") IS NOT NULL");
    strbuf_addf(&sql, owner_conflicts, strbuf_str(&rows));
    if (!strbuf_ok(&rows) || !strbuf_ok(&sql))
        err_nomem(err);
    else if (db_prepare(r->db, strbuf_str(&sql), &st, err) == 0 &&
             db_bind_int(st, ":period_id", r->period_id, err) == 0 &&
             db_run(st, err) == 0) {
        r->counts.conflicts += sqlite3_changes(r->db);
        rc = 0;
    }
    sqlite3_finalize(st);
    strbuf_free(&rows);
    strbuf_free(&sql);
    return rc;
}

/* A complete list was read, and a source says that lists are not complete. */
int conflicts_of_lists(struct resolve *r, struct err *err)
{
    static const char *const facts[] = {"accounts_listed", "holders_listed"};
    struct strbuf sql = {0};
    int before = sqlite3_total_changes(r->db);
    size_t i;

    for (i = 0; i < COUNT_OF(facts); i++) {
        strbuf_addf(&sql,
                    "INSERT INTO conflict SELECT %lld, d.device_id, '', '%s',"
                    " 'false', d.import_id, d.line, d.observed_at",
                    (long long)r->period_id, facts[i]);
        row_from_all(r, ROW_DEVICE, &sql);
        strbuf_addf(&sql,
                    " WHERE slot_denied(d.device_id) AND NOT d.%s"
                    " AND (SELECT %s IS NULL FROM device_fact f"
                    " WHERE f.device_id = d.device_id);",
                    facts[i], facts[i]);
    }
    strbuf_addf(&sql,
                "INSERT INTO conflict SELECT %lld, a.device_id, '',"
                " 'accounts_listed', 'true', a.import_id, min(a.line), NULL",
                (long long)r->period_id);
    row_from_all(r, ROW_ACCOUNT, &sql);
    strbuf_adds(&sql,
                " WHERE slot_denied(a.device_id) AND EXISTS (SELECT 1 FROM"
                " import i WHERE i.import_id = a.import_id AND i.complete ="
                " 'accounts') AND (SELECT accounts_listed IS NULL FROM"
                " device_fact f WHERE f.device_id = a.device_id)"
                " GROUP BY a.device_id, a.import_id;");
    strbuf_addf(&sql,
                "INSERT INTO conflict SELECT %lld, l.device_id, '',"
                " 'holders_listed', 'true', l.import_id, min(l.line),"
                " max(l.read_at)",
                (long long)r->period_id);
    row_from_all(r, ROW_LIST, &sql);
    strbuf_adds(&sql,
                " WHERE slot_denied(l.device_id) AND l.covers AND l.fact ="
                " 'secure_token' AND (SELECT holders_listed IS NULL FROM"
                " device_fact f WHERE f.device_id = l.device_id)"
                " GROUP BY l.device_id, l.import_id;");
    if (sql_run_built(r->db, &sql, err) < 0)
        return -1;
    r->counts.conflicts += sqlite3_total_changes(r->db) - before;
    return 0;
}
