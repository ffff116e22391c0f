/*
 * analyze.c - the second stage: the order of its steps, and what it says.
 */
#include "core/base.h"

#include "analyze/analysis.h"
#include "analyze/derive.h"
#include "analyze/expectation.h"
#include "analyze/readiness.h"
#include "analyze/renamed.h"
#include "analyze/required.h"
#include "analyze/rule_lint.h"
#include "analyze/rule_names.h"
#include "analyze/sections.h"
#include "core/cpu.h"
#include "core/db.h"

#define CACHE_KIB 24576

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

/* A word that fits no rule changes nothing, and so is no setting. The first of
 * them is told; "muster check" tells all. */
static void keep_first(void *ctx, const struct err *fault)
{
    struct err *first = ctx;

    if (first->code == ERR_NONE)
        *first = *fault;
}

static int read_catalogues(struct analysis *a, struct err *err)
{
    const struct analyze_options *o = a->o;

    if (catalogue_load(&a->rules, o->rules_dir, err) < 0 ||
        remedies_load(&a->remedies, o->remedies_dir, err) < 0)
        return -1;
    rules_not_there(&a->rules, o->config, keep_first, err);
    if (err->code != ERR_NONE)
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

    if ((!a->past &&
         waivers_add_sheets(a->waivers, a->db, a->period_id, err) < 0) ||
        waivers_apply(a->db, a->waivers, a->period_id, a->o->as_of, &w, err) <
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
    out->strangers = found->strangers;
    out->ambiguous = found->ambiguous;
    memcpy(out->stranger, found->stranger, sizeof(out->stranger));
    out->conflicts = found->conflicts;
    out->devices = judged->devices;
    out->accounts = judged->accounts;
    out->not_reporting = judged->not_reporting;
    out->at_risk = judged->at_risk;
    out->undetermined = judged->undetermined;
    out->attention = judged->attention;
    out->partial = judged->partial;
    out->clean = judged->clean;
}

/* What failed of the rules that a monthly report and the gates look at: one
 * task of a move to another server is no finding of every Mac. */
static int count_failed(struct analysis *a, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(a->db,
                   "SELECT t.severity, sum(t.count)"
                   "  FROM tally t JOIN rule r USING (period_id, rule_no)"
                   " WHERE t.period_id = :period_id AND t.result = 'fail'"
                   "   AND r.kind = 'counted' AND (r.uses = ''"
                   "    OR instr(' ' || r.uses || ' ', ' monthly ') > 0)"
                   " GROUP BY t.severity",
                   &st, err) == 0 &&
        db_bind_int(st, ":period_id", a->period_id, err) == 0)
        while ((step = db_step(st, err)) == 1) {
            enum severity s = severity_read(db_text(st, 0));

            if (s < SEVERITIES)
                a->out->failed[s] = sqlite3_column_int64(st, 1);
        }
    sqlite3_finalize(st);
    return step;
}

static int no_imports(struct analysis *a, struct err *err)
{
    err_set(err, ERR_INPUT, "nothing was ingested for the period %s",
            a->o->period);
    return err_hint(err, "see \"muster status\", or name another one with "
                         "--period");
}

/* Were the facts of this period dropped? 1, 0, or -1 with *err. */
static int is_pruned(sqlite3 *db, const char *period, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1, pruned = 0;

    if (db_prepare(
            db,
            "SELECT count(*) FILTER (WHERE superseded = 2) > 0"
            "   AND count(*) FILTER (WHERE NOT superseded AND NOT standing) = 0"
            "  FROM import WHERE period = :period",
            &st, err) == 0 &&
        db_bind_text(st, ":period", period, err) == 0 &&
        (step = db_step(st, err)) == 1)
        pruned = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return step == 1 ? pruned : -1;
}

/* A period whose facts were dropped keeps the results it has. */
static int refuse_pruned(struct analysis *a, struct err *err)
{
    int pruned = is_pruned(a->db, a->o->period, err);

    if (pruned > 0) {
        err_set(err, ERR_INPUT,
                "the facts of %s were dropped by \"muster prune\"; its "
                "results stay as they are",
                a->o->period);
        return err_hint(err, "\"muster diff\", \"sample\" and \"query\" still "
                             "answer from them");
    }
    return pruned;
}

