/*
 * html.h - the report as one page that needs nothing else.
 *
 * The page is made from templates/ (report/template.h) with the queries
 * report/queries/html-*.sql as its lists and the published variables below.
 * It holds its style and script inside, each named by its digest in the
 * policy of the page, and asks nothing of any network.
 */
#ifndef MUSTER_HTML_H
#define MUSTER_HTML_H

#include "report/report.h"
#include "report/template.h"

/* What templates may name; ends with a NULL name. The rows of list X are those
 * of report/queries/html-X.sql. */
extern const struct template_var html_vars[];

/*
 * Compile and check the templates of a use ("monthly", "client", "migration")
 * without any data; "dir" (or NULL) is looked in before the built-in ones.
 * -1 with err (ERR_CONFIG and the place).
 */
int html_check(const char *dir, const char *use, struct err *err) MUST_CHECK;

/* html_write() itself is in report/writer.h. report_prepare() has been called
 * for the report. */

#endif
