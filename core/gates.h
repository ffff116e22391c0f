/*
 * gates.h - conditions under which a run ends with a status of its own, once
 * everything else is done: --fail-on, --min-rate, --max-unknown, --max-age.
 *
 * Accepted risks never trip a gate; what is not known can. Rules count that
 * belong to the report's use (--use, else monthly).
 */
#ifndef MUSTER_GATES_H
#define MUSTER_GATES_H

#include "core/options.h"

#include <sqlite3.h>

/* What is asked: a judged period, the whole fleet or one client. */
struct gates {
    int64_t period_id;
    int64_t client_id; /* 0: the whole fleet */
    const char *use;   /* NULL: that of --use */
    bool changes;      /* --fail-on is about changes: the caller asks it */
};

/* The rank of a severity, 0 for info, or -1 for a word that is none. */
int gates_severity(const char *word);

/* Refuse values that are none before any work is done (ERR_USAGE). */
int gates_check(const struct options *o, struct err *err) MUST_CHECK;

/* Ask the judged period. Returns -1 with ERR_GATE or ERR_STALE for the first
 * gate that says no, in the order above. */
int gates_ask(sqlite3 *db, const struct options *o, const struct gates *g,
              struct err *err) MUST_CHECK;

#endif
