/*
 * html_lines.h - the lines of the page: findings of one cause and one fix on a
 * Mac.
 */
#ifndef MUSTER_HTML_LINES_H
#define MUSTER_HTML_LINES_H

#include "report/rows.h"

/* Fill TEMP html_line (queries/html-prepare.sql), worst first, up to what the
 * page holds. *all is how many lines there are, those left out included. */
int html_lines_make(const struct report *r, int64_t *all,
                    struct err *err) MUST_CHECK;

/* What is said of a line as a whole. */
enum {
    LINE_MAC, /* its place in the page, from 1 */
    LINE_SEVERITY,
    LINE_FLAGS, /* 1 not known, 2 an accepted risk */
    LINE_REMEDY,
    LINE_STATE,
    LINE_DAYS,
    LINE_SERIAL,
    LINE_HOLDERS, /* names of the Mac's token holders */
    LINE_CELLS
};

/* And of each of its findings. */
enum {
    PART_RULE_NO,
    PART_RULE,
    PART_ACCOUNT,
    PART_EVIDENCE,
    PART_MISSING,
    PART_CELLS
};

/* Takes a line, and then each finding of it ("part" is NULL for the line
 * itself; "line" is valid through its findings). Returns 0 or -1 with *err. */
typedef int html_line_fn(void *ctx, const struct cell *line,
                         const struct cell *part, struct err *err);

/* The lines of Macs that are in the page: what failed, worst first, then what
 * is not known. */
int html_lines_each(const struct report *r, html_line_fn *fn, void *ctx,
                    struct err *err) MUST_CHECK;

#endif
