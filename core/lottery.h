/*
 * lottery.h - draw N of many, so that anybody can repeat the draw.
 *
 * Each ticket has the SHA-256 of "SEED/SERIAL/RULE" as its lot, and the N
 * smallest lots win. Memory holds the winners alone.
 */
#ifndef MUSTER_LOTTERY_H
#define MUSTER_LOTTERY_H

#include "core/err.h"
#include "core/sha256.h"

struct ticket {
    char lot[SHA256_HEX]; /* filled by lottery_offer() */
    char serial[80];
    int64_t device_id;
    size_t rule;
    char letter;
};

/* Starts as {0}. */
struct lottery {
    const char *seed; /* borrowed */
    struct ticket *won;
    size_t count, most;
    int64_t offered;
};

/* Returns 0, or -1 with *err. Free with lottery_free(). */
int lottery_open(struct lottery *l, const char *seed, size_t most,
                 struct err *err) MUST_CHECK;
void lottery_free(struct lottery *l);

/* One ticket takes part; "rule" is its rule's id. */
void lottery_offer(struct lottery *l, struct ticket *t, const char *rule);

/* After the last: l->won is put in the order of the lots. */
void lottery_draw(struct lottery *l);

#endif
