/*
 * cases.h - the cases that prove a rule, one JSON object a line.
 *
 * Each case becomes a Mac in a store of its own in memory and goes through the
 * same resolve, derive and evaluation as a fleet. What a case may hold is said
 * in analyze/rules/README.md.
 */
#ifndef MUSTER_ANALYZE_CASES_H
#define MUSTER_ANALYZE_CASES_H

#include "analyze/catalogue.h"

/* What one rule's cases came to. */
struct cases_count {
    int64_t passed, failed;
};

/* Takes one complaint: what differs, with file, line and column of the case. */
typedef void cases_fn(void *ctx, const struct err *fault);

/*
 * Run the cases of rule number "only" of the catalogue (SIZE_MAX: of all).
 * A case that differs or cannot be read is a complaint and counts as failed.
 * Cases of a rule that is broken all fail, with one complaint. "counts" has
 * room for every rule of the catalogue. Returns 0, or -1 with *err.
 */
int cases_run(const struct catalogue *c, size_t only, cases_fn *fn, void *ctx,
              struct cases_count *counts, struct err *err) MUST_CHECK;

#endif
