/*
 * db.c - the store: opening it safely, and short ways to use SQLite.
 *
 * Whose file it is gets decided before anything is written: a store carries
 * our application id, and its schema version stands in user_version. Both are
 * set in the transaction that makes the schema, so a killed first run leaves
 * an empty file, which the next run takes as new.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/facts.h"
#include "core/text.h"
#include "core/when.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A write came to nothing: SQLite says "full" where the volume is, and "I/O
 * error" at a limit of file size. */
static bool no_room(sqlite3 *db)
{
    switch (sqlite3_extended_errcode(db)) {
    case SQLITE_FULL:
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_TRUNCATE:
    case SQLITE_IOERR_DIR_FSYNC:
        return true;
    default:
        return false;
    }
}

/* The file may not be written to, or nothing be made beside it. */
static int not_writable(sqlite3 *db, const char *what, struct err *err)
{
    int why = sqlite3_extended_errcode(db);
    bool folder =
        why == SQLITE_READONLY_DIRECTORY || (why & 0xff) == SQLITE_CANTOPEN;

    err_at(err, ERR_OUTPUT, sqlite3_db_filename(db, "main"), 0, 0,
           "cannot %s: the %s is read-only", what, folder ? "folder" : "file");
    return err_hint(err, "copy the database to where you may write, and name "
                         "the copy with --db");
}

int db_fail(sqlite3 *db, const char *what, struct err *err)
{
    int rc = sqlite3_errcode(db) & 0xff;

    if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
        return err_set(err, ERR_BUSY,
                       "cannot %s: the database is in use by "
                       "another run",
                       what);
    if (rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB) {
        err_set(err, ERR_FAIL, "cannot %s: the database is damaged (%s)", what,
                sqlite3_errmsg(db));
        return err_hint(err, "restore it from a backup, or ingest the exports "
                             "again into a new file");
    }
    if (no_room(db)) {
        err_at(err, ERR_OUTPUT, sqlite3_db_filename(db, "main"), 0, 0,
               "cannot %s: %s", what,
               rc == SQLITE_FULL ? "the volume is full"
                                 : "writing to the volume failed");
        return err_hint(err, "make room and run it again; files that were read "
                             "to their end stay read");
    }
    if (rc == SQLITE_READONLY || rc == SQLITE_CANTOPEN)
        return not_writable(db, what, err);
    return err_set(err, ERR_FAIL, "cannot %s: %s", what, sqlite3_errmsg(db));
}

int db_script(sqlite3 *db, const char *sql, struct err *err)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return db_fail(db, "work on the database", err);
    return 0;
}

int db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **st, struct err *err)
{
    const char *tail = NULL;
    sqlite3_stmt *more = NULL;

    *st = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, st, &tail) != SQLITE_OK)
        return db_fail(db, "prepare a statement", err);
    if (!*st)
        return err_set(err, ERR_FAIL, "an empty statement");
    /* blanks and comments may follow; SQLite itself says what else does */
    if (!*tail ||
        (sqlite3_prepare_v2(db, tail, -1, &more, NULL) == SQLITE_OK && !more))
        return 0;
    sqlite3_finalize(more);
    sqlite3_finalize(*st);
    *st = NULL;
    return err_set(err, ERR_FAIL, "more than one statement");
}

static int parameter(sqlite3_stmt *st, const char *name, struct err *err)
{
    int index = sqlite3_bind_parameter_index(st, name);

    if (index == 0)
        err_set(err, ERR_FAIL, "statement has no parameter %s", name);
    return index;
}

int db_bind_text(sqlite3_stmt *st, const char *name, const char *value,
                 struct err *err)
{
    int index = parameter(st, name, err);

    if (index == 0)
        return -1;
    if (sqlite3_bind_text(st, index, value, -1, SQLITE_TRANSIENT) != SQLITE_OK)
        return db_fail(sqlite3_db_handle(st), "bind a value", err);
    return 0;
}

int db_bind_int(sqlite3_stmt *st, const char *name, int64_t value,
                struct err *err)
{
    int index = parameter(st, name, err);

