/*
 * cmd_leaver.c - muster leaver: who is locked out when these people go?
 *
 * Asked before accounts are disabled. A Mac is shown where, without the people
 * named, nobody is left who certainly holds a secure token, unlocks FileVault,
 * or is an administrator with a token.
 */
#include "core/base.h"

#include "analyze/derive.h"
#include "core/commands.h"
#include "core/db.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/table.h"
#include "core/text.h"
#include "core/when.h"
#include "report/fold.h"

#include <jansson.h>

/* Columns of core/queries/leaver.sql. */
enum {
    CLIENT,
    SERIAL,
    NAME,
    ACCOUNTS,
    TOKEN,
    UNLOCK = 7,
    ADMIN = 10,
    FILEVAULT = 13,
    BOOTSTRAP,
    EXPECTED,
    KEY,
    CHECKIN
};

enum last { NOT_LAST, PERHAPS_LAST, CERTAINLY_LAST };

static const struct question {
    int column; /* of "mine"; "left" and "open" follow */
    const char *key, *title;
} questions[] = {
    {TOKEN, "last_token_holder", "Last to hold a secure token"},
    {UNLOCK, "last_filevault_user", "Last to unlock FileVault"},
    {ADMIN, "last_token_admin", "Last administrator with a token"},
};

struct leaver {
    sqlite3 *db;
    const char *client;
    char period[64];
    int64_t as_of;
    struct table *lines[COUNT_OF(questions)];
    int64_t certain[COUNT_OF(questions)];
    json_t *macs;
    int64_t others; /* Macs of theirs where others are left */
};

static enum last judge(sqlite3_stmt *st, const struct question *q)
{
    int mine = sqlite3_column_int(st, q->column);

    if (mine == 0 || sqlite3_column_int(st, q->column + 1) > 0)
        return NOT_LAST;
    if (mine == 2 && sqlite3_column_int(st, q->column + 2) == 0)
        return CERTAINLY_LAST;
    return PERHAPS_LAST;
}

static bool is_true(sqlite3_stmt *st, int column)
{
    return sqlite3_column_type(st, column) != SQLITE_NULL &&
           sqlite3_column_int(st, column);
}

/* The remedy to take before the account goes. */
static const char *first_step(sqlite3_stmt *st, const struct question *q)
{
    if (q->column == UNLOCK)
        return "R22";
    if (q->column == TOKEN && is_true(st, EXPECTED))
        return "R2";
    return sqlite3_column_int(st, ADMIN) == 0 ? "R4" : "R3";
}

static void remedy_text(struct leaver *l, const char *id, char *out,
                        size_t size)
{
    struct err ignored = {0};
    sqlite3_stmt *st = NULL;

    snprintf(out, size, "%s", id);
    if (db_prepare(l->db, "SELECT title FROM remedy WHERE id = :id", &st,
                   &ignored) == 0 &&
        db_bind_text(st, ":id", id, &ignored) == 0 &&
        db_step(st, &ignored) == 1)
        snprintf(out, size, "%s: %.120s", id, db_text(st, 0));
    sqlite3_finalize(st);
}

static const char *yes_no(sqlite3_stmt *st, int column)
{
    if (sqlite3_column_type(st, column) == SQLITE_NULL)
        return "not known";
    return sqlite3_column_int(st, column) ? "yes" : "no";
}

static json_t *mac_json(sqlite3_stmt *st, const enum last *last)
{
    static const char *const words[] = {"no", "perhaps", "yes"};
    const char *step = "";
    json_t *o = json_object();
    size_t i;

    json_object_set_new(o, "client", json_string(db_text(st, CLIENT)));
    json_object_set_new(o, "serial", json_string(db_text(st, SERIAL)));
    json_object_set_new(o, "name", json_string(db_text(st, NAME)));
    json_object_set_new(o, "accounts", json_string(db_text(st, ACCOUNTS)));
    for (i = 0; i < COUNT_OF(questions); i++) {
        json_object_set_new(o, questions[i].key, json_string(words[last[i]]));
        if (last[i] != NOT_LAST && !step[0])
            step = first_step(st, &questions[i]);
    }
    json_object_set_new(o, "filevault_on", json_string(yes_no(st, FILEVAULT)));
    json_object_set_new(o, "bootstrap_state",
                        json_string(db_text(st, BOOTSTRAP)));
    json_object_set_new(o, "recovery_key_stored", json_string(yes_no(st, KEY)));
    json_object_set_new(o, "first", step[0] ? json_string(step) : json_null());
    return o;
}

