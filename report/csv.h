/*
 * csv.h - CSV as RFC 4180 has it, and cells that no spreadsheet runs.
 *
 * Cells are quoted where they need it, lines end in CR LF. A text cell that a
 * spreadsheet could take for a formula gets one apostrophe in front, after
 * line breaks inside it too, and control characters, which a terminal obeys,
 * are written as "\u{001B}"; csv_unguard() takes both away again.
 */
#ifndef MUSTER_CSV_H
#define MUSTER_CSV_H

#include "core/strbuf.h"
#include "report/sink.h"
#include "report/writer.h"

/* Append a cell's text as it stands between two commas. */
void csv_cell(struct sink *s, const char *p, size_t n);

/* Append a text with the guard. Returns how often it was needed. */
int csv_guard(struct strbuf *out, const char *p, size_t n);

/* The cell of a text with the guard. Returns the same, -1 for want of memory.
 */
int csv_guarded(struct sink *s, const char *p, size_t n);

/* Whether a reader could take this for the start of a formula. */
bool csv_risky(const char *p, size_t n);

/* Undo the guard in the text of one cell. */
void csv_unguard(struct strbuf *out, const char *p, size_t n);

int csv_write(const struct report *r, const struct writer *w,
              struct output *out, struct err *err) MUST_CHECK;

/* Records of a CSV file without its header. */
int csv_recount(const char *path, struct output *found,
                struct err *err) MUST_CHECK;

#endif
