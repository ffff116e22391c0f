/*
 * config_print.c - the settings as JSON, as lines for people, as a new file.
 */
#include "core/base.h"

#include "core/config_data.h"
#include "core/facts.h"
#include "core/policy.h"
#include "core/text.h"
#include "core/when.h"

#include <jansson.h>

static json_t *words_json(const char *text)
{
    json_t *list = json_array();
    const char *word;
    size_t n;

    while (config_word(&text, &word, &n))
        json_array_append_new(list, json_stringn(word, n));
    return list;
}

/* A day is written as a day, an instant as one. */
static json_t *time_json(const char *text)
{
    char out[32];
    int64_t t;

    if (!when_parse(text, strlen(text), &t))
        return json_string(text);
    if (t % WHEN_DAY == 0)
        when_format_date(t, out, sizeof(out));
    else
        when_format(t, out, sizeof(out));
    return json_string(out);
}

static json_t *policy_json(const char *name, const char *text)
{
    switch (policy_find(name)->type) {
    case POLICY_DAYS:
        return json_integer(strtoll(text, NULL, 10));
    case POLICY_BOOL:
        return json_boolean(fact_bool_word(text, strlen(text)) == 1);
    case POLICY_TIME:
        return time_json(text);
    case POLICY_TEXT:
        break;
    }
    return json_string(text);
}

/* A value in the type of its key; null where it is not set. */
static json_t *value_json(const struct config_key *k, const char *text)
{
    if (!text)
        return json_null();
    switch (k->kind) {
    case CONFIG_POLICY:
        return policy_json(k->name, text);
    case CONFIG_NAMES:
    case CONFIG_RULES:
        return words_json(text);
    case CONFIG_YES:
        return json_boolean(fact_bool_word(text, strlen(text)) == 1);
    case CONFIG_RATE:
        return json_real(strtod(text, NULL));
    default:
        return json_string(text);
    }
}

static bool is_policy(const struct config_key *k)
{
    return strcmp(k->section, "report") != 0 && k->kind != CONFIG_PATH;
}

/* [severity] of a client, or the general one; by rule. */
static json_t *severities_json(const struct config *c, const char *client)
{
    json_t *out = json_object();
    size_t i;

    for (i = 0; c && i < c->count; i++) {
        const struct config_entry *e = &c->entries[i], *set;

        if (!text_starts(e->key, "severity."))
            continue;
        set = config_from_set(c, e->key);
        if ((client && set) ||
            (!set && (client ? !e->client || strcmp(e->client, client) != 0
                             : e->client != NULL)))
            continue;
        json_object_set_new(out, e->key + strlen("severity."),
                            json_string(set ? set->text : e->text));
    }
    return out;
}

static json_t *general_json(const struct config *c)
{
    json_t *out = json_object();
    struct config_key k;
    const char *text;
    size_t i;

    for (i = 0; i < config_key_count(); i++) {
        k = config_key_at(i);
        text = config_get(c, NULL, k.name);
        if (is_policy(&k) && text)
            json_object_set_new(out, k.name, value_json(&k, text));
    }
    return out;
}

/* What a client's section changes; --set outranks it. */
static json_t *client_json(const struct config *c, const char *client)
{
    json_t *out = json_object(), *severities;
    const struct config_entry *e;
    struct config_key k;
    size_t i;

    for (i = 0; i < config_key_count(); i++) {
        k = config_key_at(i);
        e = config_entry(c, client, k.name);
        if (!e || !is_policy(&k) || config_from_set(c, k.name))
            continue;
        json_object_set_new(out, k.name,
                            value_json(&k, e->text[0] ? e->text : NULL));
    }
    severities = severities_json(c, client);
    if (json_object_size(severities))
        json_object_set(out, "severity", severities);
    json_decref(severities);
    return out;
}

static void dump(json_t *root, size_t flags, struct strbuf *out)
{
    char *text = root ? json_dumps(root, flags) : NULL;

    if (text)
        strbuf_adds(out, text);
    else
        out->failed = true;
    free(text);
    json_decref(root);
}

void config_json(const struct config *c, struct strbuf *out)
{
    json_t *root = json_object(), *clients = json_object();
    size_t i;

    json_object_set_new(root, "schema", json_string("muster.policy/1"));
    json_object_set_new(root, "general", general_json(c));
    json_object_set_new(root, "severity", severities_json(c, NULL));
    for (i = 0; i < config_client_count(c); i++)
        json_object_set_new(clients, c->clients[i],
                            client_json(c, c->clients[i]));
    json_object_set_new(root, "clients", clients);
    dump(root, JSON_COMPACT | JSON_SORT_KEYS, out);
}

static void origin(const struct config_value *v, char *out, size_t size)
{
    if (!v->file[0])
        snprintf(out, size, "%s", v->text ? "default" : "not set");
    else if (v->line)
        snprintf(out, size, "%.200s:%ld", v->file, v->line);
    else
        snprintf(out, size, "%.200s", v->file);
}

static void print_line(const char *key, const struct config_value *v, FILE *out)
{
    struct strbuf b = {0}, safe = {0};
    char from[240];

    origin(v, from, sizeof(from));
    strbuf_addf(&b, "%s%s%s%s", v->text ? "" : "# ", key, v->text ? " = " : "",
                v->text ? v->text : "");
    text_escape(&safe, strbuf_str(&b), b.len);
    fprintf(out, "%-44s  %c ", strbuf_str(&safe), v->text ? ';' : '#');
    text_print_safe(from, out);
    fputc('\n', out);
    strbuf_free(&b);
    strbuf_free(&safe);
}

