/*
 * explain.c - one Mac, judged in a store of its own.
 */
#include "core/base.h"

#include "analyze/explain_part.h"
#include "core/db.h"
#include "core/resource.h"
#include "core/strbuf.h"

/* ------------------------------------------------------------------ copying */

/* Rows of one table; ":mac" is bound where the condition names it. */
static int copy(struct about *a, const char *table, const char *where,
                struct err *err)
{
    sqlite3_stmt *from = NULL, *to = NULL;
    struct strbuf sql = {0};
    int i, n, step = -1;

    strbuf_addf(&sql, "SELECT * FROM %s %s", table, where);
    if (!strbuf_ok(&sql) || db_prepare(a->db, strbuf_str(&sql), &from, err) < 0)
        goto out;
    if (sqlite3_bind_parameter_index(from, ":mac") &&
        db_bind_int(from, ":mac", a->device_id, err) < 0)
        goto out;
    n = sqlite3_column_count(from);
    strbuf_reset(&sql);
    strbuf_addf(&sql, "INSERT INTO %s VALUES (?", table);
    for (i = 1; i < n; i++)
        strbuf_adds(&sql, ", ?");
    strbuf_adds(&sql, ")");
    if (!strbuf_ok(&sql) || db_prepare(a->mem, strbuf_str(&sql), &to, err) < 0)
        goto out;
    while ((step = db_step(from, err)) == 1) {
        for (i = 0; i < n; i++)
            sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
        if (db_run(to, err) < 0) {
            step = -1;
            break;
        }
    }
out:
    sqlite3_finalize(from);
    sqlite3_finalize(to);
    strbuf_free(&sql);
    return step < 0 && err->code == ERR_NONE ? err_nomem(err) : step;
}

/* The Mac by its serial number, or by an id that its rows carry. */
#define OF_MAC                                                                 \
    "device_id = :mac"                                                         \
    " OR (device_id IS NULL AND (upper(uuid) IN"                               \
    " (SELECT upper(uuid) FROM device_row WHERE device_id = :mac)"             \
    " OR mdm_id IN (SELECT mdm_id FROM device_row WHERE device_id = :mac)))"

/* Others that carry the same ids come along: an id that leads to two serial
 * numbers joins nothing, and that must be seen here too. */
static const struct {
    const char *table, *where;
} copied[] = {
    {"import", ""},
    {"import_column",
     "WHERE use = 'custom' OR fact = 'bootstrap_escrowed_device'"},
    {"client", ""},
    {"device_row",
     "WHERE " OF_MAC " OR upper(uuid) IN (SELECT upper(uuid) FROM device_row"
     " WHERE device_id = :mac) OR mdm_id IN (SELECT mdm_id FROM device_row"
     " WHERE device_id = :mac) ORDER BY row_id"},
    {"account_row", "WHERE " OF_MAC " ORDER BY row_id"},
    {"list_row", "WHERE " OF_MAC " ORDER BY rowid"},
    {"device",
     "WHERE device_id = :mac OR device_id IN (SELECT device_id FROM device_row"
     " WHERE upper(uuid) IN (SELECT upper(uuid) FROM device_row"
     " WHERE device_id = :mac)"
     " OR mdm_id IN (SELECT mdm_id FROM device_row WHERE device_id = :mac))"},
    {"run", ""},
    {"rule", ""},
    {"finding", "WHERE device_id = :mac"},
    {"device_result", "WHERE device_id = :mac"},
};

static int copy_mac(struct about *a, struct err *err)
{
    size_t i;

    a->mem = db_open(":memory:", DB_CREATE, 0,
                     resource_text("ingest/schema.sql"), err);
    if (!a->mem || db_begin(a->mem, err) < 0)
        return -1;
    for (i = 0; i < COUNT_OF(copied); i++)
        if (copy(a, copied[i].table, copied[i].where, err) < 0)
            return -1;
    return db_commit(a->mem, err);
}

/* ------------------------------------------------------------------ finding */

static int find_mac(struct about *a, const char *serial, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(a->db,
                   "SELECT device_id, serial FROM device"
                   " WHERE serial = upper(trim(?1))",
                   &st, err) < 0)
        return -1;
    sqlite3_bind_text(st, 1, serial, -1, SQLITE_STATIC);
    step = db_step(st, err);
    if (step == 1) {
        a->device_id = sqlite3_column_int64(st, 0);
        snprintf(a->serial, sizeof(a->serial), "%s", db_text(st, 1));
    }
    sqlite3_finalize(st);
    if (step == 0) {
        err_set(err, ERR_USAGE, "no Mac has the serial number \"%s\"", serial);
        err_hint(err, "the devices report lists them");
    }
    return step == 1 ? 0 : -1;
}

