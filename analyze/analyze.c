/*
 * analyze.c - the second stage: the order of its steps, and what a run is.
 */
#include "core/base.h"

#include "analyze/analyze.h"
#include "analyze/catalogue.h"
#include "analyze/derive.h"
#include "analyze/engine.h"
#include "analyze/expectation.h"
#include "analyze/readiness.h"
#include "analyze/resolve.h"
#include "analyze/rule_lint.h"
#include "analyze/waivers.h"
#include "core/db.h"
#include "core/strbuf.h"

#include <jansson.h>

#define CACHE_KIB 24576

/* Names of custom facts that rules mention. */
struct customs {
    const char **names; /* NULL-terminated */
    size_t count;
    struct strbuf text; /* the names, each with its terminator */
    bool failed;
};

struct analysis {
    sqlite3 *db;
    const struct analyze_options *o;
    struct analyze_summary *out;
    struct catalogue rules;
    struct remedies remedies;
    struct waivers *waivers;
    struct customs customs;
    int64_t period_id;
};

/* ----------------------------------------------------- rules and customs */

static bool disabled_everywhere(void *ctx, const char *id)
{
    const struct config *config = ctx;
    size_t i;

    if (!config_names_rule(config, NULL, "disabled", id))
        return false;
    for (i = 0; i < config_client_count(config); i++)
        if (!config_names_rule(config, config_client_at(config, i), "disabled",
                               id))
            return false;
    return true;
}

static void add_custom(void *ctx, const char *name)
{
    struct customs *c = ctx;
    const char *s = strbuf_str(&c->text), *end = s + c->text.len;

    for (; s < end; s += strlen(s) + 1)
        if (strcmp(s, name) == 0)
            return;
    strbuf_add(&c->text, name, strlen(name) + 1);
    c->count++;
}

static int find_customs(struct analysis *a, struct err *err)
{
    struct customs *c = &a->customs;
    const char *s;
    size_t i;

    for (i = 0; i < a->rules.count; i++)
        rule_customs(a->rules.rules[i], add_custom, c);
    c->names = calloc(c->count + 1, sizeof(*c->names));
    if (!c->names || !strbuf_ok(&c->text))
        return err_nomem(err);
    s = strbuf_str(&c->text);
    for (i = 0; i < c->count; i++, s += strlen(s) + 1)
        c->names[i] = s;
    return 0;
}

static int read_catalogues(struct analysis *a, struct err *err)
{
    const struct analyze_options *o = a->o;

    if (catalogue_load(&a->rules, o->rules_dir, err) < 0 ||
        remedies_load(&a->remedies, o->remedies_dir, err) < 0)
        return -1;
    if (o->config) {
        const void *config = o->config;
        void *ctx;

        memcpy(&ctx, &config, sizeof(ctx)); /* read only, behind void * */
        catalogue_drop(&a->rules, disabled_everywhere, ctx);
    }
    a->waivers = waivers_read(o->config, o->waivers_file, err);
    return a->waivers ? find_customs(a, err) : -1;
}

/* --------------------------------------------------------------------- run */

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
static int begin_run(struct analysis *a, struct err *err)
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

