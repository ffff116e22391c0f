/*
 * slice.h - a part of a text that is somewhere else.
 */
#ifndef MUSTER_INGEST_SLICE_H
#define MUSTER_INGEST_SLICE_H

#include "core/base.h"

struct slice {
    const char *s;
    size_t n;
};

/* Without the white space around it: ASCII, no-break and ideographic blanks. */
struct slice slice_trim(struct slice t);

/* "word" and nothing else, in whichever ASCII case. */
bool slice_is(struct slice t, const char *word);

/* Whether it begins with "word", in whichever ASCII case. */
bool slice_starts(struct slice t, const char *word);

/* Where "word" stands in it, in whichever ASCII case; -1 nowhere. */
long slice_find(struct slice t, const char *word);
bool slice_has(struct slice t, const char *word);

/* What comes after its first "n" bytes, trimmed. */
struct slice slice_after(struct slice t, size_t n);

#endif
