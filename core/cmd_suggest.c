/*
 * cmd_suggest.c - muster suggest: lines for [accounts] of the configuration.
 *
 * An account with the same name on most Macs of a client belongs to nobody in
 * particular. What it is for is a guess from what the facts say of it; the
 * guess and its grounds are printed, and nothing is written.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/config.h"
#include "core/db.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/text.h"

#include <jansson.h>

/* Columns of core/queries/suggest.sql. */
enum {
    CLIENT,
    NAME,
    MACS,
    SEEN,
    ADMINS,
    TOKENS,
    HIDDEN,
    LOGINS,
    NEVER,
    ROLES,
    KNOWN
};

static const char *const kinds[] = {"managed_admin", "service", "shared"};

struct suggestion {
    char *name, *grounds;
    size_t kind;
    bool known; /* the password is on record */
};

struct client {
    char *name;
    struct suggestion *items;
    size_t count;
};

static char *copy(const char *s)
{
    size_t n = strlen(s) + 1;
    char *p = malloc(n);

    return p ? memcpy(p, s, n) : NULL;
}

static void client_free(struct client *c)
{
    size_t i;

    for (i = 0; i < c->count; i++) {
        free(c->items[i].name);
        free(c->items[i].grounds);
    }
    free(c->items);
    free(c->name);
    *c = (struct client){0};
}

/* Most of them are administrators; or nobody ever logs in; or people share. */
static size_t guess(sqlite3_stmt *st)
{
    int seen = sqlite3_column_int(st, SEEN);

    if (2 * sqlite3_column_int(st, ADMINS) >= seen)
        return 0;
    if (2 * sqlite3_column_int(st, HIDDEN) >= seen ||
        (sqlite3_column_int(st, LOGINS) == 0 &&
         2 * sqlite3_column_int(st, NEVER) >= seen))
        return 1;
    return 2;
}

static char *grounds(sqlite3_stmt *st)
{
    static const struct {
        int column;
        const char *text;
    } parts[] = {{ADMINS, "administrator"},
                 {TOKENS, "token"},
                 {HIDDEN, "hidden"},
                 {LOGINS, "logged in"},
                 {NEVER, "never logged in"}};
    struct strbuf b = {0};
    size_t i;

    strbuf_addf(&b, "on %d of %d Macs", sqlite3_column_int(st, SEEN),
                sqlite3_column_int(st, MACS));
    for (i = 0; i < COUNT_OF(parts); i++)
        if (sqlite3_column_int(st, parts[i].column))
            strbuf_addf(&b, ", %s on %d", parts[i].text,
                        sqlite3_column_int(st, parts[i].column));
    return strbuf_detach(&b);
}

static int add(struct client *c, sqlite3_stmt *st, struct err *err)
{
    struct suggestion *grown =
        realloc(c->items, (c->count + 1) * sizeof(*grown));

    if (!grown)
        return err_nomem(err);
    c->items = grown;
    grown[c->count] = (struct suggestion){
        copy(db_text(st, NAME)), grounds(st), guess(st),
        2 * sqlite3_column_int(st, KNOWN) >= sqlite3_column_int(st, SEEN)};
    c->count++;
    return grown[c->count - 1].name && grown[c->count - 1].grounds
               ? 0
               : err_nomem(err);
}

/* Names that the configuration has already, and that a list can hold. */
static bool wanted(const struct config *config, const char *client,
                   const char *name)
{
    size_t i;

    for (i = 0; i < COUNT_OF(kinds); i++)
        if (config_fits(config_get(config, client, kinds[i]), name))
            return false;
    return !strpbrk(name, " \t\r\n,;*");
}

/* ----------------------------------------------------------------- output */

static void print_name(const char *s)
{
    text_print_safe(s, stdout);
}

