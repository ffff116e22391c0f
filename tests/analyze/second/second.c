/*
 * second.c - a second opinion: derived facts and core rules in plain C.
 *
 * Every definition is a function over one Mac or one account. Truth is
 * three-valued by AND, OR and NOT of Kleene; "is" and "is not" are two-valued
 * and give YES or NO only. The table at the end lists the rules.
 */
#include "core/base.h"

#include "core/facts.h"
#include "tests/analyze/second/second.h"

#include <stddef.h>

#define DAY 86400

/* ------------------------------------------------------------------- truth */

static enum kleene both(enum kleene a, enum kleene b)
{
    if (a == NO || b == NO)
        return NO;
    return a == YES && b == YES ? YES : DUNNO;
}

static enum kleene either(enum kleene a, enum kleene b)
{
    if (a == YES || b == YES)
        return YES;
    return a == NO && b == NO ? NO : DUNNO;
}

static enum kleene opposite(enum kleene a)
{
    if (a == DUNNO)
        return DUNNO;
    return a == YES ? NO : YES;
}

static enum kleene truth(bool b)
{
    return b ? YES : NO;
}

/* "x is w": unknown counts as different. */
static bool is(const char *x, const char *word)
{
    return x && strcmp(x, word) == 0;
}

/* "x = w": unknown stays unknown. */
static enum kleene equals(const char *x, const char *word)
{
    return x ? truth(strcmp(x, word) == 0) : DUNNO;
}

/* "x in (...)", words separated by blanks. */
static enum kleene in(const char *x, const char *words)
{
    size_t n;

    if (!x)
        return DUNNO;
    for (n = strlen(x); *words; words += strcspn(words, " "), words += !!*words)
        if (strncmp(words, x, n) == 0 && (words[n] == ' ' || !words[n]))
            return YES;
    return NO;
}

static enum kleene before(struct instant a, struct instant b)
{
    return a.known && b.known ? truth(a.at < b.at) : DUNNO;
}

static enum kleene not_before(struct instant a, struct instant b)
{
    return opposite(before(a, b));
}

static enum kleene older(struct instant t, int64_t as_of, int days)
{
    return t.known ? truth(as_of - t.at > (int64_t)days * DAY) : DUNNO;
}

/* ------------------------------------------------------------------- facts */

enum field { F_TEXT, F_BOOL, F_NUMBER };

struct slot {
    const char *fact;
    enum field field;
    size_t at;
};

#define DT(f) #f, F_TEXT, offsetof(struct second_device, f)
#define DB(f) #f, F_BOOL, offsetof(struct second_device, f)
#define DN(f) #f, F_NUMBER, offsetof(struct second_device, f)
#define AT(f) #f, F_TEXT, offsetof(struct second_account, f)
#define AB(f) #f, F_BOOL, offsetof(struct second_account, f)
#define AN(f) #f, F_NUMBER, offsetof(struct second_account, f)

static const struct slot device_slots[] = {
    {DT(chip)},
    {DT(os_version)},
    {DT(enrollment_type)},
    {DT(enrolled_by)},
    {DT(bootstrap_auth)},
    {DT(eacs_preflight)},
    {DT(filevault)},
    {DT(recovery_key_validity)},
    {DB(mdm_enrolled)},
    {DB(user_approved)},
    {DB(supervised)},
    {DB(bootstrap_supported)},
    {DB(bootstrap_escrowed_device)},
    {DB(bootstrap_escrowed_server)},
    {DB(bootstrap_record)},
    {DB(recovery_key_present)},
    {DB(recovery_key_escrowed)},
    {DB(recovery_lock)},
    {DB(recovery_lock_known)},
    {DB(firmware_password)},
    {DB(firmware_password_known)},
    {DB(auto_login)},
    {DB(needs_kext)},
    {DB(accounts_listed)},
    {DB(holders_listed)},
    {DN(last_checkin)},
    {DN(last_boot)},
};

static const struct slot account_slots[] = {
    {AT(account)},           {AT(kind)},           {AT(role)},
    {AT(created_by)},        {AT(person_status)},  {AT(password_known_by)},
    {AT(password_reset_by)}, {AB(admin)},          {AB(hidden)},
    {AB(disabled)},          {AB(secure_token)},   {AB(crypto_user)},
    {AB(volume_owner)},      {AB(filevault_user)}, {AN(uid)},
    {AN(observed_at)},       {AN(last_login)},     {AN(password_reset_at)},
    {AN(token_verified_at)},
};

