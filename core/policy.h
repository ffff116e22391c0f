/*
 * policy.h - the settings that decide what a rule counts as too old, expected
 * or allowed, with a default for each.
 *
 * A setting is a column p_<name> of client_policy, which posture carries, and
 * a key of the configuration. The values in force are part of a run.
 */
#ifndef MUSTER_POLICY_H
#define MUSTER_POLICY_H

#include "core/err.h"

#include <sqlite3.h>

enum policy_type { POLICY_DAYS, POLICY_BOOL, POLICY_TEXT, POLICY_TIME };

struct policy_key {
    const char *name;
    enum policy_type type;
    const char *fallback; /* as written in the configuration; NULL: not set */
    const char *help;     /* one line for the manual and for muster init */
};

extern const struct policy_key policy_keys[];
extern const size_t policy_key_count;

/* NULL where there is no such key. */
const struct policy_key *policy_find(const char *name);

/*
 * Check a written value: days are whole numbers, times are dates. Returns 0,
 * or -1 with err ("freshness_days: expected a whole number of days, found x").
 */
int policy_check(const struct policy_key *k, const char *value,
                 struct err *err) MUST_CHECK;

/* Bind a written value (NULL: unset) as its column holds it. */
int policy_bind(sqlite3_stmt *st, int index, const struct policy_key *k,
                const char *value);

#endif
