/*
 * html_path.h - the shortest way to no critical problem, and to no Mac at risk.
 */
#ifndef MUSTER_HTML_PATH_H
#define MUSTER_HTML_PATH_H

#include "report/report.h"
#include "report/template_sql.h"

/* Keep the steps in temp.html_path and set the sentences "path_critical" and
 * "path_risk", empty where no step is needed. */
int html_path(const struct report *r, struct template_sql *s,
              struct err *err) MUST_CHECK;

#endif
