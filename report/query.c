/*
 * query.c - the named queries, the functions they call, and the TEMP tables
 * they read.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/resource.h"
#include "core/sha256.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "report/find_out.h"
#include "report/forecast.h"
#include "report/query.h"
#include "report/tally.h"

void finding_id(const char *rule, const char *serial, const char *account,
                char out[FINDING_ID_HEX])
{
    char hex[SHA256_HEX];
    struct sha256_ctx ctx;
    size_t i;

    sha256_init(&ctx);
    sha256_update(&ctx, strlen(rule) + 1, (const uint8_t *)rule);
    sha256_update(&ctx, strlen(serial) + 1, (const uint8_t *)serial);
    for (i = 0; account[i]; i++) {
        uint8_t c = (uint8_t)ascii_lower(account[i]);

        sha256_update(&ctx, 1, &c);
    }
    sha256_hex(&ctx, hex);
    memcpy(out, hex, FINDING_ID_HEX - 1);
    out[FINDING_ID_HEX - 1] = '\0';
}

static const char *text_arg(sqlite3_value *v)
{
    const char *s = (const char *)sqlite3_value_text(v);

    return s ? s : "";
}

static void fn_finding_id(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    char out[FINDING_ID_HEX];

    (void)argc;
    finding_id(text_arg(v[0]), text_arg(v[1]), text_arg(v[2]), out);
    sqlite3_result_text(ctx, out, FINDING_ID_HEX - 1, SQLITE_TRANSIENT);
}

/* Whole days from one time to another; 0 where the other is the earlier one, as
 * where an earlier period was judged as of a later day. */
static void fn_days_between(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    int64_t days;

    (void)argc;
    if (sqlite3_value_type(v[0]) == SQLITE_NULL ||
        sqlite3_value_type(v[1]) == SQLITE_NULL)
        return;
    days = (sqlite3_value_int64(v[1]) - sqlite3_value_int64(v[0])) / 86400;
    sqlite3_result_int64(ctx, days > 0 ? days : 0);
}

/* a / (a + b); NULL where both are 0 or unknown. */
static void fn_share(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    double a = sqlite3_value_double(v[0]), b = sqlite3_value_double(v[1]);

    (void)argc;
    if (a + b > 0)
        sqlite3_result_double(ctx, a / (a + b));
}

static void fn_severity_rank(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    static const char *const words[] = {"info", "low", "medium", "high",
                                        "critical"};
    const char *s = text_arg(v[0]);
    int i;

    (void)argc;
    for (i = 0; i < (int)COUNT_OF(words); i++)
        if (strcmp(s, words[i]) == 0)
            sqlite3_result_int(ctx, i);
}

static void fn_severity_word(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    static const char *const words[] = {"info", "low", "medium", "high",
                                        "critical"};
    int rank = sqlite3_value_int(v[0]);

    (void)argc;
    if (rank >= 0 && rank < (int)COUNT_OF(words))
        sqlite3_result_text(ctx, words[rank], -1, SQLITE_STATIC);
}

/* Names in a list joined by ", "; 0 for NULL. */
static void fn_name_count(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const char *s = (const char *)sqlite3_value_text(v[0]);
    int n = s ? 1 : 0;

    (void)argc;
    while (s && (s = strstr(s, ", "))) {
        n++;
        s += 2;
    }
    sqlite3_result_int(ctx, n);
}

static void fn_glob_match(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    (void)argc;
    sqlite3_result_int(ctx, text_glob(text_arg(v[0]), text_arg(v[1])));
}

const char *result_word(char letter)
{
    switch (letter) {
    case 'P':
        return "pass";
    case 'F':
        return "fail";
    case 'U':
        return "unknown";
    case 'A':
        return "notapplicable";
    case 'C':
        return "notchecked";
    case 'I':
        return "informational";
    case 'E':
        return "error";
    default:
        return NULL;
    }
}

/* The word of the letter at a place in device_result.results. */
static void fn_result_word(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const char *letters = sqlite3_value_blob(v[0]);
    int n = sqlite3_value_bytes(v[0]), at = sqlite3_value_int(v[1]);

    (void)argc;
    if (letters && at >= 0 && at < n)
        sqlite3_result_text(ctx, result_word(letters[at]), -1, SQLITE_STATIC);
}

