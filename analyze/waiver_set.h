/*
 * waiver_set.h - accepted risks in memory. Private to waivers*.c.
 */
#ifndef MUSTER_ANALYZE_WAIVER_SET_H
#define MUSTER_ANALYZE_WAIVER_SET_H

#include "analyze/waivers.h"

enum waiver_column {
    RULE,
    CLIENT,
    SERIAL,
    ACCOUNT,
    REASON,
    OWNER,
    APPROVED,
    TICKET,
    EXPIRES,
    COLUMNS
};

struct waiver {
    char *cell[COLUMNS];
    int64_t expires; /* the last second it holds */
    int64_t id;      /* in the table */
    int64_t matches;
    bool overlaps;
};

struct waivers {
    struct waiver *items;
    size_t count;
};

/* An empty one at the end of the set; NULL with *err. */
struct waiver *waiver_add(struct waivers *set, struct err *err);

#endif
