/*
 * command_text.c - what a Mac's own commands print, as canonical facts.
 *
 * Every command is known by its own lines, so the order and the separators of
 * a collection do not matter. A serial number that differs from the one before
 * starts the next Mac. sysadminctl names people by their full name: that is
 * joined to an account only by the question that was asked, or where one
 * account alone has the name.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "core/text.h"
#include "ingest/command_text.h"
#include "ingest/secrets.h"
#include "ingest/slice.h"

/* One crypto user of diskutil's list. */
struct crypto {
    char guid[40];
    char type[48];
    int owner; /* 1, 0, -1 */
};

struct reader {
    json_t *all;    /* array of Macs */
    json_t *mac;    /* the one being read; borrowed from "all" */
    json_t *users;  /* its accounts; borrowed */
    json_t *full;   /* full name -> token, not yet joined */
    json_t *admins; /* names of the admin group, or NULL */
    json_t *user;   /* dscl record being read; owned */
    struct crypto *crypto;
    size_t crypto_count;
    long crypto_found; /* how many the list says it has; -1 it does not say */
    bool crypto_read, extended_read, answers;
    char asked[128];  /* the short name that sysadminctl was asked about */
    char verb[40];    /* the fdesetup verb that was echoed */
    unsigned seen;    /* attributes of the dscl record, by their places */
    char pending[48]; /* a dscl attribute whose value is on the next line */
    bool dep_known, dep;
    int64_t line;
    bool failed;
};

/* ----------------------------------------------------------------- helpers */

static bool starts(struct slice t, const char *word)
{
    size_t n = strlen(word);

    return t.n >= n && ascii_ncasecmp(t.s, word, n) == 0;
}

static struct slice after(struct slice t, size_t n)
{
    return slice_trim((struct slice){t.s + n, t.n - n});
}

/* Where "word" stands in the line; -1 nowhere. */
static long find(struct slice t, const char *word)
{
    size_t n = strlen(word), i;

    for (i = 0; i + n <= t.n; i++)
        if (ascii_ncasecmp(t.s + i, word, n) == 0)
            return (long)i;
    return -1;
}

static bool has(struct slice t, const char *word)
{
    return find(t, word) >= 0;
}

static void set(struct reader *r, json_t *o, const char *key, json_t *v)
{
    if (!v || json_object_set_new(o, key, v) != 0)
        r->failed = true;
    r->answers = true;
}

static void set_text(struct reader *r, json_t *o, const char *key,
                     struct slice t)
{
    if (t.n > 0)
        set(r, o, key, json_stringn(t.s, t.n));
}

static void set_bool(struct reader *r, const char *key, bool v)
{
    set(r, r->mac, key, json_boolean(v));
}

static void set_word(struct reader *r, const char *key, const char *word)
{
    set(r, r->mac, key, json_string(word));
}

/* YES, NO; -1 for anything else. */
static int yes_no(struct slice t)
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
static bool uuid_at(struct slice t, size_t at, char out[40])
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

static long find_uuid(struct slice t, char out[40])
{
    size_t i;

    for (i = 0; i + 36 <= t.n; i++)
        if (uuid_at(t, i, out))
            return (long)i;
    return -1;
}

/* ------------------------------------------------------------- a new Mac */

static void join(struct reader *r);

static void start_mac(struct reader *r)
{
    if (r->mac)
        join(r);
    r->mac = json_object();
    r->users = json_array();
    if (!r->mac || !r->users ||
        json_object_set_new(r->mac, "accounts", r->users) != 0 ||
        json_object_set_new(r->mac, "#line", json_integer(r->line)) != 0 ||
        json_array_append_new(r->all, r->mac) != 0)
        r->failed = true;
    json_decref(r->full);
    json_decref(r->admins);
    r->full = json_array();
    r->admins = NULL;
    r->crypto_count = 0;
    r->crypto_read = r->extended_read = r->dep_known = r->answers = false;
    r->asked[0] = r->verb[0] = r->pending[0] = '\0';
}

static json_t *user_named(struct reader *r, struct slice name, bool make)
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
    set(r, u, "account", json_stringn(name.s, name.n));
    if (json_array_append_new(r->users, u) != 0)
        r->failed = true;
    return u;
}

static bool short_name(struct slice t)
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

/* --------------------------------------------------------------- profiles */

