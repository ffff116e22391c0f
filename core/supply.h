/*
 * supply.h - where a missing fact comes from, and which supply adds most.
 *
 * What was not measured is worth little without the way to measure it. A
 * supply is one thing an admin can do (a collector, a column, a file), with
 * all facts it brings. The ranking counts, for each, the checks on Macs that
 * it alone would make answerable.
 */
#ifndef MUSTER_SUPPLY_H
#define MUSTER_SUPPLY_H

#include "core/err.h"

#include <sqlite3.h>

struct supply {
    const char *id;           /* "tokens" */
    const char *title;        /* "secure-token state of every account" */
    const char *how;          /* the command, column or file, for an admin */
    const char *plain;        /* for a client's report: what is missing */
    const char *const *facts; /* NULL-terminated */
};

extern const struct supply supplies[];
extern const size_t supply_count;

/* The first supply that brings a fact; NULL where none is known. */
const struct supply *supply_for(const char *fact);

/* One check that could not be made: all facts it lacks, and on how many Macs
 * (of a client: others may lack other facts for the same rule). "facts" joins
 * terms by ", "; a term may be "a|b", either of which is enough.
 */
struct supply_gap {
    char *rule;
    char *facts;
    int64_t devices;
};

struct supply_gain {
    const struct supply *supply;
    char how[160];   /* the supply's, for the product whose exports were read */
    int64_t checks;  /* sum over rules of the Macs it would decide */
    int64_t devices; /* most Macs of a single rule */
    int rules;       /* how many rules */
};

/*
 * Rank supplies by checks they would add, most first (ties: the order of the
 * table). The gaps of a rule stand together. "out" has room for supply_count;
 * returns how many add anything.
 */
size_t supply_rank(const struct supply_gap *gaps, size_t count,
                   struct supply_gain *out);

/* The same from the table "gap" of a judged period, for the rules of a use
 * ("monthly"); client_id 0 for all. Where exports of one product were read, its
 * name stands in the commands. */
int supply_rank_period(sqlite3 *db, int64_t period_id, int64_t client_id,
                       const char *use, struct supply_gain *out, size_t *count,
                       struct err *err) MUST_CHECK;

#endif
