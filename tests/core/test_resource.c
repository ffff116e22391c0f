#include "core/base.h"

#include "core/resource.h"
#include "core/sha256.h"
#include "tests/suites.h"

START_TEST(resources_are_sorted_and_found)
{
    size_t i;

    for (i = 0; i < resource_count; i++) {
        ck_assert_ptr_eq(resource_find(resources[i].name), &resources[i]);
        if (i)
            ck_assert_str_lt(resources[i - 1].name, resources[i].name);
        ck_assert_int_eq(resources[i].data[resources[i].size], '\0');
    }
    ck_assert_ptr_null(resource_find("no/such/file"));
    ck_assert_str_eq(resource_text("no/such/file"), "");
}
END_TEST

START_TEST(a_walk_meets_what_fits_and_ends)
{
    const struct resource *r;
    size_t at = 0, n = 0;

    while ((r = resource_next("ingest/", ".sql", &at))) {
        ck_assert_str_eq(r->name, "ingest/schema.sql");
        n++;
    }
    ck_assert_uint_eq(n, 1);
    ck_assert_ptr_null(resource_next("ingest/", ".sql", &at));
}
END_TEST

START_TEST(digests_are_those_of_the_standard)
{
    char hex[SHA256_HEX];

    sha256_text("abc", 3, hex);
    ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223"
                          "b00361a396177a9cb410ff61f20015ad");
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_named)
{
    struct err err = {0};
    char hex[SHA256_HEX];
    int64_t n;

    ck_assert_int_eq(
        sha256_file("/nonexistent/x.csv", ERR_INPUT, hex, &n, &err), -1);
    ck_assert_int_eq(err.code, ERR_INPUT);
    ck_assert_str_eq(err.file, "/nonexistent/x.csv");
}
END_TEST

Suite *resource_suite(void);
Suite *resource_suite(void)
{
    Suite *s = suite_create("resource");
    TCase *tc = tcase_create("resource");

    tcase_add_test(tc, resources_are_sorted_and_found);
    tcase_add_test(tc, a_walk_meets_what_fits_and_ends);
    tcase_add_test(tc, digests_are_those_of_the_standard);
    tcase_add_test(tc, a_file_that_cannot_be_read_is_named);
    suite_add_tcase(s, tc);
    return s;
}