static void put(void *base, const struct slot *slots, size_t n,
                const char *fact, int64_t number, const char *text)
{
    size_t i;

    for (i = 0; i < n && strcmp(slots[i].fact, fact) != 0; i++)
        ;
    if (i == n)
        return;
    base = (char *)base + slots[i].at;
    switch (slots[i].field) {
    case F_TEXT:
        *(const char **)base = text;
        break;
    case F_BOOL:
        *(enum kleene *)base = truth(number != 0);
        break;
    case F_NUMBER:
        *(struct instant *)base = (struct instant){true, number};
        break;
    }
}

static void forget(void *base, const struct slot *slots, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (slots[i].field == F_BOOL)
            *(enum kleene *)(void *)((char *)base + slots[i].at) = DUNNO;
}

void second_init(struct second_device *d, int64_t as_of)
{
    memset(d, 0, sizeof(*d));
    forget(d, device_slots, COUNT_OF(device_slots));
    d->needs_kext = NO;
    d->as_of = as_of;
}

struct second_account *second_add_account(struct second_device *d)
{
    struct second_account *a;

    if (d->account_count == SECOND_ACCOUNTS_MOST)
        return NULL;
    a = &d->accounts[d->account_count++];
    forget(a, account_slots, COUNT_OF(account_slots));
    return a;
}

bool second_set(struct second_device *d, const char *fact, bool known,
                int64_t number, const char *text)
{
    int i = fact_index(FACT_DEVICE, fact);

    if (i < 0)
        return false;
    d->device_carried |= UINT64_C(1) << i;
    if (known)
        put(d, device_slots, COUNT_OF(device_slots), fact, number, text);
    return true;
}

bool second_set_account(struct second_device *d, struct second_account *a,
                        const char *fact, bool known, int64_t number,
                        const char *text)
{
    int i = fact_index(FACT_ACCOUNT, fact);

    if (i < 0)
        return false;
    d->account_carried |= UINT64_C(1) << i;
    if (known)
        put(a, account_slots, COUNT_OF(account_slots), fact, number, text);
    return true;
}

/* ---------------------------------------------------------- one Mac's facts */

static int64_t os_of(const struct second_device *d)
{
    return d->os_version ? version_number(d->os_version, strlen(d->os_version))
                         : -1;
}

static enum kleene os_from(const struct second_device *d, int64_t least)
{
    int64_t os = os_of(d);

    return os < 0 ? DUNNO : truth(os >= least);
}

static enum kleene filevault_on(const struct second_device *d)
{
    return in(d->filevault, "on encrypting decrypting");
}

static const char *bootstrap_state(const struct second_device *d)
{
    enum kleene dev = d->bootstrap_escrowed_device;
    enum kleene srv = d->bootstrap_escrowed_server;

    if (os_from(d, 101500) == NO || d->bootstrap_supported == NO)
        return "unsupported";
    if ((dev == YES && srv == NO) || (dev == NO && srv == YES))
        return "conflict";
    if (dev == NO || srv == NO)
        return "absent";
    if (dev != YES && srv != YES)
        return "unknown";
    if (d->bootstrap_record == NO || is(d->eacs_preflight, "no_token"))
        return "invalid";
    if (is(d->chip, "apple") && is(d->eacs_preflight, "success"))
        return "proven";
    return "claimed";
}

static enum kleene bootstrap_expected(const struct second_device *d)
{
    const char *state = bootstrap_state(d);

    if (d->mdm_enrolled == NO || in(state, "unsupported absent") == YES)
        return NO;
    return in(state, "proven claimed") == YES ? YES : DUNNO;
}

/* absent: yes; unknown or conflict: open; every other state: no. */
static enum kleene state_is(const struct second_device *d, const char *words)
{
    const char *state = bootstrap_state(d);

    if (in(state, words) == YES)
        return YES;
    return in(state, "unknown conflict") == YES ? DUNNO : NO;
}

static bool managed(const struct second_device *d)
{
    return !is(d->enrollment_type, "user");
}

/* ----------------------------------------------------- one account's facts */

