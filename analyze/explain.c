/*
 * explain.c - one Mac, judged in a store of its own.
 */
#include "core/base.h"

#include "analyze/catalogue.h"
#include "analyze/explain.h"
#include "analyze/judge.h"
#include "analyze/missing.h"
#include "core/db.h"
#include "core/facts.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/when.h"

/* What is explained. */
struct about {
    sqlite3 *db;  /* the fleet's */
    sqlite3 *mem; /* the Mac's */
    int64_t device_id;
    char serial[128];
    char period[64];
    int64_t as_of;
    int64_t period_id; /* in mem */
    json_t *out;
    json_t *sources; /* by import_id as text: their numbers */
};

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
    " OR (device_id IS NULL AND (uuid IN (SELECT uuid FROM device_row"         \
    " WHERE device_id = :mac) OR mdm_id IN (SELECT mdm_id FROM device_row"     \
    " WHERE device_id = :mac)))"

/* Others that carry the same ids come along: an id that leads to two serial
 * numbers joins nothing, and that must be seen here too. */
static const struct {
    const char *table, *where;
} copied[] = {
    {"import", ""},
    {"import_column", "WHERE use = 'custom'"},
    {"client", ""},
    {"device_row",
     "WHERE " OF_MAC " OR uuid IN (SELECT uuid FROM device_row"
     " WHERE device_id = :mac) OR mdm_id IN (SELECT mdm_id FROM device_row"
     " WHERE device_id = :mac) ORDER BY row_id"},
    {"account_row", "WHERE " OF_MAC " ORDER BY row_id"},
    {"list_row", "WHERE " OF_MAC " ORDER BY rowid"},
    {"device",
     "WHERE device_id = :mac OR device_id IN (SELECT device_id FROM device_row"
     " WHERE uuid IN (SELECT uuid FROM device_row WHERE device_id = :mac)"
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

/* ---------------------------------------------------------------- values */

static json_t *time_json(int64_t t)
{
    char text[32];

    if (t == 0)
        return json_string("never");
    when_format(t, text, sizeof(text));
    return json_string(text);
}

/* A stored value as canonical files spell it. */
static json_t *value_json(const struct fact *f, sqlite3_stmt *st, int column)
{
    switch (sqlite3_column_type(st, column)) {
    case SQLITE_NULL:
        return json_null();
    case SQLITE_INTEGER:
        if (f && f->type == FACT_BOOL)
            return json_boolean(sqlite3_column_int(st, column));
        if (f && f->type == FACT_TIME)
            return time_json(sqlite3_column_int64(st, column));
        return json_integer(sqlite3_column_int64(st, column));
    default:
        return json_string(db_text(st, column));
    }
}

/* --------------------------------------------------------------- sources */

/* The number of an import among the sources, added where it is new. */
static int64_t source_number(struct about *a, int64_t import_id)
{
    json_t *list = json_object_get(a->out, "sources"), *known;
    sqlite3_stmt *st = NULL;
    struct err ignored = {0};
    char key[32];

    snprintf(key, sizeof(key), "%lld", (long long)import_id);
    known = json_object_get(a->sources, key);
    if (known)
        return json_integer_value(known);
    if (db_prepare(a->mem,
                   "SELECT source_title, source, file, client, period,"
                   " collected FROM import WHERE import_id = ?1",
                   &st, &ignored) < 0)
        return 0;
    sqlite3_bind_int64(st, 1, import_id);
    if (db_step(st, &ignored) == 1)
        json_array_append_new(
            list, json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:o}", "number",
                            (json_int_t)json_array_size(list) + 1, "title",
                            db_text(st, 0), "source", db_text(st, 1), "file",
                            db_text(st, 2), "client", db_text(st, 3), "period",
                            db_text(st, 4), "collected",
                            sqlite3_column_type(st, 5) == SQLITE_NULL
                                ? json_null()
                                : time_json(sqlite3_column_int64(st, 5))));
    sqlite3_finalize(st);
    json_object_set_new(a->sources, key,
                        json_integer((json_int_t)json_array_size(list)));
    return (int64_t)json_array_size(list);
}

