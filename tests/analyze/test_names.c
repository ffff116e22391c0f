#include "core/base.h"

#include "analyze/names.h"
#include "core/db.h"
#include "core/resource.h"
#include "tests/suites.h"

static sqlite3 *db;
static struct err err;
static struct config *conf;

/* Two clients with one Mac each; the columns that names.c knows. */
static const char facts[] =
    "INSERT INTO run VALUES (1, '2026-11', 1, '', '', '', '', 0, 0, 0, 0);"
    "INSERT INTO device VALUES (1, 'C02XK1ABCD'), (2, 'C02XK2ABCD');"
    "INSERT INTO client VALUES (1, 'Acme'), (2, 'Umbra');"
    "CREATE TABLE device_fact (device_id INTEGER PRIMARY KEY, client_id);"
    "INSERT INTO device_fact VALUES (1, 1), (2, 2);"
    "CREATE TABLE account_fact (account_id INTEGER PRIMARY KEY, device_id,"
    " account, role, password_known_by, break_glass, filevault_allowed);"
    "INSERT INTO account_fact VALUES"
    " (1, 1, 'anna', NULL, NULL, NULL, NULL),"
    " (2, 1, 'ITadmin', NULL, NULL, NULL, NULL),"
    " (3, 1, 'svc-backup', 'primary', 'none', NULL, NULL),"
    " (4, 2, 'anna', NULL, NULL, NULL, NULL),"
    " (5, 2, 'itadmin', NULL, NULL, NULL, NULL);";

static void setup(void)
{
    err = (struct err){0};
    conf = NULL;
    db = db_open(":memory:", DB_CREATE, 0, resource_text("ingest/schema.sql"),
                 &err);
    ck_assert_ptr_nonnull(db);
    ck_assert_int_eq(db_script(db, facts, &err), 0);
}

static void teardown(void)
{
    config_free(conf);
    db_close(db);
}

/* "name role password break_glass allowed; ..." after applying a file. */
static const char *applied(const char *text)
{
    static char out[1024];
    sqlite3_stmt *st;

    if (text) {
        conf = config_parse("m.conf", text, &err);
        ck_assert_msg(conf != NULL, "%s", err.text);
    }
    ck_assert_msg(names_apply(db, conf, 1, &err) == 0, "%s", err.text);
    ck_assert_int_eq(
        db_prepare(db,
                   "SELECT group_concat(t, '; ') FROM (SELECT account || ' ' "
                   "|| ifnull(role, '-') || ' ' || ifnull(password_known_by, "
                   "'-') || ' ' || ifnull(break_glass, '-') || ' ' || "
                   "ifnull(filevault_allowed, '-') AS t FROM account_fact "
                   "ORDER BY account_id)",
                   &st, &err),
        0);
    ck_assert_int_eq(db_step(st, &err), 1);
    snprintf(out, sizeof(out), "%s", db_text(st, 0));
    sqlite3_finalize(st);
    return out;
}

START_TEST(without_names_nothing_changes)
{
    ck_assert_str_eq(applied(NULL),
                     "anna - - - -; ITadmin - - - -; "
                     "svc-backup primary none - -; anna - - - -; "
                     "itadmin - - - -");
}
END_TEST

START_TEST(names_fill_what_no_row_gave)
{
    ck_assert_str_eq(
        applied("[accounts]\nmanaged_admin = itadmin\n"
                "service = svc-*\npassword_known = *admin svc-*\n"),
        "anna - - - -; ITadmin managed_admin admin - -; "
        "svc-backup primary none - -; anna - - - -; "
        "itadmin managed_admin admin - -");
}
END_TEST

START_TEST(a_clients_list_stands_alone)
{
    ck_assert_str_eq(applied("[accounts]\nmanaged_admin = itadmin\n"
                             "[client \"umbra\"]\nmanaged_admin =\n"
                             "shared = anna\n"),
                     "anna - - - -; ITadmin managed_admin - - -; "
                     "svc-backup primary none - -; anna shared - - -; "
                     "itadmin - - - -");
}
END_TEST

START_TEST(a_list_of_the_policy_says_no_to_the_others)
{
    ck_assert_str_eq(applied("[client \"Acme\"]\nbreak_glass = itadmin\n"
                             "allowed_filevault_users = anna, svc*\n"),
                     "anna - - 0 1; ITadmin - - 1 0; "
                     "svc-backup primary none 0 1; anna - - - -; "
                     "itadmin - - - -");
}
END_TEST

START_TEST(the_first_role_counts)
{
    ck_assert_str_eq(applied("[accounts]\nshared = *\nservice = it* anna\n"
                             "managed_admin = it*\n"),
                     "anna service - - -; ITadmin managed_admin - - -; "
                     "svc-backup primary none - -; anna service - - -; "
                     "itadmin managed_admin - - -");
}
END_TEST

START_TEST(rows_that_disagree_leave_the_fact_unknown)
{
    ck_assert_int_eq(
        db_script(db,
                  "INSERT INTO conflict VALUES"
                  " (1, 1, 'ITADMIN', 'role', 'service', 1, 2, NULL),"
                  " (1, 1, 'ITADMIN', 'role', 'shared', 1, 3, NULL),"
                  " (1, 2, 'itadmin', 'admin', 'true', 1, 3, NULL)",
                  &err),
        0);
    ck_assert_str_eq(applied("[accounts]\nmanaged_admin = itadmin\n"
                             "password_known = itadmin\n"),
                     "anna - - - -; ITadmin - admin - -; "
                     "svc-backup primary none - -; anna - - - -; "
                     "itadmin managed_admin admin - -");
}
END_TEST

Suite *names_suite(void);
Suite *names_suite(void)
{
    Suite *s = suite_create("names");
    TCase *tc = tcase_create("names");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, without_names_nothing_changes);
    tcase_add_test(tc, names_fill_what_no_row_gave);
    tcase_add_test(tc, a_clients_list_stands_alone);
    tcase_add_test(tc, a_list_of_the_policy_says_no_to_the_others);
    tcase_add_test(tc, the_first_role_counts);
    tcase_add_test(tc, rows_that_disagree_leave_the_fact_unknown);
    suite_add_tcase(s, tc);
    return s;
}
