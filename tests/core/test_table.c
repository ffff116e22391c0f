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
    tcase_add_test(tc, an_empty_table_prints_nothing);
    suite_add_tcase(s, tc);
    return s;
}
