/*
 * readiness.h - is a Mac ready to move to another management server?
 *
 * Ready, action first, needs someone at the Mac, blocked, or not known yet. It
 * rests on what every move needs of a Mac (enrolled, system version, Apple
 * Business, FileVault, recovery key, token holders, bootstrap token, a recent
 * report): ready only where all of it is known and good. Tasks of the whole
 * fleet are a checklist and make no Mac less ready. The judgement itself is
 * analyze/readiness.sql.
 */
#ifndef MUSTER_ANALYZE_READINESS_H
#define MUSTER_ANALYZE_READINESS_H

#include "core/err.h"

#include <sqlite3.h>

/*
 * Fill device_result.readiness and move_rule of a period whose rules and
 * results are written; the views of posture must be there. -1 with *err.
 */
int readiness_judge(sqlite3 *db, int64_t period_id, struct err *err) MUST_CHECK;

#endif