static void add_line(struct leaver *l, sqlite3_stmt *st, size_t i,
                     enum last last)
{
    char step[160], state[320];

    remedy_text(l, first_step(st, &questions[i]), step, sizeof(step));
    snprintf(state, sizeof(state), "FileVault %s, bootstrap token %s; %s",
             is_true(st, FILEVAULT)                              ? "on"
             : sqlite3_column_type(st, FILEVAULT) == SQLITE_NULL ? "not known"
                                                                 : "off",
             db_text(st, BOOTSTRAP), step);
    table_row(l->lines[i], db_text(st, CLIENT), db_text(st, SERIAL),
              db_text(st, NAME), db_text(st, ACCOUNTS),
              last == CERTAINLY_LAST ? "certain" : "perhaps", state);
    l->certain[i] += last == CERTAINLY_LAST;
}

static int walk(struct leaver *l, bool json, struct err *err)
{
    sqlite3_stmt *st = NULL;
    enum last last[COUNT_OF(questions)];
    bool any;
    size_t i;
    int step = -1;

    if (db_prepare(l->db, resource_text("core/queries/leaver.sql"), &st, err) ==
            0 &&
        db_bind_text(st, ":client", l->client, err) == 0)
        while ((step = db_step(st, err)) == 1) {
            any = false;
            for (i = 0; i < COUNT_OF(questions); i++) {
                last[i] = judge(st, &questions[i]);
                any = any || last[i] != NOT_LAST;
                if (!json && last[i] != NOT_LAST)
                    add_line(l, st, i, last[i]);
            }
            if (json)
                json_array_append_new(l->macs, mac_json(st, last));
            l->others += !any;
        }
    sqlite3_finalize(st);
    return step;
}

/* ------------------------------------------------------------------ names */

/* name_key(text): one key for a full name in whichever case, composed or not,
 * as one Mac spells it and another. Short names are one without ASCII case. */
static void fn_name_key(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const char *s = (const char *)sqlite3_value_text(v[0]);
    struct strbuf key = {0};

    (void)argc;
    if (!s)
        return;
    fold_text(&key, s, strlen(s));
    sqlite3_result_text(ctx, strbuf_str(&key), -1, SQLITE_TRANSIENT);
    strbuf_free(&key);
}

static int take_names(struct leaver *l, const struct call *c, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i;
    int rc;

    if (sqlite3_create_function(l->db, "name_key", 1,
                                SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                fn_name_key, NULL, NULL) != SQLITE_OK)
        return db_fail(l->db, "register a function", err);
    if (db_script(
            l->db,
            "CREATE TEMP TABLE leaver_name (name TEXT, short TEXT PRIMARY KEY,"
            " given TEXT)",
            err) < 0)
        return -1;
    rc = db_prepare(
        l->db,
        "INSERT OR IGNORE INTO leaver_name VALUES (name_key(:name), fold(:name),"
        " :name)",
        &st, err);
    for (i = 0; i < c->count && rc == 0; i++)
        if ((rc = db_bind_text(st, ":name", c->operands[i], err)) == 0)
            rc = db_run(st, err);
    sqlite3_finalize(st);
    return rc;
}

/* A name that is mistyped must not look like one that is safe. */
static int unknown_names(struct leaver *l, json_t *list, struct strbuf *out,
                         struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(l->db,
                   "SELECT given FROM leaver_name WHERE short NOT IN"
                   " (SELECT fold(account) FROM account_posture) AND name NOT"
                   " IN (SELECT name_key(full_name) FROM account_posture"
                   "   WHERE full_name IS NOT NULL) ORDER BY given",
                   &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1) {
        strbuf_addf(out, "%s\"%s\"", out->len ? ", " : "", db_text(st, 0));
        json_array_append_new(list, json_string(db_text(st, 0)));
    }
    sqlite3_finalize(st);
    return step;
}

/* ----------------------------------------------------------------- output */

