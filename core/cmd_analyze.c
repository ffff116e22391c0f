/*
 * cmd_analyze.c - muster analyze: judge what was ingested.
 */
#include "core/base.h"

#include "analyze/summary.h"
#include "analyze/analyze.h"
#include "core/commands.h"
#include "core/config.h"
#include "core/db.h"
#include "core/gates.h"
#include "core/text.h"

#include <jansson.h>

static void print_summary(const struct analyze_summary *s, const char *period,
                          FILE *out)
{
    fprintf(out,
            "%s: %lld %s, %lld %s: %lld at risk, %lld undetermined, "
            "%lld need attention, %lld partly measured, %lld clean\n",
            period, COUNTED(s->devices, "Mac"), COUNTED(s->accounts, "account"),
            (long long)s->at_risk, (long long)s->undetermined,
            (long long)s->attention, (long long)s->partial,
            (long long)s->clean);
    fprintf(out, "  failed: %lld critical, %lld high, %lld medium, %lld low\n",
            (long long)s->failed[4], (long long)s->failed[3],
            (long long)s->failed[2], (long long)s->failed[1]);
    if (s->not_reporting)
        fprintf(out, "  not reporting: %lld %s\n",
                COUNTED(s->not_reporting, "Mac"));
    if (s->conflicts)
        fprintf(out, "  sources disagree: %lld %s\n",
                COUNTED(s->conflicts, "value"));
    if (s->replaced)
        fprintf(out, "  enrolled again: %lld older %s left out\n",
                COUNTED(s->replaced, "record"));
    if (s->unjoined)
        fprintf(out, "  no serial number found: %lld %s\n",
                COUNTED(s->unjoined, "row"));
    summary_strangers(s, "  ", out);
    summary_sections(s, "  ", out);
    summary_required(s, "  ", out);
    summary_accepted(s, "  ", out);
    summary_replay(s, "  ", out);
    if (s->broken)
        fprintf(out, "  rules at fault: %zu\n", s->broken);
}

static void print_work(const struct analyze_summary *s, FILE *out)
{
    fprintf(out,
            "  CPU seconds: %.2f facts, %.2f derived facts, %.2f rules, "
            "%.2f results\n",
            s->resolving, s->deriving, s->asking, s->keeping);
}

static int print_json(const struct analyze_summary *s, const char *period,
                      struct err *err)
{
    json_t *o = json_pack(
        "{s:s, s:s, s:I, s:I, s:{s:I, s:I, s:I, s:I, s:I}, s:I,"
        " s:{s:I, s:I, s:I, s:I, s:I}, s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:I}",
        "schema", "muster.analyze/1", "period", period, "devices",
        (json_int_t)s->devices, "accounts", (json_int_t)s->accounts, "verdicts",
        "at-risk", (json_int_t)s->at_risk, "undetermined",
        (json_int_t)s->undetermined, "attention", (json_int_t)s->attention,
        "partial", (json_int_t)s->partial, "clean", (json_int_t)s->clean,
        "not_reporting", (json_int_t)s->not_reporting, "failed", "critical",
        (json_int_t)s->failed[4], "high", (json_int_t)s->failed[3], "medium",
        (json_int_t)s->failed[2], "low", (json_int_t)s->failed[1], "info",
        (json_int_t)s->failed[0], "replaced", (json_int_t)s->replaced,
        "unjoined", (json_int_t)s->unjoined, "accounts_not_found",
        (json_int_t)s->strangers, "conflicts", (json_int_t)s->conflicts,
        "waived", (json_int_t)s->waived, "accepted_risks",
        summary_accepted_json(s), "replayed", (json_int_t)s->replayed,
        "not_replayed", (json_int_t)s->not_replayed, "rules_at_fault",
        (json_int_t)s->broken);
    int rc = o ? json_dumpf(o, stdout, JSON_INDENT(2)) : -1;

    json_decref(o);
    putchar('\n');
    return rc < 0 ? err_set(err, ERR_FAIL, "cannot write JSON") : 0;
}

/* A broken rule is told once everything else is done; a gate comes after it. */
static int conclude(sqlite3 *db, const struct call *c,
                    const struct analyze_summary *s, struct err *err)
{
    const struct gates gates = {.period_id = s->period_id};

    if (s->broken) {
        *err = s->rule_error;
        return -1;
    }
    return gates_ask(db, c->opt, &gates, err);
}

static int run(const struct call *c, struct err *err)
{
    struct analyze_options o = {
        .rules_dir = opt_text(c->opt, "rules"),
        .remedies_dir = opt_text(c->opt, "remedies"),
        .waivers_file = opt_text(c->opt, "waivers"),
        .replay = opt_flag(c->opt, "replay"),
    };
    struct analyze_summary summary;
    struct config *config = NULL;
    sqlite3 *db = NULL;
    char period[64];
    int rc = -1;

    if (c->count)
        return err_set(err, ERR_USAGE, "analyze: takes no operand");
    if (gates_check(c->opt, err) < 0 || opt_as_of(c->opt, &o.as_of, err) < 0 ||
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
        if (opt_talk(c->opt) > 1)
            print_work(&summary, stderr);
        if (rc == 0)
            rc = conclude(db, c, &summary, err);
    }
    db_close(db);
    config_free(config);
    return rc;
}

static const char *const options[] = {
    "as-of",   "period",   "rules",       "remedies", "waivers", "replay",
    "fail-on", "min-rate", "max-unknown", "max-age",  NULL};

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
        "With --replay all earlier periods are judged anew, each as of its own\n"
        "day, by the rules and settings of this run: a trend then does not jump\n"
        "where a rule changed. Risks accepted then stay accepted.\n"
        "\n"
        "Ages run to --as-of. A rule at fault is an error in every report and\n"
        "ends the program with status 5, once all others are done. Accepted\n"
        "risks trip no gate; unknown ones can (--max-unknown).",
    .examples = "  muster analyze\n"
                "  muster analyze --period 2026-11 --as-of 2026-11-30\n"
                "  muster analyze --rules my-rules --fail-on critical\n"
                "  muster analyze --replay\n",
    .options = options,
    .run = run,
};
