/*
 * forecast_row.c - the forecast of one account, from a row of facts.
 */
#include "core/base.h"

#include "core/supply.h"
#include "core/when.h"
#include "report/forecast_row.h"

#define OS_26 260000

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
        .reset_open = three(row, "reset_open") == 1,
        .restarted = three(row, "restarted") == 1,
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

/* What recoveryOS would ask for. */
static void missing_key(json_t *list, const json_t *row)
{
    if (three(row, "filevault_on") < 0)
        add_missing(list, "filevault");
    if (three(row, "recovery_key_escrowed") < 0)
        add_missing(list, "recovery_key_escrowed");
}

static json_t *missing_of(const json_t *row, const struct forecast_answer *a,
                          enum forecast_by by)
{
    json_t *list = json_array();
    bool unknown = strcmp(a->verdict, "unknown") == 0;

    if (a->f.row == 2 && !known(row, "last_checkin"))
        add_missing(list, "last_checkin");
    else if (a->f.row == 7)
        missing_deciders(list, row);
    else if (unknown && a->f.row == 0 && by == FORECAST_IDP)
        add_missing(list, "platform_sso");
    else if (unknown && a->f.row == 0 && by == FORECAST_RECOVERY)
        missing_key(list, row);
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

void forecast_time(json_t *o, const char *key, const json_t *row)
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

/* Asked for a reset by a token admin, and there is none who is known to be able
 * to do it: the answer is that of a reset without one. */
static bool no_admin(const json_t *row, const struct forecast_answer *a,
                     enum forecast_by by)
{
    return by == FORECAST_ADMIN && (a->f.row == 0 || a->f.row > 4) &&
           three(row, "other_admin") != 1;
}

json_t *forecast_account(const json_t *row, enum forecast_by by)
{
    struct forecast_answer a = answer_for(row, by);
    json_t *o = json_object();

    json_object_set_new(o, "account", json_string(text_of(row, "account")));
    json_object_set_new(o, "full_name", json_string(text_of(row, "full_name")));
    forecast_time(o, "read_at", row);
    json_object_set_new(o, "verdict", json_string(a.verdict));
    json_object_set_new(o, "row", json_integer(a.f.row));
    json_object_set_new(o, "group", json_string(a.f.group));
    json_object_set_new(o, "instead", json_string(a.f.instead));
    json_object_set_new(o, "reason", json_string(a.f.say));
    json_object_set_new(o, "way_open", json_boolean(!no_admin(row, &a, by)));
    json_object_set_new(o, "reset_open",
                        json_boolean(three(row, "reset_open") == 1));
    json_object_set_new(o, "last_token", json_boolean(a.f.last_token));
    json_object_set_new(o, "other_admin_not_known",
                        json_boolean(by != FORECAST_IDP &&
                                     (a.f.row >= 8 || no_admin(row, &a, by)) &&
                                     three(row, "other_admin") != 1 &&
                                     three(row, "other_open") == 1));
    json_object_set_new(o, "missing", missing_of(row, &a, by));
    json_object_set_new(o, "before", before_of(row, &a));
    json_object_set_new(o, "after", after_of(row, &a));
    return o;
}
