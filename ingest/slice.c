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
