/*
 * sql_part.h - parts of the SQL that is compiled in.
 */
#ifndef MUSTER_ANALYZE_SQL_PART_H
#define MUSTER_ANALYZE_SQL_PART_H

#include "core/err.h"
#include "core/strbuf.h"

#include <sqlite3.h>

/*
 * The text of one part of an SQL resource: what stands between the line
 * "-- part: NAME" and the next such line. The caller frees; NULL with *err.
 */
char *sql_part(const char *resource, const char *name, struct err *err);

/* Run one part as a script. */
int sql_run_part(sqlite3 *db, const char *resource, const char *name,
                 struct err *err) MUST_CHECK;

/* Run what was put together in "sql", and release it. */
int sql_run_built(sqlite3 *db, struct strbuf *sql, struct err *err) MUST_CHECK;

#endif
