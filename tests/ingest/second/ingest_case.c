/*
 * ingest_case.c - one text through the whole stage.
 */
#include "core/base.h"

#include "core/resource.h"
#include "core/when.h"
#include "tests/ingest/second/ingest_case.h"
#include "tests/support/tmpdir.h"

#include <check.h>

void case_open(struct ingest_case *c)
{
    *c = (struct ingest_case){0};
    tmpdir_make();
    c->db = db_open(":memory:", DB_CREATE, 0,
                    resource_text("ingest/schema.sql"), &c->err);
    ck_assert_msg(c->db != NULL, "%s", c->err.text);
    c->options.period = "2026-11";
    ck_assert(when_parse_as_of("2026-11-30", &c->options.as_of));
}

void case_close(struct ingest_case *c)
{
    ingest_summary_free(&c->sum);
    strbuf_free(&c->answer);
    db_close(c->db);
    tmpdir_remove();
}

static int load(struct ingest_case *c, const char *path, const char *name)
{
    char *p = strdup(path), *n = strdup(name);
    struct operand file = {p, n, NULL};
    struct ingest *in;
    int rc = -1;

    c->err = (struct err){0};
    ingest_summary_free(&c->sum);
    in = ingest_open(c->db, &c->options, &c->err);
    if (in)
        rc = ingest_file(in, &file, &c->sum, &c->err);
    ingest_close(in);
    free(p);
    free(n);
    return rc;
}

int case_bytes(struct ingest_case *c, const char *name, const char *text,
               size_t n)
{
    const char *path = tmpdir_path("input");
    FILE *f = fopen(path, "wb");

    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
    return load(c, path, name);
}

int case_text(struct ingest_case *c, const char *name, const char *text)
{
    return case_bytes(c, name, text, strlen(text));
}

void case_good(struct ingest_case *c, const char *name, const char *text)
{
    int rc = case_text(c, name, text);

    ck_assert_msg(rc == 0, "%s:%ld: %s", c->err.file, c->err.line, c->err.text);
}

int case_file(struct ingest_case *c, const char *path)
{
    return load(c, path, path);
}

const char *case_ask(struct ingest_case *c, const char *sql)
{
    sqlite3_stmt *st = NULL;
    int i, rows = 0;

    strbuf_reset(&c->answer);
    ck_assert_msg(sqlite3_prepare_v2(c->db, sql, -1, &st, NULL) == SQLITE_OK,
                  "%s: %s", sql, sqlite3_errmsg(c->db));
    while (sqlite3_step(st) == SQLITE_ROW) {
        if (rows++)
            strbuf_addc(&c->answer, ' ');
        for (i = 0; i < sqlite3_column_count(st); i++) {
            const unsigned char *s = sqlite3_column_text(st, i);

            if (i)
                strbuf_addc(&c->answer, '|');
            strbuf_adds(&c->answer, s ? (const char *)s : "-");
        }
    }
    sqlite3_finalize(st);
    return strbuf_str(&c->answer);
}

const char *case_dump(struct ingest_case *c)
{
    static const char *const tables[] = {
        "device",       "import",         "import_column",
        "import_value", "import_warning", "reject",
        "device_row",   "account_row",    "list_row"};
    struct strbuf all = {0};
    char sql[64];
    size_t i;

    for (i = 0; i < COUNT_OF(tables); i++) {
        snprintf(sql, sizeof(sql), "SELECT * FROM %s", tables[i]);
        strbuf_adds(&all, case_ask(c, sql));
        strbuf_addc(&all, '\n');
    }
    strbuf_reset(&c->answer);
    strbuf_add(&c->answer, strbuf_str(&all), all.len);
    strbuf_free(&all);
    return strbuf_str(&c->answer);
}
