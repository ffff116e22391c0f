/*
 * slug.c - what a client is called in the names of files.
 */
#include "core/base.h"

#include "core/text.h"
#include "report/slug.h"

void slug_client(struct strbuf *b, const char *name)
{
    size_t from = b->len;

    text_slug(b, name);
    if (strcmp(strbuf_str(b) + from, "fleet") == 0)
        strbuf_adds(b, "-client");
}
