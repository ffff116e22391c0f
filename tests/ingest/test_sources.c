/*
 * Every fixture of an export against what it must give: all facts, what is
 * unknown, what is refused. fixtures/sources/golden/ holds the expected rows;
 * MUSTER_GOLDEN_UPDATE=1 writes them anew, for reading before a commit.
 */
#include "core/base.h"

#include "core/facts.h"
#include "core/strbuf.h"
#include "ingest/registry.h"
#include "tests/ingest/second/ingest_case.h"
#include "tests/suites.h"

#include <check.h>
#include <dirent.h>

#define FOLDER "fixtures/sources"
#define MOST 200

static char *files[MOST];
static int file_count;

/* All known cells of a row as "name=value". */
static void put_row(struct strbuf *b, sqlite3_stmt *st, int from)
{
    int i;

    for (i = from; i < sqlite3_column_count(st); i++)
        if (sqlite3_column_type(st, i) != SQLITE_NULL)
            strbuf_addf(b, " %s=%s", sqlite3_column_name(st, i),
                        (const char *)sqlite3_column_text(st, i));
    strbuf_addc(b, '\n');
}

static void put_rows(struct strbuf *b, sqlite3 *db, const char *title,
                     const char *sql)
{
    sqlite3_stmt *st = NULL;

    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK,
                  "%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(st) == SQLITE_ROW) {
        strbuf_adds(b, title);
        put_row(b, st, 0);
    }
    sqlite3_finalize(st);
}

/* Columns of facts, in their order; times as people read them. */
static void fact_columns(struct strbuf *sql, enum fact_scope scope,
                         const char *skip)
{
    const struct fact *t;
    size_t n, i;

    t = fact_table(scope, &n);
    for (i = 0; i < n; i++) {
        char word[64];

        snprintf(word, sizeof(word), " %s ", t[i].name);
        if (strstr(skip, word))
            continue;
        if (t[i].type == FACT_TIME)
            strbuf_addf(sql,
                        ", CASE r.%s WHEN 0 THEN 'never' ELSE"
                        " datetime(r.%s, 'unixepoch') END AS %s",
                        t[i].name, t[i].name, t[i].name);
        else
            strbuf_addf(sql, ", r.%s", t[i].name);
    }
}

static void dump(struct ingest_case *c, struct strbuf *b)
{
    struct strbuf sql = {0};

    put_rows(b, c->db, "import",
             "SELECT source, format, records, accepted, rejected, left_out,"
             " devices, accounts, standing, complete FROM import");
    strbuf_adds(&sql, "SELECT d.serial");
    fact_columns(&sql, FACT_DEVICE, " serial platform ");
    strbuf_adds(&sql, ", nullif(r.reports, 0) AS reports, r.custom"
                      " FROM device_row r LEFT JOIN device d USING (device_id)"
                      " ORDER BY r.row_id");
    put_rows(b, c->db, "mac", strbuf_str(&sql));
    strbuf_reset(&sql);
    strbuf_adds(&sql, "SELECT r.account, d.serial, r.uuid, r.mdm_id");
    fact_columns(&sql, FACT_ACCOUNT, " serial uuid mdm_id account ");
    strbuf_adds(&sql, " FROM account_row r LEFT JOIN device d USING (device_id)"
                      " ORDER BY r.row_id");
    put_rows(b, c->db, "account", strbuf_str(&sql));
    put_rows(b, c->db, "list",
             "SELECT d.serial, l.uuid, l.mdm_id, fact, covers, names"
             "  FROM list_row l LEFT JOIN device d USING (device_id)"
             " ORDER BY l.rowid");
    put_rows(b, c->db, "work",
             "SELECT finding_id, client, rule, serial, account, owner, due,"
             " decision, comment FROM work ORDER BY line");
    put_rows(b, c->db, "reject", "SELECT line, reason FROM reject");
    put_rows(b, c->db, "value",
             "SELECT header, value, count FROM import_value v JOIN"
             " import_column USING (import_id, position) ORDER BY position,"
             " value");
    put_rows(b, c->db, "secret",
             "SELECT header FROM import_column WHERE use = 'secret'");
    put_rows(b, c->db, "warning",
             "SELECT text FROM import_warning ORDER BY seq");
    strbuf_free(&sql);
}

static char *slurp(const char *path)
{
    struct strbuf b = {0};
    char buf[4096];
    FILE *f = fopen(path, "rb");
    size_t n;

    if (!f)
        return NULL;
    while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
        strbuf_add(&b, buf, n);
    fclose(f);
    return b.len ? strbuf_detach(&b) : strdup("");
}

