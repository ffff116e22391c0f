/*
 * template_check.c - what can go wrong, found before any data is read.
 *
 * The check walks a template as rendering would, with the published variables
 * in place of data and both branches of every section, and follows the HTML.
 */
#include "core/base.h"

#include "core/text.h"
#include "report/template_context.h"
#include "report/template_node.h"

#define KNOWN_MOST 512

static const struct template_var in_list[] = {
    {"index", TEMPLATE_TEXT, NULL, "number of the row, from 1"},
    {"first", TEMPLATE_FLAG, NULL, "true for the first row"},
    {NULL, TEMPLATE_TEXT, NULL, NULL}};

struct scope {
    const struct template_var *vars;
    const struct template_var *self; /* what {{.}} is; NULL where nothing */
    const struct scope *outer;
};

struct frame {
    const struct node *parent; /* its blocks replace */
    const struct template_file *file;
    const struct frame *outer;
};

struct checker {
    struct html_context html;
    const struct frame *frames;
    struct {
        const struct template_file *file;
        const struct template_var *vars;
    } active[TEMPLATE_DEPTH];
    size_t depth;
    struct err *err;
};

static int check_list(struct checker *c, const struct template_file *file,
                      const struct node_list *list, const struct scope *scope);

static const struct template_var *lookup(const struct scope *scope,
                                         const char *name)
{
    const struct template_var *v;

    if (strcmp(name, ".") == 0)
        return scope->self;
    for (; scope; scope = scope->outer)
        for (v = scope->vars; v && v->name; v++)
            if (strcmp(v->name, name) == 0)
                return v;
    return NULL;
}

static int unknown(struct checker *c, const struct template_file *file,
                   const struct node *node, const struct scope *scope)
{
    const char *names[KNOWN_MOST], *nearest;
    const struct template_var *v;
    size_t n = 0;

    for (; scope; scope = scope->outer)
        for (v = scope->vars; v && v->name && n < KNOWN_MOST; v++)
            names[n++] = v->name;
    nearest = text_nearest(node->name, names, n);
    template_fail(file, node, c->err, "unknown name \"%s\"", node->name);
    return nearest ? err_hint(c->err, "did you mean \"%s\"?", nearest) : -1;
}

static int check_text(struct checker *c, const struct template_file *file,
                      const struct node *node)
{
    const char *why = NULL;
    struct node at = *node;
    size_t n = html_context_feed(&c->html, node->text, node->len, &why);

    if (!why)
        return 0;
    at.column += (long)utf8_length(node->text, n);
    return template_fail(file, &at, c->err, "%s", why);
}

static int check_value(struct checker *c, const struct template_file *file,
                       const struct node *node, const struct scope *scope)
{
    const struct template_var *v = lookup(scope, node->name);
    const char *why;

    if (!v)
        return unknown(c, file, node, scope);
    if (v->kind == TEMPLATE_LIST || v->kind == TEMPLATE_FLAG)
        return template_fail(file, node, c->err,
                             "\"%s\" is no text: use it as {{#%s}}", node->name,
                             node->name);
    why = html_context_value(&c->html, v->kind, node->type == NODE_RAW);
    if (!why)
        return 0;
    return template_fail(file, node, c->err, "{{%s}}: %s", node->name, why);
}

static int check_section(struct checker *c, const struct template_file *file,
                         const struct node *node, const struct scope *scope)
{
    const struct template_var *v = lookup(scope, node->name);
    struct scope list = {.vars = in_list, .outer = scope};
    struct scope inner = {.outer = scope};
    struct html_context before = c->html;

    if (!v)
        return unknown(c, file, node, scope);
    if (node->type == NODE_SECTION && v->kind == TEMPLATE_LIST) {
        inner.vars = v->fields;
        inner.outer = &list;
    } else if (node->type == NODE_SECTION && v->kind != TEMPLATE_FLAG) {
        inner.self = v;
    }
    if (check_list(c, file, &node->children, &inner) != 0)
        return -1;
    if (html_context_same(&before, &c->html))
        return 0;
    return template_fail(
        file, node, c->err, "section {{#%s}} starts in %s and ends in %s",
        node->name, html_context_name(&before), html_context_name(&c->html));
}

/* Enter a file. In the same place once more it would have no end: a page's
 * lists hold no lists of their own kind. */
