/*
 * history.c - what earlier periods said of a finding.
 *
 * Periods are read as they were judged, in the order of their labels and not
 * by when they were run. Of each, one Mac at a time is kept: its results and
 * its findings; most findings are settled by the period just before.
 */
#include "core/base.h"

#include "analyze/arena.h"
#include "analyze/history.h"
#include "core/db.h"
#include "core/text.h"

struct past_finding {
    int rule_no;
    const char *account;
    int64_t first_seen;
};

struct past {
    int64_t period_id;
    int *rule_no;      /* by our rule number; -1 where it had no such rule */
    int64_t device_id; /* whose results are loaded; 0: none */
    bool present;
    char *letters;
    size_t letter_count, letter_cap;
    struct past_finding *findings;
    size_t count, cap;
    struct arena arena;
};

struct history {
    sqlite3 *db;
    struct past *periods; /* newest first */
    size_t count;
    sqlite3_stmt *results, *findings;
};

static int add_period(struct history *h, int64_t id, size_t rules,
                      struct err *err)
{
    struct past *p = realloc(h->periods, (h->count + 1) * sizeof(*p));
    size_t i;

    if (!p)
        return err_nomem(err);
    h->periods = p;
    p = &h->periods[h->count++];
    *p = (struct past){.period_id = id};
    p->rule_no = malloc((rules + 1) * sizeof(*p->rule_no));
    if (!p->rule_no)
        return err_nomem(err);
    for (i = 0; i < rules; i++)
        p->rule_no[i] = -1;
    return 0;
}

static int read_periods(struct history *h, const char *period,
                        const struct catalogue *rules, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(h->db,
                   "SELECT period_id FROM run WHERE period < :period"
                   " ORDER BY period DESC",
                   &st, err) == 0 &&
        db_bind_text(st, ":period", period, err) == 0)
        while ((step = db_step(st, err)) == 1)
            if (add_period(h, sqlite3_column_int64(st, 0), rules->count, err) <
                0) {
                step = -1;
                break;
            }
    sqlite3_finalize(st);
    return step;
}

static int read_rules(struct history *h, const struct catalogue *rules,
                      struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i, k;
    int step;

    if (db_prepare(h->db, "SELECT rule_no, id FROM rule WHERE period_id = ?1",
                   &st, err) < 0)
        return -1;
    for (i = 0; i < h->count; i++) {
        sqlite3_bind_int64(st, 1, h->periods[i].period_id);
        while ((step = db_step(st, err)) == 1)
            for (k = 0; k < rules->count; k++)
                if (strcmp(rules->rules[k]->id, db_text(st, 1)) == 0)
                    h->periods[i].rule_no[k] = sqlite3_column_int(st, 0);
        sqlite3_reset(st);
        if (step < 0)
            break;
    }
    sqlite3_finalize(st);
    return i < h->count ? -1 : 0;
}

struct history *history_open(sqlite3 *db, const char *period,
                             const struct catalogue *rules, struct err *err)
{
    struct history *h = calloc(1, sizeof(*h));

    if (!h) {
        err_nomem(err);
        return NULL;
    }
    h->db = db;
    if (read_periods(h, period, rules, err) < 0 ||
        read_rules(h, rules, err) < 0 ||
        db_prepare(db,
                   "SELECT results FROM device_result"
                   " WHERE period_id = ?1 AND device_id = ?2",
                   &h->results, err) < 0 ||
        db_prepare(db,
                   "SELECT rule_no, account, first_seen FROM finding"
                   " WHERE period_id = ?1 AND device_id = ?2",
                   &h->findings, err) < 0) {
        history_close(h);
        return NULL;
    }
    return h;
}

void history_close(struct history *h)
{
    size_t i;

    if (!h)
        return;
    sqlite3_finalize(h->results);
    sqlite3_finalize(h->findings);
    for (i = 0; i < h->count; i++) {
        free(h->periods[i].rule_no);
        free(h->periods[i].letters);
        free(h->periods[i].findings);
        arena_free(&h->periods[i].arena);
    }
    free(h->periods);
    free(h);
}

