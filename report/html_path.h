/*
 * html_path.h - the shortest way to no critical problem, and to no Mac at risk.
 */
#ifndef MUSTER_HTML_PATH_H
#define MUSTER_HTML_PATH_H

#include "report/report.h"
#include "report/template_sql.h"

/* Keep the ways to goals not reached yet in temp.html_way, their steps in
 * temp.html_path, and set "any_ways". */
int html_path(const struct report *r, struct template_sql *s,
              struct err *err) MUST_CHECK;

#endif
