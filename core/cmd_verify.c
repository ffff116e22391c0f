/*
 * cmd_verify.c - muster verify: are the reports what they were, and right?
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/config.h"
#include "core/db.h"
#include "core/text.h"
#include "report/report.h"

#include <jansson.h>
#include <unistd.h>

/* The database where there is one; named by --db it must be there. */
static int open_store(const struct call *c, sqlite3 **db, struct err *err)
{
    *db = NULL;
    if (!opt_text(c->opt, "db") && access("muster.db", F_OK) != 0)
        return 0;
    *db = command_store(c, DB_READ, err);
    return *db ? 0 : -1;
}

static void talk(const struct report_verify *how, bool db)
{
    fprintf(stderr, "%lld %s as the manifests say%s\n",
            COUNTED(how->files, "file"),
            db ? " and the database" : "; there was no database to compare");
    if (how->unmade)
        fprintf(stderr,
                "%lld of them only counted: made with other settings or "
                "templates (--config, --templates)\n",
                (long long)how->unmade);
}

/* The answer as JSON, where there is one: the files were all read. Takes the
 * list over. */
static int print_json(const struct report_verify *how, bool db, int rc,
                      struct err *err)
{
    json_t *root = NULL;

    if (rc < 0 && err->code != ERR_GATE) {
        json_decref(how->list);
        return -1;
    }
    root = json_pack("{s:I, s:b, s:I, s:o}", "files", (json_int_t)how->files,
                     "database", db, "only_counted", (json_int_t)how->unmade,
                     "differences", how->list);
    if (!root)
        return err_nomem(err);
    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
    return 0;
}

static int run(const struct call *c, struct err *err)
{
    const char *dir = c->count ? c->operands[0] : "reports";
    bool json = opt_flag(c->opt, "json");
    struct report_verify how = {.out = json ? NULL : stdout,
                                .list = json ? json_array() : NULL,
                                .templates = opt_text(c->opt, "templates")};
    struct config *config;
    sqlite3 *db;
    int rc;

    if (c->count > 1)
        return err_set(err, ERR_USAGE, "verify: takes one folder");
    config = config_load(c->opt, err);
    if (!config) {
        json_decref(how.list);
        return -1;
    }
    how.config = config;
    rc = open_store(c, &db, err);
    if (rc == 0)
        rc = report_verify(db, dir, &how, err);
    if (json && print_json(&how, db != NULL, rc, err) < 0)
        rc = -1;
    if (rc == 0 && opt_talk(c->opt) > 0)
        talk(&how, db != NULL);
    if (db)
        db_close(db);
    config_free(config);
    return rc;
}

static const char *const options[] = {"templates", NULL};

const struct command cmd_verify = {
    .name = "verify",
    .summary = "Read written reports again and compare all numbers",
    .usage = "verify [OPTIONS] [DIR]",
    .help =
        "Opens every file that a manifest in DIR (default: reports) names, and\n"
        "in the folders below it: digests, rows and parts of CSV, XLSX, HTML\n"
        "and JSON are compared with the manifest and with the database. Each\n"
        "difference is a line on standard output (with --json an item of\n"
        "\"differences\"), and the exit status is 3.\n"
        "\n"
        "Where the database still holds the facts of the period, the files\n"
        "are made again and must come out the same byte for byte; pages and\n"
        "workbooks with the settings and templates they were made with.",
    .examples = "  muster verify\n"
                "  muster verify out/acme\n",
    .options = options,
    .run = run,
};
