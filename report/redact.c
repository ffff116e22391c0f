/*
 * redact.c - pseudonyms in place of names.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "report/leak.h"
#include "report/redact.h"
#include "report/redact_names.h"

#include <jansson.h>
#include <nettle/hmac.h>

#define KEY_LEAST 16
#define KEY_MOST 4096

struct redact {
    sqlite3 *db;
    int bits;
    int64_t period_id;
    uint8_t key[KEY_MOST];
    size_t key_len;
    sqlite3_stmt *client, *names;
    int64_t client_device, names_device; /* what is cached below */
    char client_name[256];
    struct redact_names own; /* of the Mac */
    struct leak_names *all;  /* names of the whole period; borrowed */
    int64_t client_id;       /* of the report; 0: the fleet */
    sqlite3_stmt *owner;
};

static const struct {
    const char *word;
    int bit;
} words[] = {{"users", REDACT_USERS},
             {"serials", REDACT_SERIALS},
             {"hostnames", REDACT_HOSTNAMES}};

int redact_bits(const char *list, struct err *err)
{
    int bits = 0;

    while (list && *list) {
        size_t n = strcspn(list, ","), i;

        for (i = 0; i < COUNT_OF(words); i++)
            if (strlen(words[i].word) == n &&
                strncmp(words[i].word, list, n) == 0)
                break;
        if (i == COUNT_OF(words)) {
            err_set(err, ERR_USAGE, "--redact: unknown word \"%.*s\"", (int)n,
                    list);
            return err_hint(err, "users, serials, hostnames");
        }
        bits |= words[i].bit;
        list += n;
        list += *list == ',';
    }
    return bits;
}

/* ------------------------------------------------------------ pseudonyms -- */

static void pseudonym(const struct redact *r, int bit, const char *value,
                      char *out, size_t size)
{
    struct hmac_sha256_ctx ctx;
    uint8_t digest[6], c = (uint8_t)bit; /* of a million Macs no two alike */
    char hex[sizeof(digest) * 2 + 1];
    size_t i;

    hmac_sha256_set_key(&ctx, r->key_len, r->key);
    hmac_sha256_update(&ctx, 1, &c);
    hmac_sha256_update(&ctx, strlen(r->client_name) + 1,
                       (const uint8_t *)r->client_name);
    for (i = 0; value[i]; i++) {
        c = (uint8_t)ascii_lower(value[i]);
        hmac_sha256_update(&ctx, 1, &c);
    }
    hmac_sha256_digest(&ctx, sizeof(digest), digest);
    for (i = 0; i < sizeof(digest); i++)
        snprintf(hex + 2 * i, 3, bit == REDACT_SERIALS ? "%02X" : "%02x",
                 digest[i]);
    snprintf(out, size, "%s%s",
             bit == REDACT_USERS     ? "user-"
             : bit == REDACT_SERIALS ? "SN"
                                     : "mac-",
             hex);
}

/* Make client_name that of a Mac. */
static void find_client(struct redact *r, int64_t device)
{
    struct err ignored = {0};

    if (r->client_device == device)
        return;
    r->client_device = device;
    r->client_name[0] = '\0';
    sqlite3_bind_int64(r->client, 1, r->period_id);
    sqlite3_bind_int64(r->client, 2, device);
    if (db_step(r->client, &ignored) == 1)
        snprintf(r->client_name, sizeof(r->client_name), "%s",
                 db_text(r->client, 0));
    sqlite3_reset(r->client);
}

/* redact(bit, value, device_id) */
static void fn_redact(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct redact *r = sqlite3_user_data(ctx);
    int bit = sqlite3_value_int(v[0]);
    const char *value = (const char *)sqlite3_value_text(v[1]);
    char out[48];

    (void)argc;
    if (!value || !value[0] || !(r->bits & bit)) {
        sqlite3_result_value(ctx, v[1]);
        return;
    }
    find_client(r, sqlite3_value_int64(v[2]));
    pseudonym(r, bit, value, out, sizeof(out));
    sqlite3_result_text(ctx, out, -1, SQLITE_TRANSIENT);
}

