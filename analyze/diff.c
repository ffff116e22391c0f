/*
 * diff.c - two judged periods compared.
 */
#include "core/base.h"

#include "analyze/diff.h"
#include "core/db.h"
#include "core/gates.h"
#include "core/resource.h"
#include "core/text.h"

static void fn_rank(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    (void)argc;
    sqlite3_result_int(ctx,
                       gates_severity((const char *)sqlite3_value_text(v[0])));
}

/* ---------------------------------------------------------------- periods */

/* The period of a label; without one the newest, or the newest before "to",
 * which the first one lacks: out->id stays 0 then. */
static int find_period(struct diff *d, const char *label, bool before,
                       struct diff_period *out, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(d->db,
                   "SELECT period_id, period, as_of FROM run"
                   " WHERE (:label = '' OR period = :label)"
                   "   AND (NOT :before OR period < :to)"
                   " ORDER BY period DESC LIMIT 1",
                   &st, err) == 0 &&
        db_bind_text(st, ":label", label ? label : "", err) == 0 &&
        db_bind_int(st, ":before", before, err) == 0 &&
        db_bind_text(st, ":to", d->to.label, err) == 0)
        step = db_step(st, err);
    if (step == 1) {
        out->id = sqlite3_column_int64(st, 0);
        out->as_of = sqlite3_column_int64(st, 2);
        snprintf(out->label, sizeof(out->label), "%s", db_text(st, 1));
    }
    sqlite3_finalize(st);
    if (step == 0 && label)
        return err_set(err, ERR_USAGE, "no period \"%s\" was judged", label);
    if (step == 0 && !before)
        return err_set(err, ERR_USAGE, "no period was judged yet");
    return step < 0 ? -1 : 0;
}

/* The number that a statement about the two periods gives. */
static int ask_periods(const struct diff *d, const char *sql, int64_t *out,
                       struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(d->db, sql, &st, err) == 0 &&
        db_bind_int(st, ":from", d->from.id, err) == 0 &&
        db_bind_int(st, ":to", d->to.id, err) == 0 &&
        (step = db_step(st, err)) == 1)
        *out = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return step == 1 ? 0 : -1;
}

static int find_periods(struct diff *d, const char *from, const char *to,
                        struct err *err)
{
    int64_t between, settings;

    if (find_period(d, to, false, &d->to, err) < 0 ||
        find_period(d, from, !from, &d->from, err) < 0)
        return -1;
    if (d->from.id == 0)
        return 0;
    if (d->from.id == d->to.id)
        return err_set(err, ERR_USAGE, "both periods are \"%s\"", d->to.label);
    if (ask_periods(d,
                    "SELECT count(*) FROM run r, run a, run b WHERE a.period_id"
                    " = :from AND b.period_id = :to AND r.period > a.period AND"
                    " r.period < b.period",
                    &between, err) < 0 ||
        ask_periods(d,
                    "SELECT count(DISTINCT policy) - 1 FROM run"
                    " WHERE period_id IN (:from, :to)",
                    &settings, err) < 0)
        return -1;
    d->next = between == 0 && strcmp(d->from.label, d->to.label) < 0;
    d->settings = settings > 0;
    return 0;
}

static int find_client(struct diff *d, const char *client, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (!client)
        return 0;
    if (db_prepare(d->db,
                   "SELECT client_id FROM client WHERE fold(name) ="
                   " fold(:name)",
                   &st, err) == 0 &&
        db_bind_text(st, ":name", client, err) == 0)
        step = db_step(st, err);
    if (step == 1)
        d->client_id = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    if (step == 0)
        return err_set(err, ERR_USAGE, "--client: there is no client \"%s\"",
                       client);
    return step < 0 ? -1 : 0;
}

/* ---------------------------------------------------------------- queries */

/* Prepare analyze/queries/NAME.sql with what it names of the parameters. */
static int open_query(const struct diff *d, const char *name,
                      const char *change, sqlite3_stmt **st, struct err *err)
{
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {{":from", d->from.id},
                   {":to", d->to.id},
                   {":client_id", d->client_id},
                   {":next", d->next}};
    char path[80];
    size_t i;
    int at;

    snprintf(path, sizeof(path), "analyze/queries/%s.sql", name);
    if (db_prepare(d->db, resource_text(path), st, err) < 0)
        return -1;
    for (i = 0; i < COUNT_OF(numbers); i++)
        if ((at = sqlite3_bind_parameter_index(*st, numbers[i].name)))
            sqlite3_bind_int64(*st, at, numbers[i].value);
    if ((at = sqlite3_bind_parameter_index(*st, ":use")))
        sqlite3_bind_text(*st, at, d->use, -1, SQLITE_STATIC);
    if ((at = sqlite3_bind_parameter_index(*st, ":change")))
        sqlite3_bind_text(*st, at, change ? change : "", -1, SQLITE_STATIC);
    return 0;
}

