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

/* Refuse values that are none before any work is done (ERR_USAGE). */
int gates_check(const struct options *o, struct err *err) MUST_CHECK;

/* Ask the judged period. Returns -1 with ERR_GATE or ERR_STALE for the first
 * gate that says no, in the order above. */
int gates_ask(sqlite3 *db, const struct options *o, int64_t period_id,
              struct err *err) MUST_CHECK;

#endif
