/*
 * engine.h - judging a fleet: every rule on every Mac, in batches.
 *
 * Memory does not grow with the fleet: a batch of Macs is judged by all rules,
 * written, and forgotten. Counts are kept by client and rule.
 */
#ifndef MUSTER_ANALYZE_ENGINE_H
#define MUSTER_ANALYZE_ENGINE_H

#include "analyze/catalogue.h"
#include "core/config.h"

#include <sqlite3.h>

struct engine_input {
    sqlite3 *db;
    const struct catalogue *rules; /* those marked broken are not run */
    const struct config *config;   /* may be NULL */
    int64_t period_id;
    const char *period;
    int64_t as_of;
    bool one_by_one; /* do not run rules as one statement */
};

struct engine_counts {
    int64_t devices, accounts, not_reporting;
    int64_t at_risk, undetermined, attention, partial, clean;
    double rules_seconds; /* of CPU time, for asking the rules */
};

/*
 * Judge the Macs of device_fact: writes finding, tally, device_result and gap
 * of the period, whose old results must be gone. Returns 0; -1 with *err; or 1
 * where rule number *faulty is broken, with the reason in *err: mark it, undo
 * what was written, and start again. With *faulty SIZE_MAX it is not known
 * which rule it is: start again with "one_by_one".
 */
int engine_run(const struct engine_input *in, struct engine_counts *out,
               size_t *faulty, struct err *err) MUST_CHECK;

#endif
