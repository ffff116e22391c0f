/*
 * leak_text.h - the text of a finished file, as its reader sees it: archives
 * unpacked, entities and escapes undone.
 */
#ifndef MUSTER_LEAK_TEXT_H
#define MUSTER_LEAK_TEXT_H

#include "core/err.h"

/* Who is handed the text, piece by piece; false wants no more. */
typedef bool leak_text_fn(void *ctx, const char *text, size_t len);

struct leak_text {
    leak_text_fn *fn;
    void *ctx;
    size_t overlap; /* so many last bytes of a piece begin the next one */
};

/*
 * Read a file. Markup (html, and the parts of xlsx) is handed on twice: with
 * its tags, for what stands in attributes, and as it is seen, since a name may
 * be partly bold or run over a line. Adds the bytes read. -1 with ERR_OUTPUT
 * only where reading fails.
 */
int leak_text_read(const char *path, const char *ext,
                   const struct leak_text *to, int64_t *bytes,
                   struct err *err) MUST_CHECK;

#endif
