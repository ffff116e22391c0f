/*
 * recall.h - what was found for the same values before.
 *
 * A rule reads a few columns, and most Macs have the same few values in them.
 * A value has a small number within its column; the numbers of the columns that
 * a rule reads make a key; and under the key is kept what the rule said.
 */
#ifndef MUSTER_ANALYZE_RECALL_H
#define MUSTER_ANALYZE_RECALL_H

#include "analyze/arena.h"

#include <sqlite3.h>

/* The different values of a column so far. Starts as {0}. */
struct values {
    struct value *items;
    size_t count;
    uint8_t *slots;
    struct arena texts;
    uint8_t truths[3]; /* the numbers of NULL, 0 and 1, once they have one */
};

/* The number of a value, from 1. 0 for one that gets none: the column has too
 * many, or it is long or no plain value, or there is no memory. */
uint8_t value_number(struct values *v, sqlite3_value *from);
bool values_full(const struct values *v);
void values_free(struct values *v);

#define RECALL_COLUMNS 16
#define RECALL_MOST 1024 /* keys */

/* Numbers of values, the rest 0. */
union recall_key {
    uint8_t numbers[RECALL_COLUMNS];
    uint64_t halves[RECALL_COLUMNS / 8];
};

/* What is kept under keys. Starts as {0}. */
struct recall {
    union recall_key *keys;
    uint32_t *kept;
    size_t count, slots;
};

/* What is kept under the key, UINT32_MAX for nothing. */
uint32_t recall_find(const struct recall *r, const union recall_key *key);

/* Keep something, less than UINT32_MAX, under a key that has nothing; where it
 * is full, or there is no memory, nothing happens. */
void recall_keep(struct recall *r, const union recall_key *key, uint32_t what);
bool recall_full(const struct recall *r);
void recall_free(struct recall *r);

#endif