/* The cell as the export has it: {"column": ..., "cell": ...} or null. */
static json_t *raw_of(const char *raw, const char *fact)
{
    json_t *all = raw[0] ? json_loads(raw, 0, NULL) : NULL;
    json_t *one = json_object_get(all, fact), *out;

    if (json_array_size(one) != 2) {
        json_decref(all);
        return json_null();
    }
    out = json_pack("{s:O, s:O}", "column", json_array_get(one, 0), "cell",
                    json_array_get(one, 1));
    json_decref(all);
    return out ? out : json_null();
}

/*
 * Where a value comes from: the newest of the rows that say it. The statement
 * yields import_id, line, time, raw, and binds the value as ?2.
 */
static int add_origin(struct about *a, sqlite3_stmt *st, const char *fact,
                      json_t *into, struct err *err)
{
    int step = db_step(st, err);

    if (step == 1) {
        json_object_set_new(
            into, "source",
            json_integer(source_number(a, sqlite3_column_int64(st, 0))));
        json_object_set_new(into, "line",
                            json_integer(sqlite3_column_int64(st, 1)));
        if (sqlite3_column_type(st, 2) != SQLITE_NULL) {
            int64_t t = sqlite3_column_int64(st, 2);

            json_object_set_new(into, "read_at", time_json(t));
            json_object_set_new(into, "age_days",
                                json_integer((a->as_of - t) / WHEN_DAY));
        }
        json_object_set_new(into, "raw", raw_of(db_text(st, 3), fact));
    }
    return step < 0 ? -1 : 0;
}

static int device_origin(struct about *a, const struct fact *f,
                         sqlite3_stmt *value, int column, json_t *into,
                         struct err *err)
{
    struct strbuf sql = {0};
    sqlite3_stmt *st = NULL;
    int rc = -1;

    strbuf_addf(&sql,
                "SELECT r.import_id, r.line,"
                " coalesce(r.observed_at, r.last_checkin, i.collected) AS t,"
                " r.raw FROM device_row r JOIN import i USING (import_id)"
                " JOIN run_import u ON u.import_id = i.import_id"
                " AND u.period_id = %lld"
                " WHERE r.device_id = ?1 AND r.%s = ?2"
                " ORDER BY t DESC, i.collected DESC, i.file, r.line LIMIT 1",
                (long long)a->period_id, f->name);
    if (strbuf_ok(&sql) &&
        db_prepare(a->mem, strbuf_str(&sql), &st, err) == 0) {
        sqlite3_bind_int64(st, 1, a->device_id);
        sqlite3_bind_value(st, 2, sqlite3_column_value(value, column));
        rc = add_origin(a, st, f->name, into, err);
    }
    sqlite3_finalize(st);
    strbuf_free(&sql);
    return rc;
}

static int list_origin(struct about *a, const struct fact *f,
                       const char *account, bool named, json_t *into,
                       struct err *err)
{
    static const char sql[] =
        "SELECT l.import_id, l.line, coalesce(l.read_at, i.collected) AS t, ''"
        "  FROM list_row l JOIN import i USING (import_id)"
        "  JOIN run_import u ON u.import_id = i.import_id AND u.period_id = ?4"
        " WHERE l.device_id = ?1 AND l.fact = ?2 AND (?5 OR l.covers)"
        "   AND ?5 = EXISTS (SELECT 1 FROM json_each(l.names) j"
        "                     WHERE fold(j.value) = fold(?3))"
        " ORDER BY t DESC, i.collected DESC, i.file, l.line LIMIT 1";
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (db_prepare(a->mem, sql, &st, err) == 0) {
        sqlite3_bind_int64(st, 1, a->device_id);
        sqlite3_bind_text(st, 2, f->name, -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 3, account, -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 4, a->period_id);
        sqlite3_bind_int(st, 5, named);
        rc = add_origin(a, st, f->name, into, err);
    }
    sqlite3_finalize(st);
    return rc;
}

