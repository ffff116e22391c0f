/*
 * leak_names.h - a set of names, found as whole words in running text.
 */
#ifndef MUSTER_LEAK_NAMES_H
#define MUSTER_LEAK_NAMES_H

#include "core/strbuf.h"

struct name {
    char *text; /* folded (report/fold.h), as it is searched for */
    size_t len;
    const char *kind;
    int64_t *owners; /* clients */
    size_t owner_count;
    size_t anchor; /* where its rarest word begins */
    size_t word;   /* ... and how long it is */
    uint32_t next; /* name with the same word, plus 1 */
    bool known;    /* stands in the program's own texts: proves nothing */
    bool own;      /* stands in texts of the client at hand */
};

struct leak_names;

struct leak_names *leak_names_new(void);
void leak_names_free(struct leak_names *n); /* NULL is fine */

/* Add a name of an owner; false for want of memory. Names too short to tell
 * (under 3 bytes, or a number under 6 digits) are only counted. */
bool leak_names_add(struct leak_names *n, const char *text, const char *kind,
                    int64_t owner);

/* All are added: make them searchable. */
bool leak_names_ready(struct leak_names *n);

size_t leak_names_count(const struct leak_names *n);
size_t leak_names_short(const struct leak_names *n);
struct name *leak_names_at(struct leak_names *n, size_t i);
bool leak_name_owned(const struct name *name, int64_t owner);

/*
 * Call "fn" for each name in "text" that stands there as a whole word, in
 * whichever spelling. "fn" returns false to stop. Returns false where it did,
 * and for want of memory (leak_names_failed()).
 */
typedef bool leak_names_fn(void *ctx, struct name *name);
bool leak_names_find(struct leak_names *n, const char *text, size_t len,
                     leak_names_fn *fn, void *ctx);
bool leak_names_failed(const struct leak_names *n);

/*
 * The same for a short text, with the bytes of it that each name takes up, from
 * the first on and longer names before shorter ones at a place.
 */
typedef bool leak_place_fn(void *ctx, const struct name *name, size_t from,
                           size_t to);
bool leak_names_places(struct leak_names *n, const char *text, size_t len,
                       leak_place_fn *fn, void *ctx);

/* The longest name: as much text must overlap between two pieces. */
size_t leak_names_longest(const struct leak_names *n);

#endif
