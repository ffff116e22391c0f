/*
 * html_svg.h - charts as inline SVG.
 *
 * Positions are percentages and heights are fixed, so that a chart fills any
 * width and its letters stay readable. Colours and patterns are classes of the
 * stylesheet. The numbers always stand in a table beside it.
 */
#ifndef MUSTER_HTML_SVG_H
#define MUSTER_HTML_SVG_H

#include "core/strbuf.h"
#include "report/report.h"
#include "report/template.h"

struct svg_part {
    const char *name; /* of the class: "fail" gives f-fail */
    int64_t value;
};

/* A stacked bar of all parts that are not 0; none is too thin to see. "label"
 * is its text alternative. */
void svg_bar(struct strbuf *b, const char *label, const struct svg_part *parts,
             size_t n);

/* Columns of Macs by verdict for up to twelve periods: rows of the query
 * html-trend. A template_value writer ("ref" is the report). */
int svg_trend(const void *report, struct template_out *out, struct err *err);

/* The escaped text of an attribute or element. */
void svg_text(struct strbuf *b, const char *s);

#endif
