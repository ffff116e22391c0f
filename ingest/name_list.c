/*
 * name_list.c - lists of account names, as cells hold them.
 *
 * Refusing is the safe answer: a sentence taken for names would invent
 * accounts. So a list split at blanks must look like short names throughout,
 * and no name of any list may hold a blank.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/name_list.h"
#include "ingest/slice.h"

#include <jansson.h>

#define NAMES_UNKNOWN (-3)

/* Is the text these words, whatever stands between them? A product may have
 * split a sentence into a list: "No", "Users". */
static bool says(struct slice t, const char *words)
{
    static const char between[] = " \t\r\n,\"'";
    size_t i = 0;

    for (; *words; words++) {
        if (*words != ' ') {
            if (i == t.n || ascii_lower(t.s[i++]) != *words)
                return false;
            continue;
        }
        if (i == t.n || !strchr(between, t.s[i]))
            return false;
        while (i < t.n && strchr(between, t.s[i]))
            i++;
    }
    return i == t.n;
}

/* What scripts print where nobody is on the list. */
static bool nobody(struct slice t)
{
    static const char *const words[] = {"none",
                                        "no users",
                                        "no user",
                                        "none found",
                                        "no users found",
                                        "no one",
                                        "nobody",
                                        "no secure token users",
                                        "no secure token user",
                                        "no secure token holders",
                                        "no secure token holder",
                                        "no securetoken users",
                                        "no users have a secure token",
                                        "no users have secure tokens",
                                        "no users have a securetoken",
                                        "no secure tokens",
                                        "no token holders",
                                        "no holders",
                                        "no tokens",
                                        "no volume owners",
                                        "no admins",
                                        "no filevault users",
                                        "[]",
                                        "()",
                                        "<none>",
                                        "(none)"};
    size_t i;

    while (t.n && (t.s[t.n - 1] == '.' || t.s[t.n - 1] == '!'))
        t.n--;
    for (i = 0; i < COUNT_OF(words); i++)
        if (says(t, words[i]))
            return true;
    return false;
}

const char *name_list_at(const struct name_list *n, size_t i, size_t *len)
{
    *len = n->items[i].len;
    return n->text.data + n->items[i].at;
}

void name_list_add(struct name_list *n, const char *s, size_t len, int admin,
                   bool again)
{
    struct name *p;
    size_t i, k;

    for (i = 0; !again && i < n->count; i++) {
        const char *have = name_list_at(n, i, &k);

        if (k == len && ascii_ncasecmp(have, s, len) == 0) {
            if (n->items[i].admin < 0)
                n->items[i].admin = admin;
            return;
        }
    }
    if (n->count == n->cap) {
        p = realloc(n->items, (n->cap ? n->cap * 2 : 16) * sizeof(*p));
        if (!p) {
            n->failed = true;
            return;
        }
        n->items = p;
        n->cap = n->cap ? n->cap * 2 : 16;
    }
    n->items[n->count++] = (struct name){n->text.len, len, admin};
    strbuf_add(&n->text, s, len);
    n->failed = n->failed || !strbuf_ok(&n->text);
}

void name_list_reset(struct name_list *n)
{
    n->count = 0;
    n->partial = false;
    strbuf_reset(&n->text);
}

void name_list_free(struct name_list *n)
{
    strbuf_free(&n->text);
    free(n->items);
    *n = (struct name_list){0};
}

/* A short name: no blank, no quote, no sign that a sentence or code uses. */
static bool plausible(struct slice t)
{
    size_t i;

    if (t.n == 0 || t.n > 255)
        return false;
    for (i = 0; i < t.n; i++)
        if ((unsigned char)t.s[i] <= ' ' || strchr("\"'<>(){}[]:;=|?*", t.s[i]))
            return false;
    return t.s[t.n - 1] != '.' && t.s[0] != '-';
}

/* One that is no word of a sentence: lower case, digits, dots... */
static bool plainly_short(struct slice t)
{
    size_t i;

    if (!plausible(t))
        return false;
    for (i = 0; i < t.n; i++)
        if (t.s[i] >= 'A' && t.s[i] <= 'Z')
            return false;
    return true;
}