static int check_file(struct checker *c, const struct template_file *file,
                      const struct node *node, const struct template_file *in,
                      const struct scope *scope)
{
    size_t i;
    int rc;

    for (i = 0; i < c->depth; i++)
        if (c->active[i].file == in && c->active[i].vars == scope->vars)
            return template_fail(file, node, c->err,
                                 "\"%s\" is included in itself, without end",
                                 node->name);
    if (c->depth == TEMPLATE_DEPTH)
        return template_fail(file, node, c->err,
                             "templates are included more than %d deep",
                             TEMPLATE_DEPTH);
    c->active[c->depth].file = in;
    c->active[c->depth++].vars = scope->vars;
    rc = check_list(c, in, &in->nodes, scope);
    c->depth--;
    return rc;
}

static const struct node *find_block(const struct node_list *list,
                                     const char *name)
{
    size_t i;

    for (i = 0; i < list->n; i++)
        if (list->v[i].type == NODE_BLOCK && strcmp(list->v[i].name, name) == 0)
            return &list->v[i];
    return NULL;
}

/* A replacement is checked where it will stand; outermost files win. */
static int check_block(struct checker *c, const struct template_file *file,
                       const struct node *node, const struct scope *scope)
{
    const struct frame *f, *hit = NULL, *saved = c->frames;
    const struct node *block;
    int rc;

    for (f = c->frames; f; f = f->outer)
        if (find_block(&f->parent->children, node->name))
            hit = f;
    if (!hit)
        return check_list(c, file, &node->children, scope);
    block = find_block(&hit->parent->children, node->name);
    c->frames = hit->outer;
    rc = check_list(c, hit->file, &block->children, scope);
    c->frames = saved;
    return rc;
}

/* Every block in {{<parent}} must be one that the parent, or what it includes,
 * has: a misspelt one would silently change nothing. "seen" are file numbers.
 */
static bool has_block(const struct node_list *list, const char *name,
                      bool seen[TEMPLATE_FILES])
{
    size_t i;

    for (i = 0; i < list->n; i++) {
        const struct node *n = &list->v[i];

        if ((n->type == NODE_BLOCK && strcmp(n->name, name) == 0) ||
            has_block(&n->children, name, seen))
            return true;
        if (!n->file || seen[n->file->number])
            continue;
        seen[n->file->number] = true;
        if (has_block(&n->file->nodes, name, seen))
            return true;
    }
    return false;
}

static int check_parent(struct checker *c, const struct template_file *file,
                        const struct node *node, const struct scope *scope)
{
    struct frame frame = {node, file, c->frames};
    size_t i;
    int rc;

    for (i = 0; i < node->children.n; i++) {
        const struct node *b = &node->children.v[i];

        bool seen[TEMPLATE_FILES] = {false};

        if (b->type == NODE_BLOCK &&
            !has_block(&node->file->nodes, b->name, seen))
            return template_fail(file, b, c->err,
                                 "\"%s\" has no block named \"%s\"", node->name,
                                 b->name);
    }
    c->frames = &frame;
    rc = check_file(c, file, node, node->file, scope);
    c->frames = frame.outer;
    return rc;
}

static int check_node(struct checker *c, const struct template_file *file,
                      const struct node *node, const struct scope *scope)
{
    switch (node->type) {
    case NODE_INDENT:
        return 0;
    case NODE_TEXT:
        return check_text(c, file, node);
    case NODE_VALUE:
    case NODE_RAW:
        return check_value(c, file, node, scope);
    case NODE_SECTION:
    case NODE_INVERTED:
        return check_section(c, file, node, scope);
    case NODE_PARTIAL:
        return check_file(c, file, node, node->file, scope);
    case NODE_PARENT:
        return check_parent(c, file, node, scope);
    case NODE_BLOCK:
        return check_block(c, file, node, scope);
    }
    return 0;
}

static int check_list(struct checker *c, const struct template_file *file,
                      const struct node_list *list, const struct scope *scope)
{
    size_t i;

    for (i = 0; i < list->n; i++)
        if (check_node(c, file, &list->v[i], scope) != 0)
            return -1;
    return 0;
}

int template_check(const struct template *t, const struct template_var *vars,
                   struct err *err)
{
    struct checker c = {.err = err};
    struct scope root = {.vars = vars};
    struct node start = {.line = 1, .column = 1};
    const struct node *last;

    if (check_file(&c, t->files, &start, t->files, &root) != 0)
        return -1;
    if (c.html.state == HTML_TEXT && !c.html.inside[0])
        return 0;
    last = t->files->nodes.n ? &t->files->nodes.v[t->files->nodes.n - 1] : NULL;
    return last ? template_fail(t->files, last, err, "the page ends in %s",
                                html_context_name(&c.html))
                : 0;
}
