/*
 * answer_filevault.c - fdesetup and diskutil: FileVault, who unlocks it, keys.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/answer_part.h"

bool answer_filevault(struct answer_reader *r, struct slice t)
{
    bool any = false;

    if (slice_starts(t, "Error: FileVault is O")) {
        /* of fdesetup list: no list of names, but a state all the same */
        if (!json_object_get(r->mac, "filevault") && slice_has(t, "is Off."))
            answer_set_word(r, "filevault", "off");
        return true;
    }
    if (slice_has(t, "FileVault is On")) {
        answer_set_word(r, "filevault", "on");
        any = true;
    } else if (slice_has(t, "FileVault is Off")) {
        answer_set_word(r, "filevault", "off");
        any = true;
    }
    if (slice_has(t, "Encryption in progress"))
        answer_set_word(r, "filevault", "encrypting");
    else if (slice_has(t, "Decryption in progress"))
        answer_set_word(r, "filevault", "decrypting");
    else if (slice_has(t, "Deferred enablement appears to be active"))
        answer_set_word(r, "filevault", "deferred");
    else
        return any;
    return true;
}

static void note_unlocker(struct answer_reader *r, struct slice name)
{
    json_t *list = json_object_get(r->mac, "filevault_users");

    if (!list) {
        list = json_array();
        answer_set(r, r->mac, "filevault_users", list);
    }
    if (name.n)
        json_array_append_new(list, json_stringn(name.s, name.n));
}

/* fdesetup list: "name,UUID" */
bool answer_unlocker(struct answer_reader *r, struct slice t)
{
    const char *comma = memchr(t.s, ',', t.n);
    char guid[40];
    struct slice name;

    if (!comma || (size_t)(comma - t.s) + 37 != t.n ||
        !answer_uuid_at(t, (size_t)(comma - t.s) + 1, guid))
        return false;
    name = (struct slice){t.s, (size_t)(comma - t.s)};
    if (!answer_short_name(name))
        return false;
    answer_set(r, answer_user(r, name, true), "guid", json_string(guid));
    note_unlocker(r, name);
    return true;
}

/* A row of fdesetup list -extended: TYPE and USER stand right of the UUID. */
bool answer_extended(struct answer_reader *r, struct slice t)
{
    char guid[40];
    long at;
    struct slice w;

    if (slice_starts(t, "ESCROW") && slice_has(t, "UUID") &&
        slice_has(t, "TYPE")) {
        r->extended_read = true;
        note_unlocker(r, (struct slice){"", 0});
        answer_set_bool(r, "recovery_key_present", false);
        answer_set_bool(r, "bootstrap_record", false);
        answer_set_bool(r, "icloud_recovery", false);
        return true;
    }
    at = answer_find_uuid(t, guid);
    if (!r->extended_read || at < 0)
        return false;
    w = slice_after(t, (size_t)at + 36);
    if (slice_starts(w, "OS User")) {
        w = slice_after(w, 7);
        if (answer_short_name(w)) {
            answer_set(r, answer_user(r, w, true), "guid", json_string(guid));
            note_unlocker(r, w);
        }
    } else if (slice_starts(w, "Personal Recovery")) {
        answer_set_bool(r, "recovery_key_present", true);
    } else if (slice_starts(w, "Bootstrap Token")) {
        answer_set_bool(r, "bootstrap_record", true);
    } else if (slice_has(w, "iCloud")) {
        answer_set_bool(r, "icloud_recovery", true);
    } else if (slice_starts(w, "Unknown User")) {
        answer_set(r, r->mac, "unknown_filevault_users",
                   json_integer(1 + json_integer_value(json_object_get(
                                        r->mac, "unknown_filevault_users"))));
    } else {
        return false;
    }
    return true;
}

/* "true" and "false" mean something only after the question; "false" may also
 * be an error, so it says nothing. */
bool answer_true(struct answer_reader *r, struct slice t)
{
    long at = slice_find(t, "fdesetup ");

    if (at >= 0) {
        struct slice w = slice_after(t, (size_t)at + 9);
        size_t end;

        for (end = 0; end < w.n && !ascii_isspace(w.s[end]); end++)
            ;
        snprintf(r->verb, sizeof(r->verb), "%.*s", (int)(end < 39 ? end : 39),
                 w.s);
        return false;
    }
    if (!slice_is(t, "true") && !slice_is(t, "false"))
        return false;
    if (slice_is(t, "true") && strcmp(r->verb, "haspersonalrecoverykey") == 0)
        answer_set_bool(r, "recovery_key_present", true);
    if (slice_is(t, "true") &&
        strcmp(r->verb, "hasinstitutionalrecoverykey") == 0)
        answer_set_bool(r, "institutional_key", true);
    r->verb[0] = '\0';
    return true;
}

