/*
 * fuzz_rule.c - rule files, run against a Mac: whatever a rule says, nothing
 * is changed and it comes to an end.
 */
#include "core/base.h"

#include "analyze/analyze.h"
#include "analyze/derive.h"
#include "analyze/rule.h"
#include "core/db.h"
#include "core/resource.h"
#include "tests/fuzz/fuzz.h"

static const char mac[] =
    "INSERT INTO device (serial) VALUES ('C02EXAMPLE01');"
    "INSERT INTO import (period, client, source, source_title, server, file,"
    " bytes, sha256, mapping_digest, format, notes, standing, complete,"
    " records, accepted, rejected, left_out, devices, accounts,"
    " carries_device, carries_listed, carries_account, in_order) VALUES"
    " ('p', '', 's', 'Test', '', 'f', 0, 'x', 'm', 'csv', '', 0, 'accounts',"
    " 1, 1, 0, 0, 1, 1, -1, -1, -1, 0);"
    "INSERT INTO device_row (import_id, line, device_id, filevault,"
    " os_version) VALUES (1, 1, 1, 'off', '15.1');"
    "INSERT INTO account_row (import_id, line, device_id, account,"
    " secure_token) VALUES (1, 1, 1, 'ana', 1);";

static sqlite3 *store(void)
{
    static sqlite3 *db;
    struct analyze_options o = {.period = "p", .as_of = 1790000000};
    struct analyze_summary sum;
    struct err err = {0};
    int64_t period = 0;

    if (db)
        return db;
    db = db_open(":memory:", DB_CREATE, 0, resource_text("ingest/schema.sql"),
                 &err);
    fuzz_promise(db && db_script(db, mac, &err) == 0 &&
                     analyze(db, &o, &sum, &err) == 0 &&
                     posture_views(db, &period, &err) == 1,
                 "a store", err.text);
    return db;
}

static int row_fn(void *ctx, const struct rule_row *row, struct err *err)
{
    struct rule_row full = *row;

    return rule_ask(ctx, &full, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    sqlite3 *db = store();
    struct rule *r = rule_parse("own/X-1.sql", "own", (const char *)data, n);
    struct rule_guard guard = {0};
    struct rule_query *q = NULL;
    struct err err = {0};
    int changes = sqlite3_total_changes(db);

    if (r && r->broken.code == ERR_NONE) {
        rule_guard_set(&guard, db);
        q = rule_open(&guard, r, &err);
        fuzz_promise(q || err.code == ERR_CONFIG || err.code == ERR_FAIL,
                     "a refusal has a reason", err.text);
        if (q)
            (void)!rule_run(q, 1, 10, 50, row_fn, q, &err);
        rule_close(q);
        rule_guard_end(&guard);
        fuzz_promise(sqlite3_total_changes(db) == changes &&
                         sqlite3_get_autocommit(db),
                     "a rule changes nothing", r->sql);
    }
    rule_free(r);
    return 0;
}
