/*
 * derive.h - policy, derived facts, and the views that rules read.
 */
#ifndef MUSTER_ANALYZE_DERIVE_H
#define MUSTER_ANALYZE_DERIVE_H

#include "core/config.h"
#include "core/err.h"

#include <sqlite3.h>

/*
 * After resolve(): write client_policy for every client of device_fact, apply
 * the account names of the policy, make the TEMP views device_posture and
 * account_posture, and fill device_derived. "period_id" is that of the rows in
 * run_import and conflict.
 *
 * "customs" are the names of custom facts (x_...) that the views shall have
 * besides those that the imports kept, NULL-terminated; where no import has
 * one it is unknown everywhere. "config" may be NULL.
 */
int derive(sqlite3 *db, int64_t period_id, int64_t as_of,
           const struct config *config, const char *const *customs,
           struct err *err) MUST_CHECK;

/* The last step of derive(): device_derived, made anew of tables and views that
 * are there. */
int derive_fill(sqlite3 *db, struct err *err) MUST_CHECK;

/*
 * The same views over the facts of the last analysis, for commands that only
 * look: "db" may be read-only. Returns 1 and whose facts they are, 0 where
 * there are none, -1 with *err.
 */
int posture_views(sqlite3 *db, int64_t *period_id, struct err *err) MUST_CHECK;

/* Whether "name" may be the name of a custom fact: x_ and [a-z0-9_]. */
bool custom_name(const char *name);

#endif
