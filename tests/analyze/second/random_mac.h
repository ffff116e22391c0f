/*
 * random_mac.h - Macs by chance, for comparing and disturbing verdicts.
 *
 * Uniform chance would make nearly every result "unknown", so a Mac starts
 * healthy, spoiled in a few facts, or anything. The same seed gives the same
 * Macs. Facts are kept by their place in core/facts.c.
 */
#ifndef MUSTER_TESTS_RANDOM_MAC_H
#define MUSTER_TESTS_RANDOM_MAC_H

#include "core/base.h"

#include "core/facts.h"
#include "core/strbuf.h"
#include "tests/analyze/second/second.h"

#include <sqlite3.h>

#define RANDOM_AS_OF ((int64_t)1790000000) /* in 2026 */
#define RANDOM_ACCOUNTS 5

struct random_value {
    bool known;
    int64_t number;
    const char *text; /* a constant */
};

struct random_mac {
    char serial[24];
    uint64_t device_carried, account_carried;
    struct random_value device[FACT_DEVICE_MOST];
    struct random_value accounts[RANDOM_ACCOUNTS][FACT_ACCOUNT_MOST];
    size_t account_count;
};

/* The next number; "state" is any seed. */
uint64_t random_next(uint64_t *state);

/* The Mac number "i" of a seed. */
void random_mac(struct random_mac *m, uint64_t seed, uint64_t i);

/* As the second opinion takes it. Texts are borrowed from "m". */
void random_second(const struct random_mac *m, struct second_device *d);

/* Into a store, as one source of the period "p" tells it; rows of Macs with
 * the same carried facts are of one import. Stops the test where it cannot. */
void random_store(sqlite3 *db, const struct random_mac *m, const char *source);

/* Every known fact, a line a Mac and an account. */
void random_print(const struct random_mac *m, struct strbuf *out);

#endif