static bool read_profiles(struct reader *r, struct slice t)
{
    long at;
    int v;

    if (starts(t, "profiles: "))
        t = after(t, 10);
    if (starts(t, "Bootstrap Token supported on server:")) {
        v = yes_no(after(t, 36));
        if (v >= 0)
            set_bool(r, "bootstrap_supported", v);
        return true;
    }
    if (starts(t, "Bootstrap Token escrowed to server:") ||
        starts(t, "Bootstrap Token escrowed on server:")) {
        v = yes_no(after(t, 35));
        if (v >= 0)
            set_bool(r, "bootstrap_escrowed_device", v);
        return true;
    }
    if (starts(t, "Bootstrap Token functionality is not supported")) {
        set_bool(r, "bootstrap_supported", false);
        return true;
    }
    at = find(t, "EACSPreflight = ");
    if (at >= 0) {
        struct slice w = after(t, (size_t)at + 16);

        while (w.n && (w.s[w.n - 1] == ';' || w.s[w.n - 1] == '"'))
            w.n--;
        if (w.n && w.s[0] == '"')
            w = after(w, 1);
        set_word(r, "eacs_preflight",
                 slice_is(w, "success")      ? "success"
                 : has(w, "bootstrap token") ? "no_token"
                 : has(w, "not supported")   ? "not_supported"
                 : has(w, "sealed")          ? "unsealed"
                                             : "failure");
        return true;
    }
    return false;
}

static void enrolled(struct reader *r, bool in_mdm)
{
    set_bool(r, "mdm_enrolled", in_mdm);
    if (!in_mdm)
        set_word(r, "enrollment_type", "none");
    else if (r->dep_known)
        set_word(r, "enrollment_type", r->dep ? "ade" : "manual");
}

static bool read_enrollment(struct reader *r, struct slice t)
{
    int v;

    if (starts(t, "Enrolled via DEP:")) {
        v = yes_no(after(t, 17));
        r->dep_known = v >= 0;
        r->dep = v == 1;
        return true;
    }
    if (starts(t, "MDM enrollment:")) {
        struct slice w = after(t, 15);

        if (starts(w, "Yes")) {
            enrolled(r, true);
            set_bool(r, "user_approved", has(w, "User Approved"));
        } else if (starts(w, "No")) {
            enrolled(r, false);
        }
        return true;
    }
    if (starts(t, "MDM server:")) {
        struct slice w = after(t, 11);
        long at = find(w, "://");
        size_t end;

        if (at >= 0)
            w = after(w, (size_t)at + 3);
        for (end = 0; end < w.n && !strchr("/?#", w.s[end]); end++)
            ;
        set_text(r, r->mac, "mdm_server", (struct slice){w.s, end});
        return true;
    }
    if (starts(t, "An enrollment profile is currently installed") ||
        starts(t, "There is no enrollment profile installed")) {
        set_bool(r, "mdm_enrolled", t.s[0] == 'A' || t.s[0] == 'a');
        return true;
    }
    return false;
}

/* ------------------------------------------------------------- sysadminctl */

/* Note the short name of the question, echoed or printed before the answer. */
static void note_question(struct reader *r, struct slice t)
{
    long at = find(t, "-secureTokenStatus ");
    struct slice w;
    size_t end;

    if (at < 0)
        return;
    w = after(t, (size_t)at + 19);
    while (w.n && strchr("\"'`", w.s[0]))
        w = (struct slice){w.s + 1, w.n - 1};
    for (end = 0; end < w.n && !strchr("\"'` \t;|)&", w.s[end]); end++)
        ;
    w.n = end;
    if (short_name(w) && w.s[0] != '$')
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
    return short_name(head) ? head : (struct slice){"", 0};
}

static bool read_token(struct reader *r, struct slice t)
{
    long at = find(t, "Secure token is ");
    struct slice word, full, name;
    json_t *u, *pair;
    bool on;

    note_question(r, t);
    if (at < 0)
        return has(t, "Unknown user ") || has(t, "sysadminctl ");
    word = after(t, (size_t)at + 16);
    on = starts(word, "ENABLED for user ");
    if (!on && !starts(word, "DISABLED for user "))
        return true;
    full = after(word, on ? 17 : 18);
    name = name_before(t, at);
    if (name.n == 0 && r->asked[0])
        name = (struct slice){r->asked, strlen(r->asked)};
    if (name.n > 0) {
        u = user_named(r, name, true);
        set(r, u, "secure_token", json_boolean(on));
        if (!json_object_get(u, "full_name") && full.n != name.n)
            set_text(r, u, "full_name", full);
    } else {
        pair = json_object();
        set(r, pair, "full_name", json_stringn(full.s, full.n));
        set(r, pair, "secure_token", json_boolean(on));
        json_array_append_new(r->full, pair);
    }
    r->asked[0] = '\0';
    return true;
}