static bool same_name(const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        char x = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a;
        char y = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;

        if (x != y)
            return false;
    }
    return *a == *b;
}

static bool is_system(const struct second_account *a)
{
    static const char *const names[] = {"root", "daemon", "nobody", "guest"};
    size_t i;

    if (is(a->kind, "system") || a->account[0] == '_')
        return true;
    for (i = 0; i < COUNT_OF(names); i++)
        if (same_name(a->account, names[i]))
            return true;
    return a->uid.known && a->uid.at < 500 && a->secure_token == NO &&
           a->admin != YES;
}

static bool carried(const struct second_device *d, const char *fact)
{
    int dev = fact_index(FACT_DEVICE, fact);
    int acc = fact_index(FACT_ACCOUNT, fact);

    return (dev >= 0 && d->device_carried >> dev & 1) ||
           (acc >= 0 && d->account_carried >> acc & 1);
}

static enum kleene reset_known(const struct second_device *d,
                               const struct second_account *a)
{
    if (a->password_reset_at.known || a->password_reset_by)
        return YES;
    return carried(d, "password_reset_at") || carried(d, "password_reset_by")
               ? NO
               : DUNNO;
}

static bool reset_proved(const struct second_account *a)
{
    return before(a->password_reset_at, a->token_verified_at) == YES;
}

static enum kleene token_real(const struct second_device *d,
                              const struct second_account *a)
{
    if (a->secure_token != YES)
        return a->secure_token;
    if (a->crypto_user == NO)
        return NO;
    if (before(a->observed_at, a->password_reset_at) == YES)
        return DUNNO;
    if (is(a->password_reset_by, "laps") && !reset_proved(a))
        return DUNNO;
    if (is(a->password_reset_by, "mdm") && os_from(d, 260000) != NO &&
        !reset_proved(a))
        return DUNNO;
    return YES;
}

static enum kleene usable(const struct second_device *d,
                          const struct second_account *a)
{
    return both(
        both(token_real(d, a), in(a->password_known_by, "user admin both")),
        truth(a->disabled != YES && !is(a->person_status, "departed")));
}

static bool needs_token(const struct second_account *a)
{
    return in(a->role, "service shared managed_admin") != YES;
}

static bool weak(const struct second_account *a)
{
    bool person = a->last_login.known && a->uid.known && a->uid.at >= 501 &&
                  a->hidden != YES;

    return !a->role && !person;
}

static enum kleene reset_open(const struct second_device *d,
                              const struct second_account *a)
{
    return both(both(reset_known(d, a), equals(a->password_reset_by, "mdm")),
                before(a->last_login, a->password_reset_at));
}

static enum kleene bootstrap_grants(const struct second_device *d,
                                    const struct second_account *a)
{
    enum kleene helps;

    if (os_of(d) < 0)
        helps = DUNNO;
    else if (os_of(d) < 101500)
        helps = NO;
    else if (os_of(d) < 110000)
        helps =
            either(equals(a->kind, "mobile"), equals(a->role, "managed_admin"));
    else
        helps = YES;
    return both(bootstrap_expected(d), helps);
}

/* ------------------------------------------------------ over the accounts */

typedef enum kleene predicate(const struct second_device *d,
                              const struct second_account *a);

struct tally {
    int yes, unknown;
};

static struct tally count(const struct second_device *d, predicate *p)
{
    struct tally t = {0, 0};
    size_t i;

    for (i = 0; i < d->account_count; i++) {
        enum kleene k = DUNNO;

        if (is_system(&d->accounts[i]))
            continue;
        k = p(d, &d->accounts[i]);
        t.yes += k == YES;
        t.unknown += k == DUNNO;
    }
    return t;
}

static enum kleene any(const struct second_device *d, predicate *p,
                       bool complete)
{
    struct tally t = count(d, p);

    if (t.yes)
        return YES;
    return t.unknown || !complete ? DUNNO : NO;
}

/* any(P) for a P that can be yes for any account. */
static enum kleene any_account(const struct second_device *d, predicate *p)
{
    return any(d, p, d->accounts_listed == YES);
}

/* any(P) for a P that can be yes only for an account with a secure token. */
static enum kleene any_holding(const struct second_device *d, predicate *p)
{
    return any(d, p, d->accounts_listed == YES || d->holders_listed == YES);
}

