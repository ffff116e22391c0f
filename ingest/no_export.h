/*
 * no_export.h - files that are no export at all, told for what they are.
 */
#ifndef MUSTER_INGEST_NO_EXPORT_H
#define MUSTER_INGEST_NO_EXPORT_H

#include "ingest/input.h"

/*
 * A web page, an answer of the Jamf Classic API as XML, or other XML that is no
 * property list: -1 with *err (ERR_INPUT) and a hint how to get what can be
 * read. 0 for anything else.
 */
int no_export(const struct input *in, const char *name,
              struct err *err) MUST_CHECK;

#endif
