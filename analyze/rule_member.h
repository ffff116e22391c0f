/*
 * rule_member.h - a rule among those that are fused.
 *
 * What it says of a row depends on the columns that it names and on nothing
 * else: it has no subquery, and its functions have no state. So it is asked
 * once for each set of values in them, and what it said is recalled.
 */
#ifndef MUSTER_ANALYZE_RULE_MEMBER_H
#define MUSTER_ANALYZE_RULE_MEMBER_H

#include "analyze/arena.h"
#include "analyze/recall.h"
#include "analyze/rule.h"
#include "analyze/rule_text.h"

/* The columns of a posture view, and their values so far. */
struct view {
    sqlite3_stmt *st; /* SELECT * of it */
    size_t count;
    struct values *values;
    uint8_t *numbers; /* of the row at hand; 0: not to be recalled */
    bool *wanted;     /* its number is to be read */
};
int view_open(struct view *v, sqlite3 *db, bool account,
              struct err *err) MUST_CHECK;
void view_close(struct view *v);
const char *view_column(const struct view *v, size_t i);

/* Severity, evidence and remedy, kept. */
struct answer {
    enum severity severity;
    const char *evidence, *remedy; /* or NULL */
};
struct answers {
    struct answer *items;
    size_t count, cap;
    struct arena texts;
};
void answers_free(struct answers *a);

struct member {
    struct rule_query *query;
    struct rule_parts parts;
    uint16_t columns[RECALL_COLUMNS]; /* those of the conditions come first */
    size_t conditions, all;           /* how many; 0: not to be recalled */
    struct recall truths, answers;
    unsigned misses; /* of the truths, lately */
};

/* Whether the rule of a scope has the form; if so, *m is set up. */
bool member_read(struct member *m, const struct rule *r, bool account,
                 const struct view *v);
void member_free(struct member *m);

/*
 * What the rule says of the row at hand, recalled or asked: applies and fails,
 * or severity, evidence and remedy in *row, which live until the next call.
 * Faults as rule_run() and rule_ask() have them.
 */
int member_truths(struct member *m, const struct view *v, int64_t id,
                  int *truths, struct err *err) MUST_CHECK;
int member_answer(struct member *m, const struct view *v, struct answers *kept,
                  int64_t id, struct rule_row *row, struct err *err) MUST_CHECK;

#endif
