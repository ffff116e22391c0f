/*
 * expectation.h - is the fleet complete? The Macs that exports reported,
 * against independent lists of serials.
 */
#ifndef MUSTER_ANALYZE_EXPECTATION_H
#define MUSTER_ANALYZE_EXPECTATION_H

#include "core/err.h"

#include <sqlite3.h>

/*
 * Fill expectation and expectation_gap of a judged period: from the lists of
 * --expected, and where there is none from the standing lists of Apple
 * Business. Nothing where there is neither. -1 with *err.
 */
int expectation_judge(sqlite3 *db, int64_t period_id,
                      struct err *err) MUST_CHECK;

#endif
