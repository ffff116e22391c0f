/*
 * rows.h - a query's rows as typed cells, for every writer of rows.
 *
 * The columns are those of report/queries/NAME.sql. What SQL cannot say well
 * is filled in here, once for all formats: the source of a finding, the x_
 * columns of devices, the rule columns of the matrix, the serial numbers of a
 * remedy. Columns whose name begins with "_" are for writers and not printed;
 * they come last.
 */
#ifndef MUSTER_ROWS_H
#define MUSTER_ROWS_H

#include "report/report.h"
#include "report/source.h"

enum cell_kind {
    CELL_EMPTY, /* unknown, or nothing to say */
    CELL_TEXT,
    CELL_INT,
    CELL_SHARE, /* between 0 and 1 */
    CELL_TIME,  /* seconds UTC; 0 is never */
    CELL_BOOL
};

struct cell {
    enum cell_kind kind;
    int64_t number;   /* INT TIME BOOL */
    double share;     /* SHARE */
    const char *text; /* TEXT: valid until the next row */
    size_t len;
    bool plain; /* TEXT: a word of our own, of letters alone */
};

struct rows;

/* Keeps the rows of large queries for all formats of one report; goes into
 * struct report. NULL for want of memory, which costs no more than time. */
struct report_cache *report_cache_new(void);
void report_cache_free(struct report_cache *c); /* NULL is fine */

/* Returns NULL with *err set. The report must outlive the rows. */
struct rows *rows_open(const struct report *r, const char *query,
                       struct err *err);
void rows_close(struct rows *rows); /* NULL is fine */

/* 1 a row, 0 the end, -1 with err. */
int rows_next(struct rows *rows, struct err *err) MUST_CHECK;

/* Printed columns; their names and what their cells hold. */
size_t rows_width(const struct rows *rows);
const char *rows_name(const struct rows *rows, size_t column);
enum cell_kind rows_kind(const struct rows *rows, size_t column);

/* All rows there are, where that is known beforehand; else -1. */
int64_t rows_total(const struct rows *rows);

/* Bytes of the longest text among them, where it is known; else 0. */
size_t rows_longest(const struct rows *rows);

/* The printed cells of the present row, rows_width() of them. */
const struct cell *rows_cells(const struct rows *rows);

/* What the finding at hand rests on, as source_each() has it; for "findings"
 * of a report that has JSON among its formats. */
int rows_evidence(struct rows *rows, source_fn *fn, void *ctx,
                  struct err *err) MUST_CHECK;

/* The place of a column, hidden ones included; it must exist. */
size_t rows_column(const struct rows *rows, const char *name);
const struct cell *rows_cell(const struct rows *rows, size_t column);

#endif
