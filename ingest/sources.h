/*
 * sources.h - what "muster sources" prints about mappings and files.
 */
#ifndef MUSTER_SOURCES_H
#define MUSTER_SOURCES_H

#include "core/err.h"
#include "ingest/registry.h"

#include <sqlite3.h>

/* A table of all mappings; with "json" one object. */
int sources_list(const struct registry *r, bool json, FILE *out,
                 struct err *err) MUST_CHECK;

/* One mapping in words: what each column gives. */
int sources_show(const struct registry *r, const char *id, FILE *out,
                 struct err *err) MUST_CHECK;

/* Which mapping fits a file, and the other candidates. */
int sources_detect(const struct registry *r, const char *path,
                   const char *encoding, FILE *out, struct err *err) MUST_CHECK;

/* The columns of the imports of a store: what each gave. */
int sources_columns(sqlite3 *db, FILE *out, struct err *err) MUST_CHECK;

/* A mapping to start from, for the CSV at "path". */
int sources_scaffold(const struct registry *r, const char *path,
                     const char *encoding, FILE *out,
                     struct err *err) MUST_CHECK;

/* The names that a file has. Sets the format in "sig". */
int sources_signature(const char *path, const char *encoding,
                      struct signature *sig, struct err *err) MUST_CHECK;

#endif
