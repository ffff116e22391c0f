/*
 * facts.c - the vocabulary: every canonical fact, its type, its words.
 */
#include "core/base.h"

#include "core/facts.h"
#include "core/text.h"
#include "core/when.h"

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

#define B(name)                                                                \
    {                                                                          \
        name, FACT_BOOL, MERGE_SET, NULL                                       \
    }
#define E(name, ...)                                                           \
    {                                                                          \
        name, FACT_ENUM, MERGE_SET, WORDS(__VA_ARGS__)                         \
    }
#define N(name)                                                                \
    {                                                                          \
        name, FACT_COUNT, MERGE_SET, NULL                                      \
    }
#define T(name)                                                                \
    {                                                                          \
        name, FACT_TIME, MERGE_SET, NULL                                       \
    }
#define LATEST(name)                                                           \
    {                                                                          \
        name, FACT_TIME, MERGE_LATEST, NULL                                    \
    }
#define KEY(name)                                                              \
    {                                                                          \
        name, FACT_TEXT, MERGE_KEY, NULL                                       \
    }
#define SET(name)                                                              \
    {                                                                          \
        name, FACT_TEXT, MERGE_SET, NULL                                       \
    }
#define TEXT(name)                                                             \
    {                                                                          \
        name, FACT_TEXT, MERGE_TEXT, NULL                                      \
    }

const struct fact device_facts[] = {
    KEY("serial"),
    KEY("uuid"),
    KEY("mdm_id"),
    {"platform", FACT_ENUM, MERGE_KEY, WORDS("mac", "other")},
    TEXT("name"),
    TEXT("site"),
    TEXT("model"),
    TEXT("os_build"),
    TEXT("assigned_user"),
    TEXT("assigned_email"),
    TEXT("asset_tag"),
    {"client", FACT_TEXT, MERGE_KEY, NULL},
    E("chip", "apple", "t2", "intel"),
    {"os_version", FACT_VERSION, MERGE_SET, NULL},
    LATEST("observed_at"),
    LATEST("last_checkin"),
    LATEST("last_boot"),
    B("mdm_enrolled"),
    SET("mdm_server"),
    E("enrollment_type", "ade", "manual", "user", "none"),
    SET("enrolled_by"),
    B("user_approved"),
    B("supervised"),
    B("in_abm"),
    SET("abm_server"),
    T("provisional_until"),
    B("mdm_removable"),
    B("bootstrap_supported"),
    B("bootstrap_escrowed_device"),
    B("bootstrap_escrowed_server"),
    B("bootstrap_record"),
    E("bootstrap_auth", "allowed", "disallowed", "not_supported"),
    B("bootstrap_for_updates"),
    B("bootstrap_for_kexts"),
    E("eacs_preflight", "success", "not_supported", "unsealed", "no_token",
      "failure"),
    E("filevault", "on", "off", "encrypting", "decrypting", "deferred"),
    T("deferred_since"),
    B("recovery_key_present"),
    B("recovery_key_escrowed"),
    E("recovery_key_validity", "valid", "invalid", "unverified"),
    SET("recovery_key_server"),
    T("recovery_key_escrowed_at"),
    B("recovery_key_exported"),
    B("institutional_key"),
    B("icloud_recovery"),
    B("escrow_profile"),
    N("unknown_filevault_users"),
    B("recovery_lock"),
    B("recovery_lock_known"),
    B("firmware_password"),
    B("firmware_password_known"),
    E("activation_lock", "off", "user", "organization"),
    B("activation_bypass_known"),
    B("auto_login"),
    B("remote_login"),
    B("remote_hands"),
    B("needs_kext"),
    E("secure_boot", "full", "medium", "off", "not_supported"),
    E("platform_sso", "none", "password", "secure_enclave", "smartcard"),
    B("accounts_listed"),
    B("holders_listed"),
};

const struct fact account_facts[] = {
    KEY("serial"),
    KEY("uuid"),
    KEY("mdm_id"),
    KEY("account"),
    TEXT("full_name"),
    N("uid"),
    TEXT("guid"),
    LATEST("observed_at"),
    E("kind", "local", "mobile", "network", "system"),
    E("role", "primary", "secondary", "managed_admin", "service", "shared"),
    E("created_by", "setup_assistant", "gui", "cli", "mdm", "platform_sso"),
    B("admin"),
    B("hidden"),
    B("disabled"),
    E("person_status", "active", "departed"),
    B("secure_token"),
    B("crypto_user"),
    B("volume_owner"),
    B("filevault_user"),
    E("password_known_by", "user", "admin", "both", "none"),
    B("former_password_known"),
    LATEST("last_login"),
    LATEST("password_reset_at"),
    E("password_reset_by", "mdm", "recovery", "token_admin", "user", "laps"),
    T("token_verified_at"),
    B("laps"),
};

const size_t device_fact_count = COUNT_OF(device_facts);
const size_t account_fact_count = COUNT_OF(account_facts);

const struct fact *fact_table(enum fact_scope scope, size_t *count)
{
    *count = scope == FACT_DEVICE ? device_fact_count : account_fact_count;
    return scope == FACT_DEVICE ? device_facts : account_facts;
}

