/*
 * mapping_text.c - the text of a mapping: values by key, and errors.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/mapping_text.h"

/* ------------------------------------------------------------------ errors */

/* The line on which "word" stands in quotes for the first time; 0: nowhere. */
static long line_of(const struct parse *p, const char *word)
{
    size_t len = strlen(word), i;
    long line = 1;

    for (i = 0; i + len + 2 <= p->n; i++) {
        if (p->text[i] == '\n')
            line++;
        else if (p->text[i] == '"' && memcmp(p->text + i + 1, word, len) == 0 &&
                 p->text[i + 1 + len] == '"')
            return line;
    }
    return 0;
}

int mapping_bad(const struct parse *p, const char *word, const char *fmt, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return err_at(p->err, ERR_CONFIG, p->name, line_of(p, word), 0, "%s", text);
}

int mapping_check_keys(const struct parse *p, json_t *o, const char *what,
                       const char *const *known, size_t count)
{
    const char *key, *near;
    json_t *v;
    size_t i;

    json_object_foreach(o, key, v)
    {
        if (key[0] == '#') /* a remark */
            continue;
        for (i = 0; i < count && strcmp(key, known[i]) != 0; i++)
            ;
        if (i < count)
            continue;
        mapping_bad(p, key, "%s has no key \"%s\"", what, key);
        near = text_nearest(key, known, count);
        if (near)
            err_hint(p->err, "did you mean \"%s\"?", near);
        return -1;
    }
    return 0;
}

/* ----------------------------------------------------------------- helpers */

char *mapping_copy(const struct parse *p, const char *s)
{
    char *c = strdup(s);

    if (!c)
        err_nomem(p->err);
    return c;
}

int mapping_text(const struct parse *p, json_t *o, const char *key, char **out)
{
    json_t *v = json_object_get(o, key);

    if (!v)
        return 0;
    if (!json_is_string(v))
        return mapping_bad(p, key, "\"%s\" must be a text", key);
    free(*out);
    *out = mapping_copy(p, json_string_value(v));
    return *out ? 0 : -1;
}

int mapping_flag(const struct parse *p, json_t *o, const char *key, bool *out)
{
    json_t *v = json_object_get(o, key);

    if (!v)
        return 0;
    if (!json_is_boolean(v))
        return mapping_bad(p, key, "\"%s\" must be true or false", key);
    *out = json_is_true(v);
    return 0;
}

/* A text or a list of texts. */
int mapping_texts(const struct parse *p, json_t *v, const char *key,
                  char ***out, size_t *count)
{
    size_t n = json_is_array(v) ? json_array_size(v) : 1, i;
    json_t *e;

    *out = calloc(n + 1, sizeof(**out));
    if (!*out)
        return err_nomem(p->err);
    for (i = 0; i < n; i++) {
        e = json_is_array(v) ? json_array_get(v, i) : v;
        if (!json_is_string(e))
            return mapping_bad(p, key,
                               "\"%s\" must be a text or a list of texts", key);
        (*out)[(*count)++] = mapping_copy(p, json_string_value(e));
        if (!(*out)[*count - 1])
            return -1;
    }
    return 0;
}

void mapping_free_texts(char **list, size_t n)
{
    size_t i;

    for (i = 0; list && i < n; i++)
        free(list[i]);
    free(list);
}
