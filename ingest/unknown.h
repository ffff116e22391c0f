/*
 * unknown.h - what to say of a file that no mapping fits.
 */
#ifndef MUSTER_UNKNOWN_H
#define MUSTER_UNKNOWN_H

#include "core/err.h"
#include "ingest/registry.h"

/*
 * Sets *err, ERR_INPUT, to why the file is no export that a mapping of "r"
 * reads, as far as its names show it: no record, the message of a server, a
 * header without serial numbers, or nothing of these.
 */
void unknown_export(const struct registry *r, const struct signature *sig,
                    const char *file, struct err *err);

#endif
