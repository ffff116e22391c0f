/*
 * xlsx.h - the report as a workbook: a summary that prints on one page, one
 * table a sheet, and a page on method.
 */
#ifndef MUSTER_XLSX_H
#define MUSTER_XLSX_H

#include "report/xlsx_book.h"

int xlsx_write(const struct report *r, const struct writer *w,
               struct output *out, struct err *err) MUST_CHECK;

/*
 * Open a workbook again: every part inflates with its checksum, every sheet is
 * whole, and its rows and cells are counted.
 */
int xlsx_recount(const char *path, struct output *found,
                 struct err *err) MUST_CHECK;

/* The first sheet; after the others, since it says what became of them. */
int xlsx_summary(struct book *b, struct sheet *s, const struct report *r,
                 struct err *err) MUST_CHECK;

/* The last sheet: what was judged, by what, and what the words mean. */
int xlsx_method(struct book *b, struct sheet *s, const struct report *r,
                struct err *err) MUST_CHECK;

/* Print set-up of a sheet; "pages" 1 puts all of it on one. */
void xlsx_print(struct book *b, struct sheet *s, const struct report *r,
                uint16_t pages);

/* Words of severity in their colours, in a column's rows. */
void xlsx_severity(struct book *b, struct sheet *s, int column, int64_t last);

#endif
