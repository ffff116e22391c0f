/*
 * explain_part.h - one Mac as it is explained, shared by explain*.c.
 */
#ifndef MUSTER_ANALYZE_EXPLAIN_PART_H
#define MUSTER_ANALYZE_EXPLAIN_PART_H

#include "analyze/explain.h"
#include "analyze/rule.h"

/* What is explained. */
struct about {
    sqlite3 *db;  /* the fleet's */
    sqlite3 *mem; /* the Mac's */
    int64_t device_id;
    char serial[128];
    char period[64];
    int64_t as_of;
    int64_t period_id; /* in mem */
    json_t *out;
    json_t *sources; /* by import_id as text: their numbers */
};

/* A time as JSON: "never" for 0. */
json_t *explain_time(int64_t t);

/* Facts with their origins, accounts, and values on which sources differ. */
int explain_facts(struct about *a, struct err *err) MUST_CHECK;

/* What each derived value was made of, after explain_facts(). */
int explain_terms(struct about *a, struct err *err) MUST_CHECK;

/* What a derived column is made of: columns of the same posture and, with @,
 * of its accounts; NULL where it is no derived column of that scope. */
const char *explain_terms_of(bool account, const char *derived);

/* Every rule on the Mac, and the remedies of what is wrong. */
int explain_rules(struct about *a, const struct analyze_options *o,
                  struct err *err) MUST_CHECK;

/*
 * The truth of each part of a rule on the ids from "first" to "last": an object
 * of ids (as text), each a list of {"of": "applies" or "fails", "part": text,
 * "truth": true, false or null}. Empty where the rule is no plain SELECT. NULL
 * with *err.
 */
json_t *explain_parts(struct rule_guard *g, const struct rule *r, int64_t first,
                      int64_t last, struct err *err);

#endif
