/*
 * cmd_run.c - muster run: ingest, judge, report, and say it in five lines.
 */
#include "core/base.h"

#include "analyze/summary.h"
#include "analyze/analyze.h"
#include "core/color.h"
#include "core/commands.h"
#include "core/config.h"
#include "core/db.h"
#include "core/expectation.h"
#include "core/gates.h"
#include "core/resource.h"
#include "core/supply.h"
#include "core/text.h"
#include "ingest/command.h"
#include "report/command.h"
#include "report/report.h"

#include <jansson.h>
#include <sys/stat.h>

/* What the five lines, or the JSON object, are made from. */
struct told {
    const struct ingest_command *ingest;
    const struct analyze_summary *judged;
    const struct report_summary *reports;
    int64_t records, rejected, left_out;
    int64_t worst_macs; /* Macs of the worst finding */
    char worst_title[200], worst_serial[64], worst_severity[16];
    struct supply_gain gain; /* supply NULL where nothing is missing */
    struct expectation expected;
    json_t *expected_json; /* with --json */
    json_t *absent; /* names of clients that earlier periods have, not this */
};

#define SHOWN_CLIENTS 10

/* A file where a folder should be is said before anything is read. */
static int check_output(const struct call *c, struct err *err)
{
    const char *dir = opt_text_or(c->opt, "output", "reports");
    struct stat st;

    if (stat(dir, &st) == 0 && !S_ISDIR(st.st_mode)) {
        err_at(err, ERR_OUTPUT, dir, 0, 0, "is no folder");
        return err_hint(err, "name a folder with --output");
    }
    return 0;
}

static int count_records(sqlite3 *db, struct told *t, struct err *err)
{
    static const char sql[] =
        "SELECT coalesce(sum(i.records), 0), coalesce(sum(i.rejected), 0),"
        "       coalesce(sum(i.left_out), 0)"
        "  FROM run_import r JOIN import i USING (import_id)"
        " WHERE r.period_id = ?1";
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, t->judged->period_id);
    step = db_step(st, err);
    if (step == 1) {
        t->records = sqlite3_column_int64(st, 0);
        t->rejected = sqlite3_column_int64(st, 1);
        t->left_out = sqlite3_column_int64(st, 2);
    }
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

/* The gravest rule that failed, on how many Macs, and one of them. */
static int find_worst(sqlite3 *db, const char *use, struct told *t,
                      struct err *err)
{
    static const char sql[] =
        "SELECT r.title, count(DISTINCT f.device_id), min(d.serial), f.severity"
        "  FROM finding f JOIN device d USING (device_id) JOIN rule r"
        "    ON r.period_id = f.period_id AND r.rule_no = f.rule_no"
        " WHERE f.period_id = ?1 AND f.result = 'fail' AND r.kind = 'counted'"
        "   AND (r.uses = '' OR"
        "        instr(' ' || r.uses || ' ', ' ' || ?2 || ' ') > 0)"
        "   AND f.waiver IS NULL AND f.severity IN ('critical', 'high',"
        "       'medium')"
        " GROUP BY f.rule_no, f.severity"
        " ORDER BY CASE f.severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1"
        "          ELSE 2 END, r.id IN ('REC-05', 'ST-06') DESC,"
        "          count(DISTINCT f.device_id) DESC, r.id LIMIT 1";
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, t->judged->period_id);
    sqlite3_bind_text(st, 2, use, -1, SQLITE_STATIC);
    step = db_step(st, err);
    if (step == 1) {
        snprintf(t->worst_title, sizeof(t->worst_title), "%s", db_text(st, 0));
        t->worst_macs = sqlite3_column_int64(st, 1);
        snprintf(t->worst_serial, sizeof(t->worst_serial), "%s",
                 db_text(st, 2));
        snprintf(t->worst_severity, sizeof(t->worst_severity), "%s",
                 db_text(st, 3));
        utf8_trim_tail(t->worst_title);
    }
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

static int find_gain(sqlite3 *db, const char *use, struct told *t,
                     struct err *err)
{
    struct supply_gain *all = calloc(supply_count, sizeof(*all));
    size_t n = 0;
    int rc;

    if (!all)
        return err_nomem(err);
    rc = supply_rank_period(db, t->judged->period_id, 0, use, all, &n, err);
    if (rc == 0 && n > 0)
        t->gain = all[0];
    free(all);
    return rc;
}

