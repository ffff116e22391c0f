#include "core/base.h"

#include "core/strbuf.h"
#include "tests/suites.h"

START_TEST(an_empty_buffer_is_an_empty_text)
{
    struct strbuf b = {0};
    char *s;

    ck_assert_str_eq(strbuf_str(&b), "");
    ck_assert(strbuf_ok(&b));
    s = strbuf_detach(&b);
    ck_assert_str_eq(s, "");
    free(s);
}
END_TEST

START_TEST(it_grows_over_every_boundary)
{
    struct strbuf b = {0};
    size_t i;

    for (i = 0; i < 5000; i++) {
        strbuf_addc(&b, (char)('a' + i % 26));
        ck_assert_uint_eq(strlen(strbuf_str(&b)), i + 1);
    }
    strbuf_addf(&b, "%0300d", 7);
    ck_assert_uint_eq(b.len, 5300);
    ck_assert_str_eq(strbuf_str(&b) + 5297, "007");
    strbuf_free(&b);
    ck_assert_ptr_null(b.data);
}
END_TEST

START_TEST(a_nul_inside_is_kept)
{
    struct strbuf b = {0};

    strbuf_add(&b, "a\0b", 3);
    ck_assert_uint_eq(b.len, 3);
    ck_assert_mem_eq(b.data, "a\0b\0", 4);
    strbuf_free(&b);
}
END_TEST

START_TEST(cutting_shortens_and_never_lengthens)
{
    struct strbuf b = {0};

    strbuf_truncate(&b, 0);
    strbuf_adds(&b, "hello");
    strbuf_truncate(&b, 9);
    ck_assert_str_eq(strbuf_str(&b), "hello");
    strbuf_truncate(&b, 4);
    ck_assert_str_eq(strbuf_str(&b), "hell");
    strbuf_reset(&b);
    ck_assert_str_eq(strbuf_str(&b), "");
    strbuf_free(&b);
}
END_TEST

START_TEST(an_impossible_size_is_remembered_as_failure)
{
    struct strbuf b = {0};

    strbuf_adds(&b, "x");
    strbuf_add(&b, "", SIZE_MAX / 2);
    ck_assert(!strbuf_ok(&b));
    strbuf_adds(&b, "more");
    ck_assert_str_eq(strbuf_str(&b), "x");
    ck_assert_ptr_null(strbuf_detach(&b));
}
END_TEST

Suite *strbuf_suite(void);
Suite *strbuf_suite(void)
{
    Suite *s = suite_create("strbuf");
    TCase *tc = tcase_create("strbuf");

    tcase_add_test(tc, an_empty_buffer_is_an_empty_text);
    tcase_add_test(tc, it_grows_over_every_boundary);
    tcase_add_test(tc, a_nul_inside_is_kept);
    tcase_add_test(tc, cutting_shortens_and_never_lengthens);
    tcase_add_test(tc, an_impossible_size_is_remembered_as_failure);
    suite_add_tcase(s, tc);
    return s;
}
