/*
 * template_render.c - walking the nodes with data in hand.
 */
#include "core/base.h"

#include "core/text.h"
#include "report/template_node.h"

#define OUT_BUFFER 16384
#define INDENT_MOST 256

struct template_out {
    template_sink_fn *sink;
    void *ctx;
    struct err *err;
    bool failed;
    char last; /* the last character that was written */
    size_t n;
    char buffer[OUT_BUFFER];
};

struct frame {
    const struct node *parent;
    const struct template_file *file;
    const struct frame *outer;
};

struct render {
    const struct template *t;
    const struct template_source *src;
    struct template_out *out;
    const struct frame *frames;
    char indent[INDENT_MOST]; /* printed at the start of each line */
    size_t indent_len;
    int depth;
    struct err *err;
};

/* Where a list of nodes is rendered. */
struct place {
    const struct template_file *file;
    const struct template_scope *scope;
};

static int render_list(struct render *r, struct place at,
                       const struct node_list *list);

/* ------------------------------------------------------------- output --- */

static void flush(struct template_out *out)
{
    if (out->n && !out->failed &&
        out->sink(out->ctx, out->buffer, out->n, out->err) != 0)
        out->failed = true;
    out->n = 0;
}

void template_write(struct template_out *out, const char *s, size_t n)
{
    if (n == 0)
        return;
    out->last = s[n - 1];
    if (n > OUT_BUFFER - out->n)
        flush(out);
    if (n > OUT_BUFFER) {
        if (!out->failed && out->sink(out->ctx, s, n, out->err) != 0)
            out->failed = true;
        return;
    }
    memcpy(out->buffer + out->n, s, n);
    out->n += n;
}