/* The general keys of one section. */
static void print_section(const struct config *c, const char *section,
                          FILE *out)
{
    struct config_value v;
    struct config_key k;
    size_t i;

    fprintf(out, "\n[%s]\n", section);
    for (i = 0; i < config_key_count(); i++) {
        k = config_key_at(i);
        if (strcmp(k.section, section) != 0)
            continue;
        v = config_value(c, NULL, k.name);
        print_line(k.name, &v, out);
    }
}

static void print_severities(const struct config *c, const char *client,
                             FILE *out)
{
    const char *owner, *rule;
    struct config_value v;
    char key[160];
    size_t i;

    for (i = 0; config_severity_at(c, i, &owner, &rule, &v); i++) {
        if (client ? !owner || strcmp(owner, client) != 0 : owner != NULL)
            continue;
        snprintf(key, sizeof(key), "%s%s", client ? "severity." : "", rule);
        print_line(key, &v, out);
    }
}

static void print_client(const struct config *c, const char *client, FILE *out)
{
    struct config_value v;
    struct config_key k;
    size_t i;

    fputs("\n[client \"", out);
    text_print_safe(client, out);
    fputs("\"]\n", out);
    for (i = 0; i < config_key_count(); i++) {
        k = config_key_at(i);
        if (!config_entry(c, client, k.name))
            continue;
        v = config_value(c, client, k.name);
        print_line(k.name, &v, out);
    }
    print_severities(c, client, out);
}

void config_print(const struct config *c, FILE *out)
{
    size_t i;

    fputs("# ", out);
    if (config_file(c)[0])
        text_print_safe(config_file(c), out);
    else
        fputs("no configuration file", out);
    fputc('\n', out);
    print_section(c, "policy", out);
    print_section(c, "rules", out);
    fputs("\n[severity]\n", out);
    print_severities(c, NULL, out);
    print_section(c, "accounts", out);
    print_section(c, "report", out);
    for (i = 0; i < config_client_count(c); i++)
        print_client(c, c->clients[i], out);
}

static json_t *place_json(const char *client, const char *key, json_t *value,
                          const struct config_value *v)
{
    char from[240];

    origin(v, from, sizeof(from));
    return json_pack("{s:s?, s:s, s:o, s:s}", "client", client, "key", key,
                     "value", value, "from", from);
}

void config_print_json(const struct config *c, FILE *out)
{
    json_t *list = json_array(), *root;
    struct config_value v;
    struct config_key k;
    struct strbuf b = {0};
    const char *client, *rule;
    size_t i, n;
    char key[160];

    for (n = 0; n <= config_client_count(c); n++) {
        client = n ? c->clients[n - 1] : NULL;
        for (i = 0; i < config_key_count(); i++) {
            k = config_key_at(i);
            if (client ? !config_entry(c, client, k.name)
                       : strcmp(k.section, "client") == 0)
                continue;
            v = config_value(c, client, k.name);
            json_array_append_new(
                list, place_json(client, k.name, value_json(&k, v.text), &v));
        }
    }
    for (i = 0; config_severity_at(c, i, &client, &rule, &v); i++) {
        snprintf(key, sizeof(key), "severity.%s", rule);
        json_array_append_new(list,
                              place_json(client, key, json_string(v.text), &v));
    }
    root = json_pack("{s:s, s:s, s:o}", "schema", "muster.config/1", "file",
                     config_file(c), "settings", list);
    dump(root, JSON_INDENT(1), &b);
    fprintf(out, "%s\n", strbuf_str(&b));
    strbuf_free(&b);
}

static const struct {
    const char *section, *text;
} chapters[] = {
    {"policy", "What counts as too old, expected or planned."},
    {"rules", "Which rules run. Rule ids, * allowed: disabled = ADM-*"},
    {"severity", "Another severity for a rule: BT-05 = info"},
    {"accounts", "What accounts are for, by their short names; * allowed.\n"
                 "# A fact that an export or an operator's file gives for an\n"
                 "# account stands against these. \"muster suggest\" proposes "
                 "lines."},
    {"report", "What reports look like."},
};

void config_template(FILE *out)
{
    struct config_key k;
    size_t i, n;

    fputs("# muster.conf - settings of muster; see muster.conf(5)\n"
          "#\n"
          "# Lines that begin with # or ; are comments. What is commented out\n"
          "# below shows the default, or an example where there is none. A\n"
          "# list may go on in lines that begin with blanks.\n",
          out);
    for (n = 0; n < COUNT_OF(chapters); n++) {
        fprintf(out, "\n# %s\n[%s]\n", chapters[n].text, chapters[n].section);
        for (i = 0; i < config_key_count(); i++) {
            k = config_key_at(i);
            if (strcmp(k.section, chapters[n].section) == 0)
                fprintf(out, "# %s\n#%s =%s%s\n", k.help, k.name,
                        k.fallback ? " " : "", k.fallback ? k.fallback : "");
        }
    }
    fputs("\n# A client may have any of these keys for itself, and severities\n"
          "# as severity.RULE. The name is the one in the exports.\n"
          "#[client \"Example\"]\n"
          "#alias = Example Ltd, Example Inc\n"
          "#freshness_days = 45\n"
          "#severity.BT-05 = medium\n",
          out);
}
