/*
 * cmd_diff.c - muster diff: what is new, fixed, worse, still open.
 *
 * Compares the findings of two judged periods by rule id, Mac and account. A
 * finding that is gone because its rule was not checked is not called fixed,
 * and one whose rule was not checked before is not called new.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/db.h"
#include "core/resource.h"
#include "core/table.h"
#include "core/text.h"
#include "core/when.h"
#include "report/query.h"

#include <jansson.h>

enum { LINES_MOST = 20 }; /* of one kind, without --verbose */

struct period {
    int64_t id, as_of;
    char label[64];
};

struct diff {
    sqlite3 *db;
    struct period from, to;
    const char *client;
    int64_t client_id; /* 0 for the whole fleet */
    bool next;         /* nothing was judged between the two */
    int gate;          /* severity of --fail-on; -1 for none */
    int64_t tripped;
    int64_t both, macs, failed_before, failed_now;
};

static const char *const severities[] = {"info", "low", "medium", "high",
                                         "critical"};

/* What can become of a finding, in the order in which people want it. */
static const struct change {
    const char *word, *title;
    bool listed; /* line by line, not only counted */
    bool bad;    /* --fail-on looks at it */
} changes[] = {
    {"new", "New", true, true},
    {"reopened", "Back again", true, true},
    {"worse", "Worse", true, true},
    {"measured", "Newly measured (not looked at before)", true, false},
    {"resolved", "Resolved", true, false},
    {"better", "Less severe", true, false},
    {"unclear", "Not known any more, still open", true, false},
    {"unmeasured", "No longer measured", true, false},
    {"gone", "Gone with their Macs", false, false},
    {"open", "Still open", false, false},
};

static const char *const mac_changes[] = {"appeared", "gone", "re-enrolled"};

static int severity_rank(const char *word)
{
    size_t i;

    for (i = 0; word && i < COUNT_OF(severities); i++)
        if (strcmp(word, severities[i]) == 0)
            return (int)i;
    return -1;
}

static void fn_rank(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    (void)argc;
    sqlite3_result_int(ctx,
                       severity_rank((const char *)sqlite3_value_text(v[0])));
}

/* ---------------------------------------------------------------- periods */

/* The period of a label; without one the newest, or the newest before "to". */
static int find_period(struct diff *d, const char *label, bool before,
                       struct period *out, struct err *err)
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
    if (step == 0 && before)
        return err_set(err, ERR_USAGE, "no period was judged before \"%s\"",
                       d->to.label);
    if (step == 0)
        return err_set(err, ERR_USAGE, "no period was judged yet");
    return step < 0 ? -1 : 0;
}

static int find_periods(struct diff *d, const struct call *c, struct err *err)
{
    const char *from = opt_text(c->opt, "from"), *to = opt_text(c->opt, "to");
    char sql[240];
    int64_t between;

    if (find_period(d, to, false, &d->to, err) < 0 ||
        find_period(d, from, !from, &d->from, err) < 0)
        return -1;
    if (d->from.id == d->to.id)
        return err_set(err, ERR_USAGE, "both periods are \"%s\"", d->to.label);
    snprintf(sql, sizeof(sql),
             "SELECT count(*) FROM run r, run a, run b WHERE a.period_id ="
             " %lld AND b.period_id = %lld AND r.period > a.period AND"
             " r.period < b.period",
             (long long)d->from.id, (long long)d->to.id);
    if (db_number(d->db, sql, 0, &between, err) < 0)
        return -1;
    d->next = between == 0 && strcmp(d->from.label, d->to.label) < 0;
    return 0;
}

static int find_client(struct diff *d, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (!d->client)
        return 0;
    if (db_prepare(d->db,
                   "SELECT client_id FROM client WHERE fold(name) ="
                   " fold(:name)",
                   &st, err) == 0 &&
        db_bind_text(st, ":name", d->client, err) == 0)
        step = db_step(st, err);
    if (step == 1)
        d->client_id = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    if (step == 0)
        return err_set(err, ERR_USAGE, "--client: there is no client \"%s\"",
                       d->client);
    return step < 0 ? -1 : 0;
}

