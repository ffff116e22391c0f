/*
 * ways.h - how a fact is seen on the Mac itself, for a test by hand.
 */
#ifndef MUSTER_WAYS_H
#define MUSTER_WAYS_H

/*
 * Call "fn" with each way to see one of the facts, once. "facts" are names with
 * commas or | between, as a rule's header has them.
 */
void ways_each(const char *facts, void (*fn)(void *ctx, const char *how),
               void *ctx);

#endif