static bool read_auto_login(struct reader *r, struct slice t)
{
    if (!has(t, "Automatic login "))
        return false;
    if (has(t, "Automatic login user:") || has(t, "Automatic login is ON"))
        set_bool(r, "auto_login", true);
    else if (has(t, "Automatic login is OFF") ||
             has(t, "Automatic login is disabled"))
        set_bool(r, "auto_login", false);
    return true;
}

/* ---------------------------------------------------------------- fdesetup */

static bool read_filevault(struct reader *r, struct slice t)
{
    bool any = false;

    if (starts(t, "Error: FileVault is O")) {
        /* of fdesetup list: no list of names, but a state all the same */
        if (!json_object_get(r->mac, "filevault") && has(t, "is Off."))
            set_word(r, "filevault", "off");
        return true;
    }
    if (has(t, "FileVault is On")) {
        set_word(r, "filevault", "on");
        any = true;
    } else if (has(t, "FileVault is Off")) {
        set_word(r, "filevault", "off");
        any = true;
    }
    if (has(t, "Encryption in progress"))
        set_word(r, "filevault", "encrypting");
    else if (has(t, "Decryption in progress"))
        set_word(r, "filevault", "decrypting");
    else if (has(t, "Deferred enablement appears to be active"))
        set_word(r, "filevault", "deferred");
    else
        return any;
    return true;
}

static void note_unlocker(struct reader *r, struct slice name)
{
    json_t *list = json_object_get(r->mac, "filevault_users");

    if (!list) {
        list = json_array();
        set(r, r->mac, "filevault_users", list);
    }
    if (name.n)
        json_array_append_new(list, json_stringn(name.s, name.n));
}

/* fdesetup list: "name,UUID" */
static bool read_unlocker(struct reader *r, struct slice t)
{
    const char *comma = memchr(t.s, ',', t.n);
    char guid[40];
    struct slice name;

    if (!comma || (size_t)(comma - t.s) + 37 != t.n ||
        !uuid_at(t, (size_t)(comma - t.s) + 1, guid))
        return false;
    name = (struct slice){t.s, (size_t)(comma - t.s)};
    if (!short_name(name))
        return false;
    set(r, user_named(r, name, true), "guid", json_string(guid));
    note_unlocker(r, name);
    return true;
}

/* A row of fdesetup list -extended: TYPE and USER stand right of the UUID. */
static bool read_extended(struct reader *r, struct slice t)
{
    char guid[40];
    long at;
    struct slice w;

    if (starts(t, "ESCROW") && has(t, "UUID") && has(t, "TYPE")) {
        r->extended_read = true;
        note_unlocker(r, (struct slice){"", 0});
        set_bool(r, "recovery_key_present", false);
        set_bool(r, "bootstrap_record", false);
        set_bool(r, "icloud_recovery", false);
        return true;
    }
    at = find_uuid(t, guid);
    if (!r->extended_read || at < 0)
        return false;
    w = after(t, (size_t)at + 36);
    if (starts(w, "OS User")) {
        w = after(w, 7);
        if (short_name(w)) {
            set(r, user_named(r, w, true), "guid", json_string(guid));
            note_unlocker(r, w);
        }
    } else if (starts(w, "Personal Recovery")) {
        set_bool(r, "recovery_key_present", true);
    } else if (starts(w, "Bootstrap Token")) {
        set_bool(r, "bootstrap_record", true);
    } else if (has(w, "iCloud")) {
        set_bool(r, "icloud_recovery", true);
    } else if (starts(w, "Unknown User")) {
        set(r, r->mac, "unknown_filevault_users",
            json_integer(1 + json_integer_value(json_object_get(
                                 r->mac, "unknown_filevault_users"))));
    } else {
        return false;
    }
    return true;
}

/* "true" and "false" mean something only after the question; "false" may also
 * be an error, so it says nothing. */
