/*
 * config.c - the settings: the table of keys, finding the file, looking up.
 *
 * Assignments are kept as they were written, in order; a look-up takes the
 * nearest: --set, the client's section, the general sections, the default.
 */
#include "core/base.h"

#include "core/config_data.h"
#include "core/facts.h"
#include "core/policy.h"
#include "core/text.h"

#include <unistd.h>

#define FROM_SET "--set"

static const struct config_key keys[] = {
    {"rules", "disabled", CONFIG_RULES, NULL, "rules that are not run"},
    {"rules", "required", CONFIG_RULES, NULL,
     "rules that must be checked: where one is not, the report says so"},
    {"rules", "target_rate", CONFIG_RATE, NULL,
     "pass rate aimed at, in percent"},
    {"rules", "waivers", CONFIG_PATH, NULL, "CSV file of accepted risks"},
    {"accounts", "managed_admin", CONFIG_NAMES, NULL,
     "accounts that the management created for administrators"},
    {"accounts", "service", CONFIG_NAMES, NULL,
     "accounts of software, used by nobody"},
    {"accounts", "shared", CONFIG_NAMES, NULL,
     "accounts that several people use"},
    {"accounts", "password_known", CONFIG_NAMES, NULL,
     "accounts whose current password IT knows"},
    {"accounts", "break_glass", CONFIG_NAMES, NULL,
     "accounts kept for emergencies"},
    {"accounts", "allowed_filevault_users", CONFIG_NAMES, NULL,
     "the only accounts that may unlock FileVault"},
    {"report", "display_name", CONFIG_TEXT, NULL,
     "name of the client as reports print it"},
    {"report", "logo", CONFIG_PATH, NULL, "picture: PNG, JPEG or SVG"},
    {"report", "accent", CONFIG_COLOUR, NULL, "colour of headings: #rrggbb"},
    {"report", "contact", CONFIG_TEXT, NULL, "whom to ask about the report"},
    {"report", "confidentiality", CONFIG_TEXT, NULL,
     "line printed on every page"},
    {"report", "white_label", CONFIG_YES, NULL,
     "leave the name of this program out of reports"},
    {"client", "alias", CONFIG_LIST, NULL,
     "other names of this client in exports and earlier periods"},
};

/* Thresholds come first; they live in policy.c. */
struct config_key config_key_at(size_t i)
{
    if (i >= policy_key_count)
        return keys[i - policy_key_count];
    return (struct config_key){"policy", policy_keys[i].name, CONFIG_POLICY,
                               policy_keys[i].fallback, policy_keys[i].help};
}

size_t config_key_count(void)
{
    return policy_key_count + COUNT_OF(keys);
}

bool config_find_key(const char *name, struct config_key *out)
{
    size_t i;

    for (i = 0; i < config_key_count(); i++) {
        *out = config_key_at(i);
        if (strcmp(out->name, name) == 0)
            return true;
    }
    return false;
}

