/*
 * cmd_forecast.c - muster forecast: what happens if this password is reset?
 */
#include "core/base.h"

#include "analyze/derive.h"
#include "core/commands.h"
#include "core/db.h"
#include "core/forecast_print.h"
#include "core/resource.h"
#include "core/supply.h"
#include "core/text.h"
#include "report/forecast_row.h"

#include <jansson.h>

static const struct way {
    const char *word, *title;
} ways[] = {
    [FORECAST_MDM] = {"mdm", "if the management server resets this password"},
    [FORECAST_IDP] = {"idp", "if the identity provider resets this password"},
    [FORECAST_ADMIN] = {"admin",
                        "if a token admin of the Mac resets this password"},
    [FORECAST_RECOVERY] = {"recovery",
                           "if this password is reset in recoveryOS"},
};

/* ------------------------------------------------------------------ facts */

static json_t *row_json(sqlite3_stmt *st)
{
    json_t *row = json_object();
    int i;

    for (i = 0; i < sqlite3_column_count(st); i++) {
        json_t *v = NULL;

        switch (sqlite3_column_type(st, i)) {
        case SQLITE_NULL:
            v = json_null();
            break;
        case SQLITE_INTEGER:
            v = json_integer(sqlite3_column_int64(st, i));
            break;
        default:
            v = json_string(db_text(st, i));
            break;
        }
        json_object_set_new(row, sqlite3_column_name(st, i), v);
    }
    return row;
}

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));

    return s ? s : "";
}

/* -------------------------------------------------------------------- run */

struct asked {
    const char *account; /* NULL: all of them */
    enum forecast_by by;
};

static int read_way(const char *word, enum forecast_by *by, struct err *err)
{
    size_t i;

    *by = FORECAST_MDM;
    if (!word)
        return 0;
    for (i = 0; i < COUNT_OF(ways); i++)
        if (strcmp(ways[i].word, word) == 0) {
            *by = (enum forecast_by)i;
            return 0;
        }
    err_set(err, ERR_USAGE, "--by: there is no way \"%s\"", word);
    return err_hint(err, "write mdm, idp, admin or recovery");
}

static json_t *root_json(const json_t *row, const char *period, const char *way)
{
    json_t *root = json_object();

    json_object_set_new(root, "schema", json_string("muster.forecast/1"));
    json_object_set_new(root, "period", json_string(period));
    forecast_time(root, "as_of", row);
    json_object_set_new(root, "serial", json_string(text_of(row, "serial")));
    json_object_set_new(root, "name", json_string(text_of(row, "mac")));
    forecast_time(root, "last_checkin", row);
    json_object_set_new(root, "by", json_string(way));
    json_object_set_new(root, "accounts", json_array());
    return root;
}

static int read_period(sqlite3 *db, int64_t id, char *out, size_t size,
                       struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(db, "SELECT period FROM run WHERE period_id = :id", &st,
                   err) == 0 &&
        db_bind_int(st, ":id", id, err) == 0)
        step = db_step(st, err);
    if (step == 1)
        snprintf(out, size, "%s", db_text(st, 0));
    sqlite3_finalize(st);
    return step == 1 ? 0 : -1;
}

/* The accounts asked for, in the order of their names; NULL with *err. */
static json_t *collect(sqlite3 *db, int64_t period_id, const char *serial,
                       const struct asked *q, struct err *err)
{
    sqlite3_stmt *st = NULL;
    json_t *root = NULL, *row;
    char period[64] = "";
    int step = -1;

    if (read_period(db, period_id, period, sizeof(period), err) == 0 &&
        db_prepare(db, resource_text("core/queries/forecast.sql"), &st, err) ==
            0 &&
        db_bind_int(st, ":period_id", period_id, err) == 0 &&
        db_bind_text(st, ":serial", serial, err) == 0)
        while ((step = db_step(st, err)) == 1) {
            row = row_json(st);
            if (!root)
                root = root_json(row, period, ways[q->by].word);
            if (!q->account ||
                ascii_casecmp(q->account, text_of(row, "account")) == 0)
                json_array_append_new(json_object_get(root, "accounts"),
                                      forecast_account(row, q->by));
            json_decref(row);
        }
    sqlite3_finalize(st);
    if (step == 0 && root)
        return root;
    json_decref(root);
    return NULL;
}

