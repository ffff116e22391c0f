/*
 * merge.h - how several rows about one Mac or account become one value.
 *
 * Each fact is merged as a set, never pair by pair, so that the order in which
 * rows come cannot matter. Pure C: no database, no memory of its own.
 */
#ifndef MUSTER_ANALYZE_MERGE_H
#define MUSTER_ANALYZE_MERGE_H

#include "core/facts.h"

#define MERGE_NO_TIME INT64_MIN

/* One cell. "text" is not terminated by contract; "len" counts. */
struct cell {
    bool known;
    int64_t number;
    const char *text; /* NULL for BOOL, COUNT and TIME */
    size_t len;
};

/* One row: when it was read, where it stands, and a cell for every fact. */
struct merge_row {
    int64_t time;      /* MERGE_NO_TIME: the row has none */
    int64_t collected; /* breaks ties; MERGE_NO_TIME: not known */
    int64_t import_id;
    int64_t line;
    int64_t row_id; /* 0: made from a list */
    const struct cell *cells;
    const char *beside; /* for who reads the rows; not merged here */
};

enum merged {
    MERGED_UNKNOWN, /* no row knows it */
    MERGED_VALUE,   /* one value: that of rows[*chosen] */
    MERGED_CONFLICT /* several values that no time puts in order: unknown */
};

/*
 * Merge fact "f", which stands in place "at" of each row's cells. Where the
 * result is MERGED_VALUE, *chosen is a row that has the value; for texts that
 * differ in spelling only (13.6 and 13.6.0) it is the smallest in byte order.
 */
enum merged merge_fact(const struct fact *f, size_t at,
                       const struct merge_row *rows, size_t n, size_t *chosen);

/*
 * Whether row "i" is one of those that count for a fact of kind MERGE_SET: it
 * knows the fact, and it has no time or there is no newer row that knows it.
 * In a conflict these are the rows to name.
 */
bool merge_counts(size_t at, const struct merge_row *rows, size_t n, size_t i);

#endif
