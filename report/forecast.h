/*
 * forecast.h - what happens to an account's secure token, and to the way into
 * its Mac, if its password is reset.
 *
 * A table whose first fitting row counts. It claims less rather than more: what
 * is not known gives UNKNOWN, and UNKNOWN is never shown as safe.
 */
#ifndef MUSTER_FORECAST_H
#define MUSTER_FORECAST_H

#include "core/err.h"

#include <sqlite3.h>

enum forecast_verdict {
    FORECAST_NOT_APPLICABLE, /* no secure token here */
    FORECAST_SAFE,
    FORECAST_LOGIN_FIRST, /* fine once logged in at the ordinary window */
    FORECAST_TOKEN_LOST,  /* needs repair; nobody is locked out */
    FORECAST_LOCKOUT_RISK,
    FORECAST_UNKNOWN /* act as with a lockout risk */
};

/* Who resets the password. */
enum forecast_by {
    FORECAST_MDM,
    FORECAST_IDP,
    FORECAST_ADMIN,
    FORECAST_RECOVERY
};

/* Facts of an account and its Mac; three-valued ones are 1, 0 or -1. */
struct forecast_facts {
    int64_t os;   /* version_number(); -1 unknown */
    bool network; /* a network account */
    bool silent;  /* the Mac does not report, or not lately */
    int secure_token;
    int token_real;
    bool laps;
    int filevault_on;
    const char *bootstrap_state; /* never NULL */
    int bootstrap_grants;
    bool other_admin;   /* another usable token admin, for certain */
    bool sole_holder;   /* this account is the only one, for certain */
    bool key_valid;     /* recovery key escrowed and valid */
    bool recovery_open; /* nothing known bars the way into recoveryOS */
};

struct forecast {
    int row; /* of the table, 1 to 18; 0: none fits for certain; 19 and 20
                are resets by an identity provider and in recoveryOS */
    enum forecast_verdict verdict;
    const char *group;   /* for counting: "must log in before a restart" */
    const char *say;     /* what happens and why; one or two sentences */
    const char *instead; /* what to do instead, or first; "" for nothing */
    bool last_token;     /* this is the last token of the Mac */
};

struct forecast forecast_reset(const struct forecast_facts *f,
                               enum forecast_by by);

/* An account with what the ways besides the table ask for. */
struct forecast_account {
    struct forecast_facts facts;
    bool follows;     /* its password is known to come from the provider */
    int key_stored;   /* the recovery key, with the server: 1, 0, -1 */
    bool key_invalid; /* it is known not to open the disk */
    bool reset_open;  /* by the server, no login since, FileVault not off */
    bool restarted;   /* ... and the Mac was restarted since */
};

struct forecast_answer {
    struct forecast f;
    const char *verdict; /* a word of forecast_word(), or "refused" */
};

/* The answer for any way, as "muster forecast" gives it. */
struct forecast_answer forecast_answer(const struct forecast_account *a,
                                       enum forecast_by by);

/*
 * The facts without which no better answer is possible, as names of facts
 * ("a|b" where either is enough), NULL-terminated; at most 8.
 */
void forecast_missing(const struct forecast_facts *f, const char *out[9]);

/* "safe", "login-first", "token-lost", "lockout-risk", "unknown",
 * "notapplicable" */
const char *forecast_word(enum forecast_verdict v);

/* Register reset_forecast(...) as the accounts query calls it. */
int forecast_function(sqlite3 *db, struct err *err) MUST_CHECK;

#endif
