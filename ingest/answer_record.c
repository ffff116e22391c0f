/*
 * answer_record.c - dscl and dseditgroup: accounts, and who is administrator.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/answer_part.h"

static void authority(struct answer_reader *r, json_t *u, struct slice t)
{
    answer_set(r, u, "token_tag", json_boolean(slice_has(t, ";SecureToken;")));
    if (slice_has(t, "DisabledUser"))
        answer_set(r, u, "disabled", json_true());
    if (slice_has(t, ";LocalCachedUser;"))
        answer_set(r, u, "kind", json_string("mobile"));
    else if (slice_has(t, ";ShadowHash;"))
        answer_set(r, u, "kind", json_string("local"));
}

static void attribute(struct answer_reader *r, const char *name, struct slice t)
{
    json_t *u = r->user;
    char *end;
    char number[16];

    if (strcmp(name, "RecordName") == 0) {
        size_t n;

        for (n = 0; n < t.n && !ascii_isspace(t.s[n]); n++)
            ;
        answer_set_text(r, u, "account", (struct slice){t.s, n});
    } else if (strcmp(name, "RealName") == 0) {
        answer_set_text(r, u, "full_name", t);
    } else if (strcmp(name, "GeneratedUID") == 0) {
        answer_set_text(r, u, "guid", t);
    } else if (strcmp(name, "UniqueID") == 0 && t.n < sizeof(number)) {
        snprintf(number, sizeof(number), "%.*s", (int)t.n, t.s);
        if (strtol(number, &end, 10) >= 0 && *end == '\0' && end > number)
            answer_set(r, u, "uid", json_integer(strtol(number, NULL, 10)));
    } else if (strcmp(name, "AuthenticationAuthority") == 0) {
        authority(r, u, t);
    } else if (strcmp(name, "RecordType") == 0) {
        answer_set(r, u, "group", json_boolean(slice_has(t, "Groups")));
    } else if (strcmp(name, "IsHidden") == 0) {
        answer_set(r, u, "hidden",
                   json_boolean(slice_is(t, "1") || answer_yes_no(t) == 1));
    }
}

/* The record that was read goes to the account of its name. */
void answer_record_end(struct answer_reader *r)
{
    const char *name = json_string_value(json_object_get(r->user, "account"));
    json_t *u;

    r->pending[0] = '\0';
    r->seen = 0;
    if (!r->user)
        return;
    if (json_is_true(json_object_get(r->user, "group"))) {
        if (name && strcmp(name, "admin") != 0) {
            json_decref(r->admins); /* members of another group */
            r->admins = NULL;
        }
    } else if (name) {
        json_object_del(r->user, "group");
        u = answer_user(r, (struct slice){name, strlen(name)}, true);
        if (json_object_update_missing(u, r->user) != 0)
            r->failed = true;
    }
    json_decref(r->user);
    r->user = NULL;
}

bool answer_admins(struct answer_reader *r, struct slice t)
{
    size_t i, start = 0;

    if (!slice_starts(t, "GroupMembership:"))
        return false;
    t = slice_after(t, 16);
    if (r->user) /* only groups have it */
        json_object_set_new(r->user, "group", json_true());
    json_decref(r->admins);
    r->admins = json_array();
    for (i = 0; i <= t.n; i++) {
        if (i < t.n && !ascii_isspace(t.s[i]))
            continue;
        if (i > start)
            json_array_append_new(r->admins,
                                  json_stringn(t.s + start, i - start));
        start = i + 1;
    }
    r->answers = true;
    return true;
}

bool answer_member(struct answer_reader *r, struct slice t)
{
    long at = slice_find(t, " is a member of admin");
    bool yes = at >= 0;
    struct slice name;

    if (at < 0)
        at = slice_find(t, " is NOT a member of admin");
    if (at < 0 || (!slice_starts(t, "yes ") && !slice_starts(t, "no ")))
        return false;
    name = slice_trim(
        (struct slice){t.s + (yes ? 4 : 3), (size_t)at - (yes ? 4u : 3u)});
    if (answer_short_name(name))
        answer_set(r, answer_user(r, name, true), "admin", json_boolean(yes));
    return true;
}

bool answer_record(struct answer_reader *r, struct slice raw, struct slice t)
{
    static const char *const known[] = {"RecordName",
                                        "RealName",
                                        "GeneratedUID",
                                        "UniqueID",
                                        "AuthenticationAuthority",
                                        "RecordType",
                                        "IsHidden"};
    enum { NAME = 1, UID = 8, AUTHORITY = 16 };
    size_t i, n;

    if (r->pending[0] && raw.n && raw.s[0] == ' ') {
        if (!r->user)
            r->user = json_object();
        attribute(r, r->pending, t);
        r->pending[0] = '\0';
        return true;
    }
    if (slice_starts(t, "dsAttrTypeNative:")) {
        if (r->seen & NAME)
            answer_record_end(r); /* these are a record's first */
        t = slice_after(t, 17);
    } else if (slice_starts(t, "dsAttrTypeStandard:"))
        t = slice_after(t, 19);
    for (i = 0; i < COUNT_OF(known); i++) {
        n = strlen(known[i]);
        if (!slice_starts(t, known[i]) || t.n <= n || t.s[n] != ':')
            continue;
        /* attributes are sorted and come once: another record starts here */
        if ((r->seen & (1u << i)) ||
            (1u << i == AUTHORITY && (r->seen & NAME) && (r->seen & UID)))
            answer_record_end(r);
        r->seen |= 1u << i;
        if (!r->user)
            r->user = json_object();
        t = slice_after(t, n + 1);
        r->answers = true;
        if (t.n)
            attribute(r, known[i], t);
        else
            snprintf(r->pending, sizeof(r->pending), "%s", known[i]);
        /* RecordName and UniqueID come last but may be followed */
        return true;
    }
    if (slice_is(t, "-") || slice_starts(t, "===") ||
        slice_starts(t, "<dscl_cmd> DS Error") ||
        (slice_starts(t, "AppleMetaNodeLocation:") && (r->seen & NAME)))
        answer_record_end(r);
    return false;
}

void answer_record_join(struct answer_reader *r)
{
    size_t i, k;

    for (i = 0; i < json_array_size(r->users); i++) {
        json_t *u = json_array_get(r->users, i);
        json_t *tag = json_object_get(u, "token_tag");
        const char *name = json_string_value(json_object_get(u, "account"));
        bool admin = false;

        /* sysadminctl's word counts where both are there */
        if (tag && !json_object_get(u, "secure_token"))
            json_object_set(u, "secure_token", tag);
        json_object_del(u, "token_tag");
        if (!name) /* the group names nobody by a full name */
            continue;
        for (k = 0; k < json_array_size(r->admins); k++)
            admin =
                admin ||
                ascii_casecmp(json_string_value(json_array_get(r->admins, k)),
                              name) == 0;
        if (r->admins && !json_object_get(u, "admin"))
            json_object_set_new(u, "admin", json_boolean(admin));
    }
}
