/*
 * waivers.h - accepted risks: an attribute of findings, never a result.
 *
 * A CSV file with the columns rule, client, serial, account, reason, owner,
 * approved_by, ticket, expires; the first four are the scope, with * for any
 * run of characters, compared without ASCII case. A finding that is covered
 * keeps its result and severity, and is counted apart.
 */
#ifndef MUSTER_ANALYZE_WAIVERS_H
#define MUSTER_ANALYZE_WAIVERS_H

#include "core/config.h"

#include <sqlite3.h>

struct waivers;

/*
 * Read "file" (NULL: none) and the files that the configuration names, in
 * general and for a client. Returns an empty set where there is none, or NULL
 * with *err (ERR_CONFIG with file, line and column): an expiry that is no date,
 * a missing rule, reason or owner, an empty scope. The caller frees.
 */
struct waivers *waivers_read(const struct config *config, const char *file,
                             struct err *err);

/* Those that the store has for a period, in the order in which they were
 * given; NULL with *err. The caller frees. */
struct waivers *waivers_recall(sqlite3 *db, int64_t period_id, struct err *err);

/* Add what people accepted in sheets that are in the store, for findings that
 * the period has: the newest sheet of this or an earlier period decides. */
int waivers_add_sheets(struct waivers *w, sqlite3 *db, int64_t period_id,
                       struct err *err) MUST_CHECK;

void waivers_free(struct waivers *w); /* NULL is fine */
size_t waivers_count(const struct waivers *w);

struct waiver_counts {
    int64_t active;      /* in force and needed; "expiring" is not in it */
    int64_t expiring;    /* ends within 30 days */
    int64_t expired;     /* no longer in force */
    int64_t unmatched;   /* in force, and no finding has its scope */
    int64_t overlapping; /* covers a finding that another one covers too */
    int64_t own;         /* approved by the owner of the risk */
    int64_t findings;    /* covered */
};

/*
 * Put them into the table waiver for a period whose findings and tallies are
 * written, and mark what they cover: finding.waiver and tally.waived. A date of
 * expiry is inclusive and in UTC. Where several cover a finding, the one that
 * holds longest is named, then the first. Runs in the caller's transaction.
 */
int waivers_apply(sqlite3 *db, const struct waivers *w, int64_t period_id,
                  int64_t as_of, struct waiver_counts *counts,
                  struct err *err) MUST_CHECK;

#endif