/* ------------------------------------------------------------------ text -- */

/* False for want of memory: a name must not be left for that. */
static bool add_alias(struct redact *r, int bit, const char *name, bool person)
{
    char out[48];

    if (!name[0] || !(r->bits & bit))
        return true;
    pseudonym(r, bit, name, out, sizeof(out));
    return redact_names_add(&r->own, name, out) &&
           (!person || redact_names_add_parts(&r->own, name, out));
}

/* False for want of memory. */
static bool find_names(struct redact *r, int64_t device)
{
    struct err ignored = {0};
    bool good = true;

    find_client(r, device);
    if (r->names_device == device)
        return true;
    redact_names_clear(&r->own);
    r->names_device = device;
    sqlite3_bind_int64(r->names, 1, device);
    sqlite3_bind_int64(r->names, 2, r->period_id);
    while (good && db_step(r->names, &ignored) == 1)
        good = add_alias(r, sqlite3_column_int(r->names, 0),
                         db_text(r->names, 1), sqlite3_column_int(r->names, 2));
    sqlite3_reset(r->names);
    redact_names_ready(&r->own);
    if (!good)
        r->names_device = -1;
    return good;
}

/* Append the text with the aliases at hand in place of names. */
static void hide_names(struct redact *r, const char *text, size_t n,
                       struct strbuf *out)
{
    redact_names_hide(&r->own, text, n, false, NULL, NULL, out);
}

/* -------------------------------------------------------- any name at all --
 */

/* A text being written again without the names of the period. */
struct rewriting {
    struct redact *r;
    const char *text;
    size_t done;   /* bytes of it */
    bool machines; /* it names a machine: words for such stay */
    struct strbuf out;
};

/* Make client_name that of a name's owner, the report's own where it is one. */
static void find_owner(struct redact *r, const struct name *name)
{
    bool own = r->client_id && leak_name_owned(name, r->client_id);
    struct err ignored = {0};

    r->client_device = -1; /* client_name is of another Mac from now on */
    r->client_name[0] = '\0';
    sqlite3_bind_int64(r->owner, 1, own ? r->client_id : name->owners[0]);
    if (db_step(r->owner, &ignored) == 1)
        snprintf(r->client_name, sizeof(r->client_name), "%s",
                 db_text(r->owner, 0));
    sqlite3_reset(r->owner);
}

/* leak_place_fn */
static bool replace_name(void *ctx, const struct name *name, size_t from,
                         size_t to)
{
    struct rewriting *w = ctx;
    int bit = leak_kind_bit(name->kind);
    char out[48], *value;

    if (from < w->done || !(w->r->bits & bit) ||
        (w->machines && redact_names_machine(name->text, name->len)))
        return true;
    value = strndup(w->text + from, to - from);
    if (!value)
        return false;
    find_owner(w->r, name);
    pseudonym(w->r, bit, value, out, sizeof(out));
    free(value);
    strbuf_add(&w->out, w->text + w->done, from - w->done);
    strbuf_adds(&w->out, out);
    w->done = to;
    return true;
}

static void hide_others(struct redact *r, const char *text, size_t n,
                        bool machines, struct strbuf *out)
{
    struct rewriting w = {.r = r, .text = text, .machines = machines};

    if (leak_names_places(r->all, text, n, replace_name, &w))
        strbuf_add(&w.out, text + w.done, n - w.done);
    else
        w.out.failed = true;
    if (strbuf_ok(&w.out))
        strbuf_add(out, strbuf_str(&w.out), w.out.len);
    else
        out->failed = true;
    strbuf_free(&w.out);
}

/* Append the text with aliases in place of the names of any Mac. */
static void hide_all(struct redact *r, const char *text, size_t n,
                     struct strbuf *out)
{
    hide_others(r, text, n, false, out);
}

/* redact_rest_fn */
static void hide_rest(void *ctx, const char *text, size_t n, struct strbuf *out)
{
    hide_others(ctx, text, n, false, out);
}

