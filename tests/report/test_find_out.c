/*
 * test_find_out.c - missing facts, as a person reads them.
 */
#include "core/base.h"

#include "report/find_out.h"
#include "tests/suites.h"

#include <check.h>

static const struct {
    const char *missing, *words;
} said[] = {
    {"", ""},
    {"filevault", "the state of FileVault"},
    {"bootstrap_escrowed_device|bootstrap_escrowed_server",
     "whether the bootstrap token is stored with the server"},
    {"conflict:filevault", "the state of FileVault, on which sources disagree"},
    {"secure_token conflict:eacs_preflight",
     "which accounts hold a secure token, whether a silent erase would work, "
     "on which sources disagree"},
    {"x_lab", "x_lab"},
};

START_TEST(missing_facts_have_words)
{
    struct strbuf b = {0};

    find_out(&b, said[_i].missing);
    ck_assert_str_eq(strbuf_str(&b), said[_i].words);
    strbuf_free(&b);
}
END_TEST

Suite *find_out_suite(void);
Suite *find_out_suite(void)
{
    Suite *s = suite_create("find_out");
    TCase *t = tcase_create("find_out");

    tcase_add_loop_test(t, missing_facts_have_words, 0, COUNT_OF(said));
    suite_add_tcase(s, t);
    return s;
}