/* find_out(missing) */
static void fn_find_out(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const char *missing = (const char *)sqlite3_value_text(v[0]);
    struct strbuf b = {0};

    (void)argc;
    if (!missing)
        return;
    find_out(&b, missing);
    if (strbuf_ok(&b))
        sqlite3_result_text(ctx, strbuf_str(&b), -1, SQLITE_TRANSIENT);
    else
        sqlite3_result_error_nomem(ctx);
    strbuf_free(&b);
}

static int add_functions(sqlite3 *db, struct err *err)
{
    static const struct {
        const char *name;
        int arguments;
        void (*fn)(sqlite3_context *, int, sqlite3_value **);
    } table[] = {{"finding_id", 3, fn_finding_id},
                 {"days_between", 2, fn_days_between},
                 {"share", 2, fn_share},
                 {"severity_rank", 1, fn_severity_rank},
                 {"severity_word", 1, fn_severity_word},
                 {"name_count", 1, fn_name_count},
                 {"glob_match", 2, fn_glob_match},
                 {"result_word", 2, fn_result_word},
                 {"find_out", 1, fn_find_out}};
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    size_t i;

    for (i = 0; i < COUNT_OF(table); i++)
        if (sqlite3_create_function(db, table[i].name, table[i].arguments,
                                    flags, NULL, table[i].fn, NULL,
                                    NULL) != SQLITE_OK)
            return db_fail(db, "register a function", err);
    return forecast_function(db, err);
}

/* Bind one parameter; false where it is none of a report's. */
static bool bind_one(const struct report *r, sqlite3_stmt *st, int i,
                     int *status)
{
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {{":period_id", r->period_id},
                   {":before_id", r->before_id},
                   {":client_id", r->client_id},
                   {":client_low", r->client_id},
                   {":client_high", r->client_id ? r->client_id : INT64_MAX},
                   {":as_of", r->as_of},
                   {":new_only", r->options->new_only}};
    const char *name = sqlite3_bind_parameter_name(st, i);
    size_t k;

    if (name && strcmp(name, ":use") == 0) {
        *status = sqlite3_bind_text(st, i, r->use, -1, SQLITE_TRANSIENT);
        return true;
    }
    for (k = 0; name && k < COUNT_OF(numbers); k++)
        if (strcmp(name, numbers[k].name) == 0) {
            *status = sqlite3_bind_int64(st, i, numbers[k].value);
            return true;
        }
    return false;
}

/* Bind what the statement names of a report. What is left is the caller's to
 * bind; `left` NULL: nothing may be, for a parameter without value is NULL, no
 * row compares with it, and every count would be 0. */
static int bind_report(const struct report *r, sqlite3_stmt *st, int *left,
                       struct err *err)
{
    int i, n = sqlite3_bind_parameter_count(st), status = SQLITE_OK;

    for (i = 1; i <= n; i++) {
        if (!bind_one(r, st, i, &status)) {
            if (!left)
                return err_set(err, ERR_FAIL, "nothing is known as %s",
                               sqlite3_bind_parameter_name(st, i));
            ++*left;
        } else if (status != SQLITE_OK) {
            return db_fail(r->db, "bind a value", err);
        }
    }
    return 0;
}

static const char *query_text(const char *name, struct err *err)
{
    const struct resource *res;
    char path[128];

    snprintf(path, sizeof(path), "report/queries/%s.sql", name);
    res = resource_find(path);
    if (!res)
        err_set(err, ERR_FAIL, "there is no query %s", path);
    return res ? res->data : NULL;
}

bool query_temp(sqlite3 *db, const char *table, struct err *err)
{
    char sql[160];
    int64_t there = 0;

    snprintf(sql, sizeof(sql),
             "SELECT count(*) FROM sqlite_temp_schema WHERE name = '%s'",
             table);
    return db_number(db, sql, 0, &there, err) == 0 && there;
}

/* The findings of the period before. */
static int before_findings(const struct report *r, struct err *err)
{
    if (query_temp(r->db, "report_before", err))
        return 0;
    return err->code == ERR_NONE ? query_script(r, "before", err) : -1;
}

/* TEMP tables that are made when a query first names them. */
static const struct {
    const char *table;
    int (*make)(const struct report *r, struct err *err);
} late[] = {{"temp.report_remedy", tally_findings},
            {"temp.report_severity", tally_findings},
            {"temp.report_before", before_findings}};

