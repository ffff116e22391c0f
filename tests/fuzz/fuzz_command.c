/*
 * fuzz_command.c - what commands print.
 */
#include "core/base.h"

#include "core/facts.h"
#include "core/text.h"
#include "ingest/command_text.h"
#include "tests/fuzz/fuzz.h"

/* Every key of a Mac is one that the importer knows. */
static void known_keys(json_t *mac)
{
    const char *key;
    json_t *value;

    json_object_foreach(mac, key, value)
    {
        fuzz_promise(fact_index(FACT_DEVICE, key) >= 0 ||
                         strcmp(key, "accounts") == 0 ||
                         strcmp(key, "filevault_users") == 0 || key[0] == '#',
                     "a key is a fact", key);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    json_t *macs, *mac;
    size_t i;

    if (utf8_check((const char *)data, n) < n || memchr(data, 0, n))
        return 0; /* what is no text does not come this far */
    command_text_looks((const char *)data, n);
    macs = command_text_read((const char *)data, n);
    fuzz_promise(json_is_array(macs), "an array", "something else");
    json_array_foreach(macs, i, mac) known_keys(mac);
    json_decref(macs);
    return 0;
}