/* ---------------------------------------------------------------- queries */

/* Prepare core/queries/NAME.sql with what it names of the parameters. */
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

    snprintf(path, sizeof(path), "core/queries/%s.sql", name);
    if (db_prepare(d->db, resource_text(path), st, err) < 0)
        return -1;
    for (i = 0; i < COUNT_OF(numbers); i++)
        if ((at = sqlite3_bind_parameter_index(*st, numbers[i].name)))
            sqlite3_bind_int64(*st, at, numbers[i].value);
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
    if (db_script(d->db, resource_text("core/queries/diff-prepare.sql"), err) <
        0)
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

/* ---------------------------------------------------------- checked in both */

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

/* Rates are compared over the results that are certain in both periods. */
static int count_both(struct diff *d, struct err *err)
{
    struct pairs p = {.count = 0};
    sqlite3_stmt *st = NULL;
    const char *a, *b;
    int step, na, nb;
    size_t i;

    if (read_pairs(d, &p, err) < 0)
        return -1;
    step = open_query(d, "diff-results", NULL, &st, err);
    while (step >= 0 && (step = db_step(st, err)) == 1) {
        a = sqlite3_column_blob(st, 0);
        b = sqlite3_column_blob(st, 1);
        na = sqlite3_column_bytes(st, 0);
        nb = sqlite3_column_bytes(st, 1);
        d->macs++;
        for (i = 0; i < p.count; i++) {
            if (p.a[i] >= na || p.b[i] >= nb || !judged(a[p.a[i]]) ||
                !judged(b[p.b[i]]))
                continue;
            d->both++;
            d->failed_before += a[p.a[i]] == 'F';
            d->failed_now += b[p.b[i]] == 'F';
        }
    }
    sqlite3_finalize(st);
    return step;
}

/* ----------------------------------------------------------------- output */

static json_t *change_json(sqlite3_stmt *st)
{
    char id[FINDING_ID_HEX];

    finding_id(db_text(st, 1), db_text(st, 3), db_text(st, 4), id);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:b}",
                     "finding_id", id, "change", db_text(st, 0), "rule",
                     db_text(st, 1), "client", db_text(st, 2), "serial",
                     db_text(st, 3), "account", db_text(st, 4), "before",
                     (const char *)sqlite3_column_text(st, 5), "after",
                     (const char *)sqlite3_column_text(st, 6), "evidence",
                     (const char *)sqlite3_column_text(st, 8), "waived",
                     sqlite3_column_int(st, 9));
}

/* "critical  ST-06  Acme  C02...  anna  why": before -> after where both are */
static void change_line(const struct diff *d, sqlite3_stmt *st, struct table *t)
{
    const char *before = db_text(st, 5), *after = db_text(st, 6);
    char what[160];

    if (before[0] && after[0] && strcmp(before, after) != 0)
        snprintf(what, sizeof(what), "%s -> %s", before, after);
    else
        snprintf(what, sizeof(what), "%s", after[0] ? after : before);
    if (sqlite3_column_int(st, 9))
        snprintf(what + strlen(what), sizeof(what) - strlen(what),
                 " (accepted risk)");
    if (d->client_id)
        table_row(t, db_text(st, 1), db_text(st, 3), db_text(st, 4), what,
                  db_text(st, 8));
    else
        table_row(t, db_text(st, 1), db_text(st, 2), db_text(st, 3),
                  db_text(st, 4), what, db_text(st, 8));
}

struct output {
    json_t *list; /* with --json */
    bool all;     /* --verbose */
    int64_t total;
};