/* A code or a count: "2" is nobody's name. */
static bool small_number(struct slice t)
{
    size_t i;

    for (i = 0; i < t.n; i++)
        if (t.s[i] < '0' || t.s[i] > '9')
            return false;
    return t.n <= 3;
}

/* What scripts print where they could not look. */
static bool no_answer(struct slice t)
{
    static const char *const words[] = {"unknown",
                                        "error",
                                        "n/a",
                                        "na",
                                        "null",
                                        "nil",
                                        "undefined",
                                        "failed",
                                        "unsupported",
                                        "not",
                                        "true",
                                        "false",
                                        "yes",
                                        "no",
                                        "on",
                                        "off",
                                        "enabled",
                                        "disabled",
                                        "missing",
                                        "present",
                                        "pending",
                                        "valid",
                                        "invalid",
                                        "escrowed",
                                        "unavailable",
                                        "timeout",
                                        "denied",
                                        "notfound",
                                        "not_found",
                                        "undetermined",
                                        "notsupported",
                                        "not_supported",
                                        "-"};
    size_t i;

    if (small_number(t))
        return true;
    for (i = 0; i < COUNT_OF(words); i++)
        if (slice_is(t, words[i]))
            return true;
    return false;
}

/* Words that make sentences: where names would stand between blanks, one of
 * these says that it is a message, and no list. */
static bool of_a_sentence(struct slice t)
{
    static const char *const words[] = {
        "a",        "an",        "the",       "to",          "is",
        "was",      "are",       "be",        "been",        "of",
        "for",      "in",        "at",        "this",        "that",
        "has",      "have",      "had",       "found",       "permission",
        "unable",   "cannot",    "could",     "can't",       "couldn't",
        "timed",    "out",       "macos",     "old",         "older",
        "too",      "requires",  "required",  "need",        "needs",
        "command",  "supported", "available", "applicable",  "determine",
        "detected", "with",      "without",   "or",          "and",
        "by",       "token",     "tokens",    "securetoken", "secure",
        "holders",  "users",     "accounts",  "none",        "nobody"};
    size_t i;

    for (i = 0; i < COUNT_OF(words); i++)
        if (slice_is(t, words[i]))
            return true;
    return false;
}

static struct slice unquote(struct slice t)
{
    t = slice_trim(t);
    if (t.n >= 2 && (t.s[0] == '"' || t.s[0] == '\'') &&
        t.s[t.n - 1] == t.s[0]) {
        t.s++;
        t.n -= 2;
    }
    return slice_trim(t);
}

/* A name that stands among others between blanks: no word of a message. */
static bool among_blanks(struct slice t)
{
    return plainly_short(t) && !of_a_sentence(t);
}

/* Split at any character of "at"; false where a part is no name. */
static bool split_names(struct name_list *n, struct slice t, const char *at,
                        int admin, bool blanks)
{
    size_t i, start = 0;

    for (i = 0; i <= t.n; i++) {
        struct slice part;

        if (i < t.n && !strchr(at, t.s[i]))
            continue;
        part = unquote((struct slice){t.s + start, i - start});
        start = i + 1;
        if (part.n == 0 || (!blanks && nobody(part)))
            continue;
        if (no_answer(part) || !(blanks ? among_blanks(part) : plausible(part)))
            return false;
        name_list_add(n, part.s, part.n, admin, false);
    }
    return true;
}

static bool has_any(struct slice t, const char *chars)
{
    size_t i;

    for (i = 0; i < t.n; i++)
        if (strchr(chars, t.s[i]))
            return true;
    return false;
}

/* [{"user_name": "alice", "user_type": "LocalOpenDirectory"}, ...]: people
 * only, where a type is given. */
