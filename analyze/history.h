/*
 * history.h - what earlier periods said of a finding.
 */
#ifndef MUSTER_ANALYZE_HISTORY_H
#define MUSTER_ANALYZE_HISTORY_H

#include "analyze/catalogue.h"

#include <sqlite3.h>

struct history;

/*
 * Open the judged periods before "period", in the order of their labels.
 * Returns NULL with *err; the caller frees with history_close().
 */
struct history *history_open(sqlite3 *db, const char *period,
                             const struct catalogue *rules, struct err *err);
void history_close(struct history *h); /* NULL is fine */

/*
 * The state of a finding of rule number "rule" on a Mac, and the as-of of the
 * period that found it first. "account" is "" for rules of Macs. Asking Mac by
 * Mac in ascending order is quick.
 *
 * open      it was there when it was last looked for
 * reopened  it had been there and was gone
 * measured  new, and the rule was not checked for the Mac the time before
 * new       otherwise
 */
int history_state(struct history *h, int64_t device_id, size_t rule,
                  const char *account, int64_t as_of, const char **state,
                  int64_t *first_seen, struct err *err) MUST_CHECK;

#endif
