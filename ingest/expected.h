/*
 * expected.h - lists of serials that should be in the fleet (--expected).
 *
 * Such a list comes from somewhere else than the exports: purchasing, an asset
 * register, Apple Business. It makes no Mac exist; analyze compares the fleet
 * with it. It is stored as an import that stands until a newer one of its
 * client.
 */
#ifndef MUSTER_EXPECTED_H
#define MUSTER_EXPECTED_H

#include "core/err.h"
#include "ingest/ingest.h"

#define EXPECTED_SOURCE "expected-serials"

/*
 * Read a list: CSV with a column of serial numbers, or one serial a line.
 * Takes the place of an earlier list of this period and client; the same file
 * again does nothing. Returns -1 with *err, and nothing of it is kept.
 */
int expected_load(sqlite3 *db, const struct ingest_options *o, const char *path,
                  struct ingest_summary *out, struct err *err) MUST_CHECK;

#endif
