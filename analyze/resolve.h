/*
 * resolve.h - from rows to facts: one line a Mac, one line an account.
 *
 * Reads the imports that take part in a period and writes device_fact,
 * device_text, account_fact and carry_class (their columns stand in
 * analyze/resolve.sql), client, run_import and conflict. What comes out does
 * not depend on the order of files or rows.
 */
#ifndef MUSTER_ANALYZE_RESOLVE_H
#define MUSTER_ANALYZE_RESOLVE_H

#include "core/config.h"
#include "core/err.h"

#include <sqlite3.h>

struct resolve_counts {
    int64_t imports;
    int64_t devices;
    int64_t replaced; /* records of re-enrolled Macs that do not count */
    int64_t unjoined; /* rows whose ids led to no serial number */
    /* rows that know an account by a number or full name which no account of
     * the Mac has, and of these: which several have; where the first stands */
    int64_t strangers, ambiguous;
    char stranger[300];
    int64_t conflicts; /* values on which sources disagree */
};

/*
 * Resolve "period" inside the caller's transaction. The results of "period_id"
 * in run_import and conflict must have been deleted. A period without imports
 * gives empty tables. "config" (or NULL) joins clients that go by several
 * names. Returns 0, or -1 with *err.
 */
int resolve(sqlite3 *db, const char *period, int64_t period_id,
            const struct config *config, struct resolve_counts *counts,
            struct err *err) MUST_CHECK;

#endif
