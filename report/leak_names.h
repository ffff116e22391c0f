/*
 * leak_names.h - a set of names, found as whole words in running text.
 */
#ifndef MUSTER_LEAK_NAMES_H
#define MUSTER_LEAK_NAMES_H

#include "core/err.h"

struct name {
    char *text;
    size_t len;
    const char *kind;
    int64_t *owners; /* clients */
    size_t owner_count;
    size_t anchor; /* where its rarest word begins */
    size_t word;   /* ... and how long it is */
    uint32_t next; /* name with the same word, plus 1 */
    bool known;    /* stands in texts that prove nothing */
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
 * Call "fn" for each name in "text" that stands there as a whole word. "fn"
 * returns false to stop. Returns false where it did.
 */
typedef bool leak_names_fn(void *ctx, struct name *name);
bool leak_names_find(struct leak_names *n, const char *text, size_t len,
                     leak_names_fn *fn, void *ctx);

/* The longest name: as much text must overlap between two pieces. */
size_t leak_names_longest(const struct leak_names *n);

#endif
