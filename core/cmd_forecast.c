/*
 * cmd_forecast.c - muster forecast: what happens if this password is reset?
 */
#include "core/base.h"

#include "analyze/derive.h"
#include "core/commands.h"
#include "core/db.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/supply.h"
#include "core/text.h"
#include "core/when.h"
#include "report/forecast.h"

#include <jansson.h>

#define WIDTH 78

/* Columns of core/queries/forecast.sql. */
enum {
    ACCOUNT,
    FULL_NAME,
    OS,
    KIND,
    SILENT,
    TOKEN,
    REAL,
    LAPS,
    VAULT,
    STATE,
    GRANTS,
    ADMIN,
    SOLE,
    KEY,
    VALIDITY,
    OPEN,
    SSO,
    ROLE,
    READ_AT,
    CHECKIN,
    AS_OF,
    SERIAL,
    NAME,
    CLIENT,
    FORMER
};

static const struct {
    const char *word, *who;
} by_words[] = {
    [FORECAST_MDM] = {"mdm", "the management server"},
    [FORECAST_IDP] = {"idp", "the identity provider"},
    [FORECAST_ADMIN] = {"admin", "a token administrator of the Mac"},
    [FORECAST_RECOVERY] = {"recovery", "recoveryOS"},
};

static const char *const titles[] = {
    [FORECAST_NOT_APPLICABLE] = "NOTHING TO LOSE",
    [FORECAST_SAFE] = "SAFE",
    [FORECAST_LOGIN_FIRST] = "LOG IN BEFORE ANY RESTART",
    [FORECAST_TOKEN_LOST] = "THE TOKEN IS LOST",
    [FORECAST_LOCKOUT_RISK] = "LOCKOUT RISK",
    [FORECAST_UNKNOWN] = "NOT KNOWN: treat it as a lockout risk",
};

static int read_by(const char *word, enum forecast_by *by, struct err *err)
{
    size_t i;

    for (i = 0; i < COUNT_OF(by_words); i++)
        if (strcmp(by_words[i].word, word) == 0) {
            *by = (enum forecast_by)i;
            return 0;
        }
    err_set(err, ERR_USAGE, "--by: unknown word \"%s\"", word);
    return err_hint(err, "mdm, idp, admin or recovery");
}

/* 1, 0, or -1 where it is not known. */
static int three(sqlite3_stmt *st, int column)
{
    if (sqlite3_column_type(st, column) == SQLITE_NULL)
        return -1;
    return sqlite3_column_int(st, column) != 0;
}

static struct forecast_facts read_facts(sqlite3_stmt *st)
{
    return (struct forecast_facts){
        .os = sqlite3_column_type(st, OS) == SQLITE_NULL
                  ? -1
                  : sqlite3_column_int64(st, OS),
        .network = strcmp(db_text(st, KIND), "network") == 0,
        .silent = three(st, SILENT) == 1,
        .secure_token = three(st, TOKEN),
        .token_real = three(st, REAL),
        .laps = three(st, LAPS) == 1,
        .filevault_on = three(st, VAULT),
        .bootstrap_state = db_text(st, STATE),
        .bootstrap_grants = three(st, GRANTS),
        .other_admin = three(st, ADMIN) == 1,
        .sole_holder = three(st, SOLE) == 1 && three(st, REAL) == 1,
        .key_valid =
            three(st, KEY) == 1 && strcmp(db_text(st, VALIDITY), "valid") == 0,
        .recovery_open = three(st, OPEN) == 1,
    };
}

/* ------------------------------------------------------------------- text */

/* "  Label     text", wrapped, continued under the text. */
static void say(const char *label, const char *text)
{
    const size_t indent = 14;
    size_t at = indent;

    printf("  %-12s", label);
    while (*text) {
        size_t n = strcspn(text, " ");

        if (at > indent && at + 1 + n > WIDTH) {
            printf("\n%*s", (int)indent, "");
            at = indent;
        }
        if (at > indent) {
            putchar(' ');
            at++;
        }
        printf("%.*s", (int)n, text);
        at += n;
        text += n;
        text += *text == ' ';
    }
    putchar('\n');
}

