/*
 * cmd_forecast.c - muster forecast: what happens if this password is reset?
 */
#include "core/base.h"

#include "analyze/derive.h"
#include "core/commands.h"
#include "core/db.h"
#include "core/resource.h"
#include "core/supply.h"
#include "core/text.h"
#include "core/when.h"
#include "report/forecast.h"

#include <jansson.h>

#define OS_26 260000

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

/* What is printed for a verdict. "refused" is of recoveryOS alone. */
static const struct {
    const char *word, *title;
} verdicts[] = {
    {"notapplicable", "NO TOKEN HERE"}, {"safe", "SAFE"},
    {"login-first", "LOG IN FIRST"},    {"token-lost", "TOKEN LOST"},
    {"lockout-risk", "LOCKOUT RISK"},   {"refused", "CANNOT BE DONE"},
    {"unknown", "NOT KNOWN"},
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

static bool known(const json_t *row, const char *key)
{
    return !json_is_null(json_object_get(row, key));
}

/* 1, 0, or -1 for not known. */
static int three(const json_t *row, const char *key)
{
    if (!known(row, key))
        return -1;
    return json_integer_value(json_object_get(row, key)) != 0;
}

static bool is(const json_t *row, const char *key, const char *word)
{
    return strcmp(text_of(row, key), word) == 0;
}

static struct forecast_facts facts_of(const json_t *row)
{
    return (struct forecast_facts){
        .os = known(row, "os") ? json_integer_value(json_object_get(row, "os"))
                               : -1,
        .network = is(row, "kind", "network"),
        .silent = three(row, "silent") == 1,
        .secure_token = three(row, "secure_token"),
        .token_real = three(row, "token_real"),
        .laps = three(row, "laps") == 1,
        .filevault_on = three(row, "filevault_on"),
        .bootstrap_state = text_of(row, "bootstrap_state"),
        .bootstrap_grants = three(row, "bootstrap_grants"),
        .other_admin = three(row, "other_admin") == 1,
        .sole_holder = three(row, "sole_holder") == 1,
        .key_valid = three(row, "recovery_key_escrowed") == 1 &&
                     is(row, "recovery_key_validity", "valid"),
        .recovery_open = three(row, "recovery_open") == 1,
    };
}

static struct forecast_answer answer_for(const json_t *row, enum forecast_by by)
{
    struct forecast_account account = {
        .facts = facts_of(row),
        .follows =
            is(row, "kind", "mobile") ||
            (known(row, "platform_sso") && !is(row, "platform_sso", "none")),
        .key_stored = three(row, "recovery_key_escrowed"),
        .key_invalid = is(row, "recovery_key_validity", "invalid"),
    };

    return forecast_answer(&account, by);
}

/* ---------------------------------------------------------- what is missing */

static void add_missing(json_t *list, const char *fact)
{
    const struct supply *s = supply_for(fact);
    json_t *o = json_object();

    json_object_set_new(o, "fact", json_string(fact));
    json_object_set_new(o, "title", json_string(s ? s->title : ""));
    json_object_set_new(o, "how", json_string(s ? s->how : ""));
    json_array_append_new(list, o);
}

static void missing_token(json_t *list, const json_t *row)
{
    if (three(row, "secure_token") < 0)
        add_missing(list, "secure_token");
    else
        add_missing(list, "token_verified_at");
}

/* The facts that row 7 wants. */
static void missing_deciders(json_t *list, const json_t *row)
{
    if (three(row, "token_real") < 0)
        missing_token(list, row);
    if (three(row, "filevault_on") < 0)
        add_missing(list, "filevault");
    if (!known(row, "os"))
        add_missing(list, "os_version");
    if (is(row, "bootstrap_state", "unknown") ||
        is(row, "bootstrap_state", "conflict")) {
        add_missing(list, "bootstrap_escrowed_device");
        add_missing(list, "bootstrap_escrowed_server");
    } else if (is(row, "bootstrap_state", "invalid")) {
        add_missing(list, "eacs_preflight");
    }
}

static json_t *missing_of(const json_t *row, const struct forecast_answer *a,
                          enum forecast_by by)
{
    json_t *list = json_array();
    bool unknown = strcmp(a->verdict, "unknown") == 0;

    if (a->f.row == 2)
        add_missing(list, "last_checkin");
    else if (a->f.row == 7)
        missing_deciders(list, row);
    else if (unknown && by == FORECAST_IDP)
        add_missing(list, "platform_sso");
    else if (unknown && by == FORECAST_RECOVERY)
        add_missing(list, "recovery_key_escrowed");
    else if (unknown && a->f.row == 0)
        add_missing(list, known(row, "kind") ? "role" : "kind");
    else if (a->f.row >= 8 && three(row, "other_admin") != 1 &&
             three(row, "other_open") == 1)
        add_missing(list, "password_known_by");
    if ((a->f.row == 9 || a->f.row == 12 || a->f.row == 17) &&
        three(row, "recovery_key_escrowed") != 0 &&
        !known(row, "recovery_key_validity"))
        add_missing(list, "recovery_key_validity");
    return list;
}

/* ------------------------------------------------------- before and after */

static const char *key_words(const json_t *row)
{
    switch (three(row, "recovery_key_escrowed")) {
    case 0:
        return "not stored with the server";
    case 1:
        if (is(row, "recovery_key_validity", "valid"))
            return "stored with the server, and valid";
        if (is(row, "recovery_key_validity", "invalid"))
            return "stored, but it does not open the disk";
        return "stored with the server, not validated";
    default:
        return "not known";
    }
}

static const char *bootstrap_words(const json_t *row)
{
    static const struct {
        const char *state, *words;
    } table[] = {{"proven", "stored, and proven to work"},
                 {"claimed", "stored, not proven"},
                 {"absent", "not stored"},
                 {"invalid", "stored, but it probably does not work"},
                 {"conflict", "Mac and server disagree"},
                 {"unsupported", "not supported"}};
    size_t i;

    for (i = 0; i < COUNT_OF(table); i++)
        if (is(row, "bootstrap_state", table[i].state))
            return table[i].words;
    return "not known";
}

static void add_check(json_t *list, const char *what, const char *state)
{
    json_array_append_new(
        list, json_pack("{s:s, s:s}", "what", what, "state", state));
}

/* What to look at before any reset that is not safe. */
static json_t *before_of(const json_t *row, const struct forecast_answer *a)
{
    json_t *list = json_array();
    int former = three(row, "former_password_known");

    if (strcmp(a->verdict, "safe") == 0 ||
        strcmp(a->verdict, "notapplicable") == 0)
        return list;
    add_check(list, "bootstrap token", bootstrap_words(row));
    add_check(list, "recovery key", key_words(row));
    add_check(list, "restart", "ask: is one pending, or an update deadline?");
    add_check(list, "the person", "ask: at the Mac, and on the network?");
    add_check(list, "former password",
              former < 0 ? "ask: is it still known?"
              : former   ? "still known"
                         : "not known to anybody");
    return list;
}

/* A name that a shell takes as it is. */
static bool plain_name(const char *s)
{
    return s[0] && s[0] != '-' &&
           strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                     "0123456789._-") == strlen(s);
}

