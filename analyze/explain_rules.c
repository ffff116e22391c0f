/*
 * explain_rules.c - every rule on one Mac, and what to do.
 */
#include "core/base.h"

#include "analyze/catalogue.h"
#include "analyze/explain_part.h"
#include "analyze/judge.h"
#include "analyze/missing.h"
#include "core/db.h"
#include "core/when.h"

/* One rule on the Mac, or on each of its accounts. */
struct rule_on_mac {
    struct about *a;
    const struct rule *rule;
    struct rule_query *query;
    struct carried carried;
    sqlite3_stmt *finding, *name;
    json_t *parts; /* by id: the truth of each part of this rule */
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
                            explain_time(sqlite3_column_int64(st, 3)));
        json_object_set_new(
            one, "days_open",
            json_integer((r->a->as_of - sqlite3_column_int64(st, 3)) /
                         WHEN_DAY));
        if (sqlite3_column_type(st, 4) != SQLITE_NULL)
            json_object_set_new(
                one, "accepted_risk",
                json_pack("{s:s, s:s, s:o}", "reason", db_text(st, 4), "owner",
                          db_text(st, 5), "expires",
                          explain_time(sqlite3_column_int64(st, 6))));
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
    return json_pack("{s:s, s:s, s:b, s:b, s:s}", "rule", u->id, "title",
                     u->title, "migration", rule_is_migration(u), "cause",
                     u->kind == RULE_CAUSE, "result",
                     (letter == RESULT_FAIL || letter == RESULT_UNKNOWN) &&
                             u->kind == RULE_REPORT_ONLY
                         ? "informational"
                         : result_name(letter));
}

static void add_parts(struct rule_on_mac *r, int64_t id, json_t *one)
{
    char key[32];
    json_t *parts;

    snprintf(key, sizeof(key), "%lld", (long long)id);
    parts = json_object_get(r->parts, key);
    json_object_set_new(one, "parts",
                        parts ? json_incref(parts) : json_array());
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
    add_parts(r, row->id, one);
    if (letter == RESULT_NOT_CHECKED)
        json_object_set_new(one, "not_carried", not_carried(u, r->carried));
    if (letter == RESULT_FAIL || letter == RESULT_UNKNOWN) {
        enum severity sev;

        if (rule_ask(r->query, &whole, err) < 0) {
            json_decref(one);
            return -1;
        }
        sev = judged_severity(u, &whole, letter, NULL);
        rule_remedy(u, whole.remedy, letter, remedy, sizeof(remedy));
        json_object_set_new(one, "severity", json_string(severity_word(sev)));
        json_object_set_new(
            one, "evidence",
            json_string(whole.evidence ? whole.evidence : u->title));
        json_object_set_new(one, "remedy", json_string(remedy));
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
    if (!u->account_scope)
        first = last = r->a->device_id;
    q = rule_open(g, u, &fault);
    r->query = q;
    r->parts = q ? explain_parts(g, u, first, last, &fault) : NULL;
    if (r->parts)
        rc = rule_run(q, first, last, 100000, take_row, r, &fault);
    else
        rc = -1;
    rule_close(q);
    json_decref(r->parts);
    if (rc == 0)
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

/* Only what is wrong is to be repaired: what is not known may be fine, and its
 * remedy an erase. The move to another server comes last, the graver first. */
static int rank_of(const json_t *rule)
{
    const char *result = json_string_value(json_object_get(rule, "result"));
    const char *severity = json_string_value(json_object_get(rule, "severity"));
    int rank = severity ? (int)severity_read(severity) : 0;

    if (!result || strcmp(result, "fail") != 0 ||
        json_object_get(rule, "accepted_risk"))
        return -1;
    if (!json_is_true(json_object_get(rule, "migration")))
        rank += SEVERITIES;
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

/* A rule of accounts fails for several of them, and is named once. */
static void add_once(json_t *list, json_t *word)
{
    const json_t *known;
    size_t i;

    json_array_foreach(list, i, known)
    {
        if (json_equal(known, word))
            return;
    }
    json_array_append(list, word);
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
    for (rank = 2 * SEVERITIES; rank >= 0; rank--)
        json_array_foreach(json_object_get(a->out, "rules"), i, rule)
        {
            const char *id = json_string_value(json_object_get(rule, "remedy"));
            const struct remedy *m =
                id && id[0] ? remedies_find(&all, id) : NULL;

            if (m && rank_of(rule) == rank)
                add_once(json_object_get(remedy_entry(list, m), "for"),
                         json_object_get(rule, "rule"));
        }
    remedies_free(&all);
    return 0;
}

int explain_rules(struct about *a, const struct analyze_options *o,
                  struct err *err)
{
    return add_rules(a, o, err) < 0 ? -1 : add_remedies(a, o, err);
}
