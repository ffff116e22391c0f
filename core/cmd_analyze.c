/*
 * cmd_analyze.c - muster analyze: judge what was ingested.
 */
#include "core/base.h"

#include "analyze/analyze.h"
#include "core/commands.h"
#include "core/config.h"
#include "core/db.h"

#include <jansson.h>

/* Accepted risks, with what their owners should look at. */
static void print_accepted(const struct analyze_summary *s, FILE *out)
{
    const struct {
        int64_t count;
        const char *what;
    } parts[] = {{s->expiring, "ending within 30 days"},
                 {s->expired, "expired"},
                 {s->unmatched, "without a match"},
                 {s->overlapping, "overlapping"},
                 {s->own, "approved by their own owner"}};
    size_t i;

    for (i = 0; i < COUNT_OF(parts) && !parts[i].count; i++)
        ;
    if (!s->waived && i == COUNT_OF(parts))
        return;
    fprintf(out, "  accepted risks: %lld findings covered",
            (long long)s->waived);
    for (; i < COUNT_OF(parts); i++)
        if (parts[i].count)
            fprintf(out, ", %lld %s", (long long)parts[i].count, parts[i].what);
    fputc('\n', out);
}

static void print_summary(const struct analyze_summary *s, const char *period,
                          FILE *out)
{
    fprintf(out,
            "%s: %lld Macs, %lld accounts: %lld at risk, %lld undetermined, "
            "%lld need attention, %lld partly measured, %lld clean\n",
            period, (long long)s->devices, (long long)s->accounts,
            (long long)s->at_risk, (long long)s->undetermined,
            (long long)s->attention, (long long)s->partial,
            (long long)s->clean);
    fprintf(out, "  failed: %lld critical, %lld high, %lld medium, %lld low\n",
            (long long)s->failed[4], (long long)s->failed[3],
            (long long)s->failed[2], (long long)s->failed[1]);
    if (s->not_reporting)
        fprintf(out, "  not reporting: %lld Macs\n",
                (long long)s->not_reporting);
    if (s->conflicts)
        fprintf(out, "  sources disagree: %lld values\n",
                (long long)s->conflicts);
    if (s->replaced)
        fprintf(out, "  enrolled again: %lld older records left out\n",
                (long long)s->replaced);
    if (s->unjoined)
        fprintf(out, "  no serial number found: %lld rows\n",
                (long long)s->unjoined);
    print_accepted(s, out);
    if (s->broken)
        fprintf(out, "  rules at fault: %zu\n", s->broken);
}

static int print_json(const struct analyze_summary *s, const char *period,
                      struct err *err)
{
    json_t *o = json_pack(
        "{s:s, s:s, s:I, s:I, s:{s:I, s:I, s:I, s:I, s:I}, s:I,"
        " s:{s:I, s:I, s:I, s:I, s:I}, s:I, s:I, s:I, s:I, s:I}",
        "schema", "muster.analyze/1", "period", period, "devices",
        (json_int_t)s->devices, "accounts", (json_int_t)s->accounts, "verdicts",
        "at-risk", (json_int_t)s->at_risk, "undetermined",
        (json_int_t)s->undetermined, "attention", (json_int_t)s->attention,
        "partial", (json_int_t)s->partial, "clean", (json_int_t)s->clean,
        "not_reporting", (json_int_t)s->not_reporting, "failed", "critical",
        (json_int_t)s->failed[4], "high", (json_int_t)s->failed[3], "medium",
        (json_int_t)s->failed[2], "low", (json_int_t)s->failed[1], "info",
        (json_int_t)s->failed[0], "replaced", (json_int_t)s->replaced,
        "unjoined", (json_int_t)s->unjoined, "conflicts",
        (json_int_t)s->conflicts, "waived", (json_int_t)s->waived,
        "rules_at_fault", (json_int_t)s->broken);
    int rc = o ? json_dumpf(o, stdout, JSON_INDENT(2)) : -1;

    json_decref(o);
    putchar('\n');
    return rc < 0 ? err_set(err, ERR_FAIL, "cannot write JSON") : 0;
}

/* A broken rule is told once everything else is done; a gate comes after it. */
static int conclude(sqlite3 *db, const struct analyze_summary *s,
                    const char *fail_on, struct err *err)
{
    int64_t count;

    if (s->broken) {
        *err = s->rule_error;
        return -1;
    }
    if (!fail_on)
        return 0;
    if (analyze_fails_on(db, s->period_id, fail_on, &count, err) < 0)
        return -1;
    if (count)
        return err_set(err, ERR_GATE,
                       "%lld findings are %s or worse (--fail-on)",
                       (long long)count, fail_on);
    return 0;
}

static int check_fail_on(const char *word, struct err *err)
{
    int64_t count;
    sqlite3 *none = NULL;

    /* An unknown word is told before anything is judged. */
    if (!word || strcmp(word, "critical") == 0 || strcmp(word, "high") == 0 ||
        strcmp(word, "medium") == 0 || strcmp(word, "low") == 0 ||
        strcmp(word, "info") == 0)
        return 0;
    return analyze_fails_on(none, 0, word, &count, err);
}

static int run(const struct call *c, struct err *err)
{
    struct analyze_options o = {
        .rules_dir = opt_text(c->opt, "rules"),
        .remedies_dir = opt_text(c->opt, "remedies"),
        .waivers_file = opt_text(c->opt, "waivers"),
    };
    const char *fail_on = opt_text(c->opt, "fail-on");
    struct analyze_summary summary;
    struct config *config = NULL;
    sqlite3 *db = NULL;
    char period[64];
    int rc = -1;

    if (c->count)
        return err_set(err, ERR_USAGE, "analyze takes no operand");
    if (check_fail_on(fail_on, err) < 0 ||
        opt_as_of(c->opt, &o.as_of, err) < 0 ||
        opt_period(c->opt, o.as_of, period, sizeof(period), err) < 0)
        return -1;
    o.period = period;
    config = config_load(c->opt, err);
    o.config = config;
    if (config)
        db = command_store(c, DB_WRITE, err);
    if (db && analyze(db, &o, &summary, err) == 0) {
        rc = 0;
        if (opt_flag(c->opt, "json"))
            rc = print_json(&summary, period, err);
        else if (opt_talk(c->opt))
            print_summary(&summary, period, stderr);
        if (rc == 0)
            rc = conclude(db, &summary, fail_on, err);
    }
    db_close(db);
    config_free(config);
    return rc;
}

static const char *const options[] = {"as-of",   "period",  "rules", "remedies",
                                      "waivers", "fail-on", NULL};

const struct command cmd_analyze = {
    .name = "analyze",
    .summary = "Judge what was ingested",
    .usage = "analyze [OPTIONS]",
    .help =
        "Merges what the exports of a period say into one set of facts a Mac,\n"
        "derives what follows from them, and runs every rule. What comes of it\n"
        "stays in the database for \"muster report\" and \"muster explain\".\n"
        "Doing it again gives the same results.\n"
        "\n"
        "Ages run to --as-of. A rule at fault is an error in every report and\n"
        "ends the program with status 5, once all others are done.",
    .examples = "  muster analyze\n"
                "  muster analyze --period 2026-11 --as-of 2026-11-30\n"
                "  muster analyze --rules my-rules --fail-on critical\n",
    .options = options,
    .run = run,
};
