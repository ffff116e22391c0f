#include "core/base.h"

#include "core/db.h"
#include "tests/suites.h"
#include "tests/support/tmpdir.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SCHEMA "CREATE TABLE t (a INTEGER, b TEXT) STRICT;"

static const char *dir;
static char path[800];
static struct err err;

static void setup(void)
{
    err = (struct err){0};
    dir = tmpdir_make();
    snprintf(path, sizeof(path), "%s", tmpdir_path("m.db"));
}

static void teardown(void)
{
    tmpdir_remove();
}

static sqlite3 *open_store(enum db_mode mode)
{
    return db_open(path, mode, 0, SCHEMA, &err);
}

/* Make a file with SQLite alone. */
static void plain(const char *sql)
{
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* The bytes of the file; static. */
static const char *bytes(size_t *n)
{
    static char out[1 << 16];
    FILE *f = fopen(path, "rb");

    ck_assert_ptr_nonnull(f);
    *n = fread(out, 1, sizeof(out), f);
    fclose(f);
    return out;
}

START_TEST(a_new_store_is_ours_and_private)
{
    struct stat st;
    int64_t id;
    sqlite3 *db;

    umask(0);
    db = open_store(DB_CREATE);
    ck_assert_ptr_nonnull(db);
    ck_assert_int_eq(db_number(db, "PRAGMA application_id", 0, &id, &err), 0);
    ck_assert_int_eq(id, DB_APPLICATION_ID);
    ck_assert_int_eq(db_number(db, "PRAGMA user_version", 0, &id, &err), 0);
    ck_assert_int_eq(id, DB_SCHEMA_VERSION);
    db_close(db);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    db = open_store(DB_READ);
    ck_assert_ptr_nonnull(db);
    db_close(db);
}
END_TEST

START_TEST(what_must_exist_is_not_made)
{
    ck_assert_ptr_null(open_store(DB_WRITE));
    ck_assert_int_eq(err.code, ERR_FAIL);
    ck_assert_str_eq(err.text, "there is no such database");
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

static const char *const foreign[] = {
    "CREATE TABLE t (a)",
    "PRAGMA application_id=7; CREATE TABLE t (a)",
    "PRAGMA application_id=7",
    "PRAGMA user_version=4",
    ("PRAGMA application_id=1836413812; PRAGMA user_version=1; "
     "CREATE TABLE t (a)"),
    "PRAGMA application_id=1836413812; CREATE TABLE t (a)",
};

START_TEST(a_file_of_others_or_of_tomorrow_is_left_untouched)
{
    static char before[1 << 16];
    size_t n, m;

    plain(foreign[_i]);
    memcpy(before, bytes(&n), sizeof(before));
    ck_assert_ptr_null(open_store(DB_CREATE));
    ck_assert_int_eq(err.code, ERR_FAIL);
    ck_assert_str_eq(err.file, path);
    ck_assert_mem_eq(bytes(&m), before, n);
    ck_assert_uint_eq(m, n);
}
END_TEST

START_TEST(a_newer_version_is_named)
{
    plain("PRAGMA application_id=1836413812; PRAGMA user_version=9");
    ck_assert_ptr_null(open_store(DB_WRITE));
    ck_assert_ptr_nonnull(strstr(err.text, "newer muster (store version 9"));
}
END_TEST

START_TEST(a_text_file_is_no_database_and_left_untouched)
{
    const char *text = "serial,account\nC02XK1ABCD,anna\n";
    size_t n;

    tmpdir_file("m.db", text);
    ck_assert_ptr_null(open_store(DB_CREATE));
    ck_assert_int_eq(err.code, ERR_FAIL);
    ck_assert_str_eq(err.text, "is no database; it was left as it is");
    ck_assert_mem_eq(bytes(&n), text, strlen(text));
}
END_TEST

START_TEST(an_empty_file_is_taken_for_new_or_called_empty)
{
    sqlite3 *db;

    tmpdir_file("m.db", "");
    ck_assert_ptr_null(open_store(DB_READ));
    ck_assert_str_eq(err.text, "holds nothing yet");
    err = (struct err){0};
    db = open_store(DB_CREATE);
    ck_assert_ptr_nonnull(db);
    db_close(db);
}
END_TEST

START_TEST(a_folder_is_no_database)
{
    ck_assert_ptr_null(db_open(dir, DB_CREATE, 0, SCHEMA, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "no regular file"));
}
END_TEST

START_TEST(a_busy_store_is_told_as_busy)
{
    sqlite3 *one = open_store(DB_CREATE), *two;

    ck_assert_int_eq(db_begin(one, &err), 0);
    two = open_store(DB_WRITE);
    ck_assert_ptr_nonnull(two);
    ck_assert_int_eq(db_begin(two, &err), -1);
    ck_assert_int_eq(err.code, ERR_BUSY);
    db_rollback(one);
    db_close(two);
    db_close(one);
}
END_TEST

START_TEST(a_reader_writes_nothing)
{
    sqlite3 *db = open_store(DB_CREATE);

    db_close(db);
    db = open_store(DB_READ);
    ck_assert_ptr_nonnull(db);
    ck_assert_int_eq(db_script(db, "INSERT INTO t VALUES (1, 'x')", &err), -1);
    err = (struct err){0};
    ck_assert_int_eq(db_script(db, "CREATE TEMP TABLE x (a)", &err), 0);
    db_close(db);
}
END_TEST

/* A run killed in the middle leaves a journal; a reader must not trip on it. */
START_TEST(a_killed_writer_leaves_what_was_there)
{
    sqlite3 *db = open_store(DB_CREATE);
    int64_t n;
    pid_t child;
    int status;

    ck_assert_int_eq(db_script(db, "INSERT INTO t VALUES (1, 'x')", &err), 0);
    db_close(db);
    child = fork();
    if (child == 0) {
        db = open_store(DB_WRITE);
        if (!db || db_begin(db, &err) < 0 ||
            db_script(db,
                      "PRAGMA cache_size=1; WITH RECURSIVE n(i) AS (SELECT 1 "
                      "UNION ALL SELECT i + 1 FROM n LIMIT 5000) "
                      "INSERT INTO t SELECT i, hex(zeroblob(300)) FROM n",
                      &err) < 0)
            _exit(1);
        raise(SIGKILL);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
    db = open_store(DB_READ);
    ck_assert_msg(db != NULL, "%s", err.text);
    ck_assert_int_eq(db_number(db, "SELECT count(*) FROM t", -1, &n, &err), 0);
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(db_script(db, "DELETE FROM t", &err), -1);
    db_close(db);
}
END_TEST

START_TEST(one_statement_means_one)
{
    sqlite3 *db = db_open(":memory:", DB_CREATE, 0, SCHEMA, &err);
    sqlite3_stmt *st = NULL;

    ck_assert_ptr_nonnull(db);
    ck_assert_int_eq(db_prepare(db, "SELECT 1; SELECT 2", &st, &err), -1);
    ck_assert_ptr_null(st);
    err = (struct err){0};
    ck_assert_int_eq(db_prepare(db, "-- nothing", &st, &err), -1);
    err = (struct err){0};
    ck_assert_int_eq(db_prepare(db, "SELECT 1; -- end\n", &st, &err), 0);
    ck_assert_int_eq(db_step(st, &err), 1);
    ck_assert_int_eq(db_run(st, &err), 0);
    db_close(db);
}
END_TEST

START_TEST(a_name_the_statement_lacks_is_an_error)
{
    sqlite3 *db = db_open(":memory:", DB_CREATE, 0, SCHEMA, &err);
    sqlite3_stmt *st = NULL;

    ck_assert_int_eq(db_prepare(db, "INSERT INTO t VALUES (:a, :b)", &st, &err),
                     0);
    ck_assert_int_eq(db_bind_int(st, ":a", 5, &err), 0);
    ck_assert_int_eq(db_bind_text(st, ":b", NULL, &err), 0);
    ck_assert_int_eq(db_run(st, &err), 0);
    ck_assert_int_eq(db_bind_int(st, ":c", 5, &err), -1);
    ck_assert_str_eq(err.text, "statement has no parameter :c");
    db_close(db);
}
END_TEST

START_TEST(double_quoted_text_is_no_string)
{
    sqlite3 *db = db_open(":memory:", DB_CREATE, 0, SCHEMA, &err);

    ck_assert_int_eq(db_script(db, "SELECT \"no such column\"", &err), -1);
    db_close(db);
}
END_TEST

static const struct {
    const char *sql, *want;
} functions[] = {
    {"SELECT os_number('14.2.1')", "140201"},
    {"SELECT ifnull(os_number('x'), 'none')", "none"},
    {"SELECT ifnull(os_number(NULL), 'none')", "none"},
    {"SELECT fold('\xc3\x84nna')", "\xc3\x84nna"},
    {"SELECT fold('ANNA')", "anna"},
    {"SELECT iso(1772442840)", "2026-03-02T09:14:00Z"},
    {"SELECT iso_date(1772442840)", "2026-03-02"},
    {"SELECT iso(0) || iso_date(0)", "nevernever"},
    {"SELECT ifnull(iso(NULL), 'none')", "none"},
};

START_TEST(functions_answer)
{
    sqlite3 *db = db_open(":memory:", DB_CREATE, 0, SCHEMA, &err);
    sqlite3_stmt *st = NULL;

    ck_assert_int_eq(db_prepare(db, functions[_i].sql, &st, &err), 0);
    ck_assert_int_eq(db_step(st, &err), 1);
    ck_assert_str_eq(db_text(st, 0), functions[_i].want);
    db_close(db);
}
END_TEST

Suite *db_suite(void);
Suite *db_suite(void)
{
    Suite *s = suite_create("db");
    TCase *tc = tcase_create("db");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_new_store_is_ours_and_private);
    tcase_add_test(tc, what_must_exist_is_not_made);
    tcase_add_loop_test(tc, a_file_of_others_or_of_tomorrow_is_left_untouched,
                        0, COUNT_OF(foreign));
    tcase_add_test(tc, a_newer_version_is_named);
    tcase_add_test(tc, a_text_file_is_no_database_and_left_untouched);
    tcase_add_test(tc, an_empty_file_is_taken_for_new_or_called_empty);
    tcase_add_test(tc, a_folder_is_no_database);
    tcase_add_test(tc, a_busy_store_is_told_as_busy);
    tcase_add_test(tc, a_reader_writes_nothing);
    tcase_add_test(tc, a_killed_writer_leaves_what_was_there);
    tcase_add_test(tc, one_statement_means_one);
    tcase_add_test(tc, a_name_the_statement_lacks_is_an_error);
    tcase_add_test(tc, double_quoted_text_is_no_string);
    tcase_add_loop_test(tc, functions_answer, 0, COUNT_OF(functions));
    suite_add_tcase(s, tc);
    return s;
}
