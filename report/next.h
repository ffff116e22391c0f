/*
 * next.h - what people do next, as files that other tools take.
 *
 * Most are rows of a query in CSV; this is the one that is not.
 */
#ifndef MUSTER_NEXT_H
#define MUSTER_NEXT_H

#include "report/writer.h"

/* Labels of Fleet with their hosts, for "fleetctl apply -f". */
int next_write_fleet(const struct report *r, const struct writer *w,
                     struct output *out, struct err *err) MUST_CHECK;
int next_recount_fleet(const char *path, struct output *found,
                       struct err *err) MUST_CHECK;

#endif