static enum kleene p_token(const struct second_device *d,
                           const struct second_account *a)
{
    (void)d;
    return a->secure_token;
}

static enum kleene p_admin(const struct second_device *d,
                           const struct second_account *a)
{
    return both(token_real(d, a), a->admin);
}

static enum kleene p_known_admin(const struct second_device *d,
                                 const struct second_account *a)
{
    return both(p_admin(d, a), in(a->password_known_by, "admin both"));
}

static enum kleene p_person(const struct second_device *d,
                            const struct second_account *a)
{
    return both(token_real(d, a),
                opposite(either(in(a->role, "managed_admin service shared"),
                                truth(a->hidden == YES))));
}

static enum kleene p_person_without(const struct second_device *d,
                                    const struct second_account *a)
{
    (void)d;
    return both(in(a->role, "primary secondary"), opposite(a->secure_token));
}

static enum kleene p_present(const struct second_device *d,
                             const struct second_account *a)
{
    return both(both(token_real(d, a), opposite(a->disabled)),
                opposite(equals(a->person_status, "departed")));
}

static enum kleene p_owner(const struct second_device *d,
                           const struct second_account *a)
{
    (void)d;
    return a->volume_owner;
}

static enum kleene p_unlocks(const struct second_device *d,
                             const struct second_account *a)
{
    (void)d;
    return a->filevault_user;
}

static enum kleene p_usable_admin(const struct second_device *d,
                                  const struct second_account *a)
{
    return both(usable(d, a), a->admin);
}

static enum kleene p_usable_standard(const struct second_device *d,
                                     const struct second_account *a)
{
    return both(usable(d, a), opposite(a->admin));
}

static enum kleene p_login_known(const struct second_device *d,
                                 const struct second_account *a)
{
    (void)d;
    return truth(a->last_login.known);
}

static enum kleene p_restarted(const struct second_device *d,
                               const struct second_account *a)
{
    return truth(reset_open(d, a) != NO &&
                 not_before(d->last_boot, a->password_reset_at) == YES);
}

static enum kleene sole_holder(const struct second_device *d)
{
    struct tally t = count(d, token_real);
    bool complete = d->accounts_listed == YES || d->holders_listed == YES;

    if (complete && t.yes == 1 && t.unknown == 0)
        return YES;
    if (t.yes > 1 || (complete && t.yes + t.unknown == 0))
        return NO;
    return DUNNO;
}

static enum kleene few_unlockers(const struct second_device *d)
{
    struct tally t = count(d, p_unlocks);

    if (d->accounts_listed == YES && t.yes + t.unknown <= 1)
        return YES;
    return t.yes > 1 ? NO : DUNNO;
}

static enum kleene by_recovery(const struct second_device *d)
{
    bool shut =
        (d->recovery_lock == YES && d->recovery_lock_known != YES) ||
        (d->firmware_password == YES && d->firmware_password_known != YES);
    enum kleene key = both(d->recovery_key_escrowed,
                           truth(!is(d->recovery_key_validity, "invalid")));

    return both(truth(!shut), either(opposite(filevault_on(d)), key));
}

static const char *repair_path(const struct second_device *d)
{
    static const char *const names[] = {"A", "B", "D"};
    enum kleene ways[3];
    size_t i;

    ways[0] = any_holding(d, p_usable_admin);
    ways[1] = any_holding(d, p_usable_standard);
    ways[2] = by_recovery(d);
    for (i = 0; i < COUNT_OF(ways); i++) {
        if (ways[i] == YES)
            return names[i];
        if (ways[i] == DUNNO)
            return "unknown";
    }
    return "E";
}

static bool path_is(const struct second_device *d, const char *words)
{
    return in(repair_path(d), words) == YES;
}

static bool other_usable(const struct second_device *d,
                         const struct second_account *a)
{
    return count(d, usable).yes > (usable(d, a) == YES);
}

void second_derive(const struct second_device *d, struct second_derived *out)
{
    struct tally h = count(d, token_real), u = count(d, p_unlocks);

    out->os = os_of(d);
    out->bootstrap_state = bootstrap_state(d);
    out->repair_path = repair_path(d);
    out->filevault_on = filevault_on(d);
    out->bootstrap_expected = bootstrap_expected(d);
    out->sole_holder = sole_holder(d);
    out->few_unlockers = few_unlockers(d);
    out->holders_min = h.yes;
    out->holders_max = d->accounts_listed == YES || d->holders_listed == YES
                           ? h.yes + h.unknown
                           : -1;
    out->unlockers_min = u.yes;
    out->unlockers_max = d->accounts_listed == YES ? u.yes + u.unknown : -1;
}

