/*
 * load.h - accepted records into the rows of the store.
 *
 * A load is one import inside the caller's transaction. Records that are
 * accepted become a device row or an account row, with rows for nested and
 * listed accounts; the others are counted, and rejects kept with their reason.
 */
#ifndef MUSTER_LOAD_H
#define MUSTER_LOAD_H

#include "core/err.h"
#include "core/feed.h"
#include "ingest/map.h"
#include "ingest/serials.h"

struct load_counts {
    int64_t records, accepted, rejected, left_out;
    int64_t devices, accounts;  /* rows */
    int64_t by_uuid, by_mdm_id; /* accepted without a serial number: what they
                                   will find their Mac by */
};

struct load;

/* NULL with *err. "m" and "serials" must outlive it; load_free() frees. */
struct load *load_new(sqlite3 *db, int64_t import_id, struct map *m,
                      struct serials *serials, struct err *err);
void load_free(struct load *l);

/* The record to fill; one at a time. */
struct map_record *load_record(struct load *l);

/* A record that never came to be one: too many cells, no object. */
int load_reject(struct load *l, int64_t line, int64_t column,
                const char *reason, struct err *err) MUST_CHECK;

/* A record whose content the caller stores: counted as accepted. */
void load_elsewhere(struct load *l);

/* A record that says nothing: counted as left out. */
void load_nothing(struct load *l);

/* Store the mapped record, by one statement a row. */
int load_store(struct load *l, struct err *err) MUST_CHECK;

/*
 * The quick way for files whose columns are all known before the first record
 * is: "next" maps one record (1, 0 at the end, -1) and all rows of the main
 * table go in by one statement.
 */
int load_all(struct load *l, struct feed_slot *slot,
             int (*next)(void *ctx, struct err *err), void *ctx,
             struct err *err) MUST_CHECK;

struct load_counts load_counts(const struct load *l);
bool load_in_order(const struct load *l);

/* Called for each rejected record, for the first lines of a summary. */
typedef void load_reject_fn(void *ctx, int64_t line, int64_t column,
                            const char *reason);
void load_on_reject(struct load *l, load_reject_fn *fn, void *ctx);

#endif
