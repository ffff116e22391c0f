/*
 * redact.h - reports with pseudonyms in place of persons, serial numbers and
 * device names.
 *
 * A pseudonym is keyed by a file that the operator keeps and by the client, so
 * the same Mac has the same one every month, and nobody without the key can
 * guess back. All queries get it without knowing: TEMP views stand in front of
 * the tables. Names inside sentences, and in the names of files, are replaced
 * as well.
 */
#ifndef MUSTER_REDACT_H
#define MUSTER_REDACT_H

#include "report/report.h"

#define REDACT_USERS 1
#define REDACT_SERIALS 2
#define REDACT_HOSTNAMES 4

/* The bits of "users,serials,hostnames"; -1 with ERR_USAGE. NULL is 0. */
int redact_bits(const char *list, struct err *err) MUST_CHECK;

struct redact;
struct leak;

/*
 * Put the views in place for a report whose options ask for it. NULL with *err
 * set (ERR_USAGE without a key file, ERR_CONFIG where it is unusable). "names"
 * are those of the period (report/leak.h) and stay as long as it. The caller
 * ends it with redact_end(), which takes the views away again.
 */
struct redact *redact_begin(const struct report *r, struct leak *names,
                            struct err *err);
void redact_end(struct redact *r); /* NULL is fine */

#endif
