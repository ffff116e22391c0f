/*
 * html_words.c - one table of words, and numbers.
 */
#include "core/base.h"

#include "core/capability.h"
#include "core/db.h"
#include "core/policy.h"
#include "core/when.h"
#include "report/html_svg.h"
#include "report/html_words.h"

static const struct {
    const char *kind, *code, *words;
} table[] = {
    {"verdict", "at-risk", "At risk"},
    {"verdict", "undetermined", "Not known yet"},
    {"verdict", "attention", "To tidy"},
    {"verdict", "partial", "No problem found in what was measured"},
    {"verdict", "clean", "No problem found"},
    {"verdict-note", "at-risk",
     "Something serious was found: people could be locked out, data or "
     "control lost"},
    {"verdict-note", "undetermined",
     "A serious question is open, or the Mac no longer reports"},
    {"verdict-note", "attention",
     "Nothing serious; something should be put "
     "right"},
    {"verdict-note", "partial",
     "What was measured is fine, but a core check was not measured"},
    {"verdict-note", "clean",
     "Every core check was measured and is fine; what is left is low or a "
     "note"},

    {"severity", "critical", "Critical"},
    {"severity", "high", "High"},
    {"severity", "medium", "Medium"},
    {"severity", "low", "Low"},
    {"severity", "info", "Note"},

    {"state", "new", "New"},
    {"state", "open", "Open"},
    {"state", "reopened", "Back again"},
    {"state", "measured", "Newly measured"},

    {"change", "new", "New problems"},
    {"change", "resolved", "Resolved"},
    {"change", "reopened", "Back again"},
    {"change", "worse", "Worse than before"},
    {"change", "better", "Better, not yet resolved"},
    {"change", "unclear", "No longer certain"},
    {"change", "measured", "Measured for the first time"},
    {"change", "unmeasured", "No longer measured"},
    {"change", "gone", "Macs no longer in the exports"},
    {"change", "questions", "New open questions"},
    {"change", "answered", "Questions answered"},
    {"change-note", "new", "passed, or did not exist, in the period before"},
    {"change-note", "resolved", "measured again, and fine now"},
    {"change-note", "reopened", "had been resolved once"},
    {"change-note", "worse", "a higher severity, or now certain"},
    {"change-note", "better", "a lower severity than before"},
    {"change-note", "unclear", "was certain before; not known now"},
    {"change-note", "measured",
     "not news: the facts were missing in the period before"},
    {"change-note", "unmeasured", "not good news: the facts are missing now"},
    {"change-note", "gone", "their findings went with them"},
    {"change-note", "questions", "a fact is no longer known"},
    {"change-note", "answered", "known now, and fine"},

    {"readiness", "ready", "Ready"},
    {"readiness", "action-first", "Action first"},
    {"readiness", "hands-on", "Needs someone at the Mac"},
    {"readiness", "blocked", "Blocked"},
    {"readiness", "unknown", "Not known yet"},
    {"readiness-note", "ready", "every core fact is known and good"},
    {"readiness-note", "action-first", "can be prepared from afar"},
    {"readiness-note", "hands-on", "cannot be prepared from afar"},
    {"readiness-note", "blocked", "would stop the move"},
    {"readiness-note", "unknown", "counts as not ready"},

    {"capability-why", "unlock", "the person stands before a locked disk"},
    {"capability-why", "enable", "the disk stays readable to a finder"},
    {"capability-why", "update", "security updates stop at a password"},
    {"capability-why", "grant", "nobody on the Mac can repair it"},
    {"capability-why", "auto", "every new user needs a hand"},
    {"capability-why", "updates-by-server", "updates need someone present"},
    {"capability-why", "erase", "a lost or returned Mac needs a technician"},
    {"capability-why", "settings", "some commands are refused"},
    {"capability-why", "kexts", "older drivers and security tools do not load"},
    {"capability-why", "boot-policy", "repairs in recoveryOS are refused"},
    {"capability-why", "rescue", "a forgotten password costs the data"},
    {"capability-why", "recoveryos", "the last way to repair is shut"},
    {"capability-why", "psso", "shared Macs cannot take new people"},

    {"bootstrap", "proven", "stored, and proven to work"},
    {"bootstrap", "claimed", "stored"},
    {"bootstrap", "absent", "not stored"},
    {"bootstrap", "invalid", "stored, but may not work"},
    {"bootstrap", "conflict", "Mac and server disagree"},
    {"bootstrap", "unsupported", "not supported"},
    {"bootstrap", "unknown", "not known yet"},

    {"filevault", "on", "on"},
    {"filevault", "off", "off"},
    {"filevault", "encrypting", "encrypting"},
    {"filevault", "decrypting", "decrypting"},
    {"filevault", "deferred", "deferred, not on yet"},

    {"chip", "apple", "Apple silicon"},
    {"chip", "t2", "Intel with T2"},
    {"chip", "intel", "Intel"},

    {"repair", "A", "an admin with a token whose password is known"},
    {"repair", "B", "a standard user with a token whose password is known"},
    {"repair", "D", "only through recoveryOS, at the Mac"},
    {"repair", "E", "only by erasing"},
    {"repair", "unknown", "not known yet"},

    {"who", "server admin", "Server admin"},
    {"who", "help desk", "Help desk"},
    {"who", "user", "The person at the Mac"},
    {"who", "on site", "Someone on site"},
    {"effort", "minutes", "minutes"},
    {"effort", "hour", "up to an hour"},
    {"effort", "visit", "needs someone at the Mac"},
    {"effort", "project", "a project"},

    {"fact", "secure_token", "which accounts hold a secure token"},
    {"fact", "bootstrap_escrowed_device",
     "whether the bootstrap token is stored, as the Mac says"},
    {"fact", "bootstrap_escrowed_server",
     "whether the bootstrap token is stored, as the server says"},
    {"fact", "bootstrap_supported",
     "whether the server supports bootstrap tokens"},
    {"fact", "bootstrap_auth", "whether the bootstrap token may authorize"},
    {"fact", "bootstrap_record", "the bootstrap token's record on the disk"},
    {"fact", "eacs_preflight", "whether a silent erase would work"},
    {"fact", "filevault", "the state of FileVault"},
    {"fact", "filevault_user", "which accounts can unlock FileVault"},
    {"fact", "recovery_key_escrowed",
     "whether the server has the recovery key"},
    {"fact", "recovery_key_validity", "whether the stored recovery key works"},
    {"fact", "recovery_key_present", "whether a recovery key exists"},
    {"fact", "recovery_key_exported",
     "whether an offline copy of the recovery key exists"},
    {"fact", "mdm_enrolled", "whether the Mac is managed"},
    {"fact", "enrollment_type", "how the Mac was enrolled"},
    {"fact", "user_approved", "whether the enrolment was approved"},
    {"fact", "supervised", "whether the Mac is supervised"},
    {"fact", "in_abm", "whether the Mac is in Apple Business"},
    {"fact", "abm_server", "the server assigned in Apple Business"},
    {"fact", "os_version", "the version of macOS"},
    {"fact", "chip", "the kind of chip"},
    {"fact", "admin", "which accounts are administrators"},
    {"fact", "role", "what each account is for"},
    {"fact", "password_known_by", "who knows the account's password"},
    {"fact", "former_password_known", "whether a former password is known"},
    {"fact", "last_login", "when each account last logged in"},
    {"fact", "last_boot", "when the Mac last restarted"},
    {"fact", "last_checkin", "when the Mac last reported"},
    {"fact", "password_reset_at", "when a password was last reset"},
    {"fact", "password_reset_by", "who reset a password"},
    {"fact", "volume_owner", "which accounts own the volume"},
    {"fact", "crypto_user", "which accounts the disk knows"},
    {"fact", "disabled", "which accounts are disabled"},
    {"fact", "person_status", "who has left"},
    {"fact", "created_by", "how accounts were made"},
    {"fact", "kind", "local or directory account"},
    {"fact", "recovery_lock", "whether recoveryOS is locked"},
    {"fact", "recovery_lock_known", "whether the recoveryOS password is held"},
    {"fact", "firmware_password", "whether a firmware password is set"},
    {"fact", "firmware_password_known",
     "whether the firmware password is held"},
    {"fact", "activation_lock", "the state of Activation Lock"},
    {"fact", "activation_bypass_known",
     "whether the Activation Lock bypass code is held"},
    {"fact", "auto_login", "whether automatic login is on"},
    {"fact", "escrow_profile", "whether a key escrow profile is installed"},
    {"fact", "enrolled_by", "who enrolled the Mac by hand"},
    {"fact", "institutional_key", "whether an institutional key is in use"},
    {"fact", "unknown_filevault_users",
     "whether unknown persons can unlock FileVault"},
    {"fact", "token_verified_at", "when a token was last proven"},
    {"fact", "mdm_removable", "whether a user can remove management"},
};

