/*
 * record.c - what the store keeps of an analysis itself: its period, the rules
 * and remedies as they were used, digests and settings.
 */
#include "core/base.h"

#include "analyze/analysis.h"
#include "core/db.h"
#include "core/sha256.h"

#include <jansson.h>

static int forget(struct analysis *a, struct err *err)
{
    static const char *const tables[] = {"finding", "tally",         "conflict",
                                         "gap",     "device_result", "waiver",
                                         "rule",    "run_import"};
    char sql[128];
    size_t i;

    if (db_script(a->db,
                  "CREATE INDEX IF NOT EXISTS finding_device"
                  " ON finding (period_id, device_id);"
                  "CREATE INDEX IF NOT EXISTS conflict_device"
                  " ON conflict (period_id, device_id)",
                  err) < 0)
        return -1;
    for (i = 0; i < COUNT_OF(tables); i++) {
        snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE period_id = %lld",
                 tables[i], (long long)a->period_id);
        if (db_script(a->db, sql, err) < 0)
            return -1;
    }
    return 0;
}

/* The row of the period, made where it is new; the rest is filled at the end.
 */
int record_begin(struct analysis *a, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (db_prepare(a->db,
                   "INSERT OR IGNORE INTO run (period, as_of, version,"
                   " rules_digest, policy, inputs_digest, devices, accounts,"
                   " replaced, unjoined)"
                   " VALUES (:period, 0, '', '', '', '', 0, 0, 0, 0)",
                   &st, err) == 0 &&
        db_bind_text(st, ":period", a->o->period, err) == 0)
        rc = db_run(st, err);
    sqlite3_finalize(st);
    st = NULL;
    if (rc == 0 &&
        (db_prepare(a->db, "SELECT period_id FROM run WHERE period = :period",
                    &st, err) < 0 ||
         db_bind_text(st, ":period", a->o->period, err) < 0 ||
         db_step(st, err) != 1))
        rc = -1;
    if (rc == 0)
        a->period_id = a->out->period_id = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return rc < 0 ? -1 : forget(a, err);
}

/* SHA-256 over what was judged, in an order that does not depend on ingest. */
static int digest_inputs(struct analysis *a, char out[SHA256_HEX],
                         struct err *err)
{
    struct sha256_ctx ctx;
    sqlite3_stmt *st = NULL;
    int step, i;

    nettle_sha256_init(&ctx);
    if (db_prepare(a->db,
                   "SELECT client, source, sha256, mapping_digest, complete"
                   "  FROM import JOIN run_import USING (import_id)"
                   " WHERE period_id = ?1 ORDER BY 1, 2, 3, 4",
                   &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, a->period_id);
    while ((step = db_step(st, err)) == 1)
        for (i = 0; i < 5; i++) {
            const char *s = db_text(st, i);

            nettle_sha256_update(&ctx, strlen(s) + 1, (const uint8_t *)s);
        }
    sqlite3_finalize(st);
    sha256_hex(&ctx, out);
    return step;
}

static void digest_catalogues(const struct analysis *a, char out[SHA256_HEX])
{
    struct sha256_ctx ctx;

    nettle_sha256_init(&ctx);
    nettle_sha256_update(&ctx, SHA256_HEX - 1,
                         (const uint8_t *)a->rules.digest);
    nettle_sha256_update(&ctx, SHA256_HEX - 1,
                         (const uint8_t *)a->remedies.digest);
    sha256_hex(&ctx, out);
}

int record_end(struct analysis *a, const struct resolve_counts *found,
               const struct engine_counts *judged, struct err *err)
{
    char rules[SHA256_HEX], inputs[SHA256_HEX];
    struct strbuf policy = {0};
    sqlite3_stmt *st = NULL;
    int rc = -1;

    digest_catalogues(a, rules);
    config_json(a->o->config, &policy);
    if (!strbuf_ok(&policy))
        err_nomem(err);
    else if (digest_inputs(a, inputs, err) == 0 &&
             db_prepare(a->db,
                        "UPDATE run SET as_of = :as_of, version = :version,"
                        " rules_digest = :rules, policy = :policy,"
                        " inputs_digest = :inputs, devices = :devices,"
                        " accounts = :accounts, replaced = :replaced,"
                        " unjoined = :unjoined WHERE period_id = :period_id",
                        &st, err) == 0 &&
             db_bind_int(st, ":as_of", a->o->as_of, err) == 0 &&
             db_bind_text(st, ":version", MUSTER_VERSION, err) == 0 &&
             db_bind_text(st, ":rules", rules, err) == 0 &&
             db_bind_text(st, ":policy", strbuf_str(&policy), err) == 0 &&
             db_bind_text(st, ":inputs", inputs, err) == 0 &&
             db_bind_int(st, ":devices", judged->devices, err) == 0 &&
             db_bind_int(st, ":accounts", judged->accounts, err) == 0 &&
             db_bind_int(st, ":replaced", found->replaced, err) == 0 &&
             db_bind_int(st, ":unjoined", found->unjoined, err) == 0 &&
             db_bind_int(st, ":period_id", a->period_id, err) == 0)
        rc = db_run(st, err);
    sqlite3_finalize(st);
    strbuf_free(&policy);
    return rc;
}

/* -------------------------------------- the catalogues as they were used */

static const char *kind_word(const struct rule *r)
{
    static const char *const words[] = {"counted", "report-only", "cause",
                                        "engine"};

    return words[r->kind];
}

/* "FILE:LINE:COL: text" of a fault, or "". */
static void error_text(const struct err *e, char *out, size_t size)
{
    out[0] = '\0';
    if (e->code == ERR_NONE)
        return;
    if (e->column)
        snprintf(out, size, "%s:%ld:%ld: %s", e->file, e->line, e->column,
                 e->text);
    else
        snprintf(out, size, "%s:%ld: %s", e->file, e->line, e->text);
}

static int write_rule(struct analysis *a, sqlite3_stmt *st, size_t i,
                      struct err *err)
{
    const struct rule *r = a->rules.rules[i];
    const char *texts[] = {r->id,
                           r->title,
                           r->module,
                           r->account_scope ? "account" : "device",
                           severity_word(r->severity),
                           r->uses,
                           r->loses,
                           r->facts,
                           r->why,
                           r->fix,
                           kind_word(r)};
    char fault[900];
    size_t k;

