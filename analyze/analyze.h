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
    bool replay; /* judge all earlier periods by these rules and settings too */
};

/* What came of it, for a few lines of talk. */
struct analyze_summary {
    int64_t period_id;
    int64_t imports;
    int64_t devices, accounts, not_reporting;
    int64_t at_risk, undetermined, attention, partial, clean;
    int64_t failed[5]; /* what failed, as the monthly report counts it: info low
                          medium high critical */
    int64_t replaced, unjoined, conflicts;
    int64_t strangers, ambiguous; /* see resolve.h */
    char stranger[300];
    char section[128], client[128]; /* see sections.h */
    int64_t waivers, waived; /* accepted risks in force, findings covered */
    int64_t expiring, expired, unmatched;
    int64_t overlapping, own; /* cover the same; approved by their owner */
    int64_t replayed;         /* earlier periods judged anew, */
    int64_t not_replayed;     /* and those whose facts are gone */
    char required[320];       /* "FV-12 not measured on 3 Macs", and must be */
    /* Seconds of CPU time: facts, what follows from them, rules, the rest. */
    double resolving, deriving, asking, keeping;
    size_t broken;         /* rules at fault */
    struct err rule_error; /* the first of them; code ERR_NONE for none */
};

/*
 * Read the rules, remedies and accepted risks that an analysis would use, and
 * nothing of the store: so that a fault of theirs is told before exports are
 * read. ERR_CONFIG where one cannot be read, or where the settings name a rule
 * that does not exist. Returns 0 or -1.
 */
int analyze_check(const struct analyze_options *o, struct err *err) MUST_CHECK;

/*
 * Judge a period: resolve, derive, all rules, history, accepted risks. One
 * transaction; a period that was judged before is judged anew. With "replay"
 * all earlier periods are, each as of its own day and with the risks that were
 * accepted then; one whose facts were pruned stays as it is. A rule at fault
 * is `error` everywhere and named in the summary, and is no error of this
 * function. Fails with ERR_INPUT where the period has no imports, ERR_CONFIG
 * as analyze_check() does. Returns 0 or -1.
 */
int analyze(sqlite3 *db, const struct analyze_options *o,
            struct analyze_summary *out, struct err *err) MUST_CHECK;

#endif