/* ------------------------------------------------------------------- rules */

struct answer {
    enum kleene applies, fails;
    const char *severity;
};

typedef struct answer judge(const struct second_device *d,
                            const struct second_account *a);

#define RULE(name)                                                             \
    static struct answer name(const struct second_device *d,                   \
                              const struct second_account *a)

RULE(bt01)
{
    const char *sev = "high";

    (void)a;
    if (path_is(d, "D E"))
        sev = "critical";
    else if (in(d->chip, "intel t2") == YES && count(d, token_real).yes >= 2)
        sev = "medium";
    return (struct answer){
        both(d->mdm_enrolled,
             truth(managed(d) && !is(bootstrap_state(d), "unsupported"))),
        state_is(d, "absent"), sev};
}

RULE(bt02)
{
    (void)a;
    return (struct answer){
        both(both(d->mdm_enrolled, truth(managed(d))), os_from(d, 101500)),
        opposite(d->bootstrap_supported),
        is(d->chip, "apple") ? "high" : "medium"};
}

RULE(bt03)
{
    enum kleene dev = d->bootstrap_escrowed_device;
    enum kleene srv = d->bootstrap_escrowed_server;

    (void)a;
    return (struct answer){
        both(both(d->mdm_enrolled, truth(managed(d))), os_from(d, 101500)),
        dev == DUNNO || srv == DUNNO ? DUNNO : truth(dev != srv), "high"};
}

RULE(bt04)
{
    const char *state = bootstrap_state(d);
    enum kleene fails = DUNNO;

    (void)a;
    if (is(state, "invalid"))
        fails = YES;
    else if (is(state, "proven"))
        fails = NO;
    return (struct answer){
        both(both(in(d->chip, "apple t2"), os_from(d, 130300)),
             truth(in(state, "claimed invalid proven") == YES &&
                   !is(d->eacs_preflight, "not_supported"))),
        fails, "high"};
}

RULE(bt05)
{
    (void)a;
    return (struct answer){YES, opposite(os_from(d, 110000)),
                           os_from(d, 101500) == NO ? "medium" : "low"};
}

RULE(bt06)
{
    (void)a;
    return (struct answer){
        both(both(both(d->mdm_enrolled, equals(d->chip, "apple")),
                  os_from(d, 110000)),
             truth(managed(d) && !is(d->bootstrap_auth, "not_supported"))),
        equals(d->bootstrap_auth, "disallowed"),
        d->needs_kext == YES ? "high" : "medium"};
}

RULE(bt07)
{
    enum kleene enroller = DUNNO;
    size_t i;

    (void)a;
    for (i = 0; d->enrolled_by && i < d->account_count; i++)
        if (!is_system(&d->accounts[i]) &&
            same_name(d->accounts[i].account, d->enrolled_by))
            enroller = d->accounts[i].secure_token;
    return (struct answer){
        both(d->mdm_enrolled, equals(d->enrollment_type, "manual")),
        both(state_is(d, "absent"),
             either(opposite(enroller), opposite(any_holding(d, p_admin)))),
        "info"};
}

RULE(bt08)
{
    (void)a;
    return (struct answer){
        os_from(d, 101500),
        both(d->bootstrap_record, state_is(d, "absent unsupported")), "medium"};
}

RULE(st05)
{
    bool seen = count(d, p_login_known).yes > 0;

    (void)a;
    return (struct answer){os_from(d, 101300),
                           opposite(any_holding(d, p_token)),
                           is(d->chip, "apple") && seen ? "critical" : "high"};
}

RULE(st06)
{
    (void)a;
    return (struct answer){
        os_from(d, 101300),
        both(sole_holder(d), opposite(bootstrap_expected(d))),
        filevault_on(d) == YES ? "critical" : "high"};
}

RULE(st07)
{
    (void)a;
    return (struct answer){os_from(d, 101300),
                           both(sole_holder(d), bootstrap_expected(d)), "info"};
}

