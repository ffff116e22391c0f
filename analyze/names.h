/*
 * names.h - what the policy says of accounts by their short names.
 */
#ifndef MUSTER_ANALYZE_NAMES_H
#define MUSTER_ANALYZE_NAMES_H

#include "core/config.h"

#include <sqlite3.h>

/*
 * Go over account_fact, once resolve has filled it, with the [accounts] names
 * of each Mac's client: role and password_known_by are filled where no row
 * gave them (a row that says otherwise stands, and rows that disagree leave
 * the fact unknown); break_glass and filevault_allowed become 1 or 0 where the
 * client's policy has such a list, and stay NULL where it has none. Without
 * any names nothing is read. Runs inside the caller's transaction.
 */
int names_apply(sqlite3 *db, const struct config *config, int64_t period_id,
                struct err *err) MUST_CHECK;

#endif