static bool read_answer(struct reader *r, struct slice t)
{
    long at = find(t, "fdesetup ");

    if (at >= 0) {
        struct slice w = after(t, (size_t)at + 9);
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
        set_bool(r, "recovery_key_present", true);
    if (slice_is(t, "true") &&
        strcmp(r->verb, "hasinstitutionalrecoverykey") == 0)
        set_bool(r, "institutional_key", true);
    r->verb[0] = '\0';
    return true;
}

/* ---------------------------------------------------------------- diskutil */

static bool add_crypto(struct reader *r, const char *guid)
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
    long at = find(t, " found)"), n = 0, unit = 1;

    if (at <= 0 || t.s[at - 1] < '0' || t.s[at - 1] > '9')
        return -1;
    for (; at > 0 && unit < 1000000; at--, unit *= 10) {
        if (t.s[at - 1] < '0' || t.s[at - 1] > '9')
            break;
        n += unit * (t.s[at - 1] - '0');
    }
    return n;
}

static bool read_crypto(struct reader *r, struct slice t)
{
    char guid[40];
    struct crypto *last;

    if (starts(t, "Cryptographic user") || starts(t, "No cryptographic user")) {
        r->crypto_read = true;
        r->crypto_count = 0;
        r->crypto_found = number_found(t);
        r->answers = true;
        return true;
    }
    if (!r->crypto_read)
        return false;
    /* the drawing before a UUID differs from copy to copy */
    if (t.n <= 48 && find_uuid(t, guid) >= 0 && !memchr(t.s, ',', t.n))
        return add_crypto(r, guid);
    while (t.n && (t.s[0] == '|' || t.s[0] == ' '))
        t = (struct slice){t.s + 1, t.n - 1};
    if (r->crypto_count == 0)
        return t.n == 0;
    last = &r->crypto[r->crypto_count - 1];
    if (starts(t, "Type:")) {
        struct slice w = after(t, 5);

        snprintf(last->type, sizeof(last->type), "%.*s", (int)w.n, w.s);
        return true;
    }
    if (starts(t, "Volume Owner:")) {
        last->owner = yes_no(after(t, 13));
        return true;
    }
    return false;
}

/* Is the list as long as it says, and the kind of everyone in it known? Then
 * who is not in it is no crypto user. */
static bool crypto_complete(const struct reader *r)
{
    size_t k;

    for (k = 0; k < r->crypto_count; k++)
        if (!*r->crypto[k].type)
            return false;
    return r->crypto_found < 0 || (size_t)r->crypto_found <= r->crypto_count;
}

/* What is in a list is there; what is not is not there only if it is whole. */
static void set_listed(struct reader *r, json_t *o, const char *key, bool in,
                       bool whole)
{
    if (in || whole)
        set(r, o, key, json_boolean(in));
}

/* The crypto users of the volume, once all accounts are known. */
static void join_crypto(struct reader *r)
{
    bool record = false, key = false, cloud = false;
    bool whole = crypto_complete(r);
    size_t i, k;

    for (k = 0; k < r->crypto_count; k++) {
        record = record || strstr(r->crypto[k].type, "Bootstrap Token") ||
                 strcmp(r->crypto[k].type, "MDMRecovery") == 0;
        key = key || strstr(r->crypto[k].type, "Personal") != NULL;
        cloud = cloud || strstr(r->crypto[k].type, "iCloud") != NULL;
    }
    set_listed(r, r->mac, "bootstrap_record", record, whole);
    set_listed(r, r->mac, "recovery_key_present", key, whole);
    set_listed(r, r->mac, "icloud_recovery", cloud, whole);
    for (i = 0; i < json_array_size(r->users); i++) {
        json_t *u = json_array_get(r->users, i);
        const char *guid = json_string_value(json_object_get(u, "guid"));
        bool in = false;

        for (k = 0; guid && k < r->crypto_count; k++) {
            if (ascii_casecmp(guid, r->crypto[k].guid) != 0)
                continue;
            in = true;
            if (r->crypto[k].owner >= 0)
                set(r, u, "volume_owner", json_boolean(r->crypto[k].owner));
        }
        if (guid)
            set_listed(r, u, "crypto_user", in, whole);
    }
}

/* -------------------------------------------------------------------- dscl */

