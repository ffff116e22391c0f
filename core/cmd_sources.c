/*
 * cmd_sources.c - muster sources: which exports are known.
 */
#include "core/base.h"

#include "analyze/summary.h"
#include "core/commands.h"
#include "core/db.h"
#include "core/resource.h"
#include "core/supply.h"
#include "core/text.h"
#include "ingest/command.h"
#include "ingest/sources.h"

/* One line of ids, wrapped, after a title. */
static int print_rules(sqlite3 *db, const char *title, const char *sql,
                       int64_t period, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t width = 0;
    int step = -1, n = 0;

    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, period);
    while ((step = db_step(st, err)) == 1) {
        const char *id = db_text(st, 0);

        if (n++ == 0)
            printf("\n%s\n ", title);
        if (width + strlen(id) > 72) {
            printf("\n ");
            width = 0;
        }
        printf(" %s", id);
        width += strlen(id) + 1;
    }
    if (n)
        putchar('\n');
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

static int print_supplies(sqlite3 *db, int64_t period, struct err *err)
{
    struct supply_gain *all = calloc(supply_count, sizeof(*all));
    size_t n = 0, i;
    int rc;

    if (!all)
        return err_nomem(err);
    rc = supply_rank_period(db, period, 0, "monthly", all, &n, err);
    if (rc == 0 && n > 0)
        printf("\nWhat would close the gaps, the most first:\n");
    for (i = 0; rc == 0 && i < n && i < 8; i++)
        printf("  %zu. %s: %lld %s more, %lld %s, up to %lld %s\n"
               "     %s\n",
               i + 1, all[i].supply->title, COUNTED(all[i].checks, "check"),
               COUNTED(all[i].rules, "rule"), COUNTED(all[i].devices, "Mac"),
               all[i].how);
    free(all);
    return rc;
}

/* What the sources of a store say would add what is missing: the first that
 * says anything, those with Macs before others. */
static const char *what_closes(sqlite3 *db, const struct registry *r,
                               enum closing what)
{
    static const char sql[] = "SELECT source, max(devices) AS n FROM import"
                              " GROUP BY source ORDER BY n DESC, source";
    const char *found = "the lines of \"muster collector --for plain --fact"
                        " all\", run on every Mac, as a second file";
    sqlite3_stmt *st = NULL;
    struct err ignored = {0};

    if (db_prepare(db, sql, &st, &ignored) < 0)
        return found;
    while (db_step(st, &ignored) == 1) {
        const struct source *s = registry_find(r, db_text(st, 0));

        if (s && s->closes[what]) {
            found = s->closes[what];
            break;
        }
    }
    sqlite3_finalize(st);
    return found;
}

/* Sole holder and escrow: of how many Macs are both known, and what would add
 * the others. */
static int print_headline(sqlite3 *db, const struct registry *r,
                          struct err *err)
{
    static const char sql[] =
        "SELECT count(*), total(tokens AND escrow), total(NOT tokens),"
        " total(NOT escrow) FROM (SELECT sole_holder IS NOT NULL AS tokens,"
        " bootstrap_state NOT IN ('unknown', 'conflict') AS escrow"
        " FROM device_derived)";
    sqlite3_stmt *st = NULL;
    enum closing what = CLOSES_BOTH;
    int64_t all, known;

    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    if (sqlite3_step(st) != SQLITE_ROW) {
        sqlite3_finalize(st);
        return db_fail(db, "count what is decided", err);
    }
    all = sqlite3_column_int64(st, 0);
    known = sqlite3_column_int64(st, 1);
    if (all > 0 && sqlite3_column_int64(st, 3) == 0)
        what = CLOSES_TOKENS;
    else if (all > 0 && sqlite3_column_int64(st, 2) == 0)
        what = CLOSES_BOOTSTRAP;
    sqlite3_finalize(st);
    printf("\nSole token holder and no escrow: decided for %lld of %lld %s.\n",
           (long long)known, COUNTED(all, "Mac"));
    if (known < all || all == 0)
        printf("To decide it for all, add: %s\n", what_closes(db, r, what));
    return 0;
}

