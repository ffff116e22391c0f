/*
 * json_quick.c - see json_quick.h.
 *
 * Every function moves "at" past what it took, and says NULL or false at the
 * first byte that is not plain.
 */
#include "core/base.h"

#include "ingest/json_quick.h"

struct plain {
    const char *at, *end;
};

/* A text of "len" bytes as it stands in the file. */
struct raw {
    const char *text;
    size_t len;
};

static json_t *value(struct plain *p);

/* The next byte that is no white space, not taken; 0 at the end. */
static char next(struct plain *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' ||
                              *p->at == '\r' || *p->at == '\t'))
        p->at++;
    return p->at < p->end ? *p->at : '\0';
}

static bool take(struct plain *p, char c)
{
    if (next(p) != c)
        return false;
    p->at++;
    return true;
}

/* A text without escapes and control characters; whether it is UTF-8 is for
 * jansson to say. */
static bool take_text(struct plain *p, struct raw *out)
{
    const char *start, *s;

    if (!take(p, '"'))
        return false;
    start = p->at;
    for (s = start; s < p->end && *s != '"'; s++)
        if ((unsigned char)*s < 0x20 || *s == '\\')
            return false;
    if (s == p->end)
        return false;
    *out = (struct raw){start, (size_t)(s - start)};
    p->at = s + 1;
    return true;
}

static json_t *text(struct plain *p)
{
    struct raw t;

    return take_text(p, &t) ? json_stringn(t.text, t.len) : NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A whole number of up to eighteen digits, which no type overflows at. */
static json_t *number(struct plain *p)
{
    bool minus = *p->at == '-';
    const char *first = p->at + minus, *s = first;
    json_int_t n = 0;

    while (s < p->end && is_digit(*s) && s - first < 18)
        n = 10 * n + (*s++ - '0');
    if (s == first || (*first == '0' && s - first > 1) || s == p->end ||
        is_digit(*s) || *s == '.' || *s == 'e' || *s == 'E')
        return NULL;
    p->at = s;
    return json_integer(minus ? -n : n);
}

static bool take_word(struct plain *p, const char *word, size_t len)
{
    if ((size_t)(p->end - p->at) < len || memcmp(p->at, word, len) != 0)
        return false;
    p->at += len;
    return true;
}

/* "key": value; refused where the object has the key. */
static bool add_member(struct plain *p, json_t *object)
{
    size_t had = json_object_size(object);
    struct raw key;
    json_t *v;

    if (!take_text(p, &key) || !take(p, ':') || !(v = value(p)))
        return false;
    return json_object_setn_new(object, key.text, key.len, v) == 0 &&
           json_object_size(object) == had + 1;
}

static bool add_element(struct plain *p, json_t *array)
{
    json_t *v = value(p);

    return v && json_array_append_new(array, v) == 0;
}

/* What stands between brackets, by commas; the opening one is taken. */
static json_t *members(struct plain *p, json_t *out, char close,
                       bool (*add)(struct plain *, json_t *))
{
    bool good = out != NULL;

    if (good && take(p, close))
        return out;
    while (good && (good = add(p, out)) && !take(p, close))
        good = take(p, ',');
    if (good)
        return out;
    json_decref(out);
    return NULL;
}

static json_t *value(struct plain *p)
{
    switch (next(p)) {
    case '"':
        return text(p);
    case '{':
        p->at++;
        return members(p, json_object(), '}', add_member);
    case '[':
        p->at++;
        return members(p, json_array(), ']', add_element);
    case 't':
        return take_word(p, "true", 4) ? json_true() : NULL;
    case 'f':
        return take_word(p, "false", 5) ? json_false() : NULL;
    case 'n':
        return take_word(p, "null", 4) ? json_null() : NULL;
    default:
        return p->at < p->end ? number(p) : NULL;
    }
}

json_t *json_quick_object(const char *text, size_t len)
{
    struct plain p = {text, text + len};
    json_t *out = len && *text == '{' ? value(&p) : NULL;

    if (out && p.at == p.end)
        return out;
    json_decref(out);
    return NULL;
}