static int load_letters(struct history *h, struct past *p, struct err *err)
{
    const void *blob;
    size_t n;
    int step;

    sqlite3_bind_int64(h->results, 1, p->period_id);
    sqlite3_bind_int64(h->results, 2, p->device_id);
    step = db_step(h->results, err);
    p->present = step == 1;
    if (step == 1) {
        blob = sqlite3_column_blob(h->results, 0);
        n = (size_t)sqlite3_column_bytes(h->results, 0);
        if (n > p->letter_cap) {
            char *letters = realloc(p->letters, n);

            if (!letters) {
                sqlite3_reset(h->results);
                return err_nomem(err);
            }
            p->letters = letters;
            p->letter_cap = n;
        }
        if (n)
            memcpy(p->letters, blob, n);
        p->letter_count = n;
    }
    sqlite3_reset(h->results);
    return step < 0 ? -1 : 0;
}

static int load_findings(struct history *h, struct past *p, struct err *err)
{
    int step;

    p->count = 0;
    arena_reset(&p->arena);
    sqlite3_bind_int64(h->findings, 1, p->period_id);
    sqlite3_bind_int64(h->findings, 2, p->device_id);
    while ((step = db_step(h->findings, err)) == 1) {
        const char *account = db_text(h->findings, 1);
        size_t cap = p->cap ? 2 * p->cap : 16;

        if (p->count == p->cap) {
            struct past_finding *f = realloc(p->findings, cap * sizeof(*f));

            if (!f) {
                step = err_nomem(err);
                break;
            }
            p->findings = f;
            p->cap = cap;
        }
        p->findings[p->count++] = (struct past_finding){
            sqlite3_column_int(h->findings, 0),
            arena_copy(&p->arena, account, strlen(account)),
            sqlite3_column_int64(h->findings, 2)};
        if (p->arena.failed) {
            step = err_nomem(err);
            break;
        }
    }
    sqlite3_reset(h->findings);
    return step;
}

static int load(struct history *h, struct past *p, int64_t device_id,
                struct err *err)
{
    if (p->device_id == device_id)
        return 0;
    p->device_id = device_id;
    p->count = 0;
    if (load_letters(h, p, err) < 0)
        return -1;
    return p->present ? load_findings(h, p, err) : 0;
}

static const struct past_finding *look_up(const struct past *p, int rule_no,
                                          const char *account)
{
    size_t i;

    for (i = 0; i < p->count; i++)
        if (p->findings[i].rule_no == rule_no &&
            ascii_casecmp(p->findings[i].account, account) == 0)
            return &p->findings[i];
    return NULL;
}

int history_state(struct history *h, int64_t device_id, size_t rule,
                  const char *account, int64_t as_of, const char **state,
                  int64_t *first_seen, struct err *err)
{
    bool before = false;   /* an earlier period has the Mac */
    bool was_gone = false; /* it was looked for since, and not found */
    size_t i;

    *state = "new";
    *first_seen = as_of;
    for (i = 0; i < h->count; i++) {
        struct past *p = &h->periods[i];
        const struct past_finding *f;
        int rule_no = p->rule_no[rule];
        char letter = 0;

        if (load(h, p, device_id, err) < 0)
            return -1;
        if (!p->present)
            continue;
        if (rule_no >= 0 && (size_t)rule_no < p->letter_count)
            letter = p->letters[rule_no];
        f = rule_no >= 0 ? look_up(p, rule_no, account) : NULL;
        if (f) {
            *state = was_gone ? "reopened" : "open";
            *first_seen = f->first_seen;
            return 0;
        }
        if (letter && letter != 'C' && letter != 'E')
            was_gone = true;
        else if (!before)
            *state = "measured";
        before = true;
    }
    return 0;
}
