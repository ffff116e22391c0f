/*
 * resource.h - files compiled into the program: schema, rules, remedies,
 * mappings, templates.
 *
 * Names are paths from the root of the sources ("templates/report.html"). The
 * table is made by core/embed.c when the program is built, sorted by name.
 */
#ifndef MUSTER_RESOURCE_H
#define MUSTER_RESOURCE_H

#include "core/base.h"

struct resource {
    const char *name;
    const char *data; /* NUL-terminated for convenience */
    size_t size;      /* without the NUL */
};

extern const struct resource resources[];
extern const size_t resource_count;

/* NULL where there is none. */
const struct resource *resource_find(const char *name);

/* The text of a resource that must exist. */
const char *resource_text(const char *name);

/*
 * Walk resources below "prefix" ("analyze/rules/") whose name ends in "suffix"
 * in byte order: start with *at = 0; NULL ends it.
 */
const struct resource *resource_next(const char *prefix, const char *suffix,
                                     size_t *at);

#endif
