/*
 * Every fixture of an export, the small ones cut at every byte: it is refused,
 * or gives a beginning of the records that the whole one gives. A cell may be
 * missing where it is said that the file was cut; none may be another. Lines of
 * commands are answers of their own: cut between two of them a text just says
 * less, and FileVault's state may lose the line that says more of it.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "tests/ingest/second/ingest_case.h"
#include "tests/suites.h"
#include "tests/support/tmpdir.h"

#include <check.h>
#include <dirent.h>

#define FOLDER "fixtures/sources"
#define MOST 200
/* Bytes of a file that is cut at every byte; sanitizers take ten times as long,
 * and what they look for does not hang on each. */
#ifdef __SANITIZE_ADDRESS__
#define SMALL 150
#else
#define SMALL 1500
#endif
#define STEP 17     /* a larger one is cut at every so many */
#define LARGE 16384 /* bytes, at most */
#define ROWS 200

static char *files[MOST];
static int file_count;

/* The rows of one table, a row a text of "name=value" cells. */
struct rows {
    char *row[ROWS];
    size_t count;
};

static void read_rows(sqlite3 *db, const char *sql, struct rows *out)
{
    sqlite3_stmt *st = NULL;
    int i;

    out->count = 0;
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK,
                  "%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(st) == SQLITE_ROW && out->count < ROWS) {
        struct strbuf b = {0};

        strbuf_addc(&b, '\x1f');
        for (i = 0; i < sqlite3_column_count(st); i++)
            if (sqlite3_column_type(st, i) != SQLITE_NULL)
                strbuf_addf(&b, "%s=%s\x1f", sqlite3_column_name(st, i),
                            (const char *)sqlite3_column_text(st, i));
        out->row[out->count++] = strbuf_detach(&b);
    }
    sqlite3_finalize(st);
}

static void free_rows(struct rows *r)
{
    while (r->count > 0)
        free(r->row[--r->count]);
}

/* What a cut must not change; ids and times of reading are of no matter. A row
 * that knows an account by its full name alone may be one whose short name is
 * in what was cut off. */
static const char *const queries[] = {
    "SELECT d.serial, r.* FROM device_row r LEFT JOIN device d USING"
    " (device_id) ORDER BY row_id",
    "SELECT d.serial, r.* FROM account_row r LEFT JOIN device d USING"
    " (device_id) WHERE account <> '' ORDER BY row_id",
    "SELECT d.serial, l.uuid, l.mdm_id, l.fact, l.names FROM list_row l"
    " LEFT JOIN device d USING (device_id) ORDER BY l.rowid"};

