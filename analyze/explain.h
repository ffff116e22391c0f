/*
 * explain.h - everything about one Mac: facts and where they come from, what
 * follows from them, every rule, and what to do.
 *
 * The rows of the Mac are copied into a store in memory and judged there by
 * the code that judges fleets, so any period can be explained, with the rules
 * and settings of today and the history of the store.
 */
#ifndef MUSTER_ANALYZE_EXPLAIN_H
#define MUSTER_ANALYZE_EXPLAIN_H

#include "analyze/analyze.h"

#include <jansson.h>

/*
 * Explain the Mac with this serial number (case is no matter) in a period.
 * "o->period" NULL takes the newest period that has the Mac; "o->as_of" is
 * taken where the period was not judged yet, else the as-of of its run.
 * Returns a JSON object for the caller to json_decref(), or NULL with *err:
 * ERR_USAGE for a serial that the store does not have.
 */
json_t *explain(sqlite3 *db, const char *serial,
                const struct analyze_options *o, struct err *err);

/* The same for people, at 80 columns. */
void explain_print(const json_t *e, FILE *out);

#endif
