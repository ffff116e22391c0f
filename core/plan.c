/*
 * plan.c - the fewest fixes to a goal, and a good order for them.
 *
 * A Mac is done when every fix is chosen that its findings ask for, so Macs
 * are kept by the set of their fixes, of which there are few.
 */
#include "core/base.h"

#include "core/plan.h"

static int bits(uint64_t v)
{
    int n = 0;

    for (; v; v &= v - 1)
        n++;
    return n;
}

/* Macs that are at the goal when these fixes are made. */
int64_t plan_done(const struct plan_need *needs, size_t n, uint64_t fixes)
{
    int64_t macs = 0;
    size_t i;

    for (i = 0; i < n; i++)
        if ((needs[i].fixes & ~fixes) == 0)
            macs += needs[i].macs;
    return macs;
}

/* What to add next: most Macs a new fix; then fewer fixes; then the first. */
static uint64_t next_fixes(const struct plan_need *needs, size_t n,
                           uint64_t chosen)
{
    int64_t before = plan_done(needs, n, chosen), gain, best_gain = 0;
    int cost, best_cost = 1;
    uint64_t best = 0, added;
    size_t i;

    for (i = 0; i < n; i++) {
        added = needs[i].fixes & ~chosen;
        if (added == 0)
            continue;
        cost = bits(added);
        gain = plan_done(needs, n, chosen | added) - before;
        if (best == 0 || gain * best_cost > best_gain * cost ||
            (gain * best_cost == best_gain * cost && cost < best_cost)) {
            best = added;
            best_gain = gain;
            best_cost = cost;
        }
    }
    return best;
}

static int64_t macs_of_fix(const struct plan_need *needs, size_t n, size_t fix)
{
    int64_t macs = 0;
    size_t i;

    for (i = 0; i < n; i++)
        if (needs[i].fixes >> fix & 1)
            macs += needs[i].macs;
    return macs;
}

size_t plan_all(const struct plan_need *needs, size_t n, int64_t beyond,
                struct plan_step *out)
{
    int64_t all = plan_done(needs, n, UINT64_MAX);
    uint64_t chosen = 0, added;
    size_t i, count = 0;

    while ((added = next_fixes(needs, n, chosen)) != 0) {
        for (i = 0; i < PLAN_FIXES_MOST; i++)
            if (added >> i & 1) {
                chosen |= (uint64_t)1 << i;
                out[count++] = (struct plan_step){
                    i, macs_of_fix(needs, n, i),
                    all - plan_done(needs, n, chosen) + beyond};
            }
    }
    return count;
}

int64_t plan_tenths(int64_t pass, int64_t fail)
{
    int64_t all = pass + fail, tenths;

    if (pass == 0 || fail == 0)
        return all && pass == 0 ? 0 : 1000;
    tenths = (pass * 2000 + all) / (2 * all);
    return tenths < 1 ? 1 : tenths > 999 ? 999 : tenths;
}

bool plan_reaches(int64_t pass, int64_t fail, int64_t target_tenths)
{
    return pass * 1000 >= target_tenths * (pass + fail);
}

void plan_say(char *out, size_t size, int64_t pass, int64_t fail,
              int64_t target_tenths)
{
    int64_t tenths = plan_tenths(pass, fail);
    bool under =
        tenths >= target_tenths && !plan_reaches(pass, fail, target_tenths);

    snprintf(out, size, "%s%lld.%lld %%", under ? "just under " : "",
             (long long)(tenths / 10), (long long)(tenths % 10));
}

size_t plan_rate(const struct plan_answer *answers, size_t n, int64_t pass,
                 int64_t fail, int64_t target_tenths, struct plan_step *out,
                 int64_t *passing)
{
    size_t i;

    for (i = 0; i < n && !plan_reaches(pass, fail, target_tenths); i++) {
        pass += answers[i].results;
        fail -= answers[i].results;
        out[i] = (struct plan_step){answers[i].fix, answers[i].macs, fail};
    }
    *passing = pass;
    return i;
}
