/*
 * forecast_ways.c - the ways to reset a password.
 *
 * The table of forecast.c speaks of a reset by the management server and of
 * one with an administrator's password. What is known of the other two, the
 * identity provider and recoveryOS, is here.
 */
#include "core/base.h"

#include "report/forecast.h"

static struct forecast_answer answer(struct forecast f, const char *verdict)
{
    f.row = 0; /* of no row of the table */
    return (struct forecast_answer){f, verdict};
}

/* A new password of the directory reaches FileVault by a login only. */
static struct forecast_answer by_provider(const struct forecast_account *a)
{
    struct forecast f = forecast_reset(&a->facts, FORECAST_IDP);

    /* No token, no contact, none to lose, a broken one: whoever resets. */
    if ((f.row >= 1 && f.row <= 3) || f.row == 6)
        return (struct forecast_answer){f, forecast_word(f.verdict)};
    f.last_token = a->facts.sole_holder;
    if (a->follows) {
        f.group = "must log in before a restart";
        f.say = "The Mac learns the new password at a login with it on the "
                "network; until then FileVault probably asks for the old one";
        f.instead =
            "Let the person change the password at the Mac; otherwise reset it "
            "while they sit there, and let them log out and in with the new "
            "one before any restart";
        if (a->facts.filevault_on == 0) {
            f.group = "follows at the next login";
            f.say = "The Mac learns the new password at a login with it on the "
                    "network; FileVault is off, so a restart probably locks "
                    "nobody out";
        }
        return answer(f, "login-first");
    }
    f.group = "not known";
    f.say = "Whether this account follows the identity provider is not known: "
            "a local account that does not keeps its old password";
    f.instead = "Find out first whether the account is bound to the provider; "
                "until then count on both passwords being asked for, at "
                "different windows";
    return answer(f, "unknown");
}

static struct forecast_answer refused(struct forecast f, bool open)
{
    f.group = "cannot be done";
    f.say = open ? "recoveryOS asks for the recovery key of the disk, and no "
                   "working one is stored"
                 : "recoveryOS is locked, and its password is not on record";
    f.instead = open ? "Store a working recovery key first"
                     : "Get the password of recoveryOS on record first";
    return answer(f, "refused");
}

/* Is the disk open in recoveryOS, or opened with the stored key? 1, 0, -1 */
static int disk_opens(const struct forecast_account *a)
{
    bool no_key = a->key_stored == 0 || a->key_invalid;

    if (a->facts.filevault_on == 0 || (a->key_stored == 1 && !a->key_invalid))
        return 1;
    return a->facts.filevault_on == 1 && no_key ? 0 : -1;
}

/* recoveryOS sets the token anew, if one gets in. */
static struct forecast_answer by_recovery(const struct forecast_account *a)
{
    struct forecast f = forecast_reset(&a->facts, FORECAST_RECOVERY);
    bool open = a->facts.recovery_open;
    int opens = disk_opens(a);

    if (f.row == 1)
        return (struct forecast_answer){f, forecast_word(f.verdict)};
    f.last_token = false;
    if (!open || opens == 0)
        return refused(f, open);
    if (opens < 0) {
        f.group = "not known";
        f.say = "Whether recoveryOS asks for the recovery key of the disk, or "
                "whether a working one is stored, is not known";
        f.instead = "Find out first whether FileVault is on, and whether the "
                    "key is at hand";
        return answer(f, "unknown");
    }
    f.group = "safe";
    f.say = "A reset in recoveryOS gives the account a token anew; it needs "
            "somebody at the Mac, and the login keychain is lost";
    f.instead = !a->facts.filevault_on ? ""
                : a->facts.key_valid
                    ? "Have the recovery key at hand, and make a new one "
                      "afterwards: this one has been read aloud"
                    : "Test the stored recovery key before anybody travels: "
                      "nothing proves yet that it opens the disk; and make a "
                      "new one afterwards, for this one has been read aloud";
    return answer(f, "safe");
}

/* A reset is open already: another one mends nothing. Rows that advise against
 * any reset, or on another way, say enough. */
static const char *instead_of_another(const struct forecast_account *a,
                                      const struct forecast *f)
{
    if (!a->reset_open || (f->row != 0 && f->row != 2 && f->row != 7 &&
                           f->row != 11 && f->row != 12))
        return f->instead;
    return a->restarted
               ? "Do not reset it again: it was reset already and the Mac has "
                 "restarted since, so that FileVault probably wants the former "
                 "password; if nobody knows that one, use the recovery key at "
                 "that window"
               : "Do not reset it again: it was reset already and no login since "
                 "is known; let the person log out and in at the ordinary login "
                 "window before any restart";
}

struct forecast_answer forecast_answer(const struct forecast_account *a,
                                       enum forecast_by by)
{
    struct forecast_answer out;

    if (by == FORECAST_RECOVERY)
        return by_recovery(a);
    if (by == FORECAST_IDP) {
        out = by_provider(a);
    } else {
        out.f = forecast_reset(&a->facts, by);
        out.verdict = forecast_word(out.f.verdict);
    }
    out.f.instead = instead_of_another(a, &out.f);
    return out;
}
