/*
 * account_sum.h - what the accounts of a Mac come to.
 *
 * A statement has one row an account, in the order of their Macs: the number
 * of the Mac, the name, and up to 16 values. Another has conditions on these
 * values and nothing else. Their texts are parts accounts and conditions of
 * posture.sql, which says what any_, least_, most_ and all_ mean.
 */
#ifndef MUSTER_ANALYZE_ACCOUNT_SUM_H
#define MUSTER_ANALYZE_ACCOUNT_SUM_H

#include "core/err.h"

#include <sqlite3.h>

struct account_sum;

/*
 * Make the SQL functions of the conditions, a SELECT without FROM:
 * any_NAME(device_id) and so on. They read the accounts along with the
 * statement that calls them, so that one must ask for the Macs in ascending
 * order; it fails where it does not, and where a statement does. A Mac without
 * accounts has met nothing: 0, and no names. NULL with *err.
 */
struct account_sum *account_sum_open(sqlite3 *db, const char *accounts,
                                     const char *conditions,
                                     struct err *err) MUST_CHECK;

/* The functions end with it: no statement may be running. */
void account_sum_close(struct account_sum *s);

#endif