START_TEST(a_fixture_gives_what_it_must)
{
    struct ingest_case c;
    struct strbuf path = {0}, rows = {0};
    char *want;
    FILE *f;

    case_open(&c);
    strbuf_addf(&path, FOLDER "/%s", files[_i]);
    ck_assert_msg(case_file(&c, strbuf_str(&path)) == 0, "%s: %s", files[_i],
                  c.err.text);
    dump(&c, &rows);
    strbuf_reset(&path);
    strbuf_addf(&path, FOLDER "/golden/%s.rows", files[_i]);
    if (getenv("MUSTER_GOLDEN_UPDATE")) {
        f = fopen(strbuf_str(&path), "wb");
        ck_assert_ptr_nonnull(f);
        fputs(strbuf_str(&rows), f);
        ck_assert_int_eq(fclose(f), 0);
    }
    want = slurp(strbuf_str(&path));
    ck_assert_msg(want != NULL, "no %s", strbuf_str(&path));
    ck_assert_msg(strcmp(want, strbuf_str(&rows)) == 0,
                  "%s\n--- expected\n%s--- found\n%s", files[_i], want,
                  strbuf_str(&rows));
    free(want);
    strbuf_free(&path);
    strbuf_free(&rows);
    case_close(&c);
}
END_TEST

START_TEST(every_mapping_is_sound_and_has_a_fixture)
{
    struct registry r;
    struct err err = {0};
    struct strbuf all = {0};
    size_t i;
    int k;

    ck_assert_msg(registry_open(&r, NULL, &err) == 0, "%s:%ld: %s", err.file,
                  err.line, err.text);
    for (k = 0; k < file_count; k++) {
        struct strbuf path = {0};
        char *rows;

        strbuf_addf(&path, FOLDER "/golden/%s.rows", files[k]);
        rows = slurp(strbuf_str(&path));
        strbuf_adds(&all, rows ? rows : "");
        free(rows);
        strbuf_free(&path);
    }
    for (i = 0; i < r.count; i++) {
        const struct source *s = r.items[i];
        char want[100];

        if (s->canonical || s->all_count == 0)
            continue;
        snprintf(want, sizeof(want), "source=%s ", s->id);
        ck_assert_msg(strstr(strbuf_str(&all), want) != NULL,
                      "no fixture of %s", s->id);
        ck_assert_msg(*s->title && *s->about && *s->how, "%s says too little",
                      s->id);
    }
    strbuf_free(&all);
    registry_close(&r);
}
END_TEST

static bool in_columns(const struct source *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->columns.count; i++)
        if (strcmp(s->columns.items[i].names[0], name) == 0)
            return true;
    return false;
}

static bool in_none(const struct source *s, const char *name)
{
    size_t i, k;

    for (i = 0; i < s->none_count; i++)
        for (k = 0; k < s->none[i].count; k++)
            if (strcmp(s->none[i].names[k], name) == 0)
                return true;
    return false;
}

/* A new fact is either one that people know or one that makes an export. */
START_TEST(operator_files_hold_no_other_fact)
{
    static const char *const ids[] = {"operator-devices", "operator-accounts"};
    struct registry r;
    struct err err = {0};
    size_t i, n;

    ck_assert(registry_open(&r, NULL, &err) == 0);
    for (i = 0; i < 2; i++) {
        enum fact_scope scope = i ? FACT_ACCOUNT : FACT_DEVICE;
        const struct source *s = registry_find(&r, ids[i]);
        const struct fact *f = fact_table(scope, &n);

        ck_assert_ptr_nonnull(s);
        ck_assert(s->standing && !s->complete_accounts);
        for (; n > 0; n--, f++)
            ck_assert_msg(in_columns(s, f->name) != in_none(s, f->name),
                          "%s does not settle %s", ids[i], f->name);
    }
    registry_close(&r);
}
END_TEST

static int is_fixture(const struct dirent *d)
{
    return d->d_name[0] != '.' && strchr(d->d_name, '.') != NULL;
}

static void list_files(void)
{
    struct dirent **list = NULL;
    int n = scandir(FOLDER, &list, is_fixture, alphasort), i;

    for (i = 0; i < n; i++) {
        if (file_count < MOST)
            files[file_count++] = strdup(list[i]->d_name);
        free(list[i]);
    }
    free(list);
}

Suite *sources_suite(void);
Suite *sources_suite(void)
{
    Suite *s = suite_create("sources");
    TCase *tc = tcase_create("sources");

    if (file_count == 0)
        list_files();
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, a_fixture_gives_what_it_must, 0, file_count);
    tcase_add_test(tc, every_mapping_is_sound_and_has_a_fixture);
    tcase_add_test(tc, operator_files_hold_no_other_fact);
    suite_add_tcase(s, tc);
    return s;
}
