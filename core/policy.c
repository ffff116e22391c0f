/*
 * policy.c - the settings, their defaults, and how they are written.
 */
#include "core/base.h"

#include "core/facts.h"
#include "core/policy.h"
#include "core/text.h"
#include "core/when.h"

const struct policy_key policy_keys[] = {
    {"freshness_days", POLICY_DAYS, "30",
     "a Mac silent for longer counts as not reporting"},
    {"checkin_low_days", POLICY_DAYS, "14",
     "silence that is worth a word (ENR-05 low)"},
    {"checkin_medium_days", POLICY_DAYS, "30", "silence of ENR-05 medium"},
    {"checkin_high_days", POLICY_DAYS, "60", "silence of ENR-05 high"},
    {"filevault_wait_days", POLICY_DAYS, "7",
     "silence after which a reset Mac is probably at the FileVault window"},
    {"deferred_days", POLICY_DAYS, "14",
     "how long FileVault may stay deferred (FV-07)"},
    {"export_days", POLICY_DAYS, "35", "how old an export may be (DATA-02)"},
    {"expected_abm_server", POLICY_TEXT, NULL,
     "server that Macs are assigned to in Apple Business (ENR-06)"},
    {"updates_by_server", POLICY_BOOL, NULL,
     "updates are started by the management server (for your own rules)"},
    {"route", POLICY_TEXT, NULL,
     "way of the migration: in-place, classic or erase"},
    {"planned_day", POLICY_TIME, NULL, "day of the move"},
    {"deadline", POLICY_TIME, NULL, "deadline set in Apple Business"},
    {"new_server", POLICY_TEXT, NULL,
     "management server the fleet moves to, as exports name it"},
    {"new_server_bootstrap", POLICY_BOOL, NULL,
     "the new server supports bootstrap tokens"},
    {"recovery_keys_exported", POLICY_TIME, NULL,
     "day on which all personal recovery keys were exported"},
};

const size_t policy_key_count = COUNT_OF(policy_keys);

const struct policy_key *policy_find(const char *name)
{
    size_t i;

    for (i = 0; i < policy_key_count; i++)
        if (strcmp(policy_keys[i].name, name) == 0)
            return &policy_keys[i];
    return NULL;
}

/* A whole number of days up to 100 years; -1 otherwise. */
static int64_t read_days(const char *s)
{
    int64_t v = 0;
    size_t i;

    if (!s[0] || strlen(s) > 5)
        return -1;
    for (i = 0; s[i]; i++) {
        if (s[i] < '0' || s[i] > '9')
            return -1;
        v = v * 10 + (s[i] - '0');
    }
    return v;
}

int policy_check(const struct policy_key *k, const char *value, struct err *err)
{
    int64_t t;

    switch (k->type) {
    case POLICY_DAYS:
        if (read_days(value) < 0)
            return err_set(err, ERR_CONFIG,
                           "%s: expected a whole number of days, found \"%s\"",
                           k->name, value);
        break;
    case POLICY_BOOL:
        if (fact_bool_word(value, strlen(value)) < 0)
            return err_set(err, ERR_CONFIG,
                           "%s: expected yes or no, found \"%s\"", k->name,
                           value);
        break;
    case POLICY_TIME:
        if (!when_parse_day(value, &t))
            return err_set(err, ERR_CONFIG,
                           "%s: expected a date (YYYY-MM-DD), found \"%s\"",
                           k->name, value);
        break;
    case POLICY_TEXT:
        break;
    }
    if (strcmp(k->name, "route") == 0 && strcmp(value, "in-place") != 0 &&
        strcmp(value, "classic") != 0 && strcmp(value, "erase") != 0)
        return err_set(err, ERR_CONFIG,
                       "route: expected in-place, classic or erase, found "
                       "\"%s\"",
                       value);
    return 0;
}

int policy_bind(sqlite3_stmt *st, int index, const struct policy_key *k,
                const char *value)
{
    int64_t t;

    if (!value || !value[0])
        return sqlite3_bind_null(st, index);
    switch (k->type) {
    case POLICY_DAYS:
        return sqlite3_bind_int64(st, index, read_days(value));
    case POLICY_BOOL:
        return sqlite3_bind_int(st, index,
                                fact_bool_word(value, strlen(value)));
    case POLICY_TIME:
        if (!when_parse_day(value, &t))
            return sqlite3_bind_null(st, index);
        return sqlite3_bind_int64(st, index, t);
    case POLICY_TEXT:
        break;
    }
    return sqlite3_bind_text(st, index, value, -1, SQLITE_TRANSIENT);
}