/* Rows that speak of nobody that these files know. */
static void print_unjoined(const struct analyze_summary *s)
{
    if (s->unjoined + s->strangers == 0)
        return;
    printf("\nRows that join nothing in these files:\n");
    if (s->unjoined)
        printf("  %lld %s without a serial number, by the id of a Mac: check "
               "them together with the export that has both\n",
               COUNTED(s->unjoined, "row"));
    summary_strangers(s, "  ", stdout);
}

/* The point of it: which checks this data can answer, and which it cannot. */
static int print_answers(sqlite3 *db, const struct ingest_command *cmd,
                         const struct registry *r, struct err *err)
{
    static const char answered[] =
        "SELECT r.id FROM rule r JOIN tally t USING (period_id, rule_no)"
        " WHERE r.period_id = ?1 AND r.kind = 'counted' GROUP BY r.rule_no"
        " HAVING sum(t.result IN ('pass', 'fail')) > 0 ORDER BY r.id";
    static const char open[] =
        "SELECT r.id FROM rule r JOIN tally t USING (period_id, rule_no)"
        " WHERE r.period_id = ?1 AND r.kind = 'counted' GROUP BY r.rule_no"
        " HAVING sum(t.result IN ('pass', 'fail')) = 0 AND"
        " sum(t.result IN ('notchecked', 'unknown')) > 0 ORDER BY r.id";
    struct analyze_options o = {.period = cmd->options.period,
                                .as_of = cmd->options.as_of};
    struct analyze_summary s = {0};

    if (analyze(db, &o, &s, err) < 0)
        return -1;
    if (print_rules(db, "Checks that this data answers:", answered, s.period_id,
                    err) < 0 ||
        print_rules(db, "Checks that it cannot answer:", open, s.period_id,
                    err) < 0)
        return -1;
    print_unjoined(&s);
    return print_supplies(db, s.period_id, err) < 0
               ? -1
               : print_headline(db, r, err);
}

/* What a file would give: it is loaded into a store in memory and judged. */
static int check(const struct call *c, const struct registry *r,
                 struct err *err)
{
    struct call one = {c->opt, c->operands + 1, c->count - 1};
    struct ingest_command cmd = {0};
    sqlite3 *db = NULL;
    int rc = -1;

    if (ingest_command_options(&one, &cmd, err) == 0)
        db = db_open(":memory:", DB_CREATE, 0,
                     resource_text("ingest/schema.sql"), err);
    if (db && db_functions(db, err) == 0)
        rc = ingest_command_files(db, &cmd, &one, err);
    if (rc == 0)
        rc = sources_columns(db, stdout, err);
    if (rc == 0)
        rc = print_answers(db, &cmd, r, err);
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
        return check(c, r, err);
    err_set(err, ERR_USAGE, "sources: there is no \"%s\"", verb);
    return err_hint(err, "list, show ID, detect FILE, check FILE, "
                         "scaffold FILE");
}

static int run(const struct call *c, struct err *err)
{
    const char *verb = c->count ? c->operands[0] : "list";
    struct registry r;
    int rc;

    if (opt_flag(c->opt, "json") && strcmp(verb, "list") != 0)
        return err_set(err, ERR_USAGE, "sources: only the list has --json");
    if (registry_open(&r, opt_text(c->opt, "sources"), err) < 0)
        return -1;
    if (c->count == 2 || (c->count > 2 && strcmp(verb, "check") == 0))
        rc = about_file(c, &r, err);
    else if (c->count <= 1 && strcmp(verb, "list") == 0)
        rc = sources_list(&r, opt_flag(c->opt, "json"), stdout, err);
    else
        rc = err_hint(
            (err_set(err, ERR_USAGE,
                     "sources: list, show ID, detect FILE, check FILE... "
                     "or scaffold FILE"),
             err),
            "see \"muster sources --help\"");
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
    .usage = "sources [list | show ID | detect FILE | check FILE... |\n"
             "              scaffold FILE] [OPTIONS]",
    .help = "list       every mapping: id, formats, what it reads\n"
            "show ID    one mapping: its columns and the facts they give\n"
            "detect F   which mapping fits a file, and how well\n"
            "check F    what a file would give, column by column, and which\n"
            "           checks it answers, without loading it\n"
            "scaffold F a mapping to start from, for an unknown CSV",
    .examples = "  muster sources show jamf-pro-search\n"
                "  muster sources check export.csv\n"
                "  muster sources scaffold odd.csv > odd.json\n",
    .options = options,
    .run = run,
};