static void authority(struct reader *r, json_t *u, struct slice t)
{
    set(r, u, "token_tag", json_boolean(has(t, ";SecureToken;")));
    if (has(t, "DisabledUser"))
        set(r, u, "disabled", json_true());
    if (has(t, ";LocalCachedUser;"))
        set(r, u, "kind", json_string("mobile"));
    else if (has(t, ";ShadowHash;"))
        set(r, u, "kind", json_string("local"));
}

static void attribute(struct reader *r, const char *name, struct slice t)
{
    json_t *u = r->user;
    char *end;
    char number[16];

    if (strcmp(name, "RecordName") == 0) {
        size_t n;

        for (n = 0; n < t.n && !ascii_isspace(t.s[n]); n++)
            ;
        set_text(r, u, "account", (struct slice){t.s, n});
    } else if (strcmp(name, "RealName") == 0) {
        set_text(r, u, "full_name", t);
    } else if (strcmp(name, "GeneratedUID") == 0) {
        set_text(r, u, "guid", t);
    } else if (strcmp(name, "UniqueID") == 0 && t.n < sizeof(number)) {
        snprintf(number, sizeof(number), "%.*s", (int)t.n, t.s);
        if (strtol(number, &end, 10) >= 0 && *end == '\0' && end > number)
            set(r, u, "uid", json_integer(strtol(number, NULL, 10)));
    } else if (strcmp(name, "AuthenticationAuthority") == 0) {
        authority(r, u, t);
    } else if (strcmp(name, "RecordType") == 0) {
        set(r, u, "group", json_boolean(has(t, "Groups")));
    } else if (strcmp(name, "IsHidden") == 0) {
        set(r, u, "hidden", json_boolean(slice_is(t, "1") || yes_no(t) == 1));
    }
}

/* The record that was read goes to the account of its name. */
static void end_record(struct reader *r)
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
        u = user_named(r, (struct slice){name, strlen(name)}, true);
        if (json_object_update_missing(u, r->user) != 0)
            r->failed = true;
    }
    json_decref(r->user);
    r->user = NULL;
}

static bool read_admins(struct reader *r, struct slice t)
{
    size_t i, start = 0;

    if (!starts(t, "GroupMembership:"))
        return false;
    t = after(t, 16);
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

static bool read_member(struct reader *r, struct slice t)
{
    long at = find(t, " is a member of admin");
    bool yes = at >= 0;
    struct slice name;

    if (at < 0)
        at = find(t, " is NOT a member of admin");
    if (at < 0 || (!starts(t, "yes ") && !starts(t, "no ")))
        return false;
    name = slice_trim(
        (struct slice){t.s + (yes ? 4 : 3), (size_t)at - (yes ? 4u : 3u)});
    if (short_name(name))
        set(r, user_named(r, name, true), "admin", json_boolean(yes));
    return true;
}

static bool read_record(struct reader *r, struct slice raw, struct slice t)
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
    if (starts(t, "dsAttrTypeNative:")) {
        if (r->seen & NAME)
            end_record(r); /* these are a record's first */
        t = after(t, 17);
    } else if (starts(t, "dsAttrTypeStandard:"))
        t = after(t, 19);
    for (i = 0; i < COUNT_OF(known); i++) {
        n = strlen(known[i]);
        if (!starts(t, known[i]) || t.n <= n || t.s[n] != ':')
            continue;
        /* attributes are sorted and come once: another record starts here */
        if ((r->seen & (1u << i)) ||
            (1u << i == AUTHORITY && (r->seen & NAME) && (r->seen & UID)))
            end_record(r);
        r->seen |= 1u << i;
        if (!r->user)
            r->user = json_object();
        t = after(t, n + 1);
        r->answers = true;
        if (t.n)
            attribute(r, known[i], t);
        else
            snprintf(r->pending, sizeof(r->pending), "%s", known[i]);
        /* RecordName and UniqueID come last but may be followed */
        return true;
    }
    if (slice_is(t, "-") || starts(t, "===") ||
        starts(t, "<dscl_cmd> DS Error") ||
        (starts(t, "AppleMetaNodeLocation:") && (r->seen & NAME)))
        end_record(r);
    return false;
}

/* ------------------------------------------------------------ who is it */