/* The period that is asked for, else the newest one with a row of the Mac. */
static int find_period(struct about *a, const struct analyze_options *o,
                       struct err *err)
{
    static const char newest[] =
        "SELECT max(period) FROM (SELECT i.period FROM import i"
        " JOIN device_row r USING (import_id) WHERE r.device_id = ?1"
        " UNION ALL SELECT i.period FROM import i"
        " JOIN account_row r USING (import_id) WHERE r.device_id = ?1)";
    sqlite3_stmt *st = NULL;
    int step;

    if (o->period) {
        snprintf(a->period, sizeof(a->period), "%s", o->period);
    } else {
        if (db_prepare(a->db, newest, &st, err) < 0)
            return -1;
        sqlite3_bind_int64(st, 1, a->device_id);
        step = db_step(st, err);
        snprintf(a->period, sizeof(a->period), "%s", db_text(st, 0));
        sqlite3_finalize(st);
        if (step < 0)
            return -1;
    }
    if (db_prepare(a->db, "SELECT as_of FROM run WHERE period = ?1", &st, err) <
        0)
        return -1;
    sqlite3_bind_text(st, 1, a->period, -1, SQLITE_STATIC);
    step = db_step(st, err);
    a->as_of = step == 1 ? sqlite3_column_int64(st, 0) : o->as_of;
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

/* Rows joined by an id get their Mac, and rows joined by a number their
 * account, so that they can be asked for by it. */
static int settle_joins(struct about *a, struct err *err)
{
    static const char *const pairs[][3] = {
        {"device_row", "device_join", "row_id"},
        {"account_row", "account_join", "row_id"},
        {"list_row", "list_join", "rowid"}};
    char sql[256];
    int64_t there;
    size_t i;

    if (db_script(a->mem,
                  "UPDATE account_row SET account = l.account"
                  " FROM account_alias l WHERE l.row_id = account_row.row_id"
                  " AND l.account IS NOT NULL",
                  err) < 0 ||
        db_number(a->mem,
                  "SELECT count(*) FROM sqlite_temp_schema"
                  " WHERE name = 'device_join'",
                  0, &there, err) < 0)
        return -1;
    for (i = 0; there && i < COUNT_OF(pairs); i++) {
        snprintf(sql, sizeof(sql),
                 "UPDATE %s SET device_id = (SELECT j.device_id FROM temp.%s j"
                 " WHERE j.row_id = %s.%s) WHERE device_id IS NULL",
                 pairs[i][0], pairs[i][1], pairs[i][0], pairs[i][2]);
        if (db_script(a->mem, sql, err) < 0)
            return -1;
    }
    /* Each value of each account asks for the row that gave it. */
    return db_script(a->mem,
                     "CREATE INDEX account_row_named"
                     " ON account_row (device_id, fold(account))",
                     err);
}

/* ----------------------------------------------------------------- steps */

static int judge_mac(struct about *a, const struct analyze_options *o,
                     struct err *err)
{
    struct analyze_options mine = *o;
    struct analyze_summary summary;

    mine.period = a->period;
    mine.as_of = a->as_of;
    if (analyze(a->mem, &mine, &summary, err) < 0)
        return -1;
    a->period_id = summary.period_id;
    return settle_joins(a, err);
}

static int fill(struct about *a, const struct analyze_options *o,
                struct err *err)
{
    a->out = json_pack("{s:s, s:s, s:s, s:o, s:[], s:[], s:[], s:[], s:{},"
                       " s:{}, s:[], s:[]}",
                       "schema", "muster.explain/1", "serial", a->serial,
                       "period", a->period, "as_of", explain_time(a->as_of),
                       "sources", "facts", "accounts", "conflicts", "derived",
                       "policy", "rules", "what_to_do");
    a->sources = json_object();
    if (!a->out || !a->sources)
        return err_nomem(err);
    if (explain_facts(a, err) < 0 || explain_terms(a, err) < 0)
        return -1;
    return explain_rules(a, o, err);
}

json_t *explain(sqlite3 *db, const char *serial,
                const struct analyze_options *o, struct err *err)
{
    struct about a = {.db = db};
    json_t *out = NULL;

    if (find_mac(&a, serial, err) == 0 && find_period(&a, o, err) == 0 &&
        copy_mac(&a, err) == 0 && judge_mac(&a, o, err) == 0 &&
        fill(&a, o, err) == 0) {
        out = a.out;
        a.out = NULL;
    }
    json_decref(a.out);
    json_decref(a.sources);
    db_close(a.mem);
    return out;
}
