/*
 * fuzz_ingest.c - a whole file into a store: the counts tie, a refused file
 * leaves nothing, and nothing of a secret's shape gets in. The first byte
 * chooses the kind of file.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "ingest/ingest.h"
#include "ingest/json_walk.h"
#include "ingest/secrets.h"
#include "tests/fuzz/fuzz.h"

#include <jansson.h>

static const char *const tables[] = {
    "import_column", "import_value", "import_warning", "reject", "device_row",
    "account_row",   "list_row",     "import",         "device"};

static sqlite3 *store(void)
{
    static sqlite3 *db;
    struct err err = {0};

    if (!db)
        db = db_open(":memory:", DB_CREATE, 0,
                     resource_text("ingest/schema.sql"), &err);
    fuzz_promise(db != NULL, "a store", err.text);
    return db;
}

static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st = NULL;
    struct err err = {0};
    int64_t n = -1;

    fuzz_promise(db_prepare(db, sql, &st, &err) == 0, sql, err.text);
    if (sqlite3_step(st) == SQLITE_ROW)
        n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}

/* Each string of a JSON value by itself: only together with what is around it
 * a harmless one may look like the start of a key. */
static bool has_secret(const json_t *v)
{
    const char *key;
    json_t *member;
    size_t i;

    json_object_foreach(json_walk(v), key, member)
    {
        if (secret_shape(key, strlen(key)) || has_secret(member))
            return true;
    }
    json_array_foreach(v, i, member)
    {
        if (has_secret(member))
            return true;
    }
    return json_is_string(v) &&
           secret_shape(json_string_value(v), json_string_length(v));
}

/* What is cited in a line for people stands between such marks. */
static bool quotes_secret(const char *s)
{
    while (*s) {
        size_t n = strcspn(s, "\":,()\n"), from = 0, to = n;

        /* without the blanks of the line around it */
        while (from < to && s[from] == ' ')
            from++;
        while (to > from && s[to - 1] == ' ')
            to--;
        if (secret_shape(s + from, to - from))
            return true;
        s += n + (s[n] != '\0');
    }
    return false;
}

/* A text of the store, or about it. The digests are ours. */
static void no_secret(const char *table, const char *column, const char *s)
{
    json_t *v = NULL;
    struct strbuf said = {0};
    bool found = false;

    if (!s || strcmp(column, "sha256") == 0 ||
        strcmp(column, "mapping_digest") == 0)
        return;
    if (*s == '{' || *s == '[')
        v = json_loads(s, 0, NULL);
    found = v ? has_secret(v) : quotes_secret(s);
    json_decref(v);
    strbuf_addf(&said, "%s.%s: %s", table, column, s);
    fuzz_promise(!found, "no secret is stored", strbuf_str(&said));
    strbuf_free(&said);
}

static void look_at(sqlite3 *db, const char *table)
{
    sqlite3_stmt *st = NULL;
    struct err err = {0};
    char sql[80];
    int i;

    snprintf(sql, sizeof(sql), "SELECT * FROM %s", table);
    fuzz_promise(db_prepare(db, sql, &st, &err) == 0, sql, err.text);
    while (sqlite3_step(st) == SQLITE_ROW)
        for (i = 0; i < sqlite3_column_count(st); i++)
            if (sqlite3_column_type(st, i) == SQLITE_TEXT)
                no_secret(table, sqlite3_column_name(st, i),
                          (const char *)sqlite3_column_text(st, i));
    sqlite3_finalize(st);
}

static void check_loaded(sqlite3 *db, const struct ingest_summary *sum)
{
    fuzz_promise(sum->records == sum->accepted + sum->rejected + sum->left_out,
                 "read = accepted + rejected + left out",
                 strbuf_str(&sum->line));
    fuzz_promise(number(db, "SELECT count(*) FROM import WHERE records ="
                            " accepted + rejected + left_out AND devices ="
                            " (SELECT count(*) FROM device_row) AND accounts"
                            " = (SELECT count(*) FROM account_row)") == 1,
                 "the counts of the import tie", strbuf_str(&sum->line));
    fuzz_promise(number(db, "SELECT count(*) FROM reject") <= sum->rejected,
                 "no more reasons than records", strbuf_str(&sum->line));
}

static void load(sqlite3 *db, struct ingest *in, const char *path, char *name)
{
    struct ingest_summary sum = {0};
    struct operand file = {(char *)(uintptr_t)path, name, NULL};
    struct err err = {0};
    size_t i;

    if (ingest_file(in, &file, &sum, &err) == 0) {
        check_loaded(db, &sum);
        for (i = 0; i < COUNT_OF(tables); i++)
            look_at(db, tables[i]);
        no_secret("summary", "line", strbuf_str(&sum.line));
        no_secret("summary", "details", strbuf_str(&sum.details));
    } else {
        fuzz_promise(err.code != ERR_NONE, "an error says what it is", "none");
        fuzz_promise(number(db, "SELECT (SELECT count(*) FROM import) +"
                                " (SELECT count(*) FROM device_row) +"
                                " (SELECT count(*) FROM account_row)") == 0,
                     "a refused file leaves nothing", err.text);
    }
    no_secret("error", "text", err.text);
    no_secret("error", "hint", err.hint);
    ingest_summary_free(&sum);
}

/* Forget all but the Macs, whose ids the ingest remembers. */
static void forget(sqlite3 *db, size_t count)
{
    struct err err = {0};
    char sql[80];
    size_t i;

    for (i = 0; i < count; i++) {
        snprintf(sql, sizeof(sql), "DELETE FROM %s", tables[i]);
        fuzz_promise(db_script(db, sql, &err) == 0, sql, err.text);
    }
}

/* To open one reads every mapping, so it serves many files. */
static struct ingest *ready(sqlite3 *db)
{
    static const struct ingest_options o = {.period = "2026-11",
                                            .as_of = 1796083200};
    static struct ingest *in;
    static int served;
    struct err err = {0};

    if (in && served++ < 64)
        return in;
    ingest_close(in);
    served = 0;
    forget(db, COUNT_OF(tables));
    in = ingest_open(db, &o, &err);
    fuzz_promise(in != NULL, "ready", err.text);
    return in;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static char names[][8] = {"a.csv",   "a.json", "a.jsonl",
                              "a.plist", "a.txt",  "-"};
    sqlite3 *db = store();
    struct ingest *in;

    if (n == 0)
        return 0;
    in = ready(db);
    load(db, in, fuzz_file(data + 1, n - 1), names[data[0] % COUNT_OF(names)]);
    forget(db, COUNT_OF(tables) - 1);
    return 0;
}
