/*
 * required.h - rules that the settings want measured, and that were not.
 */
#ifndef MUSTER_ANALYZE_REQUIRED_H
#define MUSTER_ANALYZE_REQUIRED_H

#include "core/err.h"

#include <sqlite3.h>

/* Into "out": "FV-12 not measured on 3 Macs, ...": as many as fit into "size"
 * bytes, and how many more; left as it is where nothing is amiss. */
int required_note(sqlite3 *db, int64_t period_id, char *out, size_t size,
                  struct err *err) MUST_CHECK;

#endif
