/*
 * rule_place.c - where in a rule's file something stands, for messages.
 */
#include "core/base.h"

#include "analyze/rule_place.h"
#include "analyze/rule_text.h"
#include "core/text.h"

void rule_place(const struct rule *r, const char *at, long *line, long *column)
{
    const char *s, *start = r->text;

    *line = 1;
    for (s = r->text; s < at && *s; s++)
        if (*s == '\n') {
            (*line)++;
            start = s + 1;
        }
    *column = (long)utf8_length(start, (size_t)(at - start)) + 1;
}

/* ----------------------------------------------------------- the header */

static const char *next_line(const char *s)
{
    s += strcspn(s, "\n");
    return *s ? s + 1 : s;
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* "word" as a word of its own between "s" and "end", or NULL. */
static const char *find_word(const char *s, const char *end, const char *word)
{
    size_t n = strlen(word);
    const char *begin = s;

    for (; n && s + n <= end; s++)
        if (memcmp(s, word, n) == 0 &&
            (s == begin || !is_word_byte(s[-1]) || !is_word_byte(*word)) &&
            (s + n == end || !is_word_byte(s[n]) || !is_word_byte(word[n - 1])))
            return s;
    return NULL;
}

const char *rule_header_word(const struct rule *r, const char *key,
                             const char *word)
{
    size_t n = strlen(key);
    const char *s, *value, *end, *found;

    for (s = r->text; *s && s < r->sql; s = next_line(s))
        if (strncmp(s, "-- ", 3) == 0 && strncmp(s + 3, key, n) == 0 &&
            s[3 + n] == ':')
            break;
    if (!*s || s >= r->sql)
        return NULL;
    value = s + 3 + n + 1;
    value += strspn(value, " \t");
    for (end = next_line(s); strncmp(end, "--   ", 5) == 0;)
        end = next_line(end);
    found = word ? find_word(value, end, word) : NULL;
    return found ? found : value;
}

const char *rule_header_lookalike(const struct rule *r, const char *key)
{
    size_t n = strlen(key), i;
    const char *s, *word;

    for (s = r->text; *s; s = next_line(s)) {
        for (word = s; *word == '-' || *word == '#' || *word == '/' ||
                       *word == '*' || *word == ' ' || *word == '\t';
             word++)
            ;
        for (i = 0; i < n && ascii_lower(word[i]) == key[i]; i++)
            ;
        word += n;
        if (i == n && word[strspn(word, " \t")] == ':')
            return s;
    }
    return NULL;
}

/* ------------------------------------------------------------- the SELECT */

const char *rule_first_word(const struct rule *r)
{
    struct token t;

    token_next(r->sql, &t);
    return t.at;
}

const char *rule_word(const struct rule *r, const char *word)
{
    size_t n = strlen(word);
    const char *s = r->sql;
    struct token t;

    for (s = token_next(s, &t); t.text[0]; s = token_next(s, &t)) {
        if (t.name && ascii_casecmp(t.text, word) == 0)
            return t.at;
        if (token_is(&t, "'") && (size_t)(t.end - t.at) == n + 2 &&
            memcmp(t.at + 1, word, n) == 0)
            return t.at;
    }
    return rule_first_word(r);
}

/* The closing quote; doubled ones stand for themselves. */
static const char *quote_end(const char *s)
{
    char quote = *s == '[' ? ']' : *s;

    for (s++; *s; s++)
        if (*s == quote) {
            if (s[1] != quote || quote == ']')
                return s + 1;
            s++;
        }
    return NULL;
}

const char *rule_unclosed(const struct rule *r)
{
    const char *s = r->sql, *end;

    while (*s) {
        if (s[0] == '-' && s[1] == '-') {
            s += strcspn(s, "\n");
            continue;
        }
        end = s + 1;
        if (s[0] == '/' && s[1] == '*') {
            end = strstr(s + 2, "*/");
            end = end ? end + 2 : NULL;
        } else if (*s == '\'' || *s == '"' || *s == '`' || *s == '[') {
            end = quote_end(s);
        }
        if (!end)
            return s;
        s = end;
    }
    return NULL;
}
