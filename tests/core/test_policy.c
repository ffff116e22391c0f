#include "core/base.h"

#include "core/policy.h"
#include "tests/suites.h"

static const struct {
    const char *key, *value, *error;
} checks[] = {
    {"freshness_days", "30", NULL},
    {"freshness_days", "0", NULL},
    {"freshness_days", "-1",
     "freshness_days: expected a whole number of days, found \"-1\""},
    {"freshness_days", "",
     "freshness_days: expected a whole number of days, found \"\""},
    {"freshness_days", "123456",
     "freshness_days: expected a whole number of days, found \"123456\""},
    {"updates_by_server", "Yes", NULL},
    {"updates_by_server", "maybe",
     "updates_by_server: expected yes or no, found \"maybe\""},
    {"planned_day", "2026-12-01", NULL},
    {"planned_day", "01/12/2026",
     "planned_day: expected a date (YYYY-MM-DD), found \"01/12/2026\""},
    {"route", "in-place", NULL},
    {"route", "by bike",
     "route: expected in-place, classic or erase, found \"by bike\""},
    {"new_server", "anything", NULL},
};

START_TEST(values_are_checked_as_written)
{
    const struct policy_key *k = policy_find(checks[_i].key);
    struct err err = {0};
    int rc;

    ck_assert_ptr_nonnull(k);
    rc = policy_check(k, checks[_i].value, &err);
    ck_assert_int_eq(rc, checks[_i].error ? -1 : 0);
    if (checks[_i].error) {
        ck_assert_int_eq(err.code, ERR_CONFIG);
        ck_assert_str_eq(err.text, checks[_i].error);
    }
}
END_TEST

START_TEST(every_default_passes_its_own_check)
{
    struct err err = {0};
    size_t i;

    for (i = 0; i < policy_key_count; i++)
        if (policy_keys[i].fallback)
            ck_assert_int_eq(
                policy_check(&policy_keys[i], policy_keys[i].fallback, &err),
                0);
    ck_assert_ptr_null(policy_find("no_such_key"));
}
END_TEST

START_TEST(values_are_bound_as_columns_hold_them)
{
    static const struct {
        const char *key, *value;
        int type;
        int64_t want;
    } t[] = {
        {"freshness_days", "45", SQLITE_INTEGER, 45},
        {"updates_by_server", "no", SQLITE_INTEGER, 0},
        {"updates_by_server", NULL, SQLITE_NULL, 0},
        {"planned_day", "2026-03-02", SQLITE_INTEGER, 1772409600},
        {"route", "erase", SQLITE_TEXT, 0},
        {"route", "", SQLITE_NULL, 0},
    };
    sqlite3_stmt *st;
    sqlite3 *db;
    size_t i;

    ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, "SELECT ?1", -1, &st, NULL),
                     SQLITE_OK);
    for (i = 0; i < COUNT_OF(t); i++) {
        ck_assert_int_eq(policy_bind(st, 1, policy_find(t[i].key), t[i].value),
                         SQLITE_OK);
        ck_assert_int_eq(sqlite3_step(st), SQLITE_ROW);
        ck_assert_int_eq(sqlite3_column_type(st, 0), t[i].type);
        ck_assert_int_eq(sqlite3_column_int64(st, 0), t[i].want);
        sqlite3_reset(st);
    }
    sqlite3_finalize(st);
    sqlite3_close(db);
}
END_TEST

Suite *policy_suite(void);
Suite *policy_suite(void)
{
    Suite *s = suite_create("policy");
    TCase *tc = tcase_create("policy");

    tcase_add_loop_test(tc, values_are_checked_as_written, 0, COUNT_OF(checks));
    tcase_add_test(tc, every_default_passes_its_own_check);
    tcase_add_test(tc, values_are_bound_as_columns_hold_them);
    suite_add_tcase(s, tc);
    return s;
}
