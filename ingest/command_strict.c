/*
 * command_strict.c - is a text what one of a Mac's own commands printed?
 *
 * In a column that no mapping knows only a text counts of which every line is
 * one of a command's known wordings, whole: a word that turns up in a sentence
 * is no answer. A list of "name,UUID" could be anybody's and needs another
 * answer beside it.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/answer_part.h"
#include "ingest/command_text.h"

/* A wording: what it begins with, and what may follow. */
enum rest { REST_NONE, REST_YES_NO, REST_NAME, REST_HOST, REST_ANY };

struct wording {
    unsigned command;
    const char *start;
    enum rest rest;
    bool alone; /* enough to know the command by */
};

static const struct wording wordings[] = {
    {COMMAND_BOOTSTRAP, "Bootstrap Token supported on server:", REST_YES_NO,
     true},
    {COMMAND_BOOTSTRAP, "Bootstrap Token escrowed to server:", REST_YES_NO,
     true},
    {COMMAND_BOOTSTRAP, "Bootstrap Token escrowed on server:", REST_YES_NO,
     true},
    {COMMAND_ENROLLMENT, "Enrolled via DEP:", REST_YES_NO, true},
    {COMMAND_ENROLLMENT, "MDM enrollment: Yes (User Approved)", REST_NONE,
     true},
    {COMMAND_ENROLLMENT, "MDM enrollment:", REST_YES_NO, true},
    {COMMAND_ENROLLMENT, "MDM server:", REST_HOST, false},
    {COMMAND_TOKEN, "Secure token is ENABLED for user ", REST_NAME, true},
    {COMMAND_TOKEN, "Secure token is DISABLED for user ", REST_NAME, true},
    {COMMAND_TOKEN, "Unknown user ", REST_NAME, false},
    {COMMAND_FILEVAULT, "FileVault is On.", REST_NONE, true},
    {COMMAND_FILEVAULT, "FileVault is Off.", REST_NONE, true},
    {COMMAND_FILEVAULT, "FileVault is On, but needs to be restarted to finish.",
     REST_NONE, true},
    {COMMAND_FILEVAULT,
     "FileVault is Off, but needs to be restarted to finish.", REST_NONE, true},
    {COMMAND_FILEVAULT,
     "FileVault is Off, but will be enabled after the next restart.", REST_NONE,
     true},
    {COMMAND_FILEVAULT, "FileVault master keychain appears to be installed.",
     REST_NONE, false},
    {COMMAND_FILEVAULT, "Encryption in progress: ", REST_ANY, false},
    {COMMAND_FILEVAULT, "Decryption in progress: ", REST_ANY, false},
    {COMMAND_FILEVAULT, "Deferred enablement appears to be active for user '",
     REST_ANY, false},
    {COMMAND_CRYPTO, "Cryptographic users for ", REST_ANY, true},
    {COMMAND_CRYPTO, "Cryptographic user for ", REST_ANY, true},
    {COMMAND_CRYPTO, "No cryptographic users for ", REST_ANY, true}};

static bool rest_fits(enum rest rest, struct slice t)
{
    switch (rest) {
    case REST_NONE:
        return t.n == 0;
    case REST_YES_NO:
        return answer_yes_no(t) >= 0;
    case REST_NAME:
        return t.n > 0 && t.n < 128;
    case REST_HOST:
        return slice_starts(t, "http") && slice_has(t, "://") &&
               !memchr(t.s, ' ', t.n);
    case REST_ANY:
        return t.n > 0 && t.n < 80;
    }
    return false;
}

/* Below the head of a list of crypto users; "t" is without its drawing. */
static bool is_crypto_line(struct slice t)
{
    char guid[40];

    while (t.n && strchr("|+- ", t.s[0]))
        t = slice_after(t, 1);
    return t.n == 0 || (t.n == 36 && answer_uuid_at(t, 0, guid)) ||
           slice_starts(t, "Type: ") || slice_starts(t, "Note: ") ||
           (slice_starts(t, "Volume Owner: ") &&
            answer_yes_no(slice_after(t, 14)) >= 0);
}