    if (index == 0)
        return -1;
    if (sqlite3_bind_int64(st, index, value) != SQLITE_OK)
        return db_fail(sqlite3_db_handle(st), "bind a value", err);
    return 0;
}

int db_step(sqlite3_stmt *st, struct err *err)
{
    switch (sqlite3_step(st)) {
    case SQLITE_ROW:
        return 1;
    case SQLITE_DONE:
        return 0;
    default:
        return db_fail(sqlite3_db_handle(st), "read or write the database",
                       err);
    }
}

int db_run(sqlite3_stmt *st, struct err *err)
{
    int step = db_step(st, err);

    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    if (step == 1)
        return err_set(err, ERR_FAIL, "a statement yielded a row");
    return step;
}

const char *db_text(sqlite3_stmt *st, int column)
{
    const unsigned char *s = sqlite3_column_text(st, column);

    return s ? (const char *)s : "";
}

int db_number(sqlite3 *db, const char *sql, int64_t fallback, int64_t *out,
              struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    step = db_step(st, err);
    *out = step == 1 ? sqlite3_column_int64(st, 0) : fallback;
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

int db_begin(sqlite3 *db, struct err *err)
{
    return db_script(db, "BEGIN IMMEDIATE", err);
}

int db_commit(sqlite3 *db, struct err *err)
{
    return db_script(db, "COMMIT", err);
}

void db_rollback(sqlite3 *db)
{
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

int db_cache(sqlite3 *db, int kib, struct err *err)
{
    char sql[64];

    snprintf(sql, sizeof(sql), "PRAGMA cache_size=-%d", kib);
    return db_script(db, sql, err);
}

/* os_number(text): the integer form of a dotted version, or NULL. */
static void fn_os_number(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    const char *s = (const char *)sqlite3_value_text(argv[0]);
    int64_t v;

    (void)argc;
    if (!s)
        return;
    v = version_number(s, strlen(s));
    if (v >= 0)
        sqlite3_result_int64(ctx, v);
}

/* fold(text): lower case of ASCII letters, the rest as it is. */
static void fn_fold(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    const char *s = (const char *)sqlite3_value_text(argv[0]);
    int n = sqlite3_value_bytes(argv[0]), i;
    char *out;

    (void)argc;
    if (!s)
        return;
    out = sqlite3_malloc(n + 1);
    if (!out) {
        sqlite3_result_error_nomem(ctx);
        return;
    }
    for (i = 0; i < n; i++)
        out[i] = ascii_lower(s[i]);
    sqlite3_result_text(ctx, out, n, sqlite3_free);
}

/* iso(time) and iso_date(time); 0 is "never". */
static void fn_iso(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    bool date_only = sqlite3_user_data(ctx) != NULL;
    char out[32];
    int64_t t;

    (void)argc;
    if (sqlite3_value_type(argv[0]) == SQLITE_NULL)
        return;
    t = sqlite3_value_int64(argv[0]);
    if (t == 0)
        snprintf(out, sizeof(out), "never");
    else if (date_only)
        when_format_date(t, out, sizeof(out));
    else
        when_format(t, out, sizeof(out));
    sqlite3_result_text(ctx, out, -1, SQLITE_TRANSIENT);
}

int db_functions(sqlite3 *db, struct err *err)
{
    static char date_only;
    static const struct {
        const char *name;
        void (*fn)(sqlite3_context *, int, sqlite3_value **);
        void *data;
    } table[] = {{"os_number", fn_os_number, NULL},
                 {"fold", fn_fold, NULL},
                 {"iso", fn_iso, NULL},
                 {"iso_date", fn_iso, &date_only}};
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    size_t i;

    for (i = 0; i < COUNT_OF(table); i++)
        if (sqlite3_create_function(db, table[i].name, 1, flags, table[i].data,
                                    table[i].fn, NULL, NULL) != SQLITE_OK)
            return db_fail(db, "register a function", err);
    return 0;
}

/* What every connection needs before it reads a byte of the schema. */
static int harden(sqlite3 *db, int wait_ms, struct err *err)
{
    static const struct {
        int option, value;
    } settings[] = {{SQLITE_DBCONFIG_DQS_DML, 0},
                    {SQLITE_DBCONFIG_DQS_DDL, 0},
                    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
                    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                    {SQLITE_DBCONFIG_DEFENSIVE, 1},
                    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}};
    size_t i;

    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, wait_ms);
    for (i = 0; i < COUNT_OF(settings); i++)
        if (sqlite3_db_config(db, settings[i].option, settings[i].value,
                              NULL) != SQLITE_OK)
            return db_fail(db, "set up the connection", err);
    return db_script(db,
                     "PRAGMA foreign_keys=OFF; PRAGMA cell_size_check=ON;"
                     "PRAGMA mmap_size=0; PRAGMA secure_delete=OFF;"
                     "PRAGMA temp_store=FILE; PRAGMA synchronous=FULL",
                     err);
}

