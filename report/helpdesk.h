/*
 * helpdesk.h - one page for level 1: may this password be reset?
 *
 * It holds serial numbers, names, accounts, the answer of report/forecast.h
 * and the age of the facts, and nothing else of the store.
 */
#ifndef MUSTER_HELPDESK_H
#define MUSTER_HELPDESK_H

#include "report/writer.h"

int helpdesk_write(const struct report *r, const struct writer *w,
                   struct output *out, struct err *err) MUST_CHECK;

/* Compile and check its template, as html_check() does. */
int helpdesk_check(const char *dir, struct err *err) MUST_CHECK;

#endif
