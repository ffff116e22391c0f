/*
 * progress.h - one line on a terminal that says how far a file is read.
 *
 * Drawn on stderr at most ten times a second, only where stderr is a terminal
 * and neither --quiet, --no-progress, CI nor TERM=dumb says otherwise.
 */
#ifndef MUSTER_PROGRESS_H
#define MUSTER_PROGRESS_H

#include "core/base.h"

struct progress {
    bool on;
    const char *label; /* borrowed; the file's name */
    int64_t total;     /* bytes; 0 where unknown */
    int64_t drawn_ms;
};

/* Whether a progress line may be drawn at all ("wanted": no --no-progress). */
bool progress_possible(bool wanted);

void progress_start(struct progress *p, bool on, const char *label,
                    int64_t total);
void progress_update(struct progress *p, int64_t bytes, int64_t records,
                     int64_t rejected);
void progress_end(struct progress *p); /* clears the line */

#endif