static int find_absent(sqlite3 *db, struct told *t, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    t->absent = json_array();
    if (!t->absent)
        return err_nomem(err);
    if (db_prepare(db, resource_text("report/queries/missing_clients.sql"), &st,
                   err) == 0 &&
        db_bind_int(st, ":client_id", 0, err) == 0 &&
        db_bind_int(st, ":period_id", t->judged->period_id, err) == 0)
        while ((step = db_step(st, err)) == 1)
            json_array_append_new(t->absent, json_string(db_text(st, 0)));
    sqlite3_finalize(st);
    return step;
}

static void say(const char *label, const char *text)
{
    fprintf(stderr, "%-9s ", label);
    text_print_safe(text, stderr);
    fputc('\n', stderr);
}

static void say_read(const struct told *t)
{
    char line[256];

    snprintf(line, sizeof(line),
             "%lld %s and %lld %s in %lld %s (%lld %s, %lld "
             "rejected, %lld left out)",
             COUNTED(t->judged->devices, "Mac"),
             COUNTED(t->judged->accounts, "account"),
             COUNTED(t->judged->imports, "file"), COUNTED(t->records, "record"),
             (long long)t->rejected, (long long)t->left_out);
    say("read", line);
    if (t->judged->unjoined) {
        snprintf(line, sizeof(line),
                 "%lld %s led to no Mac: no serial number, and no id of one",
                 COUNTED(t->judged->unjoined, "record"));
        say("", line);
    }
    if (t->expected.known) {
        expectation_line(&t->expected, line, sizeof(line));
        say("", line);
    }
}

/* An export that was forgotten looks like a client without a problem. */
static void say_absent(const struct told *t)
{
    size_t n = json_array_size(t->absent), i;
    struct strbuf line = {0};

    for (i = 0; i < n && i < SHOWN_CLIENTS; i++)
        strbuf_addf(&line, "%s%s", i ? ", " : "no export of ",
                    json_string_value(json_array_get(t->absent, i)));
    if (n > SHOWN_CLIENTS)
        strbuf_addf(&line, " and %zu more", n - SHOWN_CLIENTS);
    if (n) {
        strbuf_adds(&line, "; earlier periods have Macs there");
        say("", strbuf_str(&line));
    }
    strbuf_free(&line);
}

static void say_verdicts(const struct analyze_summary *s)
{
    char line[256];

    snprintf(line, sizeof(line),
             "%lld at risk, %lld not known yet, %lld to tidy, %lld no problem "
             "found (%lld of them only partly measured)",
             (long long)s->at_risk, (long long)s->undetermined,
             (long long)s->attention, (long long)s->partial + s->clean,
             (long long)s->partial);
    say("verdicts", line);
}

static void say_worst(const struct told *t)
{
    char line[400];

    if (t->worst_macs == 0) {
        say("worst", "nothing failed that is medium or worse");
        return;
    }
    fprintf(stderr, "%-9s ", "worst");
    color_severity(t->worst_severity, 0, stderr);
    snprintf(line, sizeof(line), ", on %lld %s: %s",
             COUNTED(t->worst_macs, "Mac"), t->worst_title);
    text_print_safe(line, stderr);
    fputc('\n', stderr);
    fputs("          see: muster explain ", stderr);
    text_print_safe(t->worst_serial, stderr);
    fputc('\n', stderr);
}

static void say_missing(const struct told *t)
{
    char line[512];

    if (!t->gain.supply) {
        say("missing", "nothing that a rule needs");
        return;
    }
    snprintf(line, sizeof(line), "%s would decide %lld more %s on %lld %s",
             t->gain.supply->title, COUNTED(t->gain.checks, "check"),
             COUNTED(t->gain.devices, "Mac"));
    say("missing", line);
    fprintf(stderr, "          %s\n", t->gain.how);
}

static void say_all(const struct told *t)
{
    char line[512];

    summary_replay(t->judged, "", stderr);
    summary_accepted(t->judged, "", stderr);
    summary_sections(t->judged, "", stderr);
    summary_required(t->judged, "", stderr);
    say_read(t);
    say_absent(t);
    summary_strangers(t->judged, "          ", stderr);
    say_verdicts(t->judged);
    say_worst(t);
    snprintf(line, sizeof(line), "%lld %s in %s%s%s",
             COUNTED(t->reports->count, "file"), t->reports->dir,
             t->reports->opener ? "; begin with " : "",
             t->reports->opener ? t->reports->opener : "");
    say("reports", line);
    say_missing(t);
}