static int account_origin(struct about *a, const struct fact *f,
                          const char *account, sqlite3_stmt *value, int column,
                          json_t *into, struct err *err)
{
    struct strbuf sql = {0};
    sqlite3_stmt *st = NULL;
    int rc = -1;

    strbuf_addf(&sql,
                "SELECT r.import_id, r.line,"
                " coalesce(r.read_at, i.collected) AS t, r.raw"
                " FROM account_row r JOIN import i USING (import_id)"
                " JOIN run_import u ON u.import_id = i.import_id"
                " AND u.period_id = %lld"
                " WHERE r.device_id = ?1 AND r.%s = ?2"
                " AND fold(r.account) = fold(?3)"
                " ORDER BY t DESC, i.collected DESC, i.file, r.line LIMIT 1",
                (long long)a->period_id, f->name);
    if (strbuf_ok(&sql) &&
        db_prepare(a->mem, strbuf_str(&sql), &st, err) == 0) {
        sqlite3_bind_int64(st, 1, a->device_id);
        sqlite3_bind_value(st, 2, sqlite3_column_value(value, column));
        sqlite3_bind_text(st, 3, account, -1, SQLITE_STATIC);
        rc = add_origin(a, st, f->name, into, err);
    }
    sqlite3_finalize(st);
    strbuf_free(&sql);
    if (rc == 0 && !json_object_get(into, "source") && f->type == FACT_BOOL)
        rc = list_origin(a, f, account, sqlite3_column_int(value, column), into,
                         err);
    return rc;
}

/* ----------------------------------------------------------------- facts */