const char *html_plain(const char *kind, const char *code)
{
    size_t i;

    if (strcmp(kind, "capability") == 0)
        return capability_says(code);
    for (i = 0; i < COUNT_OF(table); i++)
        if (strcmp(table[i].code, code) == 0 &&
            strcmp(table[i].kind, kind) == 0)
            return table[i].words;
    return NULL;
}

const char *html_plain_next(const char *kind, size_t *at, const char **code)
{
    if (strcmp(kind, "capability") == 0 && *at < CAPABILITIES) {
        *code = capabilities[*at].code;
        return capabilities[(*at)++].words;
    }
    for (; *at < COUNT_OF(table); ++*at) {
        if (strcmp(table[*at].kind, kind) != 0)
            continue;
        *code = table[*at].code;
        return table[(*at)++].words;
    }
    *code = NULL;
    return NULL;
}

/* ------------------------------------------------------------- numbers --- */

void html_number(struct strbuf *b, int64_t n)
{
    char digits[24];
    size_t i, len;

    snprintf(digits, sizeof(digits), "%lld", (long long)(n < 0 ? -n : n));
    len = strlen(digits);
    if (n < 0)
        strbuf_adds(b, "\xe2\x88\x92"); /* a minus sign */
    for (i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            strbuf_addc(b, ',');
        strbuf_addc(b, digits[i]);
    }
}

