/*
 * test_merge.c - the set rules of merging.
 */
#include "core/base.h"

#include "analyze/merge.h"

#include "tests/suites.h"

static const struct fact word = {"filevault", FACT_ENUM, MERGE_SET, NULL};
static const struct fact number = {"uid", FACT_COUNT, MERGE_SET, NULL};
static const struct fact latest = {"last_boot", FACT_TIME, MERGE_LATEST, NULL};
static const struct fact text = {"name", FACT_TEXT, MERGE_TEXT, NULL};
static const struct fact version = {"os_version", FACT_VERSION, MERGE_SET,
                                    NULL};

#define UNTIMED MERGE_NO_TIME

static struct cell cells[16];
static struct merge_row rows[16];
static size_t count;

static void row(int64_t time, int64_t collected, const char *value)
{
    cells[count] =
        value ? (struct cell){true, 0, value, strlen(value)} : (struct cell){0};
    rows[count] = (struct merge_row){
        .time = time, .collected = collected, .cells = &cells[count]};
    count++;
}

static void number_row(int64_t time, int64_t value)
{
    cells[count] = (struct cell){.known = true, .number = value};
    rows[count] = (struct merge_row){
        .time = time, .collected = UNTIMED, .cells = &cells[count]};
    count++;
}

static void setup(void)
{
    count = 0;
}

static const char *merged(const struct fact *f)
{
    size_t chosen = 99;

    switch (merge_fact(f, 0, rows, count, &chosen)) {
    case MERGED_UNKNOWN:
        return "unknown";
    case MERGED_CONFLICT:
        return "conflict";
    case MERGED_VALUE:
        break;
    }
    ck_assert_uint_lt(chosen, count);
    return rows[chosen].cells[0].text;
}

START_TEST(no_row_knows_it)
{
    row(5, 5, NULL);
    row(UNTIMED, UNTIMED, NULL);
    ck_assert_str_eq(merged(&word), "unknown");
}
END_TEST

START_TEST(an_older_value_is_history)
{
    row(5, 5, "off");
    row(9, 9, "on");
    row(7, 7, "deferred");
    ck_assert_str_eq(merged(&word), "on");
    ck_assert(!merge_counts(0, rows, count, 0));
    ck_assert(merge_counts(0, rows, count, 1));
}
END_TEST

START_TEST(an_unknown_never_replaces_a_value)
{
    row(5, 5, "on");
    row(9, 9, NULL);
    ck_assert_str_eq(merged(&word), "on");
}
END_TEST

START_TEST(a_row_without_time_always_counts)
{
    row(9, 9, "on");
    row(UNTIMED, UNTIMED, "off");
    ck_assert_str_eq(merged(&word), "conflict");
    ck_assert(merge_counts(0, rows, count, 1));
    count = 0;
    row(9, 9, "on");
    row(UNTIMED, UNTIMED, "on");
    row(3, 3, "off");
    ck_assert_str_eq(merged(&word), "on");
}
END_TEST

START_TEST(collected_breaks_a_tie)
{
    row(9, 20, "on");
    row(9, 30, "off");
    row(9, UNTIMED, "deferred");
    ck_assert_str_eq(merged(&word), "off");
    row(9, 30, "on");
    ck_assert_str_eq(merged(&word), "conflict");
}
END_TEST

START_TEST(the_same_version_in_two_spellings_is_one)
{
    row(9, 9, "13.6.0");
    row(9, 9, "13.6");
    ck_assert_str_eq(merged(&version), "13.6");
    row(9, 9, "13.6.1");
    ck_assert_str_eq(merged(&version), "conflict");
}
END_TEST

START_TEST(numbers_are_compared_as_numbers)
{
    size_t chosen;

    number_row(9, 501);
    number_row(9, 501);
    ck_assert_int_eq(merge_fact(&number, 0, rows, count, &chosen),
                     MERGED_VALUE);
    number_row(9, 0);
    ck_assert_int_eq(merge_fact(&number, 0, rows, count, &chosen),
                     MERGED_CONFLICT);
}
END_TEST

START_TEST(the_latest_wins_whenever_it_was_read)
{
    size_t chosen;

    number_row(9, 100);
    number_row(2, 300);
    number_row(UNTIMED, 200);
    ck_assert_int_eq(merge_fact(&latest, 0, rows, count, &chosen),
                     MERGED_VALUE);
    ck_assert_int_eq(rows[chosen].cells[0].number, 300);
}
END_TEST

START_TEST(descriptions_take_the_newest_then_the_smallest)
{
    row(5, 5, "aaa");
    row(9, 9, "mmm");
    row(9, 9, "bbb");
    row(UNTIMED, UNTIMED, "000");
    ck_assert_str_eq(merged(&text), "bbb");
    count = 0;
    row(UNTIMED, UNTIMED, "zz");
    row(UNTIMED, UNTIMED, "yy");
    ck_assert_str_eq(merged(&text), "yy");
}
END_TEST

static uint32_t seed;

static uint32_t draw(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

START_TEST(order_never_matters)
{
    static const struct fact *const kinds[] = {&word, &text, &version};
    static const char *const values[] = {"1.0", "1", "2", NULL, "1.0.0"};
    char first[16];
    int turn, shuffle;
    size_t i, k;

    for (turn = 0; turn < 2000; turn++) {
        const struct fact *f = kinds[turn % 3];
        size_t n = 3 + draw(6);

        count = 0;
        for (i = 0; i < n; i++)
            row(draw(3) ? (int64_t)draw(3) : UNTIMED,
                draw(2) ? (int64_t)draw(2) : UNTIMED,
                values[draw(COUNT_OF(values))]);
        snprintf(first, sizeof(first), "%s", merged(f));
        for (shuffle = 0; shuffle < 10; shuffle++) {
            for (i = n - 1; i > 0; i--) {
                struct merge_row swap = rows[i];

                k = draw((uint32_t)i + 1);
                rows[i] = rows[k];
                rows[k] = swap;
            }
            ck_assert_str_eq(merged(f), first);
        }
    }
}
END_TEST

Suite *merge_suite(void);

Suite *merge_suite(void)
{
    Suite *s = suite_create("merge");
    TCase *tc = tcase_create("merge");

    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, no_row_knows_it);
    tcase_add_test(tc, an_older_value_is_history);
    tcase_add_test(tc, an_unknown_never_replaces_a_value);
    tcase_add_test(tc, a_row_without_time_always_counts);
    tcase_add_test(tc, collected_breaks_a_tie);
    tcase_add_test(tc, the_same_version_in_two_spellings_is_one);
    tcase_add_test(tc, numbers_are_compared_as_numbers);
    tcase_add_test(tc, the_latest_wins_whenever_it_was_read);
    tcase_add_test(tc, descriptions_take_the_newest_then_the_smallest);
    tcase_add_test(tc, order_never_matters);
    suite_add_tcase(s, tc);
    return s;
}
