/*
 * template_context.c - following HTML just closely enough.
 *
 * This is no parser of HTML: it knows what ends a tag, a value, a comment and
 * a script, and takes anything doubtful for the stricter case.
 */
#include "core/base.h"

#include "core/text.h"
#include "report/template_context.h"

static void name_add(char *name, char c)
{
    size_t n = strlen(name);

    if (n + 1 < HTML_NAME_MOST) {
        name[n] = ascii_lower(c);
        name[n + 1] = '\0';
    }
}

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static void tail_add(struct html_context *c, char ch)
{
    c->tail[0] = c->tail[1];
    c->tail[1] = c->tail[2];
    c->tail[2] = ch;
}

/* The end of a tag: text again, or the code of a script or style. */
static void end_tag(struct html_context *c)
{
    bool code = is(c->tag, "script") || is(c->tag, "style");

    c->state = HTML_TEXT;
    c->inside[0] = '\0';
    if (code)
        memcpy(c->inside, c->tag, sizeof(c->inside));
    c->attr[0] = '\0';
}

/* In code only the closing tag of the same element counts. */
static void feed_code(struct html_context *c, char ch)
{
    size_t n = strlen(c->tag);

    if (ch == '<') {
        c->tag[0] = '\0';
        name_add(c->tag, '<');
    } else if (c->tag[0] == '<' &&
               ((n == 1 && ch == '/') || isalpha((unsigned char)ch))) {
        name_add(c->tag, ch);
        if (strncmp(c->tag, "</", 2) == 0 && is(c->tag + 2, c->inside)) {
            memmove(c->tag, c->tag + 1, strlen(c->tag));
            c->inside[0] = '\0';
            c->state = HTML_TAG;
        }
    } else {
        c->tag[0] = '\0';
    }
}

static void feed_text(struct html_context *c, char ch)
{
    if (c->inside[0])
        feed_code(c, ch);
    else if (ch == '<')
        c->state = HTML_TAG_OPEN;
}

static void feed_tag_open(struct html_context *c, char ch)
{
    c->tag[0] = c->attr[0] = '\0';
    memset(c->tail, 0, sizeof(c->tail));
    if (ch == '!' || ch == '?') {
        c->state = HTML_MARKUP;
    } else if (ch == '/' || isalpha((unsigned char)ch)) {
        c->state = HTML_TAG_NAME;
        name_add(c->tag, ch);
    } else {
        c->state = HTML_TEXT;
    }
}

static void start_value(struct html_context *c, char ch)
{
    c->value_len = 0;
    c->fragment = false;
    c->quote = ch;
    c->state = ch == '"' || ch == '\'' ? HTML_QUOTED : HTML_UNQUOTED;
}

static void feed_between(struct html_context *c, char ch)
{
    if (ch == '>') {
        end_tag(c);
    } else if (ch == '=') {
        c->state = HTML_ATTR_VALUE;
    } else if (!ascii_isspace(ch) && ch != '/') {
        c->state = HTML_ATTR_NAME;
        c->attr[0] = '\0';
        name_add(c->attr, ch);
    }
}

static void feed_name(struct html_context *c, char ch)
{
    if (ch == '>')
        end_tag(c);
    else if (ch == '=')
        c->state = HTML_ATTR_VALUE;
    else if (ascii_isspace(ch) || ch == '/')
        c->state = HTML_TAG;
    else if (c->state == HTML_TAG_NAME)
        name_add(c->tag, ch);
    else
        name_add(c->attr, ch);
}

static void feed_value(struct html_context *c, char ch)
{
    if (c->state == HTML_QUOTED ? ch == c->quote : ascii_isspace(ch)) {
        c->state = HTML_TAG;
        c->attr[0] = '\0';
    } else if (c->state == HTML_UNQUOTED && ch == '>') {
        end_tag(c);
    } else {
        if (c->value_len++ == 0)
            c->fragment = ch == '#';
    }
}

static void feed_markup(struct html_context *c, char ch)
{
    if (c->state == HTML_COMMENT) {
        if (ch == '>' && c->tail[1] == '-' && c->tail[2] == '-')
            c->state = HTML_TEXT;
        tail_add(c, ch);
        return;
    }
    tail_add(c, ch);
    if (c->tail[0] == '\0' && c->tail[1] == '-' && c->tail[2] == '-')
        c->state = HTML_COMMENT;
    else if (ch == '>')
        c->state = HTML_TEXT;
}

