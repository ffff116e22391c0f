/*
 * cmd_explain.c - muster explain: why one Mac is flagged.
 */
#include "core/base.h"

#include "analyze/explain.h"
#include "core/commands.h"
#include "core/config.h"
#include "core/db.h"

static int print(const json_t *e, bool json, struct err *err)
{
    if (!json) {
        explain_print(e, stdout);
        return 0;
    }
    if (json_dumpf(e, stdout, JSON_INDENT(2)) < 0 && !ferror(stdout))
        return err_set(err, ERR_FAIL, "cannot write JSON");
    putchar('\n');
    return 0;
}

static int run(const struct call *c, struct err *err)
{
    struct analyze_options o = {
        .rules_dir = opt_text(c->opt, "rules"),
        .remedies_dir = opt_text(c->opt, "remedies"),
        .waivers_file = opt_text(c->opt, "waivers"),
        .period = opt_text(c->opt, "period"),
    };
    struct config *config = NULL;
    json_t *e = NULL;
    sqlite3 *db = NULL;
    int rc = -1;

    if (c->count != 1)
        return err_set(err, ERR_USAGE, "explain: name one serial number");
    if (opt_as_of(c->opt, &o.as_of, err) < 0)
        return -1;
    config = config_load(c->opt, err);
    o.config = config;
    if (config)
        db = command_store(c, DB_READ, err);
    if (db)
        e = explain(db, c->operands[0], &o, err);
    if (e)
        rc = print(e, opt_flag(c->opt, "json"), err);
    json_decref(e);
    db_close(db);
    config_free(config);
    return rc;
}

static const char *const options[] = {"period",   "as-of",   "rules",
                                      "remedies", "waivers", NULL};

const struct command cmd_explain = {
    .name = "explain",
    .summary = "Why one Mac is flagged, and what to do",
    .usage = "explain [OPTIONS] SERIAL",
    .help =
        "Prints what is wrong with one Mac and what to do about it, step by\n"
        "step; then every fact with its value, the cell it was read from, the\n"
        "source, file, line and age; values on which sources disagree; what\n"
        "follows from the facts, and from which; and every rule with its\n"
        "result and the truth of its parts.\n"
        "\n"
        "Without --period the newest one is taken that has the Mac.",
    .examples = "  muster explain C02XK1ABCD\n"
                "  muster explain C02XK1ABCD --period 2026-10 --json\n",
    .options = options,
    .run = run,
};
