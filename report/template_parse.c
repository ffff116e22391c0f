/*
 * template_parse.c - from text to nodes.
 *
 * The one difficult thing is whitespace: a line that holds nothing but a tag
 * that prints nothing itself is taken away whole, and what stood before an
 * including tag becomes the indentation of what is included. So text is kept
 * line by line, and the start of a line can be taken back.
 */
#include "core/base.h"

#include "core/text.h"
#include "report/template_node.h"

#define DELIMITER_MOST 16

struct parser {
    struct template_file *file;
    const char *s; /* the source */
    size_t len;
    size_t at;
    size_t placed, placed_bol; /* where line "placed_line" was last counted */
    long placed_line;
    bool line_start; /* nothing of this line is in a node yet */
    char open[DELIMITER_MOST], close[DELIMITER_MOST];
    struct {
        struct node_list *list; /* its children receive nodes */
        char kind;              /* # ^ < $, 0 for the file itself */
        const char *name;
        long line, column;
        bool left;  /* < and $: only whitespace before the opening tag */
        bool right; /* and only whitespace after it */
    } stack[TEMPLATE_NESTING];
    size_t depth;
    struct err *err;
};

struct tag {
    char kind;         /* 0 for {{name}}, { for {{{name}}} */
    size_t start, end; /* in the source, delimiters included */
    const char *name;
    size_t name_len;
};

/* Line and column of an offset; offsets mostly ascend, so counting goes on
 * from the last one. */
static void place(struct parser *p, size_t at, long *line, long *column)
{
    size_t i;

    if (at < p->placed) {
        p->placed = p->placed_bol = 0;
        p->placed_line = 0;
    }
    for (; p->placed < at; p->placed++) {
        if (p->s[p->placed] == '\n') {
            p->placed_line++;
            p->placed_bol = p->placed + 1;
        }
    }
    *line = p->placed_line + 1;
    *column = 1;
    for (i = p->placed_bol; i < at; i++)
        *column += ((unsigned char)p->s[i] & 0xc0) != 0x80;
}

static int fail(struct parser *p, size_t at, const char *what,
                const char *subject, size_t n)
{
    long line, column;

    place(p, at, &line, &column);
    return err_at(p->err, ERR_CONFIG, p->file->shown, line, column,
                  "%s%s%.*s%s", what, n ? " \"" : "", (int)(n > 60 ? 60 : n),
                  subject, n ? "\"" : "");
}

static struct node_list *target(struct parser *p)
{
    return p->stack[p->depth].list;
}

/* Append a node; the pointer is good until the next append to its list. */
static struct node *append(struct parser *p, enum node_type type, size_t at)
{
    struct node_list *list = target(p);
    struct node *v;

    if (list->n == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 8;
        v = realloc(list->v, list->cap * sizeof(*v));
        if (!v) {
            err_nomem(p->err);
            return NULL;
        }
        list->v = v;
    }
    v = &list->v[list->n++];
    *v = (struct node){.type = type};
    place(p, at, &v->line, &v->column);
    return v;
}

/* Directly inside {{<parent}} nothing but blocks matters. */
static bool ignoring(const struct parser *p)
{
    return p->stack[p->depth].kind == '<';
}

