/*
 * arena.h - memory that is given back all at once.
 *
 * For what lives as long as one Mac or one batch of Macs: copies of cells,
 * evidence. Starts as {0}. A failure is remembered in "failed" and gives NULL
 * from then on; ask once at the end.
 */
#ifndef MUSTER_ANALYZE_ARENA_H
#define MUSTER_ANALYZE_ARENA_H

#include "core/base.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *first, *at;
    size_t used; /* of the chunk "at" */
    bool failed;
};

/* "n" bytes, aligned for any type, not cleared; NULL for want of memory. */
void *arena_alloc(struct arena *a, size_t n);

/* A terminated copy of "n" bytes. */
char *arena_copy(struct arena *a, const char *s, size_t n);

/* Forget everything, keep the memory. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

#endif
