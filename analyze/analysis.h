/*
 * analysis.h - one analysis under way. Private to analyze.c and record.c.
 */
#ifndef MUSTER_ANALYZE_ANALYSIS_H
#define MUSTER_ANALYZE_ANALYSIS_H

#include "analyze/analyze.h"
#include "analyze/catalogue.h"
#include "analyze/engine.h"
#include "analyze/resolve.h"
#include "analyze/waivers.h"
#include "core/strbuf.h"

/* Names of custom facts that rules mention. */
struct customs {
    const char **names; /* NULL-terminated */
    size_t count;
    struct strbuf text; /* the names, each with its terminator */
    bool failed;
};

struct analysis {
    sqlite3 *db;
    const struct analyze_options *o;
    struct analyze_summary *out;
    struct catalogue rules;
    struct remedies remedies;
    struct waivers *waivers;
    bool past; /* "waivers" are all that the period had */
    struct customs customs;
    int64_t period_id;
};

/* The row of the period, made where it is new, without what an earlier
 * analysis of it left. Sets a->period_id. */
int record_begin(struct analysis *a, struct err *err) MUST_CHECK;

/* The catalogues as they were used. */
int record_rules(struct analysis *a, struct err *err) MUST_CHECK;

/* What the run was: digests, settings, counts. */
int record_end(struct analysis *a, const struct resolve_counts *found,
               const struct engine_counts *judged, struct err *err) MUST_CHECK;

#endif
