/*
 * waivers.c - accepted risks: an attribute of findings, never a result.
 *
 * Matching goes over the findings once: the accepted risks that fit a rule are
 * picked before, so most findings cost a look at an empty list.
 */
#include "core/base.h"

#include "analyze/waiver_set.h"
#include "core/db.h"
#include "core/resource.h"
#include "core/text.h"
#include "core/when.h"
#include "core/work.h"

size_t waivers_count(const struct waivers *w)
{
    return w ? w->count : 0;
}

static void waiver_free(struct waiver *w)
{
    size_t i;

    for (i = 0; i < COLUMNS; i++)
        free(w->cell[i]);
}

void waivers_free(struct waivers *w)
{
    size_t i;

    for (i = 0; w && i < w->count; i++)
        waiver_free(&w->items[i]);
    if (w)
        free(w->items);
    free(w);
}

struct waiver *waiver_add(struct waivers *set, struct err *err)
{
    struct waiver *grown =
        realloc(set->items, (set->count + 1) * sizeof(*grown));

    if (!grown) {
        err_nomem(err);
        return NULL;
    }
    set->items = grown;
    grown[set->count] = (struct waiver){0};
    return &grown[set->count++];
}

static int take_row(struct waivers *set, sqlite3_stmt *st, struct err *err)
{
    struct waiver *w = waiver_add(set, err);
    int i;

    if (!w)
        return -1;
    w->expires = sqlite3_column_int64(st, EXPIRES);
    for (i = 0; i < COLUMNS; i++)
        if (!(w->cell[i] = strdup(db_text(st, i))))
            return err_nomem(err);
    return 0;
}

int waivers_add_sheets(struct waivers *w, sqlite3 *db, int64_t period_id,
                       struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(db, resource_text("analyze/queries/sheets.sql"), &st, err) ==
            0 &&
        db_bind_int(st, ":period_id", period_id, err) == 0 &&
        db_bind_text(st, ":accepts", WORK_ACCEPTS, err) == 0)
        while ((step = db_step(st, err)) == 1)
            if (take_row(w, st, err) < 0) {
                step = -1;
                break;
            }
    sqlite3_finalize(st);
    return step;
}

struct waivers *waivers_recall(sqlite3 *db, int64_t period_id, struct err *err)
{
    struct waivers *set = calloc(1, sizeof(*set));
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (!set) {
        err_nomem(err);
        return NULL;
    }
    if (db_prepare(db,
                   "SELECT rule, client, serial, account, reason, owner,"
                   " approved_by, ticket, expires FROM waiver"
                   " WHERE period_id = :period_id ORDER BY waiver_id",
                   &st, err) == 0 &&
        db_bind_int(st, ":period_id", period_id, err) == 0)
        while ((step = db_step(st, err)) == 1)
            if (take_row(set, st, err) < 0) {
                step = -1;
                break;
            }
    sqlite3_finalize(st);
    if (step == 0)
        return set;
    waivers_free(set);
    return NULL;
}

/* --------------------------------------------------------------- applying */

/* The accepted risks that fit a rule, by its number. */
struct candidates {
    struct waiver **items;
    size_t count;
};

struct applying {
    sqlite3 *db;
    int64_t period_id, as_of;
    struct waiver *items; /* copies that count */
    size_t count;
    struct candidates *rules;
    int64_t rule_count;
    struct waiver_counts *counts;
    sqlite3_stmt *serial, *mark;
};

/* As-of is the end of a day: its last second is today. */
static bool in_force(const struct applying *a, const struct waiver *w)
{
    return w->expires >= a->as_of - 1;
}

static bool covers(const char *pattern, const char *text)
{
    return !pattern[0] || text_glob(pattern, text);
}

static int insert_all(struct applying *a, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i;
    int k, rc = -1;

    if (db_prepare(a->db,
                   "INSERT INTO waiver (period_id, rule, client, serial,"
                   " account, reason, owner, approved_by, ticket, expires,"
                   " state, matches) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
                   " ?9, ?10, '', 0)",
                   &st, err) < 0)
        return -1;
    for (i = 0; i < a->count; i++) {
        sqlite3_bind_int64(st, 1, a->period_id);
        for (k = 0; k < EXPIRES; k++)
            sqlite3_bind_text(st, k + 2, a->items[i].cell[k], -1,
                              SQLITE_STATIC);
        sqlite3_bind_int64(st, 10, a->items[i].expires);
        if (db_run(st, err) < 0)
            goto out;
        a->items[i].id = sqlite3_last_insert_rowid(a->db);
    }
    rc = 0;
out:
    sqlite3_finalize(st);
    return rc;
}

