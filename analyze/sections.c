/*
 * sections.c - settings of a client whose name is a slip of the pen.
 */
#include "core/base.h"

#include "analyze/sections.h"
#include "core/db.h"
#include "core/text.h"

#include <jansson.h>

static json_t *clients_of(sqlite3 *db, struct err *err)
{
    json_t *list = json_array();
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(db, "SELECT name FROM client ORDER BY name", &st, err) == 0)
        while ((step = db_step(st, err)) == 1)
            json_array_append_new(list, json_string(db_text(st, 0)));
    sqlite3_finalize(st);
    if (step == 0)
        return list;
    json_decref(list);
    return NULL;
}

/* The client that nearly has the name; NULL where one has it, or none does. */
static const char *nearest(const char *name, const json_t *clients)
{
    const char *near = NULL;
    const json_t *one;
    size_t i;

    json_array_foreach(clients, i, one)
    {
        const char *client = json_string_value(one);

        if (ascii_casecmp(client, name) == 0)
            return NULL;
        if (!near)
            near = text_nearest(name, &client, 1);
    }
    return near;
}

int sections_misspelt(sqlite3 *db, const struct config *c, char *name,
                      char *near, size_t size, struct err *err)
{
    json_t *clients;
    size_t i;

    name[0] = near[0] = '\0';
    if (!c || config_client_count(c) == 0)
        return 0;
    clients = clients_of(db, err);
    for (i = 0; clients && !near[0] && i < config_client_count(c); i++) {
        const char *found = nearest(config_client_at(c, i), clients);

        if (found) {
            snprintf(name, size, "%s", config_client_at(c, i));
            snprintf(near, size, "%s", found);
        }
    }
    json_decref(clients);
    return clients ? 0 : -1;
}
