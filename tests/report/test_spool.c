#include "core/base.h"

#include "report/spool.h"
#include "tests/suites.h"

static struct err err;
static struct spool *spool;
static struct spool_reader reader;

static void setup(void)
{
    err = (struct err){0};
    spool = spool_new(5, 5000, &err);
    ck_assert(spool != NULL);
    reader = (struct spool_reader){.spool = spool};
}

static void teardown(void)
{
    spool_reader_free(&reader);
    spool_free(spool);
}

static struct cell text(const char *s)
{
    return (struct cell){.kind = CELL_TEXT, .text = s, .len = strlen(s)};
}

static void add(int64_t key, const char *s, int64_t number)
{
    struct cell cells[3] = {text(s), {.kind = CELL_INT, .number = number}};

    ck_assert_int_eq(spool_add(spool, key, cells, 3, &err), 0);
}

/* The rows of a key as "text:number " each. */
static const char *rows(int64_t key)
{
    static char out[512];
    struct cell cells[3];
    int step;

    out[0] = '\0';
    ck_assert_int_eq(spool_seek(&reader, key, &err), 0);
    while ((step = spool_next(&reader, cells, 3, &err)) == 1) {
        ck_assert_int_eq(cells[2].kind, CELL_EMPTY);
        snprintf(out + strlen(out), sizeof(out) - strlen(out), "%.20s:%lld ",
                 cells[0].text, (long long)cells[1].number);
    }
    ck_assert_int_eq(step, 0);
    return out;
}

START_TEST(rows_come_back_by_key_in_any_order)
{
    add(9, "b", 1);
    add(9, "b", 2);
    add(5, "a", -7);
    ck_assert_int_eq(spool_end(spool, &err), 0);
    ck_assert_str_eq(rows(5), "a:-7 ");
    ck_assert_str_eq(rows(9), "b:1 b:2 ");
    ck_assert_str_eq(rows(6), "");
    ck_assert_str_eq(rows(9), "b:1 b:2 ");
}
END_TEST

START_TEST(many_rows_go_to_a_file_and_back)
{
    static char large[20000];
    char want[64];
    int64_t i;

    memset(large, 'x', sizeof(large) - 1);
    for (i = 5; i <= 4000; i++)
        add(i, i % 100 ? "short" : large, i);
    ck_assert_int_eq(spool_end(spool, &err), 0);
    for (i = 4000; i >= 5; i -= 7) {
        snprintf(want, sizeof(want), "%.20s:%lld ", i % 100 ? "short" : large,
                 (long long)i);
        ck_assert_str_eq(rows(i), want);
    }
}
END_TEST

START_TEST(a_key_that_comes_twice_is_an_error)
{
    struct cell c = text("a");

    add(5, "a", 1);
    add(6, "a", 1);
    ck_assert_int_eq(spool_add(spool, 5, &c, 1, &err), -1);
    ck_assert_int_eq(err.code, ERR_FAIL);
}
END_TEST

Suite *spool_suite(void);

Suite *spool_suite(void)
{
    Suite *s = suite_create("spool");
    TCase *tc = tcase_create("spool");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, rows_come_back_by_key_in_any_order);
    tcase_add_test(tc, many_rows_go_to_a_file_and_back);
    tcase_add_test(tc, a_key_that_comes_twice_is_an_error);
    suite_add_tcase(s, tc);
    return s;
}