static json_t *json_outputs(const struct report_summary *r)
{
    json_t *files = json_array();
    size_t i;

    for (i = 0; i < r->count; i++)
        json_array_append_new(files, json_pack("{s:s, s:s, s:I}", "path",
                                               r->files[i].name, "format",
                                               r->files[i].format, "bytes",
                                               (json_int_t)r->files[i].bytes));
    return files;
}

static int print_json(const struct told *t, struct err *err)
{
    const struct analyze_summary *s = t->judged;
    json_t *o = json_pack(
        "{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I,"
        " s:{s:I, s:I, s:I, s:I, s:I}, s:o, s:o, s:o, s:o, s:O, s:s, s:o}",
        "schema", "muster.run/1", "version", MUSTER_VERSION, "period",
        t->ingest->period, "devices", (json_int_t)s->devices, "accounts",
        (json_int_t)s->accounts, "files", (json_int_t)s->imports, "records",
        (json_int_t)t->records, "rejected", (json_int_t)t->rejected, "left_out",
        (json_int_t)t->left_out, "verdicts", "at-risk", (json_int_t)s->at_risk,
        "undetermined", (json_int_t)s->undetermined, "attention",
        (json_int_t)s->attention, "partial", (json_int_t)s->partial, "clean",
        (json_int_t)s->clean, "accepted_risks", summary_accepted_json(s),
        "worst",
        t->worst_macs
            ? json_pack("{s:s, s:s, s:I}", "title", t->worst_title, "severity",
                        t->worst_severity, "devices", (json_int_t)t->worst_macs)
            : json_null(),
        "missing",
        t->gain.supply ? json_pack("{s:s, s:s, s:I, s:I}", "what",
                                   t->gain.supply->title, "how", t->gain.how,
                                   "checks", (json_int_t)t->gain.checks,
                                   "devices", (json_int_t)t->gain.devices)
                       : json_null(),
        "expected", t->expected_json, "absent_clients", t->absent, "folder",
        t->reports->dir, "outputs", json_outputs(t->reports));
    int rc = o ? json_dumpf(o, stdout, JSON_INDENT(1)) : -1;

    json_decref(o);
    putchar('\n');
    return rc < 0 ? err_set(err, ERR_FAIL, "cannot write JSON") : 0;
}

static int tell(sqlite3 *db, const struct call *c, struct told *t,
                struct err *err)
{
    const char *use = opt_text_or(c->opt, "use", "monthly");

    if (count_records(db, t, err) < 0 || find_worst(db, use, t, err) < 0 ||
        find_gain(db, use, t, err) < 0 || find_absent(db, t, err) < 0)
        return -1;
    if (expectation_read(db, t->ingest->period, "", &t->expected, err) < 0)
        return -1;
    if (opt_flag(c->opt, "json")) {
        t->expected_json = expectation_json(db, t->ingest->period, "", err);
        return t->expected_json ? print_json(t, err) : -1;
    }
    if (opt_talk(c->opt) > 0)
        say_all(t);
    return 0;
}

static struct analyze_options judging(const struct call *c, const char *period,
                                      int64_t as_of,
                                      const struct config *config)
{
    return (struct analyze_options){
        .period = period,
        .as_of = as_of,
        .rules_dir = opt_text(c->opt, "rules"),
        .remedies_dir = opt_text(c->opt, "remedies"),
        .waivers_file = opt_text(c->opt, "waivers"),
        .replay = opt_flag(c->opt, "replay"),
        .config = config,
    };
}

static int judge(sqlite3 *db, const struct call *c, const char *period,
                 int64_t as_of, const struct config *config,
                 struct analyze_summary *out, struct err *err)
{
    struct analyze_options o = judging(c, period, as_of, config);

    return analyze(db, &o, out, err);
}

/* --client says whose files these are; the report is of the whole fleet. */
static struct report_options fleet_report(const struct options *opt,
                                          const char *period,
                                          const struct config *config)
{
    struct report_options o = report_command_options(opt, config);

    o.period = period;
    o.client = NULL;
    return o;
}

static int write_reports(sqlite3 *db, const struct call *c, const char *period,
                         const struct config *config,
                         struct report_summary *out, struct err *err)
{
    struct report_options o = fleet_report(c->opt, period, config);