/* The same where words for machines are to be expected. */
static void hide_named(void *ctx, const char *text, size_t n,
                       struct strbuf *out)
{
    hide_others(ctx, text, n, true, out);
}

/* People name Macs, desks and tags after each other: names and parts of names
 * of its own people, and names of everybody else. */
static void hide_people(struct redact *r, const char *text, size_t n,
                        struct strbuf *out)
{
    redact_names_hide(&r->own, text, n, true, hide_named, r, out);
}

/* Hide names in the texts of a JSON value, those of other Macs too: people note
 * what they like. Its keys are names of facts. False for want of memory. */
static bool hide_in_value(struct redact *r, json_t *v)
{
    struct strbuf b = {0};
    json_t *item;
    const char *key;
    size_t i;
    bool good;

    if (json_is_string(v)) {
        redact_names_hide(&r->own, json_string_value(v), json_string_length(v),
                          true, hide_rest, r, &b);
        good = strbuf_ok(&b) && json_string_set(v, strbuf_str(&b)) == 0;
        strbuf_free(&b);
        return good;
    }
    json_array_foreach(v, i, item)
    {
        if (!hide_in_value(r, item))
            return false;
    }
    json_object_foreach(v, key, item)
    {
        if (!hide_in_value(r, item))
            return false;
    }
    return true;
}

static void hide_in_json(struct redact *r, const char *text, size_t n,
                         struct strbuf *out)
{
    json_t *v = json_loadb(text, n, JSON_DECODE_ANY, NULL);
    char *s = v && hide_in_value(r, v)
                  ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY)
                  : NULL;

    if (s)
        strbuf_adds(out, s);
    else
        out->failed = true; /* nothing of it is shown */
    free(s);
    json_decref(v);
}

typedef void hide_fn(struct redact *r, const char *text, size_t n,
                     struct strbuf *out);

/* What "fn" makes of the text v[0], which speaks of the Mac v[1], if of one. */
static void hide(sqlite3_context *ctx, int argc, sqlite3_value **v, hide_fn *fn)
{
    struct redact *r = sqlite3_user_data(ctx);
    const char *text = (const char *)sqlite3_value_text(v[0]);
    struct strbuf b = {0};
    size_t n = text ? strlen(text) : 0;

    if (n == 0) {
        sqlite3_result_value(ctx, v[0]);
        return;
    }
    if (argc > 1 && !find_names(r, sqlite3_value_int64(v[1]))) {
        sqlite3_result_error_nomem(ctx);
        return;
    }
    fn(r, text, n, &b);
    if (strbuf_ok(&b))
        sqlite3_result_text(ctx, strbuf_str(&b), (int)b.len, SQLITE_TRANSIENT);
    else
        sqlite3_result_error_nomem(ctx);
    strbuf_free(&b);
}

/* redact_text(text, device_id): names of that Mac inside a text. */
static void fn_redact_text(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    hide(ctx, argc, v, hide_names);
}

/* redact_json(text, device_id): the same inside the texts of JSON. */
static void fn_redact_json(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    hide(ctx, argc, v, hide_in_json);
}

/* redact_people(text, device_id): names of all in a text that people write. */
static void fn_redact_people(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    hide(ctx, argc, v, hide_people);
}

/* redact_any(text): names of any Mac in a text that belongs to none, such as
 * the name of a file. */
static void fn_redact_any(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    hide(ctx, argc, v, hide_all);
}

/* ----------------------------------------------------------------- views -- */

#define ANY (-1)     /* names of any Mac in a text */
#define IN_JSON (-2) /* names of its Mac in texts of JSON */
#define PEOPLE (-3)  /* names, and parts of its own people's, in a text */
#define NAMED 16     /* with a kind of name: where that stays, as PEOPLE */
#define BY_FACT 8    /* a value of the fact beside it: */
#define USER_FACTS                                                             \
    "'assigned_user', 'assigned_email', 'enrolled_by', 'full_name', 'guid'"
