/*
 * xlsx_book.h - a workbook in which every call is checked and every text is
 * made safe, on top of libxlsxwriter.
 *
 * Text only ever goes through book_text(), which keeps it text; links and
 * formats are made from our own words alone. The sheets of many rows get them
 * afterwards (xlsx_pack.h).
 */
#ifndef MUSTER_XLSX_BOOK_H
#define MUSTER_XLSX_BOOK_H

#include "core/strbuf.h"
#include "report/rows.h"
#include "report/writer.h"

#include <xlsxwriter.h>

#define BOOK_COLUMNS 400 /* columns whose width is tracked */
#define BOOK_CELL 32767  /* UTF-16 units that a cell holds */
#define BOOK_SHEETS 64
#define BOOK_LINE 15  /* points that a line of text is high */
#define BOOK_LINES 27 /* ... so that a row is at most 409 points */
#define BOOK_WIDE 60  /* characters of the widest column */
#ifndef BOOK_ROWS
#define BOOK_ROWS 1000000 /* data rows of a sheet; then a further one */
#endif

enum book_format {
    FMT_TEXT, /* "@": stays text when a person edits it */
    FMT_WRAP, /* the same, lines broken */
    FMT_DATE,
    FMT_PERCENT,
    FMT_PERCENT_LEAST, /* shown as 0.1 %, for it is not nothing */
    FMT_PERCENT_MOST,  /* shown as 99.9 %, for it is not all */
    FMT_POINTS,        /* a change of a share */
    FMT_NUMBER,
    FMT_HEADER,
    FMT_HEADER_LEFT,  /* above FMT_INDENT */
    FMT_HEADER_RIGHT, /* above numbers */
    FMT_INDENT,       /* text beside numbers */
    FMT_INPUT,        /* columns for people to fill in */
    FMT_LINK,
    FMT_TITLE,
    FMT_LEAD,
    FMT_NOTE,
    FMT_LABEL,
    FMT_BIG,
    FMT_CRITICAL,
    FMT_HIGH,
    FMT_MEDIUM,
    FMT_LOW,
    FMT_INFO,
    FMT_COUNT
};

struct sheet {
    lxw_worksheet *ws;
    char name[32];
    int64_t rows, cells; /* written */
    int64_t last_row;    /* -1 before the first */
    uint64_t seen[64];   /* of the first 4096 rows, which come in any order */
    bool fill;           /* rows are put in by xlsx_pack() ... */
    int64_t fill_rows;   /* ... so many, below the header */
    int columns;         /* of the header */
    char *heads[BOOK_COLUMNS];
    enum book_format head_format[BOOK_COLUMNS];
    uint16_t width[BOOK_COLUMNS];
};

struct book {
    lxw_workbook *wb;
    lxw_format *format[FMT_COUNT];
    struct sheet *sheets[BOOK_SHEETS];
    size_t count;
    lxw_error first;  /* the first that went wrong */
    const char *what; /* ... and the call */
    int64_t cut;      /* texts that did not fit into a cell */
    int64_t links;
    bool long_texts; /* there are, or may be, texts that do not fit */
    struct strbuf safe;
    char path[PATH_MAX], tmpdir[PATH_MAX];
};

/* The one way to call the library: the first failure is kept. */
#define BOOK_CALL(b, call) book_check((b), (call), #call)
void book_check(struct book *b, lxw_error rc, const char *call);

/* Begin a workbook in place of the file "path". -1 with err. */
int book_open(struct book *b, const char *path, struct err *err) MUST_CHECK;

/* Headers and titles in a colour that white reads on. */
void book_colour(struct book *b, uint32_t colour);

/* Write the file. */
int book_close(struct book *b, struct err *err) MUST_CHECK;

/* Fills out->detail, rows and cut, once all rows are written. */
void book_counts(const struct book *b, struct output *out);

/* Give up what is left; throws away a workbook that is not closed. */
void book_free(struct book *b);

/* Add a sheet. NULL after a failure. */
struct sheet *book_sheet(struct book *b, const char *name);

/* Widen a column for a text; columns are as wide as their widest. */
void book_widen(struct sheet *s, int column, const char *text, size_t n);

/* Lines that a text takes in a column so wide, where its lines are broken. */
int book_lines(const char *text, size_t n, unsigned width);

/* Make a row as high as so many lines, where they are more than one. */
void book_row(struct book *b, struct sheet *s, int64_t row, int lines);

/* How a share is shown, as all reports round it: off 0 and 100 unless it is
 * just that. */
enum book_format book_percent(double share);

/* Cells. Unknown ones are left out. */
void book_text(struct book *b, struct sheet *s, int64_t row, int column,
               const char *text, size_t n, enum book_format format);
void book_words(struct book *b, struct sheet *s, int64_t row, int column,
                const char *text, enum book_format format);
void book_number(struct book *b, struct sheet *s, int64_t row, int column,
                 double v, enum book_format format);
void book_blank(struct book *b, struct sheet *s, int64_t row, int column,
                enum book_format format);
void book_cell(struct book *b, struct sheet *s, int64_t row, int column,
               const struct cell *c);

/*
 * A sheet of rows is one native table, with the filter and the bands of one.
 * book_head() names its next column (unlike the others, whatever the case);
 * book_table() makes the header and the table over "rows" rows below it. The
 * sheet must not be one that the library streams: it refuses tables there.
 */
void book_head(struct book *b, struct sheet *s, const char *title,
               enum book_format format);
void book_table(struct book *b, struct sheet *s, int64_t rows);

/* A cell that leads to a place in the workbook: internal is "'Devices'!A5". */
void book_link(struct book *b, struct sheet *s, int64_t row, int column,
               const char *internal, const char *text, size_t n);

/*
 * The text as the library may have it: valid UTF-8, no U+FFFE or U+FFFF,
 * "_x0041_" escaped, at most what a cell holds ("cut" tells whether it was
 * more). Borrowed until the next call.
 */
const char *book_safe(struct strbuf *buf, const char *text, size_t n,
                      bool *cut);

#endif