/* Rows joined by an id get their Mac, so that they can be asked for by it. */
static int settle_joins(struct about *a, struct err *err)
{
    static const char *const pairs[][3] = {
        {"device_row", "device_join", "row_id"},
        {"account_row", "account_join", "row_id"},
        {"list_row", "list_join", "rowid"}};
    char sql[256];
    int64_t there;
    size_t i;

    if (db_number(a->mem,
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
    return 0;
}

static json_t *fact_json(const struct fact *f, sqlite3_stmt *st, int column)
{
    return json_pack("{s:s, s:o}", "fact", f->name, "value",
                     value_json(f, st, column));
}

static sqlite3_stmt *posture_row(struct about *a, const char *view,
                                 const char *id, int64_t value, struct err *err)
{
    sqlite3_stmt *st = NULL;
    char sql[160];

    snprintf(sql, sizeof(sql), "SELECT * FROM temp.%s WHERE %s = %lld", view,
             id, (long long)value);
    if (db_prepare(a->mem, sql, &st, err) < 0)
        return NULL;
    if (db_step(st, err) != 1) {
        sqlite3_finalize(st);
        err_set(err, ERR_USAGE, "the Mac has no rows in the period %s",
                a->period);
        return NULL;
    }
    return st;
}

static bool is_client_or_serial(const char *name)
{
    return strcmp(name, "serial") == 0 || strcmp(name, "client") == 0;
}

/* Derived numbers are truths, but for these. */
static json_t *derived_json(sqlite3_stmt *st, int column)
{
    static const char *const counts[] = {
        "os",           "holders_min",       "holders_max",
        "usable_min",   "unlockers_min",     "unlockers_max",
        "days_silent",  "usable_admins_min", "token_admins_max",
        "accounts_seen"};
    const char *name = sqlite3_column_name(st, column);
    size_t i;

    for (i = 0; i < COUNT_OF(counts) && strcmp(counts[i], name) != 0; i++)
        ;
    if (i == COUNT_OF(counts) &&
        sqlite3_column_type(st, column) == SQLITE_INTEGER)
        return json_boolean(sqlite3_column_int(st, column));
    return value_json(NULL, st, column);
}

/* One column of device_posture: a fact, a setting, or derived. */
static int add_column(struct about *a, sqlite3_stmt *st, int column,
                      json_t *facts, json_t *derived, json_t *policy,
                      struct err *err)
{
    const char *name = sqlite3_column_name(st, column);
    int at = fact_index(FACT_DEVICE, name);
    const struct fact *f = at < 0 ? NULL : &device_facts[at];
    json_t *one;

    if (strcmp(name, "device_id") == 0 || strcmp(name, "client_id") == 0 ||
        strcmp(name, "as_of") == 0)
        return 0;
    if (text_starts(name, "p_")) {
        json_object_set_new(policy, name + 2, value_json(NULL, st, column));
        return 0;
    }
    if (!f && !text_starts(name, "x_")) {
        json_object_set_new(derived, name, derived_json(st, column));
        return 0;
    }
    if (sqlite3_column_type(st, column) == SQLITE_NULL && !f)
        return 0;
    one =
        f ? fact_json(f, st, column)
          : json_pack("{s:s, s:s}", "fact", name, "value", db_text(st, column));
    json_array_append_new(facts, one);
    if (!f || is_client_or_serial(name) ||
        sqlite3_column_type(st, column) == SQLITE_NULL)
        return 0;
    return device_origin(a, f, st, column, one, err);
}

static int add_device(struct about *a, struct err *err)
{
    json_t *facts = json_object_get(a->out, "facts");
    json_t *derived = json_object_get(a->out, "derived");
    json_t *policy = json_object_get(a->out, "policy");
    sqlite3_stmt *st =
        posture_row(a, "device_posture", "device_id", a->device_id, err);
    int i, rc = st ? 0 : -1;

    for (i = 0; st && rc == 0 && i < sqlite3_column_count(st); i++)
        rc = add_column(a, st, i, facts, derived, policy, err);
    sqlite3_finalize(st);
    return rc;
}

/* -------------------------------------------------------------- accounts */

static const char *const account_derived[] = {
    "token_real", "usable",      "reset_known",
    "reset_open", "needs_token", "bootstrap_grants"};

static bool is_account_derived(const char *name)
{
    size_t i;

    for (i = 0; i < COUNT_OF(account_derived); i++)
        if (strcmp(account_derived[i], name) == 0)
            return true;
    return false;
}

static int add_account_columns(struct about *a, sqlite3_stmt *st,
                               const char *account, json_t *into,
                               struct err *err)
{
    json_t *facts = json_array(), *derived = json_object();
    int i, at, rc = 0;

    json_object_set_new(into, "facts", facts);
    json_object_set_new(into, "derived", derived);
    for (i = 0; i < sqlite3_column_count(st) && rc == 0; i++) {
        const char *name = sqlite3_column_name(st, i);
        json_t *one;

        if (is_account_derived(name)) {
            json_object_set_new(derived, name,
                                sqlite3_column_type(st, i) == SQLITE_NULL
                                    ? json_null()
                                    : json_boolean(sqlite3_column_int(st, i)));
            continue;
        }
        at = fact_index(FACT_ACCOUNT, name);
        if (at < 4 || sqlite3_column_type(st, i) == SQLITE_NULL)
            continue;
        one = fact_json(&account_facts[at], st, i);
        json_array_append_new(facts, one);
        rc = account_origin(a, &account_facts[at], account, st, i, one, err);
    }
    return rc;
}

static int add_accounts(struct about *a, struct err *err)
{
    json_t *list = json_object_get(a->out, "accounts"), *one;
    sqlite3_stmt *st = NULL, *row;
    int step = 0, rc = 0;

    if (db_prepare(a->mem,
                   "SELECT account_id, account, kind IS 'system', row_id"
                   "  FROM account_fact WHERE device_id = ?1"
                   " ORDER BY account_id",
                   &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, a->device_id);
    while (rc == 0 && (step = db_step(st, err)) == 1) {
        one = json_pack("{s:s, s:b}", "account", db_text(st, 1), "system",
                        sqlite3_column_int(st, 2));
        json_array_append_new(list, one);
        if (sqlite3_column_int(st, 2))
            continue;
        row = posture_row(a, "account_posture", "account_id",
                          sqlite3_column_int64(st, 0), err);
        rc = row ? add_account_columns(a, row, db_text(st, 1), one, err) : -1;
        sqlite3_finalize(row);
    }
    sqlite3_finalize(st);
    return step < 0 ? -1 : rc;
}

static int add_conflicts(struct about *a, struct err *err)
{
    json_t *list = json_object_get(a->out, "conflicts");
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(a->mem,
                   "SELECT account, fact, value, c.import_id, line, time"
                   "  FROM conflict c JOIN import i USING (import_id)"
                   " WHERE period_id = ?1 AND device_id = ?2"
                   " ORDER BY account, fact, value, i.file, line",
                   &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, a->period_id);
    sqlite3_bind_int64(st, 2, a->device_id);
    while ((step = db_step(st, err)) == 1)
        json_array_append_new(
            list,
            json_pack(
                "{s:s, s:s, s:s, s:I, s:I, s:o}", "account", db_text(st, 0),
                "fact", db_text(st, 1), "value", db_text(st, 2), "source",
                (json_int_t)source_number(a, sqlite3_column_int64(st, 3)),
                "line", (json_int_t)sqlite3_column_int64(st, 4), "read_at",
                sqlite3_column_type(st, 5) == SQLITE_NULL
                    ? json_null()
                    : time_json(sqlite3_column_int64(st, 5))));
    sqlite3_finalize(st);
    return step;
}

/* ----------------------------------------------------------------- rules */

/* One rule on the Mac, or on each of its accounts. */
struct rule_on_mac {
    struct about *a;
    const struct rule *rule;
    struct rule_query *query;
    struct carried carried;
    sqlite3_stmt *finding, *name;
    json_t *list;
};

static json_t *truth_json(int t)
{
    return t < 0 ? json_null() : json_boolean(t);
}

/* What the judged run says of it: severity as configured, state, waiver. */
static int add_finding(struct rule_on_mac *r, int64_t account_id, json_t *one,
                       struct err *err)
{
    sqlite3_stmt *st = r->finding;
    int step;

    sqlite3_bind_int64(st, 1, r->a->period_id);
    sqlite3_bind_int64(st, 2, r->a->device_id);
    sqlite3_bind_text(st, 3, r->rule->id, -1, SQLITE_STATIC);
    if (account_id)
        sqlite3_bind_int64(st, 4, account_id);
    else
        sqlite3_bind_null(st, 4);
    step = db_step(st, err);
    if (step == 1) {
        json_object_set_new(one, "severity", json_string(db_text(st, 0)));
        json_object_set_new(one, "missing", json_string(db_text(st, 1)));
        json_object_set_new(one, "state", json_string(db_text(st, 2)));
        json_object_set_new(one, "first_seen",
                            time_json(sqlite3_column_int64(st, 3)));
        if (sqlite3_column_type(st, 4) != SQLITE_NULL)
            json_object_set_new(
                one, "accepted_risk",
                json_pack("{s:s, s:s, s:o}", "reason", db_text(st, 4), "owner",
                          db_text(st, 5), "expires",
                          time_json(sqlite3_column_int64(st, 6))));
    }
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return step < 0 ? -1 : 0;
}

/* Required items that no import of the Mac carries. */
static json_t *not_carried(const struct rule *r, struct carried c)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < r->need_count; i++)
        if (!need_carried(&r->needs[i], c, false))
            json_array_append_new(list, json_string(r->needs[i].text));
    return list;
}

static json_t *rule_json(const struct rule *u, char letter)
{
    return json_pack("{s:s, s:s, s:b, s:s}", "rule", u->id, "title", u->title,
                     "migration", rule_is_migration(u), "result",
                     letter == RESULT_FAIL && u->kind == RULE_REPORT_ONLY
                         ? "informational"
                         : result_name(letter));
}

static int take_row(void *ctx, const struct rule_row *row, struct err *err)
{
    struct rule_on_mac *r = ctx;
    const struct rule *u = r->rule;
    bool unread = rule_not_checked(u, r->carried, 0);
    struct rule_row whole = *row;
    char letter, remedy[32];
    json_t *one;

    letter = rule_result(row, unread);
    one = rule_json(u, letter);
    if (u->account_scope) {
        sqlite3_bind_int64(r->name, 1, row->id);
        if (db_step(r->name, err) == 1)
            json_object_set_new(one, "account",
                                json_string(db_text(r->name, 0)));
        sqlite3_reset(r->name);
    }
    json_object_set_new(one, "applies", truth_json(row->applies));
    json_object_set_new(one, "fails", truth_json(row->fails));
    if (letter == RESULT_NOT_CHECKED)
        json_object_set_new(one, "not_carried", not_carried(u, r->carried));
    if (letter == RESULT_FAIL || letter == RESULT_UNKNOWN) {
        enum severity sev;

        if (rule_ask(r->query, &whole, err) < 0) {
            json_decref(one);
            return -1;
        }
        sev = judged_severity(u, &whole, letter, NULL);
        rule_first_remedy(u, remedy, sizeof(remedy));
        json_object_set_new(one, "severity", json_string(severity_word(sev)));
        json_object_set_new(
            one, "evidence",
            json_string(whole.evidence ? whole.evidence : u->title));
        json_object_set_new(one, "remedy",
                            json_string(whole.remedy ? whole.remedy : remedy));
        if (add_finding(r, u->account_scope ? row->id : 0, one, err) < 0) {
            json_decref(one);
            return -1;
        }
    }
    json_array_append_new(r->list, one);
    return 0;
}

static int add_rule(struct rule_on_mac *r, struct rule_guard *g,
                    const char *letters, size_t letter_count, size_t at,
                    int64_t first, int64_t last, struct err *err)
{
    const struct rule *u = r->rule;
    struct err fault = {0};
    struct rule_query *q;
    json_t *one;
    int rc = 0;

    if (u->kind == RULE_ENGINE) {
        one = rule_json(u, at < letter_count ? letters[at] : 'P');
        json_array_append_new(r->list, one);
        return 0;
    }
    q = rule_open(g, u, &fault);
    r->query = q;
    if (q)
        rc = u->account_scope
                 ? rule_run(q, first, last, 100000, take_row, r, &fault)
                 : rule_run(q, r->a->device_id, r->a->device_id, 100000,
                            take_row, r, &fault);
    rule_close(q);
    if (q && rc == 0)
        return 0;
    if (fault.code != ERR_CONFIG) {
        *err = fault;
        return -1;
    }
    one = rule_json(u, RESULT_ERROR);
    json_object_set_new(one, "evidence", json_string(fault.text));
    json_array_append_new(r->list, one);
    return 0;
}

static int read_bounds(struct about *a, struct carried *c, int64_t *first,
                       int64_t *last, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(a->mem,
                   "SELECT device_mask, account_mask,"
                   " (SELECT coalesce(min(account_id), 1) FROM account_fact"
                   "   WHERE device_id = ?1),"
                   " (SELECT coalesce(max(account_id), 0) FROM account_fact"
                   "   WHERE device_id = ?1)"
                   "  FROM device_fact JOIN carry_class USING (carry_id)"
                   " WHERE device_id = ?1",
                   &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, a->device_id);
    step = db_step(st, err);
    *c = (struct carried){(uint64_t)sqlite3_column_int64(st, 0),
                          (uint64_t)sqlite3_column_int64(st, 1)};
    *first = sqlite3_column_int64(st, 2);
    *last = sqlite3_column_int64(st, 3);
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

static int add_results(struct about *a, const struct catalogue *c,
                       const char *letters, size_t n, struct err *err)
{
    static const char finding[] =
        "SELECT f.severity, f.missing, f.state, f.first_seen, w.reason,"
        "       w.owner, w.expires"
        "  FROM finding f JOIN rule r USING (period_id, rule_no)"
        "  LEFT JOIN waiver w ON w.waiver_id = f.waiver"
        " WHERE f.period_id = ?1 AND f.device_id = ?2 AND r.id = ?3"
        "   AND f.account_id IS ?4";
    struct rule_on_mac r = {.a = a, .list = json_object_get(a->out, "rules")};
    struct rule_guard guard = {0};
    int64_t first, last;
    size_t i;
    int rc = -1;

    if (read_bounds(a, &r.carried, &first, &last, err) < 0 ||
        db_prepare(a->mem, finding, &r.finding, err) < 0 ||
        db_prepare(a->mem,
                   "SELECT account FROM account_fact WHERE account_id = ?1",
                   &r.name, err) < 0)
        goto out;
    rule_guard_set(&guard, a->mem);
    for (i = 0, rc = 0; i < c->count && rc == 0; i++) {
        r.rule = c->rules[i];
        rc = add_rule(&r, &guard, letters, n, i, first, last, err);
    }
    rule_guard_end(&guard);
out:
    sqlite3_finalize(r.finding);
    sqlite3_finalize(r.name);
    return rc;
}

static int add_rules(struct about *a, const struct analyze_options *o,
                     struct err *err)
{
    struct catalogue c;
    sqlite3_stmt *st = NULL;
    int rc = -1, step;

    if (catalogue_load(&c, o->rules_dir, err) < 0)
        return -1;
    if (db_prepare(a->mem,
                   "SELECT verdict, stale, lost, perhaps_lost, results"
                   "  FROM device_result WHERE period_id = ?1"
                   "   AND device_id = ?2",
                   &st, err) == 0) {
        sqlite3_bind_int64(st, 1, a->period_id);
        sqlite3_bind_int64(st, 2, a->device_id);
        step = db_step(st, err);
        if (step == 1) {
            json_object_set_new(a->out, "verdict", json_string(db_text(st, 0)));
            json_object_set_new(a->out, "not_reporting",
                                json_boolean(sqlite3_column_int(st, 1)));
            json_object_set_new(a->out, "cannot_do",
                                json_string(db_text(st, 2)));
            json_object_set_new(a->out, "perhaps_not",
                                json_string(db_text(st, 3)));
        }
        if (step >= 0)
            rc = add_results(a, &c, sqlite3_column_blob(st, 4),
                             (size_t)sqlite3_column_bytes(st, 4), err);
    }
    sqlite3_finalize(st);
    catalogue_free(&c);
    return rc;
}

/* -------------------------------------------------------------- remedies */

/* What is wrong before what is not known, and the move to another server last;
 * inside that the graver first. */
static int rank_of(const json_t *rule)
{
    const char *result = json_string_value(json_object_get(rule, "result"));
    const char *severity = json_string_value(json_object_get(rule, "severity"));
    int rank = severity ? (int)severity_read(severity) : 0;

    if (!result || json_object_get(rule, "accepted_risk"))
        return -1;
    if (strcmp(result, "unknown") != 0 && strcmp(result, "fail") != 0)
        return -1;
    if (strcmp(result, "fail") == 0)
        rank += SEVERITIES;
    if (!json_is_true(json_object_get(rule, "migration")))
        rank += 2 * SEVERITIES;
    return rank;
}

static json_t *remedy_json(const struct remedy *m)
{
    json_t *steps = json_array();
    size_t i;

    for (i = 0; i < m->step_count; i++)
        json_array_append_new(steps, json_string(m->steps[i]));
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:o, s:[]}", "remedy",
                     m->id, "title", m->title, "who", m->who, "effort",
                     m->effort, "minutes", (json_int_t)m->minutes, "risk",
                     m->risk, "verify", m->verify, "steps", steps, "for");
}

