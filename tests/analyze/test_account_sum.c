#include "core/base.h"

#include "analyze/account_sum.h"
#include "tests/analyze/small_store.h"
#include "tests/suites.h"

static sqlite3 *db;
static struct err err;

/* Mac 1: one account meets it and one may; Mac 2: none; Mac 4: one may; Mac 5
 * has two by name. Mac 3 has no account. */
static const char accounts[] =
    "CREATE TABLE a (account_id INTEGER PRIMARY KEY, device_id, p, name);"
    "INSERT INTO a (device_id, p, name) VALUES (1, 1, NULL), (1, NULL, 'bo'),"
    " (2, 0, NULL), (4, 0, NULL), (4, NULL, ''), (5, 1, 'al'), (5, 3, NULL),"
    " (5, 0, 'bo');";

static void setup(void)
{
    err = (struct err){0};
    db = store_new();
    store_sql(db, "%s", accounts);
}

static void teardown(void)
{
    db_close(db);
}

/* Of each Mac of the list: any, least, most, names. */
static const char *summed(const char *macs)
{
    struct account_sum *s =
        account_sum_open(db,
                         "SELECT device_id, name, p, name IS NOT NULL AS named"
                         " FROM a ORDER BY account_id",
                         "SELECT p, named AS the_names", &err);
    static char out[256];
    sqlite3_stmt *st = NULL;
    size_t n = 0;
    char sql[256];
    int step;

    ck_assert_msg(s != NULL, "%s", err.text);
    out[0] = '\0';
    snprintf(sql, sizeof(sql),
             "SELECT ifnull(any_p(column1), '?') || least_p(column1) ||"
             " most_p(column1) || ' ' || ifnull(all_the_names(column1), '-')"
             " FROM (VALUES %s)",
             macs);
    ck_assert_int_eq(db_prepare(db, sql, &st, &err), 0);
    while ((step = db_step(st, &err)) == 1)
        n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s", n ? "; " : "",
                              db_text(st, 0));
    sqlite3_finalize(st);
    account_sum_close(s);
    return step < 0 ? NULL : out;
}

START_TEST(a_mac_is_what_its_accounts_come_to)
{
    ck_assert_str_eq(summed("(1), (2), (3), (4), (5), (6)"),
                     "112 bo; 000 -; 000 -; ?01 ; 122 al, bo; 000 -");
}
END_TEST

/* More different values than are recalled: of 3,000 every third is none, every
 * third of the others is not known. */
START_TEST(values_may_all_differ)
{
    store_sql(db, "INSERT INTO a (device_id, p, name)"
                  " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
                  " SELECT i + 1 FROM n WHERE i < 3000)"
                  " SELECT 7, CASE i %% 3 WHEN 0 THEN 0 WHEN 1 THEN i END,"
                  " CASE WHEN i IN (2, 2999) THEN 'n' || i END FROM n");
    ck_assert_str_eq(summed("(5), (7)"), "122 al, bo; 110002000 n2, n2999");
}
END_TEST

START_TEST(macs_may_be_left_out)
{
    ck_assert_str_eq(summed("(2), (5)"), "000 -; 122 al, bo");
}
END_TEST

START_TEST(macs_out_of_order_are_refused)
{
    ck_assert_ptr_null(summed("(2), (1)"));
    ck_assert_ptr_nonnull(strstr(err.text, "the accounts cannot be summed"));
}
END_TEST

START_TEST(accounts_out_of_order_are_refused)
{
    store_sql(db, "INSERT INTO a (device_id, p) VALUES (1, 1)");
    ck_assert_ptr_null(summed("(1), (2), (4), (5), (6)"));
}
END_TEST

START_TEST(the_functions_end)
{
    sqlite3_stmt *st = NULL;

    ck_assert_ptr_nonnull(summed("(1)"));
    ck_assert_int_eq(db_prepare(db, "SELECT any_p(1)", &st, &err), -1);
    ck_assert_int_eq(db_prepare(db, "SELECT all_the_names(1)", &st, &err), -1);
}
END_TEST

START_TEST(a_statement_at_fault_is_told)
{
    ck_assert_ptr_null(
        account_sum_open(db, "SELECT nothing FROM a", "SELECT 1", &err));
    ck_assert_ptr_nonnull(strstr(err.text, "nothing"));
}
END_TEST

Suite *account_sum_suite(void);
Suite *account_sum_suite(void)
{
    Suite *s = suite_create("account_sum");
    TCase *tc = tcase_create("account_sum");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_mac_is_what_its_accounts_come_to);
    tcase_add_test(tc, values_may_all_differ);
    tcase_add_test(tc, macs_may_be_left_out);
    tcase_add_test(tc, macs_out_of_order_are_refused);
    tcase_add_test(tc, accounts_out_of_order_are_refused);
    tcase_add_test(tc, the_functions_end);
    tcase_add_test(tc, a_statement_at_fault_is_told);
    suite_add_tcase(s, tc);
    return s;
}
