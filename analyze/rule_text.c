/*
 * rule_text.c - SQL cut into words and marks, and rules into expressions.
 */
#include "core/base.h"

#include "analyze/rule_text.h"
#include "core/text.h"

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}

static const char *skip_blank(const char *s)
{
    for (;;) {
        if (ascii_isspace(*s)) {
            s++;
        } else if (s[0] == '-' && s[1] == '-') {
            s += strcspn(s, "\n");
        } else if (s[0] == '/' && s[1] == '*') {
            const char *end = strstr(s + 2, "*/");

            s = end ? end + 2 : s + strlen(s);
        } else {
            return s;
        }
    }
}

/* The end of a literal or quoted name; doubled quotes stand for one. */
static const char *skip_quoted(const char *s)
{
    char quote = *s++;

    for (; *s; s++)
        if (*s == quote) {
            if (s[1] != quote)
                return s + 1;
            s++;
        }
    return s;
}

const char *token_next(const char *s, struct token *t)
{
    const char *end;
    size_t n, i;

    *t = (struct token){.at = s = skip_blank(s)};
    if (*s == '\'') {
        snprintf(t->text, sizeof(t->text), "'");
        return t->end = skip_quoted(s);
    }
    if (*s == '"') {
        end = skip_quoted(s);
        s++;
        n = (size_t)(end - s) - (end[-1] == '"');
        t->name = true;
    } else if (is_name_byte(*s)) {
        for (end = s; is_name_byte(*end); end++)
            ;
        n = (size_t)(end - s);
        t->name = !(*s >= '0' && *s <= '9');
    } else {
        end = *s ? s + 1 : s;
        n = (size_t)(end - s);
    }
    for (i = 0; i < n && i < sizeof(t->text) - 1; i++)
        t->text[i] = ascii_lower(s[i]);
    return t->end = end;
}

bool token_is(const struct token *t, const char *word)
{
    return strcmp(t->text, word) == 0;
}

/* One item of the list of columns, as far as it is read. */
struct item {
    const char *begin;
    struct token last, before; /* the last two tokens */
    size_t tokens;
};

static bool end_item(const struct rule *r, const struct item *i,
                     struct rule_parts *out)
{
    const char *id = r->account_scope ? "account_id" : "device_id";
    struct rule_part *part = NULL;

    if (i->tokens == 1)
        return token_is(&i->last, id);
    if (i->tokens < 3 || !token_is(&i->before, "as") || !i->last.name)
        return false;
    if (token_is(&i->last, "applies"))
        part = &out->applies;
    else if (token_is(&i->last, "fails"))
        part = &out->fails;
    if (part)
        *part = (struct rule_part){i->begin, (size_t)(i->before.at - i->begin)};
    return true;
}

/* FROM, one view, and nothing but a semicolon. */
static bool only_the_view(const struct rule *r, const char *s)
{
    struct token t;

    s = token_next(s, &t);
    if (!token_is(&t, r->account_scope ? "account_posture" : "device_posture"))
        return false;
    s = token_next(s, &t);
    while (token_is(&t, ";"))
        s = token_next(s, &t);
    return !t.text[0];
}

bool rule_split(const struct rule *r, struct rule_parts *out)
{
    struct item item = {.tokens = 0};
    struct token t;
    const char *s = token_next(r->sql, &t);
    int depth = 0;

    *out = (struct rule_parts){{NULL, 0}, {NULL, 0}};
    if (!token_is(&t, "select"))
        return false;
    for (item.begin = s;; item.before = item.last, item.last = t) {
        s = token_next(s, &t);
        if (!t.text[0] || (depth == 0 && token_is(&t, "select")))
            return false;
        depth += token_is(&t, "(") - token_is(&t, ")");
        if (item.tokens == 0 &&
            (token_is(&t, "distinct") || token_is(&t, "all")))
            return false;
        if (depth == 0 && token_is(&t, "from") &&
            !token_is(&item.last, "distinct"))
            break;
        if (depth == 0 && token_is(&t, ",")) {
            if (!end_item(r, &item, out))
                return false;
            item = (struct item){.begin = s};
            t = (struct token){.at = s};
            continue;
        }
        item.tokens++;
    }
    return end_item(r, &item, out) && out->applies.text && out->fails.text &&
           only_the_view(r, s);
}

/* A part without the blanks around it. */
static void add_term(struct rule_part *out, size_t most, size_t *n,
                     const char *begin, const char *end)
{
    while (begin < end && ascii_isspace(*begin))
        begin++;
    while (end > begin && ascii_isspace(end[-1]))
        end--;
    if (begin < end && *n < most)
        out[(*n)++] = (struct rule_part){begin, (size_t)(end - begin)};
}

size_t rule_terms(struct rule_part whole, struct rule_part *out, size_t most)
{
    const char *s = whole.text, *begin = s, *end = whole.text + whole.len;
    int depth = 0;
    bool between = false; /* its AND joins no truths */
    size_t n = 0;
    struct token t;

    for (s = token_next(s, &t); t.text[0] && t.at < end;
         s = token_next(s, &t)) {
        if (*t.at == '"') /* a name, whatever it is */
            continue;
        depth += token_is(&t, "(") || token_is(&t, "case");
        depth -= token_is(&t, ")") || token_is(&t, "end");
        if (depth > 0)
            continue;
        if (token_is(&t, "between")) {
            between = true;
        } else if (token_is(&t, "and") && between) {
            between = false;
        } else if (token_is(&t, "and") || token_is(&t, "or")) {
            add_term(out, most, &n, begin, t.at);
            begin = t.end;
        }
    }
    add_term(out, most, &n, begin, end);
    return n;
}
