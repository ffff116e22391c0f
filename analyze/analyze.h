/*
 * analyze.h - the second stage: from rows to verdicts.
 */
#ifndef MUSTER_ANALYZE_ANALYZE_H
#define MUSTER_ANALYZE_ANALYZE_H

#include "core/config.h"
#include "core/err.h"

#include <sqlite3.h>

struct analyze_options {
    const char *period; /* which snapshot */
    int64_t as_of;
    const char *rules_dir;       /* the user's own rules; NULL for none */
    const char *remedies_dir;    /* likewise */
    const char *waivers_file;    /* likewise; the configuration may name more */
    const struct config *config; /* settings; NULL for the defaults */
};

/* What came of it, for a few lines of talk. */
struct analyze_summary {
    int64_t period_id;
    int64_t imports;
    int64_t devices, accounts, not_reporting;
    int64_t at_risk, undetermined, attention, partial, clean;
    int64_t failed[5]; /* findings that failed: info low medium high critical */
    int64_t replaced, unjoined, conflicts;
    int64_t waivers, waived; /* accepted risks in force, findings covered */
    int64_t expiring, expired, unmatched;
    int64_t overlapping, own; /* cover the same; approved by their owner */
    size_t broken;            /* rules at fault */
    struct err rule_error;    /* the first of them; code ERR_NONE for none */
};

/*
 * Judge a period: resolve, derive, all rules, history, accepted risks. One
 * transaction; a period that was judged before is judged anew. A rule at fault
 * is `error` everywhere and named in the summary, and is no error of this
 * function. Fails with ERR_INPUT where the period has no imports, ERR_CONFIG
 * for folders, remedies and waivers that cannot be read. Returns 0 or -1.
 */
int analyze(sqlite3 *db, const struct analyze_options *o,
            struct analyze_summary *out, struct err *err) MUST_CHECK;

/* For --fail-on: whether something at least as grave as "word" failed and is
 * not an accepted risk. -1 with *err for a word that is no severity. */
int analyze_fails_on(sqlite3 *db, int64_t period_id, const char *word,
                     int64_t *count, struct err *err) MUST_CHECK;

#endif
