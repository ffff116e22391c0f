/*
 * expectation.h - is the fleet of a judged period complete? What the lists of
 * serials say (--expected, Apple Business), for people and programs.
 */
#ifndef MUSTER_EXPECTATION_H
#define MUSTER_EXPECTATION_H

#include "core/err.h"

#include <jansson.h>
#include <sqlite3.h>

struct expectation {
    bool known; /* there is a list */
    char title[80];
    int64_t expected, found, missing, unexpected;
};

/* All lists of a period together; with a client ("" for all) those of it. */
int expectation_read(sqlite3 *db, const char *period, const char *client,
                     struct expectation *out, struct err *err) MUST_CHECK;

/* "238 of 240 expected Macs reported, 2 missing, 1 not on the list" */
void expectation_line(const struct expectation *e, char *out, size_t size);

/* The same with every serial, for programs; null where there is no list.
 * NULL with *err. The caller drops the reference. */
json_t *expectation_json(sqlite3 *db, const char *period, const char *client,
                         struct err *err);

/* Print the serials of a state, at most "most", after a label; nothing where
 * there are none. */
int expectation_print(sqlite3 *db, const char *period, const char *client,
                      const char *state, const char *label, int most, FILE *out,
                      struct err *err) MUST_CHECK;

#endif