/* Text up to "end", one node a line. */
static int add_text(struct parser *p, size_t end)
{
    const char *nl;
    struct node *node;
    size_t n;

    while (p->at < end) {
        nl = memchr(p->s + p->at, '\n', end - p->at);
        n = nl ? (size_t)(nl - p->s) + 1 - p->at : end - p->at;
        if (!ignoring(p)) {
            if (p->line_start && !append(p, NODE_INDENT, p->at))
                return -1;
            node = append(p, NODE_TEXT, p->at);
            if (!node)
                return -1;
            node->text = p->s + p->at;
            node->len = n;
        }
        p->at += n;
        p->line_start = nl != NULL;
    }
    return 0;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Whether only blanks stand between the start of the line and "at". */
static bool left_clear(const struct parser *p, size_t at)
{
    while (at > 0 && blank(p->s[at - 1]))
        at--;
    return at == 0 || p->s[at - 1] == '\n';
}

/* Whether only blanks follow until the line or the text ends; *next is then
 * where the next line starts. */
static bool right_clear(const struct parser *p, size_t at, size_t *next)
{
    while (at < p->len && blank(p->s[at]))
        at++;
    if (at < p->len && p->s[at] == '\r' && at + 1 < p->len &&
        p->s[at + 1] == '\n')
        at++;
    if (at < p->len && p->s[at] != '\n')
        return false;
    *next = at < p->len ? at + 1 : at;
    return true;
}

/* Take back what "list" has of the current line, INDENT and blanks; returns
 * the blanks. */
static const char *take_lead(struct parser *p, struct node_list *list,
                             size_t *len)
{
    const char *lead = "";

    *len = 0;
    if (p->line_start || ignoring(p))
        return lead;
    if (list->n && list->v[list->n - 1].type == NODE_TEXT) {
        lead = list->v[list->n - 1].text;
        *len = list->v[list->n - 1].len;
        list->n--;
    }
    if (list->n && list->v[list->n - 1].type == NODE_INDENT)
        list->n--;
    return lead;
}

/* ------------------------------------------------------------- tags ----- */

static const char *find(const char *s, size_t n, const char *what)
{
    size_t len = strlen(what);

    for (; n >= len; s++, n--)
        if (*s == *what && memcmp(s, what, len) == 0)
            return s;
    return NULL;
}

/* Read the tag whose opening delimiter is at p->at. */
static int read_tag(struct parser *p, struct tag *tag)
{
    const char *end, *closing = p->close;
    char wanted[DELIMITER_MOST + 2];
    size_t at = p->at + strlen(p->open);

    tag->start = p->at;
    tag->kind = 0;
    while (at < p->len && ascii_isspace(p->s[at]))
        at++;
    if (at < p->len && strchr("#^/>!=<$&{", p->s[at]) && p->s[at])
        tag->kind = p->s[at++];
    if (tag->kind == '{' || tag->kind == '=') {
        snprintf(wanted, sizeof(wanted), "%c%s", tag->kind == '{' ? '}' : '=',
                 p->close);
        closing = wanted;
    }
    end = find(p->s + at, p->len - at, closing);
    if (!end)
        return fail(p, tag->start, "tag is not closed", "", 0);
    tag->end = (size_t)(end - p->s) + strlen(closing);
    while (at < (size_t)(end - p->s) && ascii_isspace(p->s[at]))
        at++;
    tag->name = p->s + at;
    while (end > tag->name && ascii_isspace(end[-1]))
        end--;
    tag->name_len = (size_t)(end - tag->name);
    return 0;
}

static bool name_ok(const struct tag *tag)
{
    size_t i;

    for (i = 0; i < tag->name_len; i++)
        if (ascii_isspace(tag->name[i]) || tag->name[i] == '\0')
            return false;
    return tag->name_len > 0 && tag->name_len < 128;
}

static int set_delimiters(struct parser *p, const struct tag *tag)
{
    size_t i = 0, n, first;

    while (i < tag->name_len && !ascii_isspace(tag->name[i]))
        i++;
    first = i;
    while (i < tag->name_len && ascii_isspace(tag->name[i]))
        i++;
    n = tag->name_len - i;
    if (first == 0 || n == 0 || first >= DELIMITER_MOST ||
        n >= DELIMITER_MOST || memchr(tag->name, '=', tag->name_len) ||
        memchr(tag->name + i, ' ', n))
        return fail(p, tag->start, "expected two delimiters, found", tag->name,
                    tag->name_len);
    memcpy(p->open, tag->name, first);
    p->open[first] = '\0';
    memcpy(p->close, tag->name + i, n);
    p->close[n] = '\0';
    return 0;
}

static struct node *add_tag(struct parser *p, enum node_type type,
                            const struct tag *tag)
{
    struct node *node;
    char *name = strndup(tag->name, tag->name_len);

    if (!name) {
        err_nomem(p->err);
        return NULL;
    }
    if (p->line_start && !ignoring(p) && !append(p, NODE_INDENT, 0)) {
        free(name);
        return NULL;
    }
    p->line_start = false;
    node = append(p, type, tag->start);
    if (!node)
        free(name);
    else
        node->name = name;
    return node;
}

static int open_tag(struct parser *p, const struct tag *tag, struct node *node,
                    bool left, bool right)
{
    size_t d = ++p->depth;

    if (d == TEMPLATE_NESTING)
        return fail(p, tag->start, "sections are nested too deeply", "", 0);
    p->stack[d].list = &node->children;
    p->stack[d].kind = tag->kind;
    p->stack[d].name = node->name;
    p->stack[d].line = node->line;
    p->stack[d].column = node->column;
    p->stack[d].left = left;
    p->stack[d].right = right;
    return 0;
}

/* ------------------------------------------------ parents and blocks ----- */

/* The blanks that start the first line of a block's content. */
static bool content_indent(const struct node *block, const char **s, size_t *n)
{
    const struct node_list *c = &block->children;
    size_t i;

    if (c->n == 0)
        return false;
    if (c->v[0].type != NODE_INDENT) {
        /* A standalone tag took its own line, or text is beside the tag. */
        *s = c->v[0].indent;
        *n = c->v[0].indent_len;
        return c->v[0].indent_len > 0;
    }
    *s = "";
    *n = 0;
    if (c->n > 1 && c->v[1].type == NODE_TEXT) {
        *s = c->v[1].text;
        for (i = 0; i < c->v[1].len && blank(c->v[1].text[i]); i++)
            ++*n;
    }
    return true;
}

static void strip(const char **s, size_t *len, const char *prefix, size_t n)
{
    size_t i;

    for (i = 0; i < n && i < *len && (*s)[i] == prefix[i]; i++)
        ;
    *s += i;
    *len -= i;
}

/* Take "prefix" from the start of every line of a block's content. */
static void dedent(struct node_list *list, const char *prefix, size_t n)
{
    size_t i;

    for (i = 0; i < list->n; i++) {
        struct node *node = &list->v[i];

        if (node->type == NODE_TEXT && i && list->v[i - 1].type == NODE_INDENT)
            strip(&node->text, &node->len, prefix, n);
        if (node->indent_len)
            strip(&node->indent, &node->indent_len, prefix, n);
        dedent(&node->children, prefix, n);
    }
}

/*
 * A block is closed. Where only blanks stand around its tags, those go: its
 * indentation is kept for what will replace the content, and a line end after
 * a block that shares its last line is printed after the replacement.
 */
static void close_block(struct parser *p, const struct tag *tag, size_t *next)
{
    size_t d = p->depth, lead_len;
    struct node_list *outer = p->stack[d - 1].list;
    struct node *block = &outer->v[outer->n - 1];
    bool argument = p->stack[d - 1].kind == '<';
    bool own_line = p->stack[d].right, left = left_clear(p, tag->start);
    const char *s;
    size_t n, end;

    if (left && (argument || right_clear(p, tag->end, &end)))
        take_lead(p, &block->children, &lead_len);
    if (argument) {
        if (content_indent(block, &s, &n))
            dedent(&block->children, s, n);
        return;
    }
    if (own_line && content_indent(block, &s, &n)) {
        block->indent = s;
        block->indent_len = n;
    }
    if (!p->stack[d].left || !right_clear(p, tag->end, &end))
        return;
    if (!left) {
        block->text = p->s + tag->end;
        block->len = end - tag->end;
    }
    *next = end;
    p->line_start = true;
}

/* A parent is standalone when blanks stand before its opening and after its
 * closing tag; else the blanks are its first line's alone. */
static void close_parent(struct parser *p, const struct tag *tag, size_t *next)
{
    struct node_list *outer = p->stack[p->depth - 1].list;
    size_t end;

    if (!p->stack[p->depth].left)
        return;
    if (right_clear(p, tag->end, &end)) {
        *next = end;
        p->line_start = true;
    } else {
        outer->v[outer->n - 1].inline_lead = true;
    }
}

static int wrong_close(struct parser *p, const struct tag *tag)
{
    fail(p, tag->start, "expected another closing tag, found", tag->name,
         tag->name_len);
    return err_hint(p->err, "{{%c%s}} of line %ld is still open",
                    p->stack[p->depth].kind, p->stack[p->depth].name,
                    p->stack[p->depth].line);
}

static int close_tag(struct parser *p, const struct tag *tag, size_t *next)
{
    char kind = p->stack[p->depth].kind;
    size_t len, end;

    if (p->depth == 0)
        return fail(p, tag->start,
                    "nothing is open that this closes:", tag->name,
                    tag->name_len);
    if (strlen(p->stack[p->depth].name) != tag->name_len ||
        memcmp(p->stack[p->depth].name, tag->name, tag->name_len) != 0)
        return wrong_close(p, tag);
    if (kind == '$') {
        close_block(p, tag, next);
    } else if (kind == '<') {
        close_parent(p, tag, next);
    } else if (left_clear(p, tag->start) && right_clear(p, tag->end, &end)) {
        take_lead(p, target(p), &len);
        *next = end;
        p->line_start = true;
    } else if (p->line_start) {
        /* The line goes on after the section: its start is inside. */
        if (!append(p, NODE_INDENT, 0))
            return -1;
        p->line_start = false;
    }
    p->depth--;
    return 0;
}

/* Partials, parents and blocks keep the blanks before them. */
static int including_tag(struct parser *p, const struct tag *tag, bool left,
                         bool right, size_t *next)
{
    enum node_type type = tag->kind == '>'   ? NODE_PARTIAL
                          : tag->kind == '<' ? NODE_PARENT
                                             : NODE_BLOCK;
    bool own_line = left && right;
    bool take = tag->kind == '>' ? own_line : left;
    const char *lead = "";
    size_t lead_len = 0;
    struct node *node;

    if (ignoring(p) && tag->kind != '$')
        own_line = take = left = false;
    if (ignoring(p) && tag->kind == '$')
        own_line = right;
    else if (take)
        lead = take_lead(p, target(p), &lead_len);
    if (take)
        p->line_start = false;
    node = add_tag(p, type, tag);
    if (!node)
        return -1;
    node->indent = lead;
    node->indent_len = lead_len;
    if (tag->kind == '>') {
        if (own_line)
            p->line_start = true;
        else
            *next = tag->end;
        return 0;
    }
    node->inline_lead = tag->kind == '$' && take && !own_line;
    if (tag->kind == '<' || !own_line)
        *next = tag->end;
    p->line_start = tag->kind == '$' && own_line;
    return open_tag(p, tag, node, left, own_line);
}

static int section_tag(struct parser *p, const struct tag *tag, bool own_line)
{
    struct node *node;
    size_t len;

    if (own_line) {
        take_lead(p, target(p), &len);
        p->line_start = false;
    }
    node = add_tag(p, tag->kind == '#' ? NODE_SECTION : NODE_INVERTED, tag);
    if (!node || open_tag(p, tag, node, false, false) != 0)
        return -1;
    p->line_start = own_line;
    return 0;
}

/* Comments and delimiters print nothing. */
static int silent_tag(struct parser *p, const struct tag *tag, bool own_line)
{
    size_t len = 0;

    if (own_line) {
        take_lead(p, target(p), &len);
        p->line_start = true;
    }
    return tag->kind == '=' ? set_delimiters(p, tag) : 0;
}

static int value_tag(struct parser *p, const struct tag *tag)
{
    return add_tag(p, tag->kind ? NODE_RAW : NODE_VALUE, tag) ? 0 : -1;
}

static int one_tag(struct parser *p, const struct tag *tag)
{
    size_t next = tag->end, end = tag->end;
    bool left = left_clear(p, tag->start);
    bool right = right_clear(p, tag->end, &end);
    int rc = 0;

    if (tag->kind != '!' && tag->kind != '=' && !name_ok(tag))
        return fail(p, tag->start, "expected a name, found", tag->name,
                    tag->name_len ? tag->name_len : 1);
    if (tag->kind == '!' || tag->kind == '=') {
        rc = silent_tag(p, tag, left && right);
        next = left && right ? end : tag->end;
    } else if (tag->kind == '#' || tag->kind == '^') {
        rc = section_tag(p, tag, left && right);
        next = left && right ? end : tag->end;
    } else if (tag->kind == '/') {
        rc = close_tag(p, tag, &next);
    } else if (strchr("><$", tag->kind) && tag->kind) {
        next = end;
        rc = including_tag(p, tag, left, right, &next);
    } else {
        rc = value_tag(p, tag);
    }
    p->at = next;
    return rc;
}

int template_parse(struct template_file *file, struct err *err)
{
    struct parser p = {.file = file,
                       .s = file->source,
                       .len = file->len,
                       .line_start = true,
                       .open = "{{",
                       .close = "}}",
                       .err = err};
    struct tag tag = {0};
    const char *open;

    p.stack[0].list = &file->nodes;
    while (p.at < p.len) {
        open = find(p.s + p.at, p.len - p.at, p.open);
        if (add_text(&p, open ? (size_t)(open - p.s) : p.len) != 0)
            return -1;
        if (open && (read_tag(&p, &tag) != 0 || one_tag(&p, &tag) != 0))
            return -1;
    }
    if (p.depth > 0)
        return err_at(err, ERR_CONFIG, file->shown, p.stack[p.depth].line,
                      p.stack[p.depth].column, "section {{%c%s}} is not closed",
                      p.stack[p.depth].kind, p.stack[p.depth].name);
    return 0;
}

void node_list_free(struct node_list *list)
{
    size_t i;

    for (i = 0; i < list->n; i++) {
        free(list->v[i].name);
        node_list_free(&list->v[i].children);
    }
    free(list->v);
    *list = (struct node_list){0};
}