int fact_index(enum fact_scope scope, const char *name)
{
    size_t i, n;
    const struct fact *t = fact_table(scope, &n);

    for (i = 0; i < n; i++)
        if (t[i].name[0] == name[0] && strcmp(t[i].name, name) == 0)
            return (int)i;
    return -1;
}

static bool word_is(const char *s, size_t n, const char *word)
{
    return strlen(word) == n && ascii_ncasecmp(s, word, n) == 0;
}

int fact_bool_word(const char *s, size_t n)
{
    static const char *const yes[] = {"true", "1", "yes", "y", "on", "enabled"};
    static const char *const no[] = {"false", "0",   "no",
                                     "n",     "off", "disabled"};
    size_t i;

    for (i = 0; i < COUNT_OF(yes); i++)
        if (word_is(s, n, yes[i]))
            return 1;
    for (i = 0; i < COUNT_OF(no); i++)
        if (word_is(s, n, no[i]))
            return 0;
    return -1;
}

static void trim(const char **s, size_t *n)
{
    while (*n && ascii_isspace((*s)[0])) {
        (*s)++;
        (*n)--;
    }
    while (*n && ascii_isspace((*s)[*n - 1]))
        (*n)--;
}

static bool read_count(const char *s, size_t n, int64_t *out)
{
    int64_t v = 0;
    size_t i;

    if (n == 0 || n > 15)
        return false;
    for (i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        v = v * 10 + (s[i] - '0');
    }
    *out = v;
    return true;
}

static enum fact_read read_time(const char *s, size_t n, int64_t latest,
                                struct fact_value *out)
{
    if (word_is(s, n, "never")) {
        out->number = 0;
        return FACT_KNOWN;
    }
    if (!when_parse(s, n, &out->number))
        return FACT_REFUSED;
    return when_plausible(out->number, latest) ? FACT_KNOWN : FACT_TOO_LATE;
}

static enum fact_read read_enum(const struct fact *f, const char *s, size_t n,
                                struct fact_value *out)
{
    size_t i;

    for (i = 0; f->words[i]; i++) {
        if (word_is(s, n, f->words[i])) {
            out->text = f->words[i];
            out->len = n;
            return FACT_KNOWN;
        }
    }
    return FACT_REFUSED;
}

enum fact_read fact_parse(const struct fact *f, const char *s, size_t n,
                          int64_t latest, struct fact_value *out)
{
    enum fact_read r = FACT_KNOWN;
    int word;

    trim(&s, &n);
    *out = (struct fact_value){.type = f->type};
    if (n == 0)
        return FACT_EMPTY;
    switch (f->type) {
    case FACT_BOOL:
        word = fact_bool_word(s, n);
        out->number = word;
        r = word < 0 ? FACT_REFUSED : FACT_KNOWN;
        break;
    case FACT_ENUM:
        r = read_enum(f, s, n, out);
        break;
    case FACT_COUNT:
        r = read_count(s, n, &out->number) ? FACT_KNOWN : FACT_REFUSED;
        break;
    case FACT_VERSION:
        out->text = s;
        out->len = n;
        r = version_number(s, n) < 0 ? FACT_REFUSED : FACT_KNOWN;
        break;
    case FACT_TIME:
        r = read_time(s, n, latest, out);
        break;
    case FACT_TEXT:
        out->text = s;
        out->len = n;
        break;
    }
    out->known = r == FACT_KNOWN;
    return r;
}

size_t fact_format(const struct fact *f, int64_t number, const char *text,
                   char *out, size_t size)
{
    switch (f->type) {
    case FACT_BOOL:
        snprintf(out, size, "%s", number ? "true" : "false");
        break;
    case FACT_COUNT:
        snprintf(out, size, "%lld", (long long)number);
        break;
    case FACT_TIME:
        if (number == 0)
            snprintf(out, size, "never");
        else
            when_format(number, out, size);
        break;
    default:
        snprintf(out, size, "%s", text ? text : "");
        break;
    }
    return strlen(out);
}

int64_t version_number(const char *s, size_t n)
{
    int64_t part[3] = {0, 0, 0};
    size_t i, k = 0, digits = 0;

    for (i = 0; i < n; i++) {
        if (s[i] >= '0' && s[i] <= '9') {
            if (k < 3 && part[k] < 100000)
                part[k] = part[k] * 10 + (s[i] - '0');
            digits++;
        } else if (s[i] == '.' && digits > 0) {
            k++;
            digits = 0;
        } else {
            return -1;
        }
    }
    if (digits == 0)
        return -1;
    for (i = 1; i < 3; i++)
        if (part[i] > 99)
            part[i] = 99;
    return part[0] * 10000 + part[1] * 100 + part[2];
}

bool serial_is_placeholder(const char *s, size_t n)
{
    static const char *const words[] = {"n/a",
                                        "na",
                                        "none",
                                        "null",
                                        "nil",
                                        "unknown",
                                        "not available",
                                        "not applicable",
                                        "undefined",
                                        "undefined.",
                                        "default string",
                                        "system serial number",
                                        "serial",
                                        "-",
                                        "0"};
    size_t i;

    trim(&s, &n);
    for (i = 0; i < COUNT_OF(words); i++)
        if (word_is(s, n, words[i]))
            return true;
    if (n >= 12 && ascii_ncasecmp(s, "to be filled", 12) == 0)
        return true;
    for (i = 1; i < n && s[i] == s[0]; i++)
        ;
    return i >= n;
}