static bool is_unlocker(struct slice t)
{
    const char *comma = memchr(t.s, ',', t.n);
    char guid[40];

    return comma && (size_t)(comma - t.s) + 37 == t.n &&
           answer_short_name((struct slice){t.s, (size_t)(comma - t.s)}) &&
           answer_uuid_at(t, (size_t)(comma - t.s) + 1, guid);
}

/* Without what commands print before: "profiles: ", and the time and process
 * of sysadminctl. */
static struct slice without_head(struct slice t)
{
    long at = slice_find(t, "sysadminctl["), end;

    if (slice_starts(t, "profiles: "))
        return slice_after(t, 10);
    if (at < 0)
        return t;
    t = slice_after(t, (size_t)at + 12);
    end = slice_find(t, "] ");
    return end < 0 ? t : slice_after(t, (size_t)end + 2);
}

/* The command that prints this line, 0 for none; *alone: surely. */
static unsigned command_of(struct slice t, unsigned before, bool *alone)
{
    struct slice w = without_head(t);
    size_t i;

    for (i = 0; i < COUNT_OF(wordings); i++) {
        const struct wording *x = &wordings[i];
        size_t n = strlen(x->start);

        if (w.n < n || memcmp(w.s, x->start, n) != 0 ||
            !rest_fits(x->rest, slice_after(w, n)))
            continue;
        *alone = *alone || x->alone;
        return x->command;
    }
    if ((before & COMMAND_CRYPTO) && is_crypto_line(t))
        return COMMAND_CRYPTO;
    return is_unlocker(t) ? COMMAND_UNLOCKERS : 0;
}

/* All answers of one line; 0 where one is none. */
static unsigned line_commands(struct slice t, unsigned before, bool *alone)
{
    unsigned all = 0, one;
    struct slice piece;
    size_t n;

    for (; t.n; t = slice_after(t, n)) {
        n = answer_length(t);
        piece = slice_trim((struct slice){t.s, n});
        while (piece.n && strchr(",;|", piece.s[piece.n - 1]))
            piece = slice_trim((struct slice){piece.s, piece.n - 1});
        one = command_of(piece.n ? piece : t, before | all, alone);
        if (!one)
            return 0;
        all |= one;
    }
    return all;
}

/* Most cells of an export are none, and that is seen at once: an answer begins
 * with a letter of the wordings above, has the process of sysadminctl in it,
 * or a comma before a UUID. */
static bool is_possible(const char *s, size_t n)
{
    for (; n && ascii_isspace(*s); n--)
        s++;
    return n >= COMMAND_LEAST &&
           (strchr("pBCDEFMNSU", *s) || memchr(s, '[', n) || memchr(s, ',', n));
}

unsigned command_text_strict(const char *s, size_t n)
{
    unsigned all = 0, one;
    bool alone = false;
    size_t i, start = 0;

    if (!is_possible(s, n))
        return 0;
    for (i = 0; i <= n; i++) {
        struct slice t;

        if (i < n && s[i] != '\n' && s[i] != '\r')
            continue;
        t = slice_trim((struct slice){s + start, i - start});
        start = i + 1;
        if (t.n == 0)
            continue;
        one = line_commands(t, all, &alone);
        if (!one)
            return 0;
        all |= one;
    }
    return alone ? all : 0;
}

void command_text_names(unsigned commands, struct strbuf *out)
{
    static const char *const names[] = {"profiles status -type bootstraptoken",
                                        "profiles status -type enrollment",
                                        "sysadminctl -secureTokenStatus",
                                        "fdesetup status",
                                        "fdesetup list",
                                        "diskutil apfs listCryptoUsers"};
    size_t i, n = 0;

    for (i = 0; i < COUNT_OF(names); i++)
        if (commands >> i & 1)
            strbuf_addf(out, "%s\"%s\"", n++ ? ", " : "", names[i]);
}
