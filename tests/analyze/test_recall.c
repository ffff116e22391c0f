/*
 * test_recall.c - values as small numbers, and what is kept under them.
 */
#include "core/base.h"

#include "analyze/recall.h"
#include "tests/suites.h"

static sqlite3 *db;
static sqlite3_stmt *st;
static struct values values;
static struct recall kept;

static void setup(void)
{
    ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
    values = (struct values){.count = 0};
    kept = (struct recall){.count = 0};
}

static void teardown(void)
{
    values_free(&values);
    recall_free(&kept);
    sqlite3_finalize(st);
    st = NULL;
    sqlite3_close(db);
}

/* The number of what an expression comes to. */
static int number(const char *expression)
{
    char sql[200];
    sqlite3_value *copy;
    int n;

    snprintf(sql, sizeof(sql), "SELECT %s", expression);
    sqlite3_finalize(st);
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(st), SQLITE_ROW);
    copy = sqlite3_value_dup(sqlite3_column_value(st, 0));
    n = value_number(&values, copy);
    sqlite3_value_free(copy);
    return n;
}

START_TEST(equal_values_have_one_number)
{
    static const char *const different[] = {
        "NULL",  "0",     "1",     "2",           "-1",
        "'1'",   "''",    "'on'",  "'On'",        "'on' || char(0)",
        "'on '", "1<<62", "1<<61", "'caf' || 'é'"};
    size_t i, k;

    for (i = 0; i < COUNT_OF(different); i++)
        ck_assert_int_eq(number(different[i]), (int)i + 1);
    for (k = 0; k < 2; k++)
        for (i = COUNT_OF(different); i-- > 0;)
            ck_assert_int_eq(number(different[i]), (int)i + 1);
}
END_TEST

START_TEST(no_number)
{
    ck_assert_int_eq(number("1.0"), 0);
    ck_assert_int_eq(number("x'00'"), 0);
    ck_assert_int_gt(number("printf('%64d', 1)"), 0);
    ck_assert_int_eq(number("printf('%65d', 1)"), 0);
}
END_TEST

START_TEST(too_many_values)
{
    char text[32];
    int i;

    for (i = 1; i <= 254; i++) {
        ck_assert(!values_full(&values));
        snprintf(text, sizeof(text), i % 2 ? "%d" : "'%d'", 1000 + i);
        ck_assert_int_eq(number(text), i);
    }
    ck_assert(values_full(&values));
    ck_assert_int_eq(number("7"), 0);
    ck_assert_int_eq(number("NULL"), 0);
    ck_assert_int_eq(number("1001"), 1);
    ck_assert_int_eq(number("'1254'"), 254);
}
END_TEST

static union recall_key key_of(int first, int last)
{
    union recall_key key = {.halves = {0, 0}};

    key.numbers[0] = (uint8_t)first;
    key.numbers[1] = (uint8_t)(first >> 8);
    key.numbers[RECALL_COLUMNS - 1] = (uint8_t)last;
    return key;
}

START_TEST(kept_under_its_key)
{
    union recall_key key;
    int i;

    key = key_of(0, 0);
    ck_assert_uint_eq(recall_find(&kept, &key), UINT32_MAX);
    for (i = 0; i < 600; i++) {
        key = key_of(i / 2, i % 2);
        ck_assert_uint_eq(recall_find(&kept, &key), UINT32_MAX);
        recall_keep(&kept, &key, (uint32_t)i);
    }
    for (i = 0; i < 600; i++) {
        key = key_of(i / 2, i % 2);
        ck_assert_uint_eq(recall_find(&kept, &key), (uint32_t)i);
    }
}
END_TEST

START_TEST(it_can_be_full)
{
    union recall_key key;
    int i, n = 0;

    for (i = 0; i < 5000; i++) {
        key = key_of(i, 1);
        n += !recall_full(&kept);
        recall_keep(&kept, &key, 7);
    }
    ck_assert_int_eq(n, 1024);
    ck_assert_uint_le(kept.slots, 2048);
    key = key_of(1023, 1);
    ck_assert_uint_eq(recall_find(&kept, &key), 7);
    key = key_of(1024, 1);
    ck_assert_uint_eq(recall_find(&kept, &key), UINT32_MAX);
}
END_TEST

Suite *recall_suite(void);
Suite *recall_suite(void)
{
    Suite *s = suite_create("recall");
    TCase *t = tcase_create("recall");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, equal_values_have_one_number);
    tcase_add_test(t, no_number);
    tcase_add_test(t, too_many_values);
    tcase_add_test(t, kept_under_its_key);
    tcase_add_test(t, it_can_be_full);
    suite_add_tcase(s, t);
    return s;
}
