/*
 * slice.c - see slice.h.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/slice.h"

struct slice slice_trim(struct slice t)
{
    while (t.n && ascii_isspace(t.s[0])) {
        t.s++;
        t.n--;
    }
    while (t.n && ascii_isspace(t.s[t.n - 1]))
        t.n--;
    return t;
}

bool slice_is(struct slice t, const char *word)
{
    return t.n == strlen(word) && ascii_ncasecmp(t.s, word, t.n) == 0;
}

bool slice_starts(struct slice t, const char *word)
{
    size_t n = strlen(word);

    return t.n >= n && ascii_ncasecmp(t.s, word, n) == 0;
}

long slice_find(struct slice t, const char *word)
{
    size_t n = strlen(word), i;

    for (i = 0; i + n <= t.n; i++)
        if (ascii_ncasecmp(t.s + i, word, n) == 0)
            return (long)i;
    return -1;
}

bool slice_has(struct slice t, const char *word)
{
    return slice_find(t, word) >= 0;
}

struct slice slice_after(struct slice t, size_t n)
{
    return slice_trim((struct slice){t.s + n, t.n - n});
}
