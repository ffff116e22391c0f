/*
 * template_sql.h - the data of a template: named values, and lists that are
 * queries.
 *
 * A list is a SELECT that runs when its section is reached; its columns are
 * the names inside. Its parameters (:name) are bound to the columns of the
 * rows around the section, innermost first, then to the named values. NULL, 0
 * and '' are false.
 */
#ifndef MUSTER_TEMPLATE_SQL_H
#define MUSTER_TEMPLATE_SQL_H

#include "report/template.h"

#include <sqlite3.h>

struct template_sql;

/* NULL with err where memory is out. The database must outlive it. */
struct template_sql *template_sql_new(sqlite3 *db, struct err *err);
void template_sql_free(struct template_sql *s); /* NULL is fine */

/* Name a value; an earlier one of that name is replaced. Text is copied; NULL
 * is NULL. Failures for want of memory are kept and told by the source. */
void template_sql_text(struct template_sql *s, const char *name,
                       const char *text);
void template_sql_int(struct template_sql *s, const char *name, int64_t n);

/* Markup or code of the program: as text that may be printed raw, or written
 * by a function when its tag is reached ("ref" is borrowed). */
void template_sql_raw(struct template_sql *s, const char *name,
                      const char *text);
void template_sql_writer(struct template_sql *s, const char *name,
                         int (*write)(const void *ref, struct template_out *out,
                                      struct err *err),
                         const void *ref);

/* Name a list; "sql" is borrowed, "shown" names it in errors. Columns that
 * "fields" (or NULL) publishes as markup or code may be printed raw: they must
 * be made by functions of the program. */
void template_sql_list(struct template_sql *s, const char *name,
                       const char *sql, const char *shown,
                       const struct template_var *fields);

/* What template_render() takes. */
const struct template_source *template_sql_source(const struct template_sql *s);
struct template_value template_sql_root(const struct template_sql *s);

/* Prepare the list "name" without running it; NULL with err. The caller
 * finalizes. For tests that compare its columns with what is published. */
sqlite3_stmt *template_sql_prepare(const struct template_sql *s,
                                   const char *name, struct err *err);

#endif
