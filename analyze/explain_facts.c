/*
 * explain_facts.c - the facts of one Mac, each with the cell it came from.
 */
#include "core/base.h"

#include "analyze/explain_part.h"
#include "core/db.h"
#include "core/facts.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/when.h"

json_t *explain_time(int64_t t)
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
            return explain_time(sqlite3_column_int64(st, column));
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
                                : explain_time(sqlite3_column_int64(st, 5))));
    sqlite3_finalize(st);
    json_object_set_new(a->sources, key,
                        json_integer((json_int_t)json_array_size(list)));
    return (int64_t)json_array_size(list);
}

/* The cell as the export has it: {"column": ..., "cell": ...} or null; with
 * "unsure" where the mapping says why it may be wrong. */
static json_t *raw_of(const char *raw, const char *fact)
{
    json_t *all = raw[0] ? json_loads(raw, 0, NULL) : NULL;
    json_t *one = json_object_get(all, fact), *out;

    if (json_array_size(one) < 2) {
        json_decref(all);
        return json_null();
    }
    out = json_pack("{s:O, s:O}", "column", json_array_get(one, 0), "cell",
                    json_array_get(one, 1));
    if (out && json_array_size(one) > 2)
        json_object_set(out, "unsure", json_array_get(one, 2));
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

            json_object_set_new(into, "read_at", explain_time(t));
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
                    : explain_time(sqlite3_column_int64(st, 5))));
    sqlite3_finalize(st);
    return step;
}

int explain_facts(struct about *a, struct err *err)
{
    if (add_device(a, err) < 0 || add_accounts(a, err) < 0)
        return -1;
    return add_conflicts(a, err);
}
