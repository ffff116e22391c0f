/*
 * html_data.h - the rows that the page's script pages through, as blocks of
 * JSON.
 */
#ifndef MUSTER_HTML_DATA_H
#define MUSTER_HTML_DATA_H

#include "core/strbuf.h"
#include "report/report.h"
#include "report/template.h"

#define HTML_BLOCK 5000 /* rows of one script element */
#define HTML_PROOF 400  /* Macs whose evidence is in the page */
#define HTML_ID 10 /* digits of a finding's id: enough to tell them apart */

/*
 * Write the script elements: Macs, lines (a cause and a fix on a Mac), proof
 * (values with file, line and raw cell), and last the words that the others
 * refer to by number. A template_value writer; "ref" is the report.
 */
int html_data(const void *report, struct template_out *out, struct err *err);

/* Append text as a JSON string that is harmless inside a script element. */
void html_json_string(struct strbuf *b, const char *s);

#endif