    error_text(&r->broken, fault, sizeof(fault));
    sqlite3_bind_int64(st, 1, a->period_id);
    sqlite3_bind_int64(st, 2, (int64_t)i);
    for (k = 0; k < COUNT_OF(texts); k++)
        sqlite3_bind_text(st, 3 + (int)k, texts[k], -1, SQLITE_STATIC);
    sqlite3_bind_int(st, 14, r->core);
    sqlite3_bind_text(st, 15, r->own ? r->file : "built-in", -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 16, r->digest, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 17, fault, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 18, r->sql, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 19, r->ref, -1, SQLITE_STATIC);
    return db_run(st, err);
}

static int write_rules(struct analysis *a, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i;
    int rc = db_prepare(a->db,
                        "INSERT INTO rule (period_id, rule_no, id, title,"
                        " module, scope, severity, uses, loses, facts, why,"
                        " fix, kind, core, origin, digest, error, sql, ref)"
                        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                        &st, err);

    for (i = 0; i < a->rules.count && rc == 0; i++)
        rc = write_rule(a, st, i, err);
    sqlite3_finalize(st);
    return rc;
}

static char *steps_json(const struct remedy *r)
{
    json_t *steps = json_array();
    char *text;
    size_t i;

    for (i = 0; i < r->step_count; i++)
        json_array_append_new(steps, json_string(r->steps[i]));
    text = json_dumps(steps, JSON_COMPACT);
    json_decref(steps);
    return text;
}

static int write_remedy(sqlite3_stmt *st, const struct remedy *r,
                        struct err *err)
{
    char *steps = steps_json(r);
    int rc;

    if (!steps)
        return err_nomem(err);
    sqlite3_bind_text(st, 1, r->id, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, r->title, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 3, r->who, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 4, r->effort, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 5, r->minutes);
    sqlite3_bind_text(st, 6, r->risk, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 7, steps, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 8, r->verify, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 9, r->plain, -1, SQLITE_STATIC);
    rc = db_run(st, err);
    free(steps);
    return rc;
}

static int write_remedies(struct analysis *a, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i;
    int rc = db_script(a->db, "DELETE FROM remedy", err);

    if (rc == 0)
        rc = db_prepare(a->db,
                        "INSERT INTO remedy (id, title, who, effort, minutes,"
                        " risk, steps, verify, plain)"
                        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        &st, err);
    for (i = 0; i < a->remedies.count && rc == 0; i++)
        rc = write_remedy(st, &a->remedies.items[i], err);
    sqlite3_finalize(st);
    return rc;
}

int record_rules(struct analysis *a, struct err *err)
{
    return write_rules(a, err) < 0 || write_remedies(a, err) < 0 ? -1 : 0;
}