static bool add_crypto(struct answer_reader *r, const char *guid)
{
    struct crypto *p = realloc(r->crypto, (r->crypto_count + 1) * sizeof(*p));

    if (!p) {
        r->failed = true;
        return true;
    }
    r->crypto = p;
    p = &r->crypto[r->crypto_count++];
    *p = (struct crypto){.owner = -1};
    memcpy(p->guid, guid, 37);
    return true;
}

/* The number in "(3 found)"; -1 none. */
static long number_found(struct slice t)
{
    long at = slice_find(t, " found)"), n = 0, unit = 1;

    if (at <= 0 || t.s[at - 1] < '0' || t.s[at - 1] > '9')
        return -1;
    for (; at > 0 && unit < 1000000; at--, unit *= 10) {
        if (t.s[at - 1] < '0' || t.s[at - 1] > '9')
            break;
        n += unit * (t.s[at - 1] - '0');
    }
    return n;
}

bool answer_crypto(struct answer_reader *r, struct slice t)
{
    char guid[40];
    struct crypto *last;

    if (slice_starts(t, "Cryptographic user") ||
        slice_starts(t, "No cryptographic user")) {
        r->crypto_read = true;
        r->crypto_count = 0;
        r->crypto_found = number_found(t);
        r->answers = true;
        return true;
    }
    if (!r->crypto_read)
        return false;
    /* the drawing before a UUID differs from copy to copy */
    if (t.n <= 48 && answer_find_uuid(t, guid) >= 0 && !memchr(t.s, ',', t.n))
        return add_crypto(r, guid);
    while (t.n && (t.s[0] == '|' || t.s[0] == ' '))
        t = (struct slice){t.s + 1, t.n - 1};
    if (r->crypto_count == 0)
        return t.n == 0;
    last = &r->crypto[r->crypto_count - 1];
    if (slice_starts(t, "Type:")) {
        struct slice w = slice_after(t, 5);

        snprintf(last->type, sizeof(last->type), "%.*s", (int)w.n, w.s);
        return true;
    }
    if (slice_starts(t, "Volume Owner:")) {
        last->owner = answer_yes_no(slice_after(t, 13));
        return true;
    }
    return false;
}

/* Is the list as long as it says, and the kind of everyone in it known? Then
 * who is not in it is no crypto user. */
static bool crypto_complete(const struct answer_reader *r)
{
    size_t k;

    for (k = 0; k < r->crypto_count; k++)
        if (!*r->crypto[k].type)
            return false;
    return r->crypto_found < 0 || (size_t)r->crypto_found <= r->crypto_count;
}

/* What is in a list is there; what is not is not there only if it is whole. */
static void set_listed(struct answer_reader *r, json_t *o, const char *key,
                       bool in, bool whole)
{
    if (in || whole)
        answer_set(r, o, key, json_boolean(in));
}

/* An account of the volume of which this output says the UUID alone: another
 * file may have its name. */
static void add_unnamed(struct answer_reader *r, const struct crypto *c)
{
    json_t *u;

    if (strcmp(c->type, "Local Open Directory User") != 0 &&
        strcmp(c->type, "LocalOpenDirectory") != 0)
        return;
    u = json_object();
    answer_set(r, u, "guid", json_string(c->guid));
    answer_set(r, u, "crypto_user", json_true());
    if (c->owner >= 0)
        answer_set(r, u, "volume_owner", json_boolean(c->owner));
    if (!u || json_array_append_new(r->users, u) < 0)
        r->failed = true;
}

/* The crypto users of the volume, once all accounts are known. */
void answer_crypto_join(struct answer_reader *r)
{
    bool record = false, key = false, cloud = false;
    bool whole = crypto_complete(r);
    size_t i, k, known = json_array_size(r->users);

    for (k = 0; k < r->crypto_count; k++) {
        record = record || strstr(r->crypto[k].type, "Bootstrap Token") ||
                 strcmp(r->crypto[k].type, "MDMRecovery") == 0;
        key = key || strstr(r->crypto[k].type, "Personal") != NULL;
        cloud = cloud || strstr(r->crypto[k].type, "iCloud") != NULL;
    }
    set_listed(r, r->mac, "bootstrap_record", record, whole);
    set_listed(r, r->mac, "recovery_key_present", key, whole);
    set_listed(r, r->mac, "icloud_recovery", cloud, whole);
    for (i = 0; i < known; i++) {
        json_t *u = json_array_get(r->users, i);
        const char *guid = json_string_value(json_object_get(u, "guid"));
        bool in = false;

        for (k = 0; guid && k < r->crypto_count; k++) {
            if (ascii_casecmp(guid, r->crypto[k].guid) != 0)
                continue;
            in = r->crypto[k].named = true;
            if (r->crypto[k].owner >= 0)
                answer_set(r, u, "volume_owner",
                           json_boolean(r->crypto[k].owner));
        }
        if (guid)
            set_listed(r, u, "crypto_user", in, whole);
    }
    for (k = 0; k < r->crypto_count; k++)
        if (!r->crypto[k].named)
            add_unnamed(r, &r->crypto[k]);
}
