/*
 * answer_token.c - sysadminctl: who holds a secure token, automatic login.
 *
 * People are called by their full name: that is joined to an account only by
 * the question that was asked, or where one account alone has the name; across
 * files once all of them are read.
 */
#include "core/base.h"

#include "ingest/answer_part.h"

/* Note the short name of the question, echoed or printed before the answer. */
static void note_question(struct answer_reader *r, struct slice t)
{
    long at = slice_find(t, "-secureTokenStatus ");
    struct slice w;
    size_t end;

    if (at < 0)
        return;
    w = slice_after(t, (size_t)at + 19);
    while (w.n && strchr("\"'`", w.s[0]))
        w = (struct slice){w.s + 1, w.n - 1};
    for (end = 0; end < w.n && !strchr("\"'` \t;|)&", w.s[end]); end++)
        ;
    w.n = end;
    if (answer_short_name(w) && w.s[0] != '$')
        snprintf(r->asked, sizeof(r->asked), "%.*s", (int)w.n, w.s);
}

/* "alice: 2026-... Secure token is ...": the name before the answer. */
static struct slice name_before(struct slice t, long at)
{
    struct slice head = slice_trim((struct slice){t.s, (size_t)at});
    const char *colon = memchr(head.s, ':', head.n);

    if (!colon)
        return (struct slice){"", 0};
    head.n = (size_t)(colon - head.s);
    /* a time stamp has a colon too */
    if (head.n >= 10 && head.s[4] == '-' && head.s[7] == '-')
        return (struct slice){"", 0};
    head = slice_trim(head);
    return answer_short_name(head) ? head : (struct slice){"", 0};
}

bool answer_token(struct answer_reader *r, struct slice t)
{
    long at = slice_find(t, "Secure token is ");
    struct slice word, full, name;
    json_t *u, *pair;
    bool on;

    note_question(r, t);
    if (at < 0)
        return slice_has(t, "Unknown user ") || slice_has(t, "sysadminctl ");
    word = slice_after(t, (size_t)at + 16);
    on = slice_starts(word, "ENABLED for user ");
    if (!on && !slice_starts(word, "DISABLED for user "))
        return true;
    full = slice_after(word, on ? 17 : 18);
    name = name_before(t, at);
    if (name.n == 0 && r->asked[0])
        name = (struct slice){r->asked, strlen(r->asked)};
    if (name.n > 0) {
        u = answer_user(r, name, true);
        answer_set(r, u, "secure_token", json_boolean(on));
        if (!json_object_get(u, "full_name") && full.n != name.n)
            answer_set_text(r, u, "full_name", full);
    } else {
        pair = json_object();
        answer_set(r, pair, "full_name", json_stringn(full.s, full.n));
        answer_set(r, pair, "secure_token", json_boolean(on));
        json_array_append_new(r->full, pair);
    }
    r->asked[0] = '\0';
    return true;
}

bool answer_auto_login(struct answer_reader *r, struct slice t)
{
    if (!slice_has(t, "Automatic login "))
        return false;
    if (slice_has(t, "Automatic login user:") ||
        slice_has(t, "Automatic login is ON"))
        answer_set_bool(r, "auto_login", true);
    else if (slice_has(t, "Automatic login is OFF") ||
             slice_has(t, "Automatic login is disabled"))
        answer_set_bool(r, "auto_login", false);
    return true;
}

/* The one account of the text that has this full name, else NULL. */
static json_t *only_one(const struct answer_reader *r, const char *full)
{
    json_t *found = NULL;
    size_t k;

    for (k = 0; k < json_array_size(r->users); k++) {
        json_t *u = json_array_get(r->users, k);
        const char *name = json_string_value(json_object_get(u, "full_name"));

        if (!name || strcmp(name, full) != 0)
            continue;
        if (found)
            return NULL;
        found = u;
    }
    return found;
}

/* Answers by full name go to the one account that has it. Where the text does
 * not say whose it is, another file may: they stay accounts without a name. */
void answer_token_join(struct answer_reader *r)
{
    json_t *left = json_array();
    size_t i;

    for (i = 0; i < json_array_size(r->full); i++) {
        json_t *pair = json_array_get(r->full, i), *found;
        const char *full =
            json_string_value(json_object_get(pair, "full_name"));

        found = full ? only_one(r, full) : NULL;
        if (found)
            json_object_set(found, "secure_token",
                            json_object_get(pair, "secure_token"));
        else
            json_array_append(left, pair);
    }
    if (json_array_extend(r->users, left) != 0)
        r->failed = true;
    json_decref(left);
}
