/*
 * resource.c - finding what was compiled in.
 */
#include "core/base.h"

#include "core/resource.h"
#include "core/text.h"

const struct resource *resource_find(const char *name)
{
    size_t low = 0, high = resource_count, mid;
    int cmp;

    while (low < high) {
        mid = low + (high - low) / 2;
        cmp = strcmp(name, resources[mid].name);
        if (cmp == 0)
            return &resources[mid];
        if (cmp < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

const char *resource_text(const char *name)
{
    const struct resource *r = resource_find(name);

    return r ? r->data : "";
}

const struct resource *resource_next(const char *prefix, const char *suffix,
                                     size_t *at)
{
    for (; *at < resource_count; (*at)++) {
        const struct resource *r = &resources[*at];

        if (text_starts(r->name, prefix) && text_ends(r->name, suffix)) {
            (*at)++;
            return r;
        }
    }
    return NULL;
}