static int steps(struct analysis *a, struct err *err)
{
    struct resolve_counts found;
    struct engine_counts judged;
    double start = cpu_seconds(), resolved, derived;

    if (refuse_pruned(a, err) < 0)
        return -1;
    if (renamed_clients(a->db, a->o->config, err) < 0)
        return -1;
    if (record_begin(a, err) < 0 || resolve(a->db, a->o->period, a->period_id,
                                            a->o->config, &found, err) < 0)
        return -1;
    if (found.imports == 0)
        return no_imports(a, err);
    if (sections_misspelt(a->db, a->o->config, a->out->section, a->out->client,
                          sizeof(a->out->section), err) < 0)
        return -1;
    resolved = cpu_seconds();
    if (derive(a->db, a->period_id, a->o->as_of, a->o->config, a->customs.names,
               err) < 0)
        return -1;
    derived = cpu_seconds();
    if (judge(a, &judged, err) < 0)
        return -1;
    if (record_rules(a, err) < 0 ||
        readiness_judge(a->db, a->period_id, err) < 0 ||
        expectation_judge(a->db, a->period_id, err) < 0 ||
        accept_risks(a, err) < 0 || record_end(a, &found, &judged, err) < 0)
        return -1;
    note_broken(a);
    summarize(a->out, &found, &judged);
    a->out->resolving += resolved - start;
    a->out->deriving += derived - resolved;
    a->out->asking += judged.rules_seconds;
    a->out->keeping += cpu_seconds() - derived - judged.rules_seconds;
    if (count_failed(a, err) < 0)
        return -1;
    return required_note(a->db, a->period_id, a->out->required,
                         sizeof(a->out->required), err);
}

/* ------------------------------------------------------------------ replay */

/* A period that was judged before. */
struct judged {
    int64_t period_id, as_of;
    char *period;
};

struct judged_list {
    struct judged *items;
    size_t count;
};

static int add_judged(struct judged_list *list, sqlite3_stmt *st,
                      struct err *err)
{
    struct judged *grown =
        realloc(list->items, (list->count + 1) * sizeof(*grown));

    if (!grown)
        return err_nomem(err);
    list->items = grown;
    grown[list->count] =
        (struct judged){sqlite3_column_int64(st, 0),
                        sqlite3_column_int64(st, 1), strdup(db_text(st, 2))};
    return grown[list->count++].period ? 0 : err_nomem(err);
}

static int earlier_periods(struct analysis *a, struct judged_list *list,
                           struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(a->db,
                   "SELECT period_id, as_of, period FROM run"
                   " WHERE period < :period ORDER BY period",
                   &st, err) == 0 &&
        db_bind_text(st, ":period", a->o->period, err) == 0)
        while ((step = db_step(st, err)) == 1)
            if (add_judged(list, st, err) < 0) {
                step = -1;
                break;
            }
    sqlite3_finalize(st);
    return step;
}

/* One period by the rules and settings of this analysis, on its own day and
 * with the risks that were accepted then. */
static int replay_one(struct analysis *a, const struct judged *j,
                      struct err *err)
{
    struct analyze_options o = *a->o;
    struct analyze_summary out = {0};
    struct analysis then = *a;
    int rc = -1;

    o.period = j->period;
    o.as_of = j->as_of;
    then.o = &o;
    then.out = &out;
    then.past = true;
    then.waivers = waivers_recall(a->db, j->period_id, err);
    if (then.waivers)
        rc = steps(&then, err);
    waivers_free(then.waivers);
    return rc;
}

/* Earlier periods first, so that what is new and what is old is told anew. */
static int replay(struct analysis *a, struct err *err)
{
    struct judged_list list = {NULL, 0};
    int rc = earlier_periods(a, &list, err), pruned;
    size_t i;

    for (i = 0; i < list.count && rc == 0; i++) {
        pruned = is_pruned(a->db, list.items[i].period, err);
        if (pruned == 0)
            rc = replay_one(a, &list.items[i], err);
        else if (pruned < 0)
            rc = -1;
        *(pruned ? &a->out->not_replayed : &a->out->replayed) += 1;
    }
    for (i = 0; i < list.count; i++)
        free(list.items[i].period);
    free(list.items);
    return rc;
}

static void free_analysis(struct analysis *a)
{
    waivers_free(a->waivers);
    catalogue_free(&a->rules);
    remedies_free(&a->remedies);
    strbuf_free(&a->customs.text);
    free(a->customs.names);
}

int analyze_check(const struct analyze_options *o, struct err *err)
{
    struct analysis a = {.o = o};
    int rc = read_catalogues(&a, err);

    free_analysis(&a);
    return rc;
}

int analyze(sqlite3 *db, const struct analyze_options *o,
            struct analyze_summary *out, struct err *err)
{
    struct analysis a = {.db = db, .o = o, .out = out};
    int rc = -1;

    *out = (struct analyze_summary){0};
    if (read_catalogues(&a, err) == 0 && db_cache(db, CACHE_KIB, err) == 0 &&
        db_begin(db, err) == 0) {
        rc = o->replay ? replay(&a, err) : 0;
        if (rc == 0)
            rc = steps(&a, err);
        if (rc == 0)
            rc = db_commit(db, err);
        if (rc < 0)
            db_rollback(db);
    }
    free_analysis(&a);
    return rc;
}