static int add_candidate(struct candidates *c, struct waiver *w,
                         struct err *err)
{
    struct waiver **grown =
        realloc(c->items, (c->count + 1) * sizeof(struct waiver *));

    if (!grown)
        return err_nomem(err);
    c->items = grown;
    grown[c->count++] = w;
    return 0;
}

static int pick_for_rules(struct applying *a, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t rule;
    size_t i;
    int step = -1;

    if (db_prepare(a->db,
                   "SELECT rule_no, id, max(rule_no) OVER () FROM rule WHERE "
                   "period_id = :period_id",
                   &st, err) < 0 ||
        db_bind_int(st, ":period_id", a->period_id, err) < 0)
        goto out;
    while ((step = db_step(st, err)) == 1) {
        rule = sqlite3_column_int64(st, 0);
        if (!a->rules) {
            a->rule_count = sqlite3_column_int64(st, 2) + 1;
            a->rules = calloc((size_t)a->rule_count, sizeof(*a->rules));
        }
        if (!a->rules || rule < 0) {
            step = err_nomem(err);
            break;
        }
        for (i = 0; i < a->count && step == 1; i++)
            if (text_glob(a->items[i].cell[RULE], db_text(st, 1)) &&
                add_candidate(&a->rules[rule], &a->items[i], err) < 0)
                step = -1;
        if (step < 0)
            break;
    }
out:
    sqlite3_finalize(st);
    return step;
}

/* The longest-holding one that covers the finding; all are counted. */
static struct waiver *choose(struct applying *a, const struct candidates *c,
                             const char *client, const char *serial,
                             const char *account)
{
    struct waiver *best = NULL, *w;
    size_t i;

    for (i = 0; i < c->count; i++) {
        w = c->items[i];
        if (!covers(w->cell[CLIENT], client) ||
            !covers(w->cell[SERIAL], serial) ||
            !covers(w->cell[ACCOUNT], account))
            continue;
        w->matches++;
        if (!in_force(a, w))
            continue;
        if (best)
            best->overlaps = w->overlaps = true;
        if (!best || w->expires > best->expires)
            best = w;
    }
    return best;
}

static int mark_one(struct applying *a, sqlite3_stmt *finding,
                    const struct candidates *c, struct err *err)
{
    struct waiver *w = NULL;

    sqlite3_reset(a->serial);
    sqlite3_bind_int64(a->serial, 1, sqlite3_column_int64(finding, 2));
    sqlite3_bind_int64(a->serial, 2, sqlite3_column_int64(finding, 3));
    if (db_step(a->serial, err) == 1)
        w = choose(a, c, db_text(a->serial, 1), db_text(a->serial, 0),
                   db_text(finding, 4));
    if (err->code != ERR_NONE || !w)
        return err->code == ERR_NONE ? 0 : -1;
    a->counts->findings++;
    sqlite3_bind_int64(a->mark, 1, w->id);
    sqlite3_bind_int64(a->mark, 2, sqlite3_column_int64(finding, 0));
    return db_run(a->mark, err);
}

static int mark_findings(struct applying *a, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t rule;
    int step = -1;

    if (db_prepare(a->db,
                   "SELECT (SELECT serial FROM device WHERE device_id = ?1),"
                   " (SELECT name FROM client WHERE client_id = ?2)",
                   &a->serial, err) < 0 ||
        db_prepare(a->db, "UPDATE finding SET waiver = ?1 WHERE rowid = ?2",
                   &a->mark, err) < 0 ||
        db_prepare(a->db,
                   "SELECT rowid, rule_no, device_id, client_id, account FROM"
                   " finding WHERE period_id = :period_id",
                   &st, err) < 0 ||
        db_bind_int(st, ":period_id", a->period_id, err) < 0)
        goto out;
    while ((step = db_step(st, err)) == 1) {
        rule = sqlite3_column_int64(st, 1);
        if (rule < 0 || rule >= a->rule_count || !a->rules[rule].count)
            continue;
        if (mark_one(a, st, &a->rules[rule], err) < 0) {
            step = -1;
            break;
        }
    }
out:
    sqlite3_finalize(st);
    sqlite3_finalize(a->serial);
    sqlite3_finalize(a->mark);
    return step;
}