static int make_schema(sqlite3 *db, const char *schema, struct err *err)
{
    char sql[128];

    snprintf(sql, sizeof(sql),
             "PRAGMA application_id=%d; PRAGMA user_version=%d",
             DB_APPLICATION_ID, DB_SCHEMA_VERSION);
    if (db_script(db, "PRAGMA page_size=16384", err) < 0 ||
        db_begin(db, err) < 0 || db_script(db, schema, err) < 0 ||
        db_script(db, sql, err) < 0 || db_commit(db, err) < 0) {
        db_rollback(db);
        return -1;
    }
    return 0;
}

/* A store of an earlier version lacks what the schema adds since the next. */
static int upgrade(sqlite3 *db, int64_t version, const char *schema,
                   struct err *err)
{
    char sql[64];
    const char *added;

    snprintf(sql, sizeof(sql), "\n-- Since store version %d", (int)version + 1);
    added = schema ? strstr(schema, sql) : NULL;
    if (!added)
        return err_set(err, ERR_FAIL, "cannot be brought to store version %d",
                       DB_SCHEMA_VERSION);
    snprintf(sql, sizeof(sql), "PRAGMA user_version=%d", DB_SCHEMA_VERSION);
    if (db_begin(db, err) < 0 || db_script(db, added, err) < 0 ||
        db_script(db, sql, err) < 0 || db_commit(db, err) < 0) {
        db_rollback(db);
        return -1;
    }
    return 0;
}

/* Before anything else: a file of text is not a damaged store. */
static int check_kind(sqlite3 *db, const char *path, struct err *err)
{
    if (sqlite3_exec(db, "PRAGMA schema_version", NULL, NULL, NULL) ==
        SQLITE_NOTADB)
        return err_at(err, ERR_FAIL, path, 0, 0,
                      "is no database; it was left as it is");
    return 0;
}

/* Neither newer nor so old that nothing can be done. */
static int check_version(sqlite3 *db, const char *path, int64_t version,
                         enum db_mode mode, const char *schema, struct err *err)
{
    if (version > DB_SCHEMA_VERSION)
        return err_at(err, ERR_FAIL, path, 0, 0,
                      "was made by a newer muster (store version %lld, this "
                      "one knows %d); it was left as it is",
                      (long long)version, DB_SCHEMA_VERSION);
    if (version == DB_SCHEMA_VERSION)
        return 0;
    if (version >= DB_SCHEMA_OLDEST && mode != DB_READ)
        return upgrade(db, version, schema, err);
    err_at(err, ERR_FAIL, path, 0, 0, "has store version %lld, expected %d",
           (long long)version, DB_SCHEMA_VERSION);
    if (version >= DB_SCHEMA_OLDEST)
        return err_hint(err, "\"muster ingest\", \"muster analyze\" and "
                             "\"muster run\" bring it up to date");
    return -1;
}

/* Ours and of a version we know, or empty and allowed to be made. */
static int check_owner(sqlite3 *db, const char *path, enum db_mode mode,
                       const char *schema, struct err *err)
{
    int64_t id, version, tables;

    if (db_number(db, "PRAGMA application_id", 0, &id, err) < 0 ||
        db_number(db, "PRAGMA user_version", 0, &version, err) < 0 ||
        db_number(db, "SELECT count(*) FROM sqlite_schema", 0, &tables, err) <
            0)
        return -1;
    if (id == 0 && version == 0 && tables == 0) {
        if (mode == DB_CREATE)
            return make_schema(db, schema, err);
        err_at(err, ERR_FAIL, path, 0, 0, "holds nothing yet");
        return err_hint(err, "fill it with \"muster run EXPORT...\"");
    }
    if (id != DB_APPLICATION_ID)
        return err_at(err, ERR_FAIL, path, 0, 0,
                      "belongs to another program; it was left as it is");
    return check_version(db, path, version, mode, schema, err);
}

