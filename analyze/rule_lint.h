/*
 * rule_lint.h - what SQLite takes silently and a rule must not say.
 */
#ifndef MUSTER_ANALYZE_RULE_LINT_H
#define MUSTER_ANALYZE_RULE_LINT_H

#include "analyze/rule.h"

/*
 * Refuse a text column in the place of a truth value ("NOT chip", "x_lab AND
 * ..."): SQLite would read it as a number, and so as no. ERR_CONFIG with file,
 * line and column.
 */
int rule_lint(const struct rule *r, struct err *err) MUST_CHECK;

/* Whether a column of the posture holds text. */
bool posture_is_text(const char *column);

/* The custom facts (x_...) that a SELECT names, each once: calls "fn" with
 * every one. */
void rule_customs(const struct rule *r, void (*fn)(void *ctx, const char *name),
                  void *ctx);

#endif
