/*
 * json.h - report.json (all but the rows) and findings.jsonl.
 */
#ifndef MUSTER_REPORT_JSON_H
#define MUSTER_REPORT_JSON_H

#include "report/rows.h"
#include "report/sink.h"
#include "report/writer.h"

int json_write_report(const struct report *r, const struct writer *w,
                      struct output *out, struct err *err) MUST_CHECK;
int json_write_findings(const struct report *r, const struct writer *w,
                        struct output *out, struct err *err) MUST_CHECK;

/* Parse again; rows are the lines of JSON Lines, -1 for report.json. */
int json_recount_report(const char *path, struct output *found,
                        struct err *err) MUST_CHECK;
int json_recount_lines(const char *path, struct output *found,
                       struct err *err) MUST_CHECK;

/* "key":value of a cell; unknown is null. */
void json_member(struct sink *s, const char *key, const struct cell *c);

/* "key":"text" */
void json_string_member(struct sink *s, const char *key, const char *text);

/* A query's rows as an array of objects; a hidden column is left out. */
int json_rows(struct sink *s, const struct report *r, const char *query,
              struct err *err) MUST_CHECK;

#endif