static bool object_names(struct name_list *n, struct slice t)
{
    static const char *const keys[] = {"user_name", "username",   "name",
                                       "account",   "short_name", "shortName"};
    json_t *all = json_loadb(t.s, t.n, JSON_REJECT_DUPLICATES, NULL);
    size_t i, k;

    for (i = 0; i < json_array_size(all); i++) {
        const json_t *o = json_array_get(all, i), *v = NULL;
        const char *type = json_string_value(json_object_get(o, "user_type"));

        for (k = 0; k < COUNT_OF(keys) && !v; k++)
            v = json_object_get(o, keys[k]);
        if (json_is_string(v) && json_string_length(v) > 0 &&
            (!type || strstr(type, "LocalOpenDirectory")))
            name_list_add(n, json_string_value(v), json_string_length(v), -1,
                          false);
    }
    k = json_is_array(all);
    json_decref(all);
    return k;
}

/* The names of one line or cell, by the strongest delimiter that is there. */
static bool any_names(struct name_list *n, struct slice t, const char *split,
                      int admin)
{
    t = slice_trim(t);
    if (t.n == 0 || nobody(t))
        return true;
    if (t.n > 3 && t.s[0] == '[' && t.s[1] == '{')
        return object_names(n, t);
    if (t.n >= 2 && ((t.s[0] == '[' && t.s[t.n - 1] == ']') ||
                     (t.s[0] == '(' && t.s[t.n - 1] == ')')))
        return split_names(n, (struct slice){t.s + 1, t.n - 2}, ",", admin,
                           false);
    if (split && strcmp(split, " ") == 0)
        return split_names(n, t, " \t\r\n", admin, false);
    if (split)
        return split_names(n, t, split, admin, false);
    if (has_any(t, ",;|\n\r"))
        return split_names(n, t, ",;|\n\r", admin, false);
    if (has_any(t, " \t"))
        return split_names(n, t, " \t", admin, true);
    return split_names(n, t, ",", admin, false);
}

/* "Admins: a, b" and its kin: the label's admin flag, -2 where it is none. */
static int label(struct slice *t)
{
    static const struct {
        const char *word;
        int admin;
    } labels[] = {
        {"admins", 1},         {"admin", 1},          {"admin users", 1},
        {"administrators", 1}, {"non-admins", 0},     {"non-admin", 0},
        {"non admins", 0},     {"nonadmins", 0},      {"non-admin users", 0},
        {"standard", 0},       {"standard users", 0}, {"users", 0}};
    const char *colon = memchr(t->s, ':', t->n);
    struct slice head;
    size_t i;

    if (!colon)
        return -2;
    head = slice_trim((struct slice){t->s, (size_t)(colon - t->s)});
    for (i = 0; i < COUNT_OF(labels); i++) {
        if (slice_is(head, labels[i].word)) {
            t->n -= (size_t)(colon + 1 - t->s);
            t->s = colon + 1;
            return labels[i].admin;
        }
    }
    return -2;
}

/* Where a line goes on with another label, because somebody made one line of
 * two: "Admins: a Non-Admins: b". Its length where it does not. */
static size_t label_within(struct slice t)
{
    static const char word[] = "non-admins:";
    size_t i;

    for (i = 1; i + sizeof(word) - 1 <= t.n; i++)
        if (ascii_isspace(t.s[i - 1]) &&
            ascii_ncasecmp(t.s + i, word, sizeof(word) - 1) == 0)
            return i;
    return t.n;
}

/* Lines with labels; false where a line has none or is no list. */
static bool labelled(struct name_list *n, struct slice t, const char *split)
{
    size_t i, start = 0;
    struct slice line, rest;
    int admin;

    for (i = 0; i <= t.n; i++) {
        if (i < t.n && t.s[i] != '\n' && t.s[i] != '\r')
            continue;
        rest = slice_trim((struct slice){t.s + start, i - start});
        start = i + 1;
        while (rest.n) {
            line = (struct slice){rest.s, label_within(rest)};
            rest.s += line.n;
            rest.n -= line.n;
            admin = label(&line);
            if (admin == -2 || !any_names(n, line, split, admin))
                return false;
        }
    }
    return true;
}

/* The key of "admins=a,b": its admin flag and length; NAMES_UNKNOWN where the
 * names are of accounts of which nothing is known, -2 where it is none. */
