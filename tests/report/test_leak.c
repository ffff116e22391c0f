#include "core/base.h"

#include "core/db.h"
#include "report/leak_names.h"
#include "report/report.h"
#include "tests/suites.h"
#include "tests/support/report_store.h"
#include "tests/support/tmpdir.h"

#include <unistd.h>

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

static void change(const char *sql)
{
    ck_assert_msg(db_script(db, sql, &err) == 0, "%s", err.text);
}

static int report(const char *formats)
{
    struct report_options o = {
        .dir = tmpdir_path("out"), .client = PLAIN_CLIENT, .formats = formats};

    return report_write(db, &o, &done, &err);
}

/* Ways in which a name of the other client could get into a report. */
static const char *const leaks[] = {
    "UPDATE finding SET evidence = 'as on C02AAA001' WHERE device_id = 4",
    "UPDATE finding SET evidence = 'see anna' WHERE device_id = 4",
    "UPDATE finding SET evidence = 'anna-mbp, too' WHERE device_id = 4",
    "UPDATE finding SET evidence = 'ask anna@birch.example' WHERE"
    " device_id = 4",
    "UPDATE finding SET evidence = 'like Birch & <Partners>/../x' WHERE"
    " device_id = 4",
    "UPDATE gap SET client_id = 2, fact = 'carla'",
};

static const char *const formats[] = {"csv", "json", "xlsx"};

START_TEST(a_foreign_name_refuses_the_release) /* of any format */
{
    size_t leak = (size_t)_i / COUNT_OF(formats);

    change(leaks[leak]);
    ck_assert_int_eq(report(formats[(size_t)_i % COUNT_OF(formats)]), -1);
    ck_assert_int_eq(err.code, ERR_OUTPUT);
    ck_assert_ptr_nonnull(strstr(err.text, "is not released"));
    ck_assert_ptr_nonnull(strstr(err.text, "Birch"));
    ck_assert_int_ne(
        access(tmpdir_path("out/cedar-works-monthly-2026-11-findings.csv"),
               F_OK),
        0);
}
END_TEST

START_TEST(a_name_of_both_is_no_hit)
{
    change("UPDATE account_fact SET account = 'dora' WHERE account_id = 1;"
           "UPDATE device_text SET name = 'anna' WHERE device_id = 5;"
           "UPDATE account_fact SET account = 'anna' WHERE account_id = 2");
    ck_assert_msg(report("csv,json,xlsx") == 0, "%s", err.text);
}
END_TEST

START_TEST(words_of_our_own_are_no_hit)
{
    change("UPDATE account_fact SET account = 'critical' WHERE"
           " account_id = 1;"
           "UPDATE device_text SET name = 'FileVault' WHERE device_id = 1;"
           "UPDATE account_fact SET account = '2026' WHERE account_id = 2;"
           "UPDATE account_fact SET account = 'a' WHERE account_id = 4");
    ck_assert_msg(report("csv,json,xlsx") == 0, "%s", err.text);
}
END_TEST

START_TEST(a_recovery_key_refuses_the_release)
{
    change("UPDATE finding SET evidence = 'key AB12-CD34-EF56-GH78-IJ90-KL12'"
           " WHERE device_id = 4");
    ck_assert_int_eq(report("xlsx"), -1);
    ck_assert_int_eq(err.code, ERR_OUTPUT);
    ck_assert_ptr_null(strstr(err.text, "AB12"));
}
END_TEST

START_TEST(the_proof_is_in_the_manifest)
{
    char text[8192];
    FILE *f;
    size_t n;

    ck_assert_int_eq(report("csv,json"), 0);
    f = fopen(done.manifest, "rb");
    n = fread(text, 1, sizeof(text) - 1, f);
    fclose(f);
    text[n] = '\0';
    ck_assert_ptr_nonnull(strstr(text, "\"leak_check\":{\"names\":"));
    ck_assert_ptr_nonnull(strstr(text, "\"hits\":0}"));
    ck_assert_ptr_null(strstr(text, "\"names\":0,"));
}
END_TEST

/* ------------------------------------------------------------------ names */

static bool count(void *ctx, struct name *name)
{
    (void)name;
    ++*(int *)ctx;
    return true;
}

static int found(struct leak_names *n, const char *text)
{
    int hits = 0;

    leak_names_find(n, text, strlen(text), count, &hits);
    return hits;
}

START_TEST(names_are_found_as_whole_words)
{
    struct leak_names *n = leak_names_new();

    ck_assert(leak_names_add(n, "anna", "account", 1));
    ck_assert(leak_names_add(n, "../x/y z", "account", 1));
    ck_assert(leak_names_add(n, "ab", "account", 1)); /* too short to tell */
    ck_assert(leak_names_add(n, "12345", "account", 1));
    ck_assert(leak_names_add(n, "anna", "account", 2));
    ck_assert(leak_names_ready(n));
    ck_assert_uint_eq(leak_names_count(n), 1 + 1);
    ck_assert_uint_eq(leak_names_short(n), 2);
    ck_assert_int_eq(found(n, "anna"), 1);
    ck_assert_int_eq(found(n, "x,anna,\"anna\""), 2);
    ck_assert_int_eq(found(n, "joanna annabel anna2 \xc3\xa4"
                              "anna"),
                     0);
    ck_assert_int_eq(found(n, "see ../x/y z."), 1);
    ck_assert_int_eq(found(n, "see ../x/y za"), 0);
    ck_assert(leak_name_owned(leak_names_at(n, 0), 2));
    ck_assert(!leak_name_owned(leak_names_at(n, 0), 3));
    leak_names_free(n);
}
END_TEST

Suite *leak_suite(void);

Suite *leak_suite(void)
{
    Suite *s = suite_create("leak");
    TCase *tc = tcase_create("leak");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, a_foreign_name_refuses_the_release, 0,
                        (int)(COUNT_OF(leaks) * COUNT_OF(formats)));
    tcase_add_test(tc, a_name_of_both_is_no_hit);
    tcase_add_test(tc, words_of_our_own_are_no_hit);
    tcase_add_test(tc, a_recovery_key_refuses_the_release);
    tcase_add_test(tc, the_proof_is_in_the_manifest);
    tcase_add_test(tc, names_are_found_as_whole_words);
    suite_add_tcase(s, tc);
    return s;
}
