/*
 * sections.h - settings of a client whose name is a slip of the pen.
 */
#ifndef MUSTER_ANALYZE_SECTIONS_H
#define MUSTER_ANALYZE_SECTIONS_H

#include "core/config.h"
#include "core/err.h"

#include <sqlite3.h>

/*
 * A section [client "Name"] is silently nobody's where the name is misspelt.
 * The first one that no client of the store has and one nearly has: its name
 * is copied to "name" and that client's to "near". Both are "" for none: a
 * client may simply not be loaded yet. Returns 0 or -1.
 */
int sections_misspelt(sqlite3 *db, const struct config *c, char *name,
                      char *near, size_t size, struct err *err) MUST_CHECK;

#endif
