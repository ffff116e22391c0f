/*
 * test_slug.c - what clients are called in the names of files.
 */
#include "core/base.h"

#include "report/slug.h"
#include "tests/suites.h"

static const struct {
    const char *name, *slug;
} cases[] = {
    {"Acme Corp.", "acme-corp"},
    {"M\xc3\xbcller & S\xc3\xb6hne", "muller-sohne"},
    {"MU\xcc\x88LLER & so\xcc\x88hne", "muller-sohne"}, /* another spelling */
    {"Nguy\xe1\xbb\x85n", "nguyen"},
    {"\xc5\x81\xc3\xb3"
     "d\xc5\xba",
     "lodz"},
    {"fleet", "fleet-client"},
    {"x", "x"},
    {"CON", "con-"},
    {"../../etc/passwd", "etc-passwd"},
    /* letters without a plain form: the digest of the folded name */
    {"\xe6\x9d\x8e", "client-c16667ca"},
    {"\xe7\x8e\x8b", "client-3399a0e6"},
    {"Acme \xe6\x9d\x8e", "acme-2253239c"},
    {"\xce\x91\xcf\x87\xce\xbc\xce\xae", "client-5ab7faec"},
    {"\xce\x91\xce\xa7\xce\x9c\xce\x89", "client-5ab7faec"}, /* the same */
    {"...", "client-ab5df625"},
    {"***", "client-596f4162"},
};

START_TEST(a_client_has_names_of_its_own)
{
    struct strbuf b = {0};

    strbuf_adds(&b, "pre-");
    slug_client(&b, cases[_i].name);
    ck_assert_str_eq(strbuf_str(&b) + 4, cases[_i].slug);
    strbuf_free(&b);
}
END_TEST

START_TEST(a_long_name_stays_short)
{
    struct strbuf b = {0};
    char in[301];
    size_t i;

    for (i = 0; i < 300; i += 3)
        memcpy(in + i, "\xe6\x9d\x8e", 3);
    in[300] = '\0';
    slug_client(&b, in);
    ck_assert_uint_le(b.len, 69);
    strbuf_free(&b);
}
END_TEST

Suite *slug_suite(void);
Suite *slug_suite(void)
{
    Suite *s = suite_create("slug");
    TCase *t = tcase_create("slug");

    tcase_add_loop_test(t, a_client_has_names_of_its_own, 0,
                        (int)COUNT_OF(cases));
    tcase_add_test(t, a_long_name_stays_short);
    suite_add_tcase(s, t);
    return s;
}
