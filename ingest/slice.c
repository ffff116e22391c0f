/*
 * slice.c - see slice.h.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/slice.h"

/* Blanks of web pages and spreadsheets: no-break, narrow, ideographic, none. */
static const char *const wide_blanks[] = {"\xc2\xa0", "\xe2\x80\xaf",
                                          "\xe3\x80\x80", "\xef\xbb\xbf"};

/* How long the blank is that t starts or ends with; 0 for none. */
static size_t blank_length(struct slice t, bool at_end)
{
    size_t i, n;
    char c;

    if (t.n == 0)
        return 0;
    c = at_end ? t.s[t.n - 1] : t.s[0];
    if ((unsigned char)c < 0x80)
        return ascii_isspace(c);
    for (i = 0; i < COUNT_OF(wide_blanks); i++) {
        n = strlen(wide_blanks[i]);
        if (t.n >= n &&
            memcmp(at_end ? t.s + t.n - n : t.s, wide_blanks[i], n) == 0)
            return n;
    }
    return 0;
}

struct slice slice_trim(struct slice t)
{
    size_t n;

    while ((n = blank_length(t, false)) > 0)
        t = (struct slice){t.s + n, t.n - n};
    while ((n = blank_length(t, true)) > 0)
        t.n -= n;
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