static bool read_hardware(struct reader *r, struct slice t)
{
    static const struct {
        const char *label, *fact;
    } labels[] = {{"Serial Number (system):", "serial"},
                  {"Serial Number:", "serial"},
                  {"Hardware UUID:", "uuid"},
                  {"Model Identifier:", "model"},
                  {"Computer Name:", "name"},
                  {"ProductVersion:", "os_version"},
                  {"macOS Version:", "os_version"},
                  {"BuildVersion:", "os_build"},
                  {"macOS Build:", "os_build"}};
    const char *have;
    struct slice w;
    size_t i;

    for (i = 0; i < COUNT_OF(labels); i++) {
        if (!starts(t, labels[i].label))
            continue;
        w = after(t, strlen(labels[i].label));
        if (w.n == 0)
            return true;
        have = json_string_value(json_object_get(r->mac, labels[i].fact));
        if (i < 2 && have && !slice_is(w, have))
            start_mac(r);
        set_text(r, r->mac, labels[i].fact, w);
        return true;
    }
    return false;
}

/* ------------------------------------------------------------------ joining */

/* Answers by full name go to the one account that has it. */
static void join_full(struct reader *r)
{
    size_t i, k;

    for (i = 0; i < json_array_size(r->full); i++) {
        json_t *pair = json_array_get(r->full, i), *found = NULL;
        const char *full =
            json_string_value(json_object_get(pair, "full_name"));
        size_t hits = 0;

        for (k = 0; k < json_array_size(r->users); k++) {
            json_t *u = json_array_get(r->users, k);
            const char *name =
                json_string_value(json_object_get(u, "full_name"));

            if (name && full && strcmp(name, full) == 0) {
                found = u;
                hits++;
            }
        }
        if (hits == 1)
            json_object_set(found, "secure_token",
                            json_object_get(pair, "secure_token"));
    }
}

static void join_users(struct reader *r)
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
        for (k = 0; k < json_array_size(r->admins); k++)
            admin =
                admin ||
                ascii_casecmp(json_string_value(json_array_get(r->admins, k)),
                              name) == 0;
        if (r->admins && !json_object_get(u, "admin"))
            json_object_set_new(u, "admin", json_boolean(admin));
    }
}

static void join(struct reader *r)
{
    const char *type =
        json_string_value(json_object_get(r->mac, "enrollment_type"));

    end_record(r);
    if (r->dep_known && !type &&
        json_is_true(json_object_get(r->mac, "mdm_enrolled")))
        set_word(r, "enrollment_type", r->dep ? "ade" : "manual");
    join_full(r);
    join_users(r);
    if (r->crypto_read)
        join_crypto(r);
    if (json_array_size(r->users) == 0)
        json_object_del(r->mac, "accounts"); /* not asked about */
    if (!r->answers) /* nothing was said about this one */
        json_array_remove(r->all, json_array_size(r->all) - 1);
}

/* -------------------------------------------------------------------- lines */

static bool dangerous(struct slice t)
{
    return has(t, "-password") || has(t, "-adminPassword") ||
           has(t, "-newPassword") || has(t, "AuthenticationHint") ||
           has(t, "recoverykey =") || has(t, "ShadowHashData") ||
           secret_shape(t.s, t.n);
}

static void read_piece(struct reader *r, struct slice raw, struct slice t)
{
    if (read_record(r, raw, t))
        return;
    if (read_hardware(r, t) || read_profiles(r, t) || read_enrollment(r, t) ||
        read_token(r, t) || read_auto_login(r, t) || read_extended(r, t) ||
        read_unlocker(r, t) || read_answer(r, t) || read_crypto(r, t) ||
        read_admins(r, t) || read_member(r, t))
        return;
    read_filevault(r, t);
}

/* Does a line of profiles or fdesetup begin here? */
static bool answer_starts(struct slice t)
{
    static const char *const labels[] = {"profiles: Bootstrap Token ",
                                         "Bootstrap Token supported on server:",
                                         "Bootstrap Token escrowed ",
                                         "Enrolled via DEP:",
                                         "MDM enrollment:",
                                         "MDM server:",
                                         "FileVault is O"};
    size_t i;

    for (i = 0; i < COUNT_OF(labels); i++)
        if (starts(t, labels[i]))
            return true;
    return false;
}

/* Where the next answer begins in a line that scripts made of several: one
 * that starts with an answer. All of it where there is no other. */
