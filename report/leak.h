/*
 * leak.h - proof that a client's report holds nothing of another client.
 *
 * Every finished file is read as its reader would (archives unpacked, entities
 * and escapes undone) and searched for serial numbers, names of devices,
 * accounts and persons, addresses and client names of all others, in whichever
 * letters and spelling (report/fold.h), and for anything that has the shape of
 * a recovery key. Names that the client owns too, or that stand in its own or
 * the program's own texts, prove nothing and are left out and counted; so are
 * names too short to tell.
 */
#ifndef MUSTER_LEAK_H
#define MUSTER_LEAK_H

#include "core/strbuf.h"
#include "report/leak_names.h"
#include "report/publish.h"

struct leak; /* the names of a period with their owners */

/* Load them: once for all clients of a period. NULL with *err; the caller
 * frees with leak_free(). */
struct leak *leak_new(const struct report *r, struct err *err);
void leak_free(struct leak *l); /* NULL is fine */

/*
 * Search all ended files of a client's report, which report_prepare() has been
 * called for. A hit is ERR_OUTPUT and says which file holds what of whom. The
 * proof is appended to "json" as an object.
 */
int leak_search(struct leak *l, const struct report *r, const struct publish *p,
                struct strbuf *json, struct err *err) MUST_CHECK;

/* The same for the file ended last: the manifest, which holds the proof. */
int leak_search_last(struct leak *l, const struct report *r,
                     const struct publish *p, struct err *err) MUST_CHECK;

/* Every name of the period, and the bit of --redact that hides a kind of it. */
struct leak_names *leak_all_names(struct leak *l);
int leak_kind_bit(const char *kind);

#endif