static int make_late(const struct report *r, const char *sql, struct err *err)
{
    size_t i;

    for (i = 0; i < COUNT_OF(late); i++)
        if (strstr(sql, late[i].table) && late[i].make(r, err) < 0)
            return -1;
    return 0;
}

int query_open(const struct report *r, const char *name, sqlite3_stmt **st,
               struct err *err)
{
    const char *sql = query_text(name, err);
    int left = 0;

    *st = NULL;
    if (!sql || make_late(r, sql, err) < 0 ||
        db_prepare(r->db, sql, st, err) < 0)
        return -1;
    if (bind_report(r, *st, &left, err) < 0) {
        sqlite3_finalize(*st);
        *st = NULL;
        return -1;
    }
    return 0;
}

int query_keep(const struct report *r, const char *table, const char *name,
               struct err *err)
{
    const char *text = query_text(name, err);
    struct strbuf sql = {0};
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (!text || make_late(r, text, err) < 0)
        return -1;
    strbuf_addf(&sql, "DROP TABLE IF EXISTS temp.%s", table);
    if (strbuf_ok(&sql) && db_script(r->db, strbuf_str(&sql), err) == 0) {
        strbuf_reset(&sql);
        strbuf_addf(&sql, "CREATE TEMP TABLE %s AS\n%s", table, text);
        rc = strbuf_ok(&sql) ? 0 : err_nomem(err);
    }
    if (rc == 0)
        rc = db_prepare(r->db, strbuf_str(&sql), &st, err);
    if (rc == 0)
        rc = bind_report(r, st, NULL, err);
    if (rc == 0)
        rc = db_step(st, err) < 0 ? -1 : 0;
    sqlite3_finalize(st);
    strbuf_free(&sql);
    return rc;
}

int query_number(const struct report *r, const char *name, int64_t *out,
                 struct err *err)
{
    sqlite3_stmt *st;
    int step;

    if (query_open(r, name, &st, err) < 0)
        return -1;
    step = db_step(st, err);
    *out = step == 1 ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

int query_script(const struct report *r, const char *name, struct err *err)
{
    const char *sql = query_text(name, err);
    sqlite3_stmt *st;
    int rc;

    while (sql && *sql) {
        if (sqlite3_prepare_v2(r->db, sql, -1, &st, &sql) != SQLITE_OK)
            return db_fail(r->db, name, err);
        if (!st) /* only blanks and comments were left */
            return 0;
        rc = bind_report(r, st, NULL, err);
        if (rc == 0)
            rc = db_step(st, err);
        sqlite3_finalize(st);
        if (rc < 0)
            return -1;
    }
    return sql ? 0 : -1;
}

/*
 * The views of posture are TEMP and so are gone when another process has done
 * the analysis. They are made again from the same text.
 */
int query_views(sqlite3 *db, struct err *err)
{
    const char *text = resource_text("analyze/posture.sql");
    const char *from = strstr(text, "-- part: views");
    const char *to = from ? strstr(from + 1, "-- part: ") : NULL;
    struct strbuf sql = {0};
    int rc = -1;

    if (query_temp(db, "account_posture", err))
        return 0;
    if (err->code != ERR_NONE)
        return -1;
    if (!from || !to)
        return err_set(err, ERR_FAIL, "posture has no views");
    strbuf_add(&sql, from, (size_t)(to - from));
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else
        rc = db_script(db, strbuf_str(&sql), err);
    strbuf_free(&sql);
    return rc;
}

int report_prepare(const struct report *r, struct err *err)
{
    if (add_functions(r->db, err) < 0 || query_views(r->db, err) < 0 ||
        db_script(r->db, resource_text("core/queries/required.sql"), err) < 0 ||
        query_script(r, "prepare", err) < 0 || query_script(r, "move", err) < 0)
        return -1;
    return db_script(r->db,
                     "DROP TABLE IF EXISTS temp.report_before;"
                     "DROP TABLE IF EXISTS temp.report_remedy;"
                     "DROP TABLE IF EXISTS temp.report_remedy_mac;"
                     "DROP TABLE IF EXISTS temp.report_cause;"
                     "DROP TABLE IF EXISTS temp.report_severity",
                     err);
}
