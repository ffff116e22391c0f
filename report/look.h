/*
 * look.h - a digest of how a report looks apart from its data: its brand and
 * the templates in front of the built-in ones. Where it and the version are the
 * same, the same data gives the same bytes.
 */
#ifndef MUSTER_LOOK_H
#define MUSTER_LOOK_H

#include "core/sha256.h"
#include "report/report.h"

/* Of a report whose brand is loaded. -1 with err. */
int look_digest(const struct report *r, char out[SHA256_HEX],
                struct err *err) MUST_CHECK;

#endif