#define SERIAL_FACTS "'uuid', 'mdm_id', 'asset_tag', 'serial'"

/* What is done to which column: a kind of name, or "text" for names in it. */
static const struct {
    const char *table, *column;
    int bit; /* 0: names of its Mac in a text */
} columns[] = {
    {"account_alias", "account", REDACT_USERS},
    {"account_fact", "account", REDACT_USERS},
    {"account_fact", "full_name", REDACT_USERS},
    {"account_fact", "guid", REDACT_USERS},
    {"account_row", "account", REDACT_USERS},
    {"account_row", "full_name", REDACT_USERS},
    {"account_row", "guid", REDACT_USERS},
    {"account_row", "raw", IN_JSON},
    {"conflict", "account", REDACT_USERS},
    {"conflict", "value", BY_FACT},
    {"device", "serial", REDACT_SERIALS},
    {"device_derived", "holder_names", 0},
    {"device_derived", "token_admin_names", 0},
    {"device_derived", "reset_names", 0},
    {"device_derived", "refused_names", 0},
    {"device_row", "uuid", REDACT_SERIALS},
    {"device_row", "mdm_id", REDACT_SERIALS},
    {"device_row", "name", NAMED | REDACT_HOSTNAMES},
    {"device_row", "assigned_user", REDACT_USERS},
    {"device_row", "assigned_email", REDACT_USERS},
    {"device_row", "asset_tag", NAMED | REDACT_SERIALS},
    {"device_row", "enrolled_by", REDACT_USERS},
    {"device_row", "site", PEOPLE},
    {"device_row", "custom", IN_JSON},
    {"device_row", "raw", IN_JSON},
    {"device_text", "serial", REDACT_SERIALS},
    {"device_text", "uuid", REDACT_SERIALS},
    {"device_text", "mdm_id", REDACT_SERIALS},
    {"device_text", "name", NAMED | REDACT_HOSTNAMES},
    {"device_text", "assigned_user", REDACT_USERS},
    {"device_text", "assigned_email", REDACT_USERS},
    {"device_text", "asset_tag", NAMED | REDACT_SERIALS},
    {"device_text", "enrolled_by", REDACT_USERS},
    {"device_text", "site", PEOPLE},
    {"device_text", "custom", IN_JSON},
    {"expectation_gap", "serial", REDACT_SERIALS},
    {"finding", "account", REDACT_USERS},
    {"finding", "evidence", 0},
    {"import", "file", ANY},
    {"import", "notes", ANY},
    {"import_warning", "text", ANY},
    {"list_row", "names", 0},
    {"reject", "reason", ANY},
    {"waiver", "serial", REDACT_SERIALS},
    {"waiver", "account", REDACT_USERS},
    {"waiver", "reason", PEOPLE},
    {"waiver", "owner", REDACT_USERS},
    {"waiver", "approved_by", REDACT_USERS},
    {"waiver", "ticket", PEOPLE},
    {"work", "serial", REDACT_SERIALS},
    {"work", "account", REDACT_USERS},
    {"work", "owner", REDACT_USERS},
    {"work", "comment", PEOPLE},
};

/* The Mac that a row of the table speaks of. */
static const char *device_of(const char *table)
{
    /* of the Mac with that serial, if any */
    if (strcmp(table, "waiver") == 0 || strcmp(table, "work") == 0 ||
        strcmp(table, "expectation_gap") == 0)
        return "(SELECT d.device_id FROM main.device d WHERE d.serial ="
               " upper(t.serial))";
    return "t.device_id";
}

