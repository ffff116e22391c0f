/*
 * xlsx_pack.h - a small workbook's sheets filled with many rows.
 *
 * libxlsxwriter makes the workbook with all that is not rows: styles, filters,
 * rules for colours, charts. Its parts are copied as they are; the sheets that
 * are to be filled get their rows here, straight into the archive, so that
 * neither memory nor temporary files grow with the fleet.
 */
#ifndef MUSTER_XLSX_PACK_H
#define MUSTER_XLSX_PACK_H

#include "report/xlsx_book.h"
#include "report/xlsx_xml.h"

/*
 * Write the rows of a sheet, from row 2 on. Links are appended to "links" as
 * <hyperlink> elements. Returns 0, or -1 with *err.
 */
typedef int pack_rows_fn(void *ctx, const struct sheet *s, struct xml *x,
                         struct strbuf *links, struct err *err);

/*
 * Make "to" from the workbook "from". Sheets of "b" with fill = true are given
 * to "fn", in order; their counts are added to. -1 with err (ERR_OUTPUT).
 */
int xlsx_pack(struct book *b, const char *from, const char *to,
              pack_rows_fn *fn, void *ctx, struct err *err) MUST_CHECK;

#endif