static void print_client(const struct config *config, const struct client *c)
{
    const char *gap, *had;
    size_t k, i;

    if (strcmp(c->name, "unassigned") == 0) {
        printf("[accounts]\n");
    } else {
        printf("[client \"");
        print_name(c->name);
        printf("\"]\n");
    }
    for (i = 0; i < c->count; i++) {
        printf("# ");
        print_name(c->items[i].name);
        printf(": %s\n", c->items[i].grounds);
    }
    for (k = 0; k < COUNT_OF(kinds); k++) {
        had = config_get(config, c->name, kinds[k]);
        gap = had ? ", " : "";
        for (i = 0; i < c->count && c->items[i].kind != k; i++)
            ;
        if (i == c->count)
            continue;
        printf("%s = ", kinds[k]);
        if (had)
            print_name(had);
        for (; i < c->count; i++)
            if (c->items[i].kind == k) {
                fputs(gap, stdout);
                print_name(c->items[i].name);
                gap = ", ";
            }
        putchar('\n');
    }
    putchar('\n');
}

static void add_json(json_t *list, const struct client *c)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s}", "client", c->name, "key",
                            kinds[c->items[i].kind], "name", c->items[i].name,
                            "grounds", c->items[i].grounds));
}

static void end_client(const struct config *config, struct client *c,
                       json_t *list, int64_t *found)
{
    if (c->count && list)
        add_json(list, c);
    else if (c->count)
        print_client(config, c);
    *found += (int64_t)c->count;
    client_free(c);
}

static int walk(sqlite3 *db, const struct config *config, const char *client,
                json_t *list, int64_t *found, struct err *err)
{
    struct client now = {0};
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(db, resource_text("core/queries/suggest.sql"), &st, err) ==
            0 &&
        db_bind_text(st, ":client", client, err) == 0)
        while ((step = db_step(st, err)) == 1) {
            if (now.name && strcmp(now.name, db_text(st, CLIENT)) != 0)
                end_client(config, &now, list, found);
            if (!now.name && !(now.name = copy(db_text(st, CLIENT)))) {
                step = err_nomem(err);
                break;
            }
            if (wanted(config, now.name, db_text(st, NAME)) &&
                add(&now, st, err) < 0) {
                step = -1;
                break;
            }
        }
    if (step == 0)
        end_client(config, &now, list, found);
    client_free(&now);
    sqlite3_finalize(st);
    return step;
}

static int suggest(sqlite3 *db, const struct config *config,
                   const struct call *c, struct err *err)
{
    json_t *list = opt_flag(c->opt, "json") ? json_array() : NULL, *root;
    int64_t found = 0, tables;
    char *text;
    int rc;

    if (db_number(db,
                  "SELECT count(*) FROM sqlite_schema WHERE name ="
                  " 'account_fact'",
                  0, &tables, err) < 0)
        return -1;
    if (tables == 0)
        return err_set(err, ERR_USAGE, "nothing has been judged yet");
    if (command_client(db, c->opt, err) < 0)
        return -1;
    rc = walk(db, config, opt_text_or(c->opt, "client", ""), list, &found, err);
    if (rc == 0 && list) {
        root = json_pack("{s:s, s:O}", "schema", "muster.suggest/1",
                         "suggestions", list);
        text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
        puts(text ? text : "");
        free(text);
        json_decref(root);
    } else if (rc == 0 && found == 0) {
        printf("# no name is on most Macs of a client and without a role\n");
    }
    json_decref(list);
    return rc;
}

static int run(const struct call *c, struct err *err)
{
    struct config *config;
    sqlite3 *db = NULL;
    int rc = -1;

    if (c->count > 0)
        return err_set(err, ERR_USAGE, "suggest: takes no operand");
    config = config_load(c->opt, err);
    if (config)
        db = command_store(c, DB_READ, err);
    if (db)
        rc = suggest(db, config, c, err);
    db_close(db);
    config_free(config);
    return rc;
}

static const char *const options[] = {"client", NULL};

const struct command cmd_suggest = {
    .name = "suggest",
    .summary = "Propose what accounts are for, by names on most Macs",
    .usage = "suggest [OPTIONS]",
    .help =
        "Look for account names that are on at least half of a client's Macs\n"
        "(three or more) in the last analysis, and print lines for muster.conf\n"
        "that say what they are for, with the grounds of each guess. Nothing is\n"
        "written: read them, correct them, and paste what is true.",
    .examples = "  muster suggest\n"
                "  muster suggest --client Northwind\n",
    .options = options,
    .run = run,
};