static void add_column(struct strbuf *sql, int bits, const char *table,
                       const char *name)
{
    size_t i;

    for (i = 0; i < COUNT_OF(columns); i++)
        if (strcmp(columns[i].table, table) == 0 &&
            strcmp(columns[i].column, name) == 0)
            break;
    if (i == COUNT_OF(columns))
        strbuf_addf(sql, ", t.\"%s\" AS \"%s\"", name, name);
    else if (columns[i].bit == ANY)
        strbuf_addf(sql, ", redact_any(t.\"%s\") AS \"%s\"", name, name);
    else if (columns[i].bit == IN_JSON)
        strbuf_addf(sql, ", redact_json(t.\"%s\", %s) AS \"%s\"", name,
                    device_of(table), name);
    else if (columns[i].bit == BY_FACT)
        strbuf_addf(sql,
                    ", CASE WHEN t.fact IN (%s) THEN redact(%d, t.\"%s\", %s)"
                    " WHEN %d AND t.fact IN (%s)"
                    " THEN redact(%d, t.\"%s\", %s)"
                    " WHEN %d AND t.fact = 'name'"
                    " THEN redact(%d, t.\"%s\", %s)"
                    " ELSE redact_people(t.\"%s\", %s) END AS \"%s\"",
                    USER_FACTS, REDACT_USERS, name, device_of(table),
                    bits & REDACT_SERIALS, SERIAL_FACTS, REDACT_SERIALS, name,
                    device_of(table), bits & REDACT_HOSTNAMES, REDACT_HOSTNAMES,
                    name, device_of(table), name, device_of(table), name);
    else if (columns[i].bit == PEOPLE ||
             ((columns[i].bit & NAMED) && !(columns[i].bit & bits)))
        strbuf_addf(sql, ", redact_people(t.\"%s\", %s) AS \"%s\"", name,
                    device_of(table), name);
    else if (columns[i].bit)
        strbuf_addf(sql, ", redact(%d, t.\"%s\", %s) AS \"%s\"",
                    columns[i].bit & ~NAMED, name, device_of(table), name);
    else
        strbuf_addf(sql, ", redact_text(t.\"%s\", %s) AS \"%s\"", name,
                    device_of(table), name);
}

static int make_view(struct redact *r, const char *table, struct err *err)
{
    struct strbuf sql = {0};
    sqlite3_stmt *st = NULL;
    int step = -1;

    strbuf_addf(&sql, "CREATE TEMP VIEW %s AS SELECT %s AS rowid", table,
                strcmp(table, "import_warning") == 0 ? "NULL" : "t.rowid");
    if (db_prepare(r->db, "SELECT name FROM pragma_table_info(:table, 'main')",
                   &st, err) == 0 &&
        db_bind_text(st, ":table", table, err) == 0)
        while ((step = db_step(st, err)) == 1)
            add_column(&sql, r->bits, table, db_text(st, 0));
    sqlite3_finalize(st);
    strbuf_addf(&sql, " FROM main.%s t", table);
    if (step == 0 && !strbuf_ok(&sql))
        step = err_nomem(err);
    if (step == 0)
        step = db_script(r->db, strbuf_str(&sql), err);
    strbuf_free(&sql);
    return step;
}

/* Each table of the list above once. */
static int make_views(struct redact *r, struct err *err)
{
    size_t i;

    for (i = 0; i < COUNT_OF(columns); i++)
        if ((i == 0 || strcmp(columns[i].table, columns[i - 1].table) != 0) &&
            make_view(r, columns[i].table, err) < 0)
            return -1;
    return 0;
}

static void drop_views(struct redact *r)
{
    struct err ignored = {0};
    char sql[80];
    size_t i;

    for (i = 0; i < COUNT_OF(columns); i++) {
        if (i > 0 && strcmp(columns[i].table, columns[i - 1].table) == 0)
            continue;
        snprintf(sql, sizeof(sql), "DROP VIEW IF EXISTS temp.%s",
                 columns[i].table);
        if (db_script(r->db, sql, &ignored) < 0)
            ignored = (struct err){0};
    }
}

