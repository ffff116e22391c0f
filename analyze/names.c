/*
 * names.c - what the policy says of accounts by their short names.
 *
 * The patterns of a client are cut into words once; a function of SQL asks
 * them for each account, so that all accounts are gone over in one statement.
 */
#include "core/base.h"

#include "analyze/names.h"
#include "core/db.h"
#include "core/text.h"

/* In this order; the first three are roles and the first that fits counts. */
static const char *const keys[] = {"managed_admin", "service",
                                   "shared",        "password_known",
                                   "break_glass",   "allowed_filevault_users"};
enum { ROLES = 3, PASSWORD = 3, BREAK_GLASS, FILEVAULT };

struct word_list {
    char **words;
    size_t count;
};

struct client_names {
    struct word_list list[COUNT_OF(keys)];
};

/* What the SQL function works with; clients by their number. */
struct lookup {
    struct client_names *clients;
    int64_t count;
    bool any;
};

static int add_word(struct word_list *l, const char *word, size_t n,
                    struct err *err)
{
    char **grown = realloc(l->words, (l->count + 1) * sizeof(*grown));

    if (!grown)
        return err_nomem(err);
    l->words = grown;
    grown[l->count] = malloc(n + 1);
    if (!grown[l->count])
        return err_nomem(err);
    memcpy(grown[l->count], word, n);
    grown[l->count++][n] = '\0';
    return 0;
}

static int cut(struct word_list *l, const char *text, struct err *err)
{
    const char *word;
    size_t n;

    while (config_word(&text, &word, &n))
        if (add_word(l, word, n, err) < 0)
            return -1;
    return 0;
}

static void lookup_free(struct lookup *l)
{
    int64_t i;
    size_t k, w;

    for (i = 0; i < l->count; i++)
        for (k = 0; k < COUNT_OF(keys); k++) {
            for (w = 0; w < l->clients[i].list[k].count; w++)
                free(l->clients[i].list[k].words[w]);
            free(l->clients[i].list[k].words);
        }
    free(l->clients);
}

static int read_client(struct lookup *l, const struct config *config,
                       int64_t id, const char *name, struct err *err)
{
    size_t k;

    if (id < 0 || id >= l->count)
        return 0;
    for (k = 0; k < COUNT_OF(keys); k++) {
        if (cut(&l->clients[id].list[k], config_get(config, name, keys[k]),
                err) < 0)
            return -1;
        l->any = l->any || l->clients[id].list[k].count > 0;
    }
    return 0;
}