static const char tally[] =
    "UPDATE tally AS t SET waived = w.n FROM (SELECT client_id, rule_no,"
    " result, severity, count(*) AS n FROM finding WHERE period_id ="
    " :period_id AND waiver IS NOT NULL GROUP BY client_id, rule_no, result,"
    " severity) w WHERE t.period_id = :period_id AND t.client_id = w.client_id"
    " AND t.rule_no = w.rule_no AND t.result = w.result"
    " AND t.severity = w.severity";

static const char *state(struct applying *a, const struct waiver *w)
{
    int64_t today = (a->as_of - 1) / WHEN_DAY;
    struct waiver_counts *n = a->counts;

    n->overlapping += w->overlaps;
    n->own += w->cell[APPROVED][0] &&
              ascii_casecmp(w->cell[APPROVED], w->cell[OWNER]) == 0;
    if (!in_force(a, w)) {
        n->expired++;
        return "expired";
    }
    if (w->matches == 0) {
        n->unmatched++;
        return "unmatched";
    }
    if (w->expires / WHEN_DAY - today <= 30) {
        n->expiring++;
        return "expiring";
    }
    n->active++;
    return "active";
}

static int write_states(struct applying *a, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i;
    int rc = db_prepare(a->db, tally, &st, err);

    if (rc == 0)
        rc = db_bind_int(st, ":period_id", a->period_id, err);
    if (rc == 0)
        rc = db_run(st, err);
    sqlite3_finalize(st);
    st = NULL;
    if (rc == 0)
        rc = db_prepare(a->db,
                        "UPDATE waiver SET state = ?1, matches = ?2 WHERE "
                        "waiver_id = ?3",
                        &st, err);
    for (i = 0; i < a->count && rc == 0; i++) {
        sqlite3_bind_text(st, 1, state(a, &a->items[i]), -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 2, a->items[i].matches);
        sqlite3_bind_int64(st, 3, a->items[i].id);
        rc = db_run(st, err);
    }
    sqlite3_finalize(st);
    return rc;
}

/* What an earlier call for the period left; findings are only gone over where
 * there was something. */
static int forget(sqlite3 *db, int64_t period_id, struct err *err)
{
    char sql[256];

    snprintf(sql, sizeof(sql), "DELETE FROM waiver WHERE period_id = %lld",
             (long long)period_id);
    if (db_script(db, sql, err) < 0)
        return -1;
    if (sqlite3_changes(db) == 0)
        return 0;
    snprintf(sql, sizeof(sql),
             "UPDATE finding SET waiver = NULL WHERE period_id = %lld AND "
             "waiver IS NOT NULL;"
             "UPDATE tally SET waived = 0 WHERE period_id = %lld AND "
             "waived <> 0",
             (long long)period_id, (long long)period_id);
    return db_script(db, sql, err);
}

int waivers_apply(sqlite3 *db, const struct waivers *w, int64_t period_id,
                  int64_t as_of, struct waiver_counts *counts, struct err *err)
{
    struct applying a = {
        .db = db, .period_id = period_id, .as_of = as_of, .counts = counts};
    int64_t i;
    int rc = -1;

    *counts = (struct waiver_counts){0};
    if (forget(db, period_id, err) < 0)
        return -1;
    if (waivers_count(w) == 0)
        return 0;
    a.count = w->count;
    a.items = calloc(a.count, sizeof(*a.items));
    if (!a.items)
        return err_nomem(err);
    memcpy(a.items, w->items, a.count * sizeof(*a.items));
    if (insert_all(&a, err) == 0 && pick_for_rules(&a, err) == 0 &&
        mark_findings(&a, err) == 0)
        rc = write_states(&a, err);
    for (i = 0; i < a.rule_count && a.rules; i++)
        free(a.rules[i].items);
    free(a.rules);
    free(a.items);
    return rc;
}
