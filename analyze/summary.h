/*
 * summary.h - what an analysis says of itself, in lines and as JSON.
 */
#ifndef MUSTER_ANALYZE_SUMMARY_H
#define MUSTER_ANALYZE_SUMMARY_H

#include "analyze/analyze.h"

#include <jansson.h>

/* One line: how many findings are covered, and what their owners should look
 * at. Nothing where there is no accepted risk. */
void summary_accepted(const struct analyze_summary *s, const char *indent,
                      FILE *out);

/* One line: rows that know an account by a number or full name which leads to
 * none. Nothing without. */
void summary_strangers(const struct analyze_summary *s, const char *indent,
                       FILE *out);

/* One line: a section of the settings that is nobody's. Nothing without. */
void summary_sections(const struct analyze_summary *s, const char *indent,
                      FILE *out);

/* One line: rules that the settings want measured and that were not. Nothing
 * without. */
void summary_required(const struct analyze_summary *s, const char *indent,
                      FILE *out);

/* The counts of accepted risks; NULL where memory ran out. */
json_t *summary_accepted_json(const struct analyze_summary *s);

/* One line: which earlier periods were judged anew. Nothing without. */
void summary_replay(const struct analyze_summary *s, const char *indent,
                    FILE *out);

#endif
