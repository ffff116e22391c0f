/*
 * config_data.h - how a configuration is kept; for config*.c alone.
 */
#ifndef MUSTER_CONFIG_DATA_H
#define MUSTER_CONFIG_DATA_H

#include "core/config.h"

/* One assignment. Keys of severities are "severity.RULE". */
struct config_entry {
    char *client; /* NULL: in general */
    char *key;
    char *text;
    const char *file; /* of the configuration, or "--set" */
    long line;
};

struct config {
    char *file;
    struct config_entry *entries;
    size_t count;
    char **clients; /* sorted by name */
    size_t client_count;
};

/* The entry of exactly this client (NULL: general), or NULL. */
struct config_entry *config_entry(const struct config *c, const char *client,
                                  const char *key);

/* The last --set of a key, or NULL. */
const struct config_entry *config_from_set(const struct config *c,
                                           const char *key);

/* Check a value; the error has no place yet. */
int config_check_value(const struct config_key *k, const char *value,
                       struct err *err);
bool config_is_severity(const char *word);

/* Add a value, or join it to a list that the line before began. Returns the
 * entry, or NULL with *err. */
struct config_entry *config_add(struct config *c, const char *client,
                                const char *key, const char *text,
                                const char *file, long line, struct err *err);

/* Note a client's section; its place in c->clients, or NULL with *err. */
const char *config_add_client(struct config *c, const char *name,
                              struct err *err);

/* Read a whole text into an empty configuration. */
int config_read(struct config *c, const char *text, struct err *err);

#endif