    return report_write(db, &o, out, err);
}

/*
 * After everything is done, the first of: a client without reports, a rule at
 * fault, a file that could not be used, a gate.
 */
static int conclude(sqlite3 *db, const struct call *c, const struct told *t,
                    const struct err *unused_file, struct err *err)
{
    const struct gates gates = {.period_id = t->judged->period_id};

    if (t->judged->broken) {
        *err = t->judged->rule_error;
        return -1;
    }
    if (unused_file->code != ERR_NONE) {
        *err = *unused_file;
        return -1;
    }
    if (t->reports->failed)
        return err_set(err, t->reports->failed_code,
                       "not all clients have a report: %s", t->reports->failed);
    return gates_ask(db, c->opt, &gates, err);
}

/*
 * A file that cannot be used does not stop the others: what could be read is
 * judged and reported, and the exit status says that it is not all.
 */
static int run_all(sqlite3 *db, const struct call *c,
                   struct ingest_command *ingest, const struct config *config,
                   struct err *err)
{
    struct analyze_summary judged = {0};
    struct report_summary reports = {0};
    struct told t = {.ingest = ingest, .judged = &judged, .reports = &reports};
    struct err file = {0};
    int rc = -1;

    if (ingest_command_files(db, ingest, c, &file) < 0 &&
        (file.code != ERR_INPUT || ingest->loaded + ingest->same == 0)) {
        *err = file;
        return -1;
    }
    if (judge(db, c, ingest->period, ingest->options.as_of, config, &judged,
              err) == 0 &&
        write_reports(db, c, ingest->period, config, &reports, err) == 0 &&
        tell(db, c, &t, err) == 0)
        rc = conclude(db, c, &t, &file, err);
    json_decref(t.absent);
    report_summary_free(&reports);
    return rc;
}

/* What is at fault besides the exports is said before they are read. */
static int check_judging(const struct call *c, const struct config *config,
                         struct err *err)
{
    struct analyze_options o = judging(c, NULL, 0, config);

    return analyze_check(&o, err);
}

static int run(const struct call *c, struct err *err)
{
    struct ingest_command ingest = {0};
    struct report_options asked;
    struct config *config = NULL;
    sqlite3 *db = NULL;
    int rc = -1;

    if (c->count == 0) {
        err_set(err, ERR_USAGE, "no file given");
        return err_hint(err, "muster run FILE|DIR...");
    }
    asked = fleet_report(c->opt, NULL, NULL);
    if (gates_check(c->opt, err) < 0 || check_output(c, err) < 0 ||
        report_check(&asked, err) < 0)
        return -1;
    config = config_load(c->opt, err);
    if (config && check_judging(c, config, err) == 0 &&
        ingest_command_options(c, &ingest, err) == 0)
        db = command_store(c, DB_CREATE, err);
    if (db)
        rc = run_all(db, c, &ingest, config, err);
    db_close(db);
    ingest_command_free(&ingest);
    config_free(config);
    return rc;
}

static const char *const options[] = {
    "output",      "use",       "format",   "as-of",
    "period",      "collected", "client",   "client-per-folder",
    "each-client", "source",    "sources",  "map",
    "keep",        "encoding",  "replace",  "max-rejects",
    "expected",    "rules",     "remedies", "templates",
    "waivers",     "fail-on",   "min-rate", "max-unknown",
    "max-age",     "csv-bom",   "csv-raw",  "redact",
    "redact-key",  "new-only",  "force",    "replay",
    NULL};

const struct command cmd_run = {
    .name = "run",
    .summary = "Read exports, judge every Mac, write the reports",
    .usage = "run [OPTIONS] FILE|DIR...",
    .help =
        "Does everything with defaults: reads the exports into the database,\n"
        "judges the period, and writes the monthly report of the whole fleet in\n"
        "all formats. A folder is read with all exports in it; with\n"
        "--client-per-folder its sub-folders are clients.\n"
        "\n"
        "It ends with five lines: what was read, the verdicts, the worst thing,\n"
        "where the reports are, and the one missing fact that would answer most,\n"
        "with the command or column that supplies it.",
    .examples = "  muster run exports/\n"
                "  muster run --client-per-folder --each-client exports/\n"
                "  muster run --client Acme addigy-devices.csv\n"
                "  muster run -q --fail-on critical exports/\n",
    .options = options,
    .run = run,
};
