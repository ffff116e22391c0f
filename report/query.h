/*
 * query.h - the named, ordered queries that all formats share.
 *
 * Each is one SELECT in report/queries/NAME.sql with a total order. Besides
 * the store they read TEMP tables that report_prepare() fills for one report:
 *
 *   report_rule(rule_no PRIMARY KEY, id, title, module, scope, severity, kind,
 *               uses, loses, why, fix, counted, error, ref)
 *   report_device(rank PRIMARY KEY, device_id UNIQUE, client_id): the Macs of
 *               this report by client and serial number
 *   report_finding(ord PRIMARY KEY, finding (rowid of finding), device_id,
 *               client_id, rule_no ...): severity descending, rule, client,
 *               serial, account
 *
 *   report_tally(client_id, rule_no, pass, fail, ...): the counts of tally
 *               for the clients of this report, one row a client and rule
 *   report_work(finding_id, client): what people wrote beside a finding in a
 *               sheet
 *
 *   report_before (queries/before.sql), report_remedy, report_remedy_mac and
 *               report_severity (report/tally.h): made when a query first
 *               names them
 *
 * and SQL functions: finding_id(rule, serial, account), days_between(from,
 * to), share(a, b), severity_rank(word), name_count(list), glob_match(pattern,
 * text), result_word(results, rule_no), reset_forecast(...) of
 * report/forecast.h, and those of core/db.h.
 */
#ifndef MUSTER_QUERY_H
#define MUSTER_QUERY_H

#include "report/report.h"

/* Make the TEMP tables and functions for this report; the tables of an
 * earlier report on the same connection are replaced. */
int report_prepare(const struct report *r, struct err *err) MUST_CHECK;

/*
 * Prepare report/queries/NAME.sql and bind what it names of :period_id,
 * :before_id, :client_id (0: all), :client_low and :client_high (the same as a
 * range, which an index serves), :as_of and :use. The caller finalizes.
 */
int query_open(const struct report *r, const char *name, sqlite3_stmt **st,
               struct err *err) MUST_CHECK;

/* Keep the rows of a query in a TEMP table of its own columns, in place of the
 * one that is there. A parameter unknown here is an error. */
int query_keep(const struct report *r, const char *table, const char *name,
               struct err *err) MUST_CHECK;

/* The first column of the first row of a query: a number. */
int query_number(const struct report *r, const char *name, int64_t *out,
                 struct err *err) MUST_CHECK;

/* Run a script of several statements with the same parameters. */
int query_script(const struct report *r, const char *name,
                 struct err *err) MUST_CHECK;

/* Make the TEMP views of analyze/posture.sql where they are missing. */
int query_views(sqlite3 *db, struct err *err) MUST_CHECK;

/* Whether a TEMP table or view is there; false too after an error. */
bool query_temp(sqlite3 *db, const char *table, struct err *err);

/* "pass" for 'P' and so on; NULL for what is no result. */
const char *result_word(char letter);

/* The short digest that names a finding in every period and client. */
#define FINDING_ID_HEX 17
void finding_id(const char *rule, const char *serial, const char *account,
                char out[FINDING_ID_HEX]);

#endif
