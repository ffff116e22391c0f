/*
 * path.h - what the Macs of a period need until they are at a goal: no
 * critical finding, or no Mac at risk. The order is made by core/plan.h.
 */
#ifndef MUSTER_PATH_H
#define MUSTER_PATH_H

#include "core/err.h"
#include "core/plan.h"

#include <sqlite3.h>

struct path_fix {
    char id[24], title[160], who[32], effort[32];
    int64_t minutes;
};

struct path_goal {
    const char *key; /* of JSON */
    struct plan_step steps[PLAN_FIXES_MOST];
    size_t count;
    int64_t macs;   /* that it brings to the goal */
    int64_t beyond; /* Macs for which no fix is known */
    int64_t kept;   /* Macs on which an accepted risk is all that is left */
};

/* Starts with db, client_id (0: all) and period_id. */
struct path {
    sqlite3 *db;
    int64_t client_id, period_id;
    struct path_fix fixes[PLAN_FIXES_MOST];
    size_t fix_count;
    struct plan_need *needs;
    size_t need_count;
};

/* Read the fixes there are. */
int path_fixes(struct path *p, struct err *err) MUST_CHECK;

/* The steps to no critical finding, or (not critical) to no Mac at risk. */
int path_choose(struct path *p, bool critical, struct path_goal *g,
                struct err *err) MUST_CHECK;

/* Bits of the ids in "R1 R8"; false where one of them is no remedy. */
bool path_bits(const struct path *p, const char *ids, uint64_t *out);

/* Bind :period_id, and :client_id where it is named. */
int path_bind(const struct path *p, sqlite3_stmt *st,
              struct err *err) MUST_CHECK;

void path_free(struct path *p);

#endif
