/*
 * portfolio.h - all clients on one page, for the eyes of the service provider.
 */
#ifndef MUSTER_PORTFOLIO_H
#define MUSTER_PORTFOLIO_H

#include "report/writer.h"

int portfolio_write(const struct report *r, const struct writer *w,
                    struct output *out, struct err *err) MUST_CHECK;

/* Compile its template, with those of a folder (or NULL) in front. */
int portfolio_check(const char *dir, struct err *err) MUST_CHECK;

#endif
