/*
 * unknown.c - what to say of a file that no mapping fits.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/unknown.h"

/* Whether the path "list" is there and nothing is below it. */
static bool is_bare(const struct signature *sig, const char *list)
{
    size_t i, n = strlen(list);

    for (i = 0; i < sig->count; i++)
        if (ascii_ncasecmp(sig->names[i], list, n) == 0 &&
            sig->names[i][n] == '.')
            return false;
    return signature_has(sig, "", list);
}

/* Where a mapping has its records, and none is there; NULL for no such place.
 */
static const char *empty_list(const struct registry *r,
                              const struct signature *sig)
{
    size_t i, k;

    for (i = 0; i < r->count; i++)
        for (k = 0; k < r->items[i]->record_count; k++)
            if (*r->items[i]->records[k] &&
                is_bare(sig, r->items[i]->records[k]))
                return r->items[i]->records[k];
    return NULL;
}

static bool names_serials(const struct signature *sig)
{
    size_t i;
    char name[256];

    for (i = 0; i < sig->count; i++) {
        snprintf(name, sizeof(name), "%s", sig->names[i]);
        if (text_glob("*serial*", name))
            return true;
    }
    return false;
}

/* What a server says instead of an answer. */
static bool is_refusal(const struct signature *sig)
{
    static const char *const words[] = {"error",   "errors", "fault",
                                        "message", "detail", "error_code"};
    size_t i;

    for (i = 0; sig->count < 30 && i < COUNT_OF(words); i++)
        if (signature_has(sig, "", words[i]))
            return true;
    return false;
}

void unknown_export(const struct registry *r, const struct signature *sig,
                    const char *file, struct err *err)
{
    bool csv = sig->format == FORMAT_CSV;
    const char *list = csv ? NULL : empty_list(r, sig);

    if (!csv && sig->count == 0) {
        err_at(err, ERR_INPUT, file, 0, 0, "holds no records");
        err_hint(err, "the answer is empty: nothing was found, or asked for");
    } else if (list && !names_serials(sig)) {
        err_at(err, ERR_INPUT, file, 0, 0,
               "is no export that we know by its keys: \"%s\" holds no records",
               list);
        err_hint(err, "nothing was found, or what was asked for is not there");
    } else if (!csv && is_refusal(sig) && !names_serials(sig)) {
        err_at(err, ERR_INPUT, file, 0, 0,
               "is the message of a server, not an export");
        err_hint(err, "read what it says, and ask again");
    } else if (csv && !names_serials(sig)) {
        err_at(err, ERR_INPUT, file, 0, 0,
               "is no export that we know by its header: no column is called "
               "a serial number");
        err_hint(err, "export it with the serial number, or say which column "
                      "has it with --map serial=COLUMN");
    } else if (csv) {
        err_at(err, ERR_INPUT, file, 0, 0,
               "is no export that we know by its header");
        err_hint(err, "see \"muster sources list\"; name one with --source, "
                      "or begin a mapping of your own: \"muster sources "
                      "scaffold FILE >my.json\", then --source my.json");
    } else {
        err_at(err, ERR_INPUT, file, 0, 0,
               "is no export that we know by its keys");
        err_hint(err, "see \"muster sources list\"; name one with --source, "
                      "or map columns with --map serial=COLUMN");
    }
}
