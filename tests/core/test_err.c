#include "core/base.h"

#include "core/err.h"
#include "tests/suites.h"

/* What err_print() writes; static, so good until the next call. */
static const char *printed(const struct err *err)
{
    static char out[2048];
    FILE *f = tmpfile();
    size_t n;

    ck_assert_ptr_nonnull(f);
    err_print(err, f);
    rewind(f);
    n = fread(out, 1, sizeof(out) - 1, f);
    out[n] = '\0';
    fclose(f);
    return out;
}

START_TEST(the_first_error_wins)
{
    struct err err = {0};

    ck_assert_int_eq(err_set(&err, ERR_INPUT, "cause %d", 1), -1);
    ck_assert_int_eq(err_at(&err, ERR_FAIL, "x", 3, 4, "later"), -1);
    ck_assert_int_eq(err_nomem(&err), -1);
    ck_assert_int_eq(err.code, ERR_INPUT);
    ck_assert_str_eq(err.text, "cause 1");
    ck_assert_str_eq(err.file, "");
}
END_TEST

START_TEST(the_first_hint_wins)
{
    struct err err = {0};

    err_set(&err, ERR_USAGE, "no");
    ck_assert_int_eq(err_hint(&err, "try %s", "this"), -1);
    err_hint(&err, "or that");
    ck_assert_str_eq(err.hint, "try this");
}
END_TEST

START_TEST(a_place_is_printed_as_editors_read_it)
{
    struct err err = {0};

    err_at(&err, ERR_INPUT, "a.csv", 3, 7, "expected yes or no");
    err_hint(&err, "did you mean \"yes\"?");
    ck_assert_str_eq(printed(&err), "muster: a.csv:3:7: expected yes or no\n"
                                    "  hint: did you mean \"yes\"?\n");
}
END_TEST

START_TEST(unknown_parts_of_a_place_are_left_out)
{
    struct err line = {0}, file = {0}, none = {0};

    err_at(&line, ERR_INPUT, "a.csv", 3, 0, "x");
    err_at(&file, ERR_INPUT, "a.csv", 0, 9, "x");
    err_set(&none, ERR_INPUT, "x");
    ck_assert_str_eq(printed(&line), "muster: a.csv:3: x\n");
    ck_assert_str_eq(printed(&file), "muster: a.csv: x\n");
    ck_assert_str_eq(printed(&none), "muster: x\n");
}
END_TEST

START_TEST(what_a_terminal_acts_on_is_escaped)
{
    struct err err = {0};

    err_at(&err, ERR_INPUT, "a\nb", 1, 0, "\033[31m\xffred");
    err_hint(&err, "bell\a");
    ck_assert_str_eq(printed(&err), "muster: a\\x0Ab:1: \\x1B[31m\\xFFred\n"
                                    "  hint: bell\\x07\n");
}
END_TEST

START_TEST(a_long_text_is_cut_between_characters)
{
    char s[1200];
    struct err err = {0};
    size_t i;

    for (i = 0; i + 2 < sizeof(s); i += 2)
        memcpy(s + i, "\xc3\xa4", 2);
    s[i] = '\0';
    err_set(&err, ERR_INPUT, "x%s", s);
    ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
    memset(&err, 0, sizeof(err));
    err_set(&err, ERR_INPUT, "%s", s);
    ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 2);
}
END_TEST

START_TEST(errno_is_told)
{
    struct err err = {0};

    errno = ENOENT;
    ck_assert_int_eq(err_errno(&err, ERR_INPUT, "f", "cannot open"), -1);
    ck_assert_str_eq(err.text, "cannot open: No such file or directory");
}
END_TEST

Suite *err_suite(void);
Suite *err_suite(void)
{
    Suite *s = suite_create("err");
    TCase *tc = tcase_create("err");

    tcase_add_test(tc, the_first_error_wins);
    tcase_add_test(tc, the_first_hint_wins);
    tcase_add_test(tc, a_place_is_printed_as_editors_read_it);
    tcase_add_test(tc, unknown_parts_of_a_place_are_left_out);
    tcase_add_test(tc, what_a_terminal_acts_on_is_escaped);
    tcase_add_test(tc, a_long_text_is_cut_between_characters);
    tcase_add_test(tc, errno_is_told);
    suite_add_tcase(s, tc);
    return s;
}
