/*
 * telling.h - what people are told about each file, on standard error.
 *
 * Forty exports of one product call for the same remarks about their columns
 * forty times. What was said word for word of an earlier file is counted
 * instead, unless --verbose asks for all. What concerns the one file, rejects
 * and missing pages before all, is always told.
 */
#ifndef MUSTER_TELLING_H
#define MUSTER_TELLING_H

#include "ingest/ingest.h"

#define TELLING_MOST                                                           \
    512 /* remarks that are remembered; further ones are told */

/* Starts as {.talk = opt_talk()}. */
struct telling {
    int talk;
    uint64_t told[TELLING_MOST]; /* digests of remarks */
    size_t count;
    int64_t repeated; /* remarks not told again */
};

void telling_file(struct telling *t, const struct ingest_summary *s);

/* How many remarks were not repeated. */
void telling_end(const struct telling *t);

#endif
