/*
 * template_context.h - where in a page a tag stands: element text, a quoted
 * attribute, a script. Escaping is right for the first two only.
 */
#ifndef MUSTER_TEMPLATE_CONTEXT_H
#define MUSTER_TEMPLATE_CONTEXT_H

#include "report/template.h"

enum html_state {
    HTML_TEXT,
    HTML_TAG_OPEN, /* after < */
    HTML_TAG_NAME,
    HTML_TAG, /* between attributes */
    HTML_ATTR_NAME,
    HTML_ATTR_VALUE, /* after = */
    HTML_QUOTED,
    HTML_UNQUOTED,
    HTML_MARKUP, /* after <!, perhaps a comment */
    HTML_COMMENT
};

#define HTML_NAME_MOST 24

/* Starts as {0}: element text. */
struct html_context {
    enum html_state state;
    char quote;                  /* of the attribute value */
    char tag[HTML_NAME_MOST];    /* element; with / when closing */
    char attr[HTML_NAME_MOST];   /* attribute whose value this is */
    char inside[HTML_NAME_MOST]; /* script or style: text is code; else "" */
    char tail[4]; /* the last characters of markup, to see the end of it */
    size_t value_len;
    bool fragment; /* the value starts with # */
};

/* Walk literal text. Returns the offset of what is refused, with *why, or n:
 * style attributes and event handlers do not work under the report's policy. */
size_t html_context_feed(struct html_context *c, const char *s, size_t n,
                         const char **why);

/* A value of "kind" is printed here, "raw" or escaped: NULL where that is
 * safe (the context moves past it), else why not. */
const char *html_context_value(struct html_context *c, enum template_kind kind,
                               bool raw);

/* Whether two places are alike, so that text between may come 0 or n times. */
bool html_context_same(const struct html_context *a,
                       const struct html_context *b);

/* "inside a <script> element", for messages. */
const char *html_context_name(const struct html_context *c);

#endif
