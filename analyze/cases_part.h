/*
 * cases_part.h - the cases of a run, shared by the files cases_*.c: read from
 * their lines, stored as Macs, judged.
 */
#ifndef MUSTER_ANALYZE_CASES_PART_H
#define MUSTER_ANALYZE_CASES_PART_H

#include "analyze/arena.h"
#include "analyze/cases.h"
#include "analyze/judge.h"

#include <jansson.h>

struct one_case {
    size_t rule;
    const char *file;
    long line;
    const char *text; /* its line, in the catalogue, and how long that is */
    size_t length;
    json_t *object;
    const char *name;
    int64_t as_of;
    char *group;        /* as-of and policy, as text */
    int64_t device_id;  /* in the store of its group */
    bool seen, refused; /* the rule spoke of it; it could not be read */
    struct carried carried;
};

struct runner {
    const struct catalogue *c;
    cases_fn *fn;
    void *ctx;
    struct cases_count *counts;
    struct one_case *items;
    size_t count, cap;
    bool *broken; /* by rule: told already */
    struct arena arena;
};

/* A complaint about a case, with the place of "key" in its line (NULL: of its
 * beginning). The first one counts. */
void case_complain(struct runner *r, struct one_case *one, const char *key,
                   const char *fmt, ...) PRINTF_LIKE(4, 5);

/* What a case says under a key, or NULL. */
const char *case_string(const json_t *o, const char *key);

/* A JSON value as the cell of a canonical file; "buf" may hold it. */
const char *case_cell(const json_t *v, char *buf, size_t size);

/* Read the cases of a rule; what cannot be read is complained of. */
int cases_read(struct runner *r, size_t rule, struct err *err) MUST_CHECK;

/* The store of a group, and the statements that fill it. */
struct case_store {
    sqlite3 *db;
    sqlite3_stmt *import, *device, *row, *account, *custom;
};
int case_store_open(struct case_store *s, struct err *err) MUST_CHECK;
void case_store_close(struct case_store *s);

/* The Mac of a case; its number is its place in the group. */
int case_store_add(struct runner *r, struct case_store *s, struct one_case *one,
                   struct err *err) MUST_CHECK;

/* Between resolve and derive: what the policy would say of its accounts. */
int case_store_policy(sqlite3 *db, const struct one_case *one,
                      struct err *err) MUST_CHECK;

#endif