static json_t *after_of(const json_t *row, const struct forecast_answer *a)
{
    const char *name = text_of(row, "account");
    json_t *list = json_array();

    if (strcmp(a->verdict, "notapplicable") == 0)
        return list;
    json_array_append_new(list,
                          json_sprintf("sysadminctl -secureTokenStatus %s 2>&1",
                                       plain_name(name) ? name : "NAME"));
    json_array_append_new(list, json_string("sudo fdesetup list"));
    if (!known(row, "os") ||
        json_integer_value(json_object_get(row, "os")) >= OS_26)
        json_array_append_new(
            list, json_string("on macOS 26 a proof and not the flag: log out, "
                              "restart, and unlock FileVault with the new "
                              "password"));
    return list;
}

static void set_time(json_t *o, const char *key, const json_t *row)
{
    char when[32];

    if (!known(row, key)) {
        json_object_set_new(o, key, json_null());
        return;
    }
    when_format(json_integer_value(json_object_get(row, key)), when,
                sizeof(when));
    json_object_set_new(o, key, json_string(when));
}

static json_t *account_json(const json_t *row, enum forecast_by by)
{
    struct forecast_answer a = answer_for(row, by);
    json_t *o = json_object();

    json_object_set_new(o, "account", json_string(text_of(row, "account")));
    json_object_set_new(o, "full_name", json_string(text_of(row, "full_name")));
    set_time(o, "read_at", row);
    json_object_set_new(o, "verdict", json_string(a.verdict));
    json_object_set_new(o, "row", json_integer(a.f.row));
    json_object_set_new(o, "group", json_string(a.f.group));
    json_object_set_new(o, "instead", json_string(a.f.instead));
    json_object_set_new(o, "reason", json_string(a.f.say));
    json_object_set_new(o, "last_token", json_boolean(a.f.last_token));
    json_object_set_new(o, "other_admin_not_known",
                        json_boolean(by != FORECAST_IDP && a.f.row >= 8 &&
                                     three(row, "other_admin") != 1 &&
                                     three(row, "other_open") == 1));
    json_object_set_new(o, "missing", missing_of(row, &a, by));
    json_object_set_new(o, "before", before_of(row, &a));
    json_object_set_new(o, "after", after_of(row, &a));
    return o;
}

/* ------------------------------------------------------------------- print */

