/*
 * renamed.h - clients that go by another name now.
 *
 * Results of earlier periods stand under the name that a client had then. Where
 * the policy calls it an alias, they belong to the client of today: its change,
 * its trend and the list of missing clients go on over the new name.
 */
#ifndef MUSTER_RENAMED_H
#define MUSTER_RENAMED_H

#include "core/config.h"
#include "core/err.h"

#include <sqlite3.h>

/* Give every client the name of its section. Where both names have results,
 * those of the old one are added to the other's. "config" may be NULL. */
int renamed_clients(sqlite3 *db, const struct config *config,
                    struct err *err) MUST_CHECK;

#endif
