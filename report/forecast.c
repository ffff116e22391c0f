/*
 * forecast.c - the table of password resets, first fitting row wins.
 *
 * Rows 8 and 9 rest on the statement of one vendor about macOS 26, and the
 * text says so. Encrypting and decrypting count as FileVault on.
 */
#include "core/base.h"

#include "core/db.h"
#include "report/forecast.h"

#define OS_10_13 101300
#define OS_26 260000

#define NOT_KNOWN "not known"
#define LOCKOUT "lockout risk"
#define LOST "lost until recovery or another admin"

/* The text of each row; row 0 is for what no row fits. */
static const struct forecast rows[] = {
    {0, FORECAST_UNKNOWN, NOT_KNOWN,
     "Whether the bootstrap token would grant this account a token again is "
     "not known",
     "Find out the kind and role of the account first; until then treat it as "
     "a lockout risk",
     false},
    {1, FORECAST_NOT_APPLICABLE, "no token",
     "There is no secure token here to lose", "", false},
    {2, FORECAST_UNKNOWN, NOT_KNOWN,
     "No recent check-in of the Mac is known: the command would run at an "
     "unknown time, perhaps just before a restart",
     "Do not queue it; reach the Mac first", false},
    {3, FORECAST_SAFE, "safe",
     "The account holds no secure token, so there is none to lose; it cannot "
     "unlock FileVault either way",
     "", false},
    {4, FORECAST_SAFE, "safe",
     "A reset with a token admin's credential keeps the token", "", false},
    {5, FORECAST_UNKNOWN, NOT_KNOWN,
     "The password is rotated by a tool: one that knows the old password keeps "
     "FileVault in step, one that does not is refused or lets it drift",
     "Let the tool rotate it, then check that the account still unlocks "
     "FileVault",
     false},
    {6, FORECAST_UNKNOWN, NOT_KNOWN,
     "The token is shown as enabled and is probably broken already",
     "Repair the token first", false},
    {7, FORECAST_UNKNOWN, NOT_KNOWN,
     "What decides it is not known: the token, FileVault, the system version "
     "or the bootstrap token",
     "Find out the missing facts first; until then treat it as a lockout risk",
     false},
    {8, FORECAST_LOCKOUT_RISK, LOCKOUT,
     "On macOS 26 the token probably stays shown as enabled and is broken, so "
     "that FileVault no longer takes this account (one vendor's statement)",
     "Reset it with a token admin's credential instead; otherwise renew the "
     "token with that admin before any restart",
     false},
    {9, FORECAST_LOCKOUT_RISK, LOCKOUT,
     "On macOS 26 the token probably stays shown as enabled and is broken, and "
     "no other token admin is known to repair it (one vendor's statement)",
     "Do not reset it; check that the recovery key is stored and valid", false},
    {10, FORECAST_TOKEN_LOST, LOST,
     "On macOS 26 the token probably stays shown as enabled and is broken; "
     "FileVault is off, so nobody is locked out",
     "Let a token admin renew it, or log in with the bootstrap token and then "
     "prove the token",
     false},
    {11, FORECAST_LOGIN_FIRST, "must log in before a restart",
     "The token comes back at the next login at the ordinary window; before "
     "that, a restart makes FileVault ask for the old password",
     "Reset it while the person sits at the Mac, and let them log out and in "
     "before any restart",
     false},
    {12, FORECAST_LOGIN_FIRST, "must log in before a restart",
     "The token should come back at the next login at the ordinary window; the "
     "bootstrap token is stored but not proven",
     "Prove the bootstrap token first, then reset while the person sits at the "
     "Mac and let them log out and in before any restart",
     false},
    {13, FORECAST_LOGIN_FIRST, "granted again at the next login",
     "The token comes back at the next login; FileVault is off, so a restart "
     "probably locks nobody out",
     "Let the person log in once afterwards", false},
    {14, FORECAST_LOCKOUT_RISK, LOCKOUT,
     "The token is lost and nothing grants it again by itself; after a restart "
     "FileVault does not take the new password",
     "Reset it with a token admin's credential instead; otherwise let that "
     "admin grant a new token before any restart",
     false},
    {15, FORECAST_TOKEN_LOST, LOST,
     "The token is lost and nothing grants it again by itself; FileVault is "
     "off, so nobody is locked out",
     "Let a token admin grant a new token", false},
    {16, FORECAST_LOCKOUT_RISK, LOCKOUT,
     "The token is lost, nobody can grant a new one, and after a restart only "
     "the recovery key opens the Mac",
     "Do not reset it; if it is done, use the former password, else the "
     "recovery key at the Mac",
     false},
    {17, FORECAST_LOCKOUT_RISK, LOCKOUT,
     "The token is lost, nobody can grant a new one, and no valid recovery key "
     "is at hand: erasing may be all that is left",
     "Do not reset it; store a valid recovery key and the bootstrap token "
     "first",
     false},
    {18, FORECAST_TOKEN_LOST, LOST,
     "The token is lost until recoveryOS sets it anew; on Apple silicon "
     "ownership and updates go with it",
     "Do not reset it; store the bootstrap token first", false},
    {19, FORECAST_UNKNOWN, NOT_KNOWN,
     "The identity provider changes its own password at once; the Mac and "
     "FileVault probably follow only after a login there with the new one, and "
     "until then ask for the old one",
     "Let the person sign in at the ordinary login window, on the network, "
     "before any restart",
     false},
    {20, FORECAST_SAFE, "safe",
     "A reset in recoveryOS sets the token anew together with the password", "",
     false},
};

