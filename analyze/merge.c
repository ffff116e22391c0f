/*
 * merge.c - how several rows about one Mac or account become one value.
 *
 * The newest time is looked for among the rows that know the fact, so an
 * unknown never replaces a value. Rows without any time are always part of the
 * set: nothing says that they are old.
 */
#include "core/base.h"

#include "analyze/merge.h"

/* By time, then by the time of collection. */
static int compare_times(const struct merge_row *a, const struct merge_row *b)
{
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->collected != b->collected)
        return a->collected < b->collected ? -1 : 1;
    return 0;
}

/* The newest row with a time that knows the fact; n where there is none. */
static size_t newest(size_t at, const struct merge_row *rows, size_t n)
{
    size_t i, best = n;

    for (i = 0; i < n; i++) {
        if (!rows[i].cells[at].known || rows[i].time == MERGE_NO_TIME)
            continue;
        if (best == n || compare_times(&rows[best], &rows[i]) < 0)
            best = i;
    }
    return best;
}

static bool counts(size_t at, const struct merge_row *rows, size_t n,
                   size_t best, size_t i)
{
    if (!rows[i].cells[at].known)
        return false;
    if (rows[i].time == MERGE_NO_TIME || best == n)
        return true;
    return compare_times(&rows[best], &rows[i]) == 0;
}

bool merge_counts(size_t at, const struct merge_row *rows, size_t n, size_t i)
{
    return counts(at, rows, n, newest(at, rows, n), i);
}

static int compare_bytes(const struct cell *a, const struct cell *b)
{
    size_t n = a->len < b->len ? a->len : b->len;
    int cmp = n ? memcmp(a->text, b->text, n) : 0;

    if (cmp)
        return cmp;
    return a->len == b->len ? 0 : a->len < b->len ? -1 : 1;
}

static bool same_value(const struct fact *f, const struct cell *a,
                       const struct cell *b)
{
    if (!a->text || !b->text)
        return !a->text && !b->text && a->number == b->number;
    if (f->type == FACT_VERSION)
        return version_number(a->text, a->len) ==
               version_number(b->text, b->len);
    return compare_bytes(a, b) == 0;
}

/* Facts of which the sources may disagree. */
static enum merged merge_set(const struct fact *f, size_t at,
                             const struct merge_row *rows, size_t n,
                             size_t *chosen)
{
    size_t best = newest(at, rows, n), i, one = n;

    for (i = 0; i < n; i++) {
        const struct cell *cell = &rows[i].cells[at];

        if (!counts(at, rows, n, best, i))
            continue;
        if (one == n)
            one = i;
        else if (!same_value(f, &rows[one].cells[at], cell))
            return MERGED_CONFLICT;
        else if (cell->text && compare_bytes(cell, &rows[one].cells[at]) < 0)
            one = i;
    }
    *chosen = one;
    return one == n ? MERGED_UNKNOWN : MERGED_VALUE;
}

static enum merged merge_latest(size_t at, const struct merge_row *rows,
                                size_t n, size_t *chosen)
{
    size_t i, one = n;

    for (i = 0; i < n; i++)
        if (rows[i].cells[at].known &&
            (one == n || rows[one].cells[at].number < rows[i].cells[at].number))
            one = i;
    *chosen = one;
    return one == n ? MERGED_UNKNOWN : MERGED_VALUE;
}

/* Descriptive text: the newest; without times, or at one time, the smallest. */
static enum merged merge_text(size_t at, const struct merge_row *rows, size_t n,
                              size_t *chosen)
{
    size_t best = newest(at, rows, n), i, one = n;

    for (i = 0; i < n; i++) {
        if (!rows[i].cells[at].known)
            continue;
        if (best < n && (rows[i].time == MERGE_NO_TIME ||
                         compare_times(&rows[best], &rows[i]) != 0))
            continue;
        if (one == n ||
            compare_bytes(&rows[i].cells[at], &rows[one].cells[at]) < 0)
            one = i;
    }
    *chosen = one;
    return one == n ? MERGED_UNKNOWN : MERGED_VALUE;
}

enum merged merge_fact(const struct fact *f, size_t at,
                       const struct merge_row *rows, size_t n, size_t *chosen)
{
    switch (f->merge) {
    case MERGE_SET:
        return merge_set(f, at, rows, n, chosen);
    case MERGE_LATEST:
        return merge_latest(at, rows, n, chosen);
    case MERGE_TEXT:
    case MERGE_KEY:
        break;
    }
    return merge_text(at, rows, n, chosen);
}
