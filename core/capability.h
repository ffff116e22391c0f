/*
 * capability.h - what a Mac may be unable to do: codes, and words for people.
 */
#ifndef MUSTER_CORE_CAPABILITY_H
#define MUSTER_CORE_CAPABILITY_H

#include <stddef.h>

#define CAPABILITIES 13

struct capability {
    const char *code;  /* in rules, columns and JSON */
    const char *words; /* what it is */
};

/* In the order of their bits. */
extern const struct capability capabilities[CAPABILITIES];

/* The words of a code; NULL for no such code. */
const char *capability_says(const char *code);

#endif
