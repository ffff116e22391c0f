#include "core/base.h"

#include "core/table.h"
#include "tests/suites.h"

static const char *printed(const struct table *t, int indent)
{
    static char out[1024];
    FILE *f = tmpfile();
    size_t n;

    ck_assert_ptr_nonnull(f);
    ck_assert(table_print(t, indent, f));
    rewind(f);
    n = fread(out, 1, sizeof(out) - 1, f);
    out[n] = '\0';
    fclose(f);
    return out;
}

START_TEST(columns_are_as_wide_as_their_widest_cell)
{
    struct table *t = table_new("lrl");

    table_row(t, "name", "n", "more");
    table_row(t, "M\xc3\xbcller", "100", NULL);
    table_row(t, "b", NULL, "\x1b[1m");
    ck_assert_uint_eq(table_count(t), 3);
    ck_assert_str_eq(printed(t, 1), " name      n  more\n"
                                    " M\xc3\xbcller  100\n"
                                    " b            \\x1B[1m\n");
    table_free(t);
}
END_TEST

START_TEST(chinese_letters_take_two_columns)
{
    struct table *t = table_new("ll");

    table_row(t, "\xe6\x9d\x8e\xe7\x8e\x8b", "x");
    table_row(t,
              "u\xcc\x88"
              "ber",
              "y");
    ck_assert_str_eq(printed(t, 0), "\xe6\x9d\x8e\xe7\x8e\x8b  x\n"
                                    "u\xcc\x88"
                                    "ber  y\n");
    table_free(t);
}
END_TEST

START_TEST(a_wide_table_takes_more_lines)
{
    struct table *t = table_new("lrl");

    table_row(t, "a text of some words that goes on for quite a long while",
              "7", "and another one, which is longer still and has more words");
    table_row(t, "short", "12", NULL);
    ck_assert_str_eq(
        printed(t, 2),
        "  a text of some words that goes on     7  and another one, which is "
        "longer\n"
        "  for quite a long while                   still and has more words\n"
        "  short                                12\n");
    table_free(t);
}
END_TEST

START_TEST(a_word_that_is_too_long_is_broken)
{
    struct table *t = table_new("ll");
    char name[101];
    const char *s;
    size_t line = 0;

    memset(name, 'x', 100);
    name[100] = '\0';
    table_row(t, name, name);
    for (s = printed(t, 0); *s; s++) {
        line = *s == '\n' ? 0 : line + 1;
        ck_assert_uint_le(line, 79);
    }
    table_free(t);
}
END_TEST

START_TEST(a_text_goes_below_where_it_has_no_room)
{
    struct table *t = table_new("lb");

    table_row(t, "one", "a short text");
    ck_assert_str_eq(printed(t, 0), "one  a short text\n");
    table_row(
        t, "two",
        "a text that is much longer than that, and so goes on in the line "
        "below it, and in one more");
    ck_assert_str_eq(
        printed(t, 0),
        "one\n  a short text\ntwo\n"
        "  a text that is much longer than that, and so goes on in "
        "the line below it,\n  and in one more\n");
    table_free(t);
}
END_TEST

START_TEST(an_empty_table_prints_nothing)
{
    struct table *t = table_new("l");

    ck_assert_str_eq(printed(t, 0), "");
    table_free(t);
    ck_assert(!table_print(NULL, 0, stdout));
}
END_TEST

Suite *table_suite(void);
Suite *table_suite(void)
{
    Suite *s = suite_create("table");
    TCase *tc = tcase_create("table");

    tcase_add_test(tc, columns_are_as_wide_as_their_widest_cell);
    tcase_add_test(tc, chinese_letters_take_two_columns);
    tcase_add_test(tc, a_wide_table_takes_more_lines);
    tcase_add_test(tc, a_word_that_is_too_long_is_broken);
    tcase_add_test(tc, a_text_goes_below_where_it_has_no_room);
    tcase_add_test(tc, an_empty_table_prints_nothing);
    suite_add_tcase(s, tc);
    return s;
}
