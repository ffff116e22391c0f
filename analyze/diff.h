/*
 * diff.h - two judged periods compared: what became of each finding, of each
 * Mac, and of the rules.
 *
 * Findings are compared by rule id, Mac and account. One that is gone because
 * its rule was not checked is not called resolved, and one whose rule was not
 * checked before is not called new.
 */
#ifndef MUSTER_ANALYZE_DIFF_H
#define MUSTER_ANALYZE_DIFF_H

#include "core/err.h"

#include <sqlite3.h>

struct diff_period {
    int64_t id, as_of;
    char label[64];
};

struct diff {
    sqlite3 *db;
    struct diff_period from, to; /* from.id 0: "to" is the first one */
    int64_t client_id;           /* 0 for the whole fleet */
    const char *use;             /* rules of this use; lasts as long */
    bool next;                   /* nothing was judged between the two */
    bool settings;               /* the settings in force were not the same */
    /* Results that are certain in both periods. */
    int64_t both, macs, failed_before, failed_now;
};

/*
 * Compare two periods by their labels; NULL takes the newest one, and the one
 * before it. "client" NULL is the whole fleet. Only rules of "use" are looked
 * at, as in its reports. ERR_USAGE for what is not there.
 * The first period has none before it: that is no error, from.id is 0 then, all
 * counts are, and the functions below are not to be called. The answers are
 * TEMP tables of "db".
 */
int diff_open(struct diff *d, sqlite3 *db, const char *from, const char *to,
              const char *client, const char *use, struct err *err) MUST_CHECK;

/* A finding that is not what it was. The texts last as long as the call. */
struct diff_finding {
    const char *change; /* new reopened worse measured resolved better unclear
                           unmeasured gone open */
    const char *rule, *client, *serial, *account;
    const char *before, *after; /* "fail high"; NULL where there was none */
    const char *evidence;       /* NULL where it is no longer there */
    int rank;                   /* of the severity, 0 for info */
    bool failed;                /* it fails in the later period */
    bool waived;
    bool counted; /* by a rule that enters rates */
};

typedef int diff_finding_fn(void *ctx, const struct diff_finding *f,
                            struct err *err);

/* The findings that became "change", the gravest first. */
int diff_findings(const struct diff *d, const char *change, diff_finding_fn *fn,
                  void *ctx, struct err *err) MUST_CHECK;

typedef int diff_mac_fn(void *ctx, const char *client, const char *serial,
                        struct err *err);

/* The Macs that "appeared", are "gone", or were "re-enrolled". */
int diff_macs(const struct diff *d, const char *change, diff_mac_fn *fn,
              void *ctx, struct err *err) MUST_CHECK;

typedef int diff_rule_fn(void *ctx, const char *change, const char *rule,
                         const char *title, struct err *err);

/* The rules that were "added", "removed" or "changed" between the two. */
int diff_rules(const struct diff *d, diff_rule_fn *fn, void *ctx,
               struct err *err) MUST_CHECK;

#endif