static void print_age(const json_t *root, const json_t *account)
{
    const char *read = text_of(account, "read_at"),
               *seen = text_of(root, "last_checkin");
    int64_t as_of = 0, t = 0;

    when_parse(text_of(root, "as_of"), strlen(text_of(root, "as_of")), &as_of);
    if (when_parse(read, strlen(read), &t))
        printf("Facts of %.10s, %lld %s old", read,
               COUNTED((as_of - t) / WHEN_DAY, "day"));
    else
        printf("The age of the facts is not known");
    if (seen[0])
        printf("; last check-in %.10s\n", seen);
    else
        printf("; last check-in not known\n");
}

static const char *verdict_title(const char *word)
{
    size_t i;

    for (i = 0; i < COUNT_OF(verdicts); i++)
        if (strcmp(verdicts[i].word, word) == 0)
            return verdicts[i].title;
    return word;
}

static void print_mac(const json_t *root)
{
    text_print_safe(text_of(root, "serial"), stdout);
    if (text_of(root, "name")[0]) {
        fputs(" (", stdout);
        text_print_safe(text_of(root, "name"), stdout);
        fputc(')', stdout);
    }
}

/* Sentences of the table have no full stop. */
static void print_paragraph(const char *title, const char *text)
{
    struct strbuf b = {0};

    printf("\n%s\n  ", title);
    strbuf_addf(&b, "%s.", text);
    text_wrap(strbuf_str(&b), 2, 2, stdout);
    strbuf_free(&b);
}

static void print_missing(const json_t *account)
{
    const json_t *list = json_object_get(account, "missing"), *o;
    size_t i;

    if (json_array_size(list) == 0)
        return;
    printf("\nNot known\n");
    json_array_foreach(list, i, o)
    {
        printf("  %s", text_of(o, "fact"));
        if (text_of(o, "title")[0])
            printf(": %s", text_of(o, "title"));
        printf("\n    ");
        text_wrap(text_of(o, "how"), 4, 4, stdout);
    }
}

static void print_before(const json_t *account)
{
    const json_t *list = json_object_get(account, "before"), *o;
    size_t i;

    if (json_array_size(list) == 0)
        return;
    printf("\nBefore any reset\n");
    json_array_foreach(list, i, o)
    {
        printf("  %-16s %s\n", text_of(o, "what"), text_of(o, "state"));
    }
}

static void print_after(const json_t *account)
{
    const json_t *list = json_object_get(account, "after"), *o;
    size_t i;

    if (json_array_size(list) == 0)
        return;
    printf("\nCheck afterwards\n");
    json_array_foreach(list, i, o)
    {
        printf("  ");
        text_wrap(json_string_value(o), 2, 4, stdout);
    }
}

static void print_account(const json_t *root, const json_t *account,
                          enum forecast_by by)
{
    const char *instead = text_of(account, "instead");

    print_mac(root);
    fputs(", account ", stdout);
    text_print_safe(text_of(account, "account"), stdout);
    fputc('\n', stdout);
    print_age(root, account);
    printf("\n%s %s\n", verdict_title(text_of(account, "verdict")),
           ways[by].title);
    if (instead[0])
        print_paragraph(strcmp(text_of(account, "verdict"), "safe") == 0
                            ? "Mind this"
                            : "Do this instead",
                        instead);
    print_paragraph("Why", text_of(account, "reason"));
    if (json_is_true(json_object_get(account, "last_token")))
        printf("  This is the last token of the Mac.\n");
    if (json_is_true(json_object_get(account, "other_admin_not_known")))
        printf("  Whether another token admin could help is not known: taken "
               "as none.\n");
    print_missing(account);
    print_before(account);
    print_after(account);
}

static void print_all(const json_t *root, const json_t *accounts,
                      enum forecast_by by)
{
    const json_t *o;
    size_t i, n, width = 7;

    print_mac(root);
    fputc('\n', stdout);
    print_age(root, json_array_get(accounts, 0));
    printf("What happens %s:\n\n", ways[by].title);
    json_array_foreach(accounts, i, o)
    {
        n = utf8_length(text_of(o, "account"), strlen(text_of(o, "account")));
        width = n > width ? n : width;
    }
    json_array_foreach(accounts, i, o)
    {
        const char *name = text_of(o, "account");
        const char *text = text_of(o, "instead");

        fputs("  ", stdout);
        text_print_safe(name, stdout);
        n = utf8_length(name, strlen(name));
        printf("%*s  %-15s", (int)(width - n), "",
               verdict_title(text_of(o, "verdict")));
        text_wrap(text[0] ? text : text_of(o, "reason"), width + 19, width + 19,
                  stdout);
    }
    printf("\nName an account to see why, and what to check.\n");
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
    set_time(root, "as_of", row);
    json_object_set_new(root, "serial", json_string(text_of(row, "serial")));
    json_object_set_new(root, "name", json_string(text_of(row, "mac")));
    set_time(root, "last_checkin", row);
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
                                      account_json(row, q->by));
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
            print_account(root, json_array_get(accounts, 0), q->by);
        else
            print_all(root, accounts, q->by);
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