static int end_run(struct analysis *a, const struct resolve_counts *found,
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

/* ------------------------------------------------------------------ judging */

/* A rule at fault is marked, and all is judged once more without it. */
static int judge(struct analysis *a, struct engine_counts *counts,
                 struct err *err)
{
    struct engine_input in = {.db = a->db,
                              .rules = &a->rules,
                              .config = a->o->config,
                              .period_id = a->period_id,
                              .period = a->o->period,
                              .as_of = a->o->as_of};
    struct err fault;
    size_t faulty;
    int rc;

    do {
        fault = (struct err){0};
        if (db_script(a->db, "SAVEPOINT judging", err) < 0)
            return -1;
        rc = engine_run(&in, counts, &faulty, &fault);
        if (rc < 0) {
            *err = fault;
            return -1;
        }
        if (rc == 1) {
            if (faulty == SIZE_MAX)
                in.one_by_one = true;
            else
                a->rules.rules[faulty]->broken = fault;
            if (db_script(a->db, "ROLLBACK TO judging", err) < 0)
                return -1;
        }
        if (db_script(a->db, "RELEASE judging", err) < 0)
            return -1;
    } while (rc == 1);
    return 0;
}

static void note_broken(struct analysis *a)
{
    size_t i;

    for (i = 0; i < a->rules.count; i++) {
        const struct err *e = &a->rules.rules[i]->broken;

        if (e->code == ERR_NONE)
            continue;
        if (a->out->broken++ == 0)
            a->out->rule_error = *e;
    }
}

static int accept_risks(struct analysis *a, struct err *err)
{
    struct waiver_counts w = {0};

    if (waivers_apply(a->db, a->waivers, a->period_id, a->o->as_of, &w, err) <
        0)
        return -1;
    a->out->waivers = w.active + w.expiring;
    a->out->waived = w.findings;
    a->out->expiring = w.expiring;
    a->out->expired = w.expired;
    a->out->unmatched = w.unmatched;
    a->out->overlapping = w.overlapping;
    a->out->own = w.own;
    return 0;
}

static void summarize(struct analyze_summary *out,
                      const struct resolve_counts *found,
                      const struct engine_counts *judged)
{
    out->imports = found->imports;
    out->replaced = found->replaced;
    out->unjoined = found->unjoined;
    out->conflicts = found->conflicts;
    out->devices = judged->devices;
    out->accounts = judged->accounts;
    out->not_reporting = judged->not_reporting;
    out->at_risk = judged->at_risk;
    out->undetermined = judged->undetermined;
    out->attention = judged->attention;
    out->partial = judged->partial;
    out->clean = judged->clean;
    memcpy(out->failed, judged->failed, sizeof(out->failed));
}

static int no_imports(struct analysis *a, struct err *err)
{
    err_set(err, ERR_INPUT, "nothing was ingested for the period %s",
            a->o->period);
    return err_hint(err, "see \"muster status\", or name another one with "
                         "--period");
}

/* A period whose facts were dropped keeps the results it has. */
static int refuse_pruned(struct analysis *a, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;
    bool pruned = false;

    if (db_prepare(
            a->db,
            "SELECT count(*) FILTER (WHERE superseded = 2) > 0"
            "   AND count(*) FILTER (WHERE NOT superseded AND NOT standing) = 0"
            "  FROM import WHERE period = :period",
            &st, err) == 0 &&
        db_bind_text(st, ":period", a->o->period, err) == 0 &&
        (step = db_step(st, err)) == 1)
        pruned = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    if (pruned)
        return err_set(err, ERR_INPUT,
                       "the facts of %s were dropped by \"muster prune\"; its "
                       "results stay as they are",
                       a->o->period);
    return step == 1 ? 0 : -1;
}

static int steps(struct analysis *a, struct err *err)
{
    struct resolve_counts found;
    struct engine_counts judged;

    if (refuse_pruned(a, err) < 0)
        return -1;
    if (begin_run(a, err) < 0 || resolve(a->db, a->o->period, a->period_id,
                                         a->o->config, &found, err) < 0)
        return -1;
    if (found.imports == 0)
        return no_imports(a, err);
    if (derive(a->db, a->period_id, a->o->as_of, a->o->config, a->customs.names,
               err) < 0 ||
        judge(a, &judged, err) < 0)
        return -1;
    if (write_rules(a, err) < 0 || write_remedies(a, err) < 0 ||
        readiness_judge(a->db, a->period_id, err) < 0 ||
        expectation_judge(a->db, a->period_id, err) < 0 ||
        accept_risks(a, err) < 0 || end_run(a, &found, &judged, err) < 0)
        return -1;
    note_broken(a);
    summarize(a->out, &found, &judged);
    return 0;
}

int analyze(sqlite3 *db, const struct analyze_options *o,
            struct analyze_summary *out, struct err *err)
{
    struct analysis a = {.db = db, .o = o, .out = out};
    int rc = -1;

    *out = (struct analyze_summary){0};
    if (read_catalogues(&a, err) == 0 && db_cache(db, CACHE_KIB, err) == 0 &&
        db_begin(db, err) == 0) {
        rc = steps(&a, err);
        if (rc == 0)
            rc = db_commit(db, err);
        if (rc < 0)
            db_rollback(db);
    }
    waivers_free(a.waivers);
    catalogue_free(&a.rules);
    remedies_free(&a.remedies);
    strbuf_free(&a.customs.text);
    free(a.customs.names);
    return rc;
}

int analyze_fails_on(sqlite3 *db, int64_t period_id, const char *word,
                     int64_t *count, struct err *err)
{
    enum severity limit = severity_read(word);
    struct strbuf sql = {0};
    int s, rc = -1;

    if (limit == SEV_NONE) {
        err_set(err, ERR_USAGE, "--fail-on: \"%s\" is no severity", word);
        return err_hint(err, "write critical, high, medium, low or info");
    }
    strbuf_addf(&sql,
                "SELECT count(*) FROM finding f JOIN rule r"
                " USING (period_id, rule_no) WHERE f.period_id = %lld"
                " AND f.result = 'fail' AND f.waiver IS NULL"
                " AND r.kind = 'counted' AND f.severity IN (''",
                (long long)period_id);
    for (s = (int)limit; s < SEVERITIES; s++)
        strbuf_addf(&sql, ", '%s'", severity_word((enum severity)s));
    strbuf_adds(&sql, ")");
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else
        rc = db_number(db, strbuf_str(&sql), 0, count, err);
    strbuf_free(&sql);
    return rc;
}
