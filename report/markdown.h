/*
 * markdown.h - the summary for a ticket or a chat.
 */
#ifndef MUSTER_MARKDOWN_H
#define MUSTER_MARKDOWN_H

#include "report/writer.h"

int markdown_write(const struct report *r, const struct writer *w,
                   struct output *out, struct err *err) MUST_CHECK;

#endif
