/*
 * xlsx_xml.h - rows of cells as the XML of a sheet.
 *
 * What libxlsxwriter does for small sheets, done for large ones at a quarter
 * of the cost: every text is an inline string, so nothing is kept.
 */
#ifndef MUSTER_XLSX_XML_H
#define MUSTER_XLSX_XML_H

#include "core/strbuf.h"
#include "report/rows.h"

#define XML_SIZE 65536

/* Takes bytes; returns false where they could not be written. */
typedef bool xml_write_fn(void *ctx, const char *p, size_t n);

/* Styles of cells: numbers of the workbook's own formats. */
enum xml_style {
    XML_TEXT,
    XML_WRAP,
    XML_DATE,
    XML_PERCENT,
    XML_PERCENT_LEAST,
    XML_PERCENT_MOST,
    XML_POINTS,
    XML_NUMBER,
    XML_LINK,
    XML_STYLES
};

struct xml {
    xml_write_fn *write;
    void *ctx;
    int style[XML_STYLES];
    int64_t cells, cut;
    int64_t row; /* from 1 */
    bool failed;
    struct strbuf safe;
    size_t len;
    char data[XML_SIZE];
};

void xml_start(struct xml *x, xml_write_fn *write, void *ctx);
/* False where something could not be written. */
bool xml_end(struct xml *x);

/* Begins a row, so many lines high; numbers from 1. */
void xml_row(struct xml *x, int64_t row, int lines);
void xml_row_end(struct xml *x);

/* Cells of the row at hand, columns from 0 ascending. Empty ones are left
 * out. */
void xml_text(struct xml *x, int column, const char *p, size_t n,
              enum xml_style style);
void xml_cell(struct xml *x, int column, const struct cell *c);
void xml_share(struct xml *x, int column, double share, enum xml_style style);

/* "AB" for 27 */
size_t xml_column(int column, char out[4]);

#endif
