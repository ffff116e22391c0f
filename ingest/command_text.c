/*
 * command_text.c - what a Mac's own commands print, as canonical facts.
 *
 * Every command is known by its own lines, so the order and the separators of
 * a collection do not matter. A serial number that differs from the one before
 * starts the next Mac.
 */
#include "core/base.h"

#include "ingest/answer_part.h"
#include "ingest/command_text.h"
#include "ingest/secrets.h"

/* ------------------------------------------------------------- a new Mac */

static void join(struct answer_reader *r)
{
    const char *type =
        json_string_value(json_object_get(r->mac, "enrollment_type"));

    answer_record_end(r);
    if (r->dep_known && !type &&
        json_is_true(json_object_get(r->mac, "mdm_enrolled")))
        answer_set_word(r, "enrollment_type", r->dep ? "ade" : "manual");
    answer_token_join(r);
    answer_record_join(r);
    if (r->crypto_read)
        answer_crypto_join(r);
    if (json_array_size(r->users) == 0)
        json_object_del(r->mac, "accounts"); /* not asked about */
    if (!r->answers) /* nothing was said about this one */
        json_array_remove(r->all, json_array_size(r->all) - 1);
}

static void start_mac(struct answer_reader *r)
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

/* ------------------------------------------------------------ who is it */

static bool read_hardware(struct answer_reader *r, struct slice t)
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
        if (!slice_starts(t, labels[i].label))
            continue;
        w = slice_after(t, strlen(labels[i].label));
        if (w.n == 0)
            return true;
        have = json_string_value(json_object_get(r->mac, labels[i].fact));
        if (i < 2 && have && !slice_is(w, have))
            start_mac(r);
        answer_set_text(r, r->mac, labels[i].fact, w);
        return true;
    }
    return false;
}

/* -------------------------------------------------------------------- lines */

static bool dangerous(struct slice t)
{
    return slice_has(t, "-password") || slice_has(t, "-adminPassword") ||
           slice_has(t, "-newPassword") || slice_has(t, "AuthenticationHint") ||
           slice_has(t, "recoverykey =") || slice_has(t, "ShadowHashData") ||
           secret_shape(t.s, t.n);
}

static void read_piece(struct answer_reader *r, struct slice raw,
                       struct slice t)
{
    if (answer_record(r, raw, t))
        return;
    if (read_hardware(r, t) || answer_profiles(r, t) ||
        answer_enrollment(r, t) || answer_token(r, t) ||
        answer_auto_login(r, t) || answer_extended(r, t) ||
        answer_unlocker(r, t) || answer_true(r, t) || answer_crypto(r, t) ||
        answer_admins(r, t) || answer_member(r, t))
        return;
    answer_filevault(r, t);
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
        if (slice_starts(t, labels[i]))
            return true;
    return false;
}

size_t answer_length(struct slice t)
{
    size_t i = slice_starts(t, "profiles: ") ? 11 : 1;

    if (!answer_starts(t))
        return t.n;
    for (; i < t.n; i++)
        if (strchr(" \t,;|", t.s[i - 1]) && answer_starts(slice_after(t, i)))
            return i;
    return t.n;
}

static void read_line(struct answer_reader *r, struct slice raw)
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
    for (; t.n; t = slice_after(t, n), n = answer_length(t)) {
        piece = slice_trim((struct slice){t.s, n});
        while (piece.n && strchr(",;|", piece.s[piece.n - 1]))
            piece = slice_trim((struct slice){piece.s, piece.n - 1});
        read_piece(r, piece, piece);
    }
}

static void read_lines(struct answer_reader *r, const char *s, size_t n)
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
        return slice_has(t, "\"accounts\"") || slice_has(t, "\"serial\"");
    for (i = 0; i < COUNT_OF(words); i++)
        if (slice_has(t, words[i]))
            return true;
    return false;
}

/* Can this line not be the beginning of a longer one? */
static bool line_is_whole(struct slice t)
{
    char guid[40];

    if (t.n == 0)
        return true;
    return (strchr(".}>", t.s[t.n - 1]) && !slice_has(t, "://")) ||
           (slice_has(t, "on server:") && slice_has(t, ": YES")) ||
           (slice_has(t, "to server:") && slice_has(t, ": YES")) ||
           (t.n >= 36 && answer_uuid_at(t, t.n - 36, guid));
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
    struct answer_reader r = {.all = NULL};
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