static json_t *remedy_entry(json_t *list, const struct remedy *m)
{
    json_t *one;
    size_t i;

    json_array_foreach(list, i, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "remedy")), m->id) ==
            0)
            return one;
    }
    one = remedy_json(m);
    json_array_append_new(list, one);
    return one;
}

/* Remedies of what is wrong, for the gravest first, each once. */
static int add_remedies(struct about *a, const struct analyze_options *o,
                        struct err *err)
{
    json_t *list = json_object_get(a->out, "what_to_do"), *rule;
    struct remedies all;
    int rank;
    size_t i;

    if (remedies_load(&all, o->remedies_dir, err) < 0)
        return -1;
    for (rank = 4 * SEVERITIES; rank >= 0; rank--)
        json_array_foreach(json_object_get(a->out, "rules"), i, rule)
        {
            const char *id = json_string_value(json_object_get(rule, "remedy"));
            const struct remedy *m =
                id && id[0] ? remedies_find(&all, id) : NULL;

            if (m && rank_of(rule) == rank)
                json_array_append(json_object_get(remedy_entry(list, m), "for"),
                                  json_object_get(rule, "rule"));
        }
    remedies_free(&all);
    return 0;
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
                       "period", a->period, "as_of", time_json(a->as_of),
                       "sources", "facts", "accounts", "conflicts", "derived",
                       "policy", "rules", "what_to_do");
    a->sources = json_object();
    if (!a->out || !a->sources)
        return err_nomem(err);
    if (add_device(a, err) < 0 || add_accounts(a, err) < 0 ||
        add_conflicts(a, err) < 0 || add_rules(a, o, err) < 0)
        return -1;
    return add_remedies(a, o, err);
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
