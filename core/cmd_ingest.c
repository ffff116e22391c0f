/*
 * cmd_ingest.c - muster ingest: read exports into the store.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/db.h"
#include "core/progress.h"
#include "core/resource.h"
#include "core/text.h"
#include "core/when.h"
#include "ingest/command.h"

static int run(const struct call *c, struct err *err)
{
    struct ingest_command cmd = {0};
    sqlite3 *db = NULL;
    int rc = -1;

    if (c->count == 0)
        return err_hint((err_set(err, ERR_USAGE, "no file given"), err),
                        "muster ingest FILE|DIR...");
    if (ingest_command_options(c, &cmd, err) == 0) {
        db = cmd.options.dry_run
                 ? db_open(":memory:", DB_CREATE, 0,
                           resource_text("ingest/schema.sql"), err)
                 : command_store(c, DB_CREATE, err);
        if (db)
            rc = ingest_command_run(db, &cmd, c, err);
    }
    db_close(db);
    ingest_command_free(&cmd);
    return rc;
}

static const char *const options[] = {
    "source",  "sources",           "map",      "keep",    "encoding",
    "client",  "client-per-folder", "period",   "as-of",   "collected",
    "replace", "max-rejects",       "expected", "dry-run", NULL};

const struct command cmd_ingest = {
    .name = "ingest",
    .summary = "Read exports into the database",
    .usage = "ingest [OPTIONS] FILE|DIR|- ...",
    .help =
        "Reads exports of management systems, and canonical CSV and JSON files,\n"
        "into the database. The format is found from the header or the keys;\n"
        "name it with --source where it is not (see \"muster sources list\").\n"
        "Each file is in the database as a whole or not at all. The same file\n"
        "again does nothing.\n"
        "\n"
        "--map FACT=COLUMN reads a fact from a column of your choice. In a file\n"
        "of Macs, --map holders=COLUMN says that the column names everyone who\n"
        "holds a secure token, and --map secure_token=COLUMN some who do.\n"
        "\n"
        "In a folder, reports that muster wrote (their manifest names them) are\n"
        "passed over: they are no exports.\n"
        "\n"
        "One line per file goes to standard error: what was read, accepted,\n"
        "rejected and left out, then what was ignored or not understood. What\n"
        "was said of the same columns of an earlier file is counted, and told\n"
        "again with --verbose.",
    .examples =
        "  muster ingest exports/*.csv\n"
        "  muster ingest --client acme --source jamf-pro-search search.csv\n"
        "  muster ingest --map holders=\"Token Users\" inventory.csv\n",
    .options = options,
    .run = run,
};