static int print_text(struct leaver *l, struct err *err)
{
    size_t i, n, total = 0;
    char day[32];

    when_format_date(l->as_of - 1, day, sizeof(day));
    printf("%s, facts as of %s\n", l->period, day);
    for (i = 0; i < COUNT_OF(questions); i++) {
        n = table_count(l->lines[i]);
        total += n;
        if (n == 0)
            continue;
        printf("\n%s: %zu Mac%s, %lld for certain\n", questions[i].title, n,
               n == 1 ? "" : "s", (long long)l->certain[i]);
        if (!table_print(l->lines[i], 2, stdout))
            return err_nomem(err);
    }
    if (total == 0)
        printf("\nOn no Mac are they the last\n");
    if (l->others)
        printf("\nOn %lld %sof their Macs others are left\n",
               (long long)l->others, total ? "more " : "");
    return 0;
}

static int print_json(struct leaver *l, json_t *unknown, struct err *err)
{
    char when[32], *text;
    json_t *root;

    when_format(l->as_of, when, sizeof(when));
    root = json_pack("{s:s, s:s, s:s, s:O, s:O}", "schema", "muster.leaver/1",
                     "period", l->period, "as_of", when, "unknown_names",
                     unknown, "macs", l->macs);
    text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
    json_decref(root);
    if (!text)
        return err_nomem(err);
    puts(text);
    free(text);
    return 0;
}

static int find_period(struct leaver *l, int64_t id, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (db_prepare(l->db, "SELECT period, as_of FROM run WHERE period_id = :id",
                   &st, err) == 0 &&
        db_bind_int(st, ":id", id, err) == 0 && db_step(st, err) == 1) {
        snprintf(l->period, sizeof(l->period), "%s", db_text(st, 0));
        l->as_of = sqlite3_column_int64(st, 1);
        rc = 0;
    }
    sqlite3_finalize(st);
    return rc;
}

static int answer(struct leaver *l, const struct call *c, struct err *err)
{
    bool json = opt_flag(c->opt, "json");
    json_t *unknown = json_array();
    struct strbuf names = {0};
    int64_t period;
    int rc = posture_views(l->db, &period, err);

    if (rc == 0) {
        err_set(err, ERR_USAGE, "nothing has been judged yet");
        rc = err_hint(err, "\"muster analyze\" judges what was ingested");
    } else if (rc == 1) {
        rc = find_period(l, period, err) < 0 || take_names(l, c, err) < 0 ||
                     unknown_names(l, unknown, &names, err) < 0 ||
                     walk(l, json, err) < 0
                 ? -1
                 : 0;
    }
    if (rc == 0 && json)
        rc = print_json(l, unknown, err);
    else if (rc == 0 && json_array_size(unknown) < c->count)
        rc = print_text(l, err); /* of nobody there is nothing to say */
    if (rc == 0 && names.len)
        rc = err_set(err, ERR_USAGE, "no account is called %s",
                     strbuf_str(&names));
    strbuf_free(&names);
    json_decref(unknown);
    return rc;
}

static int run(const struct call *c, struct err *err)
{
    struct leaver l = {.client = opt_text_or(c->opt, "client", "")};
    size_t i;
    int rc = -1;

    if (c->count == 0)
        return err_set(err, ERR_USAGE, "leaver: needs the name of an account");
    for (i = 0; i < COUNT_OF(questions); i++)
        l.lines[i] = table_new("lllllb");
    l.macs = json_array();
    l.db = command_store(c, DB_READ, err);
    if (l.db && command_client(l.db, c->opt, err) == 0)
        rc = answer(&l, c, err);
    db_close(l.db);
    json_decref(l.macs);
    for (i = 0; i < COUNT_OF(questions); i++)
        table_free(l.lines[i]);
    return rc;
}

static const char *const options[] = {"client", NULL};

const struct command cmd_leaver = {
    .name = "leaver",
    .summary = "Macs on which these people are the last to hold a token",
    .usage = "leaver [OPTIONS] NAME...",
    .help =
        "Before accounts are disabled: on which Macs are the people named the\n"
        "last, or the only ones, to hold a secure token, to unlock FileVault, or\n"
        "to be administrator with a token? A name is a short name or a full\n"
        "name; all of them are taken to leave together. Accounts that are\n"
        "disabled and people who have left do not count as left over.\n"
        "\n"
        "\"certain\" is what the facts say; \"perhaps\" is where a fact is not\n"
        "known, and is to be read as a yes. A name that no account has ends with\n"
        "status 2, so that a slip of the pen does not look like an all-clear.",
    .examples = "  muster leaver anna\n"
                "  muster leaver --client Northwind anna \"Ben Berg\" --json\n",
    .options = options,
    .run = run,
};
