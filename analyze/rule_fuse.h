/*
 * rule_fuse.h - many rules in one pass.
 *
 * Nearly every rule is "SELECT ... FROM device_posture" and nothing else. Such
 * rules are read for their expressions, and one statement serves them all: a
 * row is found and taken apart once. It yields the values of the columns that
 * rules read, under which is recalled what a rule said of them before; and of
 * rules that hardly meet the same values twice it yields what they say. What a
 * rule means does not change by it. Rules of another form run by themselves.
 */
#ifndef MUSTER_ANALYZE_RULE_FUSE_H
#define MUSTER_ANALYZE_RULE_FUSE_H

#include "analyze/rule.h"

struct rule_fused;

/* The truths of one row: applies and fails of each fused rule, 1, 0 or -1. */
typedef int rule_fused_fn(void *ctx, int64_t id, const int *truths,
                          struct err *err);

/*
 * Fuse those of "n" rules that have the scope and the form; queries[i] is NULL
 * for a rule that shall not run. *members is set to their places, *count of
 * them, owned by the result. Returns NULL without error where none fits, and
 * NULL with *err. The caller frees with rule_fused_close().
 */
struct rule_fused *rule_fuse(struct rule_guard *g,
                             const struct rule *const *rules,
                             struct rule_query *const *queries, size_t n,
                             bool account_scope, const size_t **members,
                             size_t *count, struct err *err);
void rule_fused_close(struct rule_fused *f); /* NULL is fine */

/*
 * Run over a range as rule_run() does. Returns 0; -1 with *err; 1 where
 * something in the rules went wrong that only running them one by one can
 * blame on one of them.
 */
int rule_fused_run(struct rule_fused *f, int64_t low, int64_t high,
                   int64_t steps, rule_fused_fn *fn, void *ctx,
                   struct err *err) MUST_CHECK;

/*
 * rule_ask() for the row at hand and the member of that place; only from the
 * function that rule_fused_run() calls, which then returns -1 where this does.
 */
int rule_fused_ask(struct rule_fused *f, size_t member, int64_t id,
                   struct rule_row *row, struct err *err) MUST_CHECK;

#endif
