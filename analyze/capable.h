/*
 * capable.h - what a Mac can do, by its facts alone.
 *
 * Rules say what is lost by what they find wrong. Some of it follows without
 * any: from the chip, the system, who holds a token, whether a bootstrap token
 * is there. What is not known here is not proved.
 */
#ifndef MUSTER_CAPABLE_H
#define MUSTER_CAPABLE_H

#include "analyze/judge.h"

/* Three-valued ones are 1, 0, or -1 for not known. */
struct capable {
    enum chip chip;
    int64_t os; /* version_number(); -1 for not known */
    int filevault_on;
    int bootstrap_expected;
    int token_authorizes; /* bootstrap_auth says allowed; disallowed is 0 */
    int any_holder, any_token_admin, any_volume_owner;
    int key_escrowed;
    bool key_invalid;  /* known not to open the disk */
    bool erase_tested; /* the readiness test says success */
    int recovery_lock, recovery_lock_known;
    int firmware_password, firmware_password_known;
    int64_t holders_min, holders_max; /* max: -1 where it has no bound */
    int64_t unlockers_min, unlockers_max;
};

/* Adds what the Mac certainly cannot do, and what is not proved, as bits of
 * core/capability.h. */
void capable_by_facts(const struct capable *c, uint32_t *lost,
                      uint32_t *perhaps);

#endif
