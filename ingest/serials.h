/*
 * serials.h - the dictionary of serial numbers: which number of the store
 * stands for a Mac.
 *
 * Loaded once from the store and kept for the whole command, so that no stage
 * joins by text. New Macs get the next number in the order they are first
 * seen; they reach the store with serials_save(), and serials_forget() takes
 * them back when their file is refused.
 */
#ifndef MUSTER_SERIALS_H
#define MUSTER_SERIALS_H

#include "core/err.h"
#include "core/feed.h"

#include <sqlite3.h>

#define SERIAL_MOST 64

struct serials;

struct serials *serials_new(struct err *err);
void serials_free(struct serials *s); /* NULL is fine */

/* Forget everything and read the store's Macs. */
int serials_load(struct serials *s, sqlite3 *db, struct err *err) MUST_CHECK;

/*
 * The number of a serial (trimmed, any case), a new one where it is not known.
 * 0: not usable as a key (a placeholder, empty, longer than SERIAL_MOST, or
 * with blanks or control characters inside). -1 with *err for want of memory.
 */
int64_t serials_id(struct serials *d, const char *s, size_t n, struct err *err);

/* So many may come: make room at once. */
int serials_expect(struct serials *s, int64_t count,
                   struct err *err) MUST_CHECK;

/* Write the Macs that the store does not have yet, through the feed. */
int serials_save(struct serials *s, sqlite3 *db, struct feed_slot *slot,
                 struct err *err) MUST_CHECK;

/* Drop the Macs that were not saved. */
int serials_forget(struct serials *s, struct err *err) MUST_CHECK;

#endif
