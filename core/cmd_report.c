/*
 * cmd_report.c - muster report: write the reports of a judged period.
 */
#include "core/base.h"

#include "analyze/analyze.h"
#include "core/commands.h"
#include "core/config.h"
#include "core/db.h"
#include "core/text.h"
#include "report/command.h"
#include "report/report.h"

#include <jansson.h>

static int print_json(const struct report_summary *s, struct err *err)
{
    json_t *files = json_array(), *root;
    char *text;
    size_t i;

    for (i = 0; i < s->count; i++)
        json_array_append_new(
            files, json_pack("{s:s, s:s, s:I, s:o}", "name", s->files[i].name,
                             "format", s->files[i].format, "bytes",
                             (json_int_t)s->files[i].bytes, "rows",
                             s->files[i].rows < 0
                                 ? json_null()
                                 : json_integer((json_int_t)s->files[i].rows)));
    root =
        json_pack("{s:s, s:s, s:s?, s:I, s:I, s:I, s:s?, s:o}", "schema",
                  "muster.written/1", "folder", s->dir, "manifest", s->manifest,
                  "guarded_cells", (json_int_t)s->guarded, "cut_cells",
                  (json_int_t)s->cut, "clients", (json_int_t)s->clients,
                  "failed", s->failed, "files", files);
    text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
    json_decref(root);
    if (!text)
        return err_nomem(err);
    puts(text);
    free(text);
    return 0;
}

static void talk(const struct report_summary *s, int level)
{
    size_t i;

    for (i = 0; level > 1 && i < s->count; i++)
        fprintf(stderr, "  %s\n", s->files[i].name);
    fprintf(stderr, "wrote %lld %s to ", COUNTED(s->count, "file"));
    text_print_safe(s->dir, stderr);
    if (s->clients)
        fprintf(stderr, ", a folder for each of %lld %s",
                COUNTED(s->clients, "client"));
    fputc('\n', stderr);
    if (s->guarded)
        fprintf(stderr,
                "  %lld CSV %s that could be taken for formulas got an "
                "apostrophe in front (--csv-raw leaves it out)\n",
                COUNTED(s->guarded, "cell"));
    if (s->cut)
        fprintf(stderr, "  %lld texts were too long for a workbook's cell\n",
                (long long)s->cut);
    if (s->opener) {
        fputs("look at ", stderr);
        text_print_safe(s->opener, stderr);
        fputc('\n', stderr);
    }
}

static int write_reports(sqlite3 *db, const struct call *c, struct err *err)
{
    struct config *config = config_load(c->opt, err);
    struct report_options o = report_command_options(c->opt, config);
    struct report_summary s = {0};
    int rc = config ? report_write(db, &o, &s, err) : -1;

    if (rc == 0 && opt_flag(c->opt, "json"))
        rc = print_json(&s, err);
    if (rc == 0 && opt_talk(c->opt) > 0)
        talk(&s, opt_talk(c->opt));
    if (rc == 0 && s.failed)
        rc = err_set(err, s.failed_code, "not all clients have a report: %s",
                     s.failed);
    report_summary_free(&s);
    config_free(config);
    return rc;
}

/* The label and as-of of the period asked for, or of the newest one judged. */
static int find_period(sqlite3 *db, const char *label, char out[64],
                       int64_t *as_of, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(db,
                   "SELECT period, as_of FROM run WHERE period ="
                   " coalesce(:label, (SELECT max(period) FROM run))",
                   &st, err) < 0)
        return -1;
    if (!label || db_bind_text(st, ":label", label, err) == 0)
        step = db_step(st, err);
    if (step == 1) {
        snprintf(out, 64, "%s", db_text(st, 0));
        *as_of = sqlite3_column_int64(st, 1);
    }
    sqlite3_finalize(st);
    return step;
}

/*
 * The store holds the facts of the period analysed last. For another one they
 * are made again, with the as-of it had.
 */
static int analyze_again(const struct call *c, const char *period,
                         int64_t as_of, struct err *err)
{
    struct analyze_options o = {
        .period = period,
        .as_of = as_of,
        .rules_dir = opt_text(c->opt, "rules"),
        .remedies_dir = opt_text(c->opt, "remedies"),
        .waivers_file = opt_text(c->opt, "waivers"),
    };
    struct analyze_summary summary;
    struct config *config = config_load(c->opt, err);
    sqlite3 *db = config ? command_store(c, DB_WRITE, err) : NULL;
    int rc = -1;

    memset(&summary, 0, sizeof(summary));
    o.config = config;
    if (db && opt_talk(c->opt) > 0) {
        fputs("the facts at hand are those of another period: judging ",
              stderr);
        text_print_safe(period, stderr);
        fputs(" again\n", stderr);
    }
    if (db)
        rc = analyze(db, &o, &summary, err);
    db_close(db);
    config_free(config);
    return rc;
}

static int run(const struct call *c, struct err *err)
{
    const char *label = opt_text(c->opt, "period");
    struct report_options asked;
    sqlite3 *db = NULL;
    bool is = false;
    char period[64];
    int64_t as_of = 0;
    int rc = -1;

    if (c->count > 0)
        return err_set(err, ERR_USAGE, "report: takes no operand");
    asked = report_command_options(c->opt, NULL);
    if (report_check(&asked, err) < 0)
        return -1;
    db = command_store(c, DB_READ, err);
    if (!db)
        return -1;
    if (find_period(db, label, period, &as_of, err) == 1 &&
        report_posture_is(db, label, &is, err) == 0 && !is) {
        db_close(db);
        db = analyze_again(c, period, as_of, err) == 0
                 ? command_store(c, DB_READ, err)
                 : NULL;
    }
    if (db && err->code == ERR_NONE)
        rc = write_reports(db, c, err);
    db_close(db);
    return rc;
}

static const char *const options[] = {
    "output",  "period",  "client",    "each-client", "use",        "format",
    "csv-bom", "csv-raw", "templates", "redact",      "redact-key", "new-only",
    "force",   "rules",   "remedies",  "waivers",     NULL};

const struct command cmd_report = {
    .name = "report",
    .summary = "Write CSV, XLSX, HTML and JSON of a judged period",
    .usage = "report [OPTIONS]",
    .help =
        "Writes the reports of the newest judged period, or the one named by\n"
        "--period, of the whole fleet, of one client (--client) or of each in\n"
        "a folder of its own (--each-client). Nothing is judged again, unless the\n"
        "period is not the one analysed last: then its facts are made anew.\n"
        "\n"
        "Files are called CLIENT-USE-PERIOD[-SUBJECT].EXT, with \"fleet\" for\n"
        "all together. A file that stands there is replaced if a manifest of\n"
        "an earlier report names it. The manifest is written last; \"muster\n"
        "verify\" compares everything with it.\n"
        "\n"
        "CSV cells that a spreadsheet could take for a formula get a leading\n"
        "apostrophe, which --csv-raw leaves out.",
    .examples = "  muster report\n"
                "  muster report --use client --client Northwind -F html,xlsx\n"
                "  muster report --each-client -o out\n",
    .options = options,
    .run = run,
};
