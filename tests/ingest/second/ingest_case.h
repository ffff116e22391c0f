/*
 * ingest_case.h - one text through the whole stage, into a store in memory.
 */
#ifndef MUSTER_INGEST_CASE_H
#define MUSTER_INGEST_CASE_H

#include "core/db.h"
#include "ingest/ingest.h"

struct ingest_case {
    sqlite3 *db;
    struct ingest_options options; /* period and as-of are set */
    struct ingest_summary sum;     /* of the last file */
    struct err err;
    struct strbuf answer;
};

/* A store with the real schema; the as-of is 2026-11-30. */
void case_open(struct ingest_case *c);
void case_close(struct ingest_case *c);

/* Ingest "n" bytes as a file of this name; 0, or -1 with c->err. */
int case_bytes(struct ingest_case *c, const char *name, const char *text,
               size_t n);
int case_text(struct ingest_case *c, const char *name, const char *text);
/* The same, which must succeed. */
void case_good(struct ingest_case *c, const char *name, const char *text);
/* A file of the sources. */
int case_file(struct ingest_case *c, const char *path);

/* The rows of a query: cells joined by '|', rows by ' ', NULL as '-'. */
const char *case_ask(struct ingest_case *c, const char *sql);

/* Everything that the store holds, as one text. */
const char *case_dump(struct ingest_case *c);

#endif
