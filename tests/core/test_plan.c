/*
 * test_plan.c - plans against every other plan, on small random fleets.
 */
#include "core/base.h"

#include "core/plan.h"
#include "tests/suites.h"

#include <check.h>

enum { FIXES = 7, FLEETS = 3000 };

static uint64_t seed;

/* Numbers that are the same on every machine. */
static unsigned next(unsigned below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

struct fleet {
    struct plan_need needs[8];
    size_t n;
    int64_t macs;
};

static void make_fleet(struct fleet *f)
{
    size_t i;

    f->n = next(8);
    f->macs = 0;
    for (i = 0; i < f->n; i++) {
        f->needs[i].fixes = 1 + next((1u << FIXES) - 1);
        f->needs[i].macs = 1 + next(20);
        f->macs += f->needs[i].macs;
    }
}

static unsigned bits(uint64_t v)
{
    return v ? 1 + bits(v & (v - 1)) : 0;
}

/* The least number of fixes with which all Macs are done, by trying all. */
static unsigned fewest(const struct fleet *f)
{
    unsigned best = FIXES + 1;
    uint64_t set;

    for (set = 0; set < 1u << FIXES; set++)
        if (plan_done(f->needs, f->n, set) == f->macs && bits(set) < best)
            best = bits(set);
    return best;
}

/* The most Macs that any set of so many fixes brings to the goal. */
static int64_t most_with(const struct fleet *f, unsigned count)
{
    int64_t best = 0, done;
    uint64_t set;

    for (set = 0; set < 1u << FIXES; set++)
        if (bits(set) == count) {
            done = plan_done(f->needs, f->n, set);
            best = done > best ? done : best;
        }
    return best;
}

START_TEST(no_plan_needs_fewer_fixes)
{
    struct plan_step steps[PLAN_FIXES_MOST];
    struct fleet f;
    size_t n, i, best = 0, prefixes = 0;
    uint64_t chosen;
    int round;

    seed = 20261130;
    for (round = 0; round < FLEETS; round++) {
        make_fleet(&f);
        n = plan_all(f.needs, f.n, 3, steps);
        ck_assert_uint_eq(n, fewest(&f));
        for (i = 0, chosen = 0; i < n; i++) {
            int64_t done;

            ck_assert_msg(!(chosen >> steps[i].fix & 1), "a fix comes twice");
            chosen |= (uint64_t)1 << steps[i].fix;
            done = plan_done(f.needs, f.n, chosen);
            ck_assert_int_eq(steps[i].left, f.macs - done + 3);
            if (steps[i].left < (i ? steps[i - 1].left : f.macs + 3)) {
                prefixes++;
                ck_assert_int_le(done, most_with(&f, (unsigned)i + 1));
                best += done == most_with(&f, (unsigned)i + 1);
            }
        }
        ck_assert_int_eq(n ? steps[n - 1].left : 3, 3);
    }
    /* Greedy is not always the best, and the help says so; it is mostly. */
    ck_assert_uint_lt(best, prefixes);
    ck_assert_uint_gt(best * 100, prefixes * 90);
}
END_TEST

START_TEST(a_step_counts_the_macs_to_act_on)
{
    static const struct plan_need needs[] = {
        {1, 4}, {2, 3}, {1 | 2, 2}, {4 | 8, 9}};
    static const struct plan_step expected[] = {
        {0, 6, 14}, {1, 5, 9}, {2, 9, 9}, {3, 9, 0}};
    struct plan_step steps[PLAN_FIXES_MOST];
    size_t i;

    ck_assert_uint_eq(plan_all(needs, COUNT_OF(needs), 0, steps), 4);
    for (i = 0; i < 4; i++) {
        ck_assert_uint_eq(steps[i].fix, expected[i].fix);
        ck_assert_int_eq(steps[i].macs, expected[i].macs);
        ck_assert_int_eq(steps[i].left, expected[i].left);
    }
}
END_TEST

/* The least number of answers that reaches the target, by trying all. */
static unsigned fewest_for_rate(const struct plan_answer *a, size_t n,
                                int64_t pass, int64_t fail, int64_t target)
{
    unsigned best = (unsigned)n;
    uint64_t set;
    size_t i;

    for (set = 0; set < 1u << n; set++) {
        int64_t fixed = 0;

        for (i = 0; i < n; i++)
            fixed += set >> i & 1 ? a[i].results : 0;
        if (plan_reaches(pass + fixed, fail - fixed, target) &&
            bits(set) < best)
            best = bits(set);
    }
    return best;
}

static int more_results(const void *a, const void *b)
{
    const struct plan_answer *x = a, *y = b;

    return (x->results < y->results) - (x->results > y->results);
}

START_TEST(no_plan_reaches_the_rate_with_fewer)
{
    struct plan_step steps[PLAN_FIXES_MOST];
    struct plan_answer answers[8] = {{0}};
    int64_t pass, fail, passing, target;
    size_t n, i, used;
    int round;

    seed = 4711;
    for (round = 0; round < FLEETS; round++) {
        pass = next(200);
        fail = next(5); /* without a fix */
        target = next(1001);
        n = next(9);
        for (i = 0; i < n; i++) {
            answers[i] = (struct plan_answer){i, 1 + next(30), 1 + next(9)};
            fail += answers[i].results;
        }
        qsort(answers, n, sizeof(*answers), more_results);
        used = plan_rate(answers, n, pass, fail, target, steps, &passing);
        ck_assert_uint_eq(used,
                          fewest_for_rate(answers, n, pass, fail, target));
        ck_assert(plan_reaches(passing, pass + fail - passing, target) ||
                  used == n);
        for (i = 0; i < used; i++)
            ck_assert_uint_eq(steps[i].fix, answers[i].fix);
    }
}
END_TEST

START_TEST(rates_are_said_as_on_pages)
{
    static const struct {
        int64_t pass, fail, target;
        const char *said;
    } list[] = {
        {9617, 383, 970, "96.2 %"}, {9617, 383, 962, "just under 96.2 %"},
        {962, 38, 962, "96.2 %"},   {99999, 1, 1000, "99.9 %"},
        {1, 99999, 900, "0.1 %"},   {5, 0, 1000, "100.0 %"},
        {0, 5, 900, "0.0 %"},       {0, 0, 900, "100.0 %"}};
    char said[40];
    size_t i;

    for (i = 0; i < COUNT_OF(list); i++) {
        plan_say(said, sizeof(said), list[i].pass, list[i].fail,
                 list[i].target);
        ck_assert_str_eq(said, list[i].said);
    }
}
END_TEST

Suite *plan_suite(void);

Suite *plan_suite(void)
{
    Suite *s = suite_create("plan");
    TCase *tc = tcase_create("plan");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, no_plan_needs_fewer_fixes);
    tcase_add_test(tc, a_step_counts_the_macs_to_act_on);
    tcase_add_test(tc, no_plan_reaches_the_rate_with_fewer);
    tcase_add_test(tc, rates_are_said_as_on_pages);
    suite_add_tcase(s, tc);
    return s;
}
