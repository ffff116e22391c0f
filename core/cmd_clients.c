/*
 * cmd_clients.c - muster clients: who is in the database, and how they stand.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/db.h"
#include "core/strbuf.h"
#include "core/table.h"
#include "report/slug.h"

#include <jansson.h>

static const char sql[] =
    "SELECT c.name,"
    "       max(n.period),"
    "       count(*) FILTER (WHERE n.period = p.period),"
    "       count(*) FILTER (WHERE n.period = p.period"
    "                          AND r.verdict = 'at-risk'),"
    "       count(*) FILTER (WHERE n.period = p.period"
    "                          AND r.verdict = 'undetermined'),"
    "       p.period"
    "  FROM (SELECT coalesce(:period, max(period)) AS period FROM run) p"
    "  JOIN run n ON n.period <= p.period"
    "  JOIN device_result r ON r.period_id = n.period_id"
    "  JOIN client c ON c.client_id = r.client_id"
    " GROUP BY c.client_id"
    " ORDER BY c.name";

/* The columns that the statement above yields. */
enum { NAME, LAST, DEVICES, AT_RISK, UNDETERMINED, PERIOD };

static void number(sqlite3_stmt *st, int column, char out[24])
{
    snprintf(out, 24, "%lld", (long long)sqlite3_column_int64(st, column));
}

/* A client that only earlier periods know is missing from this one. */
static void add_row(struct table *t, sqlite3_stmt *st, const char *slug)
{
    char macs[24], risk[24], open[24], note[96] = "";
    bool missing = sqlite3_column_int64(st, DEVICES) == 0;

    number(st, DEVICES, macs);
    number(st, AT_RISK, risk);
    number(st, UNDETERMINED, open);
    if (missing)
        snprintf(note, sizeof(note), "missing, last in %s", db_text(st, LAST));
    table_row(t, db_text(st, NAME), slug, macs, risk, open, note);
}

static void add_json(json_t *list, sqlite3_stmt *st, const char *slug)
{
    json_array_append_new(
        list,
        json_pack("{s:s, s:s, s:I, s:I, s:I, s:s}", "client", db_text(st, NAME),
                  "slug", slug, "devices",
                  (json_int_t)sqlite3_column_int64(st, DEVICES), "at_risk",
                  (json_int_t)sqlite3_column_int64(st, AT_RISK), "undetermined",
                  (json_int_t)sqlite3_column_int64(st, UNDETERMINED),
                  "last_period", db_text(st, LAST)));
}

/* Fill the table and the list; the period's label goes to "period". */
static int read_clients(sqlite3 *db, const char *label, struct table *t,
                        json_t *list, struct strbuf *period, struct err *err)
{
    struct strbuf slug = {0};
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    if (!label || db_bind_text(st, ":period", label, err) == 0)
        while ((step = db_step(st, err)) == 1) {
            strbuf_reset(&slug);
            slug_client(&slug, db_text(st, NAME));
            add_row(t, st, strbuf_str(&slug));
            add_json(list, st, strbuf_str(&slug));
            strbuf_reset(period);
            strbuf_adds(period, db_text(st, PERIOD));
        }
    sqlite3_finalize(st);
    strbuf_free(&slug);
    return step;
}

static int print_json(json_t *list, const char *period, struct err *err)
{
    json_t *root = json_pack("{s:s, s:s, s:O}", "schema", "muster.clients/1",
                             "period", period, "clients", list);
    char *text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;

    json_decref(root);
    if (!text)
        return err_nomem(err);
    puts(text);
    free(text);
    return 0;
}

static int list_clients(const struct call *c, sqlite3 *db, struct err *err)
{
    struct table *t = table_new("llrrrl");
    struct strbuf period = {0};
    json_t *list = json_array();
    int rc;

    table_row(t, "CLIENT", "IN FILE NAMES", "MACS", "AT RISK", "NOT KNOWN", "");
    rc = read_clients(db, opt_text(c->opt, "period"), t, list, &period, err);
    if (rc == 0 && json_array_size(list) == 0) {
        err_set(err, ERR_USAGE, "no client has been judged yet");
        rc = err_hint(err, "\"muster run EXPORT...\" reads and judges");
    }
    if (rc == 0 && opt_flag(c->opt, "json"))
        rc = print_json(list, strbuf_str(&period), err);
    else if (rc == 0 && !table_print(t, 0, stdout))
        rc = err_nomem(err);
    table_free(t);
    json_decref(list);
    strbuf_free(&period);
    return rc;
}

static int run(const struct call *c, struct err *err)
{
    sqlite3 *db;
    int rc;

    if (c->count > 1 || (c->count && strcmp(c->operands[0], "list") != 0)) {
        err_set(err, ERR_USAGE, "clients: unknown word \"%s\"",
                c->operands[c->count - 1]);
        return err_hint(err, "muster clients list");
    }
    db = command_store(c, DB_READ, err);
    if (!db)
        return -1;
    rc = list_clients(c, db, err);
    db_close(db);
    return rc;
}

static const char *const options[] = {"period", NULL};

const struct command cmd_clients = {
    .name = "clients",
    .summary = "Clients, their Macs, and who is missing",
    .usage = "clients [OPTIONS] [list]",
    .help =
        "Lists every client that was ever judged, with its Macs in the newest\n"
        "period or the one named by --period, and the short name that files of\n"
        "its reports have. A client without a Mac there is missing: its export\n"
        "was probably not read.",
    .examples = "  muster clients list\n"
                "  muster clients list --period 2026-10 --json\n",
    .options = options,
    .run = run,
};
