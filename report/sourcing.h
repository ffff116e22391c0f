/*
 * sourcing.h - what the files of source share.
 *
 * source.c       imports and rules, and which values a finding rests on
 * source_mac.c   the rows of the Mac at hand
 * source_pack.c  values as bytes
 *
 * A Mac has several findings, and their rules look at the same rows. So these
 * are read once, with every fact that a rule of the report looks at, and kept
 * until another Mac is asked for.
 */
#ifndef MUSTER_SOURCING_H
#define MUSTER_SOURCING_H

#include "report/source.h"

#include <jansson.h>

struct header {
    char *name;
    int64_t position;
};

struct import {
    int64_t id;
    char *file, *title;
    int64_t collected; /* INT64_MIN: not known */
    struct header of[FACT_DEVICE_MOST + FACT_ACCOUNT_MOST];
};

struct rule_facts {
    uint64_t device, account; /* bit n: fact n of core/facts.c */
    bool account_scope;
};

struct place {
    const struct import *import;
    int64_t line;
    int64_t time;
};

/* One cell of a row; how it is told is found out when it is asked for. */
struct value {
    int64_t number;
    const char *text;
    bool told;
    const char *value, *column, *raw; /* as in struct source_value */
    int64_t column_no;
};

enum row_kind { ROW_DEVICE, ROW_ACCOUNT, ROW_LIST };

struct mac_row {
    struct place place;
    enum row_kind kind;
    int64_t account_id;  /* ROW_ACCOUNT */
    const char *account; /* "" for a fact of the Mac */
    uint64_t known;      /* bit n: it gives fact n of its scope */
    const char *json;    /* its "raw"; NULL */
    json_t *raw;         /* parsed when first needed */
    bool parsed;
    size_t first; /* its values among those of the Mac: one for each of the
                   * facts of its scope; a list has a single one */
};

/* The facts of a scope that rules look at. */
struct wanted {
    uint64_t mask;
    size_t count;
    int no[64];     /* their places in the table of facts, ascending */
    int header[64]; /* and among the headers of an import */
};

struct block;

struct mac {
    int64_t device_id, row_id;
    bool any, device_read, accounts_read;
    struct mac_row *rows; /* newest first once read */
    size_t row_count, row_cap;
    struct value *values;
    size_t value_count, value_cap;
    struct block *text;
    bool failed; /* memory was out */
};

/* A value on its way to who asked. */
struct found {
    const struct mac_row *row;
    const struct value *value;
    int fact; /* place among headers */
};

enum { READ_DEVICE, READ_DEVICES, READ_ACCOUNT, READ_ACCOUNTS, READ_LISTS };
#define READERS (READ_LISTS + 1)

struct source {
    sqlite3 *db;
    struct rule_facts *rules;
    size_t rule_count;
    struct wanted wanted[2]; /* by scope */
    struct import *imports;  /* by id, ascending */
    size_t import_count;
    bool several, several_accounts, lists; /* whether such rows exist */
    sqlite3_stmt *read[READERS];
    struct mac mac;
    struct found *found;
    size_t found_count, found_cap;
};

/* The place of a fact among an import's headers; -1 for none. A name of both
 * scopes has that of the Mac. */
int source_header(const char *fact);
const struct fact *source_fact(int header);

struct import *source_import(const struct source *s, int64_t id);

/* Gather what a finding rests on in s->found, newest first. */
int source_find(struct source *s, const struct source_ask *ask,
                struct err *err) MUST_CHECK;

/* Newest first, then by file and line, so that order of ingest is no matter. */
int place_cmp(const struct place *a, const struct place *b);

/* Have the rows at hand that a finding of a rule can rest on. */
int mac_load(struct source *s, const struct source_ask *ask,
             const struct rule_facts *f, struct err *err) MUST_CHECK;
void mac_free(struct source *s);

/* The facts of a rule that a row gives, where the row is about it. */
uint64_t mac_row_facts(const struct mac_row *row, const struct rule_facts *f,
                       const struct source_ask *ask);

/* Add the values of these facts to what was found. */
void mac_row_values(struct source *s, struct mac_row *row, uint64_t facts);

#endif