static void trip(struct diff *d, const struct change *kind, sqlite3_stmt *st)
{
    if (kind->bad && d->gate >= 0 && sqlite3_column_int(st, 7) >= d->gate &&
        text_starts(db_text(st, 6), "fail") && !sqlite3_column_int(st, 9) &&
        sqlite3_column_int(st, 10))
        d->tripped++;
}

/* The findings that became one thing. */
static int one_change(struct diff *d, const struct change *kind,
                      struct output *out, int64_t *count, struct err *err)
{
    struct table *t = table_new(d->client_id ? "lllll" : "llllll");
    sqlite3_stmt *st = NULL;
    int step = open_query(d, "diff", kind->word, &st, err);

    *count = 0;
    while (step >= 0 && (step = db_step(st, err)) == 1) {
        trip(d, kind, st);
        if (out->list && kind->listed)
            json_array_append_new(out->list, change_json(st));
        else if (kind->listed && (out->all || *count < LINES_MOST))
            change_line(d, st, t);
        ++*count;
    }
    sqlite3_finalize(st);
    if (step == 0 && *count && !out->list) {
        printf("\n%s: %lld\n", kind->title, (long long)*count);
        if (!table_print(t, 2, stdout))
            step = err_nomem(err);
        if (kind->listed && !out->all && *count > LINES_MOST)
            printf("  ... and %lld more; --verbose lists all\n",
                   (long long)(*count - LINES_MOST));
    }
    table_free(t);
    return step;
}

static int one_mac_change(const struct diff *d, const char *word,
                          struct output *out, int64_t *count, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = open_query(d, "diff-devices", word, &st, err);

    *count = 0;
    while (step >= 0 && (step = db_step(st, err)) == 1) {
        if (out->list)
            json_array_append_new(out->list,
                                  json_pack("{s:s, s:s, s:s}", "change", word,
                                            "client", db_text(st, 1), "serial",
                                            db_text(st, 2)));
        else if (out->all || *count < LINES_MOST) {
            printf("%s", *count ? ", " : "");
            text_print_safe(db_text(st, 2), stdout);
        }
        ++*count;
    }
    sqlite3_finalize(st);
    return step;
}

static int macs_text(const struct diff *d, struct output *out, struct err *err)
{
    static const char *const titles[] = {"Macs that appeared", "Macs gone",
                                         "Macs enrolled anew"};
    int64_t n;
    size_t i;

    for (i = 0; i < COUNT_OF(mac_changes); i++) {
        struct output quiet = {.list = json_array()};
        int rc = one_mac_change(d, mac_changes[i], &quiet, &n, err);

        json_decref(quiet.list);
        if (rc < 0)
            return -1;
        if (n == 0)
            continue;
        out->total += n;
        printf("\n%s: %lld\n  ", titles[i], (long long)n);
        if (one_mac_change(d, mac_changes[i], out, &n, err) < 0)
            return -1;
        if (!out->all && n > LINES_MOST)
            printf(" and %lld more", (long long)(n - LINES_MOST));
        putchar('\n');
    }
    return 0;
}

static int print_text(struct diff *d, struct output *out, struct err *err)
{
    int64_t n;
    size_t i;

    printf("%s -> %s", d->from.label, d->to.label);
    if (d->client) {
        fputs(", ", stdout);
        text_print_safe(d->client, stdout);
    }
    printf("\n%lld results of %lld Macs are certain in both: %lld failed "
           "before, %lld now\n",
           (long long)d->both, (long long)d->macs, (long long)d->failed_before,
           (long long)d->failed_now);
    for (i = 0; i < COUNT_OF(changes); i++) {
        if (one_change(d, &changes[i], out, &n, err) < 0)
            return -1;
        if (strcmp(changes[i].word, "open") != 0)
            out->total += n;
    }
    if (macs_text(d, out, err) < 0)
        return -1;
    if (out->total == 0)
        printf("\nNo changes\n");
    return 0;
}