static void feed(struct html_context *c, char ch)
{
    switch (c->state) {
    case HTML_TEXT:
        feed_text(c, ch);
        break;
    case HTML_TAG_OPEN:
        feed_tag_open(c, ch);
        break;
    case HTML_TAG:
        feed_between(c, ch);
        break;
    case HTML_TAG_NAME:
    case HTML_ATTR_NAME:
        feed_name(c, ch);
        break;
    case HTML_ATTR_VALUE:
        if (ch == '>')
            end_tag(c);
        else if (!ascii_isspace(ch))
            start_value(c, ch);
        break;
    case HTML_QUOTED:
    case HTML_UNQUOTED:
        feed_value(c, ch);
        break;
    case HTML_MARKUP:
    case HTML_COMMENT:
        feed_markup(c, ch);
        break;
    }
}

size_t html_context_feed(struct html_context *c, const char *s, size_t n,
                         const char **why)
{
    size_t i;

    for (i = 0; i < n; i++) {
        feed(c, s[i]);
        if (c->state != HTML_ATTR_VALUE)
            continue;
        *why = text_starts(c->attr, "on")
                   ? "event handlers do not run under the report's policy"
               : is(c->attr, "style")
                   ? "style attributes do not work under the report's policy"
                   : NULL;
        if (*why)
            return i;
    }
    return n;
}

static bool url_attribute(const char *attr)
{
    static const char *const names[] = {
        "href",     "src",    "action",    "formaction", "srcset",
        "poster",   "data",   "cite",      "background", "ping",
        "manifest", "srcdoc", "xlink:href"};
    size_t i;

    for (i = 0; i < COUNT_OF(names); i++)
        if (is(attr, names[i]))
            return true;
    return false;
}

static const char *quoted_value(struct html_context *c, enum template_kind kind)
{
    if (kind == TEMPLATE_MARKUP || kind == TEMPLATE_CODE)
        return "markup cannot stand in an attribute";
    if (url_attribute(c->attr) && kind != TEMPLATE_URL && !c->fragment)
        return "only a URL can stand in this attribute";
    c->value_len++;
    return NULL;
}

static const char *text_value(struct html_context *c, enum template_kind kind,
                              bool raw)
{
    if (c->inside[0])
        return kind == TEMPLATE_CODE && raw
                   ? NULL
                   : "only code of the program can stand in a script or style";
    if (kind == TEMPLATE_CODE)
        return "code can stand in a script or style only";
    if (raw && kind != TEMPLATE_MARKUP)
        return "only markup of the program may be printed raw";
    if (!raw && kind == TEMPLATE_MARKUP)
        return "markup of the program is printed raw, with three braces";
    return NULL;
}

const char *html_context_value(struct html_context *c, enum template_kind kind,
                               bool raw)
{
    switch (c->state) {
    case HTML_TEXT:
        return text_value(c, kind, raw);
    case HTML_QUOTED:
        return raw ? "nothing may be printed raw in an attribute"
                   : quoted_value(c, kind);
    case HTML_COMMENT:
    case HTML_MARKUP:
        return "a value cannot stand in a comment";
    case HTML_UNQUOTED:
    case HTML_ATTR_VALUE:
        return "the attribute needs quotes";
    default:
        return "a value cannot stand inside a tag";
    }
}

static enum html_state coarse(enum html_state s)
{
    return s == HTML_ATTR_NAME || s == HTML_TAG_NAME ? HTML_TAG : s;
}

bool html_context_same(const struct html_context *a,
                       const struct html_context *b)
{
    if (coarse(a->state) != coarse(b->state) || !is(a->inside, b->inside))
        return false;
    if (a->state == HTML_QUOTED)
        return a->quote == b->quote && is(a->attr, b->attr);
    return true;
}

const char *html_context_name(const struct html_context *c)
{
    switch (c->state) {
    case HTML_TEXT:
        return c->inside[0] ? "a script or style" : "text";
    case HTML_QUOTED:
    case HTML_UNQUOTED:
    case HTML_ATTR_VALUE:
        return "an attribute";
    case HTML_MARKUP:
    case HTML_COMMENT:
        return "a comment";
    default:
        return "a tag";
    }
}