/* Nothing was found: is it the Mac, or its accounts? */
static int nothing(sqlite3 *db, const char *serial, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (err->code != ERR_NONE)
        return -1;
    if (db_prepare(db,
                   "SELECT 1 FROM device JOIN device_posture USING (device_id)"
                   " WHERE device.serial = :serial",
                   &st, err) == 0 &&
        db_bind_text(st, ":serial", serial, err) == 0)
        step = db_step(st, err);
    sqlite3_finalize(st);
    if (step == 0) {
        err_set(err, ERR_USAGE, "no Mac has the serial number \"%s\"", serial);
        return err_hint(err, "the devices report lists them");
    }
    if (step == 1) {
        err_set(err, ERR_USAGE, "no account of %s is known", serial);
        return err_hint(err, "%s", supply_for("secure_token")->how);
    }
    return -1;
}

static int print(const json_t *root, const struct asked *q, bool json,
                 struct err *err)
{
    const json_t *accounts = json_object_get(root, "accounts");
    char *text;

    if (json_array_size(accounts) == 0)
        return err_set(err, ERR_USAGE, "%s has no account \"%s\"",
                       text_of(root, "serial"), q->account);
    if (!json) {
        if (q->account)
            forecast_print_account(root, json_array_get(accounts, 0),
                                   ways[q->by].title);
        else
            forecast_print_all(root, accounts, ways[q->by].title);
        return 0;
    }
    text = json_dumps(root, JSON_INDENT(1));
    if (!text)
        return err_nomem(err);
    puts(text);
    free(text);
    return 0;
}

static int answer(sqlite3 *db, const struct call *c, const struct asked *q,
                  struct err *err)
{
    char serial[64];
    json_t *root;
    int64_t period;
    size_t i;
    int rc = posture_views(db, &period, err);

    if (rc == 0) {
        err_set(err, ERR_USAGE, "nothing has been judged yet");
        return err_hint(err, "\"muster analyze\" judges what was ingested");
    }
    if (rc < 0)
        return -1;
    snprintf(serial, sizeof(serial), "%s", c->operands[0]);
    for (i = 0; serial[i]; i++)
        serial[i] = ascii_upper(serial[i]);
    root = collect(db, period, serial, q, err);
    if (!root)
        return nothing(db, serial, err);
    rc = print(root, q, opt_flag(c->opt, "json"), err);
    json_decref(root);
    return rc;
}

static int run(const struct call *c, struct err *err)
{
    struct asked q = {.account = c->count == 2 ? c->operands[1] : NULL};
    sqlite3 *db;
    int rc;

    if (c->count < 1 || c->count > 2)
        return err_set(err, ERR_USAGE,
                       "forecast: name one serial number, and one account or "
                       "none");
    if (read_way(opt_text(c->opt, "by"), &q.by, err) < 0)
        return -1;
    db = command_store(c, DB_READ, err);
    if (!db)
        return -1;
    rc = answer(db, c, &q, err);
    db_close(db);
    return rc;
}

static const char *const options[] = {"by", NULL};

const struct command cmd_forecast = {
    .name = "forecast",
    .summary = "What happens if this password is reset now",
    .usage = "forecast [OPTIONS] SERIAL [ACCOUNT]",
    .help =
        "Before a password is reset: would the account keep its secure token,\n"
        "and would the Mac still open? Says how old the facts are, what to do\n"
        "instead, why, and what to check afterwards. Without ACCOUNT, one line\n"
        "for each account of the Mac.\n"
        "\n"
        "--by says who resets: the management server (mdm, the default), the\n"
        "identity provider (idp), an administrator of the Mac with a token\n"
        "(admin), or somebody in recoveryOS (recovery).\n"
        "\n"
        "NOT KNOWN names the missing fact and how to get it; act as if it were\n"
        "a lockout risk.",
    .examples = "  muster forecast C02XK1ABCD anna\n"
                "  muster forecast C02XK1ABCD anna --by admin --json\n",
    .options = options,
    .run = run,
};
