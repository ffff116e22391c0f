/*
 * facts.h - the vocabulary: every canonical fact, its type, its words.
 *
 * Importers map to it, the store has a column for each (ingest/schema.sql),
 * rules read it, reports name it. The order of the tables below is fixed: the
 * place of a fact is its bit in an import's "carries" mask, so new facts are
 * appended (at most 63 in a scope).
 */
#ifndef MUSTER_FACTS_H
#define MUSTER_FACTS_H

#include "core/base.h"

enum fact_scope { FACT_DEVICE, FACT_ACCOUNT };

enum fact_type {
    FACT_BOOL,    /* 1, 0; stored as INTEGER */
    FACT_ENUM,    /* one of "words"; stored as TEXT */
    FACT_COUNT,   /* whole number >= 0; INTEGER */
    FACT_VERSION, /* dotted numbers; TEXT */
    FACT_TIME,    /* whole seconds UTC; 0 is "never"; INTEGER */
    FACT_TEXT     /* TEXT */
};

/* How several rows of one device or account become one value (facts.md). */
enum fact_merge {
    MERGE_SET,    /* newest known values; several are a conflict */
    MERGE_LATEST, /* the latest time wins */
    MERGE_TEXT,   /* newest, then smallest in byte order; no conflict */
    MERGE_KEY     /* not merged: it identifies the row */
};

struct fact {
    const char *name;
    enum fact_type type;
    enum fact_merge merge;
    const char *const *words; /* FACT_ENUM: NULL-terminated; else NULL */
};

#define FACT_DEVICE_MOST 64
#define FACT_ACCOUNT_MOST 32

extern const struct fact device_facts[];
extern const size_t device_fact_count;
extern const struct fact account_facts[];
extern const size_t account_fact_count;

const struct fact *fact_table(enum fact_scope scope, size_t *count);

/* The place of a fact in its table, or -1. Names are compared exactly. */
int fact_index(enum fact_scope scope, const char *name);

/* One understood value. "text" is borrowed from the input. */
struct fact_value {
    enum fact_type type;
    bool known;
    int64_t number;   /* BOOL, COUNT, TIME */
    const char *text; /* ENUM (the canonical word), VERSION, TEXT */
    size_t len;
};

enum fact_read {
    FACT_EMPTY,   /* nothing there: unknown */
    FACT_KNOWN,   /* understood */
    FACT_REFUSED, /* there, but outside the vocabulary: unknown */
    FACT_TOO_LATE /* a time before 2001 or too far ahead: unknown */
};

/*
 * Read one canonical cell: words of bool and enum without ASCII case, times as
 * when_parse() takes them or "never", surrounding blanks ignored. "latest" is
 * the last plausible time (as-of + 31 days), 0 for no limit.
 */
enum fact_read fact_parse(const struct fact *f, const char *s, size_t n,
                          int64_t latest, struct fact_value *out);

/* 1, 0 or -1 for the words of bool in any source (facts.md). */
int fact_bool_word(const char *s, size_t n);

/*
 * Write a stored value as canonical files spell it: true, false, the word, the
 * number, 2026-11-01T09:14:00Z, never. Returns the length; "" for unknown.
 */
size_t fact_format(const struct fact *f, int64_t number, const char *text,
                   char *out, size_t size);

/* The integer form of a dotted version: major*10000 + minor*100 + patch; -1
 * where "s" is no version. Parts over 99 count as 99. */
int64_t version_number(const char *s, size_t n);

/* A serial that says nothing: N/A, To be filled, one repeated character. */
bool serial_is_placeholder(const char *s, size_t n);

#endif