static size_t answer_length(struct slice t)
{
    size_t i = starts(t, "profiles: ") ? 11 : 1;

    if (!answer_starts(t))
        return t.n;
    for (; i < t.n; i++)
        if (strchr(" \t,;|", t.s[i - 1]) && answer_starts(after(t, i)))
            return i;
    return t.n;
}

static void read_line(struct reader *r, struct slice raw)
{
    struct slice t = slice_trim(raw), piece;
    size_t n;

    if (t.n == 0 || t.n > 8192 || dangerous(t))
        return;
    n = answer_length(t);
    if (n == t.n) {
        read_piece(r, raw, t);
        return;
    }
    for (; t.n; t = after(t, n), n = answer_length(t)) {
        piece = slice_trim((struct slice){t.s, n});
        while (piece.n && strchr(",;|", piece.s[piece.n - 1]))
            piece = slice_trim((struct slice){piece.s, piece.n - 1});
        read_piece(r, piece, piece);
    }
}

static void read_lines(struct reader *r, const char *s, size_t n)
{
    size_t i, start = 0;

    r->line = 1;
    start_mac(r);
    for (i = 0; i <= n; i++) {
        if (i < n && s[i] != '\n' && s[i] != '\r')
            continue;
        read_line(r, (struct slice){s + start, i - start});
        if (i + 1 < n && s[i] == '\r' && s[i + 1] == '\n')
            i++;
        start = i + 1;
        r->line++;
    }
    join(r);
}

/* One line of canonical JSON, as collectors print. */
static json_t *read_json(const char *s, size_t n)
{
    json_t *v = json_loadb(s, n, JSON_REJECT_DUPLICATES, NULL), *all;

    if (!json_is_object(v)) {
        json_decref(v);
        return NULL;
    }
    /* as in canonical files, the accounts of a Mac are all it has */
    if (json_is_array(json_object_get(v, "accounts")) &&
        !json_object_get(v, "accounts_listed"))
        json_object_set_new(v, "accounts_listed", json_true());
    all = json_array();
    json_array_append_new(all, v);
    return all;
}

/* ------------------------------------------------------------------ public */

bool command_text_looks(const char *s, size_t n)
{
    static const char *const words[] = {"Bootstrap Token supported on server",
                                        "Bootstrap Token escrowed ",
                                        "Bootstrap Token functionality",
                                        "Secure token is ",
                                        "FileVault is O",
                                        "MDM enrollment:",
                                        "Cryptographic user",
                                        "cryptographic users",
                                        "Enrolled via DEP:",
                                        "EACSPreflight",
                                        "AuthenticationAuthority:",
                                        "Automatic login ",
                                        "GroupMembership:",
                                        "member of admin",
                                        "enrollment profile",
                                        "Unknown user "};
    struct slice t = slice_trim((struct slice){s, n});
    size_t i;

    if (t.n < 12)
        return false;
    if (t.s[0] == '{' && t.s[t.n - 1] == '}')
        return has(t, "\"accounts\"") || has(t, "\"serial\"");
    for (i = 0; i < COUNT_OF(words); i++)
        if (has(t, words[i]))
            return true;
    return false;
}

/* Can this line not be the beginning of a longer one? */
static bool line_is_whole(struct slice t)
{
    char guid[40];

    if (t.n == 0)
        return true;
    return (strchr(".}>", t.s[t.n - 1]) && !has(t, "://")) ||
           (has(t, "on server:") && has(t, ": YES")) ||
           (has(t, "to server:") && has(t, ": YES")) ||
           (t.n >= 36 && uuid_at(t, t.n - 36, guid));
}

size_t command_text_whole(const char *s, size_t n)
{
    size_t start = n;

    while (start > 0 && s[start - 1] != '\n' && s[start - 1] != '\r')
        start--;
    return line_is_whole(slice_trim((struct slice){s + start, n - start}))
               ? n
               : start;
}

json_t *command_text_read(const char *s, size_t n)
{
    struct reader r = {.all = NULL};
    struct slice t = slice_trim((struct slice){s, n});

    if (t.n && t.s[0] == '{') {
        r.all = read_json(t.s, t.n);
        if (r.all)
            return r.all;
    }
    r.all = json_array();
    if (!r.all)
        return NULL;
    read_lines(&r, s, n);
    json_decref(r.full);
    json_decref(r.admins);
    json_decref(r.user);
    free(r.crypto);
    if (r.failed) {
        json_decref(r.all);
        return NULL;
    }
    return r.all;
}