static void say_age(sqlite3_stmt *st)
{
    int64_t read = sqlite3_column_int64(st, READ_AT);
    int64_t days = (sqlite3_column_int64(st, AS_OF) - read) / WHEN_DAY;
    char when[32];

    if (sqlite3_column_type(st, READ_AT) == SQLITE_NULL || read == 0) {
        say("Facts:", "it is not known when these facts were read");
        return;
    }
    when_format(read, when, sizeof(when));
    printf("  %-12sread %s, %lld day%s before the day of judgement\n",
           "Facts:", when, (long long)days, days == 1 ? "" : "s");
}

static const char *yes_no(int v)
{
    return v < 0 ? "not known" : v ? "yes" : "no";
}

/* What to ask before it is done, with what the facts say of it. */
static void say_checks(sqlite3_stmt *st, const struct forecast_facts *f)
{
    char text[400];

    snprintf(text, sizeof(text),
             "is the bootstrap token proven (%s)? is the recovery key stored "
             "(%s) and valid (%s)? does a restart or an update wait? is the "
             "person at the keyboard, on the network? is the former password "
             "still known (%s)?",
             f->bootstrap_state, yes_no(three(st, KEY)),
             db_text(st, VALIDITY)[0] ? db_text(st, VALIDITY) : "not known",
             yes_no(three(st, FORMER)));
    say("Ask first:", text);
}

static void say_missing(const struct forecast_facts *f)
{
    const char *missing[9];
    struct strbuf b = {0};
    size_t i;

    forecast_missing(f, missing);
    for (i = 0; missing[i]; i++) {
        char first[64];
        const struct supply *s;

        snprintf(first, sizeof(first), "%.*s", (int)strcspn(missing[i], "|"),
                 missing[i]);
        s = supply_for(first);
        strbuf_reset(&b);
        strbuf_addf(&b, "%s%s%s", missing[i], s ? ": " : "", s ? s->how : "");
        say(i ? "" : "Find out:", strbuf_str(&b));
    }
    strbuf_free(&b);
}

static void print_text(sqlite3_stmt *st, enum forecast_by by)
{
    struct forecast_facts facts = read_facts(st);
    struct forecast f = forecast_reset(&facts, by);
    struct strbuf safe = {0};

    text_escape(&safe, db_text(st, ACCOUNT), strlen(db_text(st, ACCOUNT)));
    printf("%s on ", strbuf_str(&safe));
    text_print_safe(db_text(st, SERIAL), stdout);
    if (db_text(st, NAME)[0]) {
        printf(" (");
        text_print_safe(db_text(st, NAME), stdout);
        putchar(')');
    }
    printf(", reset by %s:\n%s\n", by_words[by].who, titles[f.verdict]);
    if (f.instead[0])
        say("Instead:", f.instead);
    say_age(st);
    say("Why:", f.say);
    if (f.last_token)
        say("", "This is the last secure token of the Mac.");
    if (f.verdict == FORECAST_UNKNOWN)
        say_missing(&facts);
    if (f.verdict != FORECAST_SAFE && f.verdict != FORECAST_NOT_APPLICABLE) {
        say_checks(st, &facts);
        strbuf_reset(&safe);
        strbuf_addf(&safe,
                    "sysadminctl -secureTokenStatus USER 2>&1 and sudo "
                    "fdesetup list%s",
                    facts.os >= 260000 ? "; on macOS 26 the flag proves "
                                         "nothing: unlock with the password"
                                       : "");
        say("Afterwards:", strbuf_str(&safe));
    }
    strbuf_free(&safe);
}

/* ------------------------------------------------------------------- json */

static json_t *forecast_json(sqlite3_stmt *st, enum forecast_by by)
{
    struct forecast_facts facts = read_facts(st);
    struct forecast f = forecast_reset(&facts, by);
    json_t *missing = json_array();
    const char *names[9];
    char read[32] = "";
    size_t i;

    if (sqlite3_column_type(st, READ_AT) != SQLITE_NULL)
        when_format(sqlite3_column_int64(st, READ_AT), read, sizeof(read));
    if (f.verdict == FORECAST_UNKNOWN) {
        forecast_missing(&facts, names);
        for (i = 0; names[i]; i++)
            json_array_append_new(missing, json_string(names[i]));
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:b, s:o,"
                     " s:s?}",
                     "client", db_text(st, CLIENT), "serial",
                     db_text(st, SERIAL), "account", db_text(st, ACCOUNT), "by",
                     by_words[by].word, "verdict", forecast_word(f.verdict),
                     "row", f.row, "group", f.group, "reason", f.say, "instead",
                     f.instead, "last_token", f.last_token, "missing_facts",
                     missing, "facts_read_at", read[0] ? read : NULL);
}