/* Characters that a reader cannot see but a browser acts on. */
static bool unseen(uint32_t cp)
{
    return (cp < 0x20 && cp != '\t' && cp != '\n') ||
           (cp >= 0x7f && cp <= 0x9f) || cp == 0x61c || cp == 0x200e ||
           cp == 0x200f || (cp >= 0x2028 && cp <= 0x202e) ||
           (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff || cp == 0xfffe ||
           cp == 0xffff;
}

static void escape_one(struct template_out *out, uint32_t cp, const char *s,
                       size_t n)
{
    char code[16];

    if (n == 0)
        snprintf(code, sizeof(code), "\\x%02X", (unsigned)(unsigned char)*s);
    else
        snprintf(code, sizeof(code), cp < 0x100 ? "\\x%02X" : "\\u{%04X}",
                 (unsigned)cp);
    template_write(out, code, strlen(code));
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void template_escape(struct template_out *out, const char *s, size_t n)
{
    size_t i = 0, start = 0, len;
    const char *e;
    uint32_t cp = 0;

    while (i < n) {
        unsigned char c = (unsigned char)s[i];

        e = entity(s[i]);
        len = 1;
        if (!e && c >= 0x20 && c < 0x7f) {
            i++;
            continue;
        }
        if (!e) {
            len = utf8_decode(s + i, n - i, &cp);
            if (len && !unseen(cp)) {
                i += len;
                continue;
            }
        }
        template_write(out, s + start, i - start);
        if (e)
            template_write(out, e, strlen(e));
        else
            escape_one(out, cp, s + i, len);
        i += len ? len : 1;
        start = i;
    }
    template_write(out, s + start, n - start);
}

/* -------------------------------------------------------------- names --- */

/* A name of one part, from the innermost scope outwards. */
static int find_up(struct render *r, const struct template_scope *scope,
                   const char *name, struct template_value *out)
{
    for (; scope; scope = scope->outer) {
        *out = (struct template_value){TEMPLATE_MISSING};
        if (scope->value.type == TEMPLATE_ITEM &&
            r->src->find(r->src->ctx, &scope->value, name, out, r->err) != 0)
            return -1;
        if (out->type != TEMPLATE_MISSING)
            return 0;
    }
    return 0;
}

/* a.b.c: the first part outwards, each further one in the part before. */
static int find_dotted(struct render *r, const struct template_scope *scope,
                       const char *name, struct template_value *out)
{
    char part[128];
    size_t n = strcspn(name, ".");
    struct template_value item;

    snprintf(part, sizeof(part), "%.*s", (int)n, name);
    if (find_up(r, scope, part, out) != 0)
        return -1;
    while (name[n] == '.') {
        name += n + 1;
        n = strcspn(name, ".");
        snprintf(part, sizeof(part), "%.*s", (int)n, name);
        item = *out;
        *out = (struct template_value){TEMPLATE_MISSING};
        if (item.type == TEMPLATE_ITEM &&
            r->src->find(r->src->ctx, &item, part, out, r->err) != 0)
            return -1;
    }
    return 0;
}

/* In a list: {{index}} and {{first}}. True where the name is one of these. */
static bool find_position(const struct template_scope *scope, const char *name,
                          struct template_value *out, char text[24])
{
    bool index = strcmp(name, "index") == 0;

    if (!index && strcmp(name, "first") != 0)
        return false;
    while (scope && scope->index == SIZE_MAX)
        scope = scope->outer;
    if (!scope)
        return false;
    *out = (struct template_value){.type = TEMPLATE_FALSE};
    if (index) {
        snprintf(text, 24, "%zu", scope->index + 1);
        *out = (struct template_value){
            .type = TEMPLATE_STRING, .text = text, .len = strlen(text)};
    } else if (scope->index == 0) {
        out->type = TEMPLATE_TRUE;
    }
    return true;
}

static int find(struct render *r, struct place at, const struct node *node,
                struct template_value *out, char text[24])
{
    *out = (struct template_value){TEMPLATE_MISSING};
    if (strcmp(node->name, ".") == 0) {
        *out = at.scope->value;
        return 0;
    }
    if (find_dotted(r, at.scope, node->name, out) != 0)
        return -1;
    if (out->type != TEMPLATE_MISSING || r->t->lenient ||
        find_position(at.scope, node->name, out, text))
        return 0;
    return template_fail(at.file, node, r->err, "unknown name \"%s\"",
                         node->name);
}

/* -------------------------------------------------------------- nodes --- */

static int render_value(struct render *r, struct place at,
                        const struct node *node)
{
    struct template_value v;
    char text[24];

    if (find(r, at, node, &v, text) != 0)
        return -1;
    if (node->type == NODE_RAW && !r->t->lenient && !v.raw &&
        v.type == TEMPLATE_STRING)
        return template_fail(at.file, node, r->err,
                             "\"%s\" may not be printed raw", node->name);
    if (v.type == TEMPLATE_WRITER)
        return v.write(v.ref, r->out, r->err);
    if (v.type != TEMPLATE_STRING)
        return 0;
    if (node->type == NODE_RAW)
        template_write(r->out, v.text, v.len);
    else
        template_escape(r->out, v.text, v.len);
    return 0;
}

static int render_rows(struct render *r, struct place at,
                       const struct node *node, const struct template_value *v)
{
    struct template_scope row = {.outer = at.scope};
    struct place inside = {at.file, &row};
    void *cursor = NULL;
    int rc;

    if (r->src->open(r->src->ctx, v, at.scope, &cursor, r->err) != 0)
        return -1;
    while ((rc = r->src->next(r->src->ctx, cursor, &row.value, r->err)) > 0) {
        if (node->type == NODE_INVERTED) {
            rc = 0;
            break;
        }
        if (render_list(r, inside, &node->children) != 0 || r->out->failed) {
            rc = -1;
            break;
        }
        row.index++;
    }
    if (rc == 0 && node->type == NODE_INVERTED &&
        row.value.type == TEMPLATE_MISSING) /* no row came */
        rc = render_list(r, at, &node->children);
    r->src->close(r->src->ctx, cursor);
    return rc;
}

static int render_section(struct render *r, struct place at,
                          const struct node *node)
{
    struct template_value v;
    struct template_scope once = {.outer = at.scope, .index = SIZE_MAX};
    struct place inside = {at.file, &once};
    bool truth;
    char text[24];

    if (find(r, at, node, &v, text) != 0)
        return -1;
    if (v.type == TEMPLATE_ROWS)
        return render_rows(r, at, node, &v);
    truth = v.type == TEMPLATE_TRUE || v.type == TEMPLATE_ITEM ||
            v.type == TEMPLATE_WRITER ||
            (v.type == TEMPLATE_STRING && v.len && !v.zero);
    if (truth != (node->type == NODE_SECTION))
        return 0;
    once.value = v;
    return render_list(r, truth ? inside : at, &node->children);
}

static void write_indent(struct render *r)
{
    template_write(r->out, r->indent, r->indent_len);
}

/* Add to the indentation; returns what it was. */
static size_t indent_more(struct render *r, const struct node *node)
{
    size_t was = r->indent_len, n = node->indent_len;

    if (n > INDENT_MOST - was)
        n = INDENT_MOST - was;
    memcpy(r->indent + was, node->indent, n);
    r->indent_len += n;
    return was;
}

static int render_file(struct render *r, struct place at,
                       const struct node *node)
{
    size_t was;
    struct place in = {node->file, at.scope};
    int rc;

    if (!node->file)
        return 0; /* lenient: there is none */
    if (r->depth == TEMPLATE_DEPTH)
        return template_fail(at.file, node, r->err,
                             "templates are included more than %d deep",
                             TEMPLATE_DEPTH);
    was = indent_more(r, node);
    if (node->inline_lead) {
        write_indent(r);
        r->indent_len = was;
    }
    r->depth++;
    rc = render_list(r, in, &node->file->nodes);
    r->depth--;
    r->indent_len = was;
    return rc;
}

static int render_parent(struct render *r, struct place at,
                         const struct node *node)
{
    struct frame frame = {node, at.file, r->frames};
    int rc;

    r->frames = &frame;
    rc = render_file(r, at, node);
    r->frames = frame.outer;
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

/* The outermost file that replaces a block has the last word; inside the
 * replacement only files outside of that one replace further. */
static int render_block(struct render *r, struct place at,
                        const struct node *node)
{
    const struct frame *f, *hit = NULL, *saved = r->frames;
    const struct node *content = node;
    size_t was = r->indent_len;
    int rc;

    for (f = r->frames; f; f = f->outer)
        if (find_block(&f->parent->children, node->name))
            hit = f;
    if (hit) {
        content = find_block(&hit->parent->children, node->name);
        at.file = hit->file;
        r->frames = hit->outer;
    }
    indent_more(r, node);
    if (node->inline_lead &&
        (!content->children.n || content->children.v[0].type != NODE_INDENT))
        write_indent(r);
    if (!hit)
        r->indent_len = was;
    rc = render_list(r, at, &content->children);
    r->indent_len = was;
    r->frames = saved;
    if (rc == 0 && r->out->last != '\n')
        template_write(r->out, node->text, node->len);
    return rc;
}

static int render_node(struct render *r, struct place at,
                       const struct node *node)
{
    switch (node->type) {
    case NODE_INDENT:
        write_indent(r);
        return 0;
    case NODE_TEXT:
        template_write(r->out, node->text, node->len);
        return 0;
    case NODE_VALUE:
    case NODE_RAW:
        return render_value(r, at, node);
    case NODE_SECTION:
    case NODE_INVERTED:
        return render_section(r, at, node);
    case NODE_PARTIAL:
        return render_file(r, at, node);
    case NODE_PARENT:
        return render_parent(r, at, node);
    case NODE_BLOCK:
        return render_block(r, at, node);
    }
    return 0;
}

static int render_list(struct render *r, struct place at,
                       const struct node_list *list)
{
    size_t i;

    for (i = 0; i < list->n; i++)
        if (render_node(r, at, &list->v[i]) != 0 || r->out->failed)
            return -1;
    return 0;
}

int template_render(const struct template *t,
                    const struct template_source *source,
                    const struct template_value *root, template_sink_fn *sink,
                    void *ctx, struct err *err)
{
    struct template_out out = {.sink = sink, .ctx = ctx, .err = err};
    struct template_scope scope = {.value = *root, .index = SIZE_MAX};
    struct render r = {.t = t, .src = source, .out = &out, .err = err};
    struct place at = {t->files, &scope};
    int rc = render_list(&r, at, &t->files->nodes);

    if (rc == 0)
        flush(&out);
    return rc == 0 && !out.failed ? 0 : -1;
}

static int to_file(void *ctx, const char *s, size_t n, struct err *err)
{
    if (fwrite(s, 1, n, ctx) == n)
        return 0;
    return err_errno(err, ERR_OUTPUT, "", "cannot write");
}

int template_render_file(const struct template *t,
                         const struct template_source *source,
                         const struct template_value *root, FILE *f,
                         struct err *err)
{
    return template_render(t, source, root, to_file, f, err);
}
