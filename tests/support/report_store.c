/*
 * report_store.c - the judged store of the report tests.
 */
#include "core/base.h"

#include "analyze/derive.h"
#include "analyze/sql_part.h"
#include "core/db.h"
#include "core/facts.h"
#include "core/policy.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "tests/support/report_store.h"

#include <check.h>

static struct err err;

static void script(sqlite3 *db, const char *sql)
{
    ck_assert_msg(db_script(db, sql, &err) == 0, "%s\n%.400s", err.text, sql);
}

static void add_facts(struct strbuf *b, enum fact_scope scope, bool text)
{
    static const char *const also_text[] = {"os_version", NULL};
    size_t n, i;
    const struct fact *f = fact_table(scope, &n);

    for (i = 0; i < n; i++) {
        bool is_text =
            f[i].type == FACT_TEXT || strcmp(f[i].name, also_text[0]) == 0;
        bool number = f[i].type == FACT_BOOL || f[i].type == FACT_COUNT ||
                      f[i].type == FACT_TIME;

        if (scope == FACT_DEVICE && is_text != text)
            continue;
        if (strcmp(f[i].name, "platform") == 0 ||
            (scope == FACT_ACCOUNT && strcmp(f[i].name, "serial") == 0))
            continue;
        if (scope == FACT_ACCOUNT && (strcmp(f[i].name, "uuid") == 0 ||
                                      strcmp(f[i].name, "mdm_id") == 0))
            continue;
        strbuf_addf(b, ", %s %s", f[i].name, number ? "INTEGER" : "TEXT");
    }
}

static void posture_tables(sqlite3 *db)
{
    struct strbuf b = {0};
    size_t i;

    strbuf_adds(&b, "CREATE TABLE device_fact (device_id INTEGER PRIMARY KEY,"
                    " client_id INTEGER, carry_id INTEGER, row_id INTEGER,"
                    " os INTEGER");
    add_facts(&b, FACT_DEVICE, false);
    strbuf_adds(&b, ") STRICT; CREATE TABLE device_text"
                    " (device_id INTEGER PRIMARY KEY");
    add_facts(&b, FACT_DEVICE, true);
    strbuf_adds(&b, ", custom TEXT) STRICT; CREATE TABLE account_fact"
                    " (account_id INTEGER PRIMARY KEY, device_id INTEGER,"
                    " row_id INTEGER");
    add_facts(&b, FACT_ACCOUNT, false);
    strbuf_adds(&b, ", break_glass INTEGER, filevault_allowed INTEGER) STRICT;"
                    " CREATE INDEX account_fact_device"
                    " ON account_fact(device_id);"
                    " CREATE TABLE carry_class (carry_id INTEGER PRIMARY KEY,"
                    " device_mask INTEGER, account_mask INTEGER);"
                    " CREATE TABLE client_policy"
                    " (client_id INTEGER PRIMARY KEY, as_of INTEGER");
    for (i = 0; i < policy_key_count; i++)
        strbuf_addf(&b, ", p_%s", policy_keys[i].name);
    strbuf_adds(&b, ");");
    script(db, strbuf_str(&b));
    strbuf_free(&b);
}

static char *whole(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct strbuf b = {0};
    char buf[4096];
    size_t n;

    ck_assert_msg(f != NULL, "cannot open %s", path);
    while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
        strbuf_add(&b, buf, n);
    fclose(f);
    return strbuf_detach(&b);
}

/* Put a nasty name where the script has a placeholder. */
static void nasty(sqlite3 *db, const char *sql, const char *value)
{
    sqlite3_stmt *st = NULL;

    ck_assert_msg(db_prepare(db, sql, &st, &err) == 0, "%s", err.text);
    sqlite3_bind_text(st, 1, value, -1, SQLITE_STATIC);
    ck_assert_msg(db_run(st, &err) == 0, "%s", err.text);
    sqlite3_finalize(st);
}

static void names(sqlite3 *db)
{
    nasty(db, "UPDATE device_text SET name = ? WHERE device_id = 2",
          NASTY_DEVICE);
    nasty(db, "UPDATE device_text SET site = ? WHERE device_id = 2",
          NASTY_SITE);
    nasty(db, "UPDATE device_text SET model = ? WHERE device_id = 2",
          NASTY_MODEL);
    nasty(db, "UPDATE account_fact SET account = ? WHERE account_id = 3",
          NASTY_ACCOUNT);
    nasty(db, "UPDATE finding SET account = ? WHERE account_id = 3",
          NASTY_ACCOUNT);
    nasty(db, "UPDATE account_row SET account = ? WHERE row_id = 3",
          NASTY_ACCOUNT);
    nasty(db, "UPDATE client SET name = ? WHERE client_id = 1", NASTY_CLIENT);
    nasty(db, "UPDATE import SET client = ? WHERE client = 'birch'",
          NASTY_CLIENT);
}

static void derive_posture(sqlite3 *db)
{
    char *views = sql_part("analyze/posture.sql", "views", &err);

    ck_assert_ptr_nonnull(views);
    script(db, views);
    free(views);
    ck_assert_msg(derive_fill(db, &err) == 0, "%s", err.text);
}

sqlite3 *report_store(void)
{
    sqlite3 *db;
    char *sql = whole("tests/report/store.sql");

    err = (struct err){0};
    db = db_open(":memory:", DB_CREATE, 0, resource_text("ingest/schema.sql"),
                 &err);
    ck_assert_msg(db != NULL, "%s", err.text);
    posture_tables(db);
    script(db, sql);
    free(sql);
    names(db);
    derive_posture(db);
    return db;
}