/* Tenths of a percent, kept off 0 and 100 unless it is just that. */
void html_percent(struct strbuf *b, double share)
{
    long tenths = (long)(share * 1000 + 0.5);

    if (tenths <= 0 && share > 0)
        tenths = 1;
    if (tenths >= 1000 && share < 1)
        tenths = 999;
    if (tenths == 0 || tenths == 1000)
        strbuf_addf(b, "%ld\xc2\xa0%%", tenths / 10);
    else
        strbuf_addf(b, "%ld.%ld\xc2\xa0%%", tenths / 10, tenths % 10);
}

void html_day(struct strbuf *b, int64_t t)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr",
                                         "May", "Jun", "Jul", "Aug",
                                         "Sep", "Oct", "Nov", "Dec"};
    char iso[24];
    unsigned month;

    if (t == 0) {
        strbuf_adds(b, "never");
        return;
    }
    when_format_date(t, iso, sizeof(iso));
    month = (unsigned)((iso[5] - '0') * 10 + (iso[6] - '0'));
    strbuf_addf(b, "%d %s %.4s", (iso[8] - '0') * 10 + (iso[9] - '0'),
                months[(month - 1) % 12], iso);
}

/* ----------------------------------------------------------- functions --- */

static void result(sqlite3_context *ctx, struct strbuf *b)
{
    if (strbuf_ok(b))
        sqlite3_result_text(ctx, strbuf_str(b), (int)b->len, SQLITE_TRANSIENT);
    else
        sqlite3_result_error_nomem(ctx);
    strbuf_free(b);
}

static bool null(sqlite3_value *v)
{
    return sqlite3_value_type(v) == SQLITE_NULL;
}

static void fn_plain(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const char *kind = (const char *)sqlite3_value_text(v[0]);
    const char *code = (const char *)sqlite3_value_text(v[1]);
    const char *words;

    (void)argc;
    if (!kind || !code)
        return;
    words = html_plain(kind, code);
    if (strcmp(kind, "policy") == 0 && policy_find(code))
        words = policy_find(code)->help;
    sqlite3_result_text(ctx, words ? words : code, -1, SQLITE_TRANSIENT);
}

static void fn_num(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct strbuf b = {0};

    (void)argc;
    if (null(v[0]))
        return;
    html_number(&b, sqlite3_value_int64(v[0]));
    result(ctx, &b);
}

static void fn_pct(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    double whole = sqlite3_value_double(v[1]);
    struct strbuf b = {0};

    (void)argc;
    if (null(v[0]) || whole <= 0)
        return;
    html_percent(&b, sqlite3_value_double(v[0]) / whole);
    result(ctx, &b);
}

static void fn_rate(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct strbuf b = {0};

    (void)argc;
    if (null(v[0]))
        return;
    html_percent(&b, sqlite3_value_double(v[0]));
    result(ctx, &b);
}

