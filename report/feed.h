/*
 * feed.h - a query's rows as SQLite yields them, with what is filled in.
 *
 * Behind rows.h, which puts large queries into the order of the report.
 */
#ifndef MUSTER_FEED_H
#define MUSTER_FEED_H

#include "report/rows.h"

struct column {
    char *name;
    enum cell_kind kind;
    int rule_no; /* matrix: which letter */
};

/* The columns of rows: the query's printed ones, those that are added, the
 * query's hidden ones. */
struct shape {
    struct column *columns;
    size_t shown, added, hidden;
    size_t packed;  /* of the hidden ones the last: 1 for bytes, no text */
    bool spread;    /* the added ones are the letters of "_results" */
    size_t letters; /* where these are */
};

/* Fill the added cells with the words of the letters. */
void shape_spread(const struct shape *s, struct cell *cells);

size_t shape_all(const struct shape *s);
/* The place of a column that must exist. */
size_t shape_column(const struct shape *s, const char *name);
void shape_free(struct shape *s);

struct feed;

/* Returns NULL with *err set. */
struct feed *feed_open(const struct report *r, const char *query,
                       struct err *err);
void feed_close(struct feed *f); /* NULL is fine */

/* 1 a row, 0 the end, -1 with err. */
int feed_next(struct feed *f, struct err *err) MUST_CHECK;

const struct shape *feed_shape(const struct feed *f);
const struct cell *feed_cells(const struct feed *f);

/* Hand the shape over to the caller, who frees it. */
struct shape feed_take_shape(struct feed *f);

/* Findings: what packed cells are unpacked with, which the caller closes; NULL
 * for others. */
struct source *feed_take_source(struct feed *f);

#endif