static int print_json(json_t *list, struct err *err)
{
    json_t *root = json_pack("{s:s, s:O}", "schema", "muster.forecast/1",
                             "accounts", list);
    char *text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;

    json_decref(root);
    if (!text)
        return err_nomem(err);
    puts(text);
    free(text);
    return 0;
}

/* ---------------------------------------------------------------- command */

static int bind(sqlite3_stmt *st, const struct call *c, int64_t period,
                struct err *err)
{
    if (db_bind_int(st, ":period_id", period, err) < 0 ||
        db_bind_text(st, ":serial", c->operands[0], err) < 0 ||
        db_bind_text(st, ":account", c->count > 1 ? c->operands[1] : "", err) <
            0)
        return -1;
    return db_bind_text(st, ":client", opt_text_or(c->opt, "client", ""), err);
}

static int none(const struct call *c, struct err *err)
{
    err_set(err, ERR_USAGE, "%s%s%s is not among the facts at hand",
            c->operands[0], c->count > 1 ? ", " : "",
            c->count > 1 ? c->operands[1] : "");
    return err_hint(err, "\"muster explain %s\" shows what is known of the Mac",
                    c->operands[0]);
}

static int answer(sqlite3 *db, const struct call *c, int64_t period,
                  enum forecast_by by, struct err *err)
{
    bool json = opt_flag(c->opt, "json");
    json_t *list = json_array();
    sqlite3_stmt *st = NULL;
    int step = -1;
    size_t n = 0;

    if (db_prepare(db, resource_text("core/queries/forecast.sql"), &st, err) ==
            0 &&
        bind(st, c, period, err) == 0)
        while ((step = db_step(st, err)) == 1) {
            if (json)
                json_array_append_new(list, forecast_json(st, by));
            else {
                if (n)
                    putchar('\n');
                print_text(st, by);
            }
            n++;
        }
    sqlite3_finalize(st);
    if (step == 0 && n == 0)
        step = none(c, err);
    else if (step == 0 && json)
        step = print_json(list, err);
    json_decref(list);
    return step;
}

static int run(const struct call *c, struct err *err)
{
    enum forecast_by by = FORECAST_MDM;
    int64_t period = 0;
    sqlite3 *db;
    int rc;

    if (c->count < 1 || c->count > 2)
        return err_set(
            err, ERR_USAGE,
            "forecast: name a serial number, and perhaps an account");
    if (read_by(opt_text_or(c->opt, "by", "mdm"), &by, err) < 0)
        return -1;
    db = command_store(c, DB_READ, err);
    if (!db)
        return -1;
    rc = posture_views(db, &period, err);
    if (rc == 0) {
        err_set(err, ERR_USAGE, "nothing has been judged yet");
        rc = err_hint(err, "\"muster analyze\" judges what was ingested");
    } else if (rc == 1) {
        rc = answer(db, c, period, by, err);
    }
    db_close(db);
    return rc;
}

static const char *const options[] = {"by", "client", NULL};

const struct command cmd_forecast = {
    .name = "forecast",
    .summary = "What happens if this password is reset now?",
    .usage = "forecast [OPTIONS] SERIAL [ACCOUNT]",
    .help =
        "Says of an account, or of every account of a Mac, what a reset of its\n"
        "password would do to its secure token and to the way into the Mac, and\n"
        "what to do instead. --by says who resets it: mdm (default), idp,\n"
        "admin (with a token administrator's credential) or recovery.\n"
        "\n"
        "What is not known is said, with the fact that would answer it. It is\n"
        "never shown as safe.",
    .examples = "  muster forecast C02XK1ABCD anna\n"
                "  muster forecast C02XK1ABCD --by admin --json\n",
    .options = options,
    .run = run,
};