static int assigned_key(struct slice word, size_t *len)
{
    static const struct {
        const char *key;
        int admin;
    } keys[] = {{"admins=", 1},
                {"users=", 0},
                {"holders=", -1},
                {"unknown=", NAMES_UNKNOWN}};
    size_t i;

    for (i = 0; i < COUNT_OF(keys); i++) {
        *len = strlen(keys[i].key);
        if (word.n >= *len && ascii_ncasecmp(word.s, keys[i].key, *len) == 0)
            return keys[i].admin;
    }
    return -2;
}

/* "admins=a,b users=c"; false where it is something else. A half of it does
 * not say that there is nobody in the other. */
static bool assigned(struct name_list *n, struct slice t)
{
    size_t i, start = 0, len;
    bool kinds[2] = {false, false};

    for (i = 0; i <= t.n; i++) {
        struct slice word;
        int admin;

        if (i < t.n && !ascii_isspace(t.s[i]))
            continue;
        word = slice_trim((struct slice){t.s + start, i - start});
        start = i + 1;
        if (word.n == 0)
            continue;
        admin = assigned_key(word, &len);
        if (admin == -2)
            return false;
        word.s += len;
        word.n -= len;
        if (admin >= 0)
            kinds[admin] = true;
        if (admin == NAMES_UNKNOWN)
            n->partial = n->partial || word.n > 0;
        else if (word.n && !split_names(n, word, ",", admin, false))
            return false;
    }
    n->partial = n->partial || !kinds[0] || !kinds[1];
    return true;
}

/* A JSON array of texts as its lines; false where the text is none. */
static bool array_lines(struct slice t, struct strbuf *out)
{
    json_t *all = NULL;
    bool texts;
    size_t i;

    if (t.n > 3 && t.s[0] == '[' && t.s[t.n - 1] == ']')
        all = json_loadb(t.s, t.n, JSON_REJECT_DUPLICATES, NULL);
    texts = json_array_size(all) > 0;
    for (i = 0; texts && i < json_array_size(all); i++) {
        const json_t *e = json_array_get(all, i);

        texts = json_is_string(e);
        if (!texts)
            break;
        strbuf_adds(out, i ? "\n" : "");
        strbuf_add(out, json_string_value(e), json_string_length(e));
    }
    json_decref(all);
    return texts && strbuf_ok(out);
}

static bool read_text(struct name_list *n, struct slice t, bool lines,
                      const char *split)
{
    struct slice first = t;

    if (label(&first) != -2)
        return labelled(n, t, split);
    if (assigned_key(t, &first.n) != -2)
        return assigned(n, t);
    if (lines)
        return nobody(t) || split_names(n, t, ",;|\n", -1, false);
    return any_names(n, t, split, -1);
}

enum names_read name_list_read(struct name_list *n, const char *s, size_t len,
                               bool lines, const char *split)
{
    struct slice t = slice_trim((struct slice){s, len});
    struct strbuf array = {0};
    bool known;

    name_list_reset(n);
    if (t.n == 0)
        return lines ? NAMES_KNOWN : NAMES_EMPTY;
    if (!lines && array_lines(t, &array)) {
        lines = true;
        t = slice_trim((struct slice){strbuf_str(&array), array.len});
    }
    known = read_text(n, t, lines, split);
    strbuf_free(&array);
    if (!known)
        name_list_reset(n);
    return known ? NAMES_KNOWN : NAMES_REFUSED;
}

void json_put_text(struct strbuf *b, const char *s, size_t n)
{
    size_t i;

    strbuf_addc(b, '"');
    for (i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];

        if (c == '"' || c == '\\')
            strbuf_addf(b, "\\%c", c);
        else if (c < 0x20)
            strbuf_addf(b, "\\u%04x", c);
        else
            strbuf_addc(b, (char)c);
    }
    strbuf_addc(b, '"');
}

void name_list_json(const struct name_list *n, struct strbuf *out)
{
    size_t i, len;

    strbuf_addc(out, '[');
    for (i = 0; i < n->count; i++) {
        const char *s = name_list_at(n, i, &len);

        if (i)
            strbuf_addc(out, ',');
        json_put_text(out, s, len);
    }
    strbuf_addc(out, ']');
}