static bool of_no_matter(const char *cell)
{
    static const char *const names[] = {
        "row_id=", "import_id=", "device_id=", "read_at=",
        "raw=",    "line=",      "reports="};
    size_t i;

    for (i = 0; i < COUNT_OF(names); i++)
        if (strncmp(cell, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* Is every cell of "part" in "whole"? "less": some of whole's are missing. */
static bool cells_are_in(const char *part, const char *whole, bool lines,
                         bool *less)
{
    struct strbuf want = {0};
    const char *p;
    size_t n, seen = 0, all = 0;
    bool in = true;

    for (p = part + 1; in && *p; p += n + 1) {
        n = strcspn(p, "\x1f");
        if (of_no_matter(p) || (lines && strncmp(p, "filevault=", 10) == 0))
            continue;
        seen++;
        strbuf_reset(&want);
        strbuf_add(&want, p - 1, n + 2);
        in = strstr(whole, strbuf_str(&want)) != NULL;
    }
    for (p = whole + 1; *p; p += strcspn(p, "\x1f") + 1)
        all += !of_no_matter(p);
    *less = seen < all;
    strbuf_free(&want);
    return in;
}

static const char *const tables[] = {
    "import_column", "import_value", "import_warning", "reject", "device_row",
    "account_row",   "list_row",     "import_page",    "import"};

static void forget(sqlite3 *db)
{
    struct err err = {0};
    char sql[80];
    size_t i;

    for (i = 0; i < COUNT_OF(tables); i++) {
        snprintf(sql, sizeof(sql), "DELETE FROM %s", tables[i]);
        ck_assert_msg(db_script(db, sql, &err) == 0, "%s", err.text);
    }
}

/* The first bytes of a file, as the file of this name. */
static int load_part(struct ingest *in, char *name, const char *text, size_t n,
                     struct err *err)
{
    char *path = strdup(tmpdir_path("cut"));
    struct operand file = {path, name, NULL};
    struct ingest_summary sum = {0};
    FILE *f = fopen(path, "wb");
    int rc;

    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
    rc = ingest_file(in, &file, &sum, err);
    ingest_summary_free(&sum);
    free(path);
    return rc;
}

/* Is it said: a remark, a rejected row, or a word that was not understood? */
static bool is_flagged(struct ingest_case *c)
{
    return strcmp(case_ask(c, "SELECT (SELECT count(*) FROM import_warning"
                              "         WHERE text LIKE '%cut off%') +"
                              " (SELECT count(*) FROM reject) +"
                              " (SELECT count(*) FROM import_value)"),
                  "0") != 0;
}

/* The rows of a part against those of the whole. */
static void compare(struct ingest_case *c, const struct rows *whole,
                    const char *name, size_t at)
{
    bool lines = strstr(name, ".txt") != NULL;
    bool less, any = false;
    size_t q, i;

    for (q = 0; q < COUNT_OF(queries); q++) {
        struct rows part;

        read_rows(c->db, queries[q], &part);
        ck_assert_msg(part.count <= whole[q].count,
                      "%s cut at %zu: more rows than the whole", name, at);
        for (i = 0; i < part.count; i++) {
            ck_assert_msg(
                cells_are_in(part.row[i], whole[q].row[i], lines, &less),
                "%s cut at %zu\n--- whole %s\n--- part  %s", name, at,
                whole[q].row[i], part.row[i]);
            any = any || less;
        }
        free_rows(&part);
    }
    ck_assert_msg(!any || lines || is_flagged(c),
                  "%s cut at %zu: a cell is missing and nothing says so", name,
                  at);
}

static char *slurp(const char *name, size_t *n)
{
    struct strbuf path = {0};
    char *text = malloc(LARGE);
    FILE *f;

    strbuf_addf(&path, FOLDER "/%s", name);
    f = fopen(strbuf_str(&path), "rb");
    ck_assert_ptr_nonnull(f);
    *n = fread(text, 1, LARGE, f);
    fclose(f);
    strbuf_free(&path);
    return text;
}

START_TEST(a_cut_fixture_gives_a_beginning_or_nothing)
{
    struct ingest_case c;
    struct rows whole[COUNT_OF(queries)];
    struct ingest *in;
    struct err err = {0};
    size_t n, at, q;
    char *name = files[_i], *text = slurp(name, &n);

    ck_assert_msg(n < LARGE, "%s is too large", name);
    case_open(&c);
    in = ingest_open(c.db, &c.options, &err);
    ck_assert_msg(in != NULL, "%s", err.text);
    ck_assert_msg(load_part(in, name, text, n, &err) == 0, "%s", err.text);
    for (q = 0; q < COUNT_OF(queries); q++)
        read_rows(c.db, queries[q], &whole[q]);
    forget(c.db);
    for (at = 0; at<n; at += n> SMALL ? STEP : 1) {
        err = (struct err){0};
        if (load_part(in, name, text, at, &err) == 0) {
            compare(&c, whole, name, at);
            forget(c.db);
        } else {
            ck_assert_msg(err.code == ERR_INPUT, "%s cut at %zu: %s", name, at,
                          err.text);
        }
    }
    ingest_close(in);
    for (q = 0; q < COUNT_OF(queries); q++)
        free_rows(&whole[q]);
    free(text);
    case_close(&c);
}
END_TEST

static int is_file(const struct dirent *d)
{
    return d->d_name[0] != '.' && strchr(d->d_name, '.') != NULL;
}

static int is_folder(const struct dirent *d)
{
    return !strchr(d->d_name, '.') && strcmp(d->d_name, "golden") != 0;
}

static void add_files(const char *sub)
{
    struct dirent **list = NULL;
    struct strbuf path = {0}, name = {0};
    int n, i;

    strbuf_addf(&path, FOLDER "/%s", sub);
    n = scandir(strbuf_str(&path), &list, is_file, alphasort);
    for (i = 0; i < n; i++) {
        strbuf_reset(&name);
        strbuf_addf(&name, "%s%s%s", sub, *sub ? "/" : "", list[i]->d_name);
        if (file_count < MOST)
            files[file_count++] = strdup(strbuf_str(&name));
        free(list[i]);
    }
    free(list);
    strbuf_free(&path);
    strbuf_free(&name);
}

static void list_files(void)
{
    struct dirent **list = NULL;
    int n, i;

    add_files("");
    n = scandir(FOLDER, &list, is_folder, alphasort);
    for (i = 0; i < n; i++) {
        add_files(list[i]->d_name);
        free(list[i]);
    }
    free(list);
}

Suite *cut_suite(void);
Suite *cut_suite(void)
{
    Suite *s = suite_create("cut");
    TCase *tc = tcase_create("cut");

    if (file_count == 0)
        list_files();
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, a_cut_fixture_gives_a_beginning_or_nothing, 0,
                        file_count);
    suite_add_tcase(s, tc);
    return s;
}
