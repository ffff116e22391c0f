/*
 * fuzz_plist.c - property lists, XML and binary.
 */
#include "core/base.h"

#include "ingest/plist_reader.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const char *problem = NULL;
    char *text = malloc(n + 1);
    json_t *v;

    if (!text)
        return 0;
    memcpy(text, data, n);
    text[n] = '\0';
    v = plist_to_json(text, n, &problem);
    fuzz_promise(v || problem, "a refusal has a reason", "none");
    json_decref(v);
    free(text);
    return 0;
}
