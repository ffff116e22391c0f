/*
 * template_node.h - the parsed form of a template; private to report/template*.
 *
 * A file is a tree of nodes. Text is cut at line ends, and each line that is
 * not taken away as standalone starts with an INDENT node, where the
 * indentation of the including tag is printed.
 */
#ifndef MUSTER_TEMPLATE_NODE_H
#define MUSTER_TEMPLATE_NODE_H

#include "report/template.h"

#define TEMPLATE_DEPTH 16   /* files inside files */
#define TEMPLATE_NESTING 64 /* sections inside sections */
#define TEMPLATE_FILES 64   /* files of one template */

enum node_type {
    NODE_INDENT,
    NODE_TEXT,
    NODE_VALUE,
    NODE_RAW,
    NODE_SECTION,
    NODE_INVERTED,
    NODE_PARTIAL,
    NODE_PARENT, /* children: only its BLOCKs */
    NODE_BLOCK
};

struct node_list {
    struct node *v;
    size_t n, cap;
};

struct node {
    enum node_type type;
    long line, column;
    const char *text; /* TEXT: slice of the source; BLOCK: line end after it */
    size_t len;
    char *name; /* of tags; owned */
    struct node_list children;
    const struct template_file *file; /* PARTIAL, PARENT: what it names */
    /* PARTIAL, PARENT, BLOCK: whitespace before the tag, taken out of the text
     * and printed before each line of what stands in its place. */
    const char *indent;
    size_t indent_len;
    bool inline_lead; /* BLOCK: content starts on the line of its tag */
};

struct template_file {
    char *name;  /* as in tags */
    char *shown; /* as in messages */
    char *source;
    size_t len;
    size_t number; /* from 0, in the order of loading */
    struct node_list nodes;
    struct template_file *next;
};

struct template
{
    struct template_file *files; /* the first is the one asked for */
    bool lenient;
};

/* Parse file->source into file->nodes. */
int template_parse(struct template_file *file, struct err *err) MUST_CHECK;

void node_list_free(struct node_list *list);

/* An error at a node of a file. */
int template_fail(const struct template_file *file, const struct node *node,
                  struct err *err, const char *fmt, ...) PRINTF_LIKE(4, 5);

#endif