static int read_key(struct redact *r, const char *path, struct err *err)
{
    FILE *f;

    if (!path) {
        err_set(err, ERR_USAGE, "--redact needs --redact-key FILE");
        return err_hint(err, "make one and keep it: head -c 32 /dev/urandom > "
                             "redact.key");
    }
    f = fopen(path, "rb");
    if (!f)
        return err_errno(err, ERR_CONFIG, path, "cannot open the key");
    r->key_len = fread(r->key, 1, sizeof(r->key), f);
    fclose(f);
    if (r->key_len < KEY_LEAST)
        return err_at(err, ERR_CONFIG, path, 0, 0,
                      "a key of fewer than %d bytes hides nothing", KEY_LEAST);
    return 0;
}

static int prepare(struct redact *r, struct err *err)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

    if (db_prepare(r->db,
                   "SELECT c.name FROM main.device_result r"
                   " JOIN main.client c ON c.client_id = r.client_id"
                   " WHERE r.period_id = ?1 AND r.device_id = ?2",
                   &r->client, err) < 0 ||
        db_prepare(r->db,
                   /* a kind, a name, and whether its words are names too */
                   "SELECT 1, account, 0 FROM main.account_fact"
                   " WHERE device_id = ?1 UNION"
                   " SELECT 1, full_name, kind IS DISTINCT FROM 'system'"
                   " FROM main.account_fact WHERE device_id = ?1 UNION"
                   " SELECT 1, assigned_user, 1 FROM main.device_text"
                   " WHERE device_id = ?1 UNION"
                   " SELECT 1, assigned_email, 1 FROM main.device_text"
                   " WHERE device_id = ?1 UNION"
                   " SELECT 1, enrolled_by, 0 FROM main.device_text"
                   " WHERE device_id = ?1 UNION"
                   " SELECT 2, serial, 0 FROM main.device"
                   " WHERE device_id = ?1 UNION"
                   " SELECT 4, name, 0 FROM main.device_text"
                   " WHERE device_id = ?1 UNION" /* what sources disagree on */
                   " SELECT CASE fact WHEN 'name' THEN 4 ELSE 1 END, value,"
                   " fact IN ('full_name', 'assigned_user', 'assigned_email')"
                   " FROM main.conflict WHERE period_id = ?2"
                   " AND device_id = ?1 AND fact IN ('name', 'full_name',"
                   " 'assigned_user', 'assigned_email', 'enrolled_by')",
                   &r->names, err) < 0 ||
        db_prepare(r->db, "SELECT name FROM main.client WHERE client_id = ?1",
                   &r->owner, err) < 0)
        return -1;
    if (sqlite3_create_function(r->db, "redact", 3, flags, r, fn_redact, NULL,
                                NULL) != SQLITE_OK ||
        sqlite3_create_function(r->db, "redact_text", 2, flags, r,
                                fn_redact_text, NULL, NULL) != SQLITE_OK ||
        sqlite3_create_function(r->db, "redact_json", 2, flags, r,
                                fn_redact_json, NULL, NULL) != SQLITE_OK ||
        sqlite3_create_function(r->db, "redact_people", 2, flags, r,
                                fn_redact_people, NULL, NULL) != SQLITE_OK ||
        sqlite3_create_function(r->db, "redact_any", 1, flags, r, fn_redact_any,
                                NULL, NULL) != SQLITE_OK)
        return db_fail(r->db, "register a function", err);
    return make_views(r, err);
}

struct redact *redact_begin(const struct report *report, struct leak *names,
                            struct err *err)
{
    struct redact *r = calloc(1, sizeof(*r));

    if (!r) {
        err_nomem(err);
        return NULL;
    }
    r->db = report->db;
    r->period_id = report->period_id;
    r->client_id = report->client_id;
    r->all = leak_all_names(names);
    r->client_device = r->names_device = -1;
    r->bits = redact_bits(report->options->redact, err);
    if (r->bits < 0 || read_key(r, report->options->redact_key, err) < 0 ||
        prepare(r, err) < 0) {
        redact_end(r);
        return NULL;
    }
    return r;
}

void redact_end(struct redact *r)
{
    if (!r)
        return;
    drop_views(r);
    sqlite3_finalize(r->client);
    sqlite3_finalize(r->names);
    sqlite3_finalize(r->owner);
    redact_names_free(&r->own);
    free(r);
}
