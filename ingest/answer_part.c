/*
 * answer_part.c - facts told of the Mac being read, and what lines hold.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/answer_part.h"

void answer_set(struct answer_reader *r, json_t *o, const char *key, json_t *v)
{
    if (!v || json_object_set_new(o, key, v) != 0)
        r->failed = true;
    r->answers = true;
}

void answer_set_text(struct answer_reader *r, json_t *o, const char *key,
                     struct slice t)
{
    if (t.n > 0)
        answer_set(r, o, key, json_stringn(t.s, t.n));
}

void answer_set_bool(struct answer_reader *r, const char *key, bool v)
{
    answer_set(r, r->mac, key, json_boolean(v));
}

void answer_set_word(struct answer_reader *r, const char *key, const char *word)
{
    answer_set(r, r->mac, key, json_string(word));
}

json_t *answer_user(struct answer_reader *r, struct slice name, bool make)
{
    json_t *u;
    size_t i;

    for (i = 0; i < json_array_size(r->users); i++) {
        u = json_array_get(r->users, i);
        if (slice_is(name, json_string_value(json_object_get(u, "account"))))
            return u;
    }
    if (!make || name.n == 0)
        return NULL;
    u = json_object();
    answer_set(r, u, "account", json_stringn(name.s, name.n));
    if (json_array_append_new(r->users, u) != 0)
        r->failed = true;
    return u;
}

/* YES, NO; -1 for anything else. */
int answer_yes_no(struct slice t)
{
    while (t.n && t.s[t.n - 1] == '.')
        t.n--;
    if (slice_is(t, "yes"))
        return 1;
    return slice_is(t, "no") ? 0 : -1;
}

/* "X" too: people mask parts of what they share. */
static bool hex(char c)
{
    return (c >= '0' && c <= '9') || c == 'X' ||
           (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

/* A UUID at "s"; copied in upper case. */
bool answer_uuid_at(struct slice t, size_t at, char out[40])
{
    size_t i;

    if (at + 36 > t.n)
        return false;
    for (i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? t.s[at + i] != '-' : !hex(t.s[at + i]))
            return false;
        out[i] = ascii_upper(t.s[at + i]);
    }
    out[36] = '\0';
    return true;
}

long answer_find_uuid(struct slice t, char out[40])
{
    size_t i;

    for (i = 0; i + 36 <= t.n; i++)
        if (answer_uuid_at(t, i, out))
            return (long)i;
    return -1;
}

bool answer_short_name(struct slice t)
{
    size_t i;

    if (t.n == 0 || t.n > 120)
        return false;
    for (i = 0; i < t.n; i++)
        if ((unsigned char)t.s[i] <= ' ' ||
            strchr("\"'<>(){}[]:;=|?*,/\\", t.s[i]))
            return false;
    return true;
}
