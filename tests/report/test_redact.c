#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "report/redact.h"
#include "report/report.h"
#include "tests/suites.h"
#include "tests/support/report_store.h"
#include "tests/support/tmpdir.h"

#define KEY "0123456789abcdef0123456789abcdef"

static struct err err;
static sqlite3 *db;
static struct report_summary done;

static void setup(void)
{
    err = (struct err){0};
    done = (struct report_summary){0};
    db = report_store();
    tmpdir_make();
}

static void teardown(void)
{
    report_summary_free(&done);
    db_close(db);
    tmpdir_remove();
}

static int report(const char *dir, const char *what, const char *key)
{
    struct report_options o = {
        .dir = tmpdir_path(dir),
        .formats = "csv,json,xlsx,html,helpdesk,md,next",
        .redact = what,
        .redact_key = key ? tmpdir_file("key", key) : NULL,
    };

    report_summary_free(&done);
    return report_write(db, &o, &done, &err);
}

/* All CSV, JSON and text of a folder in one. */
static char *texts(const char *dir)
{
    struct strbuf b = {0};
    char path[1024], buf[4096];
    size_t i, n;

    for (i = 0; i < done.count; i++) {
        FILE *f;

        if (strcmp(done.files[i].format, "xlsx") == 0)
            continue;
        snprintf(path, sizeof(path), "%s/%s", tmpdir_path(dir),
                 done.files[i].name);
        f = fopen(path, "rb");
        ck_assert_ptr_nonnull(f);
        while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
            strbuf_add(&b, buf, n);
        fclose(f);
    }
    return strbuf_detach(&b);
}

static const char *const names[] = {
    "C02AAA001", "C02BBB002", "anna",      "Anna A",
    "dora",      "emil",      "dora-mini", "anna@birch.example",
};

START_TEST(no_name_is_left)
{
    char *all;
    size_t i;

    ck_assert_int_eq(
        db_script(db,
                  "UPDATE finding SET evidence = 'only dora on dora-mini "
                  "(C02BBB001) may unlock' WHERE device_id = 4",
                  &err),
        0);
    ck_assert_msg(report("out", "users,serials,hostnames", KEY) == 0, "%s: %s",
                  err.file, err.text);
    all = texts("out");
    for (i = 0; i < COUNT_OF(names); i++)
        ck_assert_msg(!strstr(all, names[i]), "%s", names[i]);
    ck_assert_ptr_nonnull(strstr(all, "may unlock"));
    ck_assert_ptr_nonnull(strstr(all, "only user-"));
    free(all);
}
END_TEST

START_TEST(only_what_is_asked_for_is_hidden)
{
    char *all;

    ck_assert_msg(report("out", "users", KEY) == 0, "%s", err.text);
    all = texts("out");
    ck_assert_ptr_null(strstr(all, "Dora D"));
    ck_assert_ptr_nonnull(strstr(all, "C02BBB001"));
    ck_assert_ptr_null(strstr(all, "dora-mini")); /* called after her */
    ck_assert_ptr_nonnull(strstr(all, "-mini"));
    free(all);
}
END_TEST

START_TEST(the_same_key_gives_the_same_pseudonyms)
{
    char *a, *b, *c;

    ck_assert_int_eq(report("a", "users,serials,hostnames", KEY), 0);
    a = texts("a");
    ck_assert_int_eq(report("b", "users,serials,hostnames", KEY), 0);
    b = texts("b");
    ck_assert_str_eq(a, b);
    ck_assert_int_eq(report("c", "users,serials,hostnames", KEY "x"), 0);
    c = texts("c");
    ck_assert_str_ne(a, c);
    free(a);
    free(b);
    free(c);
}
END_TEST

START_TEST(a_name_in_a_text_that_nobody_reads_refuses_the_release)
{
    ck_assert_int_eq(db_script(db,
                               "UPDATE rule SET title = 'Dora D agreed',"
                               " origin = 'my/FV-01.sql'",
                               &err),
                     0);
    ck_assert_int_eq(report("out", "users", KEY), -1);
    ck_assert_int_eq(err.code, ERR_OUTPUT);
    ck_assert_ptr_nonnull(strstr(err.text, "pseudonym"));
}
END_TEST

START_TEST(nothing_is_left_in_the_way_afterwards)
{
    int64_t views = -1;

    ck_assert_int_eq(report("out", "serials", KEY), 0);
    ck_assert_int_eq(db_number(db,
                               "SELECT count(*) FROM sqlite_temp_schema WHERE"
                               " name IN ('device', 'finding', 'device_text')",
                               -1, &views, &err),
                     0);
    ck_assert_int_eq(views, 0);
}
END_TEST

START_TEST(a_key_is_needed_and_must_be_one)
{
    ck_assert_int_eq(report("out", "users", NULL), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    err = (struct err){0};
    ck_assert_int_eq(report("out", "users", "short"), -1);
    ck_assert_int_eq(err.code, ERR_CONFIG);
    err = (struct err){0};
    ck_assert_int_eq(report("out", "user", KEY), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
}
END_TEST

Suite *redact_suite(void);

Suite *redact_suite(void)
{
    Suite *s = suite_create("redact");
    TCase *tc = tcase_create("redact");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, no_name_is_left);
    tcase_add_test(tc, only_what_is_asked_for_is_hidden);
    tcase_add_test(tc, the_same_key_gives_the_same_pseudonyms);
    tcase_add_test(tc, a_name_in_a_text_that_nobody_reads_refuses_the_release);
    tcase_add_test(tc, nothing_is_left_in_the_way_afterwards);
    tcase_add_test(tc, a_key_is_needed_and_must_be_one);
    suite_add_tcase(s, tc);
    return s;
}