static json_t *period_json(const struct period *p)
{
    char when[32];

    when_format(p->as_of, when, sizeof(when));
    return json_pack("{s:s, s:s}", "period", p->label, "as_of", when);
}

static int print_json(struct diff *d, struct err *err)
{
    struct output found = {.list = json_array()}, macs = {.list = json_array()};
    json_t *counts = json_object(), *root;
    char *text = NULL;
    int64_t n;
    size_t i;

    for (i = 0; i < COUNT_OF(changes) && err->code == ERR_NONE; i++)
        if (one_change(d, &changes[i], &found, &n, err) == 0)
            json_object_set_new(counts, changes[i].word, json_integer(n));
    for (i = 0; i < COUNT_OF(mac_changes) && err->code == ERR_NONE; i++)
        one_mac_change(d, mac_changes[i], &macs, &n, err);
    root = json_pack(
        "{s:s, s:o, s:o, s:s?, s:{s:I, s:I, s:I, s:I}, s:o, s:o, s:o}",
        "schema", "muster.diff/1", "from", period_json(&d->from), "to",
        period_json(&d->to), "client", d->client, "checked_in_both", "macs",
        (json_int_t)d->macs, "results", (json_int_t)d->both, "failed_before",
        (json_int_t)d->failed_before, "failed_now", (json_int_t)d->failed_now,
        "counts", counts, "changes", found.list, "macs", macs.list);
    if (root && err->code == ERR_NONE)
        text = json_dumps(root, JSON_INDENT(1));
    json_decref(root);
    if (!text)
        return err->code == ERR_NONE ? err_nomem(err) : -1;
    puts(text);
    free(text);
    return 0;
}

static int compare(struct diff *d, const struct call *c, struct err *err)
{
    struct output out = {.all = opt_talk(c->opt) > 1};

    if (find_periods(d, c, err) < 0 || find_client(d, err) < 0 ||
        prepare(d, err) < 0 || count_both(d, err) < 0)
        return -1;
    if ((opt_flag(c->opt, "json") ? print_json(d, err)
                                  : print_text(d, &out, err)) < 0)
        return -1;
    if (d->tripped)
        return err_set(err, ERR_GATE,
                       "%lld new or worse findings are %s or worse (--fail-on)",
                       (long long)d->tripped, severities[d->gate]);
    return 0;
}

static int run(const struct call *c, struct err *err)
{
    struct diff d = {.client = opt_text(c->opt, "client"), .gate = -1};
    const char *gate = opt_text(c->opt, "fail-on");
    int rc = -1;

    if (c->count > 0)
        return err_set(err, ERR_USAGE,
                       "diff: takes no operand; name periods "
                       "with --from and --to");
    d.gate = severity_rank(gate);
    if (gate && d.gate < 0)
        return err_set(err, ERR_USAGE,
                       "--fail-on: \"%s\" is none of critical, high, medium, "
                       "low, info",
                       gate);
    d.db = command_store(c, DB_READ, err);
    if (d.db)
        rc = compare(&d, c, err);
    db_close(d.db);
    return rc;
}

static const char *const options[] = {"from", "to", "client", "fail-on", NULL};

const struct command cmd_diff = {
    .name = "diff",
    .summary = "Compare two periods: new, resolved, worse, still open",
    .usage = "diff [OPTIONS]",
    .help =
        "Compare the findings of two judged periods, by default the newest one\n"
        "with the one before it. Rates are compared over results that are\n"
        "certain in both. What was not checked before is \"newly measured\" and\n"
        "no bad news; what is no longer checked is not called resolved.\n"
        "\n"
        "--fail-on ends with 3 where something new, returned or worse failed\n"
        "with that severity or a graver one; accepted risks do not count.",
    .examples = "  muster diff\n"
                "  muster diff --from 2026-08 --to 2026-11 --client Northwind\n"
                "  muster diff --json --fail-on high\n",
    .options = options,
    .run = run,
};