static int prepare(const struct diff *d, struct err *err)
{
    static const char *const fill[] = {"diff-before", "diff-after", "diff-macs",
                                       "diff-ids"};
    sqlite3_stmt *st;
    size_t i;
    int rc;

    if (sqlite3_create_function(d->db, "diff_rank", 1,
                                SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                fn_rank, NULL, NULL) != SQLITE_OK)
        return db_fail(d->db, "register a function", err);
    if (db_script(d->db, resource_text("analyze/queries/diff-prepare.sql"),
                  err) < 0)
        return -1;
    for (i = 0; i < COUNT_OF(fill); i++) {
        st = NULL;
        rc = open_query(d, fill[i], NULL, &st, err);
        if (rc == 0)
            rc = db_run(st, err);
        sqlite3_finalize(st);
        if (rc < 0)
            return -1;
    }
    return 0;
}

/* ------------------------------------------------------- checked in both */

struct pairs {
    int a[512], b[512];
    size_t count;
};

static int read_pairs(const struct diff *d, struct pairs *p, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = open_query(d, "diff-rules", NULL, &st, err);

    while (step >= 0 && (step = db_step(st, err)) == 1)
        if (p->count < COUNT_OF(p->a)) {
            p->a[p->count] = sqlite3_column_int(st, 0);
            p->b[p->count++] = sqlite3_column_int(st, 1);
        }
    sqlite3_finalize(st);
    return step;
}

static bool judged(char letter)
{
    return letter == 'P' || letter == 'F';
}

static void count_mac(struct diff *d, const struct pairs *p, sqlite3_stmt *st)
{
    const char *a = sqlite3_column_blob(st, 0), *b = sqlite3_column_blob(st, 1);
    int na = sqlite3_column_bytes(st, 0), nb = sqlite3_column_bytes(st, 1);
    size_t i;

    d->macs++;
    for (i = 0; i < p->count; i++) {
        if (p->a[i] >= na || p->b[i] >= nb || !judged(a[p->a[i]]) ||
            !judged(b[p->b[i]]))
            continue;
        d->both++;
        d->failed_before += a[p->a[i]] == 'F';
        d->failed_now += b[p->b[i]] == 'F';
    }
}

/* Rates are compared over the results that are certain in both periods. */
static int count_both(struct diff *d, struct err *err)
{
    struct pairs p = {.count = 0};
    sqlite3_stmt *st = NULL;
    int step;

    if (read_pairs(d, &p, err) < 0)
        return -1;
    step = open_query(d, "diff-results", NULL, &st, err);
    while (step >= 0 && (step = db_step(st, err)) == 1)
        count_mac(d, &p, st);
    sqlite3_finalize(st);
    return step;
}

int diff_open(struct diff *d, sqlite3 *db, const char *from, const char *to,
              const char *client, const char *use, struct err *err)
{
    *d = (struct diff){.db = db, .use = use};
    if (find_periods(d, from, to, err) < 0 || find_client(d, client, err) < 0)
        return -1;
    if (d->from.id == 0)
        return 0;
    return prepare(d, err) < 0 ? -1 : count_both(d, err);
}

/* ---------------------------------------------------------------- answers */

int diff_findings(const struct diff *d, const char *change, diff_finding_fn *fn,
                  void *ctx, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = open_query(d, "diff", change, &st, err);

    while (step >= 0 && (step = db_step(st, err)) == 1) {
        struct diff_finding f = {
            .change = db_text(st, 0),
            .rule = db_text(st, 1),
            .client = db_text(st, 2),
            .serial = db_text(st, 3),
            .account = db_text(st, 4),
            .before = (const char *)sqlite3_column_text(st, 5),
            .after = (const char *)sqlite3_column_text(st, 6),
            .rank = sqlite3_column_int(st, 7),
            .evidence = (const char *)sqlite3_column_text(st, 8),
            .waived = sqlite3_column_int(st, 9) != 0,
            .counted = sqlite3_column_int(st, 10) != 0,
        };

        f.failed = f.after && text_starts(f.after, "fail");
        if (fn(ctx, &f, err) < 0) {
            step = -1;
            break;
        }
    }
    sqlite3_finalize(st);
    return step;
}

int diff_macs(const struct diff *d, const char *change, diff_mac_fn *fn,
              void *ctx, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = open_query(d, "diff-devices", change, &st, err);

    while (step >= 0 && (step = db_step(st, err)) == 1)
        if (fn(ctx, db_text(st, 1), db_text(st, 2), err) < 0) {
            step = -1;
            break;
        }
    sqlite3_finalize(st);
    return step;
}

int diff_rules(const struct diff *d, diff_rule_fn *fn, void *ctx,
               struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = open_query(d, "diff-catalogue", NULL, &st, err);

    while (step >= 0 && (step = db_step(st, err)) == 1)
        if (fn(ctx, db_text(st, 0), db_text(st, 1), db_text(st, 2), err) < 0) {
            step = -1;
            break;
        }
    sqlite3_finalize(st);
    return step;
}
