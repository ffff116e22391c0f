/*
 * second.h - a second opinion: derived facts and core rules in plain C.
 *
 * The program judges by SQL. This judges the same Macs in another form, written
 * from the definitions and not from that SQL, so that a test can compare the
 * two on many random Macs. It knows nothing of databases.
 *
 * Facts are set by name; what is never set is unknown. The two "carried" masks
 * say which facts a source of this Mac has (bit n = fact n of core/facts.c).
 */
#ifndef MUSTER_TESTS_SECOND_H
#define MUSTER_TESTS_SECOND_H

#include "core/base.h"

enum kleene { NO, YES, DUNNO };

struct instant {
    bool known;
    int64_t at; /* seconds UTC; 0 is "never" */
};

#define SECOND_ACCOUNTS_MOST 8

struct second_account {
    const char *account, *kind, *role, *created_by, *person_status;
    const char *password_known_by, *password_reset_by;
    enum kleene admin, hidden, disabled, secure_token, crypto_user;
    enum kleene volume_owner, filevault_user;
    struct instant uid; /* a number, not a time: known and its value */
    struct instant observed_at, last_login, password_reset_at;
    struct instant token_verified_at;
};

struct second_device {
    const char *chip, *os_version, *enrollment_type, *enrolled_by;
    const char *bootstrap_auth, *eacs_preflight, *filevault;
    const char *recovery_key_validity;
    enum kleene mdm_enrolled, user_approved, supervised;
    enum kleene bootstrap_supported, bootstrap_escrowed_device;
    enum kleene bootstrap_escrowed_server, bootstrap_record;
    enum kleene recovery_key_present, recovery_key_escrowed;
    enum kleene recovery_lock, recovery_lock_known;
    enum kleene firmware_password, firmware_password_known;
    enum kleene auto_login, needs_kext, accounts_listed, holders_listed;
    struct instant last_checkin, last_boot;

    struct second_account accounts[SECOND_ACCOUNTS_MOST];
    size_t account_count;
    uint64_t device_carried, account_carried;
    int64_t as_of;
};

/* Nothing known, nothing carried, no accounts; needs_kext has its default. */
void second_init(struct second_device *d, int64_t as_of);

/* The next account, all unknown; NULL where there are too many. */
struct second_account *second_add_account(struct second_device *d);

/*
 * Set a fact and mark it carried. "known" false leaves it unknown. Booleans,
 * times and counts are "number", the others "text", which is borrowed. A fact
 * that no rule here reads is only marked. False where there is no such fact.
 */
bool second_set(struct second_device *d, const char *fact, bool known,
                int64_t number, const char *text);
bool second_set_account(struct second_device *d, struct second_account *a,
                        const char *fact, bool known, int64_t number,
                        const char *text);

struct second_derived {
    int64_t os; /* -1: unknown */
    const char *bootstrap_state, *repair_path;
    enum kleene filevault_on, bootstrap_expected, sole_holder, few_unlockers;
    int holders_min, holders_max, unlockers_min, unlockers_max; /* -1: open */
};

void second_derive(const struct second_device *d, struct second_derived *out);

struct second_result {
    const char *rule;
    const struct second_account *account; /* NULL: a rule about the Mac */
    const char *result;                   /* pass fail unknown notchecked ... */
    const char *severity;                 /* of a fail or an undetermined one */
};

/*
 * Judge by every rule; system accounts are left out. Returns the number of
 * results, never more than "most".
 */
size_t second_judge(const struct second_device *d, struct second_result *out,
                    size_t most);

/* The rules in their order; NULL behind the last. */
const char *second_rule(size_t i, bool *account);

#endif