static bool is(const struct forecast_facts *f, const char *state)
{
    return strcmp(f->bootstrap_state, state) == 0;
}

/* A fact without which rows 8 to 18 cannot be told apart. */
static bool undecided(const struct forecast_facts *f)
{
    return f->token_real < 0 || f->filevault_on < 0 || f->os < 0 ||
           is(f, "conflict") || is(f, "invalid") || is(f, "unknown");
}

/* Rows 8 to 10: macOS 26 and later. */
static int row_os_26(const struct forecast_facts *f)
{
    if (!f->filevault_on)
        return 10;
    return f->other_admin ? 8 : 9;
}

/* Rows 11 to 18: the bootstrap token grants it again, or not. */
static int row_granted(const struct forecast_facts *f)
{
    if (f->bootstrap_grants < 0)
        return 0;
    if (f->bootstrap_grants)
        return !f->filevault_on ? 13 : is(f, "proven") ? 11 : 12;
    if (f->other_admin)
        return f->filevault_on ? 14 : 15;
    if (!f->filevault_on)
        return 18;
    return f->key_valid && f->recovery_open ? 16 : 17;
}

/* In recoveryOS: the disk must be open, or be opened with the key. */
static int row_recovery(const struct forecast_facts *f)
{
    if (!f->recovery_open || f->filevault_on < 0)
        return 7;
    if (f->filevault_on && !f->key_valid)
        return 17;
    return 20;
}

static int row_of(const struct forecast_facts *f, enum forecast_by by)
{
    if (f->network || (f->os >= 0 && f->os < OS_10_13))
        return 1;
    if (f->silent)
        return 2;
    if (f->secure_token == 0)
        return 3;
    if (by == FORECAST_ADMIN && f->other_admin)
        return 4;
    if (by == FORECAST_IDP)
        return f->token_real == 0 ? 6 : 19;
    if (by == FORECAST_RECOVERY)
        return row_recovery(f);
    if (f->laps)
        return 5;
    if (f->token_real == 0)
        return 6;
    if (undecided(f))
        return 7;
    return f->os >= OS_26 ? row_os_26(f) : row_granted(f);
}

struct forecast forecast_reset(const struct forecast_facts *f,
                               enum forecast_by by)
{
    struct forecast out = rows[row_of(f, by)];

