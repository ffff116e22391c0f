/*
 * cmd_sources.c - muster sources: which exports are known.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/db.h"
#include "core/resource.h"
#include "ingest/command.h"
#include "ingest/sources.h"

/* What a file would give: it is loaded into a store in memory. */
static int check(const struct call *c, struct err *err)
{
    struct call one = {c->opt, c->operands + 1, 1};
    struct ingest_command cmd = {0};
    sqlite3 *db = NULL;
    int rc = -1;

    if (ingest_command_options(&one, &cmd, err) == 0)
        db = db_open(":memory:", DB_CREATE, 0,
                     resource_text("ingest/schema.sql"), err);
    if (db)
        rc = ingest_command_files(db, &cmd, &one, err);
    if (rc == 0)
        rc = sources_columns(db, stdout, err);
    db_close(db);
    ingest_command_free(&cmd);
    return rc;
}

static int about_file(const struct call *c, const struct registry *r,
                      struct err *err)
{
    const char *verb = c->operands[0], *word = c->operands[1];
    const char *encoding = opt_text(c->opt, "encoding");

    if (strcmp(verb, "show") == 0)
        return sources_show(r, word, stdout, err);
    if (strcmp(verb, "detect") == 0)
        return sources_detect(r, word, encoding, stdout, err);
    if (strcmp(verb, "scaffold") == 0)
        return sources_scaffold(r, word, encoding, stdout, err);
    if (strcmp(verb, "check") == 0)
        return check(c, err);
    err_set(err, ERR_USAGE, "sources: there is no \"%s\"", verb);
    return err_hint(err, "list, show ID, detect FILE, check FILE, "
                         "scaffold FILE");
}

static int run(const struct call *c, struct err *err)
{
    struct registry r;
    int rc;

    if (registry_open(&r, opt_text(c->opt, "sources"), err) < 0)
        return -1;
    if (c->count == 2)
        rc = about_file(c, &r, err);
    else if (c->count == 0 ||
             (c->count == 1 && strcmp(c->operands[0], "list") == 0))
        rc = sources_list(&r, opt_flag(c->opt, "json"), stdout, err);
    else
        rc = err_hint((err_set(err, ERR_USAGE, "sources: what about it?"), err),
                      "list, show ID, detect FILE, check FILE, scaffold FILE");
    registry_close(&r);
    return rc;
}

static const char *const options[] = {
    "sources",   "source",  "encoding",
    "map",       "keep",    "as-of",
    "period",    "client",  "client-per-folder",
    "collected", "replace", "max-rejects",
    "dry-run",   NULL};

const struct command cmd_sources = {
    .name = "sources",
    .summary = "Known export formats (list show detect check scaffold)",
    .usage = "sources [list | show ID | detect FILE | check FILE |\n"
             "              scaffold FILE] [OPTIONS]",
    .help = "list       every mapping: id, formats, what it reads\n"
            "show ID    one mapping: its columns and the facts they give\n"
            "detect F   which mapping fits a file, and how well\n"
            "check F    what a file would give, column by column, without\n"
            "           loading it\n"
            "scaffold F a mapping to start from, for an unknown CSV",
    .examples = "  muster sources show jamf-pro-search\n"
                "  muster sources check export.csv\n"
                "  muster sources scaffold odd.csv > odd.json\n",
    .options = options,
    .run = run,
};
