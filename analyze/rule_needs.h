/*
 * rule_needs.h - whether a rule requires the facts that it judges by.
 */
#ifndef MUSTER_ANALYZE_RULE_NEEDS_H
#define MUSTER_ANALYZE_RULE_NEEDS_H

#include "analyze/rule.h"

/* "at" is the column's place in the rule's text. */
typedef void rule_needs_fn(void *ctx, const char *at, const char *column,
                           const char *facts);

/*
 * Where nobody measured a fact, a rule that does not list it says "unknown"
 * instead of "notchecked". Calls "fn" once for every column of applies and
 * fails of which "facts:" lists nothing, with the facts ("a b") it is made of:
 *
 *   a fact      wherever it stands
 *   a derived   in applies; in fails only where no other column of fails is
 *   value       listed: one item may stand for what others add to it
 *
 * What has a value whatever is known is left alone, and so is a column in a
 * CASE or asked by IS: there the rule says itself what unknown means. A SELECT
 * with joins or subqueries is not looked into.
 */
void rule_needs(const struct rule *r, rule_needs_fn *fn, void *ctx);

#endif
