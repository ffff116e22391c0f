/*
 * json_walk.h - members of a JSON object that is only read.
 */
#ifndef MUSTER_JSON_WALK_H
#define MUSTER_JSON_WALK_H

#include "core/base.h"

#include <jansson.h>

/* The iterators of jansson take a value they could change; they do not. */
static inline json_t *json_walk(const json_t *v)
{
    union {
        const json_t *in;
        json_t *out;
    } value = {v};

    return value.out;
}

#endif