static int lookup_read(struct lookup *l, sqlite3 *db,
                       const struct config *config, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t most;
    int step = -1;

    if (db_number(db, "SELECT coalesce(max(client_id), 0) FROM client", 0,
                  &most, err) < 0)
        return -1;
    l->clients = calloc((size_t)most + 1, sizeof(*l->clients));
    if (!l->clients)
        return err_nomem(err);
    l->count = most + 1;
    if (db_prepare(db, "SELECT client_id, name FROM client", &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1)
        if (read_client(l, config, sqlite3_column_int64(st, 0), db_text(st, 1),
                        err) < 0) {
            step = -1;
            break;
        }
    sqlite3_finalize(st);
    return step;
}

static bool fits(const struct word_list *l, const char *account)
{
    size_t i;

    for (i = 0; i < l->count; i++)
        if (text_glob(l->words[i], account))
            return true;
    return false;
}

/* 1 or 0 where the client has the list, else NULL. */
static void answer(sqlite3_context *ctx, const struct word_list *l,
                   const char *account)
{
    if (l->count)
        sqlite3_result_int(ctx, fits(l, account));
}

/* by_name(what, client_id, account): what the policy says, or NULL. */
static void fn_by_name(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    const struct lookup *l = sqlite3_user_data(ctx);
    const char *account = (const char *)sqlite3_value_text(argv[2]);
    int64_t client = sqlite3_value_int64(argv[1]);
    int what = sqlite3_value_int(argv[0]), k;
    const struct client_names *c;

    (void)argc;
    if (!account || client < 0 || client >= l->count)
        return;
    c = &l->clients[client];
    if (what == BREAK_GLASS || what == FILEVAULT) {
        answer(ctx, &c->list[what], account);
    } else if (what == PASSWORD) {
        if (fits(&c->list[PASSWORD], account))
            sqlite3_result_text(ctx, "admin", -1, SQLITE_STATIC);
    } else {
        for (k = 0; k < ROLES; k++)
            if (fits(&c->list[k], account))
                break;
        if (k < ROLES)
            sqlite3_result_text(ctx, keys[k], -1, SQLITE_STATIC);
    }
}

/* Facts on which rows disagree stay unknown. */
static const char disputed[] =
    "DROP TABLE IF EXISTS temp.disputed_name;"
    "CREATE TEMP TABLE disputed_name (device_id INTEGER, fact TEXT,"
    " account TEXT, PRIMARY KEY (device_id, fact, account)) WITHOUT ROWID;";

static const char fill_disputed[] =
    "INSERT OR IGNORE INTO disputed_name"
    " SELECT device_id, fact, fold(account) FROM conflict"
    " WHERE period_id = :period_id"
    " AND fact IN ('role', 'password_known_by') AND account <> ''";

static const char update[] =
    "UPDATE account_fact AS a SET"
    " role = coalesce(a.role, CASE WHEN NOT EXISTS (SELECT 1 FROM"
    "  disputed_name d WHERE d.device_id = a.device_id AND d.fact = 'role'"
    "  AND d.account = fold(a.account))"
    "  THEN by_name(0, f.client_id, a.account) END),"
    " password_known_by = coalesce(a.password_known_by, CASE WHEN NOT EXISTS"
    "  (SELECT 1 FROM disputed_name d WHERE d.device_id = a.device_id"
    "  AND d.fact = 'password_known_by' AND d.account = fold(a.account))"
    "  THEN by_name(3, f.client_id, a.account) END),"
    " break_glass = by_name(4, f.client_id, a.account),"
    " filevault_allowed = by_name(5, f.client_id, a.account)"
    " FROM device_fact f WHERE f.device_id = a.device_id"
    " AND (by_name(0, f.client_id, a.account) IS NOT NULL"
    "  OR by_name(3, f.client_id, a.account) IS NOT NULL"
    "  OR by_name(4, f.client_id, a.account) IS NOT NULL"
    "  OR by_name(5, f.client_id, a.account) IS NOT NULL)";

static int run_update(sqlite3 *db, int64_t period_id, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (db_script(db, disputed, err) < 0)
        return -1;
    if (db_prepare(db, fill_disputed, &st, err) == 0 &&
        db_bind_int(st, ":period_id", period_id, err) == 0)
        rc = db_run(st, err);
    sqlite3_finalize(st);
    if (rc == 0)
        rc = db_script(db, update, err);
    if (rc == 0)
        rc = db_script(db, "DROP TABLE temp.disputed_name", err);
    return rc;
}

int names_apply(sqlite3 *db, const struct config *config, int64_t period_id,
                struct err *err)
{
    struct lookup l = {0};
    int rc = -1;

    if (lookup_read(&l, db, config, err) == 0) {
        rc = 0;
        if (l.any) {
            if (sqlite3_create_function(db, "by_name", 3,
                                        SQLITE_UTF8 | SQLITE_DETERMINISTIC, &l,
                                        fn_by_name, NULL, NULL) != SQLITE_OK)
                rc = db_fail(db, "register a function", err);
            else
                rc = run_update(db, period_id, err);
            sqlite3_create_function(db, "by_name", 3, SQLITE_UTF8, NULL, NULL,
                                    NULL, NULL);
        }
    }
    lookup_free(&l);
    return rc;
}
