/*
 * validate.c - reading mappings without any export, as "muster check" does.
 */
#include "core/base.h"

#include "ingest/registry.h"
#include "ingest/validate.h"

int mappings_validate(const char *dir, size_t *count, struct err *err)
{
    struct registry r;

    if (registry_open(&r, dir, err) < 0)
        return -1;
    *count = r.count;
    registry_close(&r);
    return 0;
}
