/*
 * plan.h - the fewest fixes to a goal, and a good order for them.
 *
 * Every finding asks for one fix, so what has to be done for all Macs is given;
 * the question is the order. It is greedy: each step takes the set of fixes
 * that brings most Macs to the goal for each fix in it. No order is promised to
 * be the best for every number of fixes; the number of all is the least.
 */
#ifndef MUSTER_PLAN_H
#define MUSTER_PLAN_H

#include "core/base.h"

#define PLAN_FIXES_MOST 64

/* Macs that need the same fixes: bit n for fix n. */
struct plan_need {
    uint64_t fixes;
    int64_t macs;
};

/* Results that one fix answers, and the Macs that have them. */
struct plan_answer {
    size_t fix;
    int64_t results, macs;
};

/* One fix of a plan. */
struct plan_step {
    size_t fix;
    int64_t macs; /* to act on */
    int64_t left; /* Macs not at the goal after it; rate: results */
};

/* Macs that are at the goal when these fixes are made. */
int64_t plan_done(const struct plan_need *needs, size_t n, uint64_t fixes);

/*
 * All fixes until every Mac is at the goal. "beyond" Macs never are, and count
 * as left. "out" has room for PLAN_FIXES_MOST; returns how many.
 */
size_t plan_all(const struct plan_need *needs, size_t n, int64_t beyond,
                struct plan_step *out);

/* A rate in tenths of a percent as all reports round it: to the nearest, off 0
 * and 100 unless it is just that. */
int64_t plan_tenths(int64_t pass, int64_t fail);

/* Whether the rate itself, not rounded, is at the target. */
bool plan_reaches(int64_t pass, int64_t fail, int64_t target_tenths);

/* "96.1 %"; "just under 97.0 %" where rounding alone would make it that. */
void plan_say(char *out, size_t size, int64_t pass, int64_t fail,
              int64_t target_tenths);

/*
 * The fewest fixes until the pass rate reaches its target, or all of them.
 * "answers" come with most results first. Returns how many; *passing is how
 * many results pass after them.
 */
size_t plan_rate(const struct plan_answer *answers, size_t n, int64_t pass,
                 int64_t fail, int64_t target_tenths, struct plan_step *out,
                 int64_t *passing);

#endif
