/*
 * rule_text.h - SQL cut into words and marks, and rules into expressions.
 */
#ifndef MUSTER_ANALYZE_RULE_TEXT_H
#define MUSTER_ANALYZE_RULE_TEXT_H

#include "analyze/rule.h"

struct token {
    char text[64]; /* in lower case; "" at the end, "'" for a literal */
    const char *at, *end;
    bool name; /* an identifier or keyword */
};

/* The next word or mark at or after "s", blanks and comments passed over;
 * returns where it ends. */
const char *token_next(const char *s, struct token *t);
bool token_is(const struct token *t, const char *word);

/* An expression of a rule's SELECT, in its text. */
struct rule_part {
    const char *text;
    size_t len;
};
struct rule_parts {
    struct rule_part applies, fails;
};

/*
 * Whether a rule is one SELECT of expressions from its posture view and
 * nothing more: no join, condition, grouping, alias or subquery. If so, its
 * two conditions.
 */
bool rule_split(const struct rule *r, struct rule_parts *out);

/* What AND and OR join in an expression, outside of parentheses and CASE; at
 * most "most" of them. Returns how many. */
size_t rule_terms(struct rule_part whole, struct rule_part *out, size_t most);

#endif
