/*
 * html_words.h - the field's terms in words for people, and numbers as people
 * write them.
 *
 * Queries call these as SQL functions:
 *   plain(kind, code)  the words; the code itself where there are none
 *   num(n)             4,810
 *   pct(a, b)          92.4 % of b; NULL where b is 0. Only all is 100 %, and
 *                      only none is 0 %
 *   rate(share)        the same for a share between 0 and 1
 *   points(x)          a difference of two shares: +1.1 points
 *   delta(x)           the same without the word: +1.1
 *   signed(n)          +3, -2, 0 as "no change"
 *   day(t)             27 Nov 2026; "never" for 0
 *   moment(t)          27 Nov 2026 09:14 UTC
 *   plural(n, one, many)  the word that fits
 *   code(text)         `commands` as <code>: markup
 *   bar(label, class, n, ...)  a stacked bar as SVG (html_svg.h)
 */
#ifndef MUSTER_HTML_WORDS_H
#define MUSTER_HTML_WORDS_H

#include "core/err.h"
#include "core/strbuf.h"

#include <sqlite3.h>

/* kinds: verdict severity state readiness capability capability-why bootstrap
 * filevault fact who effort chip repair and more. NULL where there is none. */
const char *html_plain(const char *kind, const char *code);

/* Walk the words of a kind: start with *at = 0; NULL code ends it. */
const char *html_plain_next(const char *kind, size_t *at, const char **code);

void html_number(struct strbuf *b, int64_t n);
void html_percent(struct strbuf *b, double share);
void html_day(struct strbuf *b, int64_t t);

int html_functions(sqlite3 *db, struct err *err) MUST_CHECK;

#endif
