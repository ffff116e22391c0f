/*
 * check.h - reading rules critically, as "muster rules check" does.
 */
#ifndef MUSTER_ANALYZE_CHECK_H
#define MUSTER_ANALYZE_CHECK_H

#include "analyze/catalogue.h"

/* Takes one fault: file, line and column (0: none), text, hint ("": none). */
typedef void check_fn(void *ctx, const struct err *fault);

/*
 * Check the rules of a catalogue (only the user's own with "own_only"): the
 * header and its words, the SELECT, the cases. Faults go to "fn"; *faults
 * counts them. Returns 0, or -1 with *err.
 */
int rules_check(const struct catalogue *c, const struct remedies *remedies,
                bool own_only, check_fn *fn, void *ctx, size_t *faults,
                struct err *err) MUST_CHECK;

/*
 * Put a skeleton of rule "id" and of its cases into "dir" (made where it is
 * missing). Files that are there are left alone (ERR_OUTPUT). The name of the
 * rule's file goes to "path".
 */
int rule_skeleton(const char *dir, const char *id, char *path, size_t size,
                  struct err *err) MUST_CHECK;

#endif
