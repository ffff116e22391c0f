/*
 * html_intern.h - words by number: what repeats in the rows of a page is
 * written once.
 */
#ifndef MUSTER_HTML_INTERN_H
#define MUSTER_HTML_INTERN_H

#include "core/base.h"

/* Starts as {0}; intern_free() it. */
struct intern {
    char **words;
    size_t n, cap;
    size_t *slots; /* number + 1, 0 for free */
    size_t slot_count;
    bool failed; /* memory was out once: numbers are no longer good */
};

/* The number of a word, from 0, in the order of first use. */
size_t intern(struct intern *t, const char *word);

void intern_free(struct intern *t);

#endif
