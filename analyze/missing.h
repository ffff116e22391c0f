/*
 * missing.h - which required facts of a Mac are not known, by name.
 */
#ifndef MUSTER_ANALYZE_MISSING_H
#define MUSTER_ANALYZE_MISSING_H

#include "analyze/rule.h"
#include "core/strbuf.h"

#include <sqlite3.h>

struct missing;

/* Reads device_fact, device_text, account_fact and conflict; NULL with *err. */
struct missing *missing_open(sqlite3 *db, int64_t period_id, struct err *err);
void missing_close(struct missing *m); /* NULL is fine */

/*
 * Append the required items of a rule that are unknown for the Mac, or for one
 * of its accounts (account_id 0: for any account of the Mac), with blanks
 * between: "bootstrap_escrowed_device|bootstrap_escrowed_server", and
 * "conflict:filevault" where sources disagree. Where all that is known of the
 * accounts is known and the list may have gaps: "accounts_listed".
 */
int missing_facts(struct missing *m, const struct rule *r, int64_t device_id,
                  int64_t account_id, struct strbuf *out,
                  struct err *err) MUST_CHECK;

/* Macs with conflicts, and what they are about. */
size_t missing_conflicts(struct missing *m);
bool missing_has_conflict(const struct missing *m, int64_t device_id);

#endif