RULE(st08)
{
    (void)a;
    return (struct answer){any_holding(d, token_real),
                           opposite(any_holding(d, p_admin)),
                           bootstrap_expected(d) != YES ? "high" : "info"};
}

RULE(st09)
{
    (void)a;
    return (struct answer){any_holding(d, p_admin),
                           opposite(any_holding(d, p_known_admin)),
                           bootstrap_expected(d) == NO ? "high" : "medium"};
}

RULE(st10)
{
    (void)a;
    return (struct answer){any_holding(d, token_real),
                           both(opposite(any_holding(d, p_person)),
                                any_account(d, p_person_without)),
                           "high"};
}

RULE(st11)
{
    (void)a;
    return (struct answer){any_holding(d, token_real),
                           opposite(any_holding(d, p_present)),
                           filevault_on(d) == YES ? "critical" : "high"};
}

RULE(fv01)
{
    (void)a;
    return (struct answer){YES, in(d->filevault, "off decrypting deferred"),
                           "high"};
}

RULE(fv02)
{
    enum kleene there = d->recovery_key_present;
    bool last = sole_holder(d) == YES || any_holding(d, token_real) == NO;

    (void)a;
    if (there == DUNNO && d->recovery_key_escrowed == YES)
        there = YES;
    return (struct answer){
        both(filevault_on(d), truth(managed(d))),
        either(opposite(d->recovery_key_escrowed), opposite(there)),
        last ? "critical" : "high"};
}

RULE(fv03)
{
    (void)a;
    return (struct answer){both(both(filevault_on(d), truth(managed(d))),
                                d->recovery_key_escrowed),
                           in(d->recovery_key_validity, "invalid unverified"),
                           is(d->recovery_key_validity, "invalid") ? "high"
                                                                   : "low"};
}

RULE(fv09)
{
    (void)a;
    return (struct answer){
        filevault_on(d),
        both(older(d->last_checkin, d->as_of, 7), any_account(d, reset_open)),
        count(d, p_restarted).yes ? "critical" : "high"};
}

RULE(fv11)
{
    const char *sev = "info";

    (void)a;
    if (bootstrap_expected(d) == NO)
        sev = d->recovery_key_escrowed == NO ? "critical" : "high";
    return (struct answer){filevault_on(d), few_unlockers(d), sev};
}

RULE(fv12)
{
    (void)a;
    return (struct answer){YES, d->auto_login,
                           filevault_on(d) == NO ? "high" : "medium"};
}

RULE(vo01)
{
    (void)a;
    return (struct answer){both(equals(d->chip, "apple"), os_from(d, 110000)),
                           opposite(any_account(d, p_owner)), "critical"};
}

RULE(enr01)
{
    (void)a;
    return (struct answer){YES, opposite(d->mdm_enrolled), "high"};
}

RULE(enr02)
{
    (void)a;
    return (struct answer){
        both(d->mdm_enrolled, truth(managed(d))),
        either(opposite(d->user_approved),
               both(os_from(d, 110000), opposite(d->supervised))),
        "high"};
}

RULE(enr03)
{
    (void)a;
    return (struct answer){d->mdm_enrolled,
                           equals(d->enrollment_type, "manual"), "low"};
}

RULE(enr05)
{
    const char *sev = "low";

    (void)a;
    if (older(d->last_checkin, d->as_of, 60) == YES)
        sev = "high";
    else if (older(d->last_checkin, d->as_of, 30) == YES)
        sev = "medium";
    return (struct answer){truth(d->mdm_enrolled != NO),
                           older(d->last_checkin, d->as_of, 14), sev};
}

RULE(rec01)
{
    bool worse = filevault_on(d) == YES && any_holding(d, p_admin) != YES;

    (void)a;
    return (struct answer){
        both(equals(d->chip, "apple"), os_from(d, 110500)),
        both(d->recovery_lock, opposite(d->recovery_lock_known)),
        worse ? "critical" : "high"};
}

RULE(rec05)
{
    enum kleene end = truth(path_is(d, "E"));

    (void)a;
    if (path_is(d, "unknown"))
        end = DUNNO;
    return (struct answer){YES, both(end, opposite(bootstrap_expected(d))),
                           "critical"};
}