    /* The only holder, and a bootstrap token that nobody has proven: without
     * a valid recovery key there is no second way in. */
    if (out.row == 12 && f->sole_holder && !f->key_valid) {
        out.verdict = FORECAST_LOCKOUT_RISK;
        out.group = LOCKOUT;
        out.say = "The token should come back at the next login at the "
                  "ordinary window; but the bootstrap token is not proven, and "
                  "if it fails nothing else is known to open the Mac: no other "
                  "token, and no recovery key that is known to be valid";
        out.instead = "Do not reset it; store a valid recovery key, or prove "
                      "the bootstrap token first";
    }
    out.last_token = f->sole_holder && out.row >= 8 && out.row <= 18;
    return out;
}

void forecast_missing(const struct forecast_facts *f, const char *out[9])
{
    size_t n = 0;

    if (f->os < 0)
        out[n++] = "os_version";
    if (f->secure_token < 0)
        out[n++] = "secure_token";
    else if (f->token_real < 0)
        out[n++] = "token_verified_at";
    if (f->filevault_on < 0)
        out[n++] = "filevault";
    if (is(f, "unknown") || is(f, "conflict"))
        out[n++] = "bootstrap_escrowed_device|bootstrap_escrowed_server";
    if (is(f, "invalid"))
        out[n++] = "eacs_preflight";
    if (f->bootstrap_grants < 0 && !is(f, "unknown") && !is(f, "conflict") &&
        !is(f, "invalid") && f->os >= 0)
        out[n++] = "kind|role";
    if (f->silent)
        out[n++] = "last_checkin";
    out[n] = NULL;
}

const char *forecast_word(enum forecast_verdict v)
{
    static const char *const words[] = {
        [FORECAST_NOT_APPLICABLE] = "notapplicable",
        [FORECAST_SAFE] = "safe",
        [FORECAST_LOGIN_FIRST] = "login-first",
        [FORECAST_TOKEN_LOST] = "token-lost",
        [FORECAST_LOCKOUT_RISK] = "lockout-risk",
        [FORECAST_UNKNOWN] = "unknown",
    };

    return words[v];
}

/* 1, 0, or -1 for NULL. */
static int three(sqlite3_value *v)
{
    if (sqlite3_value_type(v) == SQLITE_NULL)
        return -1;
    return sqlite3_value_int(v) != 0;
}

static bool word_is(sqlite3_value *v, const char *word)
{
    const char *s = (const char *)sqlite3_value_text(v);

    return s && strcmp(s, word) == 0;
}

/* os, kind, silent, secure_token, token_real, laps, filevault_on,
 * bootstrap_state, bootstrap_grants, other admin, sole holder,
 * recovery_key_escrowed, recovery_key_validity, recovery_open */
#define FORECAST_ARGUMENTS 14

static void fn_forecast(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const char *state = (const char *)sqlite3_value_text(v[7]);
    struct forecast_facts f = {
        .os = sqlite3_value_type(v[0]) == SQLITE_NULL
                  ? -1
                  : sqlite3_value_int64(v[0]),
        .network = word_is(v[1], "network"),
        .silent = three(v[2]) == 1,
        .secure_token = three(v[3]),
        .token_real = three(v[4]),
        .laps = three(v[5]) == 1,
        .filevault_on = three(v[6]),
        .bootstrap_state = state ? state : "unknown",
        .bootstrap_grants = three(v[8]),
        .other_admin = three(v[9]) == 1,
        .sole_holder = three(v[10]) == 1 && three(v[4]) == 1,
        .key_valid = three(v[11]) == 1 && word_is(v[12], "valid"),
        .recovery_open = three(v[13]) == 1,
    };

    (void)argc;
    sqlite3_result_text(ctx,
                        forecast_word(forecast_reset(&f, FORECAST_MDM).verdict),
                        -1, SQLITE_STATIC);
}

int forecast_function(sqlite3 *db, struct err *err)
{
    if (sqlite3_create_function(db, "reset_forecast", FORECAST_ARGUMENTS,
                                SQLITE_UTF8 | SQLITE_DETERMINISTIC |
                                    SQLITE_INNOCUOUS,
                                NULL, fn_forecast, NULL, NULL) != SQLITE_OK)
        return db_fail(db, "register a function", err);
    return 0;
}