/* Points with their sign; "unit" after them. */
static void points(sqlite3_context *ctx, sqlite3_value *v, const char *none,
                   const char *unit)
{
    struct strbuf b = {0};
    double x;
    long tenths;

    if (null(v))
        return;
    x = sqlite3_value_double(v) * 1000;
    tenths = (long)(x < 0 ? -x + 0.5 : x + 0.5);
    if (tenths == 0)
        strbuf_adds(&b, none);
    else
        strbuf_addf(&b, "%s%ld.%ld%s", x < 0 ? "\xe2\x88\x92" : "+",
                    tenths / 10, tenths % 10, unit);
    result(ctx, &b);
}

static void fn_points(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    (void)argc;
    points(ctx, v[0], "no change", " points");
}

static void fn_delta(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    (void)argc;
    points(ctx, v[0], "0", "");
}

static void fn_signed(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct strbuf b = {0};
    int64_t n = sqlite3_value_int64(v[0]);

    (void)argc;
    if (null(v[0]))
        return;
    if (n > 0)
        strbuf_addc(&b, '+');
    if (n == 0)
        strbuf_adds(&b, "no change");
    else
        html_number(&b, n);
    result(ctx, &b);
}

static void fn_day(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct strbuf b = {0};

    (void)argc;
    if (null(v[0]))
        return;
    html_day(&b, sqlite3_value_int64(v[0]));
    result(ctx, &b);
}

static void fn_moment(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct strbuf b = {0};
    int64_t t = sqlite3_value_int64(v[0]);
    char iso[24];

    (void)argc;
    if (null(v[0]))
        return;
    html_day(&b, t);
    when_format(t, iso, sizeof(iso));
    if (t != 0)
        strbuf_addf(&b, " %.5s UTC", iso + 11);
    result(ctx, &b);
}

/* Text with `commands` as markup. */
static void fn_code(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const char *s = (const char *)sqlite3_value_text(v[0]), *tick;
    struct strbuf b = {0}, part = {0};
    bool inside = false;

    (void)argc;
    if (!s)
        return;
    for (; (tick = strchr(s, '`')); s = tick + 1, inside = !inside) {
        strbuf_reset(&part);
        strbuf_add(&part, s, (size_t)(tick - s));
        svg_text(&b, strbuf_str(&part));
        strbuf_adds(&b, inside ? "</code>" : "<code>");
    }
    svg_text(&b, s);
    if (inside)
        strbuf_adds(&b, "</code>");
    strbuf_free(&part);
    result(ctx, &b);
}

static void fn_plural(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    (void)argc;
    sqlite3_result_value(ctx, sqlite3_value_int64(v[0]) == 1 ? v[1] : v[2]);
}

/* bar(label, class, n, class, n, ...) */
static void fn_bar(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct svg_part parts[8];
    struct strbuf b = {0};
    size_t n = 0;
    int i;

    for (i = 1; i + 1 < argc && n < COUNT_OF(parts); i += 2) {
        parts[n].name = (const char *)sqlite3_value_text(v[i]);
        parts[n].value = sqlite3_value_int64(v[i + 1]);
        n += parts[n].name != NULL;
    }
    svg_bar(&b, (const char *)sqlite3_value_text(v[0]), parts, n);
    result(ctx, &b);
}

int html_functions(sqlite3 *db, struct err *err)
{
    static const struct {
        const char *name;
        int arguments;
        void (*fn)(sqlite3_context *, int, sqlite3_value **);
    } functions[] = {{"plain", 2, fn_plain},   {"num", 1, fn_num},
                     {"pct", 2, fn_pct},       {"rate", 1, fn_rate},
                     {"points", 1, fn_points}, {"delta", 1, fn_delta},
                     {"signed", 1, fn_signed}, {"day", 1, fn_day},
                     {"moment", 1, fn_moment}, {"plural", 3, fn_plural},
                     {"code", 1, fn_code},     {"bar", -1, fn_bar}};
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    size_t i;

    for (i = 0; i < COUNT_OF(functions); i++)
        if (sqlite3_create_function(db, functions[i].name,
                                    functions[i].arguments, flags, NULL,
                                    functions[i].fn, NULL, NULL) != SQLITE_OK)
            return db_fail(db, "register a function", err);
    return 0;
}