/* ST-02, ST-03 and ST-04 differ in who can repair it. */
static struct answer without_token(const struct second_device *d,
                                   const struct second_account *a,
                                   const char *paths, const char *severity)
{
    return (struct answer){
        both(truth(needs_token(a)), os_from(d, 101300)),
        both(both(opposite(a->secure_token), opposite(bootstrap_grants(d, a))),
             truth(path_is(d, paths))),
        weak(a) ? "medium" : severity};
}

RULE(st01)
{
    enum kleene grants = bootstrap_grants(d, a);

    return (struct answer){both(both(truth(needs_token(a)), os_from(d, 101300)),
                                truth(grants != NO)),
                           both(opposite(a->secure_token), grants), "medium"};
}

RULE(st02)
{
    return without_token(d, a, "A unknown", "high");
}

RULE(st03)
{
    return without_token(d, a, "B", "high");
}

RULE(st04)
{
    return without_token(d, a, "D E",
                         filevault_on(d) == YES ? "critical" : "high");
}

RULE(st12)
{
    (void)d;
    return (struct answer){
        truth(needs_token(a)),
        both(opposite(a->secure_token),
             either(equals(a->created_by, "cli"), equals(a->kind, "mobile"))),
        "info"};
}

RULE(st13)
{
    enum kleene by_reset = both(
        both(os_from(d, 260000), reset_known(d, a)),
        both(in(a->password_reset_by, "mdm laps"), truth(!reset_proved(a))));
    bool last = filevault_on(d) == YES && count(d, token_real).yes == 0;

    return (struct answer){a->secure_token,
                           either(opposite(a->crypto_user), by_reset),
                           last ? "critical" : "high"};
}

RULE(pw01)
{
    enum kleene applies =
        both(both(reset_known(d, a), equals(a->password_reset_by, "mdm")),
             both(filevault_on(d), truth(bootstrap_expected(d) != NO)));

    return (struct answer){applies,
                           both(before(a->last_login, a->password_reset_at),
                                before(d->last_boot, a->password_reset_at)),
                           "critical"};
}

RULE(pw02)
{
    return (struct answer){
        both(both(reset_known(d, a), equals(a->password_reset_by, "mdm")),
             filevault_on(d)),
        both(before(a->last_login, a->password_reset_at),
             not_before(d->last_boot, a->password_reset_at)),
        "critical"};
}

RULE(pw03)
{
    enum kleene lost =
        either(opposite(a->secure_token),
               both(a->secure_token, truth(token_real(d, a) != YES)));
    bool worse = filevault_on(d) == YES && !other_usable(d, a);

    return (struct answer){
        both(reset_known(d, a), in(a->password_reset_by, "mdm laps")),
        both(opposite(bootstrap_grants(d, a)), lost),
        worse ? "critical" : "high"};
}

RULE(fv04)
{
    return (struct answer){both(filevault_on(d), truth(needs_token(a))),
                           opposite(a->filevault_user),
                           is(a->role, "primary") ? "high" : "medium"};
}

#define ESCROW "bootstrap_escrowed_device|bootstrap_escrowed_server"

