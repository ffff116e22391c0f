/*
 * config.h - the settings: what muster.conf and --set say, and where each
 * value comes from.
 *
 * One table of keys; a section [client "Name"] overrides any of them for that
 * client. A value given by --set outranks the file, general and per client.
 * Names of clients and rules are compared without ASCII case. All text that is
 * returned belongs to the configuration and lives until config_free().
 *
 * A new key is a row of the table in config.c (thresholds: of policy.c) and a
 * paragraph of docs/muster.conf.5.
 */
#ifndef MUSTER_CONFIG_H
#define MUSTER_CONFIG_H

#include "core/err.h"
#include "core/options.h"
#include "core/strbuf.h"

#include <sqlite3.h>

enum config_kind {
    CONFIG_POLICY, /* as core/policy.h says */
    CONFIG_NAMES,  /* account names, * allowed; by blanks or commas */
    CONFIG_RULES,  /* rule ids, * allowed; by blanks or commas */
    CONFIG_LIST,   /* client names, by commas */
    CONFIG_TEXT,
    CONFIG_PATH,  /* from the folder of the configuration file */
    CONFIG_YES,   /* yes or no */
    CONFIG_RATE,  /* 0 to 100, a % may follow */
    CONFIG_COLOUR /* #rrggbb */
};

struct config_key {
    const char *section; /* policy, rules, accounts, report, client */
    const char *name;
    enum config_kind kind;
    const char *fallback; /* NULL: not set */
    const char *help;     /* one line */
};

/* The keys in the order of the manual. "severity" has rule ids for keys and
 * is not among them; "client" holds what only a client's section has. */
size_t config_key_count(void);
struct config_key config_key_at(size_t i);
bool config_find_key(const char *name, struct config_key *out);

struct config;

/*
 * Find and read the configuration: --config FILE, else $MUSTER_CONFIG, else
 * ./muster.conf, else $XDG_CONFIG_HOME/muster/muster.conf (~/.config where it
 * is not set); then apply each --set. No file is no error unless one is named.
 * Returns NULL with *err (ERR_CONFIG, file and line; ERR_USAGE for --set).
 */
struct config *config_load(const struct options *o, struct err *err);

/* The same from a text; "file" is for messages and relative paths. */
struct config *config_parse(const char *file, const char *text,
                            struct err *err);

/* "KEY=VALUE", "severity.RULE=WORD". */
int config_set(struct config *c, const char *assignment,
               struct err *err) MUST_CHECK;
void config_free(struct config *c); /* NULL is fine */

/* The file that was read; "" for none. */
const char *config_file(const struct config *c);

struct config_value {
    const char *text; /* items of lists joined by a blank (LIST: by ", ");
                         NULL: not set */
    const char *file; /* "" for a default, "--set", or the file */
    long line;        /* 0 where there is none */
};

/*
 * The value in force for a client (NULL: in general). All functions below take
 * NULL for a configuration without any file: the defaults. Asking for a key
 * that the table lacks is a programming error and aborts.
 */
struct config_value config_value(const struct config *c, const char *client,
                                 const char *key);
const char *config_get(const struct config *c, const char *client,
                       const char *key);

/* Whether the section of the client itself has the key. */
bool config_has(const struct config *c, const char *client, const char *key);

/* Append the path that a key of kind CONFIG_PATH names, from the folder of the
 * file it stands in; false where it is not set. */
bool config_path(const struct config *c, const char *client, const char *key,
                 struct strbuf *out);

/* The severity given to a rule, or NULL. */
const char *config_severity(const struct config *c, const char *client,
                            const char *rule);

/* Whether a rule is named by "disabled" or "required". */
bool config_names_rule(const struct config *c, const char *client,
                       const char *key, const char *rule);

/* Whether the text fits one of the words of a value ("adm*, it"). */
bool config_fits(const char *words, const char *text);

/* The next word of such a value: start with *at = the value; false at the end.
 * "word" is not terminated. */
bool config_word(const char **at, const char **word, size_t *len);

/* Clients that have a section, in byte order of their names. */
size_t config_client_count(const struct config *c);
const char *config_client_at(const struct config *c, size_t i);

/* The name a client goes by: that of the section which has "name" as its name
 * or alias, else "name" itself. */
const char *config_client_name(const struct config *c, const char *name);

/* Every [severity] entry: rule, word and place; false past the last. */
bool config_severity_at(const struct config *c, size_t i, const char **client,
                        const char **rule, struct config_value *value);

/* Bind the policy values for a client, in the order of policy_keys, to the
 * parameters from "first" on. Returns an SQLite code. */
int config_bind_policy(const struct config *c, const char *client,
                       sqlite3_stmt *st, int first);

/* The policy in force as JSON, the same bytes for the same settings wherever
 * they came from: what run.policy holds. The [report] section is no policy. */
void config_json(const struct config *c, struct strbuf *out);

/* Everything in force with its place: as lines for people, as JSON. */
void config_print(const struct config *c, FILE *out);
void config_print_json(const struct config *c, FILE *out);

/* A commented file with every key at its default. */
void config_template(FILE *out);

#endif
