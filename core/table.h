/*
 * table.h - lines of cells, printed in columns for people.
 *
 * Cells are copied. Columns are as wide as their widest cell (in characters),
 * two blanks apart; numbers stand to the right. Where that is wider than 79
 * characters the widest columns get narrower and their cells take more lines;
 * nothing is cut. What a terminal acts on is escaped.
 */
#ifndef MUSTER_TABLE_H
#define MUSTER_TABLE_H

#include "core/base.h"

#define TABLE_MOST 16

struct table; /* NULL after a failure, which table_print() remembers */

/* "layout" has a letter a column: l for left, r for right; b, as the last one,
 * for a text that goes below its line where the table is too wide. */
struct table *table_new(const char *layout);

/* One line; NULL cells are empty. The number of cells is that of the layout. */
void table_row(struct table *t, ...);

/* Print every line behind "indent" blanks; false for want of memory. */
bool table_print(const struct table *t, int indent, FILE *out);

size_t table_count(const struct table *t);
void table_free(struct table *t); /* NULL is fine */

#endif
