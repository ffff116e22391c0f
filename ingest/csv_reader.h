/*
 * csv_reader.h - rows of a CSV file, by libcsv in its strict mode.
 *
 * The delimiter (comma, semicolon, tab, bar) is taken from a "sep=" line or
 * from the header line, above which a "#TYPE" line is passed over; lines end in
 * LF, CRLF or CR; cells may hold line ends in quotes. A quotation mark out of
 * place or never closed, a header name that occurs twice, too many columns and
 * too long cells refuse the file with the place. A row with another number of
 * cells than the header is handed out marked, for the caller to reject.
 */
#ifndef MUSTER_CSV_READER_H
#define MUSTER_CSV_READER_H

#include "core/err.h"
#include "ingest/input.h"

#define CSV_COLUMNS_MOST 512
#define CSV_CELL_MOST ((size_t)1024 * 1024)
#define CSV_ROW_MOST ((size_t)4 * 1024 * 1024)
#define CSV_HEADER_MOST 512

struct csv_reader;

/* "s" is NULL in a column that the caller does not want; "n" is right. */
struct csv_cell {
    const char *s; /* not terminated */
    uint32_t n;
};

struct csv_row {
    const struct csv_cell *cells; /* valid until the next csv_next() */
    size_t count;
    int64_t line; /* where the row starts */
    bool open;    /* the file's last row, without a line end, and its last cell
                     is not quoted: the cell may be cut off */
};

/* Read up to the header. NULL with *err set; csv_close() frees. The input
 * stays the caller's. */
struct csv_reader *csv_open(struct input *in, struct err *err);
void csv_close(struct csv_reader *r); /* NULL is fine */

const char *const *csv_header(const struct csv_reader *r, size_t *n);
char csv_delimiter(const struct csv_reader *r);

/* Name the columns whose text is wanted (one flag a column, borrowed), and in
 * the others the cells ("also" of their bytes; NULL none). */
typedef bool csv_also_fn(const char *s, size_t n);
void csv_want(struct csv_reader *r, const bool *wanted, csv_also_fn *also);

/* 1 a row, 0 the end, -1 with *err (the rows before it stand). */
int csv_next(struct csv_reader *r, struct csv_row *row,
             struct err *err) MUST_CHECK;

/* A JSON-escaped CSV, as one console writes it: all cells in quotes, inner
 * quotes as \" and line ends as \n. Decided from the header line. */
bool csv_is_backslashed(const struct csv_reader *r);

#endif
