/*
 * operands.h - the files that a command line means.
 *
 * A folder stands for the exports in it and below, in the order of their
 * names. Hidden files and other endings are passed over, and reports that
 * muster itself wrote, by their manifests: they are no export.
 */
#ifndef MUSTER_OPERANDS_H
#define MUSTER_OPERANDS_H

#include "core/err.h"

struct operand {
    char *path;
    char *name;   /* as reports name it: no machine's folders */
    char *client; /* of its folder; NULL for none */
};

struct operands {
    struct operand *items;
    size_t count;
    size_t reports; /* passed over: our own */
};

/*
 * Expand "count" words into files. With "client_per_folder" each sub-folder of
 * a given folder is a client. A folder without exports, and a word that is no
 * file, is an error (ERR_INPUT). operands_free() in any case.
 */
int operands_expand(struct operands *list, char *const *words, size_t count,
                    bool client_per_folder, struct err *err) MUST_CHECK;
void operands_free(struct operands *list);

/* How a file is called in the store: relative paths as they are given,
 * absolute ones by their last part. */
const char *operands_shown(const char *word);

#endif
