/*
 * cmd_query.c - muster query: one read-only statement over the store.
 *
 * Read-only twice: the connection is, and an authorizer lets nothing through
 * but reading. The posture views of the last analysis are there to be asked.
 */
#include "core/base.h"

#include "analyze/derive.h"
#include "core/commands.h"
#include "core/db.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "report/csv.h"

#include <jansson.h>

static int only_reading(void *ctx, int action, const char *a, const char *b,
                        const char *database, const char *inner)
{
    (void)ctx, (void)a, (void)database, (void)inner;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_FUNCTION:
        return b && strcmp(b, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    default:
        return SQLITE_DENY;
    }
}

/* Where in the statement the fault is, as line and column. */
static int sql_error(sqlite3 *db, const char *sql, struct err *err)
{
    int at = sqlite3_error_offset(db), i;
    long line = 1, column = 1;

    if (at < 0 || (size_t)at > strlen(sql))
        return err_at(err, ERR_USAGE, "query", 0, 0, "%s", sqlite3_errmsg(db));
    for (i = 0; i < at; i++) {
        if (sql[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)sql[i] & 0xc0) != 0x80) {
            column++;
        }
    }
    return err_at(err, ERR_USAGE, "query", line, column, "%s",
                  sqlite3_errmsg(db));
}

static int prepare(sqlite3 *db, const char *sql, sqlite3_stmt **st,
                   struct err *err)
{
    sqlite3_stmt *more = NULL;
    const char *tail;

    if (sqlite3_prepare_v2(db, sql, -1, st, &tail) != SQLITE_OK) {
        if (sqlite3_errcode(db) == SQLITE_AUTH)
            return err_set(err, ERR_USAGE,
                           "query: only reading is possible here");
        return sql_error(db, sql, err);
    }
    if (!*st)
        return err_set(err, ERR_USAGE, "query: there is no statement");
    if (!sqlite3_stmt_readonly(*st)) /* VACUUM asks only while it runs */
        return err_set(err, ERR_USAGE, "query: only reading is possible here");
    if (sqlite3_prepare_v2(db, tail, -1, &more, NULL) != SQLITE_OK || more) {
        sqlite3_finalize(more);
        return err_set(err, ERR_USAGE, "query: more than one statement");
    }
    if (sqlite3_bind_parameter_count(*st))
        return err_set(err, ERR_USAGE, "query: parameters have no value here");
    return 0;
}

static void print_hex(sqlite3_stmt *st, int i)
{
    const unsigned char *b = sqlite3_column_blob(st, i);
    int n = sqlite3_column_bytes(st, i), k;

    for (k = 0; k < n; k++)
        printf("%02x", b[k]);
}

/* One CSV cell; a text that a spreadsheet would run gets an apostrophe. */
static void print_cell(sqlite3_stmt *st, int i, bool raw)
{
    int type = sqlite3_column_type(st, i); /* before the text is asked for */
    struct strbuf guarded = {0};
    bool quote = false;
    const char *s;

    if (type == SQLITE_BLOB) {
        print_hex(st, i);
        return;
    }
    s = db_text(st, i);
    if (!raw && type == SQLITE_TEXT) {
        quote = csv_guard(&guarded, s, strlen(s)) > 0;
        s = strbuf_str(&guarded);
    }
    if (quote || strpbrk(s, ",\"\r\n")) {
        putchar('"');
        for (; *s; s++) {
            if (*s == '"')
                putchar('"');
            putchar(*s);
        }
        putchar('"');
    } else {
        fputs(s, stdout);
    }
    strbuf_free(&guarded);
}

static void print_header(sqlite3_stmt *st)
{
    int i, n = sqlite3_column_count(st);

    for (i = 0; i < n; i++) {
        const char *name = sqlite3_column_name(st, i);
        bool quote = strpbrk(name, ",\"\r\n") != NULL;

        printf("%s%s", i ? "," : "", quote ? "\"" : "");
        for (; *name; name++)
            printf(*name == '"' ? "\"\"" : "%c", *name);
        printf("%s", quote ? "\"" : "");
    }
    printf("\r\n");
}

static int print_csv(sqlite3 *db, sqlite3_stmt *st, bool raw, struct err *err)
{
    int i, n = sqlite3_column_count(st), step;

    print_header(st);
    while ((step = sqlite3_step(st)) == SQLITE_ROW) {
        for (i = 0; i < n; i++) {
            if (i)
                putchar(',');
            print_cell(st, i, raw);
        }
        printf("\r\n");
        if (ferror(stdout))
            return 0; /* main tells it */
    }
    return step == SQLITE_DONE ? 0 : db_fail(db, "query", err);
}

static json_t *value_json(sqlite3_stmt *st, int i)
{
    switch (sqlite3_column_type(st, i)) {
    case SQLITE_INTEGER:
        return json_integer(sqlite3_column_int64(st, i));
    case SQLITE_FLOAT:
        return json_real(sqlite3_column_double(st, i));
    case SQLITE_NULL:
        return json_null();
    default:
        return json_string(db_text(st, i));
    }
}

static int print_json(sqlite3 *db, sqlite3_stmt *st, struct err *err)
{
    int i, n = sqlite3_column_count(st), step;
    const char *gap = "[\n";

    while ((step = sqlite3_step(st)) == SQLITE_ROW) {
        json_t *row = json_object();
        char *text;

        for (i = 0; i < n; i++)
            json_object_set_new(row, sqlite3_column_name(st, i),
                                value_json(st, i));
        text = json_dumps(row, JSON_COMPACT);
        json_decref(row);
        if (!text)
            return err_nomem(err);
        printf("%s%s", gap, text);
        free(text);
        gap = ",\n";
        if (ferror(stdout))
            return 0;
    }
    printf("%s]\n", gap[0] == '[' ? "[" : "\n");
    return step == SQLITE_DONE ? 0 : db_fail(db, "query", err);
}

static int ask(sqlite3 *db, const struct call *c, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t period;
    int rc;

    if (posture_views(db, &period, err) < 0)
        return -1;
    sqlite3_set_authorizer(db, only_reading, NULL);
    rc = prepare(db, c->operands[0], &st, err);
    if (rc == 0)
        rc = opt_flag(c->opt, "json")
                 ? print_json(db, st, err)
                 : print_csv(db, st, opt_flag(c->opt, "csv-raw"), err);
    sqlite3_finalize(st);
    sqlite3_set_authorizer(db, NULL, NULL);
    return rc;
}

static int run(const struct call *c, struct err *err)
{
    sqlite3 *db;
    int rc;

    if (c->count != 1) {
        err_set(err, ERR_USAGE, "query: needs one statement");
        return err_hint(err, "put it in quotes: muster query \"SELECT ...\"");
    }
    db = command_store(c, DB_READ, err);
    rc = db ? ask(db, c, err) : -1;
    db_close(db);
    return rc;
}

static const char *const options[] = {"csv-raw", NULL};

const struct command cmd_query = {
    .name = "query",
    .summary = "Run one read-only SQL statement",
    .usage = "query [OPTIONS] SQL",
    .help =
        "Run one SELECT over the database and print CSV, or JSON with --json.\n"
        "Besides the tables there are the views of the last analysis that rules\n"
        "read: device_posture, one row a Mac, and account_posture, one row an\n"
        "account. Booleans are 1, 0, and empty for unknown; times are seconds\n"
        "(iso(time) prints them). Nothing can be written.",
    .examples =
        "  muster query \"SELECT serial, holder_names FROM device_posture\n"
        "                WHERE sole_holder\"\n"
        "  muster query --json \"SELECT client, file, collected FROM import\"\n",
    .options = options,
    .run = run,
};
