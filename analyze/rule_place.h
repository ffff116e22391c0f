/*
 * rule_place.h - where in a rule's file something stands, for messages.
 *
 * Lines and columns are counted from 1, columns in characters.
 */
#ifndef MUSTER_ANALYZE_RULE_PLACE_H
#define MUSTER_ANALYZE_RULE_PLACE_H

#include "analyze/rule.h"

/* The place of "at", which points into the rule's text. */
void rule_place(const struct rule *r, const char *at, long *line, long *column);

/*
 * Where a word stands in the value of a header's key; where it does not, or
 * "word" is NULL: the value's beginning. NULL where the key is not given.
 */
const char *rule_header_word(const struct rule *r, const char *key,
                             const char *word);

/* A line below or in the header that seems meant for "key", or NULL. */
const char *rule_header_lookalike(const struct rule *r, const char *key);

/* The SELECT's first word: comments stand before it. */
const char *rule_first_word(const struct rule *r);

/* A name, or a literal without its quotes, in the SELECT; its first word where
 * there is no such. */
const char *rule_word(const struct rule *r, const char *word);

/* The quote or comment that is opened and never closed, or NULL. */
const char *rule_unclosed(const struct rule *r);

#endif