bool config_is_severity(const char *word)
{
    static const char *const words[] = {"critical", "high", "medium", "low",
                                        "info"};
    size_t i;

    for (i = 0; i < COUNT_OF(words); i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static bool is_rate(const char *s)
{
    char *end;
    double v;

    if (s[0] < '0' || s[0] > '9')
        return false;
    v = strtod(s, &end);
    if (*end == '%')
        end++;
    return !*end && v >= 0 && v <= 100 && !strpbrk(s, "xXeEpP");
}

static bool is_colour(const char *s)
{
    return s[0] == '#' && strlen(s) == 7 &&
           strspn(s + 1, "0123456789abcdefABCDEF") == 6;
}

int config_check_value(const struct config_key *k, const char *value,
                       struct err *err)
{
    const char *want = NULL;

    if (!value[0]) /* "not set", where that can be */
        return k->fallback
                   ? err_set(err, ERR_CONFIG, "%s: has no value", k->name)
                   : 0;
    if (k->kind == CONFIG_POLICY)
        return policy_check(policy_find(k->name), value, err);
    if (k->kind == CONFIG_YES && fact_bool_word(value, strlen(value)) < 0)
        want = "yes or no";
    if (k->kind == CONFIG_RATE && !is_rate(value))
        want = "a number from 0 to 100";
    if (k->kind == CONFIG_COLOUR && !is_colour(value))
        want = "a colour such as #1f6feb";
    if (want)
        return err_set(err, ERR_CONFIG, "%s: expected %s, found \"%s\"",
                       k->name, want, value);
    return 0;
}

static bool same(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return ascii_casecmp(a, b) == 0;
}

struct config_entry *config_entry(const struct config *c, const char *client,
                                  const char *key)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        if (same(c->entries[i].client, client) &&
            ascii_casecmp(c->entries[i].key, key) == 0)
            return &c->entries[i];
    return NULL;
}

static char *copy(const char *s)
{
    size_t n = strlen(s) + 1;
    char *p = malloc(n);

    return p ? memcpy(p, s, n) : NULL;
}

struct config_entry *config_add(struct config *c, const char *client,
                                const char *key, const char *text,
                                const char *file, long line, struct err *err)
{
    struct config_entry *grown, *e;

    grown = realloc(c->entries, (c->count + 1) * sizeof(*grown));
    if (!grown) {
        err_nomem(err);
        return NULL;
    }
    c->entries = grown;
    e = &grown[c->count];
    *e = (struct config_entry){client ? copy(client) : NULL, copy(key),
                               copy(text), file, line};
    c->count++;
    if (!e->key || !e->text || (client && !e->client)) {
        err_nomem(err);
        return NULL;
    }
    return e;
}

const char *config_add_client(struct config *c, const char *name,
                              struct err *err)
{
    size_t at = c->client_count;
    char **grown, *own = copy(name);

    grown = realloc(c->clients, (at + 1) * sizeof(*grown));
    if (grown)
        c->clients = grown;
    if (!grown || !own) {
        free(own);
        err_nomem(err);
        return NULL;
    }
    for (; at > 0 && strcmp(grown[at - 1], name) > 0; at--)
        grown[at] = grown[at - 1];
    grown[at] = own;
    c->client_count++;
    return own;
}

void config_free(struct config *c)
{
    size_t i;

    if (!c)
        return;
    for (i = 0; i < c->count; i++) {
        free(c->entries[i].client);
        free(c->entries[i].key);
        free(c->entries[i].text);
    }
    for (i = 0; i < c->client_count; i++)
        free(c->clients[i]);
    free(c->clients);
    free(c->entries);
    free(c->file);
    free(c);
}

struct config *config_parse(const char *file, const char *text, struct err *err)
{
    struct config *c = calloc(1, sizeof(*c));

    if (!c || !(c->file = copy(file))) {
        free(c);
        err_nomem(err);
        return NULL;
    }
    if (config_read(c, text, err) < 0) {
        config_free(c);
        return NULL;
    }
    return c;
}

enum { FILE_MOST = 1 << 20 };

static int read_all(FILE *f, const char *file, char *text, struct err *err)
{
    size_t n = fread(text, 1, FILE_MOST + 1, f);

    if (ferror(f))
        return err_errno(err, ERR_CONFIG, file, "cannot read");
    if (n > FILE_MOST)
        return err_at(err, ERR_CONFIG, file, 0, 0, "is larger than 1 MiB");
    if (memchr(text, '\0', n))
        return err_at(err, ERR_CONFIG, file, 0, 0, "is no text file");
    text[n] = '\0';
    return 0;
}

/* A whole file of at most 1 MiB; NULL with *err. */
static char *slurp(const char *file, struct err *err)
{
    FILE *f = fopen(file, "rb");
    char *text;

    if (!f) {
        err_errno(err, ERR_CONFIG, file, "cannot open the configuration");
        return NULL;
    }
    text = malloc(FILE_MOST + 2);
    if (!text) {
        err_nomem(err);
    } else if (read_all(f, file, text, err) < 0) {
        free(text);
        text = NULL;
    }
    fclose(f);
    return text;
}

/* Where the configuration is looked for; false where there is none. */
static bool find_file(const struct options *o, char *out, size_t size)
{
    const char *named = opt_text(o, "config"), *home;

    if (!named)
        named = getenv("MUSTER_CONFIG");
    if (named && named[0]) {
        snprintf(out, size, "%s", named);
        return true;
    }
    snprintf(out, size, "muster.conf");
    if (access(out, F_OK) == 0)
        return true;
    home = getenv("XDG_CONFIG_HOME");
    if (home && home[0] == '/')
        snprintf(out, size, "%s/muster/muster.conf", home);
    else if ((home = getenv("HOME")) && home[0] == '/')
        snprintf(out, size, "%s/.config/muster/muster.conf", home);
    else
        return false;
    return access(out, F_OK) == 0;
}

struct config *config_load(const struct options *o, struct err *err)
{
    char file[PATH_MAX], *text = NULL;
    struct config *c;
    size_t i;

    if (!find_file(o, file, sizeof(file)))
        file[0] = '\0';
    else if (!(text = slurp(file, err)))
        return NULL;
    c = config_parse(file, text ? text : "", err);
    free(text);
    for (i = 0; c && i < opt_count(o, "set"); i++) {
        if (config_set(c, opt_item(o, "set", i), err) < 0) {
            config_free(c);
            return NULL;
        }
    }
    return c;
}

static int set_unknown(const char *key, struct err *err)
{
    const char *words[64], *near;
    size_t i, n = config_key_count();

    for (i = 0; i < n && i < COUNT_OF(words); i++)
        words[i] = config_key_at(i).name;
    near = text_nearest(key, words, i);
    err_set(err, ERR_USAGE, "--set: unknown key \"%s\"", key);
    return near ? err_hint(err, "did you mean \"%s\"?", near)
                : err_hint(err, "\"muster config\" lists the keys");
}

int config_set(struct config *c, const char *assignment, struct err *err)
{
    const char *eq = strchr(assignment, '=');
    struct config_key k;
    struct err why = {0};
    char key[128];

    if (!eq || eq == assignment || (size_t)(eq - assignment) >= sizeof(key))
        return err_set(err, ERR_USAGE,
                       "--set: expected KEY=VALUE, found "
                       "\"%s\"",
                       assignment);
    snprintf(key, sizeof(key), "%.*s", (int)(eq - assignment), assignment);
    if (text_starts(key, "severity.") && key[9]) {
        if (!config_is_severity(eq + 1))
            err_set(&why, ERR_USAGE, "%s: \"%s\" is no severity", key, eq + 1);
    } else {
        if (!config_find_key(key, &k) || strcmp(k.section, "client") == 0)
            return set_unknown(key, err);
        config_check_value(&k, eq + 1, &why);
    }
    if (why.code != ERR_NONE)
        return err_set(err, ERR_USAGE, "--set: %s", why.text);
    return config_add(c, NULL, key, eq + 1, FROM_SET, 0, err) ? 0 : -1;
}

const char *config_file(const struct config *c)
{
    return c ? c->file : "";
}

const struct config_entry *config_from_set(const struct config *c,
                                           const char *key)
{
    size_t i;

    for (i = c->count; i > 0; i--)
        if (strcmp(c->entries[i - 1].file, FROM_SET) == 0 &&
            ascii_casecmp(c->entries[i - 1].key, key) == 0)
            return &c->entries[i - 1];
    return NULL;
}

static const struct config_entry *in_force(const struct config *c,
                                           const char *client, const char *key)
{
    const struct config_entry *e;

    if (!c)
        return NULL;
    e = config_from_set(c, key);
    if (!e && client)
        e = config_entry(c, config_client_name(c, client), key);
    return e ? e : config_entry(c, NULL, key);
}

struct config_value config_value(const struct config *c, const char *client,
                                 const char *key)
{
    const struct config_entry *e = in_force(c, client, key);
    struct config_key k;

    if (!config_find_key(key, &k)) {
        fprintf(stderr, "muster: no key \"%s\" in the table\n", key);
        abort();
    }
    if (e)
        return (struct config_value){e->text[0] ? e->text : NULL, e->file,
                                     e->line};
    return (struct config_value){k.fallback, "", 0};
}

const char *config_get(const struct config *c, const char *client,
                       const char *key)
{
    return config_value(c, client, key).text;
}

bool config_has(const struct config *c, const char *client, const char *key)
{
    return c && config_entry(c, config_client_name(c, client), key);
}

bool config_path(const struct config *c, const char *client, const char *key,
                 struct strbuf *out)
{
    struct config_value v = config_value(c, client, key);
    const char *slash = strrchr(v.file, '/');

    if (!v.text)
        return false;
    if (v.text[0] != '/' && slash)
        strbuf_add(out, v.file, (size_t)(slash - v.file) + 1);
    strbuf_adds(out, v.text);
    return true;
}

const char *config_severity(const struct config *c, const char *client,
                            const char *rule)
{
    const struct config_entry *e;
    char key[128];

    snprintf(key, sizeof(key), "severity.%s", rule);
    e = in_force(c, client, key);
    return e ? e->text : NULL;
}

bool config_word(const char **at, const char **word, size_t *len)
{
    static const char gap[] = ", \t\r\n";

    if (!*at)
        return false;
    *word = *at + strspn(*at, gap);
    *len = strcspn(*word, gap);
    *at = *word + *len;
    return *len > 0;
}

bool config_fits(const char *words, const char *text)
{
    const char *word;
    char pattern[256];
    size_t n;

    while (config_word(&words, &word, &n)) {
        if (n >= sizeof(pattern))
            continue;
        snprintf(pattern, sizeof(pattern), "%.*s", (int)n, word);
        if (text_glob(pattern, text))
            return true;
    }
    return false;
}

bool config_names_rule(const struct config *c, const char *client,
                       const char *key, const char *rule)
{
    return config_fits(config_get(c, client, key), rule);
}

size_t config_client_count(const struct config *c)
{
    return c ? c->client_count : 0;
}

const char *config_client_at(const struct config *c, size_t i)
{
    return c->clients[i];
}

/* Whether "name" is an item of "a, b c, d". */
static bool listed(const char *list, const char *name)
{
    size_t n = strlen(name), len, next;

    for (; *list; list += next) {
        list += strspn(list, " ,");
        len = next = strcspn(list, ",");
        while (len > 0 && list[len - 1] == ' ')
            len--;
        if (len == n && n > 0 && ascii_ncasecmp(list, name, n) == 0)
            return true;
    }
    return false;
}

const char *config_client_name(const struct config *c, const char *name)
{
    const struct config_entry *e;
    size_t i;

    for (i = 0; c && i < c->client_count; i++)
        if (same(c->clients[i], name))
            return c->clients[i];
    for (i = 0; c && i < c->client_count; i++) {
        e = config_entry(c, c->clients[i], "alias");
        if (e && listed(e->text, name))
            return c->clients[i];
    }
    return name;
}

bool config_severity_at(const struct config *c, size_t i, const char **client,
                        const char **rule, struct config_value *value)
{
    const struct config_entry *e;
    size_t k;

    for (k = 0; c && k < c->count; k++) {
        e = &c->entries[k];
        if (!text_starts(e->key, "severity.") || i-- > 0)
            continue;
        *client = e->client;
        *rule = e->key + strlen("severity.");
        *value = (struct config_value){e->text, e->file, e->line};
        return true;
    }
    return false;
}

int config_bind_policy(const struct config *c, const char *client,
                       sqlite3_stmt *st, int first)
{
    size_t i;
    int rc;

    for (i = 0; i < policy_key_count; i++) {
        rc = policy_bind(st, first + (int)i, &policy_keys[i],
                         config_get(c, client, policy_keys[i].name));
        if (rc != SQLITE_OK)
            return rc;
    }
    return SQLITE_OK;
}