/* Make the file ourselves, so that it is private from its first byte. */
static int make_private(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                  S_IRUSR | S_IWUSR);

    if (fd < 0 && errno != EEXIST)
        return err_errno(err, ERR_OUTPUT, path, "cannot create the database");
    if (fd >= 0)
        close(fd);
    return 0;
}

static int check_path(const char *path, enum db_mode mode, struct err *err)
{
    struct stat st;

    if (strcmp(path, ":memory:") == 0)
        return 0;
    if (stat(path, &st) == 0) {
        if (!S_ISREG(st.st_mode))
            return err_at(err, ERR_FAIL, path, 0, 0,
                          "is no regular file; name a database with --db");
        return 0;
    }
    if (mode == DB_CREATE)
        return make_private(path, err);
    err_at(err, ERR_FAIL, path, 0, 0, "there is no such database");
    return err_hint(err, "make one with \"muster run EXPORT...\" or name it "
                         "with --db");
}

/*
 * Temporary files of SQLite go beside the database: it opens them 0600 and
 * unlinks them at once, but in $TMPDIR they might end up on another volume.
 * The variable is read when the first one is made.
 */
static void temporary_beside(const char *path)
{
    const char *slash = strrchr(path, '/');
    char dir[PATH_MAX];

    if (strcmp(path, ":memory:") == 0)
        return;
    snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path) : 1,
             slash ? path : ".");
    setenv("SQLITE_TMPDIR", dir[0] ? dir : "/", 1);
}

/*
 * A killed run leaves a journal, which the next connection plays back. That
 * takes a writing one, so a reader opens such a store for a moment to write.
 */
static void play_back(const char *path, int wait_ms)
{
    sqlite3 *db = NULL;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
                        NULL) == SQLITE_OK &&
        sqlite3_exec(db, "SELECT count(*) FROM sqlite_schema", NULL, NULL,
                     NULL) != SQLITE_OK &&
        sqlite3_extended_errcode(db) == SQLITE_READONLY_ROLLBACK) {
        sqlite3_close(db);
        if (sqlite3_open_v2(path, &db,
                            SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                            NULL) == SQLITE_OK) {
            sqlite3_busy_timeout(db, wait_ms);
            sqlite3_exec(db, "SELECT count(*) FROM sqlite_schema", NULL, NULL,
                         NULL);
        }
    }
    sqlite3_close(db);
}

sqlite3 *db_open(const char *path, enum db_mode mode, int wait_ms,
                 const char *schema, struct err *err)
{
    int flags = mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    sqlite3 *db = NULL;

    if (strcmp(path, ":memory:") == 0)
        flags |= SQLITE_OPEN_CREATE;
    if (check_path(path, mode, err) < 0)
        return NULL;
    temporary_beside(path);
    if (mode == DB_READ)
        play_back(path, wait_ms);
    if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK) {
        err_at(err, ERR_FAIL, path, 0, 0, "cannot open the database: %s",
               !db                        ? "out of memory"
               : sqlite3_system_errno(db) ? strerror(sqlite3_system_errno(db))
                                          : sqlite3_errmsg(db));
        sqlite3_close(db);
        return NULL;
    }
    if (check_kind(db, path, err) < 0 || harden(db, wait_ms, err) < 0 ||
        check_owner(db, path, mode, schema, err) < 0 ||
        db_functions(db, err) < 0) {
        if (!err->file[0])
            snprintf(err->file, sizeof(err->file), "%s", path);
        sqlite3_close(db);
        return NULL;
    }
    return db;
}

void db_close(sqlite3 *db)
{
    sqlite3_stmt *st;

    if (!db)
        return;
    while ((st = sqlite3_next_stmt(db, NULL)))
        sqlite3_finalize(st);
    sqlite3_close(db);
}
