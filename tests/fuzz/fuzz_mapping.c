/*
 * fuzz_mapping.c - mapping files.
 */
#include "core/base.h"

#include "ingest/registry.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct err err = {0};
    struct source *s = source_parse("own.json", (const char *)data, n, &err);

    fuzz_promise(s || err.code == ERR_CONFIG || err.code == ERR_FAIL,
                 "a refusal has a reason", err.text);
    fuzz_promise(!s || (s->id && s->id[0]), "a mapping has an id", "none");
    source_free(s);
    return 0;
}