static const struct rule {
    const char *id;
    judge *judge;
    bool account;        /* judged for every account */
    const char *unknown; /* severity where undetermined; NULL: no other */
    const char *requires;
} rules[] = {
    {"BT-01", bt01, false, NULL, "mdm_enrolled," ESCROW},
    {"BT-02", bt02, false, NULL, "mdm_enrolled,os_version,bootstrap_supported"},
    {"BT-03", bt03, false, "low",
     "mdm_enrolled,os_version,bootstrap_escrowed_device,"
     "bootstrap_escrowed_server"},
    {"BT-04", bt04, false, "low", "chip,os_version,eacs_preflight"},
    {"BT-05", bt05, false, NULL, "os_version"},
    {"BT-06", bt06, false, NULL, "mdm_enrolled,chip,os_version,bootstrap_auth"},
    {"BT-07", bt07, false, NULL,
     "mdm_enrolled,enrollment_type,enrolled_by|secure_token"},
    {"BT-08", bt08, false, NULL, "os_version,bootstrap_record"},
    {"ST-05", st05, false, NULL, "os_version,secure_token"},
    {"ST-06", st06, false, NULL, "os_version,secure_token," ESCROW},
    {"ST-07", st07, false, NULL, "os_version,secure_token," ESCROW},
    {"ST-08", st08, false, NULL, "secure_token,admin"},
    {"ST-09", st09, false, NULL, "secure_token,admin,password_known_by"},
    {"ST-10", st10, false, NULL, "secure_token,role"},
    {"ST-11", st11, false, NULL, "secure_token,disabled,person_status"},
    {"FV-01", fv01, false, NULL, "filevault"},
    {"FV-02", fv02, false, NULL, "filevault,recovery_key_escrowed"},
    {"FV-03", fv03, false, "low",
     "filevault,recovery_key_escrowed,recovery_key_validity"},
    {"FV-09", fv09, false, NULL,
     "filevault,last_checkin,last_login,password_reset_at,password_reset_by"},
    {"FV-11", fv11, false, "low", "filevault,filevault_user"},
    {"FV-12", fv12, false, "low", "auto_login"},
    {"VO-01", vo01, false, NULL, "chip,os_version,volume_owner"},
    {"ENR-01", enr01, false, NULL, "mdm_enrolled"},
    {"ENR-02", enr02, false, NULL, "mdm_enrolled,user_approved,supervised"},
    {"ENR-03", enr03, false, NULL, "mdm_enrolled,enrollment_type"},
    {"ENR-05", enr05, false, NULL, "last_checkin"},
    {"REC-01", rec01, false, NULL,
     "chip,os_version,recovery_lock,recovery_lock_known"},
    {"REC-05", rec05, false, NULL,
     "secure_token,admin,password_known_by,recovery_key_escrowed"},
    {"ST-01", st01, true, NULL, "os_version,secure_token," ESCROW},
    {"ST-02", st02, true, NULL, "os_version,secure_token," ESCROW},
    {"ST-03", st03, true, NULL, "os_version,secure_token," ESCROW},
    {"ST-04", st04, true, NULL, "os_version,secure_token," ESCROW},
    {"ST-12", st12, true, NULL, "secure_token,created_by,kind"},
    {"ST-13", st13, true, "low", "secure_token,crypto_user,password_reset_by"},
    {"PW-01", pw01, true, NULL,
     "filevault,password_reset_at,password_reset_by,last_login,last_boot"},
    {"PW-02", pw02, true, NULL,
     "filevault,password_reset_at,password_reset_by,last_login,last_boot"},
    {"PW-03", pw03, true, NULL, "password_reset_by,secure_token," ESCROW},
    {"FV-04", fv04, true, NULL, "filevault,filevault_user"},
};

/* Whether every required fact is carried: a,b|c is a, and b or c. */
static bool all_carried(const struct second_device *d, const char *requires)
{
    char name[64];
    bool one = false;

    while (*requires) {
        size_t n = strcspn(requires, ",|");

        snprintf(name, sizeof(name), "%.*s", (int)n, requires);
        one = one || carried(d, name);
        requires += n;
        if (*requires != '|') {
            if (!one)
                return false;
            one = false;
        }
        requires += *requires != '\0';
    }
    return true;
}

static void judge_one(const struct second_device *d, const struct rule *r,
                      const struct second_account *a, struct second_result *out)
{
    struct answer q = r->judge(d, a);
    enum kleene bad = both(q.applies, q.fails);

    *out = (struct second_result){r->id, a, "pass", q.severity};
    if (q.applies == NO)
        out->result = "notapplicable";
    else if (bad == YES)
        out->result = "fail";
    else if (bad == DUNNO) {
        out->result = all_carried(d, r->requires) ? "unknown" : "notchecked";
        if (r->unknown)
            out->severity = r->unknown;
    }
}

size_t second_judge(const struct second_device *d, struct second_result *out,
                    size_t most)
{
    size_t i, k, n = 0;

    for (i = 0; i < COUNT_OF(rules); i++) {
        if (!rules[i].account) {
            if (n < most)
                judge_one(d, &rules[i], NULL, &out[n++]);
            continue;
        }
        for (k = 0; k < d->account_count; k++)
            if (!is_system(&d->accounts[k]) && n < most)
                judge_one(d, &rules[i], &d->accounts[k], &out[n++]);
    }
    return n;
}

const char *second_rule(size_t i, bool *account)
{
    if (i >= COUNT_OF(rules))
        return NULL;
    *account = rules[i].account;
    return rules[i].id;
}
